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

use super::arrivals::{Arrivals, Taken};
use super::tcp;
use crate::packet::Head;
use crate::packet::head::{Tcp, Transport, flag, u16_at};
use crate::sorted::{Map, sort};
use protocol::wire::{Fate, Host};
use protocol::{
    Address, Call, CallId, Event, EventKind, HostId, Outcome, PacketId, Payload, ProgramId, Sample, SocketId,
    TcpState, ThreadId, WireNews,
};
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

#[derive(Clone, Debug)]
struct Socket {
    id: SocketId,
    program: ProgramId,
    datagrams: bool,
    local: Option<Place>,
    peer: Option<Place>,
    listens: bool,
    /// connect(): its event, the host where it is known, the port.
    connects: Option<(u64, Option<IpAddr>, u16)>,
    /// What ended its sending: close(), shutdown(), the program's end.
    ended: Option<u64>,
    state: Option<TcpState>,
    /// It came out of accept(): so it was in LISTEN's hands before the kernel spoke of it.
    accepted: bool,
    /// Bytes given to the kernel, and which call gave which.
    sent: u64,
    sends: Vec<(u64, u64, u64)>,
    /// Bytes that the kernel showed in its receive buffer last.
    queued: u64,
    /// Bytes taken from the kernel, and the last recv() that took some.
    received: u64,
    took: Option<u64>,
}

#[derive(Clone, Debug)]
struct Direction {
    from: Place,
    to: Place,
    /// The number of the first byte.
    first: u32,
    /// The SYN's event.
    syn: Option<u64>,
    /// First number, number after the last, event.
    segments: Vec<(u32, u32, u64)>,
    /// The last packet's event, acknowledgment, window.
    last: u64,
    ack: u32,
    window: u16,
    /// The number after its FIN.
    fin: Option<u32>,
    /// It has acknowledged the other direction's FIN before it sent its own.
    acked: bool,
}

#[derive(Clone, Debug)]
struct Datagram {
    event: u64,
    socket: SocketId,
    to: Option<(Option<IpAddr>, u16)>,
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

/// The host of an address where it is known, and its port.
fn aim(address: &Address) -> Option<(Option<IpAddr>, u16)> {
    Some((address.ip().filter(|ip| !ip.is_unspecified()), address.port()?))
}

fn fits(aim: (Option<IpAddr>, u16), place: Place) -> bool {
    aim.1 == place.1 && aim.0.is_none_or(|ip| ip.to_canonical() == place.0)
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

    fn of_packet(&self, packet: &[u8], events: &[Event]) -> (Option<ProgramId>, Option<u64>) {
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

    fn direction(&self, from: Place, to: Place) -> Option<&Direction> {
        self.directions
            .iter()
            .rev()
            .find(|d| (d.from, d.to) == (from, to))
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

    fn called(&mut self, seq: u64, call: CallId, what: &Call) {
        let known = match what {
            Call::Socket { sock, kind, .. } => Called::Socket(*sock, *kind),
            Call::Accept { sock, new } => Called::Accept(*sock, *new),
            Call::Send { sock, data, .. } | Call::SendTo { sock, data, .. } => {
                let to = match what {
                    Call::SendTo { addr, .. } => aim(addr),
                    _ => None,
                };
                if let Some(socket) = self.socket_mut(*sock) {
                    if socket.datagrams {
                        let own = socket.local.filter(|l| l.1 != 0);
                        let target = match what {
                            Call::SendTo { addr, .. } => place(addr),
                            _ => socket.peer,
                        };
                        // Where packets are seen, the packet arrives, not the call.
                        if let (true, Some(target)) = (self.addresses.is_empty(), target) {
                            self.arrivals.sent(seq, None, own, target, &data.0, true);
                        }
                        let socket = *sock;
                        push_bounded(
                            &mut self.datagrams,
                            Datagram {
                                event: seq,
                                socket,
                                to,
                            },
                        );
                    } else {
                        // Its packets may be seen before it returns; then it is known how many bytes it were.
                        let end = socket.sent + data.len() as u64;
                        push_bounded(&mut socket.sends, (socket.sent, end, seq));
                    }
                }
                Called::Send(*sock)
            }
            Call::Recv { sock, flags, .. } | Call::RecvFrom { sock, flags, .. } => {
                const MSG_PEEK: i32 = 2;
                match flags & MSG_PEEK {
                    0 => Called::Recv(*sock),
                    _ => Called::Other(*sock),
                }
            }
            Call::Connect { sock, addr } => {
                if let (Some(socket), Some((ip, port))) = (self.socket_mut(*sock), aim(addr)) {
                    socket.connects = Some((seq, ip, port));
                }
                Called::Other(*sock)
            }
            Call::Bind { sock, addr } => {
                if let Some(socket) = self.socket_mut(*sock) {
                    socket.local = place(addr).or(socket.local);
                }
                Called::Other(*sock)
            }
            Call::Listen { sock, .. } => {
                if let Some(socket) = self.socket_mut(*sock) {
                    socket.listens = true;
                }
                Called::Other(*sock)
            }
            Call::Close { sock } => self.ends(*sock, seq),
            Call::Shutdown { sock, how: 1.. } => self.ends(*sock, seq),
            _ => return self.remember(call, seq, None),
        };
        self.remember(call, seq, Some(known));
    }

    fn ends(&mut self, sock: SocketId, seq: u64) -> Called {
        if let Some(socket) = self.socket_mut(sock) {
            // After shutdown() it is close() that resets, but the FIN was shutdown()'s.
            socket.ended.get_or_insert(seq);
        }
        Called::Other(sock)
    }

    fn remember(&mut self, call: CallId, seq: u64, known: Option<Called>) {
        // A call on no socket has an entry too: its return belongs to it.
        self.calls
            .insert(call, (seq, known.unwrap_or(Called::Other(SocketId(u32::MAX)))));
    }

    fn returned(&mut self, seq: u64, program: ProgramId, call: CallId, outcome: &Outcome) {
        let Some((entry, known)) = self.calls.remove(&call) else {
            return;
        };
        self.link(Some(entry), seq);
        match (known, outcome) {
            (Called::Socket(id, kind), Outcome::Done) => {
                // SOCK_DGRAM.
                push_bounded(&mut self.sockets, Socket::new(id, program, kind & 0xff == 2));
            }
            (Called::Accept(listener, id), Outcome::Accepted { addr }) => {
                let local = self.socket(listener).and_then(|s| s.local);
                let peer = place(addr);
                let known = self.socket(id).is_some();
                if !known {
                    push_bounded(&mut self.sockets, Socket::new(id, program, false));
                }
                if let Some(socket) = self.socket_mut(id) {
                    socket.accepted = true;
                    socket.local = socket.local.or(local);
                    socket.peer = socket.peer.or(peer);
                }
                // What opened it: the SYN.
                let from = peer.and_then(|peer| {
                    let to = local?;
                    let all = self.directions.iter().rev();
                    all.filter(|d| d.from == peer && is_at(to, d.to))
                        .find_map(|d| d.syn)
                });
                self.link(from, seq);
            }
            (Called::Send(id), outcome) => {
                let n = match outcome {
                    Outcome::Sent { n } => *n,
                    _ => 0,
                };
                if let Some(socket) = self.socket_mut(id).filter(|s| !s.datagrams) {
                    socket.sent += n;
                    if let Some(last) = socket.sends.iter_mut().rev().find(|s| s.2 == entry) {
                        last.1 = last.0 + n;
                    }
                }
            }
            (Called::Recv(id), Outcome::Received { data, addr }) => {
                self.took(seq, id, data.len() as u64);
                self.took_datagram(seq, id, addr.as_ref(), &data.0);
            }
            _ => {}
        }
    }

    /// A recv() has taken so many bytes: they came with these packets.
    fn took(&mut self, seq: u64, id: SocketId, n: u64) {
        let Some(socket) = self.socket_mut(id).filter(|s| !s.datagrams) else {
            return;
        };
        let (start, end) = (socket.received, socket.received + n);
        socket.received = end;
        socket.queued = socket.queued.saturating_sub(n);
        socket.took = Some(seq);
        self.link_bytes(seq, id, start, end);
    }

    /// A recv() has taken a datagram.
    fn took_datagram(&mut self, seq: u64, id: SocketId, from: Option<&Address>, data: &[u8]) {
        let Some(socket) = self.socket_mut(id).filter(|s| s.datagrams) else {
            return;
        };
        socket.queued = 0;
        let (local, peer) = (socket.local, socket.peer);
        let Some(local) = local else { return };
        match self.arrivals.take(local, from.and_then(place).or(peer), data) {
            Taken::One(event) => self.link(Some(event), seq),
            Taken::Unknown => self.unknown.push(seq),
            Taken::None => {}
        }
    }

    /// Was it one of several datagrams from different senders that this return of recv() took, and nobody knows which?
    pub fn is_unknown(&self, seq: u64) -> bool {
        self.unknown.binary_search(&seq).is_ok()
    }

    /// These bytes of what a socket receives came to event `seq`: with these packets, or, where none are seen, from these
    /// calls of its peer.
    fn link_bytes(&mut self, seq: u64, id: SocketId, start: u64, end: u64) {
        let Some(socket) = self.socket(id) else { return };
        let (Some(local), Some(peer)) = (socket.local, socket.peer) else {
            return;
        };
        let n = end - start;
        let seen = self
            .directions
            .iter()
            .any(|d| d.from == peer && is_at(local, d.to));
        if !seen {
            let other = self.sockets.iter().rev();
            let mut other = other.filter(|s| s.peer == Some(local) && s.local == Some(peer));
            let sends = other.next().map(|s| &s.sends);
            let gave: Vec<u64> = sends
                .into_iter()
                .flatten()
                .filter(|(from, to, _)| *from < end && start < *to)
                .map(|s| s.2)
                .collect();
            for call in gave {
                self.link(Some(call), seq);
            }
            return;
        }
        let brought: Vec<u64> = self
            .directions
            .iter()
            .rev()
            .find(|d| d.from == peer && is_at(local, d.to))
            .into_iter()
            .flat_map(|d| {
                d.segments.iter().filter(move |(from, to, _)| {
                    let from = u64::from(from.wrapping_sub(d.first));
                    let to = from + u64::from(to.wrapping_sub(d.first.wrapping_add(from as u32)));
                    // The end of the stream comes with the FIN, whose number follows the last byte's.
                    let empty = n == 0 && from <= start && start < to;
                    empty || from < end && start < to
                })
            })
            .map(|s| s.2)
            .collect();
        for packet in brought {
            self.link(Some(packet), seq);
        }
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

    fn datagram_sent(&mut self, seq: u64, id: PacketId, packet: &[u8], fate: Fate) {
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

    fn sent(&mut self, event: &Event, packet: &[u8]) {
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

impl Direction {
    const fn new(from: Place, to: Place, last: u64) -> Self {
        Self {
            from,
            to,
            first: 0,
            syn: None,
            segments: Vec::new(),
            last,
            ack: 0,
            window: 0,
            fin: None,
            acked: false,
        }
    }
}

impl Socket {
    fn new(id: SocketId, program: ProgramId, datagrams: bool) -> Self {
        Self {
            id,
            program,
            datagrams,
            local: None,
            peer: None,
            listens: false,
            connects: None,
            ended: None,
            state: None,
            accepted: false,
            sent: 0,
            sends: Vec::new(),
            queued: 0,
            received: 0,
            took: None,
        }
    }

    /// The call that gave this byte.
    fn sender(&self, offset: u64) -> Option<u64> {
        let has = |s: &&(u64, u64, u64)| s.0 <= offset && offset < s.1;
        self.sends.iter().rev().find(has).map(|s| s.2)
    }
}
