//! Text -> [`Value`].
//!
//! Numbers without point and exponent that fit are integers, all others floats, correctly rounded; a float that is too
//! large is refused. So are half surrogate pairs, for which there is no character.

use super::{Members, Value};
use crate::read::Unread;

/// How many lists and objects may lie in each other.
pub const DEEPEST: usize = 127;

/// Parses a whole text.
///
/// # Errors
/// What is expected, and where.
pub fn parse(text: &[u8]) -> Result<Value, Unread> {
    let mut parser = Parser::new(text)?;
    let value = parser.value()?;
    parser.end()?;
    Ok(value)
}

/// Where a text has been parsed to. For texts that are too large to lie in memory as one value.
#[derive(Debug)]
pub(crate) struct Parser<'a> {
    text: &'a str,
    /// Always between two characters.
    at: usize,
}

type Parsed<T> = Result<T, &'static str>;

const VALUE: &str = "a value is expected";
const CUT_OFF: &str = "the text is cut off";
const NUMBER: &str = "a digit is expected";
const ESCAPE: &str = "a backslash with nothing that it could mean";

impl<'a> Parser<'a> {
    /// At the beginning.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub(crate) fn new(text: &'a [u8]) -> Result<Self, Unread> {
        let text = std::str::from_utf8(text).map_err(|_| Unread::new("not JSON: it is not UTF-8"))?;
        Ok(Self { text, at: 0 })
    }

    /// The next value, whole.
    ///
    /// # Errors
    /// What is expected, and where.
    pub(crate) fn value(&mut self) -> Result<Value, Unread> {
        self.any(DEEPEST).map_err(|what| self.not_json(what))
    }

    /// The members of an object, one by one: `each` parses the value.
    ///
    /// # Errors
    /// What is expected, and where; what `each` says.
    pub(crate) fn members(
        &mut self,
        mut each: impl FnMut(String, &mut Self) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let mut more = self.begin(b'{', b'}').map_err(|what| self.not_json(what))?;
        while more {
            let name = self.name().map_err(|what| self.not_json(what))?;
            each(name, self)?;
            more = self.goes_on(b'}').map_err(|what| self.not_json(what))?;
        }
        Ok(())
    }

    /// The elements of a list, one by one.
    ///
    /// # Errors
    /// What is expected, and where.
    pub(crate) fn elements(&mut self, mut each: impl FnMut(Value)) -> Result<(), Unread> {
        let mut more = self.begin(b'[', b']').map_err(|what| self.not_json(what))?;
        while more {
            each(self.value()?);
            more = self.goes_on(b']').map_err(|what| self.not_json(what))?;
        }
        Ok(())
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// Something follows.
    pub(crate) fn end(&mut self) -> Result<(), Unread> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.not_json("the text should end")),
        }
    }

    #[cold]
    fn not_json(&self, what: &str) -> Unread {
        let before = &self.text[..self.at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let place = [line.to_string(), ", column ".to_owned(), column.to_string()].concat();
        Unread::new(&["not JSON: ", what, " at line ", &place].concat())
    }

    /// The next byte, without going over it.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte behind blanks, without going over it.
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    /// Goes over this byte if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Into a list or an object. Does anything stand in it?
    fn begin(&mut self, open: u8, close: u8) -> Parsed<bool> {
        self.next();
        if !self.take(open) {
            return Err(match open {
                b'{' => "an object is expected",
                _ => "a list is expected",
            });
        }
        self.next();
        Ok(!self.take(close))
    }

    /// Behind something in a list or an object. Does anything follow?
    fn goes_on(&mut self, close: u8) -> Parsed<bool> {
        let next = self.next();
        if self.take(close) {
            return Ok(false);
        }
        if self.take(b',') {
            return Ok(true);
        }
        Err(match (next, close) {
            (None, _) => CUT_OFF,
            (_, b'}') => "a comma or } is expected",
            _ => "a comma or ] is expected",
        })
    }

    /// A member's name and the colon.
    fn name(&mut self) -> Parsed<String> {
        if self.next() != Some(b'"') {
            return Err("a name in quotes is expected");
        }
        let name = self.string()?;
        self.next();
        if !self.take(b':') {
            return Err("a colon is expected");
        }
        Ok(name)
    }

    fn any(&mut self, deep: usize) -> Parsed<Value> {
        match self.next() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'[' | b'{') if deep == 0 => Err("too many brackets lie in each other"),
            Some(b'[') => {
                let mut list = Vec::new();
                let mut more = self.begin(b'[', b']')?;
                while more {
                    list.push(self.any(deep - 1)?);
                    more = self.goes_on(b']')?;
                }
                Ok(Value::Array(list))
            }
            Some(b'{') => {
                let mut members = Members::new();
                let mut more = self.begin(b'{', b'}')?;
                while more {
                    let name = self.name()?;
                    members.push((name, self.any(deep - 1)?));
                    more = self.goes_on(b'}')?;
                }
                Ok(Value::Object(members))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
            None => Err(CUT_OFF),
        }
    }

    fn word(&mut self) -> Parsed<Value> {
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
        ] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(VALUE)
    }

    fn digits(&mut self) -> Parsed<()> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == from { Err(NUMBER) } else { Ok(()) }
    }

    fn number(&mut self) -> Parsed<Value> {
        let from = self.at;
        let negative = self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let whole = self.at;
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = &self.text[from..self.at];
        if self.at == whole {
            if !negative && let Ok(n) = text.parse() {
                return Ok(Value::Whole(n));
            }
            // -0 is a float: no integer has that sign.
            if let Some(n) = text.parse().ok().filter(|n| *n < 0) {
                return Ok(Value::Negative(n));
            }
        }
        let x = super::nearest(text).unwrap_or(f64::INFINITY);
        if !x.is_finite() {
            return Err("a number is too large");
        }
        Ok(Value::Float(x))
    }

    /// From the quote to the quote.
    fn string(&mut self) -> Parsed<String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            let special = |b: u8| b < b' ' || b == b'"' || b == b'\\';
            let Some(plain) = rest.bytes().position(special) else {
                self.at = self.text.len();
                return Err(CUT_OFF);
            };
            string.push_str(&rest[..plain]);
            self.at += plain;
            if self.take(b'"') {
                return Ok(string);
            }
            if !self.take(b'\\') {
                return Err("a control character in a string");
            }
            string.push(self.escaped()?);
        }
    }

    /// Behind a backslash.
    fn escaped(&mut self) -> Parsed<char> {
        const SHORT: [(u8, char); 8] = [
            (b'"', '"'),
            (b'\\', '\\'),
            (b'/', '/'),
            (b'b', '\u{8}'),
            (b'f', '\u{c}'),
            (b'n', '\n'),
            (b'r', '\r'),
            (b't', '\t'),
        ];
        for (byte, meant) in SHORT {
            if self.take(byte) {
                return Ok(meant);
            }
        }
        let mut unit = self.unit()?;
        if (0xd800..0xdc00).contains(&unit) && self.take(b'\\') {
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(unit).ok_or("half a surrogate pair in a string")
    }

    /// `u00e9`
    fn unit(&mut self) -> Parsed<u32> {
        if !self.take(b'u') {
            return Err(ESCAPE);
        }
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self
                .peek()
                .and_then(|b| char::from(b).to_digit(16))
                .ok_or(ESCAPE)?;
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
