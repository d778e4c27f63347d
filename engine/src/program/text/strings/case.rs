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
    let mut lowered = Lowered::new(text);
    text.chars().for_each(|c| lowered.push(&mut out, c));
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
    let mut lowered = Lowered::new(text);
    for (i, c) in text.chars().enumerate() {
        if i == 0 {
            lowered.skip(c);
            push_title(&mut out, c);
        } else {
            lowered.push(&mut out, c);
        }
    }
    out
}

/// `text.title()`.
#[must_use]
pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lowered = Lowered::new(text);
    let mut in_word = false;
    for c in text.chars() {
        if in_word {
            lowered.push(&mut out, c);
        } else {
            lowered.skip(c);
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
    let mut lowered = Lowered::new(text);
    for c in text.chars() {
        if unicode::is_upper(c) {
            lowered.push(&mut out, c);
            continue;
        }
        lowered.skip(c);
        if unicode::is_lower(c) {
            push_upper(&mut out, c)
        } else {
            out.push(c)
        }
    }
    out
}

/// Lower case needs a look around for one letter: a capital sigma at the end of a word becomes ς. Rust's
/// `to_lowercase` of the whole text knows; this walks along it.
struct Lowered {
    /// Only where there is a capital sigma.
    whole: Option<String>,
    at: usize,
}

impl Lowered {
    fn new(text: &str) -> Self {
        Self {
            whole: text.contains('Σ').then(|| text.to_lowercase()),
            at: 0,
        }
    }

    fn push(&mut self, out: &mut String, c: char) {
        match &self.whole {
            Some(whole) if c == 'Σ' => out.extend(whole[self.at..].chars().next()),
            _ => push_lower(out, c),
        }
        self.skip(c);
    }

    fn skip(&mut self, c: char) {
        if self.whole.is_some() {
            self.at += c.to_lowercase().map(char::len_utf8).sum::<usize>();
        }
    }
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
