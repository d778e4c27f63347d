//! The methods of `bytes` and `bytearray`, as pure functions. Letters, digits and white space are those of ASCII.
//!
//! ```text
//! mod      find, count, startswith, replace, hex, is...()
//! split    split, rsplit, splitlines, partition, strip, join
//! search   where bytes stand within others
//! shape    upper, title, center, zfill, expandtabs, translate
//! ```

pub(crate) mod search;
mod shape;
mod split;

pub use shape::{
    capitalize, center, expand_tabs, ljust, lower, maketrans, repeat, rjust, slice, swapcase, title,
    translate, upper, zfill,
};
pub use split::{join, partition, rpartition, rsplit, split, split_lines, strip};

use super::{MAX_TEXT, Result, TextError, strings};

fn window(bytes: &[u8], start: Option<i64>, end: Option<i64>) -> Option<(&[u8], usize)> {
    let (start, end) = strings::bounds(bytes.len(), start, end);
    (start <= end).then(|| (&bytes[start..end], start))
}

/// White space of bytes.
#[must_use]
pub fn is_space_byte(b: u8) -> bool {
    matches!(b, b'\t'..=b'\r' | b' ')
}

/// `data.find(sub, start, end)`; `None` is Python's -1.
#[must_use]
pub fn find(bytes: &[u8], sub: &[u8], start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (part, first) = window(bytes, start, end)?;
    search::find(part, sub).map(|at| first + at)
}

/// `data.rfind(sub, start, end)`.
#[must_use]
pub fn rfind(bytes: &[u8], sub: &[u8], start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (part, first) = window(bytes, start, end)?;
    search::rfind(part, sub).map(|at| first + at)
}

/// `data.index(sub, start, end)`.
///
/// # Errors
/// ValueError.
pub fn index(bytes: &[u8], sub: &[u8], start: Option<i64>, end: Option<i64>) -> Result<usize> {
    find(bytes, sub, start, end).ok_or_else(|| TextError::value("subsection not found"))
}

/// `data.rindex(sub, start, end)`.
///
/// # Errors
/// ValueError.
pub fn rindex(bytes: &[u8], sub: &[u8], start: Option<i64>, end: Option<i64>) -> Result<usize> {
    rfind(bytes, sub, start, end).ok_or_else(|| TextError::value("subsection not found"))
}

/// `data.count(sub, start, end)`.
#[must_use]
pub fn count(bytes: &[u8], sub: &[u8], start: Option<i64>, end: Option<i64>) -> usize {
    match window(bytes, start, end) {
        None => 0,
        Some((part, _)) if sub.is_empty() => part.len() + 1,
        Some((part, _)) => search::find_iter(part, sub).count(),
    }
}

/// `data.startswith(prefixes, start, end)`.
#[must_use]
pub fn starts_with(bytes: &[u8], prefixes: &[&[u8]], start: Option<i64>, end: Option<i64>) -> bool {
    window(bytes, start, end).is_some_and(|(part, _)| prefixes.iter().any(|prefix| part.starts_with(prefix)))
}

/// `data.endswith(suffixes, start, end)`.
#[must_use]
pub fn ends_with(bytes: &[u8], suffixes: &[&[u8]], start: Option<i64>, end: Option<i64>) -> bool {
    window(bytes, start, end).is_some_and(|(part, _)| suffixes.iter().any(|suffix| part.ends_with(suffix)))
}

/// `data.removeprefix(prefix)`.
#[must_use]
pub fn remove_prefix<'a>(bytes: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    bytes.strip_prefix(prefix).unwrap_or(bytes)
}

/// `data.removesuffix(suffix)`.
#[must_use]
pub fn remove_suffix<'a>(bytes: &'a [u8], suffix: &[u8]) -> &'a [u8] {
    bytes.strip_suffix(suffix).unwrap_or(bytes)
}

/// `data.replace(old, new, count)`; a negative count means all.
///
/// # Errors
/// MemoryError for a result beyond [`MAX_TEXT`].
pub fn replace(bytes: &[u8], old: &[u8], new: &[u8], count: i64) -> Result<Vec<u8>> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    let places: Vec<usize> = if old.is_empty() {
        (0..=bytes.len()).take(limit).collect()
    } else {
        search::find_iter(bytes, old).take(limit).collect()
    };
    let growth = new.len().saturating_sub(old.len()).saturating_mul(places.len());
    if bytes.len().saturating_add(growth) > MAX_TEXT {
        return Err(TextError::memory());
    }
    let mut out = Vec::with_capacity(bytes.len() + growth);
    let mut done = 0;
    for at in places {
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(new);
        done = at + old.len();
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(out)
}

/// `data.hex(sep, bytes_per_sep)`: groups are counted from the right, from the left if the number is negative.
#[must_use]
pub fn hex(bytes: &[u8], sep: Option<char>, bytes_per_sep: i64) -> String {
    let group = usize::try_from(bytes_per_sep.unsigned_abs()).unwrap_or(usize::MAX);
    let mut out = String::with_capacity(bytes.len() * 2);
    for (i, b) in bytes.iter().enumerate() {
        if let Some(sep) = sep.filter(|_| i > 0 && group > 0) {
            let place = if bytes_per_sep > 0 { bytes.len() - i } else { i };
            if place.is_multiple_of(group) {
                out.push(sep);
            }
        }
        for digit in [b >> 4, b & 15] {
            out.extend(char::from_digit(digit.into(), 16));
        }
    }
    out
}

/// `bytes.fromhex(text)`: white space between bytes is skipped.
///
/// # Errors
/// ValueError.
pub fn from_hex(text: &str) -> Result<Vec<u8>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::with_capacity(chars.len() / 2);
    let mut at = 0;
    let digit = |at: usize| {
        let value = chars
            .get(at)
            .filter(|c| c.is_ascii())
            .and_then(|c| c.to_digit(16));
        value.ok_or_else(|| {
            TextError::value(format!(
                "non-hexadecimal number found in fromhex() arg at position {at}"
            ))
        })
    };
    while at < chars.len() {
        if chars[at].is_ascii() && is_space_byte(chars[at] as u8) {
            at += 1;
            continue;
        }
        out.push((digit(at)? << 4 | digit(at + 1)?) as u8);
        at += 2;
    }
    Ok(out)
}

fn all(bytes: &[u8], kind: impl Fn(u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| kind(*b))
}

/// `data.isspace()`.
#[must_use]
pub fn is_space(bytes: &[u8]) -> bool {
    all(bytes, is_space_byte)
}

/// `data.isalpha()`.
#[must_use]
pub fn is_alpha(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_alphabetic())
}

/// `data.isalnum()`.
#[must_use]
pub fn is_alnum(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_alphanumeric())
}

/// `data.isdigit()`.
#[must_use]
pub fn is_digit(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_digit())
}

/// `data.isupper()`.
#[must_use]
pub fn is_upper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// `data.islower()`.
#[must_use]
pub fn is_lower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

/// `data.istitle()`.
#[must_use]
pub fn is_title(bytes: &[u8]) -> bool {
    let (mut seen, mut in_word) = (false, false);
    for b in bytes {
        let capital = b.is_ascii_uppercase();
        if capital == in_word && b.is_ascii_alphabetic() {
            return false;
        }
        in_word = b.is_ascii_alphabetic();
        seen |= in_word;
    }
    seen
}
