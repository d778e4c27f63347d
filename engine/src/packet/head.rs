//! A packet's headers, read without copying: who sends to whom, and where the payload is.
//!
//! The wire's rules, the one-line summaries and the causes all ask this; it runs for every packet, so it allocates nothing.
//! What is cut short or contradicts itself is read as far as it goes. It does not check checksums ([`super::fields()`] does).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IANA's protocol numbers that are known here.
pub mod protocol_number {
    /// RFC 792.
    pub const ICMP: u8 = 1;
    /// RFC 9293.
    pub const TCP: u8 = 6;
    /// RFC 768.
    pub const UDP: u8 = 17;
    /// RFC 4443.
    pub const ICMPV6: u8 = 58;
}

/// TCP's control bits (RFC 9293 3.1).
pub mod flag {
    /// No more bytes from the sender.
    pub const FIN: u8 = 0x01;
    /// Sequence numbers begin here.
    pub const SYN: u8 = 0x02;
    /// The connection is at an end at once.
    pub const RST: u8 = 0x04;
    /// Give the bytes to the program without waiting for more.
    pub const PSH: u8 = 0x08;
    /// The acknowledgment number counts.
    pub const ACK: u8 = 0x10;
    /// The urgent pointer counts.
    pub const URG: u8 = 0x20;
    /// RFC 3168: congestion was seen.
    pub const ECE: u8 = 0x40;
    /// RFC 3168: the sender has slowed down.
    pub const CWR: u8 = 0x80;
}

/// What the headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// The source address.
    pub source: IpAddr,
    /// The destination address.
    pub target: IpAddr,
    /// The number of the protocol inside.
    pub protocol: u8,
    /// Hops that it may still take.
    pub ttl: u8,
    /// The piece of a larger packet that it is, if it is one.
    pub fragment: Option<Fragment>,
    /// Bytes of IP headers: what is inside begins there.
    pub header: usize,
    /// Everything after the IP headers, as far as IP's own length says and the packet has it.
    pub inside: &'a [u8],
    /// What that is.
    pub transport: Transport<'a>,
}

/// A piece of a larger packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Which larger packet.
    pub id: u32,
    /// Where in it this piece begins, bytes.
    pub offset: u32,
    /// More pieces follow.
    pub more: bool,
}

/// What is inside the IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport<'a> {
    /// A TCP segment.
    Tcp(Tcp<'a>),
    /// A UDP datagram.
    Udp(Udp<'a>),
    /// An ICMP or ICMPv6 message.
    Icmp {
        /// Its type.
        kind: u8,
        /// Its code.
        code: u8,
        /// What follows the checksum.
        rest: &'a [u8],
    },
    /// Anything else: another protocol, a later fragment, a header that is cut short.
    Other,
}

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp<'a> {
    /// The source port.
    pub source: u16,
    /// The destination port.
    pub target: u16,
    /// The number of the first byte (or of the SYN).
    pub seq: u32,
    /// The next byte that the sender waits for, with ACK.
    pub ack: u32,
    /// The control bits ([`flag`]).
    pub flags: u8,
    /// The window as it stands in the header, not scaled.
    pub window: u16,
    /// How far behind `seq` urgent data end, with URG.
    pub urgent: u16,
    /// The options' bytes.
    pub options: &'a [u8],
    /// The bytes of a program.
    pub payload: &'a [u8],
}

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Udp<'a> {
    /// The source port.
    pub source: u16,
    /// The destination port.
    pub target: u16,
    /// The bytes of a program.
    pub payload: &'a [u8],
}

impl Tcp<'_> {
    /// Is this control bit set?
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Sequence numbers that it takes: its bytes, one for SYN, one for FIN.
    pub fn length(&self) -> u32 {
        // An IP packet has at most 65,535 bytes (a jumbogram is not read).
        let bytes = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        bytes
            .wrapping_add(u32::from(self.has(flag::SYN)))
            .wrapping_add(u32::from(self.has(flag::FIN)))
    }

    /// The number after its last one.
    pub fn end(&self) -> u32 {
        self.seq.wrapping_add(self.length())
    }

    /// Nothing but an acknowledgment?
    pub fn is_pure_ack(&self) -> bool {
        self.flags & (flag::SYN | flag::FIN | flag::RST | flag::ACK) == flag::ACK && self.payload.is_empty()
    }
}

/// `a` stands before `b` in TCP's circle of sequence numbers (RFC 9293 3.4).
pub const fn before(a: u32, b: u32) -> bool {
    a.wrapping_sub(b) > 1 << 31
}

/// `a` stands before `b`, or is the same.
pub const fn until(a: u32, b: u32) -> bool {
    !before(b, a)
}

/// Two bytes, the higher first.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes([two[0], two[1]]))
}

/// Four bytes, the highest first.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

impl<'a> Head<'a> {
    /// Reads the headers; `None` if it is no IP packet or its IP header is cut short.
    pub fn parse(packet: &'a [u8]) -> Option<Self> {
        match packet.first()? >> 4 {
            4 => Self::v4(packet),
            6 => Self::v6(packet),
            _ => None,
        }
    }

    fn v4(packet: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; 20] = packet.first_chunk()?;
        let header = usize::from(fixed[0] & 15) * 4;
        if header < 20 || packet.len() < header {
            return None;
        }
        let total = usize::from(u16::from_be_bytes([fixed[2], fixed[3]]));
        let end = total.clamp(header, packet.len());
        let word = u16::from_be_bytes([fixed[6], fixed[7]]);
        let (more, offset) = (word & 0x2000 != 0, u32::from(word & 0x1fff) * 8);
        let fragment = (more || offset > 0).then(|| Fragment {
            id: u16::from_be_bytes([fixed[4], fixed[5]]).into(),
            offset,
            more,
        });
        let inside = &packet[header..end];
        Some(Self {
            source: Ipv4Addr::new(fixed[12], fixed[13], fixed[14], fixed[15]).into(),
            target: Ipv4Addr::new(fixed[16], fixed[17], fixed[18], fixed[19]).into(),
            protocol: fixed[9],
            ttl: fixed[8],
            fragment,
            header,
            inside,
            transport: Transport::parse(fixed[9], fragment, inside),
        })
    }

    fn v6(packet: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; 40] = packet.first_chunk()?;
        let address = |at: usize| -> Option<IpAddr> {
            let bytes: [u8; 16] = fixed.get(at..at + 16)?.try_into().ok()?;
            Some(Ipv6Addr::from(bytes).into())
        };
        let end = (40 + usize::from(u16::from_be_bytes([fixed[4], fixed[5]]))).min(packet.len());
        let (mut protocol, mut header, mut fragment) = (fixed[6], 40, None);
        while let Some((next, length, piece)) = extension(protocol, &packet[header..end]) {
            (protocol, header) = (next, header + length);
            fragment = piece.or(fragment);
            if piece.is_some_and(|p| p.offset > 0) {
                // What follows is the middle of something.
                break;
            }
        }
        let inside = &packet[header..end];
        Some(Self {
            source: address(8)?,
            target: address(24)?,
            protocol,
            ttl: fixed[7],
            fragment,
            header,
            inside,
            transport: Transport::parse(protocol, fragment, inside),
        })
    }

    /// The TCP segment, if it is one.
    pub const fn tcp(&self) -> Option<&Tcp<'a>> {
        match &self.transport {
            Transport::Tcp(tcp) => Some(tcp),
            _ => None,
        }
    }

    /// Source and destination port, where there are ports.
    pub const fn ports(&self) -> Option<(u16, u16)> {
        match &self.transport {
            Transport::Tcp(tcp) => Some((tcp.source, tcp.target)),
            Transport::Udp(udp) => Some((udp.source, udp.target)),
            _ => None,
        }
    }

    /// Are there bytes of a program in it?
    pub fn has_data(&self) -> bool {
        match &self.transport {
            Transport::Tcp(tcp) => !tcp.payload.is_empty(),
            Transport::Udp(udp) => !udp.payload.is_empty(),
            Transport::Icmp { .. } => false,
            // A later fragment of a datagram.
            Transport::Other => {
                self.fragment.is_some_and(|f| f.offset > 0)
                    && matches!(self.protocol, protocol_number::TCP | protocol_number::UDP)
                    && !self.inside.is_empty()
            }
        }
    }
}

/// One IPv6 extension header (RFC 8200 4): the next one's number, its length in bytes, and the fragment it tells of.
/// `None`: this protocol is none, or it is cut short.
pub(crate) fn extension(protocol: u8, bytes: &[u8]) -> Option<(u8, usize, Option<Fragment>)> {
    let (next, length) = (*bytes.first()?, usize::from(*bytes.get(1)?));
    let (length, fragment) = match protocol {
        // Hop-by-hop, routing, destination options.
        0 | 43 | 60 => ((length + 1) * 8, None),
        44 => {
            let word = u16_at(bytes, 2)?;
            let fragment = Fragment {
                id: u32_at(bytes, 4)?,
                offset: (word & 0xfff8).into(),
                more: word & 1 != 0,
            };
            (8, Some(fragment))
        }
        _ => return None,
    };
    (length <= bytes.len()).then_some((next, length, fragment))
}

impl<'a> Transport<'a> {
    fn parse(protocol: u8, fragment: Option<Fragment>, inside: &'a [u8]) -> Self {
        if fragment.is_some_and(|f| f.offset > 0) {
            return Self::Other;
        }
        let parsed = match protocol {
            protocol_number::TCP => Tcp::parse(inside).map(Self::Tcp),
            protocol_number::UDP => Udp::parse(inside).map(Self::Udp),
            protocol_number::ICMP | protocol_number::ICMPV6 => match inside {
                [kind, code, _, _, rest @ ..] => Some(Self::Icmp {
                    kind: *kind,
                    code: *code,
                    rest,
                }),
                _ => None,
            },
            _ => None,
        };
        parsed.unwrap_or(Self::Other)
    }
}

impl<'a> Tcp<'a> {
    /// Reads a segment; `None` if its header is cut short.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; 20] = bytes.first_chunk()?;
        let header = usize::from(fixed[12] >> 4) * 4;
        if header < 20 {
            return None;
        }
        Some(Self {
            source: u16::from_be_bytes([fixed[0], fixed[1]]),
            target: u16::from_be_bytes([fixed[2], fixed[3]]),
            seq: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ack: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            flags: fixed[13],
            window: u16::from_be_bytes([fixed[14], fixed[15]]),
            urgent: u16::from_be_bytes([fixed[18], fixed[19]]),
            options: bytes.get(20..header)?,
            payload: &bytes[header..],
        })
    }
}

impl<'a> Udp<'a> {
    /// Reads a datagram; `None` if its header is cut short.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; 8] = bytes.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([fixed[4], fixed[5]]));
        Some(Self {
            source: u16::from_be_bytes([fixed[0], fixed[1]]),
            target: u16::from_be_bytes([fixed[2], fixed[3]]),
            payload: &bytes[8..length.clamp(8, bytes.len())],
        })
    }
}
