//! Upper, lower and title case, and the questions `is...()`.

use crate::program::text::unicode::{self, push_folded, push_lower, push_title, push_upper};

/// `text.upper()`.
#[must_use]
pub fn upper(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_upper(&mut out, c));
    out
}

/// `text.lower()`.
#[must_use]
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    text.char_indices()
        .for_each(|(at, c)| push_lower_of(&mut out, text, at, c));
    out
}

/// `text.casefold()`.
#[must_use]
pub fn casefold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_folded(&mut out, c));
    out
}

/// `text.capitalize()`.
#[must_use]
pub fn capitalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if at == 0 {
            push_title(&mut out, c);
        } else {
            push_lower_of(&mut out, text, at, c);
        }
    }
    out
}

/// `text.title()`.
#[must_use]
pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        if in_word {
            push_lower_of(&mut out, text, at, c);
        } else {
            push_title(&mut out, c);
        }
        in_word = unicode::is_cased(c);
    }
    out
}

/// `text.swapcase()`.
#[must_use]
pub fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if unicode::is_upper(c) {
            push_lower_of(&mut out, text, at, c);
        } else if unicode::is_lower(c) {
            push_upper(&mut out, c)
        } else {
            out.push(c)
        }
    }
    out
}

/// Appends the lower case of the character `c` that stands at byte `at` of a text. One letter needs a look around: a capital
/// sigma at the end of a word becomes ς.
fn push_lower_of(out: &mut String, text: &str, at: usize, c: char) {
    if c != 'Σ' {
        return push_lower(out, c);
    }
    let is_letter = |c: Option<char>| c.is_some_and(unicode::is_cased);
    let before = text[..at].chars().rev().find(|c| !unicode::is_ignored(*c));
    let after = text[at + c.len_utf8()..]
        .chars()
        .find(|c| !unicode::is_ignored(*c));
    out.push(if is_letter(before) && !is_letter(after) {
        'ς'
    } else {
        'σ'
    });
}

/// True if there is a character and all are of the kind.
fn all(text: &str, kind: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(kind)
}

/// `text.isspace()`.
#[must_use]
pub fn is_space(text: &str) -> bool {
    all(text, unicode::is_space)
}

/// `text.isalpha()`.
#[must_use]
pub fn is_alpha(text: &str) -> bool {
    all(text, unicode::is_alpha)
}

/// `text.isalnum()`.
#[must_use]
pub fn is_alnum(text: &str) -> bool {
    all(text, unicode::is_alnum)
}

/// `text.isdecimal()`.
#[must_use]
pub fn is_decimal(text: &str) -> bool {
    all(text, |c| unicode::decimal(c).is_some())
}

/// `text.isdigit()`.
#[must_use]
pub fn is_digit(text: &str) -> bool {
    all(text, unicode::is_digit)
}

/// `text.isnumeric()`.
#[must_use]
pub fn is_numeric(text: &str) -> bool {
    all(text, unicode::is_numeric)
}

/// `text.isprintable()`: true of ''.
#[must_use]
pub fn is_printable(text: &str) -> bool {
    text.chars().all(unicode::is_printable)
}

/// `text.isidentifier()`.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(unicode::is_identifier_start) && chars.all(unicode::is_identifier_continue)
}

/// `text.isupper()`.
#[must_use]
pub fn is_upper(text: &str) -> bool {
    text.chars().any(unicode::is_upper) && !text.chars().any(|c| unicode::is_lower(c) || unicode::is_title(c))
}

/// `text.islower()`.
#[must_use]
pub fn is_lower(text: &str) -> bool {
    text.chars().any(unicode::is_lower) && !text.chars().any(|c| unicode::is_upper(c) || unicode::is_title(c))
}

/// `text.istitle()`.
#[must_use]
pub fn is_title(text: &str) -> bool {
    let (mut seen, mut in_word) = (false, false);
    for c in text.chars() {
        let capital = unicode::is_upper(c) || unicode::is_title(c);
        if capital == in_word && (capital || unicode::is_lower(c)) {
            return false;
        }
        in_word = capital || unicode::is_lower(c);
        seen |= in_word;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sigma_is_the_one_that_its_place_in_the_word_asks_for() {
        let signs = ['Σ', 'A', 'ü', '\'', '.', ' ', '1', 'ʰ', '\u{301}', 'ǅ'];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts
                .iter()
                .flat_map(|t| signs.iter().map(move |c| format!("{t}{c}")));
            let longer: Vec<_> = longer.collect();
            for text in &longer {
                assert_eq!(lower(text), text.to_lowercase(), "{text}");
            }
            texts = longer;
        }
        assert_eq!(title("ΣΑΣ ΟΔΟΣ'Σ"), "Σας Οδοσ'Σ");
        assert_eq!(
            (capitalize("ΣΑΣ"), swapcase("ΟΔΟΣ σας")),
            ("Σας".into(), "οδος ΣΑΣ".into())
        );
    }
}
