//! The methods of `str`, as pure functions.
//!
//! Positions are code points, as in Python. Text that is all ASCII has its positions for nothing; other text is walked.
//!
//! ```text
//! mod      length, indexing, slicing
//! search   find, count, startswith, replace
//! split    split, rsplit, splitlines, partition, strip, join
//! case     upper, lower, title, capitalize, swapcase, casefold, isupper ...
//! shape    center, zfill, expandtabs, translate
//! ```

mod case;
mod search;
mod shape;
mod split;

pub use case::{
    capitalize, casefold, is_alnum, is_alpha, is_decimal, is_digit, is_identifier, is_lower, is_numeric,
    is_printable, is_space, is_title, is_upper, lower, swapcase, title, upper,
};
pub use search::{
    count, ends_with, find, index, remove_prefix, remove_suffix, replace, rfind, rindex, starts_with,
};
pub use shape::{Translated, center, expand_tabs, ljust, maketrans, repeat, rjust, translate, zfill};
pub use split::{join, partition, rpartition, rsplit, split, split_lines, strip};

pub(super) use shape::center_left;
pub use shape::{Side, slice_indices};

use super::{Result, TextError};

/// `len(text)`.
#[must_use]
pub fn len(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// Where code point number `index` begins, in bytes; the text's length for the position after the last one.
#[must_use]
pub fn byte_offset(text: &str, index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    text.char_indices()
        .nth(index)
        .map_or(text.len(), |(offset, _)| offset)
}

/// `text[index]`.
///
/// `None`: IndexError, "string index out of range".
#[must_use]
pub fn char_at(text: &str, index: i64) -> Option<char> {
    if text.is_ascii() {
        let at = if index < 0 {
            index + text.len() as i64
        } else {
            index
        };
        return usize::try_from(at)
            .ok()
            .and_then(|at| text.as_bytes().get(at))
            .map(|b| *b as char);
    }
    if index >= 0 {
        text.chars().nth(index as usize)
    } else {
        text.chars().rev().nth((-1 - index) as usize)
    }
}

/// `text[start:stop:step]`.
///
/// # Errors
/// ValueError for step 0.
pub fn slice(text: &str, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<String> {
    let length = len(text);
    let (start, stop, step) = slice_indices(length, start, stop, step)?;
    if step == 1 {
        if start >= stop {
            return Ok(String::new());
        }
        let first = byte_offset(text, start as usize);
        let rest = &text[first..];
        return Ok(rest[..byte_offset(rest, (stop - start) as usize)].to_owned());
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        out.extend(usize::try_from(at).ok().and_then(|at| chars.get(at)));
        at += step;
    }
    Ok(out)
}

/// The bounds that `find`, `count` and `startswith` take, brought into `0..=length`. `start` may still lie behind `end`, or
/// behind the end of the text: then there is nothing to find, not even ''.
pub(super) fn bounds(length: usize, start: Option<i64>, end: Option<i64>) -> (usize, usize) {
    let length_i = length as i64;
    let bring = |n: i64| {
        if n < 0 {
            n.saturating_add(length_i).max(0)
        } else {
            n
        }
    };
    let end = bring(end.unwrap_or(length_i)).min(length_i);
    (
        usize::try_from(bring(start.unwrap_or(0))).unwrap_or(usize::MAX),
        end as usize,
    )
}

/// The part of the text between two positions, and where it begins; `None` if there is no such part.
fn window(text: &str, start: Option<i64>, end: Option<i64>) -> Option<(&str, usize)> {
    if start.is_none() && end.is_none() {
        return Some((text, 0));
    }
    let (start, end) = bounds(len(text), start, end);
    if start > end {
        return None;
    }
    let first = byte_offset(text, start);
    let rest = &text[first..];
    Some((&rest[..byte_offset(rest, end - start)], start))
}

fn too_long(characters: usize) -> Result<()> {
    if characters > super::MAX_TEXT {
        Err(TextError::memory())
    } else {
        Ok(())
    }
}
