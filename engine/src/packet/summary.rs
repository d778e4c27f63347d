//! A packet in one line: `SYN seq 0 win 64240`, `PSH-ACK seq 1 ack 1, 5 bytes "hello"`.
//!
//! It is written for every packet that crosses a wire, so it makes no more than the one string it writes to.

use super::head::{Head, Tcp, Transport, flag, protocol_number};
use super::track::{Flows, Notes, Tracked};
use super::{dns, icmp};
use std::fmt::{self, Write as _};

/// How much of a payload a line shows, bytes.
const SHOWN: usize = 24;

/// A packet, ready to be written in one line (`to_string`, or `write!` to a string that is there already).
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// Its headers; `None`: it is no IP packet.
    pub head: Option<Head<'a>>,
    /// What its conversation adds, for TCP.
    pub tracked: Option<Tracked>,
    /// Its length, bytes.
    pub length: usize,
}

impl<'a> Summary<'a> {
    /// A packet by itself: with absolute sequence numbers.
    pub fn alone(packet: &'a [u8]) -> Self {
        Self {
            head: Head::parse(packet),
            tracked: None,
            length: packet.len(),
        }
    }

    /// A packet with what was found when its conversation was followed.
    pub fn known(packet: &'a [u8], tracked: Option<Tracked>) -> Self {
        Self {
            tracked,
            ..Self::alone(packet)
        }
    }

    /// What the segment is beside what its flags say.
    pub fn notes(&self) -> Notes {
        self.tracked.map(|t| t.notes).unwrap_or_default()
    }
}

impl Flows {
    /// Follows a packet and says what it is; `at` is when it was sent, nanoseconds of any clock.
    pub fn summary<'a>(&mut self, at: u64, packet: &'a [u8]) -> Summary<'a> {
        let head = Head::parse(packet);
        Summary {
            tracked: head.as_ref().and_then(|head| self.track(at, head)),
            head,
            length: packet.len(),
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(head) = &self.head else {
            f.write_str("not an IP packet, ")?;
            return bytes(f, self.length);
        };
        match &head.transport {
            Transport::Tcp(tcp) => self.tcp(f, tcp)?,
            Transport::Udp(udp) => {
                f.write_str("UDP ")?;
                payload(f, udp.payload)?;
                if udp.source == dns::PORT || udp.target == dns::PORT {
                    dns::summary(f, udp.payload)?;
                }
            }
            Transport::Icmp { kind, code, rest } => {
                let six = head.protocol == protocol_number::ICMPV6;
                f.write_str(if six { "ICMPv6 " } else { "ICMP " })?;
                icmp::summary(f, six, *kind, *code, rest)?;
            }
            Transport::Other => {
                match protocol_name(head.protocol) {
                    Some(name) => f.write_str(name)?,
                    None => write!(f, "protocol {}", head.protocol)?,
                }
                f.write_str(", ")?;
                bytes(f, head.inside.len())?;
            }
        }
        if let Some(fragment) = head.fragment {
            let last = if fragment.more { "" } else { ", the last" };
            write!(f, " (fragment at byte {}{last})", fragment.offset)?;
        }
        Ok(())
    }
}

impl Summary<'_> {
    fn tcp(&self, f: &mut fmt::Formatter<'_>, tcp: &Tcp<'_>) -> fmt::Result {
        flags(f, tcp.flags)?;
        let (base, back) = self.tracked.map_or((0, 0), |t| (t.base, t.back));
        f.write_str(" seq ")?;
        number(f, tcp.seq.wrapping_sub(base))?;
        if tcp.has(flag::ACK) {
            f.write_str(" ack ")?;
            number(f, tcp.ack.wrapping_sub(back))?;
        }
        let notes = self.notes();
        if tcp.has(flag::SYN) || notes.has(Notes::ZERO_WINDOW) || notes.has(Notes::WINDOW_UPDATE) {
            f.write_str(" win ")?;
            number(f, self.tracked.map_or(u32::from(tcp.window), |t| t.window(tcp)))?;
        }
        if !tcp.payload.is_empty() {
            f.write_str(", ")?;
            payload(f, tcp.payload)?;
        }
        if !notes.is_empty() {
            let mut sep = " (";
            for text in notes.texts() {
                f.write_str(sep)?;
                f.write_str(text)?;
                sep = ", ";
            }
            if let Some(duplicate) = self.tracked.map(|t| t.duplicate).filter(|n| *n > 0) {
                f.write_str(" #")?;
                number(f, duplicate.into())?;
            }
            f.write_char(')')?;
        }
        Ok(())
    }
}

/// `PSH-ACK`; the flag that matters most first.
pub(super) fn flags(f: &mut impl fmt::Write, flags: u8) -> fmt::Result {
    // The usual ones at once.
    let usual = match flags {
        flag::ACK => "ACK",
        0x18 => "PSH-ACK",
        flag::SYN => "SYN",
        0x12 => "SYN-ACK",
        0x11 => "FIN-ACK",
        0x19 => "FIN-PSH-ACK",
        flag::RST => "RST",
        0x14 => "RST-ACK",
        0 => "no flags",
        _ => "",
    };
    if !usual.is_empty() {
        return f.write_str(usual);
    }
    let mut sep = "";
    for (bit, name) in [
        (flag::SYN, "SYN"),
        (flag::FIN, "FIN"),
        (flag::RST, "RST"),
        (flag::PSH, "PSH"),
        (flag::ACK, "ACK"),
        (flag::URG, "URG"),
        (flag::ECE, "ECE"),
        (flag::CWR, "CWR"),
    ] {
        if flags & bit != 0 {
            f.write_str(sep)?;
            f.write_str(name)?;
            sep = "-";
        }
    }
    Ok(())
}

/// A number: much quicker than the formatting machinery.
fn number(f: &mut fmt::Formatter<'_>, mut n: u32) -> fmt::Result {
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    loop {
        at -= 1;
        // A digit.
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    f.write_str(std::str::from_utf8(&digits[at..]).unwrap_or_default())
}

fn bytes(f: &mut fmt::Formatter<'_>, n: usize) -> fmt::Result {
    number(f, u32::try_from(n).unwrap_or(u32::MAX))?;
    f.write_str(if n == 1 { " byte" } else { " bytes" })
}

/// `5 bytes "hello"`; what is no text as it would stand in a Python bytes literal.
fn payload(f: &mut fmt::Formatter<'_>, all: &[u8]) -> fmt::Result {
    bytes(f, all.len())?;
    if all.is_empty() {
        return Ok(());
    }
    let shown = &all[..all.len().min(SHOWN)];
    f.write_str(" \"")?;
    quoted(f, shown)?;
    f.write_str(if shown.len() < all.len() { "…\"" } else { "\"" })
}

/// Text as it is, the rest escaped; a character that is cut at the end is left out.
pub(super) fn quoted(f: &mut impl fmt::Write, mut shown: &[u8]) -> fmt::Result {
    let plain = |c: char| (c == ' ' || !c.is_whitespace()) && !c.is_control() && c != '"' && c != '\\';
    while !shown.is_empty() {
        let (text, bad) = match std::str::from_utf8(shown) {
            Ok(text) => (text, 0),
            Err(e) => {
                let text = std::str::from_utf8(&shown[..e.valid_up_to()]).unwrap_or_default();
                match e.error_len() {
                    Some(n) => (text, n),
                    None if text.is_empty() => (text, shown.len()),
                    // Cut within a character.
                    None => (text, 0),
                }
            }
        };
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|c| !plain(c)).unwrap_or(rest.len());
            f.write_str(&rest[..end])?;
            let mut chars = rest[end..].chars();
            match chars.next() {
                Some(c) if c.is_ascii() => write!(f, "{}", (c as u8).escape_ascii())?,
                Some(c) => f.write_char(c)?,
                None => {}
            }
            rest = chars.as_str();
        }
        let from = text.len();
        for byte in &shown[from..from + bad] {
            write!(f, "\\x{byte:02x}")?;
        }
        if bad == 0 {
            break;
        }
        shown = &shown[from + bad..];
    }
    Ok(())
}

/// What the protocol with this number is called.
pub(super) fn protocol_name(number: u8) -> Option<&'static str> {
    Some(match number {
        protocol_number::ICMP => "ICMP",
        2 => "IGMP",
        protocol_number::TCP => "TCP",
        protocol_number::UDP => "UDP",
        protocol_number::ICMPV6 => "ICMPv6",
        0 => "IPv6 hop-by-hop options",
        43 => "IPv6 routing",
        44 => "IPv6 fragment",
        59 => "IPv6 without anything inside",
        60 => "IPv6 destination options",
        _ => return None,
    })
}
