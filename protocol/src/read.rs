//! JSON values -> the protocol's types, by `derive(Read)` (protocol/derive): the counterpart of [`crate::write`].
//!
//! A value is taken apart here, field by field, by a few functions that all types share, and stays where it is until all of
//! it is read: that is what keeps the pages small.

pub use crate::json::Value;
use crate::json::{self, Members};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why a value is none of ours: a phrase that names the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(String);

impl Unread {
    /// Any phrase.
    pub fn new(words: &str) -> Self {
        Self(words.to_owned())
    }

    /// A tag that is none.
    #[cold]
    fn unknown(tag: &str) -> Self {
        Self(["unknown variant `", shortened(tag), "`"].concat())
    }

    /// A variant with something in it that should have nothing, or the other way round.
    #[cold]
    pub fn misshapen() -> Self {
        Self::new("there is something in this variant that should not be, or the other way round")
    }

    #[cold]
    pub(crate) fn missing(name: &str) -> Self {
        Self(["missing field `", name, "`"].concat())
    }

    #[cold]
    fn expected(what: &str, found: &Value) -> Self {
        let found = match found {
            Value::Null => "null".to_owned(),
            Value::Bool(_) | Value::Whole(_) | Value::Negative(_) | Value::Float(_) => found.to_string(),
            Value::String(text) => ["the string \"", shortened(text), "\""].concat(),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        Self(["expected ", what, ", not ", &found].concat())
    }

    #[cold]
    pub(crate) fn within(self, name: &str) -> Self {
        Self([name, ": ", &self.0].concat())
    }
}

/// The beginning of a text that somebody else may have made very long.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unread {}

type Result<T> = std::result::Result<T, Unread>;

/// What can be read from one JSON value. What it takes out of the value is not there any more.
pub trait Read: Sized {
    /// # Errors
    /// What was expected, and what is there.
    fn read(value: &mut Value) -> Result<Self>;

    /// What a field is that is not there, where that means something.
    fn absent() -> Option<Self> {
        None
    }
}

/// What can be read from some of an object's fields, beside others.
pub trait ReadFields: Sized {
    /// # Errors
    /// As [`Read::read`].
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self>;
}

/// Reads a whole text.
///
/// # Errors
/// It is not JSON (with the place), or not the JSON of a `T`.
pub fn from_json<T: Read>(text: &[u8]) -> Result<T> {
    T::read(&mut json::parse(text)?)
}

/// An object's fields, read one by one.
#[derive(Debug)]
pub struct Fields<'a>(&'a mut Members);

impl<'a> Fields<'a> {
    /// # Errors
    /// The value is not an object.
    pub fn of(value: &'a mut Value) -> Result<Self> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            other => Err(Unread::expected("an object", other)),
        }
    }

    /// The last member with this name.
    #[inline(never)]
    fn member(&mut self, name: &str) -> Option<&mut Value> {
        self.0
            .iter_mut()
            .rfind(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// Which of the `tags` the field has that says which variant it is.
    ///
    /// # Errors
    /// It is not there, or none of them.
    pub fn tag(&mut self, name: &str, tags: &[&str]) -> Result<usize> {
        match self.member(name) {
            Some(Value::String(tag)) => place(tag, tags),
            Some(other) => Err(Unread::expected("a string", other).within(name)),
            None => Err(Unread::missing(name)),
        }
    }

    /// A field that must be there, unless its absence means something.
    ///
    /// # Errors
    /// It is not there, or something else.
    #[inline(never)]
    pub fn take<T: Read>(&mut self, name: &str) -> Result<T> {
        match self.member(name) {
            Some(value) => T::read(value).map_err(|e| e.within(name)),
            None => T::absent().ok_or_else(|| Unread::missing(name)),
        }
    }

    /// A field that may be left out.
    ///
    /// # Errors
    /// It is there and something else.
    #[inline(never)]
    pub fn take_or_default<T: Read + Default>(&mut self, name: &str) -> Result<T> {
        match self.member(name) {
            Some(value) => T::read(value).map_err(|e| e.within(name)),
            None => Ok(T::default()),
        }
    }

    /// Refuses all fields but the `known` ones.
    ///
    /// # Errors
    /// A field that none of them is.
    pub fn end(self, known: &[&str]) -> Result<()> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(Unread(
                [
                    "unknown field `",
                    shortened(name),
                    "`, expected one of ",
                    &known.join(", "),
                ]
                .concat(),
            )),
        }
    }
}

/// Where the tag stands among them.
#[inline(never)]
fn place(tag: &str, tags: &[&str]) -> Result<usize> {
    let place = tags.iter().position(|known| *known == tag);
    place.ok_or_else(|| Unread::unknown(tag))
}

/// Which variant it is, one that stands for itself, `"held"`, or with what is in it, `{"delayed": ...}`.
///
/// # Errors
/// It is neither, or none of the `tags`.
pub fn choice<'a>(value: &'a mut Value, tags: &[&str]) -> Result<(usize, Option<&'a mut Value>)> {
    match value {
        Value::String(tag) => Ok((place(tag, tags)?, None)),
        Value::Object(members) => match members.as_mut_slice() {
            [(tag, body)] => Ok((place(tag, tags)?, Some(body))),
            _ => Err(Unread::new("expected one variant's name, not several or none")),
        },
        other => Err(Unread::expected("a variant's name", other)),
    }
}

/// Which variant it is, where none has anything in it.
///
/// # Errors
/// It is none of the `tags`.
pub fn word(value: &mut Value, tags: &[&str]) -> Result<usize> {
    match choice(value, tags)? {
        (place, None) => Ok(place),
        _ => Err(Unread::misshapen()),
    }
}

impl Read for Value {
    fn read(value: &mut Value) -> Result<Self> {
        Ok(std::mem::take(value))
    }
}

impl Read for bool {
    fn read(value: &mut Value) -> Result<Self> {
        value
            .as_bool()
            .ok_or_else(|| Unread::expected("true or false", value))
    }
}

impl Read for String {
    fn read(value: &mut Value) -> Result<Self> {
        match value {
            Value::String(text) => Ok(std::mem::take(text)),
            other => Err(Unread::expected("a string", other)),
        }
    }
}

impl Read for f64 {
    fn read(value: &mut Value) -> Result<Self> {
        value.as_f64().ok_or_else(|| Unread::expected("a number", value))
    }
}

impl Read for u64 {
    fn read(value: &mut Value) -> Result<Self> {
        value
            .as_u64()
            .ok_or_else(|| Unread::expected("a whole number from 0", value))
    }
}

impl Read for i64 {
    fn read(value: &mut Value) -> Result<Self> {
        value
            .as_i64()
            .ok_or_else(|| Unread::expected("a whole number", value))
    }
}

/// Integers that are read as a longer one.
macro_rules! narrow {
    ($($short:ty: $as:ident, $what:literal;)*) => {
        $(impl Read for $short {
            fn read(value: &mut Value) -> Result<Self> {
                let short = value.$as().and_then(|long| long.try_into().ok());
                short.ok_or_else(|| Unread::expected($what, value))
            }
        })*
    };
}

narrow! {
    u8: as_u64, "a whole number from 0 to 255";
    u16: as_u64, "a whole number from 0 to 65535";
    u32: as_u64, "a whole number from 0 to 4294967295";
    usize: as_u64, "a whole number from 0";
    i32: as_i64, "a whole number from -2147483648 to 2147483647";
}

/// What is written as text.
macro_rules! parsed {
    ($($name:ty, $what:literal;)*) => {
        $(impl Read for $name {
            fn read(value: &mut Value) -> Result<Self> {
                let parsed = value.as_str().and_then(|text| text.parse().ok());
                parsed.ok_or_else(|| Unread::expected($what, value))
            }
        })*
    };
}

parsed! {
    IpAddr, "an IP address";
    Ipv4Addr, "an IPv4 address";
    Ipv6Addr, "an IPv6 address";
}

impl<T: Read> Read for Option<T> {
    fn read(value: &mut Value) -> Result<Self> {
        match value {
            Value::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &mut Value) -> Result<Self> {
        match value {
            Value::Array(list) => {
                let mut all = Self::with_capacity(list.len());
                for value in list {
                    all.push(T::read(value)?);
                }
                Ok(all)
            }
            other => Err(Unread::expected("a list", other)),
        }
    }
}
