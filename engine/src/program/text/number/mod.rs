//! Numbers as text: parsing and printing `int` and `float`, and rounding, digit for digit as CPython 3.11.

mod float;
mod int;

pub use float::{
    FloatFormat, float_fixed, float_repr, float_to_int, format_float, parse_float, parse_float_bytes,
    round_float, round_half_even,
};
pub use int::{
    MAX_STR_DIGITS, int_from_bytes, int_to_bytes, int_to_str, parse_int, parse_int_bytes, round_int,
    small_int_to_str, to_radix, too_many_digits,
};
