//! Which bytes that one program gave to the kernel are the bytes that arrived at another socket.
//!
//! A stream's bytes belong together by their position in the stream, a datagram's by its addresses and content. An arrow
//! is drawn only where both ends were observed: a call that gave the bytes, and a kernel's look at the receive buffer (or
//! a recv() that took them) that shows them. What was not observed is not drawn.

use engine::sorted::Map;
use engine::timeline::State;
use protocol::{Address, Call, Payload, Sample, SocketId, bounds};

/// How many arrivals of one socket are remembered, for a send that tells only later how much it took.
const HISTORY: usize = 32;
/// Sends of one lab that wait for their arrival; older ones are given up.
const PENDING: usize = 512;

/// A send whose bytes have not been seen to arrive.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The event of the call's entry.
    pub seq: u64,
    /// The sending socket.
    pub from: SocketId,
    /// Where the row of the call stands.
    pub y: i32,
    /// How many bytes.
    pub len: u64,
    /// The first of them (at most [`bounds::PEEK`]).
    pub head: Payload,
    /// The position behind the last byte in the stream; `None` for datagrams.
    end: Option<u64>,
    /// The whole datagram, and to whom.
    datagram: Option<(Payload, Option<Address>)>,
}

#[derive(Clone, Debug, Default)]
struct Stream {
    /// Every byte before this position has been seen at the receiver.
    seen: u64,
    /// (position, the event that showed it).
    history: Vec<(u64, u64)>,
}

/// The bytes under way.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    pending: Vec<Pending>,
    streams: Map<SocketId, Stream>,
    /// Both ends of a socketpair().
    pairs: Map<SocketId, SocketId>,
}

const fn is_stream(sample: &Sample) -> bool {
    sample.kind & 0xff == 1
}

impl Pending {
    /// One datagram, not part of a stream.
    pub const fn is_datagram(&self) -> bool {
        self.datagram.is_some()
    }
}

impl Flows {
    /// socketpair() joined two sockets.
    pub fn paired(&mut self, first: SocketId, second: SocketId) {
        self.pairs.insert(first, second);
        self.pairs.insert(second, first);
    }

    fn peer(&self, state: &State, id: SocketId) -> Option<SocketId> {
        if let Some(peer) = self.pairs.get(&id) {
            return Some(*peer);
        }
        state.socket(id).and_then(|s| state.peer_of(s)).map(|s| s.id)
    }

    /// A program gives bytes to the kernel (the call's entry).
    pub fn given(&mut self, state: &State, seq: u64, y: i32, call: &Call) {
        let (from, data, to) = match call {
            Call::Send { sock, data, .. } => (*sock, data, None),
            Call::SendTo { sock, data, addr, .. } => (*sock, data, Some(addr.clone())),
            _ => return,
        };
        let socket = state.socket(from);
        let stream = socket.and_then(|s| s.sample.as_ref()).is_none_or(is_stream);
        if data.is_empty() && stream {
            return;
        }
        let len = data.len() as u64;
        if self.pending.len() >= PENDING {
            self.pending.remove(0);
        }
        let to = to.or_else(|| socket.and_then(|s| s.sample.as_ref()?.peer.clone()));
        self.pending.push(Pending {
            seq,
            from,
            y,
            len,
            head: data.0[..data.len().min(bounds::PEEK)].into(),
            end: stream.then(|| socket.map_or(0, |s| s.sent) + len),
            datagram: (!stream).then(|| (data.clone(), to)),
        });
    }

    /// The call that began with event `seq` has taken `n` bytes (0: it failed). Where it took fewer than it was
    /// given and those have been seen to arrive before: the event that showed them.
    pub fn taken(&mut self, state: &State, seq: u64, n: u64) -> Option<(Pending, SocketId, u64)> {
        let place = self.pending.iter().position(|p| p.seq == seq)?;
        let pending = &mut self.pending[place];
        if n == 0 && pending.len > 0 {
            self.pending.remove(place);
            return None;
        }
        let end = pending.end.as_mut()?;
        if n >= pending.len {
            return None;
        }
        *end -= pending.len - n;
        pending.len = n;
        let (end, from) = (*end, pending.from);
        let peer = self.peer(state, from)?;
        let history = &self.streams.get(&peer)?.history;
        let arrival = history.iter().find(|(seen, at)| *seen >= end && *at > seq)?.1;
        Some((self.pending.remove(place), peer, arrival))
    }

    /// The kernel showed `sample`; `state` has it already. Gives the sends whose bytes are here now.
    pub fn looked(&mut self, state: &State, sample: &Sample) -> Vec<Pending> {
        if sample.closed {
            return Vec::new();
        }
        if !is_stream(sample) {
            let shown = self.datagram_shown(state, sample);
            return shown.map(|i| self.pending.remove(i)).into_iter().collect();
        }
        let taken = state.socket(sample.sock).map_or(0, |s| s.received);
        self.arrived(state, sample.sock, taken + u64::from(sample.recv_queue))
    }

    /// A program took bytes; `state` has counted them already. Gives the sends whose bytes are here now.
    pub fn received(
        &mut self,
        state: &State,
        sock: SocketId,
        data: &Payload,
        from: Option<&Address>,
    ) -> Vec<Pending> {
        let socket = state.socket(sock);
        let stream = socket.and_then(|s| s.sample.as_ref()).is_none_or(is_stream);
        if stream {
            let taken = socket.map_or(0, |s| s.received);
            return self.arrived(state, sock, taken);
        }
        let local = socket.and_then(|s| s.sample.as_ref()?.local.as_ref());
        let place = self.pending.iter().position(|p| {
            p.datagram
                .as_ref()
                .is_some_and(|(whole, to)| whole == data && reaches(to.as_ref(), local))
                && from.is_none_or(|a| comes_from(state, p.from, a))
        });
        place.map(|i| self.pending.remove(i)).into_iter().collect()
    }

    /// Everything before `position` has been seen at `sock`.
    fn arrived(&mut self, state: &State, sock: SocketId, position: u64) -> Vec<Pending> {
        let Some(peer) = self.peer(state, sock) else {
            return Vec::new();
        };
        // No more can have arrived than was given: a look that is older than a recv() must not count bytes twice.
        let given = self
            .pending
            .iter()
            .filter(|p| p.from == peer)
            .filter_map(|p| p.end)
            .max();
        let given = given.unwrap_or(0).max(state.socket(peer).map_or(0, |s| s.sent));
        let position = position.min(given);
        let stream = self.streams.or_default(sock);
        if position > stream.seen {
            stream.seen = position;
            if stream.history.len() >= HISTORY {
                stream.history.remove(0);
            }
            stream.history.push((position, state.seq));
        }
        let seen = stream.seen;
        let mut done = Vec::new();
        self.pending.retain(|p| {
            let ends = p.from == peer && p.end.is_some_and(|end| end <= seen);
            if ends {
                done.push(p.clone());
            }
            !ends
        });
        done
    }

    /// The pending datagram that stands first in the receive buffer that `sample` shows.
    fn datagram_shown(&self, state: &State, sample: &Sample) -> Option<usize> {
        self.pending.iter().position(|p| {
            p.datagram.as_ref().is_some_and(|(whole, to)| {
                u64::from(sample.recv_queue) == p.len
                    && !whole.is_empty()
                    && sample.recv_head.0 == whole.0[..whole.len().min(bounds::PEEK)]
                    && p.from != sample.sock
                    && reaches(to.as_ref(), sample.local.as_ref())
                    && sample
                        .peer
                        .as_ref()
                        .is_none_or(|peer| comes_from(state, p.from, peer))
            })
        })
    }
}

/// Can what was sent to `to` arrive at a socket whose address is `local`? Hosts compare only where both are numbers.
fn reaches(to: Option<&Address>, local: Option<&Address>) -> bool {
    match (to, local) {
        (Some(to), Some(local)) => same(to, local),
        _ => false,
    }
}

/// Is `address` the sending socket's own? Unknown is not "no": its kernel may not have been asked since.
fn comes_from(state: &State, from: SocketId, address: &Address) -> bool {
    let sample = state.socket(from).and_then(|s| s.sample.as_ref());
    let local = sample
        .and_then(|s| s.local.as_ref())
        .filter(|a| a.port() != Some(0));
    local.is_none_or(|local| same(local, address))
}

fn same(a: &Address, b: &Address) -> bool {
    if let (Address::Unix { path: a }, Address::Unix { path: b }) = (a, b) {
        return a == b;
    }
    let any = |ip: Option<std::net::IpAddr>| ip.is_none_or(|ip| ip.is_unspecified() || ip.is_multicast());
    let broadcast = |ip: Option<std::net::IpAddr>| ip.is_some_and(|ip| ip.to_string() == "255.255.255.255");
    a.port() == b.port()
        && (a.ip() == b.ip() || any(a.ip()) || any(b.ip()) || broadcast(a.ip()) || broadcast(b.ip()))
}
