//! What is told about the lab's sockets, and which of it is new.

use super::Net;
use super::abi::*;
use super::kernel::Body;
use super::sock::Sock;
use super::tcp::Tcb;
use crate::session::Input;
use protocol::sample::{AcceptQueue, TcpInfo};
use protocol::wire::Embryo;
use protocol::{Address, HostId, Sample, SocketId, TcpState, bounds};
use std::net::SocketAddr;

/// Closed connections that are told of until nothing is left of them.
const GHOSTS: usize = 32;
/// So many embryos are told of.
const EMBRYOS: usize = 128;

/// A socket whose descriptor is closed: FIN-WAIT, TIME-WAIT, ...
pub(super) struct Ghost {
    /// The connection that may be left of it.
    tcb: Option<u32>,
    last: Sample,
    /// What `last` says has been told.
    told: bool,
}

impl Net {
    /// Looks at all sockets, the called one and its peer first; what is new.
    pub(super) fn sample_all(&mut self, called: Option<SocketId>) -> Vec<Sample> {
        let mut ids: Vec<SocketId> = called.into_iter().collect();
        ids.extend(called.and_then(|id| self.peer_of(id)));
        let others: Vec<SocketId> = self
            .socks
            .iter()
            .map(|s| s.id)
            .filter(|id| !ids.contains(id))
            .collect();
        ids.extend(others);
        let mut new: Vec<Sample> = ids.into_iter().filter_map(|id| self.look(id)).collect();
        self.look_at_ghosts(&mut new, |_| true);
        new
    }

    /// Tells what has changed without a call.
    pub(super) fn tell_changes(&mut self) {
        self.tell_embryos();
        let samples = self.sample_all(None);
        if !samples.is_empty() {
            let (at, order) = self.stamp();
            self.told.push_back(Input::Changed { at, order, samples });
        }
    }

    /// The other end of a connection inside the lab.
    fn peer_of(&self, id: SocketId) -> Option<SocketId> {
        let told = self.sock(id)?.told.as_ref()?;
        let (local, peer) = (told.local.as_ref()?, told.peer.as_ref()?);
        let is_peer = |sock: &&Sock| {
            sock.id != id
                && sock.told.as_ref().is_some_and(|other| {
                    other.local.as_ref() == Some(peer)
                        && (other.peer.as_ref() == Some(local) || !sock.is_stream())
                })
        };
        self.socks.iter().find(is_peer).map(|sock| sock.id)
    }

    /// Looks at one socket; what it says now, if that is new.
    pub(super) fn look(&mut self, id: SocketId) -> Option<Sample> {
        let sample = self.state_of(self.sock(id)?);
        let sock = self.sock_mut(id)?;
        if sock.told.as_ref().is_some_and(|told| told.is_same(&sample)) {
            return None;
        }
        sock.told = Some(sample.clone());
        Some(sample)
    }

    fn state_of(&self, sock: &Sock) -> Sample {
        let named = |address: &Address| match address {
            Address::Unix { path } => !path.is_empty(),
            other => other.port() != Some(0),
        };
        let mut sample = Sample {
            sock: sock.id,
            family: sock.family,
            kind: sock.kind,
            closed: !sock.open,
            local: Some(self.local_name(sock.family, sock.body)).filter(named),
            peer: self.peer_name(sock.family, sock.body).filter(named),
            ..Sample::default()
        };
        match sock.body {
            Body::Tcp(id) => {
                if let Some(tcb) = self.kernel.tcbs.iter().find(|t| t.id == id) {
                    fill(&mut sample, tcb, self.kernel.now);
                    if tcb.state != TcpState::Listen {
                        sample.recv_queue = tcb.unread();
                        sample.recv_head = tcb.peek(bounds::PEEK).into();
                    }
                }
            }
            Body::Udp(id) => {
                if let Some(udp) = self.kernel.udps.iter().find(|u| u.id == id) {
                    sample.recv_queue = udp.unread();
                    sample.recv_head = udp.peek(bounds::PEEK).into();
                }
            }
            Body::Unix(id) => {
                if let Some(unix) = self.kernel.unix.iter().find(|u| u.id == id && !u.is_listening()) {
                    sample.recv_queue = unix.unread();
                    sample.recv_head = unix.peek(bounds::PEEK).into();
                }
            }
        }
        sample
    }

    /// Forgets a socket that the program has closed and nobody waits on any more; its connection may go on.
    pub(super) fn bury_if_done(&mut self, id: SocketId) {
        let waited_on = self.waiting.iter().any(|w| w.op.socks().contains(&id));
        let Ok(at) = self.socks.binary_search_by_key(&id, |sock| sock.id) else {
            return;
        };
        if self.socks[at].open || waited_on {
            return;
        }
        // One last look, for the names.
        let _ = self.look(id);
        let sock = self.socks.remove(at);
        let told = sock.told.unwrap_or_default();
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
        let is_connection = last.local.is_some() && last.peer.is_some();
        let tcb = match sock.body {
            Body::Tcp(id) => {
                self.kernel.tcp_close(id);
                is_connection.then_some(id)
            }
            Body::Udp(id) => {
                self.kernel.udps.retain(|u| u.id != id);
                None
            }
            Body::Unix(id) => {
                self.kernel.unix_close(id);
                None
            }
        };
        if self.ghosts.len() >= GHOSTS {
            self.ghosts.remove(0);
        }
        self.ghosts.push(Ghost {
            tcb,
            last,
            told: false,
        });
    }

    /// Looks at closed connections.
    pub(super) fn look_at_ghosts(&mut self, new: &mut Vec<Sample>, wanted: impl Fn(&Tcb) -> bool) {
        let kernel = &self.kernel;
        self.ghosts.retain_mut(|ghost| {
            let tcb = ghost.tcb.and_then(|id| kernel.tcbs.iter().find(|t| t.id == id));
            if !tcb.is_none_or(&wanted) {
                return true;
            }
            let mut sample = ghost.last.clone();
            (sample.send_queue, sample.tcp, sample.timer) = (0, None, None);
            match tcb {
                Some(tcb) => fill(&mut sample, tcb, kernel.now),
                None => sample.state = sample.state.map(|_| TcpState::Closed),
            }
            if !ghost.told || !sample.is_same(&ghost.last) {
                ghost.told = true;
                ghost.last = sample.clone();
                new.push(sample);
            }
            tcb.is_some()
        });
    }

    /// Looks at the sockets of a host that a packet between these endpoints concerns; what is new.
    pub(super) fn look_at(
        &mut self,
        host: HostId,
        local: SocketAddr,
        remote: SocketAddr,
        tcp: bool,
    ) -> Vec<Sample> {
        let fits = |tcb: &Tcb| {
            tcb.local.port() == local.port()
                && (tcb.local.ip() == local.ip() || tcb.local.ip().is_unspecified())
                && tcb.peer.is_none_or(|peer| peer == remote)
        };
        let concerns = |sock: &&Sock| {
            sock.host == host
                && match sock.body {
                    Body::Tcp(id) => tcp && self.kernel.tcbs.iter().any(|t| t.id == id && fits(t)),
                    Body::Udp(_) => {
                        !tcp && self
                            .local_end(sock.body)
                            .is_some_and(|end| end.port() == local.port())
                    }
                    Body::Unix(_) => false,
                }
        };
        let ids: Vec<SocketId> = self.socks.iter().filter(concerns).map(|sock| sock.id).collect();
        let mut samples: Vec<Sample> = ids.into_iter().filter_map(|id| self.look(id)).collect();
        if tcp {
            self.look_at_ghosts(&mut samples, |tcb| tcb.host == host.0 && fits(tcb));
        }
        samples
    }

    /// All connections that no program has, if they have changed since they were told.
    pub(super) fn changed_embryos(&mut self) -> Option<Vec<Embryo>> {
        let waiting = self
            .kernel
            .tcbs
            .iter()
            .filter(|t| t.parent.is_some() && t.state != TcpState::Closed);
        let mut now: Vec<(String, Embryo)> = waiting
            .take(EMBRYOS)
            .filter_map(|tcb| {
                let family = if tcb.six { AF_INET6 } else { AF_INET };
                let embryo = Embryo {
                    host: HostId(tcb.host),
                    local: super::op::address(family, tcb.local),
                    peer: super::op::address(family, tcb.peer?),
                    state: tcb.state,
                    recv_queue: tcb.unread(),
                    timer: tcb.timers.shown(self.kernel.now),
                };
                Some((format!("{}{} {}", tcb.host, embryo.local, embryo.peer), embryo))
            })
            .collect();
        now.sort_by(|a, b| a.0.cmp(&b.0));
        let now: Vec<Embryo> = now.into_iter().map(|(_, embryo)| embryo).collect();
        let still = |list: &[Embryo]| {
            let mut list = list.to_vec();
            for timer in list.iter_mut().filter_map(|e| e.timer.as_mut()) {
                timer.left = 0;
            }
            list
        };
        if still(&now) == still(&self.line.embryos) {
            return None;
        }
        self.line.embryos.clone_from(&now);
        Some(now)
    }
}

fn fill(sample: &mut Sample, tcb: &Tcb, now: u64) {
    sample.state = Some(tcb.state);
    match tcb.state {
        TcpState::Listen => {
            sample.accept_queue = Some(AcceptQueue {
                queued: tcb.queue.len() as u32,
                backlog: tcb.backlog,
            });
        }
        TcpState::Closed => {}
        state => {
            sample.send_queue = tcb.unacknowledged();
            let waits = state == TcpState::TimeWait || (state == TcpState::FinWait2 && tcb.orphan);
            if !waits {
                sample.tcp = Some(info(tcb));
            }
            if waits || sample.is_under_way() {
                sample.timer = tcb.timers.shown(now);
            }
        }
    }
}

fn info(tcb: &Tcb) -> TcpInfo {
    let measured = tcb.snd.srtt > 0;
    TcpInfo {
        rtt: tcb.snd.srtt,
        rttvar: if measured { tcb.snd.rttvar } else { 250_000 },
        rto: (tcb.rto() / 1000) as u32,
        cwnd: tcb.snd.cwnd,
        mss: tcb.snd.mss,
        unacked: tcb.packets_out(),
        retransmitted: tcb.snd.retransmitted,
        window: tcb.rcv.wnd,
        peer_window: tcb.snd.wnd,
        ssthresh: tcb.snd.ssthresh,
    }
}
