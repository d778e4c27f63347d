//! Width, filling, translation; and the arithmetic of slices.

use super::{len, too_long};
use crate::program::text::{Result, TextError, code_point, from_code_point};

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The beginning.
    Left,
    /// The end.
    Right,
    /// Both.
    Both,
}

/// What is missing to `width`.
fn missing(length: usize, width: i64) -> Result<usize> {
    let width = usize::try_from(width).unwrap_or(0);
    too_long(width)?;
    Ok(width.saturating_sub(length))
}

fn padded(text: &str, left: usize, right: usize, fill: char) -> String {
    let mut out = String::with_capacity(text.len() + (left + right) * fill.len_utf8());
    out.extend(std::iter::repeat_n(fill, left));
    out.push_str(text);
    out.extend(std::iter::repeat_n(fill, right));
    out
}

/// How `center` shares out the filling: the odd one goes left or right by the parity of the width, as CPython does it.
pub(in crate::program::text) fn center_left(missing: usize, width: i64) -> usize {
    missing / 2 + (missing & width.unsigned_abs() as usize & 1)
}

/// `text.center(width, fill)`.
///
/// # Errors
/// MemoryError.
pub fn center(text: &str, width: i64, fill: char) -> Result<String> {
    let total = missing(len(text), width)?;
    let left = center_left(total, width);
    Ok(padded(text, left, total - left, fill))
}

/// `text.ljust(width, fill)`.
///
/// # Errors
/// MemoryError.
pub fn ljust(text: &str, width: i64, fill: char) -> Result<String> {
    Ok(padded(text, 0, missing(len(text), width)?, fill))
}

/// `text.rjust(width, fill)`.
///
/// # Errors
/// MemoryError.
pub fn rjust(text: &str, width: i64, fill: char) -> Result<String> {
    Ok(padded(text, missing(len(text), width)?, 0, fill))
}

/// `text.zfill(width)`: zeros after the sign.
///
/// # Errors
/// MemoryError.
pub fn zfill(text: &str, width: i64) -> Result<String> {
    let zeros = missing(len(text), width)?;
    let sign = usize::from(text.starts_with(['+', '-']));
    Ok(format!("{}{}{}", &text[..sign], "0".repeat(zeros), &text[sign..]))
}

/// `text * n`.
///
/// # Errors
/// MemoryError.
pub fn repeat(text: &str, n: i64) -> Result<String> {
    let n = usize::try_from(n).unwrap_or(0);
    too_long(text.len().saturating_mul(n))?;
    Ok(text.repeat(n))
}

/// `text.expandtabs(size)`.
///
/// # Errors
/// MemoryError.
pub fn expand_tabs(text: &str, size: i64) -> Result<String> {
    let size = usize::try_from(size).unwrap_or(0);
    let tabs = text.bytes().filter(|b| *b == b'\t').count();
    too_long(text.len().saturating_add(tabs.saturating_mul(size)))?;
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let spaces = size - column % size;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\t' => {}
            _ => {
                out.push(c);
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(out)
}

/// What a translation table says of a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translated {
    /// Not in the table.
    Same,
    /// None: left out.
    Gone,
    /// A code point.
    Code(u32),
    /// Text.
    Text(String),
}

/// `text.translate(table)`; `table` is asked for each character's code point.
///
/// # Errors
/// ValueError for a code point out of range, and what `table` fails with.
pub fn translate<E: From<TextError>>(
    text: &str,
    mut table: impl FnMut(u32) -> std::result::Result<Translated, E>,
) -> std::result::Result<String, E> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match table(code_point(c))? {
            Translated::Same => out.push(c),
            Translated::Gone => {}
            Translated::Code(code) => out.push(
                from_code_point(code)
                    .ok_or_else(|| TextError::value("character mapping must be in range(0x110000)"))?,
            ),
            Translated::Text(text) => out.push_str(&text),
        }
    }
    Ok(out)
}

/// `str.maketrans(from, to, gone)`: code points and what they become (`None`: left out), in the order of the dict.
///
/// # Errors
/// ValueError if the first two differ in length.
pub fn maketrans(from: &str, to: &str, gone: &str) -> Result<Vec<(u32, Option<u32>)>> {
    if len(from) != len(to) {
        return Err(TextError::value(
            "the first two maketrans arguments must have equal length",
        ));
    }
    let pairs = from
        .chars()
        .zip(to.chars())
        .map(|(a, b)| (code_point(a), Some(code_point(b))));
    Ok(pairs.chain(gone.chars().map(|c| (code_point(c), None))).collect())
}

/// `slice(start, stop, step).indices(length)`.
///
/// # Errors
/// ValueError for step 0.
pub fn slice_indices(
    length: usize,
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
) -> Result<(i64, i64, i64)> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(TextError::value("slice step cannot be zero"));
    }
    // -(2^63) cannot be turned round; CPython moves it by one too.
    let step = step.max(-i64::MAX);
    let length = length as i64;
    let (low, high) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let bring = |n: i64| {
        if n < 0 {
            n.saturating_add(length).max(low)
        } else {
            n.min(high)
        }
    };
    let start = start.map_or(if step < 0 { high } else { low }, bring);
    let stop = stop.map_or(if step < 0 { low } else { high }, bring);
    Ok((start, stop, step))
}
