//! Takes the place of the crate `unicode-normalization` (see `[patch.crates-io]` in the workspace).
//!
//! The Python parser asks it only for the NFKC form of names that are not ASCII. The real tables weigh 53 KB compressed,
//! an eighth of Wirelab's page. Here is the part that learners' keyboards and systems make: letters followed by their
//! accents become one character (Latin, Greek, Cyrillic, kana, Hangul), and full-width forms, ligatures and mathematical
//! letters become the plain ones. Other compatibility characters stay as they are.

#![no_std]

/// A line for each mark: its code, then pairs of a letter and that letter with the mark.
const COMPOSED: &str = include_str!("composed.txt");

/// What has an NFKC form.
pub trait UnicodeNormalization<I: Iterator<Item = char>> {
    /// The NFKC form of a name, as far as it is known here.
    fn nfkc(self) -> Nfkc<I>;
}

impl<'a> UnicodeNormalization<core::str::Chars<'a>> for &'a str {
    fn nfkc(self) -> Nfkc<core::str::Chars<'a>> {
        Nfkc {
            rest: self.chars(),
            tail: "",
            ahead: None,
        }
    }
}

/// The characters of the form.
pub struct Nfkc<I> {
    rest: I,
    /// What a ligature still stands for.
    tail: &'static str,
    /// Read already, and not composed with what was before.
    ahead: Option<char>,
}

impl<I: Iterator<Item = char>> Nfkc<I> {
    fn plain(&mut self) -> Option<char> {
        let mut tail = self.tail.chars();
        if let Some(c) = tail.next() {
            self.tail = tail.as_str();
            return Some(c);
        }
        let c = self.rest.next()?;
        let ligature = match c {
            '\u{fb00}' => "ff",
            '\u{fb01}' => "fi",
            '\u{fb02}' => "fl",
            '\u{fb03}' => "ffi",
            '\u{fb04}' => "ffl",
            '\u{fb05}' | '\u{fb06}' => "st",
            c => return Some(plain(c)),
        };
        self.tail = ligature;
        self.plain()
    }
}

impl<I: Iterator<Item = char>> Iterator for Nfkc<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let mut c = match self.ahead.take() {
            Some(c) => c,
            None => self.plain()?,
        };
        while let Some(mark) = self.plain() {
            match composed(c, mark) {
                Some(one) => c = one,
                None => {
                    self.ahead = Some(mark);
                    break;
                }
            }
        }
        Some(c)
    }
}

/// One character for one.
fn plain(c: char) -> char {
    let n = c as u32;
    // Letters of the mathematical alphabets, 52 to an alphabet; the five sets of digits; what Unicode had before them.
    let same = match n {
        0xff01..=0xff5e => n - 0xff01 + 0x21,
        0xaa => 0x61,
        0xb5 => 0x3bc,
        0xba => 0x6f,
        0x2126 => 0x3a9,
        0x212a | 0x212b => [0x4b, 0xc5][(n - 0x212a) as usize],
        0x2102 | 0x212d => 0x43,
        0x210a => 0x67,
        0x210b..=0x210d => 0x48,
        0x210e | 0x210f => [0x68, 0x127][(n - 0x210e) as usize],
        0x2110 | 0x2111 => 0x49,
        0x2112 => 0x4c,
        0x2113 => 0x6c,
        0x2115 => 0x4e,
        0x2119..=0x211d => b"PQRRR"[(n - 0x2119) as usize].into(),
        0x2124 | 0x2128 => 0x5a,
        0x212c => 0x42,
        0x212f..=0x2131 => b"eEF"[(n - 0x212f) as usize].into(),
        0x2133 | 0x2134 => [0x4d, 0x6f][(n - 0x2133) as usize],
        0x1d400..=0x1d6a3 => {
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[((n - 0x1d400) % 52) as usize].into()
        }
        0x1d7ce..=0x1d7ff => 0x30 + (n - 0x1d7ce) % 10,
        _ => n,
    };
    char::from_u32(same).unwrap_or(c)
}

/// A letter and its accent as one character.
fn composed(c: char, mark: char) -> Option<char> {
    let (c1, m1) = (c as u32, mark as u32);
    // Hangul, Unicode 3.12: a consonant and a vowel, then a last consonant.
    if (0x1100..0x1113).contains(&c1) && (0x1161..0x1176).contains(&m1) {
        return char::from_u32(0xac00 + ((c1 - 0x1100) * 21 + m1 - 0x1161) * 28);
    }
    if (0xac00..0xd7a4).contains(&c1) && (c1 - 0xac00) % 28 == 0 && (0x11a8..0x11c3).contains(&m1) {
        return char::from_u32(c1 + m1 - 0x11a7);
    }
    if m1 < 0x300 {
        return None;
    }
    let pairs = COMPOSED.lines().find_map(|line| {
        let (code, pairs) = line.split_once(' ')?;
        (u32::from_str_radix(code, 16) == Ok(m1)).then_some(pairs)
    })?;
    let mut pairs = pairs.chars();
    while let (Some(letter), Some(one)) = (pairs.next(), pairs.next()) {
        if letter == c {
            return Some(one);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::UnicodeNormalization as _;
    extern crate std;
    use std::string::String;

    #[test]
    fn names_as_systems_write_them() {
        for (from, to) in [
            ("e\u{301}te\u{301}", "été"),
            ("ｎａｍｅ１", "name1"),
            ("𝒞𝟙", "C1"),
            ("ﬁle", "file"),
            ("µs", "μs"),
            ("u\u{308}\u{304}", "ǖ"),
            ("か\u{3099}", "が"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("名前", "名前"),
        ] {
            assert_eq!(from.nfkc().collect::<String>(), to);
        }
    }
}
