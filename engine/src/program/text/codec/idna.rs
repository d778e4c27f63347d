//! Host names: `'bücher.example'.encode('idna')`, RFC 3490 with the punycode of RFC 3492.
//!
//! Nameprep is done as far as case folding goes; the compatibility forms (full-width letters, ligatures) are not.

use super::{CodecError, Result, TextError};
use crate::program::text::{ErrorKind, strings};

const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

fn failed(reason: &str) -> CodecError {
    CodecError::Other(TextError {
        kind: ErrorKind::Unicode,
        message: reason.to_owned(),
    })
}

/// Encodes a host name.
pub(super) fn encode(text: &str) -> Result<Vec<u8>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.is_ascii() {
        let labels: Vec<&str> = text.split('.').collect();
        let (last, others) = labels.split_last().unwrap_or((&"", &[]));
        if others.iter().any(|label| label.is_empty() || label.len() > 63) {
            return Err(failed("label empty or too long"));
        }
        if last.len() > 63 {
            return Err(failed("label too long"));
        }
        return Ok(text.as_bytes().to_vec());
    }
    let mut labels: Vec<&str> = text.split(DOTS).collect();
    let trailing = labels.last().is_some_and(|label| label.is_empty());
    if trailing {
        labels.pop();
    }
    let mut out = Vec::new();
    for (i, label) in labels.iter().enumerate() {
        if i > 0 {
            out.push(b'.');
        }
        let label = if label.is_ascii() {
            (*label).to_owned()
        } else {
            let folded = strings::casefold(label);
            if folded.is_ascii() {
                folded
            } else {
                format!("xn--{}", punycode(&folded).unwrap_or_default())
            }
        };
        if label.is_empty() || label.len() > 63 {
            return Err(failed("label empty or too long"));
        }
        out.extend(label.bytes());
    }
    if trailing {
        out.push(b'.');
    }
    Ok(out)
}

/// Decodes a host name.
pub(super) fn decode(bytes: &[u8]) -> Result<String> {
    let text = super::single::decode_ascii(bytes, "strict")?;
    let labels: Vec<String> = text
        .split('.')
        .map(|label| match label.get(..4) {
            Some(prefix) if prefix.eq_ignore_ascii_case("xn--") => {
                from_punycode(&label[4..]).unwrap_or_else(|| label.to_owned())
            }
            _ => label.to_owned(),
        })
        .collect();
    Ok(labels.join("."))
}

// RFC 3492, section 5: parameters of punycode.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

/// Section 6.3. `None` on overflow.
fn punycode(label: &str) -> Option<String> {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    let total = label.chars().count() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < total {
        let next = label.chars().map(|c| c as u32).filter(|c| *c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(|c| c as u32) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c != n {
                continue;
            }
            let mut q = delta;
            let mut k = BASE;
            loop {
                let t = threshold(k, bias);
                if q < t {
                    break;
                }
                out.push(char::from_digit(t + (q - t) % (BASE - t), 36).map(digit)?);
                q = (q - t) / (BASE - t);
                k += BASE;
            }
            out.push(char::from_digit(q, 36).map(digit)?);
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(out)
}

/// Punycode counts a..z, then 0..9; `from_digit` the other way round.
fn digit(c: char) -> char {
    match c {
        '0'..='9' => (b'a' + (c as u8 - b'0')) as char,
        'a'..='p' => (b'a' + 10 + (c as u8 - b'a')) as char,
        _ => (b'0' + (c as u8 - b'q')) as char,
    }
}

/// Section 6.2. `None` for what is no punycode.
fn from_punycode(text: &str) -> Option<String> {
    let (basic, rest) = text.rsplit_once('-').unwrap_or(("", text));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = rest.chars().map(|c| match c.to_ascii_lowercase() {
        c @ 'a'..='z' => Some(c as u32 - 'a' as u32),
        c @ '0'..='9' => Some(c as u32 - '0' as u32 + 26),
        _ => None,
    });
    let mut pending = digits.next();
    while let Some(first) = pending {
        let (before, mut weight, mut k) = (i, 1_u32, BASE);
        let mut value = first?;
        loop {
            i = i.checked_add(value.checked_mul(weight)?)?;
            let t = threshold(k, bias);
            if value < t {
                break;
            }
            weight = weight.checked_mul(BASE - t)?;
            k += BASE;
            value = digits.next()??;
        }
        let length = out.len() as u32 + 1;
        bias = adapt(i - before, length, before == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        out.insert(i as usize, char::from_u32(n)?);
        i += 1;
        pending = digits.next();
    }
    Some(out.into_iter().collect())
}
