//! The two calls of Unix systems (macOS, the BSDs; Linux where this code is tried) that socket2 does not have.

use super::{Errno, Ready, Result};
use crate::linux;
use socket2::{Domain, Socket, Type};
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

/// A socket's number.
pub(super) type Raw = RawFd;

/// Its number.
pub(super) fn raw(fd: BorrowedFd<'_>) -> Raw {
    fd.as_raw_fd()
}

macro_rules! errors {
    ($($name:ident)*) => {
        /// The system's errors and Linux's.
        pub(super) const ERRORS: &[(i32, i32)] = &[$((libc::$name, linux::$name)),*];
    };
}

errors! {
    EPERM ENOENT EINTR EIO EBADF EAGAIN ENOMEM EACCES EFAULT EINVAL ENFILE EMFILE ENOSPC EPIPE ENOTSOCK EDESTADDRREQ
    EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL
    ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETIMEDOUT ECONNREFUSED
    EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS
}

/// socketpair(2).
pub(super) fn pair(kind: Type) -> Result<(Socket, Socket)> {
    Ok(Socket::pair(Domain::UNIX, kind, None)?)
}

/// The bits of poll(2) and ours.
const BITS: [(libc::c_short, Ready); 5] = [
    (libc::POLLIN, Ready::READ),
    (libc::POLLOUT, Ready::WRITE),
    (libc::POLLPRI, Ready::URGENT),
    (libc::POLLERR, Ready::ERROR),
    (libc::POLLHUP, Ready::HANGUP),
];

/// poll(2) without waiting: what each is ready for; `None` for one that is closed.
pub(super) fn poll(asked: &[(Raw, Ready)]) -> Result<Vec<Option<Ready>>> {
    let wanted = |wish: Ready| {
        let bits = BITS.iter().take(3).filter(|(_, ready)| wish.meets(*ready));
        bits.fold(0, |all, (bit, _)| all | bit)
    };
    let mut fds: Vec<libc::pollfd> = asked
        .iter()
        .map(|(fd, wish)| libc::pollfd {
            fd: *fd,
            events: wanted(*wish),
            revents: 0,
        })
        .collect();
    // SAFETY: the pointer and the count are those of `fds`.
    if unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, 0) } < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    let told = fds.iter().map(|fd| {
        let bits = BITS.iter().filter(|(bit, _)| fd.revents & bit != 0);
        let ready = bits.fold(Ready::NONE, |all, (_, ready)| all.or(*ready));
        (fd.revents & libc::POLLNVAL == 0).then_some(ready)
    });
    Ok(told.collect())
}

/// FIONREAD.
pub(super) fn bytes_to_read(fd: BorrowedFd<'_>) -> Result<u32> {
    let mut n: libc::c_int = 0;
    // SAFETY: the system writes one int.
    if unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &raw mut n) } < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    u32::try_from(n).map_err(|_| Errno(linux::EIO))
}

/// SO_NWRITE, which macOS has.
#[cfg(target_vendor = "apple")]
pub(super) fn bytes_unsent(fd: BorrowedFd<'_>) -> Result<u32> {
    let mut n: libc::c_int = 0;
    let mut len = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: `n` has `len` writable bytes; both live through the call.
    let done = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_NWRITE,
            (&raw mut n).cast(),
            &raw mut len,
        )
    };
    if done < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    u32::try_from(n).map_err(|_| Errno(linux::EIO))
}

/// It is not told.
#[cfg(not(target_vendor = "apple"))]
pub(super) fn bytes_unsent(_fd: BorrowedFd<'_>) -> Result<u32> {
    Err(Errno(linux::EOPNOTSUPP))
}
