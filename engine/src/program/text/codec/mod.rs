//! `str.encode` and `bytes.decode`: which codec a name means, what each does with what it cannot take, and the words of the
//! two Unicode errors.
//!
//! ```text
//! mod       names, error handlers, the errors
//! utf       utf-8, utf-16, utf-32 and their fixed orders
//! single    ascii, latin-1 and the one-byte pages
//! idna      host names
//! ```

mod idna;
mod single;
mod utf;

use super::unicode::{self, push_lower};
use super::{ErrorKind, TextError, code_point, from_code_point};
use std::fmt::Write as _;

/// A codec that the engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// utf-8
    Utf8,
    /// utf-8 with a byte order mark, `utf-8-sig`
    Utf8Sig,
    /// With a byte order mark.
    Utf16,
    /// utf-16-le
    Utf16Le,
    /// utf-16-be
    Utf16Be,
    /// With a byte order mark.
    Utf32,
    /// utf-32-le
    Utf32Le,
    /// utf-32-be
    Utf32Be,
    /// ascii
    Ascii,
    /// latin-1, iso-8859-1
    Latin1,
    /// A one-byte page, by its place in the table of pages.
    Page(usize),
    /// Host names
    Idna,
}

/// What to do with what cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// Raise.
    Strict,
    /// Leave out.
    Ignore,
    /// `?`, or U+FFFD when decoding.
    Replace,
    /// `\xff`
    BackslashReplace,
    /// `&#233;`; only for encoding.
    XmlCharRefReplace,
    /// Bytes that do not decode become U+DC80..U+DCFF, and the same way back.
    SurrogateEscape,
    /// Surrogates are coded as if they were characters.
    SurrogatePass,
    /// `\N{...}`: known, but the engine carries no names of characters; it acts as BackslashReplace does.
    NameReplace,
}

/// A UnicodeDecodeError or UnicodeEncodeError.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnicodeFault {
    /// The codec's name as the error shows it.
    pub encoding: String,
    /// First position that failed: a byte's when decoding, a character's when encoding.
    pub start: usize,
    /// One after the last.
    pub end: usize,
    /// `invalid start byte`
    pub reason: String,
    /// What stands at `start`: a byte or a code point.
    pub at: u32,
    /// True for UnicodeDecodeError.
    pub decoding: bool,
}

impl UnicodeFault {
    /// `str(exception)`.
    #[must_use]
    pub fn message(&self) -> String {
        let Self {
            encoding,
            start,
            end,
            reason,
            at,
            decoding,
        } = self;
        let verb = if *decoding { "decode" } else { "encode" };
        if *end == start + 1 {
            let what = match (*decoding, *at) {
                (true, byte) => format!("byte 0x{byte:02x}"),
                (false, c @ 0..=0xFF) => format!("character '\\x{c:02x}'"),
                (false, c @ 0x100..=0xFFFF) => format!("character '\\u{c:04x}'"),
                (false, c) => format!("character '\\U{c:08x}'"),
            };
            return format!("'{encoding}' codec can't {verb} {what} in position {start}: {reason}");
        }
        let what = if *decoding { "bytes" } else { "characters" };
        format!(
            "'{encoding}' codec can't {verb} {what} in position {start}-{}: {reason}",
            *end as i64 - 1
        )
    }
}

/// Why text was not encoded or bytes not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// UnicodeDecodeError or UnicodeEncodeError; both are ValueErrors.
    Unicode(UnicodeFault),
    /// LookupError (unknown encoding, unknown handler) or UnicodeError (idna).
    Other(TextError),
}

impl From<TextError> for CodecError {
    fn from(error: TextError) -> Self {
        CodecError::Other(error)
    }
}

impl CodecError {
    /// The exception's class.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            CodecError::Unicode(fault) if fault.decoding => "UnicodeDecodeError",
            CodecError::Unicode(_) => "UnicodeEncodeError",
            CodecError::Other(error) => error.kind.class(),
        }
    }

    /// `str(exception)`.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            CodecError::Unicode(fault) => fault.message(),
            CodecError::Other(error) => error.message.clone(),
        }
    }
}

/// What this module's functions return.
pub type Result<T> = std::result::Result<T, CodecError>;

/// The codec of a name: case, `-`, `_` and spaces do not matter.
///
/// # Errors
/// LookupError.
pub fn lookup(name: &str) -> std::result::Result<Codec, TextError> {
    if name == "utf-8" {
        return Ok(Codec::Utf8);
    }
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        if unicode::is_alnum(c) || c == '.' {
            push_lower(&mut plain, c);
        } else if !plain.ends_with('_') {
            plain.push('_');
        }
    }
    let plain = plain.trim_matches('_');
    Ok(match plain {
        "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Codec::Utf8,
        "utf_8_sig" | "utf8_sig" => Codec::Utf8Sig,
        "utf_16" | "utf16" | "u16" => Codec::Utf16,
        "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => Codec::Utf16Le,
        "utf_16_be" | "utf_16be" | "unicodebigunmarked" => Codec::Utf16Be,
        "utf_32" | "utf32" | "u32" => Codec::Utf32,
        "utf_32_le" | "utf_32le" => Codec::Utf32Le,
        "utf_32_be" | "utf_32be" => Codec::Utf32Be,
        "ascii" | "us_ascii" | "646" | "us" | "ansi_x3.4_1968" | "cp367" | "ibm367" | "iso646_us" => {
            Codec::Ascii
        }
        "latin_1" | "latin1" | "latin" | "iso_8859_1" | "iso8859_1" | "8859" | "iso8859" | "l1" | "cp819" => {
            Codec::Latin1
        }
        "idna" => Codec::Idna,
        _ => match single::page(plain) {
            Some(page) => Codec::Page(page),
            None => return Err(TextError::lookup(format!("unknown encoding: {name}"))),
        },
    })
}

/// The handler of a name. CPython looks it up only when it is needed, so callers do the same.
///
/// # Errors
/// LookupError.
pub fn handler(name: &str) -> std::result::Result<Handler, TextError> {
    Ok(match name {
        "strict" => Handler::Strict,
        "ignore" => Handler::Ignore,
        "replace" => Handler::Replace,
        "backslashreplace" => Handler::BackslashReplace,
        "xmlcharrefreplace" => Handler::XmlCharRefReplace,
        "surrogateescape" => Handler::SurrogateEscape,
        "surrogatepass" => Handler::SurrogatePass,
        "namereplace" => Handler::NameReplace,
        _ => return Err(TextError::lookup(format!("unknown error handler name '{name}'"))),
    })
}

/// `text.encode(encoding, errors)`.
///
/// # Errors
/// UnicodeEncodeError, LookupError, UnicodeError.
pub fn encode(text: &str, encoding: &str, errors: &str) -> Result<Vec<u8>> {
    let codec = lookup(encoding)?;
    encode_with(text, codec, errors).map_err(|error| chained(error, "encoding", encoding, codec))
}

/// CPython calls the common codecs directly; what another codec raises, Unicode errors apart, it wraps in words.
fn chained(error: CodecError, doing: &str, encoding: &str, codec: Codec) -> CodecError {
    let direct = matches!(
        codec,
        Codec::Utf8 | Codec::Utf16 | Codec::Utf32 | Codec::Ascii | Codec::Latin1
    ) && !matches!(
        encoding,
        "U8" | "u8" | "U16" | "u16" | "U32" | "u32" | "utf" | "l1" | "646" | "cp65001"
    );
    match error {
        CodecError::Other(TextError { kind, message }) if !direct => CodecError::Other(TextError {
            kind,
            message: format!(
                "{doing} with '{encoding}' codec failed ({}: {message})",
                kind.class()
            ),
        }),
        error => error,
    }
}

fn encode_with(text: &str, codec: Codec, errors: &str) -> Result<Vec<u8>> {
    match codec {
        // No character that a Rust string holds fails in these, but the stand-ins of surrogates.
        Codec::Utf8 if !text.contains(is_stand_in) => Ok(text.as_bytes().to_vec()),
        Codec::Ascii | Codec::Latin1 if text.is_ascii() => Ok(text.as_bytes().to_vec()),
        Codec::Idna => idna::encode(text),
        Codec::Page(page) => single::encode(text, page, errors),
        Codec::Ascii | Codec::Latin1 => single::encode_latin(text, codec, errors),
        _ => utf::encode(text, codec, errors),
    }
}

/// `bytes.decode(encoding, errors)`.
///
/// # Errors
/// UnicodeDecodeError, LookupError, UnicodeError.
pub fn decode(bytes: &[u8], encoding: &str, errors: &str) -> Result<String> {
    if bytes.is_empty() {
        // Not even the name is looked at.
        return Ok(String::new());
    }
    let codec = lookup(encoding)?;
    decode_with(bytes, codec, errors).map_err(|error| chained(error, "decoding", encoding, codec))
}

fn decode_with(bytes: &[u8], codec: Codec, errors: &str) -> Result<String> {
    match codec {
        Codec::Utf8 => utf::decode_utf8(bytes, errors),
        Codec::Utf8Sig => utf::decode_utf8_sig(bytes, errors),
        Codec::Latin1 => Ok(bytes.iter().map(|b| *b as char).collect()),
        Codec::Ascii => single::decode_ascii(bytes, errors),
        Codec::Page(page) => single::decode(bytes, page, errors),
        Codec::Idna => idna::decode(bytes),
        codec => utf::decode_wide(bytes, codec, errors),
    }
}

/// How many bytes at the end of `bytes` are the beginning of an unfinished character: an incremental reader (a text file, a
/// makefile of a socket) keeps them until more comes.
#[must_use]
pub fn unfinished(bytes: &[u8], codec: Codec) -> usize {
    match codec {
        Codec::Utf8 | Codec::Utf8Sig => utf::unfinished_utf8(bytes),
        Codec::Utf16 | Codec::Utf16Le | Codec::Utf16Be => bytes.len() % 2,
        Codec::Utf32 | Codec::Utf32Le | Codec::Utf32Be => bytes.len() % 4,
        _ => 0,
    }
}

fn is_stand_in(c: char) -> bool {
    super::surrogate(c).is_some()
}

/// What an error handler puts in the place of characters that cannot be encoded.
enum Substitute {
    /// Text, which is encoded in its turn.
    Text(String),
    /// Bytes, written as they are.
    Bytes(Vec<u8>),
}

/// Handles characters `start..end` of `chars`, which codec `encoding` cannot take for `reason`.
fn substitute(
    chars: &[char],
    (start, end): (usize, usize),
    encoding: &str,
    reason: &str,
    errors: &str,
) -> Result<Substitute> {
    let bad = &chars[start..end];
    let fault_from = |start: usize| {
        CodecError::Unicode(UnicodeFault {
            encoding: encoding.to_owned(),
            start,
            end,
            reason: reason.to_owned(),
            at: chars.get(start).map_or(0, |c| code_point(*c)),
            decoding: false,
        })
    };
    let fault = || fault_from(start);
    let mut text = String::new();
    match handler(errors)? {
        Handler::Strict => return Err(fault()),
        Handler::Ignore => {}
        Handler::Replace => text.extend(std::iter::repeat_n('?', bad.len())),
        Handler::BackslashReplace | Handler::NameReplace => {
            for c in bad {
                super::quote::push_escape(&mut text, *c);
            }
        }
        Handler::XmlCharRefReplace => {
            for c in bad {
                let _ = write!(text, "&#{};", code_point(*c));
            }
        }
        Handler::SurrogateEscape => {
            if encoding.starts_with("utf-16") || encoding.starts_with("utf-32") {
                // One byte is no unit of these.
                return Err(fault());
            }
            let mut bytes = Vec::new();
            for (i, c) in bad.iter().enumerate() {
                match code_point(*c) {
                    code @ 0xDC80..=0xDCFF => bytes.push((code - 0xDC00) as u8),
                    // The one-byte codecs have written what came before.
                    _ if matches!(encoding, "ascii" | "latin-1") => return Err(fault_from(start + i)),
                    _ => return Err(fault()),
                }
            }
            return Ok(Substitute::Bytes(bytes));
        }
        Handler::SurrogatePass => {
            let mut bytes = Vec::new();
            for c in bad {
                let code = code_point(*c);
                if !(0xD800..0xE000).contains(&code) {
                    return Err(fault());
                }
                match encoding {
                    "utf-8" => bytes.extend(utf::three_bytes(code)),
                    "utf-16-le" | "utf-16" => bytes.extend((code as u16).to_le_bytes()),
                    "utf-16-be" => bytes.extend((code as u16).to_be_bytes()),
                    "utf-32-le" | "utf-32" => bytes.extend(code.to_le_bytes()),
                    "utf-32-be" => bytes.extend(code.to_be_bytes()),
                    _ => return Err(fault()),
                }
            }
            return Ok(Substitute::Bytes(bytes));
        }
    }
    Ok(Substitute::Text(text))
}

/// Handles bytes `start..end`, which do not decode; appends what stands for them, gives where to go on.
fn recover(
    out: &mut String,
    bytes: &[u8],
    (start, end): (usize, usize),
    encoding: &str,
    reason: &str,
    errors: &str,
) -> Result<usize> {
    let bad = &bytes[start..end];
    let fault = || {
        CodecError::Unicode(UnicodeFault {
            encoding: encoding.to_owned(),
            start,
            end,
            reason: reason.to_owned(),
            at: bad.first().copied().unwrap_or(0).into(),
            decoding: true,
        })
    };
    match handler(errors)? {
        Handler::Strict => return Err(fault()),
        Handler::Ignore => {}
        Handler::Replace => out.push('\u{fffd}'),
        Handler::BackslashReplace => {
            for b in bad {
                let _ = write!(out, "\\x{b:02x}");
            }
        }
        Handler::SurrogateEscape => {
            // ASCII is never smuggled: CPython takes the bytes up to the first such.
            let taken = bad.iter().take_while(|b| **b >= 0x80).count();
            if taken == 0 {
                return Err(fault());
            }
            out.extend(
                bad[..taken]
                    .iter()
                    .filter_map(|b| from_code_point(0xDC00 + u32::from(*b))),
            );
            return Ok(start + taken);
        }
        Handler::SurrogatePass => match utf::passed_surrogate(&bytes[start..], encoding) {
            Some((code, length)) => {
                out.extend(from_code_point(code));
                return Ok(start + length);
            }
            None => return Err(fault()),
        },
        Handler::XmlCharRefReplace | Handler::NameReplace => {
            return Err(CodecError::Other(TextError {
                kind: ErrorKind::Type,
                message: "don't know how to handle UnicodeDecodeError in error callback".to_owned(),
            }));
        }
    }
    Ok(end)
}
