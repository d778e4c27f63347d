//! `derive(Write)`.

use crate::attributes::{Said, field_name, own_name};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DataEnum, DeriveInput, Error, Fields, Ident, Result};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let said = Said::by(&input.attrs)?;
    let write = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) if said.transparent && named.named.len() == 1 => {
                let ident = &named.named[0].ident;
                quote! { ::protocol::write::Write::write(&self.#ident, to); }
            }
            Fields::Named(_) => {
                let (names, members) = members(&data.fields)?;
                quote! {
                    let Self { #(#names),* } = self;
                    to.open();
                    #members
                    to.close();
                }
            }
            Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => {
                quote! { ::protocol::write::Write::write(&self.0, to); }
            }
            _ => return Err(Error::new_spanned(name, "derive(Write) needs fields here")),
        },
        Data::Enum(data) if said.tag.is_some() => return tagged(name, &said, data),
        Data::Enum(data) if data.variants.iter().all(|v| matches!(v.fields, Fields::Unit)) => {
            let tags = tags(&said, data)?;
            quote! { to.string(#tags); }
        }
        Data::Enum(data) => choice(&said, data)?,
        Data::Union(_) => return Err(Error::new_spanned(name, "derive(Write) writes no unions")),
    };
    Ok(quote! {
        impl ::protocol::write::Write for #name {
            fn write(&self, to: &mut ::protocol::write::Writer) {
                #write
            }
        }
    })
}

/// `{"tag":"variant", ...}`
fn tagged(name: &Ident, said: &Said, data: &DataEnum) -> Result<TokenStream> {
    let (tag, tags) = (&said.tag, tags(said, data)?);
    let arms = data.variants.iter().map(|variant| {
        let ident = &variant.ident;
        Ok(match &variant.fields {
            Fields::Unit => quote! { Self::#ident => {} },
            Fields::Named(_) => {
                let (names, members) = members(&variant.fields)?;
                quote! { Self::#ident { #(#names),* } => { #members } }
            }
            Fields::Unnamed(_) => {
                return Err(Error::new_spanned(
                    variant,
                    "derive(Write) needs named fields here",
                ));
            }
        })
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        impl ::protocol::write::WriteFields for #name {
            fn write_fields(&self, to: &mut ::protocol::write::Writer) {
                to.field(#tag, #tags);
                match self {
                    #(#arms)*
                }
            }
        }
        impl ::protocol::write::Write for #name {
            fn write(&self, to: &mut ::protocol::write::Writer) {
                to.open();
                ::protocol::write::WriteFields::write_fields(self, to);
                to.close();
            }
        }
    })
}

/// `"variant"`, or `{"variant": ...}`
fn choice(said: &Said, data: &DataEnum) -> Result<TokenStream> {
    let arms = data.variants.iter().map(|variant| {
        let (tag, ident) = (said.name(variant, &Said::by(&variant.attrs)?)?, &variant.ident);
        Ok(match &variant.fields {
            Fields::Unit => quote! { Self::#ident => to.string(#tag), },
            Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => quote! {
                Self::#ident(body) => {
                    to.variant(#tag);
                    ::protocol::write::Write::write(body, to);
                    to.close();
                }
            },
            Fields::Named(_) => {
                let (names, members) = members(&variant.fields)?;
                quote! {
                    Self::#ident { #(#names),* } => {
                        to.variant(#tag);
                        to.open();
                        #members
                        to.close();
                        to.close();
                    }
                }
            }
            Fields::Unnamed(_) => {
                return Err(Error::new_spanned(
                    variant,
                    "derive(Write) writes one unnamed field at most",
                ));
            }
        })
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    Ok(quote! { match self { #(#arms)* } })
}

/// The name in JSON of the variant that `self` is.
fn tags(said: &Said, data: &DataEnum) -> Result<TokenStream> {
    let arms = data.variants.iter().map(|variant| {
        let (tag, ident) = (said.name(variant, &Said::by(&variant.attrs)?)?, &variant.ident);
        Ok(quote! { Self::#ident { .. } => #tag, })
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    Ok(quote! { match self { #(#arms)* } })
}

/// The pattern that binds each named field to a reference, and what writes them from there.
fn members(fields: &Fields) -> Result<(Vec<TokenStream>, TokenStream)> {
    let (mut names, mut writes) = (Vec::new(), Vec::new());
    for field in fields {
        let said = Said::by(&field.attrs)?;
        let (ident, name) = (&field.ident, field_name(field, &said));
        // A field may be called `to`, as the writer is.
        let bound = format_ident!("its_{}", own_name(field));
        names.push(quote! { #ident: #bound });
        let skip_if = said
            .skip_if
            .as_ref()
            .map(|path| (path, quote!(#path).to_string()));
        writes.push(match skip_if {
            _ if said.flatten => quote! { ::protocol::write::WriteFields::write_fields(#bound, to); },
            None => quote! { to.field(#name, #bound); },
            Some((_, path)) if path == "Option :: is_none" => quote! { to.field_if_some(#name, #bound); },
            Some((path, _)) => quote! { if !#path(#bound) { to.field(#name, #bound); } },
        });
    }
    Ok((names, quote! { #(#writes)* }))
}
