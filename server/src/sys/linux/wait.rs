//! Asking which descriptors are ready: poll(2) for now, epoll(7) for later.

use super::errno::{Errno, Result, check};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::Arc;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What a descriptor is ready for. The kernel tells about errors and hang-ups whether asked or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready(u32);

impl Ready {
    /// Nothing.
    pub(crate) const NONE: Self = Self(0);
    /// Something can be read or accepted, or the peer has closed.
    pub(crate) const READ: Self = Self(libc::EPOLLIN as u32);
    /// Something can be written, or a connect() has ended.
    pub(crate) const WRITE: Self = Self(libc::EPOLLOUT as u32);
    /// Urgent data.
    pub(crate) const URGENT: Self = Self(libc::EPOLLPRI as u32);
    /// An error waits to be fetched.
    pub(crate) const ERROR: Self = Self(libc::EPOLLERR as u32);
    /// Both directions are closed, or the socket was never connected.
    pub(crate) const HANGUP: Self = Self(libc::EPOLLHUP as u32);

    /// Either of both.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Anything in common?
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Nothing at all?
    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// poll(2) without waiting, one descriptor after the other's wish: what each is ready for.
pub(crate) fn poll_now(wishes: &[(BorrowedFd<'_>, Ready)]) -> Result<Vec<Ready>> {
    // The bits of poll and epoll are the same numbers (include/uapi/linux/eventpoll.h).
    let mut fds: Vec<libc::pollfd> = wishes
        .iter()
        .map(|(fd, wish)| libc::pollfd {
            fd: fd.as_raw_fd(),
            events: wish.0 as libc::c_short,
            revents: 0,
        })
        .collect();
    // SAFETY: the pointer and the count are those of `fds`.
    check(unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, 0) })?;
    Ok(fds.iter().map(|p| Ready(u32::from(p.revents as u16))).collect())
}

/// Waits until the process of this descriptor has ended; for ever where that cannot be known.
pub(crate) async fn ended(process: OwnedFd) {
    // SAFETY: the AsyncFd owns the descriptor, and nothing else does: it stays open and the same as long as it is registered.
    let watched = unsafe { AsyncFd::register_with_interest(process, Interest::READABLE) };
    match watched {
        Ok(watched) => drop(watched.readable().await),
        Err(_) => std::future::pending().await,
    }
}

/// An epoll instance, level-triggered. Its own descriptor is readable when one of its members is ready, so that a
/// runtime needs to watch one descriptor a lab and none a socket.
#[derive(Debug)]
pub(crate) struct Epoll(OwnedFd);

impl Epoll {
    /// epoll_create1(2).
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: no pointers.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the kernel has just given us this descriptor; nobody else has it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Watches `fd` for `wish`, instead of for `before`; [`Ready::NONE`] stands for not watched at all.
    pub(crate) fn change(&self, fd: BorrowedFd<'_>, key: u64, before: Ready, wish: Ready) -> Result<()> {
        let op = match (before.is_none(), wish.is_none()) {
            (true, true) => return Ok(()),
            (true, false) => libc::EPOLL_CTL_ADD,
            (false, false) => libc::EPOLL_CTL_MOD,
            (false, true) => libc::EPOLL_CTL_DEL,
        };
        let mut event = libc::epoll_event {
            events: wish.0,
            u64: key,
        };
        // SAFETY: `event` lives through the call; the kernel copies it.
        check(unsafe { libc::epoll_ctl(self.0.as_raw_fd(), op, fd.as_raw_fd(), &raw mut event) }).map(drop)
    }

    /// Lets the runtime that we are in watch it.
    pub(crate) fn watch(self: &Arc<Self>) -> Result<AsyncFd<Arc<Self>>> {
        // SAFETY: the Arc owns the descriptor, gives out no other, and lives inside the AsyncFd: it stays open and the same
        // as long as it is registered.
        unsafe { AsyncFd::register_with_interest(Arc::clone(self), Interest::READABLE) }
            .map_err(|error| Errno::from(std::io::Error::from(error)))
    }

    /// The keys of members that are ready now, at most 64; never waits.
    pub(crate) fn ready(&self) -> Result<Vec<u64>> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 64];
        // SAFETY: the pointer and the count are those of `events`.
        let n = check(unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), 64, 0) })?;
        Ok(events
            .iter()
            .take(usize::try_from(n).unwrap_or(0))
            .map(|e| e.u64)
            .collect())
    }
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Epoll {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.0.as_raw_fd()
    }
}
