//! What the kernel says about the lab's sockets, and which of it is new.

use super::sock::Sock;
use super::state::State;
use crate::linux;
use crate::net::helper::sockdiag;
use crate::sys::{self, RawAddr, RawTcpInfo};
use protocol::sample::{AcceptQueue, TcpInfo};
use protocol::{Address, HostId, Network, Sample, SocketId, TcpState, bounds};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Up to so many sockets, all are looked at after each call; beyond, only those that the call can have touched.
const LOOK_AT_ALL: usize = 8;
/// Of those that somebody waits on, so many.
const WAITED_ON: usize = 32;
/// Closed connections that are watched until the kernel has forgotten them.
const GHOSTS: usize = 32;
/// TIME-WAIT lasts a minute, and FIN-WAIT-2 without a descriptor too: how often they are looked at.
const LONG_WAIT_LOOK: Duration = Duration::from_secs(5);

/// A TCP connection whose descriptor is closed: FIN-WAIT, TIME-WAIT, ...
pub(super) struct Ghost {
    /// Where it lives.
    host: HostId,
    /// Local and remote address, if it is a connection.
    ends: Option<(SocketAddr, SocketAddr)>,
    last: Sample,
    /// What `last` says has been told.
    told: bool,
    /// Not looked at before.
    next_look: Instant,
}

impl State {
    /// Looks at what a call on this socket can have changed; the called socket comes first.
    ///
    /// `moved_bytes`: the call has sent or received and done nothing else, so that on a connection inside the lab only the
    /// other end can have changed with it.
    pub(super) fn sample_around(&mut self, called: Option<SocketId>, moved_bytes: bool) -> Vec<Sample> {
        let mut ids: Vec<SocketId> = called.into_iter().collect();
        let peer = called.and_then(|id| self.peer_of(id));
        ids.extend(peer);
        if moved_bytes && peer.is_some() {
            return self.look_at_these(ids);
        }
        if self.socks.len() <= LOOK_AT_ALL {
            let others = self.socks.keys().filter(|id| !ids.contains(id)).copied();
            let others: Vec<SocketId> = others.collect();
            ids.extend(others);
        } else {
            let waited = self
                .socks
                .values()
                .filter(|s| !s.waiters.is_empty() || s.listening)
                .map(|s| s.id);
            let new: Vec<SocketId> = self
                .socks
                .values()
                .filter(|s| s.told.is_none())
                .map(|s| s.id)
                .collect();
            let waited: Vec<SocketId> = waited.take(WAITED_ON).collect();
            for id in waited.into_iter().chain(new) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        self.look_at_these(ids)
    }

    /// Looks at all sockets.
    pub(super) fn sample_all(&mut self) -> Vec<Sample> {
        let ids: Vec<SocketId> = self.socks.keys().copied().collect();
        self.look_at_these(ids)
    }

    fn look_at_these(&mut self, ids: Vec<SocketId>) -> Vec<Sample> {
        let mut new: Vec<Sample> = ids.into_iter().filter_map(|id| self.look(id)).collect();
        self.look_at_ghosts(&mut new);
        if !new.is_empty() {
            self.look_sooner();
        }
        if self
            .socks
            .values()
            .filter_map(|sock| sock.told.as_ref())
            .any(Sample::is_under_way)
            || !self.ghosts.is_empty()
        {
            self.look_soon();
        }
        new
    }

    /// The other end of a connection inside the lab.
    fn peer_of(&self, id: SocketId) -> Option<SocketId> {
        let told = self.socks.get(&id)?.told.as_ref()?;
        let (local, peer) = (told.local.as_ref()?, told.peer.as_ref()?);
        let other = self.socks.values().filter(|sock| sock.id != id).find(|sock| {
            sock.told.as_ref().is_some_and(|other| {
                other.local.as_ref() == Some(peer)
                    && (other.peer.as_ref() == Some(local) || !sock.is_stream())
            })
        });
        other.map(|sock| sock.id)
    }

    /// Looks at one socket; what it says now, if that is new.
    pub(super) fn look(&mut self, id: SocketId) -> Option<Sample> {
        let sock = self.socks.get_mut(&id)?;
        let mut sample = kernel_state(sock);
        let state_changed = sock.told.as_ref().is_none_or(|told| told.state != sample.state);
        if state_changed || sock.names.is_none() {
            let local = sys::local_name(sock.fd()).ok();
            let peer = sys::peer_name(sock.fd()).ok();
            let host = sock.host;
            let names = (
                local.and_then(|raw| self.named(host, &raw)),
                peer.and_then(|raw| self.named(host, &raw)),
            );
            let sock = self.socks.get_mut(&id)?;
            sock.names = Some(names);
        }
        let sock = self.socks.get_mut(&id)?;
        (sample.local, sample.peer) = sock.names.clone().unwrap_or_default();
        // Two more system calls: only where there is a wire, whose learner sees timers run.
        if self.place.network() == Network::Kernel
            && sock.is_tcp()
            && sample.is_under_way()
            && let Some(diag) = self.place.diag(sock.host)
            && let Some(local) = sample.local.as_ref().and_then(to_std)
            && let Some(peer) = sample.peer.as_ref().and_then(to_std).or(sock.connects_to)
        {
            let known = sockdiag::connection(diag, local, peer).ok().flatten();
            sample.timer = known.and_then(|known| known.timer);
        }
        if sock.told.as_ref().is_some_and(|told| told.is_same(&sample)) {
            return None;
        }
        sock.told = Some(sample.clone());
        Some(sample)
    }

    /// A name that says something: not that of an unbound socket.
    fn named(&self, host: HostId, raw: &RawAddr) -> Option<Address> {
        let address = self.address(host, raw);
        match &address {
            Address::Unix { path } if path.is_empty() => None,
            other if other.port() == Some(0) => None,
            _ => Some(address),
        }
    }

    /// Forgets a socket that the program has closed and nobody waits on any more; its connection may go on.
    pub(super) fn bury_if_done(&mut self, id: SocketId) {
        if self
            .socks
            .get(&id)
            .is_none_or(|sock| sock.open || !sock.waiters.is_empty())
        {
            return;
        }
        // One last look, for the names.
        let _ = self.look(id);
        let Some(sock) = self.socks.remove(&id) else {
            return;
        };
        let told = sock.told.clone().unwrap_or_default();
        let ends = match (&told.local, &told.peer) {
            (Some(local), Some(peer)) if sock.is_tcp() => to_std(local).zip(to_std(peer)),
            _ => None,
        };
        let last = Sample {
            sock: id,
            family: sock.family,
            kind: sock.kind,
            state: told.state,
            local: told.local,
            peer: told.peer,
            closed: true,
            ..Sample::default()
        };
        let host = sock.host;
        // This is close(2).
        drop(sock);
        if self.ghosts.len() >= GHOSTS {
            self.ghosts.remove(0);
        }
        self.ghosts.push(Ghost {
            host,
            ends,
            last,
            told: false,
            next_look: Instant::now(),
        });
    }

    /// Looks at closed connections.
    fn look_at_ghosts(&mut self, new: &mut Vec<Sample>) {
        let now = Instant::now();
        self.look_at_some_ghosts(new, |ghost| ghost.next_look <= now);
    }

    /// Looks at the closed connection of a host between these addresses, if there is one.
    pub(super) fn look_at_ghost(
        &mut self,
        host: HostId,
        local: SocketAddr,
        remote: SocketAddr,
        new: &mut Vec<Sample>,
    ) {
        let plain = |end: SocketAddr| SocketAddr::new(end.ip().to_canonical(), end.port());
        self.look_at_some_ghosts(new, |ghost| {
            let ends = ghost.ends.map(|(local, remote)| (plain(local), plain(remote)));
            ghost.host == host && ends == Some((local, remote))
        });
    }

    fn look_at_some_ghosts(&mut self, new: &mut Vec<Sample>, wanted: impl Fn(&Ghost) -> bool) {
        if self.ghosts.is_empty() {
            return;
        }
        let now = Instant::now();
        let place = &self.place;
        self.ghosts.retain_mut(|ghost| {
            if !wanted(ghost) {
                return true;
            }
            let known = match (place.diag(ghost.host), ghost.ends) {
                // A socket with a file belongs to somebody else by now: the addresses are in use again.
                (Some(diag), Some((local, remote))) => sockdiag::connection(diag, local, remote)
                    .ok()
                    .flatten()
                    .filter(|k| k.inode == 0),
                _ => None,
            };
            let mut sample = ghost.last.clone();
            sample.send_queue = 0;
            sample.tcp = None;
            sample.timer = None;
            let stays = known.is_some();
            match known {
                Some(known) => {
                    if let Some(info) = known.info {
                        fill_tcp(&mut sample, info);
                    }
                    sample.state = TcpState::from_linux(known.state);
                    sample.send_queue = known.send_queue;
                    sample.timer = known.timer;
                    if matches!(sample.state, Some(TcpState::TimeWait)) {
                        ghost.next_look = now + LONG_WAIT_LOOK;
                    }
                }
                None => sample.state = sample.state.map(|_| TcpState::Closed),
            }
            if !ghost.told || !sample.is_same(&ghost.last) {
                ghost.told = true;
                ghost.last = sample.clone();
                new.push(sample);
            }
            stays
        });
    }
}

fn to_std(address: &Address) -> Option<SocketAddr> {
    Some(SocketAddr::new(address.ip()?, address.port()?))
}

/// TCP_INFO, SIOCINQ, SIOCOUTQ and the first bytes of the receive buffer.
fn kernel_state(sock: &mut Sock) -> Sample {
    let mut sample = Sample {
        sock: sock.id,
        family: sock.family,
        kind: sock.kind,
        closed: !sock.open,
        ..Sample::default()
    };
    let mut unsent = None;
    if sock.is_tcp()
        && let Ok(info) = sys::tcp_info(sock.fd())
    {
        fill_tcp(&mut sample, info);
        // With nothing in flight, SIOCOUTQ is what TCP_INFO has told already.
        unsent = info.notsent.filter(|_| info.unacked == 0);
    }
    if sock.listening && sock.is_stream() {
        return sample;
    }
    sample.recv_queue = sys::bytes_to_read(sock.fd()).unwrap_or(0);
    // For AF_UNIX the kernel tells memory, not bytes; after a refused connection, sequence numbers that were never bytes.
    if sock.family != linux::AF_UNIX && sample.state != Some(TcpState::Closed) {
        sample.send_queue = unsent.unwrap_or_else(|| sys::bytes_unsent(sock.fd()).unwrap_or(0));
    }
    if sample.recv_queue > 0 {
        let flags = linux::MSG_PEEK | linux::MSG_DONTWAIT;
        let mut head = Vec::new();
        match sys::receive(
            sock.fd(),
            &mut head,
            bounds::PEEK.min(sample.recv_queue as usize),
            flags,
        ) {
            Ok(_) => sample.recv_head = head.into(),
            // Looking has taken an error that the program must hear of.
            Err(errno) if !errno.would_block() => sock.held_error = Some(errno.0),
            Err(_) => {}
        }
    }
    sample
}

fn fill_tcp(sample: &mut Sample, info: RawTcpInfo) {
    sample.state = TcpState::from_linux(info.state);
    match sample.state {
        Some(TcpState::Listen) => {
            sample.accept_queue = Some(AcceptQueue {
                queued: info.unacked,
                backlog: info.sacked,
            });
        }
        Some(TcpState::Closed) | None => {}
        Some(_) => {
            sample.tcp = Some(TcpInfo {
                rtt: info.rtt,
                rttvar: info.rttvar,
                rto: info.rto,
                cwnd: info.snd_cwnd,
                mss: info.snd_mss,
                unacked: info.unacked,
                retransmitted: info.total_retrans,
                window: info.rcv_wnd,
                peer_window: info.snd_wnd,
                ssthresh: info.snd_ssthresh,
            });
        }
    }
}
