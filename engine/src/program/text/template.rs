//! `str.format` taken apart: `'{0!r:>{1}} {a.b[c]} {{'` becomes a list of pieces, which the VM evaluates from left to right.
//!
//! CPython finds faults of the template while it formats, after the fields before them are done: `'{x} }'` raises KeyError
//! if there is no x. So a fault does not stop the parse; it stands at the end of the list and is raised when its turn comes.

use super::{Result, TextError, unicode};

/// Pieces, and the fault after the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// In order.
    pub pieces: Vec<Piece>,
    /// To raise after the pieces.
    pub fault: Option<TextError>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands.
    Literal(String),
    /// `{...}`.
    Field(Field),
}

/// `{first.accessors!conversion:spec}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which argument.
    pub first: First,
    /// What of it.
    pub accessors: Vec<Accessor>,
    /// To raise after the accessors.
    pub fault: Option<TextError>,
    /// `!r`: the letter, checked by [`Field::conversion`].
    pub conversion: Option<char>,
    /// The format spec.
    pub spec: Spec,
}

/// An argument's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// `{}`: the next one, see [`Numbering`].
    Auto,
    /// `{0}`.
    Index(usize),
    /// `{name}`.
    Name(String),
}

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accessor {
    /// `.name`
    Attribute(String),
    /// `[7]`
    Index(usize),
    /// `[key]`
    Key(String),
}

/// A field's format spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// Without fields of its own.
    Plain(String),
    /// With fields: evaluate this template to get the spec.
    Nested(Template),
}

/// What `!r` does to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `!r`
    Repr,
    /// `!s`
    Str,
    /// `!a`
    Ascii,
}

impl Field {
    /// The conversion, checked when its turn comes: after the value was found.
    ///
    /// # Errors
    /// ValueError for an unknown letter.
    pub fn conversion(&self) -> Result<Option<Conversion>> {
        match self.conversion {
            None => Ok(None),
            Some('r') => Ok(Some(Conversion::Repr)),
            Some('s') => Ok(Some(Conversion::Str)),
            Some('a') => Ok(Some(Conversion::Ascii)),
            Some(c @ '!'..='~') => Err(TextError::value(format!("Unknown conversion specifier {c}"))),
            Some(c) => Err(TextError::value(format!(
                "Unknown conversion specifier \\x{:x}",
                c as u32
            ))),
        }
    }
}

/// Counts `{}` fields while a template is evaluated; nested specs count on with the same numbering.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbering {
    manual: Option<bool>,
    next: usize,
}

impl Numbering {
    /// The position of an argument that is not named; `None` for a named one.
    ///
    /// # Errors
    /// ValueError if `{}` and `{0}` are mixed.
    pub fn position(&mut self, first: &First) -> Result<Option<usize>> {
        let manual = match first {
            First::Name(_) => return Ok(None),
            First::Auto => false,
            First::Index(_) => true,
        };
        match (*self.manual.get_or_insert(manual), manual) {
            (true, false) => Err(TextError::value(
                "cannot switch from manual field specification to automatic field numbering",
            )),
            (false, true) => Err(TextError::value(
                "cannot switch from automatic field numbering to manual field specification",
            )),
            _ => Ok(Some(match first {
                First::Index(i) => *i,
                _ => {
                    self.next += 1;
                    self.next - 1
                }
            })),
        }
    }
}

/// Takes a template apart.
#[must_use]
pub fn parse(template: &str) -> Template {
    parse_nested(template, 2)
}

fn parse_nested(template: &str, depth: usize) -> Template {
    let mut out = Template::default();
    if depth == 0 {
        out.fault = Some(TextError::value("Max string recursion exceeded"));
        return out;
    }
    let mut rest = template;
    while let Some(brace) = rest.find(['{', '}']) {
        let open = rest.as_bytes()[brace] == b'{';
        let after = &rest[brace + 1..];
        if after.starts_with(if open { '{' } else { '}' }) {
            push_literal(&mut out, &rest[..=brace]);
            rest = &after[1..];
            continue;
        }
        if !open {
            out.fault = Some(TextError::value("Single '}' encountered in format string"));
            return out;
        }
        if after.is_empty() {
            out.fault = Some(TextError::value("Single '{' encountered in format string"));
            return out;
        }
        push_literal(&mut out, &rest[..brace]);
        match field(after, depth) {
            Ok((field, length)) => {
                out.pieces.push(Piece::Field(field));
                rest = &after[length..];
            }
            Err(fault) => {
                out.fault = Some(fault);
                return out;
            }
        }
    }
    push_literal(&mut out, rest);
    out
}

fn push_literal(out: &mut Template, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Literal(last)) = out.pieces.last_mut() {
        last.push_str(text);
    } else {
        out.pieces.push(Piece::Literal(text.to_owned()));
    }
}

/// Parses what follows `{`; gives the field and its length with the closing brace.
fn field(text: &str, depth: usize) -> Result<(Field, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let stop = loop {
        match bytes.get(at) {
            None => break None,
            Some(b'{') => return Err(TextError::value("unexpected '{' in field name")),
            Some(b'[') => {
                at += 1;
                while bytes.get(at).is_some_and(|b| *b != b']') {
                    at += 1;
                }
            }
            Some(c @ (b'}' | b':' | b'!')) => break Some(*c),
            Some(_) => at += 1,
        }
    };
    let name = &text[..at.min(text.len())];
    let finish = |conversion, spec, length| {
        let (first, accessors, fault) = field_name(name)?;
        Ok((
            Field {
                first,
                accessors,
                fault,
                conversion,
                spec,
            },
            length,
        ))
    };
    let plain = || Spec::Plain(String::new());
    at += 1;
    match stop {
        None => return Err(TextError::value("expected '}' before end of string")),
        Some(b'}') => return finish(None, plain(), at),
        _ => {}
    }
    let mut conversion = None;
    if stop == Some(b'!') {
        let Some(c) = text[at..].chars().next() else {
            return Err(TextError::value(
                "end of string while looking for conversion specifier",
            ));
        };
        conversion = Some(c);
        at += c.len_utf8();
        match bytes.get(at) {
            Some(b'}') => return finish(conversion, plain(), at + 1),
            Some(b':') => at += 1,
            Some(_) => return Err(TextError::value("expected ':' after conversion specifier")),
            None => {}
        }
    }
    let start = at;
    let (mut open, mut nested) = (1, false);
    while let Some(b) = bytes.get(at) {
        at += 1;
        match b {
            b'{' => {
                nested = true;
                open += 1;
            }
            b'}' => {
                open -= 1;
                if open == 0 {
                    let spec = &text[start..at - 1];
                    let spec = if nested {
                        Spec::Nested(parse_nested(spec, depth - 1))
                    } else {
                        Spec::Plain(spec.to_owned())
                    };
                    return finish(conversion, spec, at);
                }
            }
            _ => {}
        }
    }
    Err(TextError::value("unmatched '{' in format spec"))
}

type Name = (First, Vec<Accessor>, Option<TextError>);

/// `a.b[c]` taken apart.
fn field_name(name: &str) -> Result<Name> {
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (head, mut rest) = name.split_at(end);
    let first = match decimal_index(head)? {
        _ if head.is_empty() => First::Auto,
        Some(i) => First::Index(i),
        None => First::Name(head.to_owned()),
    };
    let mut accessors = Vec::new();
    let fault = loop {
        let Some(mark) = rest.chars().next() else {
            break None;
        };
        let body = &rest[mark.len_utf8()..];
        let accessor = match mark {
            '.' => {
                let end = body.find(['.', '[']).unwrap_or(body.len());
                rest = &body[end..];
                Accessor::Attribute(body[..end].to_owned())
            }
            '[' => {
                let Some(end) = body.find(']') else {
                    break Some(TextError::value("Missing ']' in format string"));
                };
                rest = &body[end + 1..];
                match decimal_index(&body[..end]) {
                    Ok(Some(i)) => Accessor::Index(i),
                    Ok(None) => Accessor::Key(body[..end].to_owned()),
                    Err(fault) => break Some(fault),
                }
            }
            _ => {
                break Some(TextError::value(
                    "Only '.' or '[' may follow ']' in format field specifier",
                ));
            }
        };
        if matches!(&accessor, Accessor::Attribute(s) | Accessor::Key(s) if s.is_empty()) {
            break Some(TextError::value("Empty attribute in format string"));
        }
        accessors.push(accessor);
    };
    Ok((first, accessors, fault))
}

/// The number, if the text is all decimal digits (of any script).
fn decimal_index(text: &str) -> Result<Option<usize>> {
    let mut value: u64 = 0;
    for c in text.chars() {
        let Some(digit) = unicode::decimal(c) else {
            return Ok(None);
        };
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(u64::from(digit)))
            .filter(|v| i64::try_from(*v).is_ok())
            .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
    }
    if text.is_empty() {
        return Ok(None);
    }
    // An index beyond the machine's word is out of range of any sequence.
    Ok(Some(usize::try_from(value).unwrap_or(usize::MAX)))
}
