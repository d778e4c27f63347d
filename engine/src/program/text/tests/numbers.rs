//! Numbers and format specs against CPython.

use super::{bytes, check, float, from_bytes, from_float, from_int, int, small, text, word};
use crate::program::text::{number, spec};
use serde_json::{Value, json};

#[test]
fn specs() {
    check("spec", |name, args| {
        let spec_text = text(&args[1]);
        match name {
            "format_int" => spec::format_int(&int(&args[0]), spec_text, "int"),
            "format_bool" => spec::format_int(&int(&args[0]), spec_text, "bool"),
            "format_float" => spec::format_float_spec(float(&args[0]), spec_text),
            _ => spec::format_str(text(&args[0]), spec_text),
        }
        .map(|t| json!(t))
        .map_err(|e| word(&e))
    });
}

#[test]
fn numbers() {
    check("number", |name, args| {
        let first = &args[0];
        let flag = |i: usize| args[i].as_bool().unwrap();
        let base = || u32::try_from(small(&args[1])).unwrap();
        let answer: crate::program::text::Result<Value> = match name {
            "float_repr" => Ok(json!(number::float_repr(float(first)))),
            "round_float" => number::round_float(float(first), small(&args[1])).map(from_float),
            "round" => number::round_half_even(float(first)).map(|n| from_int(&n)),
            "float_to_int" => number::float_to_int(float(first)).map(|n| from_int(&n)),
            "round_int" => Ok(from_int(&number::round_int(&int(first), small(&args[1])))),
            "parse_int" => number::parse_int(text(first), base()).map(|n| from_int(&n)),
            "parse_int_bytes" => number::parse_int_bytes(&bytes(first), base()).map(|n| from_int(&n)),
            "parse_float" => number::parse_float(text(first)).map(from_float),
            "parse_float_bytes" => number::parse_float_bytes(&bytes(first)).map(from_float),
            "int_to_str" => number::int_to_str(&int(first)).map(|t| json!(t)),
            "from_bytes" => Ok(from_int(&number::int_from_bytes(&bytes(first), flag(1), flag(2)))),
            "to_bytes" => {
                let length = usize::try_from(small(&args[1])).unwrap();
                number::int_to_bytes(&int(first), length, flag(2), flag(3)).map(|b| from_bytes(&b))
            }
            _ => unreachable!("{name}"),
        };
        answer.map_err(|e| word(&e))
    });
}
