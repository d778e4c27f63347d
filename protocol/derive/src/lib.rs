//! `derive(Read)` and `derive(Write)`: a type from JSON (`protocol::read`) and to JSON (`protocol::write`). `derive(Packed)`:
//! bytes for the engine's compiled code.
//!
//! They understand serde's attributes by serde's names, so whoever knows serde can read the types, and serde's own derives
//! are their judge in the tests: `tag`, `rename`, `rename_all` (snake_case, lowercase, SCREAMING-KEBAB-CASE), `default`,
//! `skip_serializing_if`, `flatten`, `transparent`, `deny_unknown_fields`. Any other attribute is an error of the build.
//!
//! Why not serde: for each tagged enum, and each type in one, its `Deserialize` makes several functions that first buffer
//! the content, and its `Serialize` is generic over writers that pages have only one of. In the pages that came to more
//! than half a megabyte of wasm.

mod attributes;
mod packed;
mod read;
mod write;

use syn::{DeriveInput, parse_macro_input};

/// Implements `engine::program::packed::Packed` for an enum of the engine.
#[proc_macro_derive(Packed)]
pub fn packed(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    packed::expand(&input)
        .unwrap_or_else(|e| e.to_compile_error())
        .into()
}

/// Implements `protocol::read::Read`.
#[proc_macro_derive(Read, attributes(serde))]
pub fn read(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    read::expand(&input)
        .unwrap_or_else(|e| e.to_compile_error())
        .into()
}

/// Implements `protocol::write::Write`.
#[proc_macro_derive(Write, attributes(serde))]
pub fn write(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    write::expand(&input)
        .unwrap_or_else(|e| e.to_compile_error())
        .into()
}
