//! Case, width, filling, translation, slices.

use crate::program::text::strings::{center_left, slice_indices};
use crate::program::text::{MAX_TEXT, Result, TextError};

/// `data.upper()`.
#[must_use]
pub fn upper(bytes: &[u8]) -> Vec<u8> {
    bytes.to_ascii_uppercase()
}

/// `data.lower()`.
#[must_use]
pub fn lower(bytes: &[u8]) -> Vec<u8> {
    bytes.to_ascii_lowercase()
}

/// `data.swapcase()`.
#[must_use]
pub fn swapcase(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .map(|b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { *b })
        .collect()
}

/// `data.capitalize()`.
#[must_use]
pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `data.title()`.
#[must_use]
pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut in_word = false;
    let one = |b: &u8| {
        let out = if in_word {
            b.to_ascii_lowercase()
        } else {
            b.to_ascii_uppercase()
        };
        in_word = b.is_ascii_alphabetic();
        out
    };
    bytes.iter().map(one).collect()
}

fn missing(length: usize, width: i64) -> Result<usize> {
    let width = usize::try_from(width).unwrap_or(0);
    if width > MAX_TEXT {
        Err(TextError::memory())
    } else {
        Ok(width.saturating_sub(length))
    }
}

fn padded(bytes: &[u8], left: usize, right: usize, fill: u8) -> Vec<u8> {
    let mut out = vec![fill; left];
    out.extend_from_slice(bytes);
    out.resize(left + bytes.len() + right, fill);
    out
}

/// `data.center(width, fill)`.
///
/// # Errors
/// MemoryError.
pub fn center(bytes: &[u8], width: i64, fill: u8) -> Result<Vec<u8>> {
    let total = missing(bytes.len(), width)?;
    let left = center_left(total, width);
    Ok(padded(bytes, left, total - left, fill))
}

/// `data.ljust(width, fill)`.
///
/// # Errors
/// MemoryError.
pub fn ljust(bytes: &[u8], width: i64, fill: u8) -> Result<Vec<u8>> {
    Ok(padded(bytes, 0, missing(bytes.len(), width)?, fill))
}

/// `data.rjust(width, fill)`.
///
/// # Errors
/// MemoryError.
pub fn rjust(bytes: &[u8], width: i64, fill: u8) -> Result<Vec<u8>> {
    Ok(padded(bytes, missing(bytes.len(), width)?, 0, fill))
}

/// `data.zfill(width)`.
///
/// # Errors
/// MemoryError.
pub fn zfill(bytes: &[u8], width: i64) -> Result<Vec<u8>> {
    let zeros = missing(bytes.len(), width)?;
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut out = bytes[..sign].to_vec();
    out.resize(sign + zeros, b'0');
    out.extend_from_slice(&bytes[sign..]);
    Ok(out)
}

/// `data * n`.
///
/// # Errors
/// MemoryError.
pub fn repeat(bytes: &[u8], n: i64) -> Result<Vec<u8>> {
    let n = usize::try_from(n).unwrap_or(0);
    if bytes.len().saturating_mul(n) > MAX_TEXT {
        Err(TextError::memory())
    } else {
        Ok(bytes.repeat(n))
    }
}

/// `data.expandtabs(size)`.
///
/// # Errors
/// MemoryError.
pub fn expand_tabs(bytes: &[u8], size: i64) -> Result<Vec<u8>> {
    let size = usize::try_from(size).unwrap_or(0);
    let tabs = bytes.iter().filter(|b| **b == b'\t').count();
    if bytes.len().saturating_add(tabs.saturating_mul(size)) > MAX_TEXT {
        return Err(TextError::memory());
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut column = 0;
    for b in bytes {
        match b {
            b'\t' if size > 0 => {
                let spaces = size - column % size;
                out.resize(out.len() + spaces, b' ');
                column += spaces;
            }
            b'\t' => {}
            _ => {
                out.push(*b);
                column = if matches!(b, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(out)
}

/// `data.translate(table, delete)`.
///
/// # Errors
/// ValueError for a table that is not 256 bytes long.
pub fn translate(bytes: &[u8], table: Option<&[u8]>, delete: &[u8]) -> Result<Vec<u8>> {
    if table.is_some_and(|table| table.len() != 256) {
        return Err(TextError::value("translation table must be 256 characters long"));
    }
    let kept = bytes.iter().filter(|b| !delete.contains(b));
    Ok(kept
        .map(|b| table.map_or(*b, |table| table[*b as usize]))
        .collect())
}

/// `bytes.maketrans(from, to)`.
///
/// # Errors
/// ValueError if they differ in length.
pub fn maketrans(from: &[u8], to: &[u8]) -> Result<Vec<u8>> {
    if from.len() != to.len() {
        return Err(TextError::value("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (a, b) in from.iter().zip(to) {
        table[*a as usize] = *b;
    }
    Ok(table)
}

/// `data[start:stop:step]`.
///
/// # Errors
/// ValueError for step 0.
pub fn slice(bytes: &[u8], start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Vec<u8>> {
    let (start, stop, step) = slice_indices(bytes.len(), start, stop, step)?;
    if step == 1 {
        return Ok(bytes
            .get(start as usize..stop as usize)
            .unwrap_or_default()
            .to_vec());
    }
    let mut out = Vec::new();
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        out.extend(usize::try_from(at).ok().and_then(|at| bytes.get(at)));
        at += step;
    }
    Ok(out)
}
