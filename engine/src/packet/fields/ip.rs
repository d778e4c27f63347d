//! IPv4 (RFC 791) and IPv6 (RFC 8200).

use super::{Around, Sheet, fold, sum};
use crate::packet::head::{extension, protocol_number};
use crate::packet::summary::protocol_name;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

impl Sheet<'_> {
    /// An IP packet, and everything inside it.
    pub(super) fn ip(&mut self, range: Range<usize>) {
        match self.u8(range.start, range.end).map(|b| b >> 4) {
            Some(4) => self.ipv4(range),
            Some(6) => self.ipv6(range),
            _ => self.add(
                range,
                "",
                "Unknown",
                "not an IP packet",
                "The first four bits of an IP packet are 4 or 6.",
            ),
        }
    }

    fn ipv4(&mut self, range: Range<usize>) {
        let start = range.start;
        let place = self.fields.len();
        let mut inside = None;
        let end = self.header(
            range.clone(),
            "ip",
            "Internet Protocol Version 4",
            "It brings the packet from host to host.",
            |sheet| {
                let (header, around, next) = sheet.ipv4_fields(range.clone())?;
                inside = Some((around, next));
                Some(header)
            },
        );
        let (Some(header), Some((around, next))) = (end, inside) else {
            return;
        };
        if let Some((source, target)) = self.v4(start + 12).zip(self.v4(start + 16)) {
            self.say(place, format!("{source} → {target}"));
        }
        self.inside(around, header..next);
    }

    fn v4(&self, at: usize) -> Option<Ipv4Addr> {
        let bytes: [u8; 4] = self.bytes(at..at + 4)?.try_into().ok()?;
        Some(bytes.into())
    }

    fn ipv4_fields(&mut self, range: Range<usize>) -> Option<(usize, Around, usize)> {
        let (s, e) = (range.start, range.end);
        let first = self.u8(s, e)?;
        let header = usize::from(first & 15) * 4;
        self.add(s..s + 1, "ip.version", "Version", "4", "IPv4.");
        self.add(
            s..s + 1,
            "ip.hdr_len",
            "Header Length",
            format!("{header}"),
            "Bytes of this header; it counts in words of four bytes. 20 is a header without options.",
        );
        let service = self.u8(s + 1, e)?;
        self.service(s + 1..s + 2, "ip.dsfield.dscp", "ip.dsfield.ecn", service);
        let total = self.u16(s + 2, e)?;
        self.add(
            s + 2..s + 4,
            "ip.len",
            "Total Length",
            total.to_string(),
            "Bytes of the whole packet, this header included.",
        );
        let id = self.u16(s + 4, e)?;
        self.add(
            s + 4..s + 6,
            "ip.id",
            "Identification",
            format!("0x{id:04x}"),
            "The pieces of one fragmented packet have the same.",
        );
        let word = self.u16(s + 6, e)?;
        let (dont, more, offset) = (word & 0x4000 != 0, word & 0x2000 != 0, word & 0x1fff);
        let meaning = match dont {
            true => "Set: no router may cut this packet into fragments.",
            false => "Not set: a router may cut this packet into fragments.",
        };
        self.add(s + 6..s + 7, "ip.flags.df", "Don't Fragment", bit(dont), meaning);
        let meaning = match more {
            true => "Set: more fragments follow.",
            false => "Not set: nothing of this packet follows.",
        };
        self.add(s + 6..s + 7, "ip.flags.mf", "More Fragments", bit(more), meaning);
        self.add(
            s + 6..s + 8,
            "ip.frag_offset",
            "Fragment Offset",
            offset.to_string(),
            format!(
                "This fragment begins at byte {} of the whole packet; it counts in steps of 8.",
                u32::from(offset) * 8
            ),
        );
        let ttl = self.u8(s + 8, e)?;
        self.add(
            s + 8..s + 9,
            "ip.ttl",
            "Time to Live",
            ttl.to_string(),
            "Every router takes one off; at 0 the packet is thrown away, so none goes in circles for ever.",
        );
        let protocol = self.u8(s + 9, e)?;
        self.protocol(s + 9, "ip.proto", "Protocol", protocol);
        let checksum = self.u16(s + 10, e)?;
        let right = self
            .bytes(s..(s + header).min(e))
            .filter(|b| b.len() == header && header >= 20)
            .map(|b| fold(sum(b)) == 0xffff);
        self.checksum(s + 10, "ip.checksum", checksum, right);
        self.bytes(s..s + 20).filter(|_| s + 20 <= e)?;
        let source = self.v4(s + 12)?;
        self.add(
            s + 12..s + 16,
            "ip.src",
            "Source Address",
            source.to_string(),
            "Who sends it.",
        );
        let target = self.v4(s + 16)?;
        self.add(
            s + 16..s + 20,
            "ip.dst",
            "Destination Address",
            target.to_string(),
            "Where it goes.",
        );
        if header < 20 || s + header > e {
            return None;
        }
        if header > 20 {
            self.add(
                s + 20..s + header,
                "",
                "Options",
                format!("{} bytes", header - 20),
                "Rarely used; many routers drop packets that have them.",
            );
        }
        let stated = s + usize::from(total).max(header);
        let around = Around {
            protocol,
            addresses: s + 12..s + 20,
            partial: more || offset > 0 || stated > e,
        };
        if offset > 0 {
            self.fragment_rest(s + header..stated.min(e));
            return Some((
                s + header,
                Around {
                    protocol: NOTHING,
                    ..around
                },
                s + header,
            ));
        }
        Some((s + header, around, stated.min(e)))
    }

    fn ipv6(&mut self, range: Range<usize>) {
        let (s, e) = (range.start, range.end);
        let place = self.fields.len();
        let fixed = self.header(
            range.clone(),
            "ipv6",
            "Internet Protocol Version 6",
            "It brings the packet from host to host.",
            |sheet| sheet.ipv6_fields(range.clone()),
        );
        let Some(header) = fixed else { return };
        let address = |sheet: &Self, at: usize| -> Option<Ipv6Addr> {
            let bytes: [u8; 16] = sheet.bytes(at..at + 16)?.try_into().ok()?;
            Some(bytes.into())
        };
        if let Some((source, target)) = address(self, s + 8).zip(address(self, s + 24)) {
            self.say(place, format!("{source} → {target}"));
        }
        let stated = header + usize::from(self.u16(s + 4, e).unwrap_or_default());
        let mut protocol = self.u8(s + 6, e).unwrap_or_default();
        let (mut at, end) = (header, stated.min(e));
        let mut partial = stated > e;
        while let Some((next, length, fragment)) =
            extension(protocol, self.bytes(at..end).unwrap_or_default())
        {
            self.extension(at, protocol, next, length);
            (protocol, at) = (next, at + length);
            if let Some(fragment) = fragment {
                partial |= fragment.more || fragment.offset > 0;
                if fragment.offset > 0 {
                    self.fragment_rest(at..end);
                    return;
                }
            }
        }
        let around = Around {
            protocol,
            addresses: s + 8..s + 40,
            partial,
        };
        self.inside(around, at..end);
    }

    fn ipv6_fields(&mut self, range: Range<usize>) -> Option<usize> {
        let (s, e) = (range.start, range.end);
        let word = self.u32(s, e)?;
        self.add(s..s + 1, "ipv6.version", "Version", "6", "IPv6.");
        // Eight bits.
        let class = (word >> 20 & 0xff) as u8;
        self.service(s..s + 2, "ipv6.tclass.dscp", "ipv6.tclass.ecn", class);
        self.add(
            s + 1..s + 4,
            "ipv6.flow",
            "Flow Label",
            format!("0x{:05x}", word & 0xf_ffff),
            "Packets of one conversation have the same, so that routers can keep them together.",
        );
        let length = self.u16(s + 4, e)?;
        self.add(
            s + 4..s + 6,
            "ipv6.plen",
            "Payload Length",
            length.to_string(),
            "Bytes after this header.",
        );
        let next = self.u8(s + 6, e)?;
        self.protocol(s + 6, "ipv6.nxt", "Next Header", next);
        let hops = self.u8(s + 7, e)?;
        self.add(
            s + 7..s + 8,
            "ipv6.hlim",
            "Hop Limit",
            hops.to_string(),
            "Every router takes one off; at 0 the packet is thrown away, so none goes in circles for ever.",
        );
        for (at, key, name, meaning) in [
            (s + 8, "ipv6.src", "Source Address", "Who sends it."),
            (s + 24, "ipv6.dst", "Destination Address", "Where it goes."),
        ] {
            let bytes: [u8; 16] = self.bytes(at..(at + 16).min(e))?.try_into().ok()?;
            self.add(at..at + 16, key, name, Ipv6Addr::from(bytes).to_string(), meaning);
        }
        Some(s + 40)
    }

    fn extension(&mut self, at: usize, protocol: u8, next: u8, length: usize) {
        let (name, meaning) = match protocol {
            0 => (
                "Hop-by-Hop Options",
                "Options that every router on the way looks at.",
            ),
            43 => ("Routing", "Hosts that the packet is to visit."),
            44 => (
                "Fragment",
                "This is a piece of a packet that was larger than the link takes.",
            ),
            _ => ("Destination Options", "Options for the host that it goes to."),
        };
        self.add(at..at + length, "", name, "", meaning);
        self.depth += 1;
        let key = match protocol {
            0 => "ipv6.hopopts.nxt",
            43 => "ipv6.routing.nxt",
            44 => "ipv6.fraghdr.nxt",
            _ => "ipv6.dstopts.nxt",
        };
        self.protocol(at, key, "Next Header", next);
        if protocol == 44
            && let (Some(word), Some(id)) = (self.u16(at + 2, at + 8), self.u32(at + 4, at + 8))
        {
            self.add(
                at + 2..at + 4,
                "ipv6.fraghdr.offset",
                "Fragment Offset",
                (word >> 3).to_string(),
                format!(
                    "This fragment begins at byte {} of the whole packet; it counts in steps of 8.",
                    word & 0xfff8
                ),
            );
            let more = word & 1 != 0;
            let meaning = match more {
                true => "Set: more fragments follow.",
                false => "Not set: this is the last fragment.",
            };
            self.add(
                at + 2..at + 4,
                "ipv6.fraghdr.more",
                "More Fragments",
                bit(more),
                meaning,
            );
            self.add(
                at + 4..at + 8,
                "ipv6.fraghdr.ident",
                "Identification",
                format!("0x{id:08x}"),
                "The pieces of one packet have the same.",
            );
        }
        self.depth -= 1;
    }

    fn service(&mut self, range: Range<usize>, dscp: &'static str, ecn: &'static str, byte: u8) {
        self.add(
            range.clone(),
            dscp,
            "Differentiated Services",
            (byte >> 2).to_string(),
            "How routers are asked to treat it; 0 is like any other.",
        );
        let meaning = match byte & 3 {
            0 => "The sender does not take part in congestion notification.",
            3 => "A router on the way had too much to do, and says so.",
            _ => "A router that has too much to do may say so here.",
        };
        self.add(
            range,
            ecn,
            "Explicit Congestion Notification",
            (byte & 3).to_string(),
            meaning,
        );
    }

    fn protocol(&mut self, at: usize, key: &'static str, name: &'static str, number: u8) {
        let meaning = match protocol_name(number) {
            Some(what) => format!("What follows is {what}."),
            None => "What follows is another protocol.".to_owned(),
        };
        self.add(at..at + 1, key, name, number.to_string(), meaning);
    }

    fn fragment_rest(&mut self, range: Range<usize>) {
        let value = format!("{} bytes", range.len());
        let meaning = "The middle or the end of a packet; its beginning is in another fragment.";
        self.add(range, "", "Fragment", value, meaning);
    }

    /// What is inside the IP packet.
    fn inside(&mut self, around: Around, range: Range<usize>) {
        match around.protocol {
            NOTHING if range.is_empty() => {}
            protocol_number::TCP => self.tcp(&around, range),
            protocol_number::UDP => self.udp(&around, range),
            protocol_number::ICMP | protocol_number::ICMPV6 => self.icmp(&around, range),
            _ if range.is_empty() => {}
            other => {
                let name = protocol_name(other).unwrap_or("Unknown protocol");
                let value = format!("{} bytes", range.len());
                self.add(range, "", name, value, "A protocol that is not opened here.");
            }
        }
    }
}

/// IANA's "no next header" (RFC 8200 4.7).
const NOTHING: u8 = 59;

pub(super) const fn bit(set: bool) -> &'static str {
    if set { "1" } else { "0" }
}
