//! `repr()` of str and bytes, and `ascii()`: which quotes, which escapes.

use super::{surrogate, unicode};
use std::fmt::Write as _;

/// `repr(text)`.
#[must_use]
pub fn str_repr(text: &str) -> String {
    quoted(text, false)
}

/// `ascii(text)`.
#[must_use]
pub fn str_ascii(text: &str) -> String {
    quoted(text, true)
}

/// `ascii()` of a value whose repr is known: what is not ASCII is escaped, nothing is quoted again.
#[must_use]
pub fn escape_non_ascii(repr: &str) -> String {
    let mut out = String::with_capacity(repr.len());
    for c in repr.chars() {
        if c.is_ascii() {
            out.push(c)
        } else {
            push_escape(&mut out, c)
        }
    }
    out
}

fn quoted(text: &str, ascii_only: bool) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ if !ascii_only && unicode::is_printable(c) => out.push(c),
            _ => push_escape(&mut out, c),
        }
    }
    out.push(quote);
    out
}

/// `\xff`, `\u20ac` or `\U0001f600`.
pub(super) fn push_escape(out: &mut String, c: char) {
    let code = surrogate(c).unwrap_or(c as u32);
    // Writing to a String cannot fail.
    let _ = match code {
        0..=0xFF => write!(out, "\\x{code:02x}"),
        0x100..=0xFFFF => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// `repr(b'...')`.
#[must_use]
pub fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote as char);
    for b in bytes {
        match b {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if *b == quote => {
                out.push('\\');
                out.push(quote as char);
            }
            b' '..=b'~' => out.push(*b as char),
            _ => {
                let _ = write!(out, "\\x{b:02x}");
            }
        }
    }
    out.push(quote as char);
    out
}

/// `repr(bytearray(b'...'))`.
#[must_use]
pub fn bytearray_repr(bytes: &[u8]) -> String {
    format!("bytearray({})", bytes_repr(bytes))
}
