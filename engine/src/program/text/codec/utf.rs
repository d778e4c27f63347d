//! utf-8, utf-16, utf-32.

use super::{Codec, Result, Substitute, recover, substitute};
use crate::program::text::{from_code_point, surrogate};

/// Encodes into any of the family; only surrogates can fail.
pub(super) fn encode(text: &str, codec: Codec, errors: &str) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let name = match codec {
        Codec::Utf16 => {
            out.extend([0xFF, 0xFE]);
            "utf-16"
        }
        Codec::Utf32 => {
            out.extend([0xFF, 0xFE, 0, 0]);
            "utf-32"
        }
        Codec::Utf8Sig => {
            out.extend([0xEF, 0xBB, 0xBF]);
            "utf-8"
        }
        Codec::Utf16Le => "utf-16-le",
        Codec::Utf16Be => "utf-16-be",
        Codec::Utf32Le => "utf-32-le",
        Codec::Utf32Be => "utf-32-be",
        _ => "utf-8",
    };
    if !text.contains(super::is_stand_in) {
        for c in text.chars() {
            push(&mut out, c, codec);
        }
        return Ok(out);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if surrogate(*c).is_none() {
            push(&mut out, *c, codec);
            at += 1;
            continue;
        }
        // utf-8 reports a run of surrogates at once, the wide ones each for itself.
        let mut end = at + 1;
        if name == "utf-8" {
            end += chars[end..]
                .iter()
                .take_while(|c| surrogate(**c).is_some())
                .count();
        }
        match substitute(&chars, (at, end), name, "surrogates not allowed", errors)? {
            Substitute::Bytes(bytes) => out.extend(bytes),
            Substitute::Text(text) => text.chars().for_each(|c| push(&mut out, c, codec)),
        }
        at = end;
    }
    Ok(out)
}

fn push(out: &mut Vec<u8>, c: char, codec: Codec) {
    match codec {
        Codec::Utf16 | Codec::Utf16Le => {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| out.extend(unit.to_le_bytes()));
        }
        Codec::Utf16Be => c
            .encode_utf16(&mut [0; 2])
            .iter()
            .for_each(|unit| out.extend(unit.to_be_bytes())),
        Codec::Utf32 | Codec::Utf32Le => out.extend((c as u32).to_le_bytes()),
        Codec::Utf32Be => out.extend((c as u32).to_be_bytes()),
        _ => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// A surrogate as utf-8 would code it if it were allowed.
pub(super) fn three_bytes(code: u32) -> [u8; 3] {
    [
        0xE0 | (code >> 12) as u8,
        0x80 | (code >> 6 & 0x3F) as u8,
        0x80 | (code & 0x3F) as u8,
    ]
}

/// Reads a surrogate where `surrogatepass` allows one: its code and its length in bytes.
pub(super) fn passed_surrogate(bytes: &[u8], encoding: &str) -> Option<(u32, usize)> {
    let (code, length) = match (encoding, bytes) {
        ("utf-8", [a, b, c, ..]) if b & 0xC0 == 0x80 && c & 0xC0 == 0x80 && a & 0xF0 == 0xE0 => (
            u32::from(a & 0xF) << 12 | u32::from(b & 0x3F) << 6 | u32::from(c & 0x3F),
            3,
        ),
        ("utf-16-le" | "utf-16", [a, b, ..]) => (u16::from_le_bytes([*a, *b]).into(), 2),
        ("utf-16-be", [a, b, ..]) => (u16::from_be_bytes([*a, *b]).into(), 2),
        ("utf-32-le" | "utf-32", [a, b, c, d, ..]) => (u32::from_le_bytes([*a, *b, *c, *d]), 4),
        ("utf-32-be", [a, b, c, d, ..]) => (u32::from_be_bytes([*a, *b, *c, *d]), 4),
        _ => return None,
    };
    (0xD800..0xE000).contains(&code).then_some((code, length))
}

/// Decodes utf-8.
pub(super) fn decode_utf8(bytes: &[u8], errors: &str) -> Result<String> {
    decode_utf8_from(bytes, 0, errors)
}

/// Decodes utf-8 after a byte order mark, if there is one; positions count from after it.
pub(super) fn decode_utf8_sig(bytes: &[u8], errors: &str) -> Result<String> {
    decode_utf8_from(
        bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes),
        0,
        errors,
    )
}

fn decode_utf8_from(bytes: &[u8], mut at: usize, errors: &str) -> Result<String> {
    let mut out = String::new();
    loop {
        match std::str::from_utf8(&bytes[at..]) {
            Ok(text) => {
                if out.is_empty() {
                    return Ok(text.to_owned());
                }
                out.push_str(text);
                return Ok(out);
            }
            Err(error) => {
                let good = error.valid_up_to();
                // Checked just above: these bytes are whole characters.
                out.push_str(std::str::from_utf8(&bytes[at..at + good]).unwrap_or_default());
                let start = at + good;
                let (length, reason) = match error.error_len() {
                    None => (bytes.len() - start, "unexpected end of data"),
                    Some(length) => {
                        let starts = matches!(bytes[start], 0xC2..=0xF4);
                        (
                            length,
                            if starts {
                                "invalid continuation byte"
                            } else {
                                "invalid start byte"
                            },
                        )
                    }
                };
                at = recover(&mut out, bytes, (start, start + length), "utf-8", reason, errors)?;
            }
        }
    }
}

/// Length of the unfinished character at the end; 0 where the text is whole, or wrong in another way.
pub(super) fn unfinished_utf8(bytes: &[u8]) -> usize {
    match std::str::from_utf8(&bytes[bytes.len().saturating_sub(4)..]) {
        // The window may begin inside a character: only its end matters.
        Ok(_) => 0,
        Err(_) => (1..=bytes.len().min(3))
            .find(|n| {
                let tail = &bytes[bytes.len() - n..];
                matches!(std::str::from_utf8(tail), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none())
            })
            .unwrap_or(0),
    }
}

/// Decodes utf-16 or utf-32.
pub(super) fn decode_wide(bytes: &[u8], codec: Codec, errors: &str) -> Result<String> {
    let wide = matches!(codec, Codec::Utf32 | Codec::Utf32Le | Codec::Utf32Be);
    let unit = if wide { 4 } else { 2 };
    let mut big = matches!(codec, Codec::Utf16Be | Codec::Utf32Be);
    let mut at = 0;
    if matches!(codec, Codec::Utf16 | Codec::Utf32) {
        // The mark decides the order and is no text; without one it is the machine's order.
        match (wide, bytes) {
            (false, [0xFF, 0xFE, ..]) => at = 2,
            (false, [0xFE, 0xFF, ..]) => (at, big) = (2, true),
            (true, [0xFF, 0xFE, 0, 0, ..]) => at = 4,
            (true, [0, 0, 0xFE, 0xFF, ..]) => (at, big) = (4, true),
            _ => {}
        }
    }
    // Errors name the order that was found.
    let name = match (wide, big) {
        (false, false) => "utf-16-le",
        (false, true) => "utf-16-be",
        (true, false) => "utf-32-le",
        (true, true) => "utf-32-be",
    };
    let read = |at: usize| -> Option<u32> {
        let part = bytes.get(at..at + unit)?;
        let order = |i: usize| u32::from(part[if big { i } else { unit - 1 - i }]);
        Some((0..unit).fold(0, |code, i| code << 8 | order(i)))
    };
    let mut out = String::with_capacity(bytes.len() / unit);
    while at < bytes.len() {
        let Some(first) = read(at) else {
            at = recover(&mut out, bytes, (at, bytes.len()), name, "truncated data", errors)?;
            continue;
        };
        if wide {
            match first {
                0xD800..=0xDFFF => {
                    let reason = "code point in surrogate code point range(0xd800, 0xe000)";
                    at = recover(&mut out, bytes, (at, at + 4), name, reason, errors)?;
                }
                _ => match from_code_point(first) {
                    Some(c) => {
                        out.push(c);
                        at += 4;
                    }
                    None => {
                        let reason = "code point not in range(0x110000)";
                        at = recover(&mut out, bytes, (at, at + 4), name, reason, errors)?;
                    }
                },
            }
            continue;
        }
        match first {
            0xD800..=0xDBFF => match read(at + 2) {
                Some(second @ 0xDC00..=0xDFFF) => {
                    out.extend(char::from_u32(
                        0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    ));
                    at += 4;
                }
                Some(_) => {
                    at = recover(
                        &mut out,
                        bytes,
                        (at, at + 2),
                        name,
                        "illegal UTF-16 surrogate",
                        errors,
                    )?
                }
                None => {
                    let end = bytes.len();
                    at = recover(&mut out, bytes, (at, end), name, "unexpected end of data", errors)?;
                }
            },
            0xDC00..=0xDFFF => at = recover(&mut out, bytes, (at, at + 2), name, "illegal encoding", errors)?,
            _ => {
                out.extend(char::from_u32(first));
                at += 2;
            }
        }
    }
    Ok(out)
}
