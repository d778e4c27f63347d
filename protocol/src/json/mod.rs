//! JSON (RFC 8259) as a value: what texts are parsed to, before [`crate::read`] makes types of it.
//!
//! ```text
//! text ─ parse ─▶ Value ─ read ─▶ types        derive(Read)
//! types ───────── write ────────▶ text         derive(Write), [`crate::write`]
//! ```
//!
//! Our own, because pages are small by it: serde_json with the code that serde makes for each type, and the tables of its
//! floats, were a tenth of the wasm. It is the judge in the tests (`tests/json.rs`).

mod float;
mod nearest;
mod parse;

pub use float::shortest;
pub use nearest::nearest;
pub(crate) use parse::Parser;
pub use parse::{DEEPEST, parse};

use crate::write::{Write, Writer};
use std::fmt;

/// The members of an object, in the order of the text. A name may stand there twice; the last one counts.
pub type Members = Vec<(String, Value)>;

/// One JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// null
    #[default]
    Null,
    /// true, false
    Bool(bool),
    /// A whole number from 0.
    Whole(u64),
    /// A whole number below 0.
    Negative(i64),
    /// Any other number: finite.
    Float(f64),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Self>),
    /// An object.
    Object(Members),
}

impl Value {
    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// true or false.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(is) => Some(*is),
            _ => None,
        }
    }

    /// A whole number from 0, written without point and exponent.
    pub const fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Whole(n) => Some(*n),
            _ => None,
        }
    }

    /// A whole number, written without point and exponent.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Whole(n) => i64::try_from(*n).ok(),
            Self::Negative(n) => Some(*n),
            _ => None,
        }
    }

    /// Any number; one of many digits is rounded.
    pub const fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Whole(n) => Some(*n as f64),
            Self::Negative(n) => Some(*n as f64),
            Self::Float(x) => Some(*x),
            _ => None,
        }
    }

    /// An object's member.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }
}

impl Write for Value {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Null => to.null(),
            Self::Bool(is) => is.write(to),
            Self::Whole(n) => n.write(to),
            Self::Negative(n) => n.write(to),
            Self::Float(x) => x.write(to),
            Self::String(text) => text.write(to),
            Self::Array(list) => list.write(to),
            Self::Object(members) => {
                to.open();
                for (name, value) in members {
                    to.member(name);
                    value.write(to);
                }
                to.close();
            }
        }
    }
}

impl Write for f64 {
    /// The shortest digits that give it back; `null` for what JSON has no number for.
    fn write(&self, to: &mut Writer) {
        match self.is_finite() {
            true => to.plain(&float::text(*self)),
            false => to.null(),
        }
    }
}

impl fmt::Display for Value {
    /// The JSON, without blanks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::write::to_json(self))
    }
}
