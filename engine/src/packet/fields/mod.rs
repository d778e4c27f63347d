//! Every field of a packet: where its bytes are, what it is called, what it says and what that means.
//!
//! ```text
//! ip.rs         IPv4, IPv6 and its extension headers
//! transport.rs  TCP with options, UDP
//! icmp.rs       ICMP, ICMPv6, and the packet that an error is about
//! payload.rs    text, HTTP, DNS
//! ```
//!
//! It is asked for one packet at a time, when a learner looks at it: plain code before quick code.

mod icmp;
mod ip;
mod payload;
mod transport;

use super::track::Tracked;
use std::borrow::Cow;
use std::ops::Range;

/// Packets within packets that are opened (an ICMP error holds the one it is about).
const NESTED: u8 = 1;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its bytes in the packet; a field of a few bits has the bytes that they are in.
    pub range: Range<usize>,
    /// Its name in the standard.
    pub name: Cow<'static, str>,
    /// What Wireshark calls it in display filters; empty where it has no one name.
    pub key: &'static str,
    /// What it says.
    pub value: String,
    /// What that means, in plain words.
    pub meaning: Cow<'static, str>,
    /// 0: a header, or the payload; deeper fields are parts of what stands before them.
    pub depth: u8,
}

/// All fields of a packet, in their order. `tracked` (from [`super::Flows`]) adds relative numbers.
pub fn fields(packet: &[u8], tracked: Option<Tracked>) -> Vec<Field> {
    let mut sheet = Sheet {
        packet,
        fields: Vec::new(),
        depth: 0,
        nested: 0,
        tracked,
    };
    sheet.ip(0..packet.len());
    sheet.fields
}

/// The fields so far.
struct Sheet<'a> {
    packet: &'a [u8],
    fields: Vec<Field>,
    depth: u8,
    /// Packets around this one.
    nested: u8,
    tracked: Option<Tracked>,
}

/// What is around a transport header: for its checksum.
struct Around {
    protocol: u8,
    /// Source and destination address, as they stand in the pseudo-header.
    addresses: Range<usize>,
    /// It is a fragment, or its end is missing: the checksum cannot be computed.
    partial: bool,
}

impl<'a> Sheet<'a> {
    fn add(
        &mut self,
        range: Range<usize>,
        key: &'static str,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        meaning: impl Into<Cow<'static, str>>,
    ) {
        self.fields.push(Field {
            range,
            name: name.into(),
            key,
            value: value.into(),
            meaning: meaning.into(),
            depth: self.depth,
        });
    }

    /// A header: what is added inside stands below it. Its range is corrected to where `inside` says that it ends.
    fn header(
        &mut self,
        range: Range<usize>,
        key: &'static str,
        name: &'static str,
        meaning: &'static str,
        inside: impl FnOnce(&mut Self) -> Option<usize>,
    ) -> Option<usize> {
        let place = self.fields.len();
        self.add(range, key, name, "", meaning);
        self.depth += 1;
        let end = inside(self);
        self.depth -= 1;
        match end {
            Some(end) => self.fields[place].range.end = end,
            None => {
                // It was cut short: say so where one looks first.
                self.fields[place].value = "cut short".to_owned();
            }
        }
        end
    }

    /// The value of the header that was added last at this depth.
    fn say(&mut self, place: usize, value: String) {
        self.fields[place].value = value;
    }

    fn bytes(&self, range: Range<usize>) -> Option<&'a [u8]> {
        self.packet.get(range)
    }

    fn u8(&self, at: usize, end: usize) -> Option<u8> {
        self.packet.get(at).copied().filter(|_| at < end)
    }

    fn u16(&self, at: usize, end: usize) -> Option<u16> {
        super::head::u16_at(self.packet.get(..end)?, at)
    }

    fn u32(&self, at: usize, end: usize) -> Option<u32> {
        super::head::u32_at(self.packet.get(..end)?, at)
    }

    /// A checksum: whether it is right, and why it may not be known.
    fn checksum(&mut self, at: usize, key: &'static str, found: u16, right: Option<bool>) {
        let meaning = match right {
            Some(true) => "It is right: what was received is what was sent.",
            Some(false) => "It is wrong: the receiver will throw this away.",
            None => "It cannot be checked: not all of the bytes are in this packet.",
        };
        let value = match right {
            Some(true) => format!("0x{found:04x} [correct]"),
            Some(false) => format!("0x{found:04x} [wrong]"),
            None => format!("0x{found:04x}"),
        };
        self.add(at..at + 2, key, "Checksum", value, meaning);
    }

    /// Is the checksum of these bytes right, with the pseudo-header that belongs to it?
    fn sums_up(&self, around: &Around, range: Range<usize>) -> Option<bool> {
        if around.partial {
            return None;
        }
        let bytes = self.bytes(range)?;
        let pseudo = self.bytes(around.addresses.clone())?;
        let length = u32::try_from(bytes.len()).ok()?;
        let sum = sum(pseudo) + sum(bytes) + u64::from(around.protocol) + u64::from(length);
        Some(fold(sum) == 0xffff)
    }
}

/// The sum of 16-bit words (RFC 1071).
fn sum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks(2).map(|two| match two {
        [a, b] => u64::from(u16::from_be_bytes([*a, *b])),
        [a] => u64::from(*a) << 8,
        _ => 0,
    });
    words.sum()
}

fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // It fits now.
    sum as u16
}
