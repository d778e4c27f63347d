//! The protocol's types -> JSON, by `derive(Write)` (protocol/derive): the counterpart of [`crate::read`].
//!
//! Each type writes its members one after the other by a few functions that all types share; there is no value in
//! between. What comes out is, byte for byte, what serde_json writes for the same attributes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What can be written as one JSON value.
pub trait Write {
    /// Appends the value.
    fn write(&self, to: &mut Writer);
}

/// What can be written as some of an object's members, beside others.
pub trait WriteFields {
    /// Appends the members, without the braces.
    fn write_fields(&self, to: &mut Writer);
}

/// The JSON of a value, without blanks.
pub fn to_json<T: Write + ?Sized>(value: &T) -> String {
    let mut to = Writer(String::new());
    value.write(&mut to);
    to.0
}

/// A JSON text that grows at its end.
#[derive(Debug)]
pub struct Writer(String);

impl Writer {
    /// A comma, unless it would be the first thing in its brackets. (A string that ends so has a quote behind it.)
    fn comma(&mut self) {
        if !self.0.ends_with(['{', '[']) {
            self.0.push(',');
        }
    }

    /// Begins an object.
    pub fn open(&mut self) {
        self.0.push('{');
    }

    /// Ends an object.
    pub fn close(&mut self) {
        self.0.push('}');
    }

    /// Begins a member: its value has to follow.
    #[inline(never)]
    pub fn member(&mut self, name: &str) {
        self.comma();
        self.string(name);
        self.0.push(':');
    }

    /// A member.
    #[inline(never)]
    pub fn field<T: Write + ?Sized>(&mut self, name: &str, value: &T) {
        self.member(name);
        value.write(self);
    }

    /// A member that is left out when there is none.
    #[inline(never)]
    pub fn field_if_some<T: Write>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// Begins a variant with something in it, `{"delayed":`; that has to follow, and [`Writer::close`].
    #[inline(never)]
    pub fn variant(&mut self, name: &str) {
        self.open();
        self.member(name);
    }

    /// null
    pub fn null(&mut self) {
        self.plain("null");
    }

    /// Text that stands for itself in JSON: a number, a word.
    pub(crate) fn plain(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// A string, in quotes.
    #[inline(never)]
    pub fn string(&mut self, text: &str) {
        self.0.push('"');
        let mut rest = text;
        let special = |b: u8| b < b' ' || b == b'"' || b == b'\\';
        while let Some(at) = rest.bytes().position(special) {
            self.0.push_str(&rest[..at]);
            self.escaped(rest.as_bytes()[at]);
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        self.0.push('"');
    }

    fn escaped(&mut self, byte: u8) {
        self.0.push('\\');
        let short = match byte {
            b'"' | b'\\' => byte,
            8 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            12 => b'f',
            b'\r' => b'r',
            _ => {
                let hex = |digit: u8| char::from(b"0123456789abcdef"[usize::from(digit & 15)]);
                self.0.push_str("u00");
                self.0.push(hex(byte >> 4));
                self.0.push(hex(byte));
                return;
            }
        };
        self.0.push(char::from(short));
    }

    #[inline(never)]
    fn whole(&mut self, n: u64) {
        let mut digits = [0; 20];
        let (mut from, mut left) = (digits.len(), n);
        while left > 0 || from == digits.len() {
            from -= 1;
            digits[from] = b'0' + (left % 10) as u8;
            left /= 10;
        }
        self.0.extend(digits[from..].iter().copied().map(char::from));
    }
}

impl<T: Write + ?Sized> Write for &T {
    fn write(&self, to: &mut Writer) {
        (*self).write(to);
    }
}

impl Write for bool {
    fn write(&self, to: &mut Writer) {
        to.plain(if *self { "true" } else { "false" });
    }
}

impl Write for str {
    fn write(&self, to: &mut Writer) {
        to.string(self);
    }
}

impl Write for String {
    fn write(&self, to: &mut Writer) {
        to.string(self);
    }
}

impl Write for i64 {
    fn write(&self, to: &mut Writer) {
        if *self < 0 {
            to.plain("-");
        }
        to.whole(self.unsigned_abs());
    }
}

/// Integers that are written as a longer one.
macro_rules! integers {
    ($($short:ty => |$n:ident, $to:ident| $write:expr;)*) => {
        $(impl Write for $short {
            fn write(&self, $to: &mut Writer) {
                let $n = *self;
                $write;
            }
        })*
    };
}

integers! {
    u8 => |n, to| to.whole(n.into());
    u16 => |n, to| to.whole(n.into());
    u32 => |n, to| to.whole(n.into());
    u64 => |n, to| to.whole(n);
    usize => |n, to| to.whole(n as u64);
    i32 => |n, to| i64::from(n).write(to);
}

/// What is written as text.
macro_rules! shown {
    ($($name:ty)*) => {
        $(impl Write for $name {
            fn write(&self, to: &mut Writer) {
                to.string(&self.to_string());
            }
        })*
    };
}

shown! { IpAddr Ipv4Addr Ipv6Addr }

impl<T: Write> Write for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => to.null(),
        }
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, to: &mut Writer) {
        to.plain("[");
        for value in self {
            to.comma();
            value.write(to);
        }
        to.plain("]");
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, to: &mut Writer) {
        self.as_slice().write(to);
    }
}
