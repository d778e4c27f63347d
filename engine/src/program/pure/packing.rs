//! `struct`: format strings, and values to and from packed bytes, with the sizes and alignments of Linux on x86-64 and arm64.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

/// A format taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// In order, with the gaps between.
    pub fields: Vec<Field>,
    /// Bytes in all.
    pub size: usize,
    /// True: the least significant byte first.
    pub little: bool,
    /// True: packed by CPython's native functions (no mark or `@`, and for the same sizes `=` and `<`), which word their
    /// errors differently.
    pub native: bool,
}

/// One value, or a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it begins.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
    /// The letter: `x` is a gap, `s` and `p` are texts of `size` bytes.
    pub code: char,
}

/// A value that a field takes or gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Letters of ints.
    Int(BigInt),
    /// `e`, `f`, `d`
    Float(f64),
    /// `?`
    Bool(bool),
    /// `c`, `s`, `p`
    Bytes(Vec<u8>),
}

/// What a value given to [`pack_field`] is, seen from outside.
pub enum Given<'a> {
    /// An int, or something with `__index__`.
    Int(BigInt),
    /// A float, or an int where a float is wanted.
    Float(f64),
    /// The truth of anything.
    Bool(bool),
    /// bytes or bytearray.
    Bytes(&'a [u8]),
    /// Something else.
    Other,
}

impl Layout {
    /// Parses a format.
    ///
    /// # Errors
    /// The words of `struct.error`.
    pub fn parse(format: &str) -> Result<Self, String> {
        let mut chars = format.chars().peekable();
        let (mut native, mut little) = (true, true);
        if let Some(order) = chars.peek() {
            match order {
                '@' => {}
                '=' | '<' => native = false,
                '>' | '!' => (native, little) = (false, false),
                _ => native = true,
            }
            if "@=<>!".contains(*order) {
                chars.next();
            }
        }
        let mut out = Self {
            fields: Vec::new(),
            size: 0,
            little,
            native: native || little,
        };
        while let Some(c) = chars.next() {
            if c.is_ascii_whitespace() {
                continue;
            }
            let mut count = None;
            let mut code = c;
            if let Some(first) = c.to_digit(10) {
                let mut n = first as usize;
                loop {
                    match chars.next() {
                        Some(d) if d.is_ascii_digit() => {
                            n = n
                                .checked_mul(10)
                                .and_then(|n| n.checked_add(d as usize - '0' as usize))
                                .ok_or("total struct size too long")?;
                        }
                        Some(d) => {
                            code = d;
                            break;
                        }
                        None => return Err("repeat count given without format specifier".to_owned()),
                    }
                }
                count = Some(n);
            }
            let (size, align) = letter(code, native).ok_or("bad char in struct format")?;
            let n = count.unwrap_or(1);
            out.size = out.size.next_multiple_of(align);
            let (times, each) = if matches!(code, 's' | 'p') {
                (1, n)
            } else {
                (n, size)
            };
            let total = times
                .checked_mul(each)
                .and_then(|more| out.size.checked_add(more));
            if total.is_none_or(|total| total > crate::program::text::MAX_TEXT) {
                return Err("total struct size too long".to_owned());
            }
            for _ in 0..times {
                if code != 'x' {
                    out.fields.push(Field {
                        offset: out.size,
                        size: each,
                        code,
                    });
                }
                out.size += each;
            }
        }
        Ok(out)
    }
}

/// Size and alignment of a letter.
fn letter(code: char, native: bool) -> Option<(usize, usize)> {
    let size = match code {
        'x' | 'c' | 'b' | 'B' | '?' | 's' | 'p' => 1,
        'h' | 'H' | 'e' => 2,
        'i' | 'I' | 'f' => 4,
        'l' | 'L' => {
            if native {
                8
            } else {
                4
            }
        }
        'q' | 'Q' | 'd' => 8,
        'n' | 'N' | 'P' if native => 8,
        _ => return None,
    };
    Some((size, if native { size } else { 1 }))
}

/// What kind of value a letter wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// An int.
    Int,
    /// A float.
    Float,
    /// Anything.
    Bool,
    /// bytes.
    Bytes,
}

/// See [`Wants`].
#[must_use]
pub fn wants(code: char) -> Wants {
    match code {
        'e' | 'f' | 'd' => Wants::Float,
        '?' => Wants::Bool,
        'c' | 's' | 'p' => Wants::Bytes,
        _ => Wants::Int,
    }
}

/// Why a value was not packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackError {
    /// `struct.error`
    Struct(String),
    /// OverflowError
    Overflow(String),
}

/// Writes one value at its place in `out`.
///
/// # Errors
/// [`PackError`].
pub fn pack_field(layout: &Layout, field: &Field, given: Given<'_>, out: &mut [u8]) -> Result<(), PackError> {
    let little = layout.little;
    let place = &mut out[field.offset..field.offset + field.size];
    let wrong = |words: &str| Err(PackError::Struct(words.to_owned()));
    match (wants(field.code), given) {
        (Wants::Bool, Given::Bool(b)) => place[0] = u8::from(b),
        (Wants::Bytes, Given::Bytes(bytes)) => match field.code {
            'c' if bytes.len() == 1 => place[0] = bytes[0],
            'c' => return wrong("char format requires a bytes object of length 1"),
            's' => {
                let n = bytes.len().min(place.len());
                place[..n].copy_from_slice(&bytes[..n]);
            }
            _ if place.is_empty() => {}
            // Pascal's string: its length first.
            _ => {
                let n = bytes.len().min(place.len() - 1).min(255);
                place[0] = n as u8;
                place[1..=n].copy_from_slice(&bytes[..n]);
            }
        },
        (Wants::Bytes, _) => {
            return match field.code {
                'c' => wrong("char format requires a bytes object of length 1"),
                code => wrong(&format!("argument for '{code}' must be a bytes object")),
            };
        }
        (Wants::Float, Given::Float(x)) => match field.size {
            2 => {
                let half = to_half(x)
                    .ok_or_else(|| PackError::Overflow("float too large to pack with e format".to_owned()))?;
                order(place, &half.to_le_bytes(), little);
            }
            4 => {
                let single = x as f32;
                if single.is_infinite() && x.is_finite() {
                    return Err(PackError::Overflow(
                        "float too large to pack with f format".to_owned(),
                    ));
                }
                order(place, &single.to_le_bytes(), little);
            }
            _ => order(place, &x.to_le_bytes(), little),
        },
        (Wants::Float, _) => return wrong("required argument is not a float"),
        (Wants::Int, Given::Int(n)) => pack_int(layout, field, &n, place)?,
        _ => return wrong("required argument is not an integer"),
    }
    Ok(())
}

fn pack_int(layout: &Layout, field: &Field, n: &BigInt, place: &mut [u8]) -> Result<(), PackError> {
    let signed = field.code.is_ascii_lowercase();
    let (low, high) = range(field.size * 8, signed);
    if *n < low || *n > high {
        return Err(PackError::Struct(out_of_range(layout, field, n, &low, &high)));
    }
    let mut bytes = n.to_signed_bytes_le();
    bytes.resize(
        place.len().max(bytes.len()),
        if n.is_negative() { 0xFF } else { 0 },
    );
    order(place, &bytes[..place.len()], layout.little);
    Ok(())
}

fn range(bits: usize, signed: bool) -> (BigInt, BigInt) {
    if signed {
        (
            -(BigInt::from(1) << (bits - 1)),
            (BigInt::from(1) << (bits - 1)) - 1,
        )
    } else {
        (BigInt::zero(), (BigInt::from(1) << bits) - 1)
    }
}

/// CPython first makes a C long, or an unsigned one, of the number; what does not fit there has other words.
fn out_of_range(layout: &Layout, field: &Field, n: &BigInt, low: &BigInt, high: &BigInt) -> String {
    let by_long = !matches!(field.code, 'I' | 'L') && (layout.native || field.code != 'H');
    let (least, most) = range(64, by_long);
    if matches!(field.code, 'q' | 'Q') && !layout.native {
        return "int too large to convert".to_owned();
    }
    if *n < least || *n > most || field.size == 8 {
        return "argument out of range".to_owned();
    }
    match field.code {
        'b' => "byte format requires -128 <= number <= 127".to_owned(),
        'B' => "ubyte format requires 0 <= number <= 255".to_owned(),
        'h' if layout.native => format!("short format requires {low} <= number <= {high}"),
        'H' if layout.native => format!("ushort format requires {low} <= number <= {high}"),
        code => format!("'{code}' format requires {low} <= number <= {high}"),
    }
}

fn order(place: &mut [u8], bytes: &[u8], little: bool) {
    place.copy_from_slice(bytes);
    if !little {
        place.reverse();
    }
}

/// Reads one value.
#[must_use]
pub fn unpack_field(field: &Field, little: bool, data: &[u8]) -> Item {
    let place = &data[field.offset..field.offset + field.size];
    let mut bytes = place.to_vec();
    if !little {
        bytes.reverse();
    }
    match wants(field.code) {
        Wants::Bool => Item::Bool(place[0] != 0),
        Wants::Bytes if field.code == 'p' => {
            let n = place.first().map_or(0, |n| (*n as usize).min(place.len() - 1));
            Item::Bytes(place.get(1..=n).unwrap_or_default().to_vec())
        }
        Wants::Bytes => Item::Bytes(place.to_vec()),
        Wants::Float => Item::Float(match bytes.len() {
            2 => from_half(u16::from_le_bytes([bytes[0], bytes[1]])),
            4 => f64::from(f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            _ => f64::from_bits(bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))),
        }),
        Wants::Int if field.code.is_ascii_lowercase() => Item::Int(BigInt::from_signed_bytes_le(&bytes)),
        Wants::Int => Item::Int(BigInt::from_bytes_le(num_bigint::Sign::Plus, &bytes)),
    }
}

/// IEEE 754 binary16, rounded to nearest, ties to even. `None`: too large.
fn to_half(x: f64) -> Option<u16> {
    let sign = u16::from(x.is_sign_negative()) << 15;
    let magnitude = x.abs();
    if x.is_nan() {
        return Some(sign | 0x7E00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // Units of the last place: 2^-24 below the normal numbers.
    let exponent = if magnitude < 2_f64.powi(-14) {
        -14
    } else {
        magnitude.log2().floor() as i32
    };
    let mut exponent = exponent.max(-14);
    if magnitude >= 2_f64.powi(exponent + 1) {
        exponent += 1;
    }
    let units = (magnitude / 2_f64.powi(exponent - 10)).round_ties_even();
    let bits = units as u32
        + if exponent > -15 {
            ((exponent + 14) as u32) << 10
        } else {
            0
        };
    (bits < 0x7C00).then_some(sign | bits as u16)
}

fn from_half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    sign * match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    }
}
