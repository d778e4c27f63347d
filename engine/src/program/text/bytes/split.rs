//! Taking apart, trimming and joining.

use super::{is_space_byte, search};
use crate::program::text::strings::Side;
use crate::program::text::{MAX_TEXT, Result, TextError};

fn limit(maxsplit: i64) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

fn checked(sep: &[u8]) -> Result<&[u8]> {
    if sep.is_empty() {
        Err(TextError::value("empty separator"))
    } else {
        Ok(sep)
    }
}

/// `data.split(sep, maxsplit)`; `None` splits at runs of white space.
///
/// # Errors
/// ValueError for an empty separator.
pub fn split<'a>(bytes: &'a [u8], sep: Option<&[u8]>, maxsplit: i64) -> Result<Vec<&'a [u8]>> {
    let limit = limit(maxsplit);
    let mut out = Vec::new();
    if let Some(sep) = sep {
        let mut done = 0;
        for at in search::find_iter(bytes, checked(sep)?).take(limit) {
            out.push(&bytes[done..at]);
            done = at + sep.len();
        }
        out.push(&bytes[done..]);
        return Ok(out);
    }
    let mut rest = strip(bytes, None, Side::Left);
    while !rest.is_empty() {
        if out.len() == limit {
            out.push(rest);
            break;
        }
        let end = rest.iter().position(|b| is_space_byte(*b)).unwrap_or(rest.len());
        out.push(&rest[..end]);
        rest = strip(&rest[end..], None, Side::Left);
    }
    Ok(out)
}

/// `data.rsplit(sep, maxsplit)`.
///
/// # Errors
/// ValueError for an empty separator.
pub fn rsplit<'a>(bytes: &'a [u8], sep: Option<&[u8]>, maxsplit: i64) -> Result<Vec<&'a [u8]>> {
    let limit = limit(maxsplit);
    let mut out = Vec::new();
    let mut rest = bytes;
    if let Some(sep) = sep {
        checked(sep)?;
        while out.len() < limit {
            let Some(at) = search::rfind(rest, sep) else { break };
            out.push(&rest[at + sep.len()..]);
            rest = &rest[..at];
        }
        out.push(rest);
    } else {
        rest = strip(rest, None, Side::Right);
        while !rest.is_empty() {
            if out.len() == limit {
                out.push(rest);
                break;
            }
            let start = rest
                .iter()
                .rposition(|b| is_space_byte(*b))
                .map_or(0, |at| at + 1);
            out.push(&rest[start..]);
            rest = strip(&rest[..start], None, Side::Right);
        }
    }
    out.reverse();
    Ok(out)
}

/// `data.splitlines(keepends)`: at `\n`, `\r` and `\r\n` only.
#[must_use]
pub fn split_lines(bytes: &[u8], keep_ends: bool) -> Vec<&[u8]> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(at) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
            out.push(rest);
            break;
        };
        let length = if rest[at..].starts_with(b"\r\n") { 2 } else { 1 };
        out.push(&rest[..if keep_ends { at + length } else { at }]);
        rest = &rest[at + length..];
    }
    out
}

type Three<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// `data.partition(sep)`.
///
/// # Errors
/// ValueError for an empty separator.
pub fn partition<'a>(bytes: &'a [u8], sep: &[u8]) -> Result<Three<'a>> {
    Ok(match search::find(bytes, checked(sep)?) {
        Some(at) => (&bytes[..at], &bytes[at..at + sep.len()], &bytes[at + sep.len()..]),
        None => (bytes, &[], &[]),
    })
}

/// `data.rpartition(sep)`.
///
/// # Errors
/// ValueError for an empty separator.
pub fn rpartition<'a>(bytes: &'a [u8], sep: &[u8]) -> Result<Three<'a>> {
    Ok(match search::rfind(bytes, checked(sep)?) {
        Some(at) => (&bytes[..at], &bytes[at..at + sep.len()], &bytes[at + sep.len()..]),
        None => (&[], &[], bytes),
    })
}

/// `data.strip(chars)`, `lstrip`, `rstrip`; `None` strips white space.
#[must_use]
pub fn strip<'a>(bytes: &'a [u8], chars: Option<&[u8]>, side: Side) -> &'a [u8] {
    let stays = |b: &u8| !chars.map_or_else(|| is_space_byte(*b), |set| set.contains(b));
    let mut out = bytes;
    if side != Side::Right {
        out = &out[out.iter().position(stays).unwrap_or(out.len())..];
    }
    if side != Side::Left {
        out = &out[..out.iter().rposition(stays).map_or(0, |at| at + 1)];
    }
    out
}

/// `sep.join(parts)`.
///
/// # Errors
/// MemoryError for a result beyond [`MAX_TEXT`].
pub fn join<B: AsRef<[u8]>>(sep: &[u8], parts: &[B]) -> Result<Vec<u8>> {
    let data: usize = parts.iter().map(|part| part.as_ref().len()).sum();
    let total = data.saturating_add(sep.len().saturating_mul(parts.len().saturating_sub(1)));
    if total > MAX_TEXT {
        return Err(TextError::memory());
    }
    let mut out = Vec::with_capacity(total);
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(sep);
        }
        out.extend_from_slice(part.as_ref());
    }
    Ok(out)
}
