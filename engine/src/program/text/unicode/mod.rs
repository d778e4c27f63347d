//! What kind of character this is, and its other cases, as CPython 3.11 (Unicode 14.0) says. Rust's own tables are newer and
//! name other properties, so they serve only where both agree; tables.rs holds the rest. Its cases are runs, since Rust's
//! tables of them, a pair for each letter, are 24 KB of the page: nothing that becomes the page asks `char` for them.

mod tables;

use tables::{
    CASEFOLD, DIGITS, IGNORED, LETTERS, LOWER, NOT_PRINTABLE, NUMERIC, Run, TITLE, TITLECASE, UNASSIGNED,
    UPPER, UPPERCASE, ZEROS,
};

fn contains(inversion: &[u32], c: char) -> bool {
    // An odd number of edges at or below the character: it lies inside.
    inversion.partition_point(|edge| *edge <= c as u32) % 2 == 1
}

fn assigned(c: char) -> bool {
    c.is_ascii() || !contains(UNASSIGNED, c)
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
        !contains(NOT_PRINTABLE, c)
    }
}

/// str.isalpha() of one character.
#[must_use]
pub fn is_alpha(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphabetic()
    } else {
        contains(LETTERS, c)
    }
}

/// The value of a decimal digit of any script: what int() takes.
#[must_use]
pub fn decimal(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let code = c as u32;
    let zero = *ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    Some(code - zero).filter(|value| *value < 10)
}

/// str.isdigit() of one character.
#[must_use]
pub fn is_digit(c: char) -> bool {
    decimal(c).is_some() || contains(DIGITS, c)
}

/// str.isnumeric() of one character.
#[must_use]
pub fn is_numeric(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_digit()
    } else {
        contains(NUMERIC, c)
    }
}

/// str.isalnum() of one character.
#[must_use]
pub fn is_alnum(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        is_alpha(c) || is_numeric(c) || is_digit(c)
    }
}

/// Upper case, title case left out.
#[must_use]
pub fn is_upper(c: char) -> bool {
    c.is_uppercase() && assigned(c)
}

/// Lower case.
#[must_use]
pub fn is_lower(c: char) -> bool {
    match c {
        // Changed after 14.0.
        '\u{295}' => true,
        '\u{10fc}' | '\u{a7f2}'..='\u{a7f4}' | '\u{ab69}' => false,
        _ => c.is_lowercase() && assigned(c),
    }
}

/// Title case, as the one letter U+01C5.
#[must_use]
pub fn is_title(c: char) -> bool {
    !c.is_ascii() && contains(TITLE, c)
}

/// Has an upper and a lower case, or is one.
#[must_use]
pub fn is_cased(c: char) -> bool {
    is_upper(c) || is_lower(c) || is_title(c)
}

/// The rule for a sigma at the end of a word looks past this character.
#[must_use]
pub fn is_ignored(c: char) -> bool {
    contains(IGNORED, c)
}

/// Appends the upper case of one character.
pub fn push_upper(out: &mut String, c: char) {
    match UPPERCASE.binary_search_by_key(&c, |(key, _)| *key) {
        Ok(at) => out.push_str(UPPERCASE[at].1),
        Err(_) => out.push(shifted(UPPER, c)),
    }
}

/// Appends the lower case of one character, without regard to its neighbours.
pub fn push_lower(out: &mut String, c: char) {
    match c {
        '\u{130}' => out.push_str("i\u{307}"),
        _ => out.push(shifted(LOWER, c)),
    }
}

fn shifted(runs: &[Run], c: char) -> char {
    let code = c as u32;
    let behind = runs.partition_point(|run| run.0 <= code);
    let run = behind.checked_sub(1).and_then(|at| runs.get(at));
    let other = run.and_then(|&(first, further, step, shift)| {
        let at = code - first;
        let inside = at <= further.into() && at.is_multiple_of(step.into());
        char::from_u32(inside.then(|| code.checked_add_signed(shift))??)
    });
    other.unwrap_or(c)
}

/// Appends the title case of one character.
pub fn push_title(out: &mut String, c: char) {
    match TITLECASE.binary_search_by_key(&c, |(key, _)| *key) {
        Ok(at) => out.push_str(TITLECASE[at].1),
        Err(_) => push_upper(out, c),
    }
}

/// Appends the case folding of one character.
pub fn push_folded(out: &mut String, c: char) {
    match CASEFOLD.binary_search_by_key(&c, |(key, _)| *key) {
        Ok(at) => out.push_str(CASEFOLD[at].1),
        Err(_) => push_lower(out, c),
    }
}

/// Whether text may be an identifier's first character.
#[must_use]
pub fn is_identifier_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c) && assigned(c)
}

/// Whether text may be a further character of an identifier.
#[must_use]
pub fn is_identifier_continue(c: char) -> bool {
    // Allowed after 14.0: the joiners and the middle dots of katakana.
    let later = matches!(c, '\u{200c}' | '\u{200d}' | '\u{30fb}' | '\u{ff65}');
    unicode_ident::is_xid_continue(c) && assigned(c) && !later
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rust's mapping, but none to a character that Unicode 14.0 does not know.
    fn known(c: char, mapped: impl Iterator<Item = char> + Clone) -> String {
        if assigned(c) && mapped.clone().all(assigned) {
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
