//! UDP sockets (RFC 768): whole datagrams, lost when the receiver's buffer is full, and the one error that comes back.

use super::abi::*;
use super::host::{is_broadcast, is_for_many, unspecified};
use super::kernel::Kernel;
use super::listen::loopback;
use super::ready::Ready;
use super::settings::Settings;
use super::tcp::{RCV, SND};
use crate::packet::Head;
use crate::packet::head::{self, protocol_number};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

/// net.core.rmem_default.
const RECEIVE_ROOM: usize = 212_992;

/// A socket.
pub(super) struct Udp {
    pub(super) id: u32,
    pub(super) host: u8,
    pub(super) six: bool,
    /// Port 0: it has none.
    pub(super) local: SocketAddr,
    /// The address was asked for by bind(2).
    bound: bool,
    pub(super) peer: Option<SocketAddr>,
    pub(super) set: Settings,
    pub(super) err: i32,
    pub(super) shut: u8,
    /// What has arrived: from whom, the bytes.
    queue: VecDeque<(SocketAddr, Vec<u8>)>,
    /// Kernel memory that the queue takes, bytes.
    used: usize,
    /// Groups that it has joined.
    pub(super) groups: Vec<IpAddr>,
}

/// The kernel memory that a datagram takes (`skb->truesize`): 256 bytes beside a buffer for headers, room before them, bytes
/// and 320 bytes of bookkeeping, which is 576 bytes at least and then grows in powers of two.
fn memory(bytes: usize) -> usize {
    let held = bytes + 28 + 64;
    256 + if held <= 256 {
        576
    } else {
        (held + 320).next_power_of_two()
    }
}

impl Udp {
    pub(super) fn ready(&self) -> Ready {
        let mut ready = Ready::WRITE;
        if !self.queue.is_empty() || self.shut & RCV != 0 {
            ready = ready.or(Ready::READ);
        }
        if self.shut == RCV | SND {
            ready = ready.or(Ready::HANGUP);
        }
        if self.err != 0 {
            ready = ready.or(Ready::ERROR);
        }
        ready
    }

    /// SIOCINQ: the first datagram.
    pub(super) fn unread(&self) -> u32 {
        self.queue.front().map_or(0, |(_, bytes)| bytes.len() as u32)
    }

    pub(super) fn peek(&self, most: usize) -> Vec<u8> {
        let first = self.queue.front().map(|(_, bytes)| bytes.as_slice());
        first.map_or(Vec::new(), |bytes| bytes[..bytes.len().min(most)].to_vec())
    }

    pub(super) const fn take_err(&mut self) -> Option<i32> {
        match std::mem::replace(&mut self.err, 0) {
            0 => None,
            errno => Some(errno),
        }
    }

    /// recvfrom(2): what does not fit is lost.
    pub(super) fn receive(&mut self, max: usize, flags: i32) -> Result<(Vec<u8>, SocketAddr)> {
        if flags & MSG_OOB != 0 {
            return Err(EOPNOTSUPP);
        }
        if let Some(errno) = self.take_err() {
            return Err(errno);
        }
        if flags & MSG_PEEK != 0 {
            let (from, _) = self.queue.front().ok_or(EAGAIN)?;
            return Ok((self.peek(max), *from));
        }
        let (from, mut bytes) = self.queue.pop_front().ok_or(EAGAIN)?;
        self.used -= memory(bytes.len());
        bytes.truncate(max);
        Ok((bytes, from))
    }

    fn take(&mut self, from: SocketAddr, bytes: &[u8]) {
        let room = match self.set.get(SOL_SOCKET, SO_RCVBUF) {
            0 => RECEIVE_ROOM,
            set => set.unsigned_abs() as usize,
        };
        if self.used + memory(bytes.len()) > room || self.shut & RCV != 0 {
            return;
        }
        self.used += memory(bytes.len());
        self.queue.push_back((from, bytes.to_vec()));
    }

    /// How well the socket fits a datagram; `None`: not at all.
    fn score(&self, local: SocketAddr, peer: SocketAddr) -> Option<u8> {
        if self.local.port() != local.port() {
            return None;
        }
        let mut score = match self.local.ip() {
            ip if ip == local.ip() => 4,
            ip if ip.is_unspecified() && ip.is_ipv4() == local.is_ipv4() => 1,
            ip if ip.is_unspecified() && ip.is_ipv6() && !self.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY) => 0,
            _ => return None,
        };
        if let Some(own) = self.peer {
            if own != peer {
                return None;
            }
            score += 8;
        }
        Some(score)
    }
}

impl Kernel {
    /// socket(2).
    pub(super) fn udp_socket(&mut self, host: u8, six: bool) -> u32 {
        let id = self.new_id();
        self.udps.push(Udp {
            id,
            host,
            six,
            local: SocketAddr::new(unspecified(six), 0),
            bound: false,
            peer: None,
            set: Settings::default(),
            err: 0,
            shut: 0,
            queue: VecDeque::new(),
            used: 0,
            groups: Vec::new(),
        });
        id
    }

    /// bind(2).
    pub(super) fn udp_bind(&mut self, id: u32, wanted: SocketAddr) -> Result<()> {
        let udp = self.udp(id).ok_or(EBADF)?;
        if udp.local.port() != 0 {
            return Err(EINVAL);
        }
        if udp.six && udp.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY) && wanted.ip().to_canonical().is_ipv4() {
            return Err(EINVAL);
        }
        let host = udp.host;
        let local = self.address_to_bind(id, host, wanted)?;
        let udp = self.udp(id).ok_or(EBADF)?;
        (udp.local, udp.bound) = (local, true);
        Ok(())
    }

    /// Where a datagram to this address goes and comes from.
    fn way(&self, id: u32, to: SocketAddr) -> Result<(SocketAddr, IpAddr)> {
        let udp = self.udps.iter().find(|u| u.id == id).ok_or(EBADF)?;
        let mut ip = to.ip().to_canonical();
        if udp.six && ip.is_ipv4() && udp.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY) {
            return Err(ENETUNREACH);
        }
        if ip.is_unspecified() {
            ip = loopback(ip);
        }
        if let IpAddr::V4(v4) = ip
            && is_broadcast(v4)
            && !udp.set.is_on(SOL_SOCKET, SO_BROADCAST)
        {
            return Err(EACCES);
        }
        let host = self.hosts.get(usize::from(udp.host)).ok_or(ENETUNREACH)?;
        let source = host.route(ip).ok_or(ENETUNREACH)?;
        let own = udp.local.ip();
        let source = if own.is_unspecified() || is_for_many(own) {
            source
        } else {
            own
        };
        if source.is_ipv4() != ip.is_ipv4() {
            return Err(ENETUNREACH);
        }
        Ok((SocketAddr::new(ip, to.port()), source))
    }

    fn give_port(&mut self, id: u32) -> Result<()> {
        let udp = self.udp(id).ok_or(EBADF)?;
        if udp.local.port() == 0 {
            let ip = udp.local.ip();
            let port = self.pick_port(id, ip)?;
            self.udp(id).ok_or(EBADF)?.local.set_port(port);
        }
        Ok(())
    }

    /// connect(2): from now on only this peer.
    pub(super) fn udp_connect(&mut self, id: u32, to: SocketAddr) -> Result<()> {
        self.give_port(id)?;
        let (peer, source) = self.way(id, to)?;
        let udp = self.udp(id).ok_or(EBADF)?;
        udp.peer = Some(peer);
        if udp.local.ip().is_unspecified() {
            udp.local.set_ip(source);
        }
        Ok(())
    }

    /// send(2) and sendto(2).
    pub(super) fn udp_send(
        &mut self,
        id: u32,
        data: &[u8],
        flags: i32,
        to: Option<SocketAddr>,
    ) -> Result<usize> {
        // Before anything is looked at (inet_send_prepare()).
        self.give_port(id)?;
        let udp = self.udp(id).ok_or(EBADF)?;
        if flags & MSG_OOB != 0 {
            return Err(EOPNOTSUPP);
        }
        let (host, set, shut, peer) = (udp.host, udp.set.clone(), udp.shut, udp.peer);
        let to = match to {
            Some(to) if to.port() == 0 => return Err(EINVAL),
            Some(to) => to,
            None => peer.ok_or(EDESTADDRREQ)?,
        };
        let (to, source) = self.way(id, to)?;
        if data.len() > if to.is_ipv4() { 65_507 } else { 65_527 } {
            return Err(EMSGSIZE);
        }
        let udp = self.udp(id).ok_or(EBADF)?;
        if let Some(errno) = udp.take_err() {
            return Err(errno);
        }
        if shut & SND != 0 {
            return Err(EPIPE);
        }
        let from = SocketAddr::new(source, udp.local.port());
        let many = is_for_many(to.ip());
        let (level, hops, copies) = if to.is_ipv4() {
            (
                IPPROTO_IP,
                if many { IP_MULTICAST_TTL } else { IP_TTL },
                IP_MULTICAST_LOOP,
            )
        } else {
            (
                IPPROTO_IPV6,
                if many {
                    IPV6_MULTICAST_HOPS
                } else {
                    IPV6_UNICAST_HOPS
                },
                IPV6_MULTICAST_LOOP,
            )
        };
        let broadcast = matches!(to.ip(), IpAddr::V4(ip) if is_broadcast(ip));
        let ttl = if broadcast {
            64
        } else {
            set.get(level, hops).clamp(0, 255) as u8
        };
        let bytes = super::emit::udp(from, to, data);
        if let Some(host) = self.hosts.get_mut(usize::from(host)) {
            host.send(source, to.ip(), protocol_number::UDP, ttl, &bytes);
            if many && (broadcast || set.is_on(level, copies)) {
                host.copy_to_itself(source, to.ip(), protocol_number::UDP, ttl, &bytes);
            }
        }
        self.take_in_lo();
        Ok(data.len())
    }

    /// shutdown(2). Without a peer it works and fails, as on Linux.
    pub(super) fn udp_shutdown(&mut self, id: u32, how: i32) -> Result<()> {
        let udp = self.udp(id).ok_or(EBADF)?;
        udp.shut |= super::unix::bits(how)?;
        udp.peer.map(drop).ok_or(ENOTCONN)
    }

    /// A datagram has arrived.
    pub(super) fn datagram(&mut self, place: u8, head: &Head<'_>, udp: &head::Udp<'_>, packet: &[u8]) {
        let local = SocketAddr::new(head.target, udp.target);
        let from = SocketAddr::new(head.source, udp.source);
        let here = |u: &&mut Udp| u.host == place;
        if is_for_many(head.target) {
            let group = head.target;
            let joined = self
                .udps
                .iter()
                .any(|u| u.host == place && u.groups.contains(&group));
            if group.is_multicast() && !joined {
                return;
            }
            for udp_socket in self.udps.iter_mut().filter(here) {
                if udp_socket.score(local, from).is_some() {
                    udp_socket.take(from, udp.payload);
                }
            }
            return;
        }
        let scored = self.udps.iter_mut().filter(here);
        let best = scored
            .filter_map(|u| Some((u.score(local, from)?, u)))
            .max_by_key(|(score, _)| *score);
        match best {
            Some((_, socket)) => socket.take(from, udp.payload),
            None => {
                if let Some(host) = self.hosts.get_mut(usize::from(place)) {
                    host.complain(head, packet);
                }
            }
        }
    }

    /// Nobody listens where this packet of ours went: its socket hears of it, if it has named that peer.
    pub(super) fn complaint(&mut self, place: u8, about: &Head<'_>) {
        let Some((source, target)) = about.ports() else {
            return;
        };
        let local = SocketAddr::new(about.source, source);
        let peer = SocketAddr::new(about.target, target);
        let of = |u: &&mut Udp| u.host == place && u.local.port() == local.port() && u.peer == Some(peer);
        if let Some(udp) = self.udps.iter_mut().find(of) {
            udp.err = ECONNREFUSED;
        }
    }
}
