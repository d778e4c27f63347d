//! `int` <-> text.

use crate::program::text::{Result, TextError, quote, unicode};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

/// More decimal digits than this are refused in both directions, as CPython does since 3.11 (sys.get_int_max_str_digits()).
pub const MAX_STR_DIGITS: usize = 4300;

/// `str(n)`.
///
/// # Errors
/// ValueError for more than [`MAX_STR_DIGITS`] digits.
pub fn int_to_str(n: &BigInt) -> Result<String> {
    if let Ok(small) = i64::try_from(n) {
        return Ok(small_int_to_str(small));
    }
    if too_many_digits(n) {
        return Err(TextError::value(
            "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
        ));
    }
    Ok(n.to_str_radix(10))
}

/// Whether `str(n)` is refused.
#[must_use]
pub fn too_many_digits(n: &BigInt) -> bool {
    // 4300 digits are 14284.2 bits: only numbers close to the limit need an exact look.
    match n.bits() {
        0..=14_280 => false,
        14_281..=14_290 => n.magnitude().to_str_radix(10).len() > MAX_STR_DIGITS,
        _ => true,
    }
}

/// `str(n)` of a small number, without a BigInt.
#[must_use]
pub fn small_int_to_str(n: i64) -> String {
    n.to_string()
}

/// The digits of `|n|` in base 2, 8, 10 or 16 (lower case). No limit: powers of two are cheap, and base 10 is checked by
/// the callers.
#[must_use]
pub fn to_radix(n: &BigInt, base: u32) -> String {
    n.magnitude().to_str_radix(base)
}

/// `int(text, base)`; base 0 takes the prefix of a literal.
///
/// # Errors
/// ValueError for a bad base, bad digits or too many digits.
pub fn parse_int(text: &str, base: u32) -> Result<BigInt> {
    check_base(base)?;
    // Digits of every script count: each becomes its ASCII twin first, as CPython does.
    let plain: std::borrow::Cow<'_, str> = if text.is_ascii() {
        text.into()
    } else {
        text.chars()
            .map(|c| if c.is_ascii() { c } else { to_ascii(c) })
            .collect::<String>()
            .into()
    };
    digits(&plain, base)?.ok_or_else(|| invalid(base, &quote::str_repr(text)))
}

/// `int(b'42', base)`.
///
/// # Errors
/// As [`parse_int`].
pub fn parse_int_bytes(text: &[u8], base: u32) -> Result<BigInt> {
    check_base(base)?;
    let parsed = match std::str::from_utf8(text) {
        Ok(plain) if plain.is_ascii() => digits(plain, base)?,
        _ => None,
    };
    parsed.ok_or_else(|| invalid(base, &quote::bytes_repr(text)))
}

fn check_base(base: u32) -> Result<()> {
    if base == 1 || base > 36 {
        return Err(TextError::value("int() base must be >= 2 and <= 36, or 0"));
    }
    Ok(())
}

fn invalid(base: u32, shown: &str) -> TextError {
    // CPython cuts the shown literal at 200 characters.
    let shown: String = shown.chars().take(200).collect();
    TextError::value(format!("invalid literal for int() with base {base}: {shown}"))
}

fn to_ascii(c: char) -> char {
    if unicode::is_space(c) {
        return ' ';
    }
    unicode::decimal(c)
        .and_then(|d| char::from_digit(d, 10))
        .unwrap_or('?')
}

/// `Ok(None)`: not a number.
fn digits(text: &str, base: u32) -> Result<Option<BigInt>> {
    let text = text.trim_matches(|c| matches!(c, '\t'..='\r' | ' '));
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let prefix = match rest.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let asked = base;
    let (base, body, prefixed) = match (base, prefix) {
        (0, 0) => (10, rest, false),
        (0, p) => (p, &rest[2..], true),
        (b, p) if b == p => (b, &rest[2..], true),
        (b, _) => (b, rest, false),
    };
    // After a prefix one underscore may stand: 0x_ff.
    let body = if prefixed {
        body.strip_prefix('_').unwrap_or(body)
    } else {
        body
    };
    let mut clean = Vec::with_capacity(body.len());
    let mut last_underscore = true;
    for b in body.bytes() {
        if b == b'_' {
            if last_underscore {
                return Ok(None);
            }
            last_underscore = true;
        } else {
            match (b as char).to_digit(36) {
                Some(d) if d < base => clean.push(b),
                _ => return Ok(None),
            }
            last_underscore = false;
        }
    }
    if last_underscore {
        return Ok(None);
    }
    // int('010', 0) is refused, as the literal 010 is; int('000', 0) is not.
    if asked == 0 && !prefixed && clean.first() == Some(&b'0') && clean.iter().any(|b| *b != b'0') {
        return Ok(None);
    }
    if !base.is_power_of_two() && clean.len() > MAX_STR_DIGITS {
        return Err(TextError::value(format!(
            "Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; use sys.set_int_max_str_digits() to increase the limit",
            clean.len()
        )));
    }
    let magnitude = if clean.len() <= 18 && base == 10 {
        // The common case, without the general routine.
        BigInt::from(clean.iter().fold(0_u64, |n, b| n * 10 + u64::from(b - b'0')))
    } else {
        match BigInt::parse_bytes(&clean, base) {
            Some(n) => n,
            None => return Ok(None),
        }
    };
    Ok(Some(if negative { -magnitude } else { magnitude }))
}

/// `round(n, digits)` of an int: half to even; `digits >= 0` changes nothing.
#[must_use]
pub fn round_int(n: &BigInt, digits: i64) -> BigInt {
    if digits >= 0 || n.is_zero() {
        return n.clone();
    }
    let places = digits.unsigned_abs();
    // More places than the number can have: nothing is left. 10^p has more bits than 3p.
    if places > n.bits() {
        return BigInt::zero();
    }
    let unit = BigInt::from(10_u32).pow(u32::try_from(places).unwrap_or(u32::MAX));
    let (quotient, rest) = n.div_mod_floor(&unit);
    let twice = (&rest << 1_u32).cmp(&unit);
    let up = match twice {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient.is_odd(),
    };
    let quotient = if up { quotient + BigInt::one() } else { quotient };
    debug_assert!(unit.sign() == Sign::Plus && !rest.is_negative());
    quotient * unit
}

/// `int.from_bytes(bytes, order, signed=signed)`.
#[must_use]
pub fn int_from_bytes(bytes: &[u8], little: bool, signed: bool) -> BigInt {
    match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(bytes),
        (false, true) => BigInt::from_signed_bytes_be(bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    }
}

/// `n.to_bytes(length, order, signed=signed)`.
///
/// # Errors
/// OverflowError.
pub fn int_to_bytes(n: &BigInt, length: usize, little: bool, signed: bool) -> Result<Vec<u8>> {
    if !signed && n.is_negative() {
        return Err(TextError::overflow("can't convert negative int to unsigned"));
    }
    if length > crate::program::text::MAX_TEXT {
        return Err(TextError::memory());
    }
    let mut bytes = if signed {
        n.to_signed_bytes_le()
    } else {
        n.magnitude().to_bytes_le()
    };
    if n.is_zero() {
        bytes.clear();
    }
    if signed && length == 0 && *n == BigInt::from(-1) {
        // CPython takes -1 for a sign without a magnitude.
        bytes.clear();
    }
    if bytes.len() > length {
        return Err(TextError::overflow("int too big to convert"));
    }
    bytes.resize(length, if n.is_negative() { 0xFF } else { 0 });
    if !little {
        bytes.reverse();
    }
    Ok(bytes)
}
