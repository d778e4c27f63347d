//! The calls of systems without network namespaces, as far as labs on the machine's own loopback need them: sockets by way of
//! the crate socket2, and two calls of the system's own (which descriptors are ready, and how much can be read).
//!
//! ```text
//! errno        the system's error numbers -> Linux's
//! addr         addresses
//! socket       sockets, all of them nonblocking
//! options      socket options: Linux's numbers -> what the system has
//! ready        which sockets are ready, asked for every few milliseconds
//! unix, windows    the two calls
//! ```
//!
//! What a system does not tell (TCP's state, its timers) stays untold: a lab shows no state then, and never a guess.

mod addr;
mod errno;
mod options;
mod ready;
mod socket;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(crate) use addr::RawAddr;
pub(crate) use errno::{Errno, Result};
pub(crate) use options::{get_option, set_option};
pub(crate) use ready::{Epoll, Ready, poll_now};
pub(crate) use socket::{
    accept, bind, bytes_to_read, bytes_unsent, connect, listen, local_name, peer_name, receive, receive_from,
    send, send_to, shutdown, socket, socket_pair,
};
#[cfg(unix)]
pub(crate) use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
#[cfg(windows)]
pub(crate) use std::os::windows::io::{BorrowedSocket as BorrowedFd, OwnedSocket as OwnedFd};
#[cfg(windows)]
pub(crate) use windows::AsFd;

/// Why there are not all AF_UNIX sockets: only Linux has names that nobody can guess and that leave no file behind.
pub(crate) const NO_UNIX: Option<&str> = Some(match cfg!(unix) {
    true => {
        "On this system labs have AF_UNIX sockets as pairs only (socketpair()); names need a server on Linux."
    }
    false => "On this system labs have no AF_UNIX sockets: they need a server on Linux.",
});
/// connect(2) called once more on the same socket tells how the first one ended.
pub(crate) const CONNECTS_AGAIN: bool = false;

/// What the kernel says about a TCP connection: nothing that could be asked for in the same way everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawTcpInfo {
    pub(crate) state: u8,
    pub(crate) rto: u32,
    pub(crate) unacked: u32,
    pub(crate) sacked: u32,
    pub(crate) total_retrans: u32,
    pub(crate) rtt: u32,
    pub(crate) rttvar: u32,
    pub(crate) snd_cwnd: u32,
    pub(crate) notsent: Option<u32>,
    pub(crate) snd_mss: u32,
    pub(crate) snd_ssthresh: u32,
    pub(crate) snd_wnd: u32,
    pub(crate) rcv_wnd: u32,
}

/// It is not told.
///
/// # Errors
/// Always EOPNOTSUPP.
pub(crate) fn tcp_info(_fd: BorrowedFd<'_>) -> Result<RawTcpInfo> {
    Err(Errno(crate::linux::EOPNOTSUPP))
}

/// The other end of a host's interface: there is none.
pub(crate) enum WireEnd {}

impl WireEnd {
    pub(crate) fn read(&self, _room: &mut [u8]) -> Result<usize> {
        match *self {}
    }

    pub(crate) fn write(&self, _packet: &[u8]) -> Result<()> {
        match *self {}
    }

    pub(crate) fn close(self) {
        match self {}
    }
}

impl AsFd for WireEnd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match *self {}
    }
}

/// The limit of open descriptors is left to whoever starts the server.
pub(crate) fn raise_descriptor_limit() -> Result<u64> {
    Ok(0)
}

/// Nothing has to be told to other systems' allocators.
pub(crate) fn keep_freed_memory() {}

/// The machine's addresses are not listed here: `wirelab serve` prints that of this machine, and the others are its owner's to
/// know.
pub(crate) fn interface_addresses() -> Result<Vec<std::net::IpAddr>> {
    Ok(Vec::new())
}
