//! TCP (RFC 9293) with its options, and UDP (RFC 768).

use super::ip::bit;
use super::{Around, Sheet};
use crate::packet::head::{Tcp, flag};
use crate::packet::{option, summary};
use std::ops::Range;

/// Control bits in the order in which they stand, with Wireshark's name, the standard's, and what each means when set.
const FLAGS: [(u8, &str, &str, &str); 8] = [
    (
        flag::CWR,
        "tcp.flags.cwr",
        "CWR",
        "The sender has slowed down after a notice of congestion.",
    ),
    (
        flag::ECE,
        "tcp.flags.ece",
        "ECE",
        "A notice of congestion came back.",
    ),
    (flag::URG, "tcp.flags.urg", "URG", "The urgent pointer counts."),
    (
        flag::ACK,
        "tcp.flags.ack",
        "ACK",
        "The acknowledgment number counts.",
    ),
    (
        flag::PSH,
        "tcp.flags.push",
        "PSH",
        "Give these bytes to the program now, do not wait for more.",
    ),
    (
        flag::RST,
        "tcp.flags.reset",
        "RST",
        "The connection is over at once; what was not read yet may be lost.",
    ),
    (
        flag::SYN,
        "tcp.flags.syn",
        "SYN",
        "Asks to open a connection: this is where the sender's numbers begin.",
    ),
    (
        flag::FIN,
        "tcp.flags.fin",
        "FIN",
        "The sender has no more bytes to send; it still receives.",
    ),
];

impl Sheet<'_> {
    pub(super) fn tcp(&mut self, around: &Around, range: Range<usize>) {
        let place = self.fields.len();
        let meaning = "It makes a stream of bytes, whole and in order, out of packets.";
        let end = self.header(
            range.clone(),
            "tcp",
            "Transmission Control Protocol",
            meaning,
            |sheet| sheet.tcp_fields(around, range.clone()),
        );
        let Some(end) = end else { return };
        if let Some(tcp) = self.bytes(range.clone()).and_then(Tcp::parse) {
            let mut value = format!("{} → {}, ", tcp.source, tcp.target);
            // Writing to a string does not fail.
            let _ = summary::flags(&mut value, tcp.flags);
            self.say(place, value);
        }
        let port = |at| self.u16(at, range.end).unwrap_or_default();
        let ports = [port(range.start), port(range.start + 2)];
        self.payload(end..range.end, "tcp.payload", ports, true);
    }

    fn tcp_fields(&mut self, around: &Around, range: Range<usize>) -> Option<usize> {
        let (s, e) = (range.start, range.end);
        self.ports(s, e, "tcp.srcport", "tcp.dstport")?;
        let tracked = self.tracked.filter(|_| self.nested == 0);
        let seq = self.u32(s + 4, e)?;
        let flags = self.u8(s + 13, e).unwrap_or_default();
        let mut meaning = match flags & flag::SYN {
            0 => "The number of the first byte in this segment".to_owned(),
            _ => "The number where the sender begins; its first byte will have the next one".to_owned(),
        };
        if let Some(tracked) = tracked {
            meaning += &format!("; counted from the beginning: {}", seq.wrapping_sub(tracked.base));
        }
        self.add(
            s + 4..s + 8,
            "tcp.seq_raw",
            "Sequence Number",
            seq.to_string(),
            meaning + ".",
        );
        let ack = self.u32(s + 8, e)?;
        let meaning = match (flags & flag::ACK, tracked) {
            (0, _) => "It does not count, because ACK is not set.".to_owned(),
            (_, None) => "All bytes before this one have arrived.".to_owned(),
            (_, Some(tracked)) => format!(
                "All bytes before this one have arrived; counted from the beginning: {}.",
                ack.wrapping_sub(tracked.back)
            ),
        };
        self.add(
            s + 8..s + 12,
            "tcp.ack_raw",
            "Acknowledgment Number",
            ack.to_string(),
            meaning,
        );
        let header = usize::from(self.u8(s + 12, e)? >> 4) * 4;
        self.add(
            s + 12..s + 13,
            "tcp.hdr_len",
            "Data Offset",
            header.to_string(),
            "Bytes of this header; it counts in words of four bytes. 20 is a header without options.",
        );
        let flags = self.u8(s + 13, e)?;
        let mut names = String::new();
        let _ = summary::flags(&mut names, flags);
        let all = self.u16(s + 12, e)? & 0xfff;
        self.add(
            s + 12..s + 14,
            "tcp.flags",
            "Control Bits",
            format!("0x{all:04x}"),
            names + ".",
        );
        self.depth += 1;
        for (mask, key, name, meaning) in FLAGS {
            let set = flags & mask != 0;
            let meaning = if set { meaning } else { "Not set." };
            self.add(s + 13..s + 14, key, name, bit(set), meaning);
        }
        self.depth -= 1;
        self.window(s + 14, e, flags)?;
        let checksum = self.u16(s + 16, e)?;
        let right = self.sums_up(around, range.clone());
        self.checksum(s + 16, "tcp.checksum", checksum, right);
        let urgent = self.u16(s + 18, e)?;
        let meaning = match flags & flag::URG {
            0 => "It does not count, because URG is not set.",
            _ => "Urgent bytes end so far behind the sequence number.",
        };
        self.add(
            s + 18..s + 20,
            "tcp.urgent_pointer",
            "Urgent Pointer",
            urgent.to_string(),
            meaning,
        );
        let options = self.bytes(s + 20..s + header).filter(|_| s + header <= e)?;
        for option in option::all(options) {
            self.tcp_option(s + 20 + option.at, &option);
        }
        Some(s + header)
    }

    fn window(&mut self, at: usize, end: usize, flags: u8) -> Option<()> {
        let window = self.u16(at, end)?;
        let meaning = match (window, self.tracked.filter(|_| self.nested == 0)) {
            (0, _) if flags & flag::RST == 0 => {
                "The sender's receive buffer is full: nothing may be sent to it now.".to_owned()
            }
            (_, Some(t)) if t.scale != crate::packet::Tracked::UNKNOWN && flags & flag::SYN == 0 => {
                let bytes = u32::from(window) << t.scale.min(14);
                format!(
                    "So many bytes the sender's receive buffer still takes: {window} · 2^{} = {bytes}.",
                    t.scale.min(14)
                )
            }
            (_, Some(_)) if flags & flag::SYN == 0 => {
                "So many bytes the sender's receive buffer still takes, \
                 times a scale that was told in the handshake, which was not seen."
                    .to_owned()
            }
            _ => "So many bytes the sender's receive buffer still takes.".to_owned(),
        };
        self.add(
            at..at + 2,
            "tcp.window_size_value",
            "Window",
            window.to_string(),
            meaning,
        );
        Some(())
    }

    fn ports(&mut self, start: usize, end: usize, source: &'static str, target: &'static str) -> Option<()> {
        for (at, key, name, meaning) in [
            (start, source, "Source Port", "The sender's socket on its host."),
            (
                start + 2,
                target,
                "Destination Port",
                "The receiver's socket on its host.",
            ),
        ] {
            let port = self.u16(at, end)?;
            self.add(at..at + 2, key, name, port.to_string(), meaning);
        }
        Some(())
    }

    fn tcp_option(&mut self, at: usize, option: &option::TcpOption<'_>) {
        let end = at + option.bytes.len();
        let all = at..end;
        if option.broken {
            let value = format!("{} bytes", option.bytes.len());
            let meaning = "Its length contradicts the header's: the rest cannot be read.";
            self.add(all, "", "Option, damaged", value, meaning);
            return;
        }
        match (option.kind, option.bytes.len()) {
            (option::END, n) => self.add(
                all,
                "",
                "End of Option List",
                format!("{n} bytes"),
                "No more options; zeros fill the header up.",
            ),
            (option::NOP, _) => self.add(
                all,
                "tcp.options.nop",
                "No-Operation",
                "",
                "It fills up, so that the next option stands where it is read quickly.",
            ),
            (option::MSS, 4) => {
                let mss = self.u16(at + 2, end).unwrap_or_default();
                self.add(
                    at + 2..end,
                    "tcp.options.mss_val",
                    "Maximum Segment Size",
                    mss.to_string(),
                    "Do not send me more bytes than this in one segment.",
                );
            }
            (option::SCALE, 3) => {
                let shift = self.u8(at + 2, end).unwrap_or_default();
                self.add(
                    at + 2..end,
                    "tcp.options.wscale.shift",
                    "Window Scale",
                    shift.to_string(),
                    format!("My windows count in steps of {} bytes.", 1u32 << shift.min(14)),
                );
            }
            (option::SACK_PERMITTED, 2) => self.add(
                all,
                "tcp.options.sack_perm",
                "SACK Permitted",
                "",
                "I understand acknowledgments of pieces (RFC 2018).",
            ),
            (option::SACK, n) if n >= 10 && (n - 2).is_multiple_of(8) => {
                self.add(
                    all,
                    "",
                    "SACK",
                    format!("{} pieces", (n - 2) / 8),
                    "These pieces have arrived although something before them is missing.",
                );
                self.depth += 1;
                for piece in (at + 2..end).step_by(8) {
                    for (at, key, name, meaning) in [
                        (
                            piece,
                            "tcp.options.sack_le",
                            "Left Edge",
                            "The first byte of the piece.",
                        ),
                        (
                            piece + 4,
                            "tcp.options.sack_re",
                            "Right Edge",
                            "The byte after the piece.",
                        ),
                    ] {
                        let edge = self.u32(at, end).unwrap_or_default();
                        let back = self.tracked.filter(|_| self.nested == 0).map_or(0, |t| t.back);
                        // Wireshark shows these counted from the beginning, too.
                        let edge = edge.wrapping_sub(back);
                        self.add(at..at + 4, key, name, edge.to_string(), meaning);
                    }
                }
                self.depth -= 1;
            }
            (option::TIMESTAMPS, 10) => {
                for (at, key, name, meaning) in [
                    (
                        at + 2,
                        "tcp.options.timestamp.tsval",
                        "Timestamp Value",
                        "The sender's clock.",
                    ),
                    (
                        at + 6,
                        "tcp.options.timestamp.tsecr",
                        "Timestamp Echo Reply",
                        "The last clock value that came from the other side: it measures the round trip with it.",
                    ),
                ] {
                    let value = self.u32(at, end).unwrap_or_default();
                    self.add(at..at + 4, key, name, value.to_string(), meaning);
                }
            }
            (kind, n) => self.add(
                all,
                "",
                format!("Option {kind}"),
                format!("{n} bytes"),
                "An option that is not opened here.",
            ),
        }
    }

    pub(super) fn udp(&mut self, around: &Around, range: Range<usize>) {
        let (s, e) = (range.start, range.end);
        let place = self.fields.len();
        let meaning = "It brings one datagram, or loses it; nobody sends it again.";
        let end = self.header(range.clone(), "udp", "User Datagram Protocol", meaning, |sheet| {
            sheet.ports(s, e, "udp.srcport", "udp.dstport")?;
            let length = sheet.u16(s + 4, e)?;
            sheet.add(
                s + 4..s + 6,
                "udp.length",
                "Length",
                length.to_string(),
                "Bytes of this header and of what follows.",
            );
            let checksum = sheet.u16(s + 6, e)?;
            let stated = s + usize::from(length);
            if checksum == 0 {
                let meaning = "The sender has computed none.";
                sheet.add(s + 6..s + 8, "udp.checksum", "Checksum", "0x0000", meaning);
            } else {
                let whole = stated <= e && length >= 8;
                let right = whole.then(|| sheet.sums_up(around, s..stated)).flatten();
                sheet.checksum(s + 6, "udp.checksum", checksum, right);
            }
            Some(s + 8)
        });
        let Some(end) = end else { return };
        let port = |at| self.u16(at, e).unwrap_or_default();
        let ports = [port(s), port(s + 2)];
        self.say(place, format!("{} → {}", ports[0], ports[1]));
        let stated = s + usize::from(self.u16(s + 4, e).unwrap_or_default());
        self.payload(end..stated.clamp(end, e.max(end)), "udp.payload", ports, false);
    }
}
