//! `derive(Read)`: reads a type from a JSON value (`protocol::read`).
//!
//! It understands the attributes by which `serde::Serialize` writes the same type, so names, tags and defaults stand in one
//! place: `tag`, `rename`, `rename_all` (snake_case, lowercase, SCREAMING-KEBAB-CASE), `default`, `flatten`, `transparent`,
//! `deny_unknown_fields`; `skip_serializing_if` needs nothing here. Any other attribute is an error of the build.
//!
//! Why not serde's own `Deserialize`: for each tagged enum, and each type in one, it makes several functions that first
//! buffer the content. In the pages that came to half a megabyte of wasm.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, LitStr, Result, Variant, parse_macro_input};

/// Implements `protocol::read::Read`, and by it `serde::Deserialize`.
#[proc_macro_derive(Read, attributes(serde))]
pub fn read(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|e| e.to_compile_error()).into()
}

/// What the attributes of a type, a variant or a field say.
#[derive(Default)]
struct Said {
    tag: Option<String>,
    rename: Option<String>,
    rename_all: Option<String>,
    default: bool,
    flatten: bool,
    transparent: bool,
    deny_unknown_fields: bool,
}

impl Said {
    fn by(attributes: &[Attribute]) -> Result<Self> {
        let mut said = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                let text =
                    || -> Result<Option<String>> { Ok(Some(meta.value()?.parse::<LitStr>()?.value())) };
                match name.as_str() {
                    "tag" => said.tag = text()?,
                    "rename" => said.rename = text()?,
                    "rename_all" => said.rename_all = text()?,
                    "skip_serializing_if" => drop(text()?),
                    "default" => said.default = true,
                    "flatten" => said.flatten = true,
                    "transparent" => said.transparent = true,
                    "deny_unknown_fields" => said.deny_unknown_fields = true,
                    _ => return Err(meta.error("derive(Read) does not know this attribute")),
                }
                Ok(())
            })?;
        }
        Ok(said)
    }

    /// The name in JSON of the variant `name`.
    fn name(&self, variant: &Variant, said: &Self) -> Result<String> {
        let name = variant.ident.to_string();
        if let Some(given) = &said.rename {
            return Ok(given.clone());
        }
        let words = |between: char| {
            let mut out = String::new();
            for (i, c) in name.char_indices() {
                if c.is_uppercase() && i > 0 {
                    out.push(between);
                }
                out.push(c);
            }
            out
        };
        match self.rename_all.as_deref() {
            None => Ok(name),
            Some("lowercase") => Ok(name.to_lowercase()),
            Some("snake_case") => Ok(words('_').to_lowercase()),
            Some("SCREAMING-KEBAB-CASE") => Ok(words('-').to_uppercase()),
            Some(_) => Err(Error::new_spanned(
                variant,
                "derive(Read) does not know this rename_all",
            )),
        }
    }
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
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
        Data::Enum(data) if said.tag.is_some() => {
            let arms = data.variants.iter().map(|variant| {
                let (tag, ident) = (said.name(variant, &Said::by(&variant.attrs)?)?, &variant.ident);
                let (body, _) = literal(&quote!(Self::#ident), &variant.fields)?;
                Ok(quote! { #tag => #body })
            });
            let arms = arms.collect::<Result<Vec<_>>>()?;
            let tag = &said.tag;
            return Ok(with_serde(
                name,
                &quote! {
                    impl ::protocol::read::ReadFields for #name {
                        fn read_fields(
                            fields: &mut ::protocol::read::Fields,
                        ) -> ::core::result::Result<Self, ::protocol::read::Unread> {
                            let tag = fields.tag(#tag)?;
                            Ok(match tag.as_str() {
                                #(#arms,)*
                                _ => return Err(::protocol::read::Unread::unknown(&tag)),
                            })
                        }
                    }
                    impl ::protocol::read::Read for #name {
                        fn read(
                            value: ::protocol::read::Value,
                        ) -> ::core::result::Result<Self, ::protocol::read::Unread> {
                            ::protocol::read::ReadFields::read_fields(&mut ::protocol::read::Fields::of(value)?)
                        }
                    }
                },
            ));
        }
        Data::Enum(data) => {
            let arms = data.variants.iter().map(|variant| {
                let (tag, ident) = (said.name(variant, &Said::by(&variant.attrs)?)?, &variant.ident);
                Ok(match &variant.fields {
                    Fields::Unit => quote! { (#tag, None) => Self::#ident },
                    Fields::Unnamed(_) => {
                        quote! { (#tag, Some(body)) => Self::#ident(::protocol::read::Read::read(body)?) }
                    }
                    Fields::Named(_) => {
                        let (body, _) = literal(&quote!(Self::#ident), &variant.fields)?;
                        quote! { (#tag, Some(body)) => {
                            let fields = &mut ::protocol::read::Fields::of(body)?;
                            #body
                        } }
                    }
                })
            });
            let arms = arms.collect::<Result<Vec<_>>>()?;
            quote! {
                let (tag, body) = ::protocol::read::choice(value)?;
                Ok(match (tag.as_str(), body) {
                    #(#arms,)*
                    _ => return Err(::protocol::read::Unread::unknown(&tag)),
                })
            }
        }
        Data::Union(_) => return Err(Error::new_spanned(name, "derive(Read) reads no unions")),
    };
    Ok(with_serde(
        name,
        &quote! {
            impl ::protocol::read::Read for #name {
                fn read(
                    value: ::protocol::read::Value,
                ) -> ::core::result::Result<Self, ::protocol::read::Unread> {
                    #read
                }
            }
        },
    ))
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
        let own = ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let name = said.rename.unwrap_or(own);
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

/// The same by way of serde, for what is generic over it.
fn with_serde(name: &syn::Ident, read: &TokenStream) -> TokenStream {
    quote! {
        #read
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                let value = <::protocol::read::Value as ::serde::Deserialize>::deserialize(from)?;
                ::protocol::read::Read::read(value).map_err(<D::Error as ::serde::de::Error>::custom)
            }
        }
    }
}
