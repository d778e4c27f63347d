//! What kind of character this is, and its other cases, as CPython 3.11 (Unicode 14.0) says. Rust's own tables are newer,
//! name other properties and are several times as large: nothing that becomes the page asks `char` for them. tables.rs
//! holds what is looked up, packed; it is unpacked when a character outside ASCII is first asked for.

mod tables;

use std::slice;
use std::sync::OnceLock;
use tables::{
    ALPHA, CONTINUE, DECIMAL, DIGIT, IGNORED, LENGTHS, LOWER, LOWERS, NUMERIC, PRINTABLE, SETS, START, TITLE,
    TITLECASE, UPPER, UPPERCASE, UPPERS, WHICH,
};

/// tables.rs, unpacked: sorted, so that a search halves.
struct Unpacked {
    /// Where characters with other properties begin, and these.
    kinds: Vec<(u32, u16)>,
    uppers: Vec<Run>,
    lowers: Vec<Run>,
    uppercase: Vec<(char, &'static str)>,
    titlecase: Vec<(char, &'static str)>,
}

/// Characters that become others: the first, the last, their distance, what is added.
type Run = (u32, u32, u32, i32);

fn unpacked() -> &'static Unpacked {
    static UNPACKED: OnceLock<Unpacked> = OnceLock::new();
    UNPACKED.get_or_init(|| {
        let (mut lengths, mut begin) = (LENGTHS.iter(), 0);
        let kinds = WHICH.iter().map(|set| {
            let run = (begin, SETS[usize::from(*set)]);
            begin += leb128(&mut lengths).unwrap_or(0);
            run
        });
        Unpacked {
            kinds: kinds.collect(),
            uppers: runs(UPPERS),
            lowers: runs(LOWERS),
            uppercase: texts(UPPERCASE),
            titlecase: texts(TITLECASE),
        }
    })
}

fn leb128(from: &mut slice::Iter<u8>) -> Option<u32> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = *from.next()?;
        value |= u32::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            return Some(value);
        }
    }
}

fn runs(packed: &[u8]) -> Vec<Run> {
    let (mut from, mut behind) = (packed.iter(), 0);
    std::iter::from_fn(|| {
        let first = behind + leb128(&mut from)?;
        let further = leb128(&mut from)?;
        let step = 1 + further % 2;
        behind = first + further / 2 * step;
        let shift = leb128(&mut from)?;
        let half = (shift / 2).cast_signed();
        Some((first, behind, step, if shift % 2 == 0 { half } else { !half }))
    })
    .collect()
}

fn texts(packed: &'static str) -> Vec<(char, &'static str)> {
    packed
        .split('\0')
        .filter_map(|entry| {
            let mut chars = entry.chars();
            Some((chars.next()?, chars.as_str()))
        })
        .collect()
}

/// The run of characters with the same properties that this one is in: its first, and the properties.
fn run(c: char) -> (u32, u16) {
    let kinds = &unpacked().kinds;
    let behind = kinds.partition_point(|run| run.0 <= c as u32);
    behind.checked_sub(1).map_or((0, 0), |at| kinds[at])
}

fn has(c: char, property: u16) -> bool {
    run(c).1 & property != 0
}

/// str.isspace() of one character.
#[must_use]
pub fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\x1c'..='\x1f' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Ends a line for str.splitlines().
#[must_use]
pub fn is_line_break(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// str.isprintable() of one character: repr() shows it as it is.
#[must_use]
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        (' '..='~').contains(&c)
    } else {
        has(c, PRINTABLE)
    }
}

/// str.isalpha() of one character.
#[must_use]
pub fn is_alpha(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && has(c, ALPHA)
}

/// The value of a decimal digit of any script: what int() takes.
#[must_use]
pub fn decimal(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let (first, properties) = run(c);
    (properties & DECIMAL != 0).then(|| (c as u32 - first) % 10)
}

/// str.isdigit() of one character.
#[must_use]
pub fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && has(c, DIGIT)
}

/// str.isnumeric() of one character.
#[must_use]
pub fn is_numeric(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && has(c, NUMERIC)
}

/// str.isalnum() of one character.
#[must_use]
pub fn is_alnum(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() && has(c, ALPHA | DIGIT | NUMERIC)
}

/// Upper case, title case left out.
#[must_use]
pub fn is_upper(c: char) -> bool {
    c.is_ascii_uppercase() || !c.is_ascii() && has(c, UPPER)
}

/// Lower case.
#[must_use]
pub fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase() || !c.is_ascii() && has(c, LOWER)
}

/// Title case, as the one letter U+01C5.
#[must_use]
pub fn is_title(c: char) -> bool {
    !c.is_ascii() && has(c, TITLE)
}

/// Has an upper and a lower case, or is one.
#[must_use]
pub fn is_cased(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && has(c, UPPER | LOWER | TITLE)
}

/// The rule for a sigma at the end of a word looks past this character.
#[must_use]
pub fn is_ignored(c: char) -> bool {
    has(c, IGNORED)
}

/// Appends the upper case of one character.
pub fn push_upper(out: &mut String, c: char) {
    if c.is_ascii() {
        return out.push(c.to_ascii_uppercase());
    }
    let unpacked = unpacked();
    match text(&unpacked.uppercase, c) {
        Some(upper) => out.push_str(upper),
        None => out.push(shifted(&unpacked.uppers, c)),
    }
}

/// Appends the lower case of one character, without regard to its neighbours.
pub fn push_lower(out: &mut String, c: char) {
    match c {
        '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
        '\u{130}' => out.push_str("i\u{307}"),
        _ => out.push(shifted(&unpacked().lowers, c)),
    }
}

fn text(texts: &[(char, &'static str)], c: char) -> Option<&'static str> {
    let at = texts.binary_search_by_key(&c, |(key, _)| *key).ok()?;
    Some(texts[at].1)
}

fn shifted(runs: &[Run], c: char) -> char {
    let code = c as u32;
    let behind = runs.partition_point(|run| run.0 <= code);
    let run = behind.checked_sub(1).and_then(|at| runs.get(at));
    let other = run.and_then(|&(first, last, step, shift)| {
        let inside = code <= last && (code - first).is_multiple_of(step);
        char::from_u32(inside.then(|| code.checked_add_signed(shift))??)
    });
    other.unwrap_or(c)
}

/// Appends the title case of one character.
pub fn push_title(out: &mut String, c: char) {
    match c {
        '\0'..='\x7f' => out.push(c.to_ascii_uppercase()),
        // Georgian has capitals for whole texts only.
        '\u{10d0}'..='\u{10ff}' => out.push(c),
        _ => {
            if let Some(title) = text(&unpacked().titlecase, c) {
                return out.push_str(title);
            }
            let from = out.len();
            push_upper(out, c);
            let first = out[from..].chars().next();
            lower_from(out, from + first.map_or(0, char::len_utf8));
        }
    }
}

/// In lower case from this byte on.
fn lower_from(out: &mut String, from: usize) {
    let further = out.split_off(from);
    further.chars().for_each(|c| push_lower(out, c));
}

/// Appends the case folding of one character.
pub fn push_folded(out: &mut String, c: char) {
    match c {
        '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
        '\u{131}' | '\u{13a0}'..='\u{13f5}' => out.push(c),
        // Cherokee had its capitals first: they are what the others are compared as.
        '\u{13f8}'..='\u{13fd}' | '\u{ab70}'..='\u{abbf}' => push_upper(out, c),
        '\u{1e9e}' => out.push_str("ss"),
        _ => {
            let from = out.len();
            push_upper(out, c);
            lower_from(out, from);
        }
    }
}

/// Whether text may be an identifier's first character.
#[must_use]
pub fn is_identifier_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii() && has(c, START)
}

/// Whether text may be a further character of an identifier.
#[must_use]
pub fn is_identifier_continue(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii() && has(c, CONTINUE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rust's mapping, but none to a character that Unicode 14.0 does not know: such are not printable.
    fn known(c: char, mapped: impl Iterator<Item = char> + Clone) -> String {
        if is_printable(c) && mapped.clone().all(|c| is_printable(c) || is_ignored(c)) {
            mapped.collect()
        } else {
            c.into()
        }
    }

    #[test]
    fn other_cases_are_those_that_rust_knows() {
        for c in '\0'..=char::MAX {
            let (mut upper, mut lower) = (String::new(), String::new());
            push_upper(&mut upper, c);
            push_lower(&mut lower, c);
            assert_eq!(upper, known(c, c.to_uppercase()), "{c:?}");
            assert_eq!(lower, known(c, c.to_lowercase()), "{c:?}");
        }
    }
}
