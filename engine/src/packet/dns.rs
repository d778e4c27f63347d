//! DNS messages (RFC 1035): as much as a learner's own client and server say.
//!
//! Names may be compressed by pointers; a message that points in circles is read as far as [`JUMPS`] allows.

use super::head::{u16_at, u32_at};
use std::fmt::{self, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The port of DNS.
pub(super) const PORT: u16 = 53;
/// Pointers followed in one name.
const JUMPS: usize = 16;
/// Records read of one message.
const RECORDS: usize = 64;

/// The head of a message.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    bytes: &'a [u8],
    /// Its number.
    pub(super) id: u16,
    /// The flags' two bytes.
    pub(super) flags: u16,
    /// Questions, answers, authorities, additional records.
    pub(super) counts: [u16; 4],
}

/// A question or a record.
pub(super) struct Record {
    /// Where it stands in the message.
    pub(super) range: Range<usize>,
    /// Its name.
    pub(super) name: String,
    /// Its type.
    pub(super) kind: u16,
    /// For records: the time to live, and the content in words.
    pub(super) content: Option<(u32, String)>,
}

impl<'a> Message<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut counts = [0; 4];
        for (n, count) in counts.iter_mut().enumerate() {
            *count = u16_at(bytes, 4 + 2 * n)?;
        }
        Some(Self {
            bytes,
            id: u16_at(bytes, 0)?,
            flags: u16_at(bytes, 2)?,
            counts,
        })
    }

    pub(super) const fn is_answer(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    /// Questions and records in order, with their section (0: questions).
    pub(super) fn records(&self) -> Vec<(usize, Record)> {
        let mut all = Vec::new();
        let mut at = 12;
        for (section, count) in self.counts.iter().enumerate() {
            for _ in 0..*count {
                let Some(record) = self.record(at, section == 0).filter(|_| all.len() < RECORDS) else {
                    return all;
                };
                at = record.range.end;
                all.push((section, record));
            }
        }
        all
    }

    fn record(&self, start: usize, question: bool) -> Option<Record> {
        let (name, at) = self.name(start)?;
        let kind = u16_at(self.bytes, at)?;
        u16_at(self.bytes, at + 2)?;
        if question {
            return Some(Record {
                range: start..at + 4,
                name,
                kind,
                content: None,
            });
        }
        let ttl = u32_at(self.bytes, at + 4)?;
        let end = at + 10 + usize::from(u16_at(self.bytes, at + 8)?);
        let data = self.bytes.get(at + 10..end)?;
        let content = match (kind, data) {
            (1, [a, b, c, d]) => Ipv4Addr::new(*a, *b, *c, *d).to_string(),
            (28, data) if data.len() == 16 => {
                let bytes: [u8; 16] = data.try_into().ok()?;
                Ipv6Addr::from(bytes).to_string()
            }
            (2 | 5 | 12, _) => self.name(at + 10)?.0,
            (15, _) => format!("{} {}", u16_at(data, 0)?, self.name(at + 12)?.0),
            (16, [n, text @ ..]) => text[..text.len().min(usize::from(*n))].escape_ascii().to_string(),
            _ => format!("{} bytes", data.len()),
        };
        Some(Record {
            range: start..end,
            name,
            kind,
            content: Some((ttl, content)),
        })
    }

    /// The name at this place, and where what follows it stands.
    fn name(&self, start: usize) -> Option<(String, usize)> {
        let (mut name, mut at, mut end) = (String::new(), start, None);
        for _ in 0..=JUMPS {
            loop {
                let length = usize::from(*self.bytes.get(at)?);
                if length >= 0xc0 {
                    let to = usize::from(u16_at(self.bytes, at)? & 0x3fff);
                    end.get_or_insert(at + 2);
                    at = to;
                    break;
                }
                if length == 0 {
                    let name = if name.is_empty() { ".".to_owned() } else { name };
                    return Some((name, end.unwrap_or(at + 1)));
                }
                if !name.is_empty() {
                    name.push('.');
                }
                let label = self.bytes.get(at + 1..at + 1 + length)?;
                // RFC 1035 2.3.4: a name has at most 255 bytes.
                if name.len() + length > 255 {
                    return None;
                }
                let _ = write!(name, "{}", label.escape_ascii());
                at += 1 + length;
            }
        }
        None
    }
}

/// What a record's type is called.
pub(super) fn kind_name(kind: u16) -> String {
    match kind {
        1 => "A".to_owned(),
        2 => "NS".to_owned(),
        5 => "CNAME".to_owned(),
        6 => "SOA".to_owned(),
        12 => "PTR".to_owned(),
        15 => "MX".to_owned(),
        16 => "TXT".to_owned(),
        28 => "AAAA".to_owned(),
        33 => "SRV".to_owned(),
        41 => "OPT".to_owned(),
        255 => "ANY".to_owned(),
        n => format!("TYPE{n}"),
    }
}

/// What an answer's code says.
pub(super) const fn code_text(flags: u16) -> &'static str {
    match flags & 15 {
        0 => "no error",
        1 => "format error",
        2 => "server failure",
        3 => "no such name",
        4 => "not implemented",
        5 => "refused",
        _ => "another error",
    }
}

/// `, DNS query A example.org`; nothing if it is none.
pub(super) fn summary(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let Some(message) = Message::parse(bytes) else {
        return Ok(());
    };
    let records = message.records();
    let Some((0, question)) = records.first() else {
        return Ok(());
    };
    let what = if message.is_answer() { "answer" } else { "query" };
    write!(f, ", DNS {what} {} {}", kind_name(question.kind), question.name)?;
    if message.is_answer() {
        let first = records.iter().find_map(|(_, r)| r.content.as_ref());
        match first {
            Some((_, content)) => write!(f, ": {content}")?,
            None => write!(f, ": {}", code_text(message.flags))?,
        }
    }
    Ok(())
}
