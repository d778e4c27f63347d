//! `float` <-> text, correctly rounded. Rust's own formatting of f64 is exact (shortest digits, ties to even), and so is the
//! reading of `protocol::json::nearest`; only CPython's layout of the digits is done here.

use crate::program::text::{Result, TextError, quote, unicode};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Zero};
use protocol::json::nearest;

/// No f64 has more decimal digits than this on either side of the point; the rest are zeros.
const EXACT_DIGITS: usize = 1100;

/// `repr(x)`: the shortest digits that give `x` back.
#[must_use]
pub fn float_repr(x: f64) -> String {
    format_float(
        x,
        &FloatFormat {
            kind: 'r',
            add_dot_zero: true,
            ..FloatFormat::new('r', 0)
        },
    )
}

/// `'%.Nf' % x` without flags, as many modules need it.
#[must_use]
pub fn float_fixed(x: f64, precision: usize) -> String {
    format_float(x, &FloatFormat::new('f', precision))
}

/// How a float is laid out; the fields follow CPython's `PyOS_double_to_string`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloatFormat {
    /// `e`, `f`, `g` or `r` (shortest).
    pub kind: char,
    /// Digits after the point (`e`, `f`) or in all (`g`); unused for `r`.
    pub precision: usize,
    /// `E`, `F`, `G`: capital exponent, `INF`, `NAN`.
    pub upper: bool,
    /// `#`: always a point, and `g` keeps trailing zeros.
    pub alternate: bool,
    /// A whole number gets `.0`.
    pub add_dot_zero: bool,
    /// `z`: a result that is zero loses its minus.
    pub no_negative_zero: bool,
}

impl FloatFormat {
    /// Without flags.
    #[must_use]
    pub fn new(kind: char, precision: usize) -> Self {
        Self {
            kind,
            precision,
            upper: false,
            alternate: false,
            add_dot_zero: false,
            no_negative_zero: false,
        }
    }
}

/// The text of `x`, with a `-` where it is negative and no other sign.
#[must_use]
pub fn format_float(x: f64, format: &FloatFormat) -> String {
    if !x.is_finite() {
        let text = if x.is_nan() {
            "nan"
        } else if x < 0.0 {
            "-inf"
        } else {
            "inf"
        };
        return if format.upper {
            text.to_ascii_uppercase()
        } else {
            text.to_owned()
        };
    }
    let mut negative = x.is_sign_negative();
    let magnitude = x.abs();
    let precision = if format.kind == 'g' {
        format.precision.max(1)
    } else {
        format.precision
    };
    // `digits` without trailing zeros, the point before digit number `point`: 0.digits * 10^point.
    let (digits, point) = match format.kind {
        'r' => scientific(&protocol::json::shortest(magnitude)),
        'f' => fixed(magnitude, precision),
        'e' => scientific(&format!("{magnitude:.*e}", precision.min(EXACT_DIGITS))),
        _ => scientific(&format!("{magnitude:.*e}", (precision - 1).min(EXACT_DIGITS))),
    };
    if format.no_negative_zero && digits.is_empty() {
        negative = false;
    }
    let point = if digits.is_empty() && format.kind != 'f' {
        1
    } else {
        point
    };
    let exponential = match format.kind {
        'e' => true,
        'f' => false,
        'g' => {
            point <= -4
                || point > i64::try_from(precision).unwrap_or(i64::MAX) - i64::from(format.add_dot_zero)
        }
        _ => point <= -4 || point > 16,
    };
    // How many digits must stand, counted from the first one (or from the point, if that is further left).
    let wanted = match format.kind {
        'e' => precision as i64 + 1,
        'f' => precision as i64 + point,
        'g' if format.alternate => precision as i64,
        _ => digits.len() as i64,
    };
    let mut out = String::with_capacity(digits.len() + 8);
    if negative {
        out.push('-');
    }
    let shown_point = if exponential { 1 } else { point };
    let mut after = 0;
    if shown_point <= 0 {
        out.push_str("0.");
        push_zeros(&mut out, shown_point.unsigned_abs() as usize);
        out.push_str(&digits);
        push_zeros(&mut out, (wanted - digits.len() as i64).max(0) as usize);
        after += (wanted - shown_point).max(0);
    } else {
        let whole = shown_point as usize;
        let head = digits.len().min(whole);
        out.push_str(&digits[..head]);
        push_zeros(&mut out, whole - head);
        out.push('.');
        out.push_str(&digits[head..]);
        let have = digits.len().max(whole) as i64;
        push_zeros(&mut out, (wanted - have).max(0) as usize);
        after += (wanted.max(digits.len() as i64) - shown_point).max(0);
    }
    if after <= 0 {
        // Nothing after the point: it goes, unless asked for.
        while !out.ends_with('.') {
            out.pop();
        }
        if format.add_dot_zero && !exponential {
            out.push('0');
        } else if !format.alternate {
            out.pop();
        }
    }
    if exponential {
        let exponent = point - 1;
        out.push(if format.upper { 'E' } else { 'e' });
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&format!("{:02}", exponent.abs()));
    }
    out
}

fn push_zeros(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n('0', count));
}

/// Digits and point of Rust's `1.25e-7`.
fn scientific(text: &str) -> (String, i64) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let mut digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    digits.truncate(digits.trim_end_matches('0').len());
    (digits, exponent.parse::<i64>().unwrap_or(0) + 1)
}

/// Digits and point of `{:.N}`.
fn fixed(magnitude: f64, precision: usize) -> (String, i64) {
    let text = format!("{magnitude:.*}", precision.min(EXACT_DIGITS));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0');
    let mut digits = String::with_capacity(text.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let mut point = whole.len() as i64;
    if whole.is_empty() {
        let zeros = digits.len() - digits.trim_start_matches('0').len();
        digits.drain(..zeros);
        point = -(zeros as i64);
        if digits.is_empty() {
            // Zero: the point stands after one 0, which `format_float` writes itself.
            point = 0;
        }
    }
    digits.truncate(digits.trim_end_matches('0').len());
    (digits, point)
}

/// `float(text)`.
///
/// # Errors
/// ValueError.
pub fn parse_float(text: &str) -> Result<f64> {
    let plain: String = text
        .chars()
        .map(|c| match c {
            _ if c.is_ascii() => c,
            _ if unicode::is_space(c) => ' ',
            _ => unicode::decimal(c)
                .and_then(|d| char::from_digit(d, 10))
                .unwrap_or('?'),
        })
        .collect();
    number(&plain).ok_or_else(|| {
        TextError::value(format!(
            "could not convert string to float: {}",
            quote::str_repr(text)
        ))
    })
}

/// `float(b'36.6')`.
///
/// # Errors
/// ValueError.
pub fn parse_float_bytes(text: &[u8]) -> Result<f64> {
    std::str::from_utf8(text)
        .ok()
        .filter(|plain| plain.is_ascii())
        .and_then(number)
        .ok_or_else(|| {
            TextError::value(format!(
                "could not convert string to float: {}",
                quote::bytes_repr(text)
            ))
        })
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c| matches!(c, '\t'..='\r' | ' '));
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["inf", "infinity", "nan"]
        .iter()
        .any(|word| body.eq_ignore_ascii_case(word))
    {
        let x = if body.len() == 3 && !body.eq_ignore_ascii_case("inf") {
            f64::NAN
        } else {
            f64::INFINITY
        };
        return Some(if text.starts_with('-') { -x } else { x });
    }
    // What Rust would take beyond Python's grammar stops here.
    if body.is_empty() || !body.bytes().all(|b| b.is_ascii_digit() || b"+-.eE_".contains(&b)) {
        return None;
    }
    if !body.contains('_') {
        return nearest(text);
    }
    let bytes = body.as_bytes();
    let between_digits =
        |i: usize| i > 0 && bytes[i - 1].is_ascii_digit() && bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
    if bytes
        .iter()
        .enumerate()
        .any(|(i, b)| *b == b'_' && !between_digits(i))
    {
        return None;
    }
    nearest(&text.replace('_', ""))
}

/// `int(x)`: towards zero.
///
/// # Errors
/// OverflowError for an infinity, ValueError for a NaN.
pub fn float_to_int(x: f64) -> Result<BigInt> {
    if x.is_nan() {
        return Err(TextError::value("cannot convert float NaN to integer"));
    }
    BigInt::from_f64(x).ok_or_else(|| TextError::overflow("cannot convert float infinity to integer"))
}

/// `round(x)`: to the nearest int, ties to even.
///
/// # Errors
/// As [`float_to_int`].
pub fn round_half_even(x: f64) -> Result<BigInt> {
    float_to_int(x.round_ties_even())
}

/// `round(x, digits)`: the float nearest to the correctly rounded decimal.
///
/// # Errors
/// OverflowError if that is beyond the largest float.
pub fn round_float(x: f64, digits: i64) -> Result<f64> {
    if !x.is_finite() || x == 0.0 || digits > 323 {
        return Ok(x);
    }
    if digits < -308 {
        return Ok(0.0 * x);
    }
    let rounded = if digits >= 0 {
        nearest(&format!("{x:.*}", digits.unsigned_abs() as usize)).unwrap_or(x)
    } else {
        let whole = float_to_int(x.abs().trunc())?;
        let unit = BigInt::from(10_u32).pow(digits.unsigned_abs() as u32);
        let (quotient, rest) = whole.div_mod_floor(&unit);
        let up = match (rest << 1_u32).cmp(&unit) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => x.fract() != 0.0 || quotient.is_odd(),
        };
        let quotient: BigInt = if up { quotient + 1 } else { quotient };
        let magnitude = if quotient.is_zero() {
            0.0
        } else {
            nearest(&(quotient * unit).to_str_radix(10)).unwrap_or(f64::INFINITY)
        };
        magnitude.copysign(x)
    };
    if rounded.is_infinite() {
        return Err(TextError::overflow("rounded value too large to represent"));
    }
    Ok(rounded)
}
