//! AF_UNIX sockets: streams and datagrams inside one host, by name or as a pair (unix(7), net/unix/af_unix.c).

use super::abi::*;
use super::kernel::Kernel;
use super::paths::{is_abstract, key};
use super::ready::Ready;
use super::settings::Settings;
use super::tcp::{RCV, SND};
use protocol::SocketId;
use std::collections::VecDeque;

/// net.core.wmem_default.
const SEND_ROOM: usize = 212_992;
/// Kernel memory beside the bytes of one send().
const BESIDES: usize = 768;
/// Datagrams that wait for a receiver (net.unix.max_dgram_qlen).
const QUEUE: usize = 10;
/// The longest name.
const NAME: usize = 108;

/// A socket.
pub(super) struct Unix {
    pub(super) id: u32,
    host: u8,
    stream: bool,
    owner: Option<SocketId>,
    /// As the program wrote it.
    pub(super) name: Option<Vec<u8>>,
    pub(super) peer: Option<u32>,
    /// The peer's name, which is known also after it has gone.
    peer_name: Option<Vec<u8>>,
    connected: bool,
    listens: Option<u32>,
    /// Connections that wait for accept().
    queue: Vec<u32>,
    /// What has arrived: from whom, the bytes. A stream's pieces are one.
    got: VecDeque<(Option<Vec<u8>>, Vec<u8>)>,
    pub(super) set: Settings,
    pub(super) err: i32,
    shut: u8,
}

/// A name, if there is one.
type Name = Option<Vec<u8>>;

/// shutdown(2)'s argument as bits.
pub(super) const fn bits(how: i32) -> Result<u8> {
    match how {
        0 => Ok(RCV),
        1 => Ok(SND),
        2 => Ok(RCV | SND),
        _ => Err(EINVAL),
    }
}

impl Unix {
    fn used(&self) -> usize {
        self.got.iter().map(|(_, bytes)| bytes.len() + BESIDES).sum()
    }

    pub(super) const fn take_err(&mut self) -> Option<i32> {
        match std::mem::replace(&mut self.err, 0) {
            0 => None,
            errno => Some(errno),
        }
    }

    /// SIOCINQ.
    pub(super) fn unread(&self) -> u32 {
        let sizes = self.got.iter().map(|(_, bytes)| bytes.len() as u32);
        if self.stream {
            sizes.sum()
        } else {
            sizes.take(1).sum()
        }
    }

    pub(super) fn peek(&self, most: usize) -> Vec<u8> {
        let pieces = self.got.iter().take(if self.stream { usize::MAX } else { 1 });
        pieces.flat_map(|(_, bytes)| bytes).take(most).copied().collect()
    }

    pub(super) const fn is_listening(&self) -> bool {
        self.listens.is_some()
    }
}

impl Kernel {
    fn unix(&mut self, id: u32) -> Option<&mut Unix> {
        self.unix.iter_mut().find(|u| u.id == id)
    }

    /// socket(2).
    pub(super) fn unix_socket(&mut self, host: u8, stream: bool, owner: Option<SocketId>) -> u32 {
        let id = self.new_id();
        self.unix.push(Unix {
            id,
            host,
            stream,
            owner,
            name: None,
            peer: None,
            peer_name: None,
            connected: false,
            listens: None,
            queue: Vec::new(),
            got: VecDeque::new(),
            set: Settings::default(),
            err: 0,
            shut: 0,
        });
        id
    }

    /// socketpair(2).
    pub(super) fn unix_pair(&mut self, host: u8, stream: bool, owners: [SocketId; 2]) -> [u32; 2] {
        let ids = owners.map(|owner| self.unix_socket(host, stream, Some(owner)));
        for (id, peer) in [(ids[0], ids[1]), (ids[1], ids[0])] {
            if let Some(unix) = self.unix(id) {
                (unix.peer, unix.connected) = (Some(peer), true);
            }
        }
        ids
    }

    pub(super) fn unix_ready(&self, unix: &Unix) -> Ready {
        let mut ready = Ready::NONE;
        if !unix.got.is_empty() || !unix.queue.is_empty() || unix.shut & RCV != 0 {
            ready = ready.or(Ready::READ);
        }
        if unix.shut == RCV | SND || (unix.stream && !unix.connected && !unix.is_listening()) {
            ready = ready.or(Ready::HANGUP);
        }
        if unix.err != 0 {
            ready = ready.or(Ready::ERROR);
        }
        let full = unix
            .peer
            .and_then(|id| self.unix.iter().find(|p| p.id == id))
            .is_some_and(|peer| {
                if unix.stream {
                    peer.used() * 4 > SEND_ROOM
                } else {
                    peer.got.len() > QUEUE
                }
            });
        if full || unix.is_listening() {
            ready
        } else {
            ready.or(Ready::WRITE)
        }
    }

    /// Who has this name, by its plain form.
    fn named(&self, host: u8, name: &[u8]) -> Result<u32> {
        if name.is_empty() {
            return Err(EINVAL);
        }
        let plain = key(name);
        if is_abstract(name) {
            let found = self
                .unix
                .iter()
                .find(|u| u.host == host && u.name.as_deref() == Some(name));
            return found.map(|u| u.id).ok_or(ECONNREFUSED);
        }
        let file = self.files.iter().find(|(h, n, _)| *h == host && *n == plain);
        let (.., id) = file.ok_or(ENOENT)?;
        self.unix
            .iter()
            .any(|u| u.id == *id)
            .then_some(*id)
            .ok_or(ECONNREFUSED)
    }

    /// bind(2).
    pub(super) fn unix_bind(&mut self, id: u32, name: &[u8]) -> Result<()> {
        let unix = self.unix(id).ok_or(EBADF)?;
        let (host, has_name) = (unix.host, unix.name.is_some());
        if name.is_empty() {
            // The kernel chooses (unix(7), autobind); a socket with a name keeps it.
            if !has_name {
                let name = format!("\0{:05x}", self.random() & 0xf_ffff).into_bytes();
                self.unix(id).ok_or(EBADF)?.name = Some(name);
            }
            return Ok(());
        }
        if name.len() > NAME {
            return Err(EINVAL);
        }
        if is_abstract(name) {
            if has_name {
                return Err(EINVAL);
            }
            if self.named(host, name).is_ok() {
                return Err(EADDRINUSE);
            }
        } else {
            let plain = key(name);
            if self.unix_stat(host, name).is_ok() {
                return Err(EADDRINUSE);
            }
            if has_name {
                return Err(EINVAL);
            }
            self.files.push((host, plain, id));
        }
        self.unix(id).ok_or(EBADF)?.name = Some(name.to_vec());
        Ok(())
    }

    /// stat(2).
    pub(super) fn unix_stat(&self, host: u8, path: &[u8]) -> Result<()> {
        let plain = key(path);
        let there = self.files.iter().any(|(h, n, _)| *h == host && *n == plain);
        if there { Ok(()) } else { Err(ENOENT) }
    }

    /// unlink(2).
    pub(super) fn unix_unlink(&mut self, host: u8, path: &[u8]) -> Result<()> {
        self.unix_stat(host, path)?;
        let plain = key(path);
        self.files.retain(|(h, n, _)| *h != host || *n != plain);
        Ok(())
    }

    /// listen(2).
    pub(super) fn unix_listen(&mut self, id: u32, backlog: i32) -> Result<()> {
        let unix = self.unix(id).ok_or(EBADF)?;
        if !unix.stream {
            return Err(EOPNOTSUPP);
        }
        if unix.name.is_none() || unix.connected {
            return Err(EINVAL);
        }
        unix.listens = Some(backlog.clamp(0, 4096).unsigned_abs());
        Ok(())
    }

    /// accept(2).
    pub(super) fn unix_accept(&mut self, id: u32, owner: SocketId) -> Result<(u32, Option<Vec<u8>>)> {
        let unix = self.unix(id).ok_or(EBADF)?;
        if !unix.stream {
            return Err(EOPNOTSUPP);
        }
        if !unix.is_listening() {
            return Err(EINVAL);
        }
        if unix.queue.is_empty() {
            return Err(EAGAIN);
        }
        let new = unix.queue.remove(0);
        let unix = self.unix(new).ok_or(EAGAIN)?;
        unix.owner = Some(owner);
        Ok((new, unix.peer_name.clone()))
    }

    /// connect(2) without blocking; EAGAIN: the backlog is full.
    pub(super) fn unix_connect(&mut self, id: u32, name: &[u8]) -> Result<()> {
        let unix = self.unix(id).ok_or(EBADF)?;
        let (host, stream, own) = (unix.host, unix.stream, unix.name.clone());
        let (connected, listens) = (unix.connected, unix.is_listening());
        let other = self.named(host, name)?;
        let target = self.unix(other).ok_or(ECONNREFUSED)?;
        if target.stream != stream {
            return Err(EPROTOTYPE);
        }
        if !stream {
            if target.peer.is_some_and(|theirs| theirs != id) {
                return Err(EPERM);
            }
            let target_name = target.name.clone();
            let unix = self.unix(id).ok_or(EBADF)?;
            (unix.peer, unix.peer_name, unix.connected) = (Some(other), target_name, true);
            return Ok(());
        }
        let Some(backlog) = target.listens else {
            return Err(ECONNREFUSED);
        };
        if target.shut & RCV != 0 {
            return Err(ECONNREFUSED);
        }
        if target.queue.len() > backlog as usize {
            return Err(EAGAIN);
        }
        if connected {
            return Err(EISCONN);
        }
        if listens {
            return Err(EINVAL);
        }
        let target_name = target.name.clone();
        let new = self.unix_socket(host, true, None);
        if let Some(end) = self.unix(new) {
            (end.peer, end.connected) = (Some(id), true);
            (end.name, end.peer_name) = (target_name.clone(), own);
        }
        if let Some(unix) = self.unix(id) {
            (unix.peer, unix.connected, unix.peer_name) = (Some(new), true, target_name);
        }
        if let Some(target) = self.unix(other) {
            target.queue.push(new);
        }
        Ok(())
    }

    /// send(2) and sendto(2) without blocking.
    pub(super) fn unix_send(&mut self, id: u32, data: &[u8], flags: i32, to: Option<&[u8]>) -> Result<usize> {
        let unix = self.unix(id).ok_or(EBADF)?;
        if flags & MSG_OOB != 0 && !unix.stream {
            return Err(EOPNOTSUPP);
        }
        let (host, stream, shut, peer) = (unix.host, unix.stream, unix.shut, unix.peer);
        let (from, connected) = (unix.name.clone(), unix.connected);
        if let Some(errno) = unix.take_err()
            && !stream
        {
            return Err(errno);
        }
        let room = match unix.set.get(SOL_SOCKET, SO_SNDBUF) {
            0 => SEND_ROOM,
            set => set.unsigned_abs() as usize,
        };
        if stream {
            if to.is_some() {
                return Err(if connected { EISCONN } else { EOPNOTSUPP });
            }
            let peer = peer.filter(|_| connected).ok_or(ENOTCONN)?;
            if shut & SND != 0 {
                return Err(EPIPE);
            }
            let other = self.unix(peer).ok_or(EPIPE)?;
            if other.shut & RCV != 0 {
                return Err(EPIPE);
            }
            let free = room.saturating_sub(other.used());
            if free == 0 {
                return Err(EAGAIN);
            }
            let n = data.len().min(free);
            if n > 0 {
                other.got.push_back((from, data[..n].to_vec()));
            }
            return Ok(n);
        }
        if data.len() > room - 32 {
            return Err(EMSGSIZE);
        }
        if shut & SND != 0 {
            return Err(EPIPE);
        }
        let other = match to {
            Some(name) => self.named(host, name)?,
            None => peer.ok_or(ENOTCONN)?,
        };
        let Some(other) = self.unix(other) else {
            // It has closed: the connection to it is over.
            if let Some(unix) = self.unix(id) {
                (unix.peer, unix.connected) = (None, false);
            }
            return Err(ECONNREFUSED);
        };
        if other.stream {
            return Err(EPROTOTYPE);
        }
        if other.peer.is_some_and(|theirs| theirs != id) {
            return Err(EPERM);
        }
        if other.shut & RCV != 0 {
            return Err(EPIPE);
        }
        if other.got.len() > QUEUE {
            return Err(EAGAIN);
        }
        other.got.push_back((from, data.to_vec()));
        Ok(data.len())
    }

    /// recv(2) and recvfrom(2) without blocking: the bytes, and a datagram's sender.
    pub(super) fn unix_receive(
        &mut self,
        id: u32,
        max: usize,
        flags: i32,
    ) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
        let unix = self.unix(id).ok_or(EBADF)?;
        if flags & MSG_OOB != 0 {
            return Err(if unix.stream { EINVAL } else { EOPNOTSUPP });
        }
        if unix.stream && !unix.connected {
            return Err(EINVAL);
        }
        if unix.got.is_empty() {
            if let Some(errno) = unix.take_err() {
                return Err(errno);
            }
            return if unix.stream && unix.shut & RCV != 0 {
                Ok((Vec::new(), None))
            } else {
                Err(EAGAIN)
            };
        }
        if flags & MSG_PEEK != 0 {
            let from = unix.got.front().and_then(|(from, _)| from.clone());
            return Ok((unix.peek(max), from));
        }
        if !unix.stream {
            let (from, mut bytes) = unix.got.pop_front().ok_or(EAGAIN)?;
            bytes.truncate(max);
            return Ok((bytes, from));
        }
        let mut bytes = Vec::new();
        while bytes.len() < max
            && let Some((_, piece)) = unix.got.front_mut()
        {
            let n = piece.len().min(max - bytes.len());
            bytes.extend(piece.drain(..n));
            if piece.is_empty() {
                unix.got.pop_front();
            }
        }
        Ok((bytes, None))
    }

    /// shutdown(2): a stream's peer sees the other half of it.
    pub(super) fn unix_shutdown(&mut self, id: u32, how: i32) -> Result<()> {
        let bits = bits(how)?;
        let unix = self.unix(id).ok_or(EBADF)?;
        unix.shut |= bits;
        let (stream, peer) = (unix.stream, unix.peer);
        if stream && let Some(peer) = peer.and_then(|id| self.unix(id)) {
            let theirs = if bits & RCV != 0 { SND } else { 0 } | if bits & SND != 0 { RCV } else { 0 };
            peer.shut |= theirs;
        }
        Ok(())
    }

    /// close(2).
    pub(super) fn unix_close(&mut self, id: u32) {
        let Some(at) = self.unix.iter().position(|u| u.id == id) else {
            return;
        };
        let gone = self.unix.remove(at);
        if let Some(peer) = gone.peer.filter(|_| gone.stream).and_then(|id| self.unix(id)) {
            peer.shut = RCV | SND;
            if !gone.got.is_empty() || gone.owner.is_none() {
                peer.err = ECONNRESET;
            }
        }
        for waiting in gone.queue {
            self.unix_close(waiting);
        }
    }

    /// getsockname(2) and getpeername(2).
    pub(super) fn unix_names(&self, id: u32) -> Option<(Name, Option<Name>)> {
        let unix = self.unix.iter().find(|u| u.id == id)?;
        let peer = unix.connected.then(|| unix.peer_name.clone());
        Some((unix.name.clone(), peer))
    }
}
