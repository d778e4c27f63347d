//! Base64 (RFC 4648), as payloads in JSON and labs in links have it.

/// The alphabet's last two characters, and whether the end is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `+` and `/`, padded with `=`.
    Standard,
    /// `-` and `_`, which may stand in an address; not padded.
    Url,
}

const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Alphabet {
    const fn last(self) -> [u8; 2] {
        match self {
            Self::Standard => *b"+/",
            Self::Url => *b"-_",
        }
    }
}

/// Bytes as text.
pub fn encode(bytes: &[u8], alphabet: Alphabet) -> String {
    let mut digits = [0; 64];
    digits[..62].copy_from_slice(DIGITS);
    digits[62..].copy_from_slice(&alphabet.last());
    // Written in place: labs keep all bytes that programs send as text, so this runs often.
    let mut text = vec![b'='; bytes.len().div_ceil(3) * 4];
    for (four, group) in text.chunks_exact_mut(4).zip(bytes.chunks(3)) {
        let mut bits = 0;
        for i in 0..3 {
            bits = bits << 8 | u32::from(group.get(i).copied().unwrap_or(0));
        }
        for (i, digit) in four.iter_mut().enumerate().take(group.len() + 1) {
            *digit = digits[(bits >> (18 - 6 * i)) as usize & 63];
        }
    }
    if alphabet == Alphabet::Url {
        text.truncate((bytes.len() * 4).div_ceil(3));
    }
    String::from_utf8(text).unwrap_or_default()
}

/// Text as bytes; `None` for what [`encode`] would not have written.
pub fn decode(text: &str, alphabet: Alphabet) -> Option<Vec<u8>> {
    const NONE: u8 = 64;
    let mut values = [NONE; 256];
    for (value, digit) in (0..).zip(DIGITS.iter().chain(&alphabet.last())) {
        values[usize::from(*digit)] = value;
    }
    let mut digits = text.as_bytes();
    if alphabet == Alphabet::Standard {
        if !digits.len().is_multiple_of(4) {
            return None;
        }
        let padding = digits.iter().rev().take(2).take_while(|d| **d == b'=').count();
        digits = &digits[..digits.len() - padding];
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits = 0;
        for digit in group {
            let value = values[usize::from(*digit)];
            if value == NONE {
                return None;
            }
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * (4 - group.len());
        let whole = group.len() * 6 / 8;
        let [_, all @ ..] = bits.to_be_bytes();
        // One digit alone is no byte, and what is behind the last byte is zero.
        if whole == 0 || all[whole..].iter().any(|b| *b != 0) {
            return None;
        }
        bytes.extend_from_slice(&all[..whole]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn all_short_ends_and_all_bytes_are_as_the_crate_base64_has_them() {
        let all: Vec<u8> = (0..=255).rev().chain(0..=255).collect();
        for from in [0, 1, 2, 3, 300] {
            for to in from..all.len() {
                let bytes = &all[from..to];
                let (standard, url) = (encode(bytes, Alphabet::Standard), encode(bytes, Alphabet::Url));
                assert_eq!(standard, STANDARD.encode(bytes));
                assert_eq!(url, URL_SAFE_NO_PAD.encode(bytes));
                assert_eq!(decode(&standard, Alphabet::Standard).as_deref(), Some(bytes));
                assert_eq!(decode(&url, Alphabet::Url).as_deref(), Some(bytes));
            }
        }
    }

    #[test]
    fn what_is_not_base64_is_refused_as_by_the_crate_base64() {
        let signs = ['A', 'B', 'Q', 'g', 'w', '+', '-', '_', '/', '=', ' ', 'é'];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts
                .iter()
                .flat_map(|t| signs.iter().map(move |c| format!("{t}{c}")));
            let longer: Vec<_> = longer.collect();
            for text in &longer {
                assert_eq!(
                    decode(text, Alphabet::Standard),
                    STANDARD.decode(text).ok(),
                    "{text}"
                );
                assert_eq!(
                    decode(text, Alphabet::Url),
                    URL_SAFE_NO_PAD.decode(text).ok(),
                    "{text}"
                );
            }
            texts = longer;
        }
    }
}
