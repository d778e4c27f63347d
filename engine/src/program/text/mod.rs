//! Text and bytes: what Python's `str`, `bytes`, `int` and `float` do with characters, as pure functions on plain Rust data.
//!
//! Nothing here knows the VM's values: a built-in takes its arguments apart, calls one of these functions, and wraps what
//! comes back. CPython 3.11 is the judge: the tests beside this module ask python3 for thousands of results and compare.
//!
//! ```text
//! number/    int and float   <-> digits          repr(0.1), int('ff', 16), round(2.5)
//! spec       format() and the f-string's part after ':'
//! template   str.format      -> pieces           the VM evaluates the fields
//! percent    the % operator  -> pieces           the VM takes the arguments
//! quote      repr() and ascii() of str and bytes
//! codec/     bytes <-> str                       encode, decode, the error handlers
//! strings/   the methods of str
//! bytes/     the methods of bytes
//! unicode    what kind of character this is, as Unicode 14.0 (CPython 3.11) says
//! ```
//!
//! # Surrogates
//! A Python str may hold a lone surrogate (U+D800..U+DFFF); a Rust `str` cannot. Such a surrogate is kept as the private-use
//! character [`SURROGATE_BASE`]` + surrogate`, that is U+10D800..U+10DFFF, and turned back wherever a program could see
//! the difference: `ord`, `chr`, `repr`, encoding. The price: a program that itself uses these 2,048 code points at the end of
//! plane 16 sees them as surrogates.

pub mod bytes;
pub mod codec;
pub mod number;
pub mod percent;
pub mod quote;
pub mod spec;
pub mod strings;
pub mod template;
pub mod unicode;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

/// Added to a lone surrogate to make the character that stands for it. See the module's documentation.
pub const SURROGATE_BASE: u32 = 0x10_0000;

/// The longest text that one operation makes, in characters. CPython goes on until memory ends; a page cannot.
pub const MAX_TEXT: usize = 1 << 27;

/// The built-in exception that a failed operation raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// ValueError
    Value,
    /// TypeError
    Type,
    /// OverflowError
    Overflow,
    /// LookupError
    Lookup,
    /// MemoryError
    Memory,
    /// UnicodeError: neither of its two subclasses, as the `idna` codec raises it.
    Unicode,
}

impl ErrorKind {
    /// The exception's class as Python names it.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            ErrorKind::Value => "ValueError",
            ErrorKind::Type => "TypeError",
            ErrorKind::Overflow => "OverflowError",
            ErrorKind::Lookup => "LookupError",
            ErrorKind::Memory => "MemoryError",
            ErrorKind::Unicode => "UnicodeError",
        }
    }
}

/// An exception with CPython's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.class())]
pub struct TextError {
    /// The class.
    pub kind: ErrorKind,
    /// `str(exception)`.
    pub message: String,
}

impl TextError {
    /// A ValueError.
    pub fn value(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Value,
            message: message.into(),
        }
    }

    /// A TypeError.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Type,
            message: message.into(),
        }
    }

    /// An OverflowError.
    pub fn overflow(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Overflow,
            message: message.into(),
        }
    }

    /// A LookupError.
    pub fn lookup(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Lookup,
            message: message.into(),
        }
    }

    /// A MemoryError, which has no words.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            kind: ErrorKind::Memory,
            message: String::new(),
        }
    }
}

/// What most functions here return.
pub type Result<T> = std::result::Result<T, TextError>;

/// The character for a code point as `chr()` takes it: surrogates become their stand-ins. `None` above U+10FFFF.
#[must_use]
pub fn from_code_point(code: u32) -> Option<char> {
    match code {
        0xD800..=0xDFFF => char::from_u32(SURROGATE_BASE + code),
        _ => char::from_u32(code),
    }
}

/// The code point as `ord()` gives it.
#[must_use]
pub fn code_point(c: char) -> u32 {
    surrogate(c).unwrap_or(c as u32)
}

/// The surrogate that a character stands for, if it is a stand-in.
#[must_use]
pub fn surrogate(c: char) -> Option<u32> {
    let code = c as u32;
    (0x10_D800..=0x10_DFFF)
        .contains(&code)
        .then(|| code - SURROGATE_BASE)
}
