//! Whose a packet is, and what it brings to whom.

use super::socket::{Datagram, Direction, Socket};
use super::{Causes, Place, is_at, push_bounded};
use crate::packet::Head;
use crate::packet::head::{Tcp, Transport, flag, u16_at};
use protocol::wire::Fate;
use protocol::{Address, Event, EventKind, PacketId, Payload, ProgramId};
use std::net::IpAddr;

/// The host of an address where it is known, and its port.
pub(super) fn aim(address: &Address) -> Option<(Option<IpAddr>, u16)> {
    Some((address.ip().filter(|ip| !ip.is_unspecified()), address.port()?))
}

pub(super) fn fits(aim: (Option<IpAddr>, u16), place: Place) -> bool {
    aim.1 == place.1 && aim.0.is_none_or(|ip| ip.to_canonical() == place.0)
}

impl Causes {
    pub(super) fn of_packet(&self, packet: &[u8], events: &[Event]) -> (Option<ProgramId>, Option<u64>) {
        let Some(head) = Head::parse(packet) else {
            return (None, None);
        };
        match &head.transport {
            Transport::Icmp { rest, .. } => {
                // The packet that it is about follows four bytes.
                let about = rest.get(4..).and_then(Head::parse);
                let last = about.and_then(|about| {
                    // It may hold no more of it than the ports.
                    let (source, target) = (u16_at(about.inside, 0)?, u16_at(about.inside, 2)?);
                    let from = (about.source, source);
                    let direction = self.direction(from, (about.target, target))?;
                    Some(direction.last)
                });
                (None, last)
            }
            Transport::Udp(udp) => {
                let (from, to) = ((head.source, udp.source), (head.target, udp.target));
                let sent = self
                    .datagrams
                    .iter()
                    .find(|d| self.is_of(d, from, to, udp.payload, events));
                let program = sent.and_then(|d| Some(self.socket(d.socket)?.program));
                let program = program.or_else(|| self.owner(from, to, true).map(|s| s.program));
                (program, sent.map(|d| d.event))
            }
            Transport::Tcp(tcp) => {
                let (from, to) = ((head.source, tcp.source), (head.target, tcp.target));
                let owner = self.owner(from, to, false);
                let cause = self.of_segment(from, to, tcp, owner);
                (owner.map(|s| s.program), cause)
            }
            Transport::Other => (None, None),
        }
    }

    fn is_of(&self, sent: &Datagram, from: Place, to: Place, payload: &[u8], events: &[Event]) -> bool {
        let aimed = sent.to.is_none_or(|aim| {
            // A broadcast goes to many addresses, a name to one that is not known here.
            fits(aim, to) || aim.1 == to.1 && to.0.is_multicast()
        });
        let socket = self.socket(sent.socket);
        let own = socket
            .and_then(|s| s.local)
            .is_none_or(|local| local.1 == 0 || local.1 == from.1);
        let bytes = || {
            let place = usize::try_from(sent.event).ok()?.checked_sub(1)?;
            match &events.get(place)?.kind {
                EventKind::Called { what, .. } => what.payload().map(|p: &Payload| p.0.as_slice() == payload),
                _ => None,
            }
        };
        aimed && own && bytes() == Some(true)
    }

    /// The socket that sends from one place to another: the one that is connected so, else the one that connects there, else
    /// the one that listens (or, for datagrams, is bound) there.
    fn owner(&self, from: Place, to: Place, datagrams: bool) -> Option<&Socket> {
        let rank = |s: &Socket| {
            if s.datagrams != datagrams || !self.is_on_host_of(s.program, from.0) {
                return 0;
            }
            let here = s.local.filter(|l| l.1 != 0);
            let own = here.is_none_or(|l| is_at(l, from));
            if own && here.is_some() && s.peer == Some(to) {
                4
            } else if own && s.connects.is_some_and(|(_, ip, port)| fits((ip, port), to)) {
                3
            } else if own && here.is_some() && (s.listens || datagrams) {
                2
            } else {
                0
            }
        };
        // The last of the best: sockets are in the order in which they were made.
        let best = self.sockets.iter().max_by_key(|s| rank(s))?;
        (rank(best) > 0).then_some(best)
    }

    /// Does the program run on the host that has this address? Where that is not known, it may.
    fn is_on_host_of(&self, program: ProgramId, ip: IpAddr) -> bool {
        let own = self.hosts.get(usize::from(program.0));
        let host = self.addresses.iter().position(|all| all.contains(&ip));
        match (own, host) {
            (Some(own), Some(host)) if self.addresses.len() > 1 => usize::from(own.0) == host,
            _ => true,
        }
    }

    fn of_segment(&self, from: Place, to: Place, tcp: &Tcp<'_>, owner: Option<&Socket>) -> Option<u64> {
        let own = self.direction(from, to);
        let back = self.direction(to, from);
        let answered = back.map(|b| b.last);
        if tcp.has(flag::SYN) {
            return match tcp.has(flag::ACK) {
                true => back.and_then(|b| b.syn),
                false => owner.and_then(|s| s.connects).map(|(event, ..)| event),
            };
        }
        let ended = owner.and_then(|s| s.ended);
        if tcp.has(flag::RST) {
            // close() with bytes unread, or a packet that no socket expects: whichever came last.
            return ended.max(answered);
        }
        if !tcp.payload.is_empty() {
            let offset = own.map(|d| u64::from(tcp.seq.wrapping_sub(d.first)));
            let call = offset.zip(owner).and_then(|(offset, s)| s.sender(offset));
            return call.or(ended.filter(|_| tcp.has(flag::FIN)));
        }
        if tcp.has(flag::FIN) {
            return ended;
        }
        let back = back?;
        let repeats = own.is_some_and(|d| d.ack == tcp.ack);
        if repeats
            && own.is_some_and(|d| tcp.window > d.window)
            && let Some(took) = owner.and_then(|s| s.took)
        {
            // There is room again: somebody has read.
            return Some(took);
        }
        let acknowledged = |s: &&(u32, u32, u64)| s.1 == tcp.ack;
        let exact = back.segments.iter().rev().find(acknowledged).map(|s| s.2);
        if repeats { answered } else { exact.or(answered) }
    }

    pub(super) fn direction(&self, from: Place, to: Place) -> Option<&Direction> {
        self.directions
            .iter()
            .rev()
            .find(|d| (d.from, d.to) == (from, to))
    }

    pub(super) fn datagram_sent(&mut self, seq: u64, id: PacketId, packet: &[u8], fate: Fate) {
        let Some(head) = Head::parse(packet) else { return };
        if let Transport::Udp(udp) = &head.transport
            && !matches!(fate, Fate::Dropped { .. })
        {
            let (from, to) = ((head.source, udp.source), (head.target, udp.target));
            let here = fate == Fate::Delivered;
            self.arrivals
                .sent(seq, Some(id), Some(from), to, udp.payload, here);
        }
    }

    pub(super) fn sent(&mut self, event: &Event, packet: &[u8]) {
        let Some(head) = Head::parse(packet) else { return };
        let Some((source, target)) = head.ports() else {
            return;
        };
        let (from, to) = ((head.source, source), (head.target, target));
        let Some(tcp) = head.tcp() else {
            // That send has its packet now.
            self.datagrams.retain(|d| Some(d.event) != event.cause);
            let known = self.directions.iter_mut().rfind(|d| (d.from, d.to) == (from, to));
            match known {
                Some(direction) => direction.last = event.seq,
                None => push_bounded(&mut self.directions, Direction::new(from, to, event.seq)),
            }
            return;
        };
        let syn = tcp.has(flag::SYN);
        let known = self.directions.iter().rposition(|d| (d.from, d.to) == (from, to));
        // A SYN with another number is a new connection.
        let known = known.filter(|&at| !syn || self.directions[at].first == tcp.seq.wrapping_add(1));
        let place = known.unwrap_or_else(|| {
            let direction = Direction {
                first: tcp.seq.wrapping_add(u32::from(syn)),
                syn: syn.then_some(event.seq),
                ..Direction::new(from, to, event.seq)
            };
            push_bounded(&mut self.directions, direction);
            self.directions.len() - 1
        });
        let fin = self.direction(to, from).and_then(|back| back.fin);
        let direction = &mut self.directions[place];
        if tcp.has(flag::FIN) {
            direction.fin = Some(tcp.end());
        } else if tcp.has(flag::ACK) && direction.fin.is_none() && fin == Some(tcp.ack) {
            direction.acked = true;
        }
        if tcp.length() > 0 {
            push_bounded(&mut direction.segments, (tcp.seq, tcp.end(), event.seq));
        }
        (direction.last, direction.ack, direction.window) = (event.seq, tcp.ack, tcp.window);
    }
}
