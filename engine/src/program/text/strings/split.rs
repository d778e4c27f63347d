//! Taking apart, trimming and joining. What is only a part of the text is given as such, without a copy.

use super::shape::Side;
use crate::program::text::{MAX_TEXT, Result, TextError, unicode};

fn empty_separator() -> TextError {
    TextError::value("empty separator")
}

/// At most so many cuts; a negative number means no limit.
pub(in crate::program::text) fn cuts(maxsplit: i64) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

/// `text.split(sep, maxsplit)`; `None` splits at runs of white space.
///
/// # Errors
/// ValueError for an empty separator.
pub fn split<'a>(text: &'a str, sep: Option<&str>, maxsplit: i64) -> Result<Vec<&'a str>> {
    let limit = cuts(maxsplit);
    if let Some(sep) = sep {
        if sep.is_empty() {
            return Err(empty_separator());
        }
        return Ok(text.splitn(limit.saturating_add(1), sep).collect());
    }
    let mut out = Vec::new();
    let mut rest = text.trim_start_matches(unicode::is_space);
    while !rest.is_empty() {
        if out.len() == limit {
            // The rest keeps the white space at its end.
            out.push(rest);
            break;
        }
        let end = rest.find(unicode::is_space).unwrap_or(rest.len());
        out.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(unicode::is_space);
    }
    Ok(out)
}

/// `text.rsplit(sep, maxsplit)`.
///
/// # Errors
/// ValueError for an empty separator.
pub fn rsplit<'a>(text: &'a str, sep: Option<&str>, maxsplit: i64) -> Result<Vec<&'a str>> {
    let limit = cuts(maxsplit);
    let mut out: Vec<&str> = Vec::new();
    if let Some(sep) = sep {
        if sep.is_empty() {
            return Err(empty_separator());
        }
        out.extend(text.rsplitn(limit.saturating_add(1), sep));
    } else {
        let mut rest = text.trim_end_matches(unicode::is_space);
        while !rest.is_empty() {
            if out.len() == limit {
                out.push(rest);
                break;
            }
            let start = rest
                .char_indices()
                .rev()
                .find(|(_, c)| unicode::is_space(*c))
                .map_or(0, |(at, c)| at + c.len_utf8());
            out.push(&rest[start..]);
            rest = rest[..start].trim_end_matches(unicode::is_space);
        }
    }
    out.reverse();
    Ok(out)
}

/// `text.splitlines(keepends)`.
#[must_use]
pub fn split_lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((at, mark)) = rest.char_indices().find(|(_, c)| unicode::is_line_break(*c)) else {
            out.push(rest);
            break;
        };
        let length = if rest[at..].starts_with("\r\n") {
            2
        } else {
            mark.len_utf8()
        };
        out.push(&rest[..if keep_ends { at + length } else { at }]);
        rest = &rest[at + length..];
    }
    out
}

/// `text.partition(sep)`.
///
/// # Errors
/// ValueError for an empty separator.
pub fn partition<'a>(text: &'a str, sep: &str) -> Result<(&'a str, &'a str, &'a str)> {
    if sep.is_empty() {
        return Err(empty_separator());
    }
    Ok(match text.find(sep) {
        Some(at) => (&text[..at], &text[at..at + sep.len()], &text[at + sep.len()..]),
        None => (text, "", ""),
    })
}

/// `text.rpartition(sep)`.
///
/// # Errors
/// ValueError for an empty separator.
pub fn rpartition<'a>(text: &'a str, sep: &str) -> Result<(&'a str, &'a str, &'a str)> {
    if sep.is_empty() {
        return Err(empty_separator());
    }
    Ok(match text.rfind(sep) {
        Some(at) => (&text[..at], &text[at..at + sep.len()], &text[at + sep.len()..]),
        None => ("", "", text),
    })
}

/// `text.strip(chars)`, `lstrip`, `rstrip`; `None` strips white space.
#[must_use]
pub fn strip<'a>(text: &'a str, chars: Option<&str>, side: Side) -> &'a str {
    let gone = |c: char| chars.map_or_else(|| unicode::is_space(c), |set| set.contains(c));
    match side {
        Side::Both => text.trim_matches(gone),
        Side::Left => text.trim_start_matches(gone),
        Side::Right => text.trim_end_matches(gone),
    }
}

/// `sep.join(parts)`.
///
/// # Errors
/// MemoryError for a result beyond [`MAX_TEXT`].
pub fn join<S: AsRef<str>>(sep: &str, parts: &[S]) -> Result<String> {
    let text: usize = parts.iter().map(|part| part.as_ref().len()).sum();
    let total = text.saturating_add(sep.len().saturating_mul(parts.len().saturating_sub(1)));
    if total > MAX_TEXT {
        return Err(TextError::memory());
    }
    let mut out = String::with_capacity(total);
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(sep);
        }
        out.push_str(part.as_ref());
    }
    Ok(out)
}
