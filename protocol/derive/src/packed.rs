//! `derive(Packed)`: a type as bytes and back, for the engine's compiled code (`engine::program::packed`): a variant is its
//! place, then come the fields. `SHAPE` spells the type out, so that bytes of another shape are known.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Index, Result};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(input, "derive(Packed) is for enums"));
    };
    let name = &input.ident;
    if data.variants.len() > 256 {
        return Err(Error::new_spanned(
            name,
            "derive(Packed) takes at most 256 variants",
        ));
    }
    let mut shape = format!("{name}:");
    let (mut puts, mut takes) = (Vec::new(), Vec::new());
    for (place, variant) in data.variants.iter().enumerate() {
        let ident = &variant.ident;
        let place = u8::try_from(place).map_err(|_| Error::new_spanned(ident, "too many variants"))?;
        let types: Vec<_> = variant.fields.iter().map(|f| &f.ty).collect();
        let members: Vec<TokenStream> = variant
            .fields
            .iter()
            .enumerate()
            .map(|(i, f)| match &f.ident {
                Some(name) => quote!(#name),
                None => {
                    let i = Index::from(i);
                    quote!(#i)
                }
            })
            .collect();
        let bound: Vec<_> = (0..types.len()).map(|i| format_ident!("field{i}")).collect();
        shape.push_str(&ident.to_string());
        for (member, ty) in members.iter().zip(&types) {
            shape.push_str(&format!(" {member} {}", quote!(#ty)));
        }
        shape.push(';');
        let pattern = match variant.fields {
            Fields::Unit => quote!(Self::#ident),
            _ => quote!(Self::#ident { #(#members: #bound),* }),
        };
        puts.push(quote!(#pattern => { out.push(#place); #(#bound.put(out);)* }));
        takes.push(quote!(#place => Self::#ident { #(#members: <#types>::take(bytes)?),* }));
    }
    Ok(quote! {
        impl #name {
            /// The variants and their fields, spelled out.
            pub const SHAPE: &'static str = #shape;
        }

        impl crate::program::packed::Packed for #name {
            fn put(&self, out: &mut Vec<u8>) {
                match self { #(#puts)* }
            }

            fn take(bytes: &mut &[u8]) -> Option<Self> {
                Some(match u8::take(bytes)? { #(#takes,)* _ => return None })
            }
        }
    })
}
