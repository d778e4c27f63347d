//! One socket of a lab.

use crate::linux;
use crate::sys::{self, Ready};
use crate::sys::{AsFd, BorrowedFd, OwnedFd};
use protocol::{Address, HostId, Outcome, Sample, SocketId};
use std::net::SocketAddr;
use std::time::Duration;

/// A socket, from socket() or accept() until it is closed and nobody waits on it any more.
pub(super) struct Sock {
    fd: OwnedFd,
    pub(super) id: SocketId,
    /// Where it lives.
    pub(super) host: HostId,
    /// AF_*.
    pub(super) family: i32,
    /// SOCK_STREAM or SOCK_DGRAM.
    pub(super) kind: i32,
    /// The program has not closed it. A closed one lives on while calls wait on it, as on Linux.
    pub(super) open: bool,
    /// listen() was called.
    pub(super) listening: bool,
    /// CPython's settimeout().
    pub(super) timeout: Option<Duration>,
    /// SO_RCVTIMEO: ends a blocking call with EAGAIN.
    pub(super) receive_timeout: Option<Duration>,
    /// SO_SNDTIMEO.
    pub(super) send_timeout: Option<Duration>,
    /// SO_LINGER with a time: close(2) would block this thread for it, so it is taken back before closing.
    pub(super) lingers: bool,
    /// An error that the kernel has told us and not yet the program: after a send() that had queued a part, or found
    /// while peeking. The next call that the kernel would have told it to gets it.
    pub(super) held_error: Option<i32>,
    /// Calls that wait on it, oldest first.
    pub(super) waiters: Vec<u64>,
    /// What the lab's epoll watches it for.
    pub(super) watched: Ready,
    /// It is ready for something that no waiting call can use: not watched until the pump's next look.
    pub(super) muted: bool,
    /// getsockname() and getpeername(); `None` when they may have changed.
    pub(super) names: Option<(Option<Address>, Option<Address>)>,
    /// Where connect() was told to go: until it is there, getpeername() does not tell.
    pub(super) connects_to: Option<SocketAddr>,
    /// It waits for packets that are held on the wire.
    pub(super) patient: bool,
    /// What was told about it last.
    pub(super) told: Option<Sample>,
}

impl Sock {
    pub(super) const fn new(fd: OwnedFd, id: SocketId, host: HostId, family: i32, kind: i32) -> Self {
        Self {
            fd,
            id,
            host,
            family,
            kind,
            open: true,
            listening: false,
            timeout: None,
            receive_timeout: None,
            send_timeout: None,
            lingers: false,
            held_error: None,
            waiters: Vec::new(),
            watched: Ready::NONE,
            muted: false,
            names: None,
            connects_to: None,
            patient: false,
            told: None,
        }
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub(super) const fn is_stream(&self) -> bool {
        self.kind == linux::SOCK_STREAM
    }

    pub(super) const fn is_tcp(&self) -> bool {
        self.is_stream() && self.family != linux::AF_UNIX
    }

    /// Does a packet that arrives at `local` from `remote` (or goes there) concern it? A socket without known names, which a
    /// call has just changed, is taken in.
    pub(super) fn concerns(&self, local: SocketAddr, remote: SocketAddr, tcp: bool) -> bool {
        if self.family == linux::AF_UNIX || self.is_stream() != tcp {
            return false;
        }
        let Some((own, peer)) = &self.names else {
            return true;
        };
        let is = |address: &Option<Address>, end: SocketAddr| {
            address.as_ref().is_some_and(|a| {
                let ip = a.ip().map(|ip| ip.to_canonical());
                a.port() == Some(end.port()) && ip.is_some_and(|ip| ip == end.ip() || ip.is_unspecified())
            })
        };
        is(own, local) && (peer.is_none() || is(peer, remote))
    }

    /// The error that the program has not heard of yet, if there is one.
    pub(super) fn take_error(&mut self) -> Option<Outcome> {
        self.held_error.take().map(Outcome::errno)
    }
}

impl Drop for Sock {
    fn drop(&mut self) {
        if self.lingers {
            let _ = sys::set_option(self.fd(), linux::SOL_SOCKET, linux::SO_LINGER, &[0; 8]);
        }
    }
}
