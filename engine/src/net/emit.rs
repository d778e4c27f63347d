//! Packets' bytes: IPv4 and IPv6 headers, TCP segments, UDP datagrams and ICMP messages with their checksums, as Linux
//! writes them. [`crate::packet::Head`] reads them.

use std::net::{IpAddr, SocketAddr};

/// Hops that packets may take.
pub(super) const TTL: u8 = 64;

/// A TCP segment to be sent.
pub(super) struct Segment<'a> {
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) flags: u8,
    pub(super) window: u16,
    /// The urgent pointer.
    pub(super) urgent: u16,
    pub(super) options: &'a [u8],
    pub(super) payload: &'a [u8],
}

/// The Internet checksum (RFC 1071), not yet complemented.
fn sum(bytes: &[u8], mut sum: u32) -> u32 {
    let mut words = bytes.chunks_exact(2);
    for word in &mut words {
        sum += u32::from(u16::from_be_bytes([word[0], word[1]]));
    }
    if let [last] = words.remainder() {
        sum += u32::from(*last) << 8;
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

fn finish(sum: u32) -> [u8; 2] {
    // At most 0xffff, after `sum`.
    (!(sum as u16)).to_be_bytes()
}

/// The sum over the pseudo header of a transport protocol (RFC 9293 3.1, RFC 8200 8.1).
fn pseudo(from: IpAddr, to: IpAddr, protocol: u8, length: usize) -> u32 {
    let addresses = match (from, to) {
        (IpAddr::V4(a), IpAddr::V4(b)) => sum(&b.octets(), sum(&a.octets(), 0)),
        (IpAddr::V6(a), IpAddr::V6(b)) => sum(&b.octets(), sum(&a.octets(), 0)),
        _ => 0,
    };
    let length = u32::try_from(length).unwrap_or(0);
    sum(
        &[],
        addresses + u32::from(protocol) + (length & 0xffff) + (length >> 16),
    )
}

/// A whole IP packet. `id` and `fragments_allowed` are IPv4's.
pub(super) fn ip(
    from: IpAddr,
    to: IpAddr,
    protocol: u8,
    id: u16,
    word: u16,
    ttl: u8,
    inside: &[u8],
) -> Vec<u8> {
    let mut packet = Vec::with_capacity(40 + inside.len());
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let total = (20 + inside.len()) as u16;
            packet.extend_from_slice(&[0x45, 0]);
            for two in [total, id, word] {
                packet.extend_from_slice(&two.to_be_bytes());
            }
            packet.extend_from_slice(&[ttl, protocol, 0, 0]);
            packet.extend_from_slice(&from.octets());
            packet.extend_from_slice(&to.octets());
            let check = finish(sum(&packet, 0));
            packet[10..12].copy_from_slice(&check);
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            packet.extend_from_slice(&[0x60, 0, 0, 0]);
            packet.extend_from_slice(&(inside.len() as u16).to_be_bytes());
            packet.extend_from_slice(&[protocol, ttl]);
            packet.extend_from_slice(&from.octets());
            packet.extend_from_slice(&to.octets());
        }
        _ => return packet,
    }
    packet.extend_from_slice(inside);
    packet
}

/// A TCP segment's bytes without the IP header.
pub(super) fn tcp(from: SocketAddr, to: SocketAddr, segment: &Segment<'_>) -> Vec<u8> {
    let header = 20 + segment.options.len();
    let mut bytes = Vec::with_capacity(header + segment.payload.len());
    bytes.extend_from_slice(&from.port().to_be_bytes());
    bytes.extend_from_slice(&to.port().to_be_bytes());
    bytes.extend_from_slice(&segment.seq.to_be_bytes());
    bytes.extend_from_slice(&segment.ack.to_be_bytes());
    bytes.extend_from_slice(&[(header as u8 / 4) << 4, segment.flags]);
    bytes.extend_from_slice(&segment.window.to_be_bytes());
    bytes.extend_from_slice(&[0; 2]);
    bytes.extend_from_slice(&segment.urgent.to_be_bytes());
    bytes.extend_from_slice(segment.options);
    bytes.extend_from_slice(segment.payload);
    let check = finish(sum(&bytes, pseudo(from.ip(), to.ip(), 6, bytes.len())));
    bytes[16..18].copy_from_slice(&check);
    bytes
}

/// A UDP datagram's bytes without the IP header.
pub(super) fn udp(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let length = 8 + payload.len();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&from.port().to_be_bytes());
    bytes.extend_from_slice(&to.port().to_be_bytes());
    bytes.extend_from_slice(&(length as u16).to_be_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(payload);
    let check = finish(sum(&bytes, pseudo(from.ip(), to.ip(), 17, length)));
    // 0 would mean that there is none (RFC 768).
    let check = if check == [0, 0] { [0xff, 0xff] } else { check };
    bytes[6..8].copy_from_slice(&check);
    bytes
}

/// "Destination port unreachable" about a packet, without the IP header (RFC 792, RFC 4443 3.1).
pub(super) fn unreachable(from: IpAddr, to: IpAddr, about: &[u8]) -> Vec<u8> {
    let six = from.is_ipv6();
    // So much of the packet that the message stays below what everybody must take.
    let room = if six { 1280 - 48 } else { 576 - 28 };
    let about = &about[..about.len().min(room)];
    let mut bytes = vec![if six { 1 } else { 3 }, if six { 4 } else { 3 }, 0, 0, 0, 0, 0, 0];
    bytes.extend_from_slice(about);
    let start = if six { pseudo(from, to, 58, bytes.len()) } else { 0 };
    let check = finish(sum(&bytes, start));
    bytes[2..4].copy_from_slice(&check);
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::packet::{Head, fields};

    /// Every checksum that the dissection knows is right in these.
    #[test]
    fn checksums_are_right() {
        let pairs = [("127.0.0.1", "10.0.0.2"), ("::1", "fd00::2")];
        for (a, b) in pairs {
            let (a, b): (IpAddr, IpAddr) = (a.parse().unwrap(), b.parse().unwrap());
            let (from, to) = (SocketAddr::new(a, 40000), SocketAddr::new(b, 80));
            let segment = Segment {
                seq: 7,
                ack: 9,
                flags: 0x18,
                window: 502,
                urgent: 0,
                options: &[1, 1, 1, 1],
                payload: b"odd",
            };
            let about = ip(a, b, 17, 1, 0x4000, TTL, &udp(from, to, b"hello"));
            let all = [
                ip(a, b, 6, 1, 0x4000, TTL, &tcp(from, to, &segment)),
                about.clone(),
                ip(
                    b,
                    a,
                    if a.is_ipv6() { 58 } else { 1 },
                    1,
                    0,
                    TTL,
                    &unreachable(b, a, &about),
                ),
            ];
            for packet in all {
                assert!(Head::parse(&packet).is_some_and(|head| head.source == a || head.source == b));
                let all = fields(&packet, None);
                let mut checksums = all
                    .iter()
                    .filter(|field| field.key.ends_with("checksum"))
                    .peekable();
                assert!(checksums.peek().is_some());
                assert!(
                    checksums.all(|field| field.value.ends_with("[correct]")),
                    "{all:#?}"
                );
            }
        }
    }
}
