//! `derive(Read)`.

use crate::attributes::{Said, field_name};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Error, Field, Fields, Ident, Result};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let said = Said::by(&input.attrs)?;
    let read = match &input.data {
        Data::Struct(data) if said.transparent || matches!(data.fields, Fields::Unnamed(_)) => {
            quote! { Ok(Self(::protocol::read::Read::read(value)?)) }
        }
        Data::Struct(data) => {
            let (body, names) = literal(&quote!(Self), &data.fields)?;
            let end = said
                .deny_unknown_fields
                .then(|| quote! { fields.end(&[#(#names),*])?; });
            quote! {
                let mut fields = ::protocol::read::Fields::of(value)?;
                let read = #body;
                #end
                Ok(read)
            }
        }
        Data::Enum(data) if said.tag.is_some() => return tagged(name, &said, data),
        Data::Enum(data) => choice(&said, data)?,
        Data::Union(_) => return Err(Error::new_spanned(name, "derive(Read) reads no unions")),
    };
    Ok(quote! {
        impl ::protocol::read::Read for #name {
            fn read(
                value: &mut ::protocol::read::Value,
            ) -> ::core::result::Result<Self, ::protocol::read::Unread> {
                #read
            }
        }
    })
}

/// `{"tag":"variant", ...}`
fn tagged(name: &Ident, said: &Said, data: &DataEnum) -> Result<TokenStream> {
    let tags = tags(said, data)?;
    let arms = data.variants.iter().enumerate().map(|(place, variant)| {
        let ident = &variant.ident;
        let (body, _) = literal(&quote!(Self::#ident), &variant.fields)?;
        Ok(quote! { #place => #body })
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    let tag = &said.tag;
    Ok(quote! {
        impl ::protocol::read::ReadFields for #name {
            fn read_fields(
                fields: &mut ::protocol::read::Fields<'_>,
            ) -> ::core::result::Result<Self, ::protocol::read::Unread> {
                Ok(match fields.tag(#tag, &[#(#tags),*])? {
                    #(#arms,)*
                    _ => return Err(::protocol::read::Unread::misshapen()),
                })
            }
        }
        impl ::protocol::read::Read for #name {
            fn read(
                value: &mut ::protocol::read::Value,
            ) -> ::core::result::Result<Self, ::protocol::read::Unread> {
                ::protocol::read::ReadFields::read_fields(&mut ::protocol::read::Fields::of(value)?)
            }
        }
    })
}

/// `"variant"`, or `{"variant": ...}`
fn choice(said: &Said, data: &DataEnum) -> Result<TokenStream> {
    let tags = tags(said, data)?;
    if data.variants.iter().all(|v| matches!(v.fields, Fields::Unit)) {
        let arms = data.variants.iter().enumerate().map(|(place, variant)| {
            let ident = &variant.ident;
            quote! { #place => Self::#ident }
        });
        return Ok(quote! {
            Ok(match ::protocol::read::word(value, &[#(#tags),*])? {
                #(#arms,)*
                _ => return Err(::protocol::read::Unread::misshapen()),
            })
        });
    }
    let arms = data.variants.iter().enumerate().map(|(place, variant)| {
        let ident = &variant.ident;
        Ok(match &variant.fields {
            Fields::Unit => quote! { (#place, None) => Self::#ident },
            Fields::Unnamed(_) => {
                quote! { (#place, Some(body)) => Self::#ident(::protocol::read::Read::read(body)?) }
            }
            Fields::Named(_) => {
                let (body, _) = literal(&quote!(Self::#ident), &variant.fields)?;
                quote! { (#place, Some(body)) => {
                    let mut fields = ::protocol::read::Fields::of(body)?;
                    #body
                } }
            }
        })
    });
    let arms = arms.collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        Ok(match ::protocol::read::choice(value, &[#(#tags),*])? {
            #(#arms,)*
            _ => return Err(::protocol::read::Unread::misshapen()),
        })
    })
}

/// The names in JSON of the variants.
fn tags(said: &Said, data: &DataEnum) -> Result<Vec<String>> {
    let tags = data.variants.iter();
    tags.map(|variant| said.name(variant, &Said::by(&variant.attrs)?))
        .collect()
}

/// The value of a struct or variant out of `fields`, and the names that it takes.
fn literal(path: &TokenStream, fields: &Fields) -> Result<(TokenStream, Vec<String>)> {
    let Fields::Named(named) = fields else {
        return match fields {
            Fields::Unit => Ok((quote!(#path), Vec::new())),
            _ => Err(Error::new_spanned(fields, "derive(Read) needs named fields here")),
        };
    };
    let mut names = Vec::new();
    let takes = named.named.iter().map(|field: &Field| {
        let said = Said::by(&field.attrs)?;
        let ident = &field.ident;
        if said.flatten {
            return Ok(quote! { #ident: ::protocol::read::ReadFields::read_fields(&mut fields)? });
        }
        let name = field_name(field, &said);
        names.push(name.clone());
        Ok(if said.default {
            quote! { #ident: fields.take_or_default(#name)? }
        } else {
            quote! { #ident: fields.take(#name)? }
        })
    });
    let takes = takes.collect::<Result<Vec<_>>>()?;
    Ok((quote! { #path { #(#takes,)* } }, names))
}
