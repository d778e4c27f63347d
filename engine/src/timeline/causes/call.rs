//! What a call begins and its answer ends: bytes that are written and taken, addresses that are bound.

use super::packet::aim;
use super::socket::{Datagram, Socket};
use super::{Called, Causes, is_at, place, push_bounded};
use crate::timeline::arrivals::Taken;
use protocol::{Address, Call, CallId, Outcome, ProgramId, SocketId};

impl Causes {
    pub(super) fn called(&mut self, seq: u64, call: CallId, what: &Call) {
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

    pub(super) fn returned(&mut self, seq: u64, program: ProgramId, call: CallId, outcome: &Outcome) {
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
    pub(super) fn took(&mut self, seq: u64, id: SocketId, n: u64) {
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

    /// These bytes of what a socket receives came to event `seq`: with these packets, or, where none are seen, from these
    /// calls of its peer.
    pub(super) fn link_bytes(&mut self, seq: u64, id: SocketId, start: u64, end: u64) {
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
}
