//! Finding and replacing.

use super::{len, window};
use crate::program::text::{MAX_TEXT, Result, TextError};

/// `text.find(sub, start, end)`; `None` is Python's -1.
#[must_use]
pub fn find(text: &str, sub: &str, start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (part, first) = window(text, start, end)?;
    part.find(sub).map(|at| first + len(&part[..at]))
}

/// `text.rfind(sub, start, end)`.
#[must_use]
pub fn rfind(text: &str, sub: &str, start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (part, first) = window(text, start, end)?;
    part.rfind(sub).map(|at| first + len(&part[..at]))
}

/// `text.index(sub, start, end)`.
///
/// # Errors
/// ValueError.
pub fn index(text: &str, sub: &str, start: Option<i64>, end: Option<i64>) -> Result<usize> {
    find(text, sub, start, end).ok_or_else(|| TextError::value("substring not found"))
}

/// `text.rindex(sub, start, end)`.
///
/// # Errors
/// ValueError.
pub fn rindex(text: &str, sub: &str, start: Option<i64>, end: Option<i64>) -> Result<usize> {
    rfind(text, sub, start, end).ok_or_else(|| TextError::value("substring not found"))
}

/// `text.count(sub, start, end)`: without overlaps.
#[must_use]
pub fn count(text: &str, sub: &str, start: Option<i64>, end: Option<i64>) -> usize {
    match window(text, start, end) {
        None => 0,
        Some((part, _)) if sub.is_empty() => len(part) + 1,
        Some((part, _)) => part.matches(sub).count(),
    }
}

/// `text.startswith(prefixes, start, end)`: any of them.
#[must_use]
pub fn starts_with(text: &str, prefixes: &[&str], start: Option<i64>, end: Option<i64>) -> bool {
    window(text, start, end).is_some_and(|(part, _)| prefixes.iter().any(|prefix| part.starts_with(prefix)))
}

/// `text.endswith(suffixes, start, end)`: any of them.
#[must_use]
pub fn ends_with(text: &str, suffixes: &[&str], start: Option<i64>, end: Option<i64>) -> bool {
    window(text, start, end).is_some_and(|(part, _)| suffixes.iter().any(|suffix| part.ends_with(suffix)))
}

/// `text.removeprefix(prefix)`.
#[must_use]
pub fn remove_prefix<'a>(text: &'a str, prefix: &str) -> &'a str {
    text.strip_prefix(prefix).unwrap_or(text)
}

/// `text.removesuffix(suffix)`.
#[must_use]
pub fn remove_suffix<'a>(text: &'a str, suffix: &str) -> &'a str {
    text.strip_suffix(suffix).unwrap_or(text)
}

/// `text.replace(old, new, count)`; a negative count means all.
///
/// # Errors
/// MemoryError for a result beyond [`MAX_TEXT`].
pub fn replace(text: &str, old: &str, new: &str, count: i64) -> Result<String> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    if old == new || limit == 0 {
        return Ok(text.to_owned());
    }
    let found = if old.is_empty() {
        len(text) + 1
    } else {
        text.matches(old).take(limit).count()
    };
    let growth = new
        .len()
        .saturating_sub(old.len())
        .saturating_mul(found.min(limit));
    if text.len().saturating_add(growth) > MAX_TEXT {
        return Err(TextError::memory());
    }
    Ok(text.replacen(old, new, limit))
}
