//! ICMP's (RFC 792) and ICMPv6's (RFC 4443, RFC 4861) types and codes in words.

use super::head::u16_at;
use std::fmt;

/// What a message is.
pub(super) struct Kind {
    /// Its name in the RFC.
    pub(super) name: &'static str,
    /// What it means for a learner.
    pub(super) meaning: &'static str,
    /// What follows its checksum.
    pub(super) then: Then,
}

/// What follows the checksum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Four bytes, then the packet that it is about.
    Original,
    /// An identifier, a sequence number, data.
    Echo,
    /// Something else.
    Other,
}

/// The message of this type.
pub(super) fn kind(six: bool, kind: u8) -> Kind {
    let (name, meaning, then) = match (six, kind) {
        (false, 0) | (true, 129) => ("echo reply", "The answer to an echo request (ping).", Then::Echo),
        (false, 8) | (true, 128) => (
            "echo request",
            "Whoever gets this sends its data back (ping).",
            Then::Echo,
        ),
        (false, 3) | (true, 1) => (
            "destination unreachable",
            "A packet could not be delivered; it stands below.",
            Then::Original,
        ),
        (true, 2) => (
            "packet too big",
            "A packet was larger than the next link takes; it stands below.",
            Then::Original,
        ),
        (false, 5) => ("redirect", "There is a better way to that host.", Then::Original),
        (false, 11) | (true, 3) => (
            "time exceeded",
            "A packet had taken all the hops it may; it stands below.",
            Then::Original,
        ),
        (false, 12) | (true, 4) => (
            "parameter problem",
            "A packet's header could not be understood; it stands below.",
            Then::Original,
        ),
        (true, 130) => (
            "multicast listener query",
            "Who listens to which group?",
            Then::Other,
        ),
        (true, 131) => (
            "multicast listener report",
            "I listen to this group.",
            Then::Other,
        ),
        (true, 133) => ("router solicitation", "Is there a router?", Then::Other),
        (true, 134) => ("router advertisement", "I am a router.", Then::Other),
        (true, 135) => ("neighbor solicitation", "Who has this address?", Then::Other),
        (true, 136) => ("neighbor advertisement", "I have this address.", Then::Other),
        (true, 143) => (
            "multicast listener report v2",
            "I listen to these groups.",
            Then::Other,
        ),
        _ => ("", "A message of another kind.", Then::Other),
    };
    Kind { name, meaning, then }
}

/// What the code of an error says.
pub(super) fn code(six: bool, kind: u8, code: u8) -> Option<&'static str> {
    Some(match (six, kind, code) {
        (false, 3, 0) => "network unreachable",
        (false, 3, 1) => "host unreachable",
        (false, 3, 2) => "protocol unreachable",
        (false, 3, 3) | (true, 1, 4) => "port unreachable",
        (false, 3, 4) => "fragmentation needed",
        (false, 3, 9 | 10 | 13) | (true, 1, 1) => "administratively prohibited",
        (true, 1, 0) => "no route to destination",
        (true, 1, 3) => "address unreachable",
        (false, 11, 0) | (true, 3, 0) => "hop limit exceeded in transit",
        (false, 11, 1) | (true, 3, 1) => "fragment reassembly time exceeded",
        _ => return None,
    })
}

/// `echo request id 7 seq 1`, `destination unreachable: port unreachable`.
pub(super) fn summary(f: &mut fmt::Formatter<'_>, six: bool, k: u8, c: u8, rest: &[u8]) -> fmt::Result {
    let what = kind(six, k);
    if what.name.is_empty() {
        return write!(f, "type {k} code {c}");
    }
    f.write_str(what.name)?;
    if what.then == Then::Echo
        && let (Some(id), Some(seq)) = (u16_at(rest, 0), u16_at(rest, 2))
    {
        return write!(f, " id {id} seq {seq}");
    }
    match code(six, k, c) {
        Some(text) => write!(f, ": {text}"),
        None if what.then == Then::Original => write!(f, ", code {c}"),
        None => Ok(()),
    }
}
