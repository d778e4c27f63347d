//! ICMP (RFC 792) and ICMPv6 (RFC 4443).

use super::{Around, NESTED, Sheet, fold, sum};
use crate::packet::head::protocol_number;
use crate::packet::icmp::{self, Then};
use std::ops::Range;

impl Sheet<'_> {
    pub(super) fn icmp(&mut self, around: &Around, range: Range<usize>) {
        let six = around.protocol == protocol_number::ICMPV6;
        let (key, name) = match six {
            true => ("icmpv6", "Internet Control Message Protocol v6"),
            false => ("icmp", "Internet Control Message Protocol"),
        };
        let kind = icmp::kind(six, self.u8(range.start, range.end).unwrap_or_default());
        let place = self.fields.len();
        let meaning = "Messages about packets: what went wrong with them, and whether a host answers.";
        let end = self.header(range.clone(), key, name, meaning, |sheet| {
            sheet.icmp_fields(around, range.clone(), six, &kind)
        });
        let Some(end) = end else { return };
        if !kind.name.is_empty() {
            self.say(place, kind.name.to_owned());
        }
        if end >= range.end {
            return;
        }
        match kind.then {
            Then::Original if self.nested < NESTED => {
                self.depth += 1;
                self.nested += 1;
                self.ip(end..range.end);
                self.nested -= 1;
                self.depth -= 1;
            }
            Then::Echo => {
                let value = format!("{} bytes", range.end - end);
                self.add(
                    end..range.end,
                    "data.data",
                    "Data",
                    value,
                    "The answer brings it back.",
                );
            }
            _ => {
                let value = format!("{} bytes", range.end - end);
                self.add(
                    end..range.end,
                    "",
                    "Message Body",
                    value,
                    "It is not opened here.",
                );
            }
        }
    }

    fn icmp_fields(
        &mut self,
        around: &Around,
        range: Range<usize>,
        six: bool,
        what: &icmp::Kind,
    ) -> Option<usize> {
        let (s, e) = (range.start, range.end);
        let key = |four, v6| if six { v6 } else { four };
        let kind = self.u8(s, e)?;
        self.add(
            s..s + 1,
            key("icmp.type", "icmpv6.type"),
            "Type",
            kind.to_string(),
            what.meaning,
        );
        let code = self.u8(s + 1, e)?;
        let meaning = match icmp::code(six, kind, code) {
            Some(text) => format!("{}.", crate::timeline::words::capital(text)),
            None => "It says more about the type.".to_owned(),
        };
        self.add(
            s + 1..s + 2,
            key("icmp.code", "icmpv6.code"),
            "Code",
            code.to_string(),
            meaning,
        );
        let checksum = self.u16(s + 2, e)?;
        let right = if six {
            self.sums_up(around, range.clone())
        } else {
            let bytes = self.bytes(range.clone()).filter(|_| !around.partial);
            bytes.map(|b| fold(sum(b)) == 0xffff)
        };
        self.checksum(s + 2, key("icmp.checksum", "icmpv6.checksum"), checksum, right);
        match what.then {
            Then::Echo => {
                for (at, key, name, meaning) in [
                    (
                        s + 4,
                        key("icmp.ident", "icmpv6.echo.identifier"),
                        "Identifier",
                        "Which program asks.",
                    ),
                    (
                        s + 6,
                        key("icmp.seq", "icmpv6.echo.sequence_number"),
                        "Sequence Number",
                        "Which of its requests this is.",
                    ),
                ] {
                    let value = self.u16(at, e)?;
                    self.add(at..at + 2, key, name, value.to_string(), meaning);
                }
                Some(s + 8)
            }
            Then::Original => {
                let value = self.u32(s + 4, e)?;
                let (name, meaning) = match (six, kind, code) {
                    (false, 3, 4) => (
                        "Next-Hop MTU",
                        "The largest packet that the next link takes, bytes.",
                    ),
                    (true, 2, _) => ("MTU", "The largest packet that the next link takes, bytes."),
                    _ => ("Unused", "Nothing."),
                };
                let key = if (six, kind) == (true, 2) {
                    "icmpv6.mtu"
                } else {
                    ""
                };
                self.add(s + 4..s + 8, key, name, value.to_string(), meaning);
                Some(s + 8)
            }
            Then::Other => Some(s + 4),
        }
    }
}
