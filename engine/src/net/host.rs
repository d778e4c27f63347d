//! A host: its addresses, its routes, its way out to the wire, and packets cut into pieces (RFC 791 3.2, RFC 8200 4.5).

use super::emit;
use crate::packet::Head;
use crate::packet::head::protocol_number;
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The largest packet on the wire, bytes.
pub(super) const MTU: usize = 1500;
/// Larger packets that are being put together.
const UNFINISHED: usize = 16;
/// IPv4's "do not fragment".
const WHOLE: u16 = 0x4000;

/// A host's addresses on the wire, by its place among the lab's hosts: those of the kernel network's hosts.
pub fn addresses(place: u8) -> [IpAddr; 2] {
    let last = u16::from(place) + 1;
    [
        Ipv4Addr::new(10, 0, 0, place.saturating_add(1)).into(),
        Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last).into(),
    ]
}

pub(super) fn unspecified(six: bool) -> IpAddr {
    if six {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    }
}

/// Broadcast or multicast.
pub(super) fn is_for_many(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_multicast() || is_broadcast(ip),
        IpAddr::V6(ip) => ip.is_multicast(),
    }
}

pub(super) fn is_broadcast(ip: Ipv4Addr) -> bool {
    ip.is_broadcast() || ip == Ipv4Addr::new(10, 0, 0, 255)
}

/// A host.
pub(super) struct Host {
    own: [IpAddr; 2],
    /// The lab's only host: what it sends to itself goes by the wire, too.
    alone: bool,
    /// Packets that have left by the wire.
    pub(super) out: VecDeque<Vec<u8>>,
    /// Packets to itself that nobody sees.
    pub(super) lo: VecDeque<Vec<u8>>,
    ident: u16,
    unfinished: Vec<Unfinished>,
}

/// A packet of which some pieces have come.
struct Unfinished {
    ends: (IpAddr, IpAddr, u8, u32),
    pieces: Vec<(usize, Vec<u8>)>,
    total: Option<usize>,
}

impl Host {
    pub(super) fn new(place: u8, alone: bool) -> Self {
        Self {
            own: addresses(place),
            alone,
            out: VecDeque::new(),
            lo: VecDeque::new(),
            ident: 0x5700,
            unfinished: Vec::new(),
        }
    }

    /// May a socket be bound to it?
    pub(super) fn owns(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.own.contains(&ip)
    }

    /// The source address of what goes there; `None`: there is no way.
    pub(super) fn route(&self, to: IpAddr) -> Option<IpAddr> {
        let [v4, v6] = self.own;
        match to {
            IpAddr::V4(ip) if ip.is_loopback() => Some(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_loopback() => Some(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V4(ip) if ip.octets()[..3] == [10, 0, 0] || is_for_many(to) => Some(v4),
            IpAddr::V6(ip) if ip.segments()[..4] == [0xfd00, 0, 0, 0] || ip.is_multicast() => Some(v6),
            _ => None,
        }
    }

    /// Does it stay inside the host?
    fn stays(&self, to: IpAddr) -> bool {
        match to {
            IpAddr::V6(ip) if ip.is_loopback() => true,
            _ => !self.alone && self.owns(to),
        }
    }

    /// Sends what stands inside an IP packet.
    pub(super) fn send(&mut self, from: IpAddr, to: IpAddr, protocol: u8, ttl: u8, inside: &[u8]) {
        self.ident = self.ident.wrapping_add(1);
        let stays = self.stays(to);
        let header = if to.is_ipv4() { 20 } else { 40 };
        if header + inside.len() <= MTU || stays {
            let packet = emit::ip(from, to, protocol, self.ident, WHOLE, ttl, inside);
            if stays {
                self.lo.push_back(packet);
            } else {
                self.out.push_back(packet);
            }
            return;
        }
        // Multiples of eight bytes, but for the last piece.
        let extension = if to.is_ipv4() { 0 } else { 8 };
        let most = (MTU - header - extension) / 8 * 8;
        let count = inside.len().div_ceil(most);
        for (n, piece) in inside.chunks(most).enumerate() {
            let more = n + 1 < count;
            let packet = if to.is_ipv4() {
                let word = (n * most / 8) as u16 | if more { 0x2000 } else { 0 };
                emit::ip(from, to, protocol, self.ident, word, ttl, piece)
            } else {
                let word = (n * most) as u16 | u16::from(more);
                let mut bytes = vec![protocol, 0];
                bytes.extend_from_slice(&word.to_be_bytes());
                bytes.extend_from_slice(&u32::from(self.ident).to_be_bytes());
                bytes.extend_from_slice(piece);
                emit::ip(from, to, 44, self.ident, 0, ttl, &bytes)
            };
            self.out.push_back(packet);
        }
    }

    /// A copy of what goes to many, for the sender's own sockets.
    pub(super) fn copy_to_itself(&mut self, from: IpAddr, to: IpAddr, protocol: u8, ttl: u8, inside: &[u8]) {
        self.lo
            .push_back(emit::ip(from, to, protocol, self.ident, 0, ttl, inside));
    }

    /// One piece of a larger packet has come: the whole one, if it was the last that was missing.
    pub(super) fn put_together(&mut self, head: &Head<'_>) -> Option<Vec<u8>> {
        let piece = head.fragment?;
        let ends = (head.source, head.target, head.protocol, piece.id);
        let at = match self.unfinished.iter().position(|u| u.ends == ends) {
            Some(at) => at,
            None => {
                if self.unfinished.len() >= UNFINISHED {
                    self.unfinished.remove(0);
                }
                self.unfinished.push(Unfinished {
                    ends,
                    pieces: Vec::new(),
                    total: None,
                });
                self.unfinished.len() - 1
            }
        };
        let whole = &mut self.unfinished[at];
        let offset = piece.offset as usize;
        if offset + head.inside.len() > 65_535 {
            return None;
        }
        if !piece.more {
            whole.total = Some(offset + head.inside.len());
        }
        if whole.pieces.iter().all(|(start, _)| *start != offset) {
            whole.pieces.push((offset, head.inside.to_vec()));
        }
        let total = whole.total?;
        whole.pieces.sort_unstable_by_key(|(start, _)| *start);
        let mut inside = Vec::with_capacity(total);
        for (start, bytes) in &whole.pieces {
            if *start != inside.len() {
                return None;
            }
            inside.extend_from_slice(bytes);
        }
        if inside.len() != total {
            return None;
        }
        self.unfinished.remove(at);
        Some(emit::ip(
            head.source,
            head.target,
            head.protocol,
            0,
            0,
            head.ttl,
            &inside,
        ))
    }

    /// Tells the sender of a datagram that nobody listens on its port.
    pub(super) fn complain(&mut self, head: &Head<'_>, packet: &[u8]) {
        let six = head.source.is_ipv6();
        let protocol = if six {
            protocol_number::ICMPV6
        } else {
            protocol_number::ICMP
        };
        let message = emit::unreachable(head.target, head.source, packet);
        self.send(head.target, head.source, protocol, emit::TTL, &message);
    }
}
