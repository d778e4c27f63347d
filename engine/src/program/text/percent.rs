//! The `%` operator of str and bytes: `'%-10s %5.2f %(name)s'` taken apart, and each conversion's layout.
//!
//! As with templates, a fault of the format is raised when its turn comes; see [`Format::fault`].

use super::number::{FloatFormat, format_float, int_to_str, to_radix};
use super::{MAX_TEXT, Result, TextError};
use num_bigint::BigInt;
use num_traits::Signed as _;
use std::ops::Range;

/// Pieces, and the fault after the last of them; `T` is `str`, or `[u8]` for a bytes format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format<'a, T: ?Sized> {
    /// In order.
    pub pieces: Vec<Piece<'a, T>>,
    /// To raise after the pieces.
    pub fault: Option<TextError>,
}

/// A part of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a, T: ?Sized> {
    /// Text as it stands; `%%` is such too.
    Literal(&'a T),
    /// A conversion, which takes an argument.
    Directive(Directive<'a, T>),
}

/// One conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive<'a, T: ?Sized> {
    /// `(name)`: the value comes from a mapping. "format requires a mapping" if the right side is none.
    pub key: Option<&'a T>,
    /// `-`, `+`, space, `#`, `0`.
    pub flags: Flags,
    /// Least number of characters.
    pub width: Amount,
    /// After the point.
    pub precision: Amount,
    /// The letter; [`unsupported`] tells whether there is such a conversion, after the argument is taken.
    pub kind: char,
    /// Where the letter stands, in characters from 0.
    pub index: usize,
}

/// Flags of a directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub sign: bool,
    /// space
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Not given.
    None,
    /// Written in the format.
    Given(usize),
    /// `*`: the next argument, an int ("* wants int" if it is none).
    Argument,
}

/// A directive whose stars are filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The flags.
    pub flags: Flags,
    /// 0: none.
    pub width: usize,
    /// `None`: not given.
    pub precision: Option<usize>,
}

impl Layout {
    /// Fills in a width given by `*`: a negative one means `-`.
    pub fn set_width(&mut self, argument: i64) {
        self.flags.left |= argument < 0;
        self.width = usize::try_from(argument.unsigned_abs()).unwrap_or(usize::MAX);
    }

    /// Fills in a precision given by `*`: a negative one counts as 0.
    pub fn set_precision(&mut self, argument: i64) {
        self.precision = Some(usize::try_from(argument.max(0)).unwrap_or(usize::MAX));
    }
}

impl<T: ?Sized> Directive<'_, T> {
    /// The layout, as far as the format gives it.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let given = |amount| {
            if let Amount::Given(n) = amount {
                Some(n)
            } else {
                None
            }
        };
        Layout {
            flags: self.flags,
            width: given(self.width).unwrap_or(0),
            precision: given(self.precision),
        }
    }
}

/// The ValueError for a letter that names no conversion.
#[must_use]
pub fn unsupported(kind: char, index: usize) -> TextError {
    let shown = if ('\x1f'..='~').contains(&kind) { kind } else { '?' };
    TextError::value(format!(
        "unsupported format character '{shown}' (0x{:x}) at index {index}",
        kind as u32
    ))
}

/// Takes a str format apart.
#[must_use]
pub fn parse(format: &str) -> Format<'_, str> {
    Source {
        bytes: format.as_bytes(),
        part: |range| &format[range],
        letter: |at| format[at..].chars().next(),
        length: |range: Range<usize>| format[range].chars().count(),
        size: char::len_utf8,
    }
    .parse()
}

/// Takes a bytes format apart.
#[must_use]
pub fn parse_bytes(format: &[u8]) -> Format<'_, [u8]> {
    Source {
        bytes: format,
        part: |range| &format[range],
        letter: |at| format.get(at).map(|b| char::from(*b)),
        length: |range: Range<usize>| range.len(),
        size: |_| 1,
    }
    .parse()
}

/// A format and how its bytes are looked at. Whatever directs is ASCII, so that a place in the bytes is one in the text.
struct Source<'a, P, L, N> {
    bytes: &'a [u8],
    /// What stands in a range of bytes.
    part: P,
    /// The character that begins at a byte.
    letter: L,
    /// How many characters a range of bytes has.
    length: N,
    /// How many bytes a character is.
    size: fn(char) -> usize,
}

impl<'a, T, P, L, N> Source<'a, P, L, N>
where
    T: ?Sized + 'a,
    P: Fn(Range<usize>) -> &'a T,
    L: Fn(usize) -> Option<char>,
    N: Fn(Range<usize>) -> usize,
{
    fn parse(&self) -> Format<'a, T> {
        let bytes = self.bytes;
        let mut out = Format {
            pieces: Vec::new(),
            fault: None,
        };
        let mut at = 0;
        // A byte and how many characters stand before it.
        let mut counted = (0, 0);
        while at < bytes.len() {
            let percent = bytes[at..]
                .iter()
                .position(|b| *b == b'%')
                .map_or(bytes.len(), |i| at + i);
            if percent > at {
                out.pieces.push(Piece::Literal((self.part)(at..percent)));
            }
            if percent == bytes.len() {
                break;
            }
            at = percent + 1;
            if bytes.get(at) == Some(&b'%') {
                out.pieces.push(Piece::Literal((self.part)(percent..at)));
                at += 1;
                continue;
            }
            match self.directive(&mut at) {
                Ok(mut directive) => {
                    counted = (
                        directive.index,
                        counted.1 + (self.length)(counted.0..directive.index),
                    );
                    directive.index = counted.1;
                    out.pieces.push(Piece::Directive(directive));
                }
                Err(fault) => {
                    out.fault = Some(fault);
                    break;
                }
            }
        }
        out
    }

    /// The directive whose `%` stands before `at`, which goes on behind it; its index is the letter's byte.
    fn directive(&self, at: &mut usize) -> Result<Directive<'a, T>> {
        let bytes = self.bytes;
        let peek = |at: usize| bytes.get(at).copied();
        let mut key = None;
        if peek(*at) == Some(b'(') {
            *at += 1;
            let start = *at;
            let mut open = 1;
            while open > 0 {
                match peek(*at) {
                    None => return Err(TextError::value("incomplete format key")),
                    Some(b'(') => open += 1,
                    Some(b')') => open -= 1,
                    Some(_) => {}
                }
                *at += 1;
            }
            key = Some((self.part)(start..*at - 1));
        }
        let mut flags = Flags::default();
        loop {
            match peek(*at) {
                Some(b'-') => flags.left = true,
                Some(b'+') => flags.sign = true,
                Some(b' ') => flags.blank = true,
                Some(b'#') => flags.alternate = true,
                Some(b'0') => flags.zero = true,
                _ => break,
            }
            *at += 1;
        }
        let width = amount(bytes, at, i64::MAX as u64, "width too big")?;
        let mut precision = Amount::None;
        if peek(*at) == Some(b'.') {
            *at += 1;
            precision = amount(bytes, at, i32::MAX as u64, "precision too big")?;
            if precision == Amount::None {
                precision = Amount::Given(0);
            }
        }
        if matches!(peek(*at), Some(b'h' | b'l' | b'L')) {
            *at += 1;
        }
        let kind = (self.letter)(*at).ok_or_else(|| TextError::value("incomplete format"))?;
        let index = *at;
        *at += (self.size)(kind);
        Ok(Directive {
            key,
            flags,
            width,
            precision,
            kind,
            index,
        })
    }
}

fn amount(bytes: &[u8], at: &mut usize, limit: u64, too_big: &str) -> Result<Amount> {
    if bytes.get(*at) == Some(&b'*') {
        *at += 1;
        return Ok(Amount::Argument);
    }
    let mut value: Option<u64> = None;
    while let Some(digit) = bytes.get(*at).and_then(|b| char::from(*b).to_digit(10)) {
        let next = value
            .unwrap_or(0)
            .checked_mul(10)
            .and_then(|v| v.checked_add(u64::from(digit)));
        value = Some(
            next.filter(|v| *v <= limit)
                .ok_or_else(|| TextError::value(too_big))?,
        );
        *at += 1;
    }
    Ok(value.map_or(Amount::None, |v| {
        Amount::Given(usize::try_from(v).unwrap_or(usize::MAX))
    }))
}

/// `%s`, `%r`, `%a`, `%c` once the value is text: cut to the precision, put into the width.
///
/// # Errors
/// MemoryError for a width beyond [`MAX_TEXT`].
pub fn text(value: &str, layout: &Layout) -> Result<String> {
    let cut = match layout.precision {
        Some(limit) => value
            .char_indices()
            .nth(limit)
            .map_or(value, |(end, _)| &value[..end]),
        None => value,
    };
    pad(cut, cut.chars().count(), layout)
}

/// `%c`: the precision does not cut.
///
/// # Errors
/// As [`text`].
pub fn character(value: char, layout: &Layout) -> Result<String> {
    pad(value.encode_utf8(&mut [0; 4]), 1, layout)
}

fn pad(value: &str, length: usize, layout: &Layout) -> Result<String> {
    let spaces = bounded(layout.width)?.saturating_sub(length);
    let mut out = String::with_capacity(value.len() + spaces);
    if !layout.flags.left {
        out.extend(std::iter::repeat_n(' ', spaces));
    }
    out.push_str(value);
    if layout.flags.left {
        out.extend(std::iter::repeat_n(' ', spaces));
    }
    Ok(out)
}

/// `%s`, `%b` and `%c` of a bytes format.
///
/// # Errors
/// As [`text`].
pub fn bytes(value: &[u8], layout: &Layout) -> Result<Vec<u8>> {
    let cut = &value[..layout.precision.unwrap_or(usize::MAX).min(value.len())];
    let spaces = bounded(layout.width)?.saturating_sub(cut.len());
    let mut out = Vec::with_capacity(cut.len() + spaces);
    if !layout.flags.left {
        out.extend(std::iter::repeat_n(b' ', spaces));
    }
    out.extend_from_slice(cut);
    if layout.flags.left {
        out.extend(std::iter::repeat_n(b' ', spaces));
    }
    Ok(out)
}

fn bounded(n: usize) -> Result<usize> {
    if n > MAX_TEXT {
        Err(TextError::memory())
    } else {
        Ok(n)
    }
}

/// `%d %i %u %o %x %X`.
///
/// # Errors
/// ValueError for too many digits; MemoryError.
pub fn int(n: &BigInt, kind: char, layout: &Layout) -> Result<String> {
    let (digits, prefix) = match kind {
        'o' => (to_radix(n, 8), "0o"),
        'x' => (to_radix(n, 16), "0x"),
        'X' => (to_radix(n, 16).to_ascii_uppercase(), "0X"),
        _ => (int_to_str(n)?, ""),
    };
    let digits = digits.trim_start_matches('-');
    let zeros = bounded(layout.precision.unwrap_or(0))?.saturating_sub(digits.len());
    let longer = (zeros > 0).then(|| "0".repeat(zeros) + digits);
    numeric(
        n.is_negative(),
        if layout.flags.alternate { prefix } else { "" },
        longer.as_deref().unwrap_or(digits),
        layout,
    )
}

/// `%e %f %g` and their capitals.
///
/// # Errors
/// MemoryError.
pub fn float(x: f64, kind: char, layout: &Layout) -> Result<String> {
    let precision = bounded(layout.precision.unwrap_or(6))?;
    let format = FloatFormat {
        upper: kind.is_ascii_uppercase(),
        alternate: layout.flags.alternate,
        ..FloatFormat::new(kind.to_ascii_lowercase(), precision)
    };
    let shown = format_float(x, &format);
    match shown.strip_prefix('-') {
        Some(body) => numeric(true, "", body, layout),
        None => numeric(false, "", &shown, layout),
    }
}

fn numeric(negative: bool, prefix: &str, body: &str, layout: &Layout) -> Result<String> {
    let flags = layout.flags;
    let sign = match (negative, flags.sign, flags.blank) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (.., true) => " ",
        _ => "",
    };
    let missing = bounded(layout.width)?.saturating_sub(sign.len() + prefix.len() + body.len());
    let mut out = String::with_capacity(missing + sign.len() + prefix.len() + body.len());
    let fill = |out: &mut String, c: char| out.extend(std::iter::repeat_n(c, missing));
    if !flags.left && !flags.zero {
        fill(&mut out, ' ');
    }
    out.push_str(sign);
    out.push_str(prefix);
    if !flags.left && flags.zero {
        fill(&mut out, '0');
    }
    out.push_str(body);
    if flags.left {
        fill(&mut out, ' ');
    }
    Ok(out)
}
