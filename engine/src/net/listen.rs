//! TCP's part of a host's kernel: which connection a segment belongs to, listening sockets, and the calls that concern more
//! than one connection.

use super::abi::*;
use super::emit;
use super::host::{is_for_many, unspecified};
use super::kernel::Kernel;
use super::tcp::{self, Phase, RCV, Tcb};
use crate::packet::Head;
use crate::packet::head::{Tcp, flag, protocol_number};
use protocol::{SocketId, TcpState};
use std::net::{IpAddr, SocketAddr};

/// Connections that a listening socket may have in SYN-RECEIVED.
const EMBRYOS: usize = 256;

/// What connect(2) has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connecting {
    /// The SYN is on its way (EINPROGRESS).
    Begun,
    /// It has been since an earlier call (EALREADY).
    UnderWay,
    /// It is there.
    Done,
}

impl Kernel {
    /// socket(2).
    pub(super) fn tcp_socket(&mut self, host: u8, six: bool, owner: SocketId) -> u32 {
        let id = self.new_id();
        let mut tcb = Tcb::new(id, host, six, SocketAddr::new(unspecified(six), 0));
        tcb.owner = Some(owner);
        self.tcbs.push(tcb);
        id
    }

    /// bind(2).
    pub(super) fn tcp_bind(&mut self, id: u32, wanted: SocketAddr) -> Result<()> {
        let tcb = self.tcb(id).ok_or(EBADF)?;
        let (host, six) = (tcb.host, tcb.six);
        let is_bound = tcb.bound || tcb.state != TcpState::Closed;
        if six && tcb.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY) && wanted.ip().to_canonical().is_ipv4() {
            return Err(EINVAL);
        }
        if is_bound {
            return Err(EINVAL);
        }
        let local = self.address_to_bind(id, host, wanted);
        let tcb = self.tcb(id).ok_or(EBADF)?;
        if local == Err(EADDRINUSE) {
            tcb.local.set_ip(unspecified(six));
        }
        tcb.local = local?;
        tcb.bound = true;
        Ok(())
    }

    /// listen(2).
    pub(super) fn tcp_listen(&mut self, id: u32, backlog: i32) -> Result<()> {
        let tcb = self.tcb(id).ok_or(EBADF)?;
        let (state, local) = (tcb.state, tcb.local);
        if tcb.phase != Phase::Unconnected {
            return Err(EINVAL);
        }
        match state {
            TcpState::Listen => {}
            TcpState::Closed => {
                let port = if local.port() == 0 || !tcb.bound {
                    self.pick_port(id, local.ip())?
                } else {
                    local.port()
                };
                let local = SocketAddr::new(local.ip(), port);
                if !self.is_free(id, local) {
                    return Err(EADDRINUSE);
                }
                let tcb = self.tcb(id).ok_or(EBADF)?;
                (tcb.local, tcb.state, tcb.shut, tcb.err) = (local, TcpState::Listen, 0, 0);
            }
            _ => return Err(EINVAL),
        }
        // net.core.somaxconn.
        let backlog = backlog.clamp(0, 4096).unsigned_abs();
        self.tcb(id).ok_or(EBADF)?.backlog = backlog;
        Ok(())
    }

    /// accept(2): the connection and its peer.
    pub(super) fn tcp_accept(&mut self, id: u32, owner: SocketId) -> Result<(u32, SocketAddr)> {
        let listener = self.tcb(id).ok_or(EBADF)?;
        if listener.state != TcpState::Listen {
            return Err(EINVAL);
        }
        if listener.queue.is_empty() {
            return Err(EAGAIN);
        }
        let new = listener.queue.remove(0);
        let tcb = self.tcb(new).ok_or(EAGAIN)?;
        (tcb.owner, tcb.parent, tcb.phase) = (Some(owner), None, Phase::Connected);
        let peer = tcb.peer.ok_or(EAGAIN)?;
        self.settle(new);
        Ok((new, peer))
    }

    /// connect(2) without blocking (__inet_stream_connect()).
    pub(super) fn tcp_connect(&mut self, id: u32, to: SocketAddr) -> Result<Connecting> {
        let tcb = self.tcb(id).ok_or(EBADF)?;
        match (tcb.phase, tcb.state) {
            (Phase::Connected, _) => Err(EISCONN),
            (Phase::Connecting, TcpState::SynSent | TcpState::SynReceived) => Ok(Connecting::UnderWay),
            (Phase::Connecting, TcpState::Closed) => {
                let errno = tcb.take_err().unwrap_or(ECONNABORTED);
                tcb.disconnect();
                Err(errno)
            }
            (Phase::Connecting, _) => {
                tcb.phase = Phase::Connected;
                Ok(Connecting::Done)
            }
            (Phase::Unconnected, TcpState::Closed) => self.tcp_open(id, to),
            (Phase::Unconnected, _) => Err(EISCONN),
            (Phase::Disconnecting, _) => Err(EINVAL),
        }
    }

    fn tcp_open(&mut self, id: u32, to: SocketAddr) -> Result<Connecting> {
        let tcb = self.tcb(id).ok_or(EBADF)?;
        let (host, local, bound, six) = (tcb.host, tcb.local, tcb.bound, tcb.six);
        let four_only = six && tcb.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY);
        let mut ip = to.ip().to_canonical();
        if six && ip.is_ipv4() && four_only {
            return Err(ENETUNREACH);
        }
        if ip.is_unspecified() {
            ip = loopback(ip);
        }
        if is_for_many(ip) {
            return Err(ENETUNREACH);
        }
        let route = self.hosts.get(usize::from(host)).and_then(|host| host.route(ip));
        let source = route.ok_or(ENETUNREACH)?;
        let peer = SocketAddr::new(ip, to.port());
        let source = if local.ip().is_unspecified() {
            source
        } else {
            local.ip()
        };
        let port = if bound && local.port() != 0 {
            local.port()
        } else {
            self.pick_port(id, source)?
        };
        let local = SocketAddr::new(source, port);
        let now = self.now;
        let twin = self.tcbs.iter().find(|t| {
            t.id != id
                && t.host == host
                && t.local == local
                && t.peer == Some(peer)
                && t.state != TcpState::Closed
        });
        if let Some(twin) = twin {
            let twin = twin.id;
            // tcp_tw_reuse: on loopback, a second later.
            let reusable = self
                .tcb(twin)
                .is_some_and(|t| t.state == TcpState::TimeWait && t.waits_since(now, 1));
            if !(reusable && ip.is_loopback()) {
                return Err(EADDRNOTAVAIL);
            }
            self.tcbs.retain(|t| t.id != twin);
        }
        let iss = self.random();
        let tcb = self.tcb(id).ok_or(EBADF)?;
        (tcb.local, tcb.peer) = (local, Some(peer));
        tcb.phase = Phase::Connecting;
        tcb.open(now, iss);
        self.after(id);
        self.take_in_lo();
        Ok(Connecting::Begun)
    }

    /// shutdown(2).
    pub(super) fn tcp_shutdown(&mut self, id: u32, how: i32) -> Result<()> {
        let now = self.now;
        let bits = super::unix::bits(how)?;
        let tcb = self.tcb(id).ok_or(EBADF)?;
        if tcb.phase == Phase::Connecting {
            tcb.phase = match tcb.state {
                TcpState::SynSent | TcpState::SynReceived | TcpState::Closed => Phase::Disconnecting,
                _ => Phase::Connected,
            };
        }
        match tcb.state {
            TcpState::Closed => {
                tcb.shut |= bits;
                return Err(ENOTCONN);
            }
            TcpState::Listen if bits & RCV == 0 => tcb.shut |= bits,
            TcpState::Listen => {
                self.end_listening(id);
                let tcb = self.tcb(id).ok_or(EBADF)?;
                tcb.disconnect();
            }
            TcpState::SynSent => {
                tcb.disconnect();
                tcb.err = ECONNRESET;
            }
            _ => tcb.shutdown(now, bits),
        }
        self.after(id);
        self.take_in_lo();
        Ok(())
    }

    /// close(2). What is left of the connection goes on without a descriptor.
    pub(super) fn tcp_close(&mut self, id: u32) {
        self.end_listening(id);
        let now = self.now;
        if let Some(tcb) = self.tcb(id) {
            tcb.close(now);
        }
        self.after(id);
        self.take_in_lo();
    }

    /// Connections that wait for accept() are reset; those that are not finished are forgotten.
    fn end_listening(&mut self, id: u32) {
        let now = self.now;
        let waiting: Vec<u32> = self
            .tcbs
            .iter()
            .filter(|t| t.parent == Some(id))
            .map(|t| t.id)
            .collect();
        for child in waiting {
            let Some(tcb) = self.tcb(child) else { continue };
            tcb.parent = None;
            tcb.orphan = true;
            if tcb.state == TcpState::SynReceived {
                tcb.die();
            } else {
                tcb.abort(now);
            }
            self.after(child);
        }
        if let Some(tcb) = self.tcb(id) {
            tcb.queue.clear();
        }
    }

    /// A TCP segment has arrived.
    pub(super) fn segment(&mut self, place: u8, head: &Head<'_>, tcp: &Tcp<'_>) {
        let local = SocketAddr::new(head.target, tcp.target);
        let peer = SocketAddr::new(head.source, tcp.source);
        let now = self.now;
        let known = self.tcbs.iter().find(|t| {
            t.host == place
                && t.local == local
                && t.peer == Some(peer)
                && !matches!(t.state, TcpState::Closed | TcpState::Listen)
        });
        let listener = self.listener(place, local);
        if let Some(known) = known {
            let id = known.id;
            if !(known.may_be_replaced(tcp) && listener.is_some()) {
                self.pass_on(id, tcp);
                return;
            }
            self.tcbs.retain(|t| t.id != id);
        }
        match listener {
            Some(id) if tcp.flags & (flag::SYN | flag::ACK | flag::RST) == flag::SYN => {
                self.new_embryo(id, local, peer, tcp, now);
            }
            Some(_) if !tcp.has(flag::ACK) => {}
            _ => {
                if let (Some(reset), Some(host)) =
                    (tcp::reset_for(tcp), self.hosts.get_mut(usize::from(place)))
                {
                    let bytes = emit::tcp(local, peer, &reset);
                    host.send(local.ip(), peer.ip(), protocol_number::TCP, emit::TTL, &bytes);
                }
            }
        }
    }

    fn pass_on(&mut self, id: u32, tcp: &Tcp<'_>) {
        let now = self.now;
        let full = self
            .tcbs
            .iter()
            .find(|t| t.id == id)
            .and_then(|t| t.parent)
            .is_some_and(|parent| {
                self.tcbs
                    .iter()
                    .any(|t| t.id == parent && t.queue.len() > t.backlog as usize)
            });
        let Some(tcb) = self.tcb(id) else { return };
        let finishes = tcb.state == TcpState::SynReceived && tcp.flags & (flag::SYN | flag::RST) == 0;
        if full && finishes {
            // The accept queue is full: as if the ACK had been lost.
            return;
        }
        tcb.arrives(now, tcp);
        self.after(id);
    }

    /// The listening socket for this address: the one that names it before the one that takes any.
    fn listener(&self, place: u8, local: SocketAddr) -> Option<u32> {
        let listens = self.tcbs.iter().filter(|t| {
            t.host == place
                && t.state == TcpState::Listen
                && t.shut & RCV == 0
                && t.local.port() == local.port()
        });
        let score = |t: &&Tcb| match t.local.ip() {
            ip if ip == local.ip() => Some(2),
            ip if ip.is_unspecified() && ip.is_ipv4() == local.is_ipv4() => Some(1),
            ip if ip.is_unspecified() && ip.is_ipv6() && !t.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY) => Some(0),
            _ => None,
        };
        listens
            .filter_map(|t| Some((score(&t)?, t.id)))
            .max_by_key(|(score, _)| *score)
            .map(|(_, id)| id)
    }

    fn new_embryo(&mut self, parent: u32, local: SocketAddr, peer: SocketAddr, tcp: &Tcp<'_>, now: u64) {
        let Some(listener) = self.tcbs.iter().find(|t| t.id == parent) else {
            return;
        };
        let embryos = self.tcbs.iter().filter(|t| t.parent == Some(parent)).count();
        if listener.queue.len() > listener.backlog as usize || embryos > EMBRYOS + listener.queue.len() {
            return;
        }
        let (host, six, set) = (listener.host, listener.six, listener.set.clone());
        let (id, iss) = (self.new_id(), self.random());
        let mut tcb = Tcb::new(id, host, six, local);
        tcb.set = set;
        tcb.peer = Some(peer);
        tcb.parent = Some(parent);
        tcb.answer_syn(now, tcp, iss);
        self.tcbs.push(tcb);
        self.after(id);
    }

    /// What has become of a connection: one that is finished waits for accept(), TIME-WAIT leaves its socket, and what
    /// nobody knows any more goes.
    pub(super) fn settle(&mut self, id: u32) {
        let Some(tcb) = self.tcbs.iter().find(|t| t.id == id) else {
            return;
        };
        let (state, parent, orphan) = (tcb.state, tcb.parent, tcb.orphan);
        if let Some(parent) = parent {
            if let Some(listener) = self.tcb(parent) {
                let waits = listener.queue.contains(&id);
                if !waits && !matches!(state, TcpState::SynReceived | TcpState::Closed) {
                    listener.queue.push(id);
                } else if !waits && state == TcpState::Closed {
                    self.tcbs.retain(|t| t.id != id);
                }
            }
            return;
        }
        if state == TcpState::TimeWait && !orphan {
            // As on Linux: the socket itself is closed, and something smaller waits in its place.
            let new = self.new_id();
            if let Some(tcb) = self.tcb(id) {
                let rest = tcb.leave_waiting(new);
                self.tcbs.push(rest);
            }
        } else if state == TcpState::Closed && orphan {
            self.tcbs.retain(|t| t.id != id);
        }
    }

    /// Packets of this connection wait for a learner: neither end gives up.
    pub(super) fn be_patient(&mut self, from: SocketAddr, to: SocketAddr) {
        for tcb in &mut self.tcbs {
            let ends = tcb.peer.map(|peer| (tcb.local, peer));
            if ends == Some((from, to)) || ends == Some((to, from)) {
                tcb.patient = true;
            }
        }
    }
}

pub(super) fn loopback(ip: IpAddr) -> IpAddr {
    if ip.is_ipv4() {
        std::net::Ipv4Addr::LOCALHOST.into()
    } else {
        std::net::Ipv6Addr::LOCALHOST.into()
    }
}
