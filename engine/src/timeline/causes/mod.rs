//! What caused what: a packet knows the call whose bytes it carries, a recv() the packets that brought its bytes, a change of
//! state the packet or the call behind it.
//!
//! Everything is found from the events alone, in their order, so a recording that is opened shows the same as the lab that
//! was recorded. Bytes are followed by sequence number: a connection's n-th byte has the number of its SYN plus n.
//!
//! ```text
//! SYN      <- connect()            data  <- the send() whose bytes it carries
//! SYN-ACK  <- the SYN              FIN   <- close(), shutdown(), the program's end
//! ACK      <- what it acknowledges RST   <- close(), or the packet that nobody expected
//! recv()   <- the packets whose bytes it took
//! ```
//!
//! Where a program's host matters (two hosts listen on the same port of all addresses) the packet's address says which one it
//! is; within one host it is the socket that was made last.
//!
//! ```text
//! mod.rs      the chains: noted event by event, and asked for
//! call.rs     calls and their answers
//! packet.rs   packets
//! socket.rs   what is remembered of sockets
//! ```

mod call;
mod packet;
mod socket;

use super::arrivals::Arrivals;
use super::tcp;
use crate::sorted::{Map, sort};
use packet::fits;
use protocol::wire::{Fate, Host};
use protocol::{
    Address, CallId, Event, EventKind, HostId, PacketId, ProgramId, Sample, SocketId, TcpState, ThreadId,
    WireNews,
};
use socket::{Datagram, Direction, Socket};
use std::net::IpAddr;

/// Directions of conversations remembered, segments of each, sends of each socket, datagrams: the oldest are forgotten.
const KEPT: usize = 1024;
/// Events that one click lights up at most.
const LIT: usize = 256;

/// A host's address and a port.
pub(super) type Place = (IpAddr, u16);

/// What caused what, so far.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    /// For each event those that caused it, and those that it caused.
    up: Map<u64, Vec<u64>>,
    down: Map<u64, Vec<u64>>,
    sockets: Vec<Socket>,
    directions: Vec<Direction>,
    packets: Map<PacketId, u64>,
    /// Calls that have not returned: their event, and the call without its bytes.
    calls: Map<CallId, (u64, Called)>,
    /// Sends of datagrams whose packet has not been seen.
    datagrams: Vec<Datagram>,
    /// The addresses of each host; empty where no packets are seen.
    addresses: Vec<Vec<IpAddr>>,
    /// The host of each program, by its place among those.
    hosts: Vec<HostId>,
    /// Datagrams that no recv() has taken.
    arrivals: Arrivals,
    /// Returns of recv() that took one of several datagrams, nobody knows which; sorted.
    unknown: Vec<u64>,
    /// How a socket came to the state that an event tells.
    ways: Map<u64, Vec<&'static tcp::Transition>>,
    /// The line that each thread is at: event and line.
    lines: Map<(ProgramId, ThreadId), (u64, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    Socket(SocketId, i32),
    Accept(SocketId, SocketId),
    Send(SocketId),
    Recv(SocketId),
    Other(SocketId),
}

pub(super) fn push_bounded<T>(list: &mut Vec<T>, one: T) {
    if list.len() >= KEPT {
        // Half of them at once: so it costs little for each.
        list.drain(..KEPT / 2);
    }
    list.push(one);
}

fn place(address: &Address) -> Option<Place> {
    Some((address.ip()?, address.port()?))
}

/// The same with an unspecified address for any host.
pub(super) fn fits_place(own: Place, place: Place) -> bool {
    is_at(own, place)
}

/// Is the socket's own place this one? An unspecified address is any.
fn is_at(own: Place, place: Place) -> bool {
    fits((Some(own.0).filter(|ip| !ip.is_unspecified()), own.1), place)
}

impl Causes {
    /// The programs run on these hosts.
    pub(super) fn on_hosts(&mut self, hosts: Vec<HostId>) {
        self.hosts = hosts;
    }

    /// The program that sent a packet and the event that caused it, before it has an event of its own.
    pub fn of(&self, kind: &EventKind, events: &[Event]) -> (Option<ProgramId>, Option<u64>) {
        let EventKind::Wire { news, .. } = kind else {
            return (None, None);
        };
        let first = |id: &PacketId| self.packets.get(id).copied();
        let of_packet = |id: &PacketId| {
            let event = first(id).and_then(|seq| events.get(usize::try_from(seq).ok()?.checked_sub(1)?));
            (event.and_then(|e| e.program), event.map(|e| e.seq))
        };
        match news {
            WireNews::Sent {
                copy_of: Some(of), ..
            } => of_packet(of),
            WireNews::Sent { data, .. } => self.of_packet(&data.0, events),
            WireNews::Now { packet, .. }
            | WireNews::Again { packet, .. }
            | WireNews::Moved { packet, .. } => of_packet(packet),
            WireNews::Flood { .. } | WireNews::Ruled { .. } => (None, None),
        }
    }

    fn socket(&self, id: SocketId) -> Option<&Socket> {
        self.sockets.iter().rev().find(|s| s.id == id)
    }

    fn socket_mut(&mut self, id: SocketId) -> Option<&mut Socket> {
        self.sockets.iter_mut().rev().find(|s| s.id == id)
    }

    fn link(&mut self, cause: Option<u64>, effect: u64) {
        let Some(cause) = cause.filter(|c| *c != effect) else {
            return;
        };
        let up = self.up.or_default(effect);
        if !up.contains(&cause) {
            up.push(cause);
            self.down.or_default(cause).push(effect);
        }
    }

    /// An event has come to its place in the list.
    pub(super) fn note(&mut self, event: &Event) {
        self.link(event.cause, event.seq);
        let Some(program) = event.program else {
            self.note_lab(event);
            return;
        };
        let thread = (program, event.thread);
        match &event.kind {
            EventKind::Line { line, .. } | EventKind::Lines { line, .. } => {
                self.lines.insert(thread, (event.seq, *line));
            }
            EventKind::Called { call, line, what, .. } => {
                let before = self
                    .lines
                    .get(&thread)
                    .filter(|(_, at)| at == line)
                    .map(|(seq, _)| *seq);
                self.link(before, event.seq);
                self.called(event.seq, *call, what);
            }
            EventKind::Returned { call, outcome, .. } => self.returned(event.seq, program, *call, outcome),
            EventKind::Raised { .. } | EventKind::Output { .. } => {}
            EventKind::Ended { .. } => {
                for socket in self.sockets.iter_mut().filter(|s| s.program == program) {
                    socket.ended.get_or_insert(event.seq);
                }
            }
            _ => self.note_lab(event),
        }
    }

    /// Was it one of several datagrams from different senders that this return of recv() took, and nobody knows which?
    pub fn is_unknown(&self, seq: u64) -> bool {
        self.unknown.binary_search(&seq).is_ok()
    }

    /// Events of the network.
    fn note_lab(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Wire { news, .. } => match news {
                WireNews::Sent {
                    packet, data, fate, ..
                } => {
                    self.packets.insert(*packet, event.seq);
                    self.sent(event, &data.0);
                    self.datagram_sent(event.seq, *packet, &data.0, *fate);
                }
                WireNews::Now {
                    packet,
                    fate: fate @ (Fate::Delivered | Fate::Dropped { .. }),
                } => {
                    self.arrivals.ended(*packet, *fate == Fate::Delivered);
                    let first = self.packets.remove(packet);
                    self.link(first, event.seq);
                }
                WireNews::Now { packet, .. }
                | WireNews::Again { packet, .. }
                | WireNews::Moved { packet, .. } => {
                    let first = self.packets.get(packet).copied();
                    self.link(first, event.seq);
                }
                WireNews::Flood { .. } | WireNews::Ruled { .. } => {}
            },
            EventKind::Socket { sample, .. } => self.sampled(event, sample),
            EventKind::Hosts { hosts } => {
                let numbers = |h: &Host| h.addresses.iter().filter_map(|a| a.parse().ok()).collect();
                self.addresses = hosts.iter().map(numbers).collect();
            }
            _ => {}
        }
    }

    fn sampled(&mut self, event: &Event, sample: &Sample) {
        let (id, program) = (sample.sock, sample.sock.program());
        if self.socket(id).is_none() {
            push_bounded(
                &mut self.sockets,
                Socket::new(id, program, sample.kind & 0xff == 2),
            );
        }
        let Some(socket) = self.socket_mut(id) else { return };
        socket.local = sample.local.as_ref().and_then(place).or(socket.local);
        socket.peer = sample.peer.as_ref().and_then(place).or(socket.peer);
        self.shown(event.seq, sample);
        let Some(socket) = self.socket_mut(id) else { return };
        let Some(after) = sample.state else { return };
        let before = socket.state.replace(after);
        let (ended, connects) = (socket.ended, socket.connects.map(|(event, ..)| event));
        let places = socket.local.zip(socket.peer);
        let accepted = socket.accepted;
        if before == Some(after) {
            return;
        }
        let from_peer = places.and_then(|(local, peer)| {
            let mut all = self.directions.iter().rev();
            all.find(|d| d.from == peer && is_at(local, d.to))
        });
        let (last, acked) = from_peer.map_or((None, false), |d| (Some(d.last), d.acked));
        let before = before.or(accepted.then_some(TcpState::Listen));
        let way = before.and_then(|before| tcp::path_by(before, after, acked));
        let way = way.unwrap_or_default();
        let Some(why) = way.last().copied() else { return };
        self.ways.insert(event.seq, way);
        let cause = match why.event {
            tcp::Event::Call("connect") => connects,
            tcp::Event::Call(_) => ended,
            tcp::Event::Segment(_) => last,
            tcp::Event::Timer => None,
        };
        self.link(cause, event.seq);
    }

    /// More bytes stand in a receive buffer than before: they came with these packets.
    fn shown(&mut self, seq: u64, sample: &Sample) {
        let Some(socket) = self.socket_mut(sample.sock).filter(|s| !s.listens) else {
            return;
        };
        let (before, now) = (socket.queued, u64::from(sample.recv_queue));
        socket.queued = now;
        let (id, local, received) = (socket.id, socket.local, socket.received);
        if now <= before {
            return;
        }
        if socket.datagrams {
            let len = usize::try_from(now).unwrap_or(usize::MAX);
            let brought = local.and_then(|local| self.arrivals.first(local, len));
            self.link(brought, seq);
        } else {
            self.link_bytes(seq, id, received + before, received + now);
        }
    }

    /// Events that belong to this one, itself included, in order: a click on one lights up all. Upwards as far as the line
    /// whose call it was; downwards through the packets of a call to the recv() that took their bytes; answers are in it,
    /// but not the answers to them.
    pub fn related(&self, seq: u64, events: &[Event]) -> Vec<u64> {
        let is_packet = |seq: u64| {
            let place = usize::try_from(seq).ok().and_then(|n| n.checked_sub(1));
            let kind = place.and_then(|n| events.get(n)).map(|e| &e.kind);
            matches!(
                kind,
                Some(EventKind::Wire {
                    news: WireNews::Sent { .. },
                    ..
                })
            )
        };
        let mut found = vec![seq];
        let mut at = 0;
        while let Some(&one) = found.get(at) {
            for up in self.up.get(&one).into_iter().flatten() {
                // From one packet to the one that it answers, but no further back.
                let answers = is_packet(one) && is_packet(*up);
                if (!answers || one == seq) && !found.contains(up) && found.len() < LIT {
                    found.push(*up);
                }
            }
            at += 1;
        }
        let mut at = 0;
        // What the ancestors caused beside is no matter of this event, except that a call has its return.
        let mut wave = vec![seq];
        while let Some(&one) = wave.get(at) {
            for down in self.down.get(&one).into_iter().flatten() {
                if found.contains(down) || found.len() >= LIT {
                    continue;
                }
                found.push(*down);
                let answers = is_packet(one) && is_packet(*down);
                if !answers {
                    wave.push(*down);
                }
            }
            at += 1;
        }
        sort(&mut found);
        found
    }

    /// The arrows of TCP's diagram that a socket went along to the state that event `seq` tells. The last one leads to what
    /// the kernel said; states between were not seen by anybody and are inferred from it and from the packets.
    pub fn way(&self, seq: u64) -> &[&'static tcp::Transition] {
        self.ways.get(&seq).map_or(&[], Vec::as_slice)
    }

    /// The events that caused this one directly.
    pub fn causes_of(&self, seq: u64) -> &[u64] {
        self.up.get(&seq).map_or(&[], Vec::as_slice)
    }
}
