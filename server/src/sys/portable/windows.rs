//! The two calls of Winsock that socket2 does not have, and what Windows calls by other names.

use super::{Errno, Ready, Result};
use crate::linux;
use socket2::{Socket, Type};
use std::os::windows::io::{AsRawSocket, AsSocket, BorrowedSocket, RawSocket};
use windows_sys::Win32::Networking::WinSock as winsock;

/// A socket's number.
pub(super) type Raw = RawSocket;

/// Its number.
pub(super) fn raw(socket: BorrowedSocket<'_>) -> Raw {
    socket.as_raw_socket()
}

/// What Unix calls a descriptor.
pub(crate) trait AsFd {
    /// Borrows it.
    fn as_fd(&self) -> BorrowedSocket<'_>;
}

impl<T: AsSocket> AsFd for T {
    fn as_fd(&self) -> BorrowedSocket<'_> {
        self.as_socket()
    }
}

/// The system's errors and Linux's.
pub(super) const ERRORS: &[(i32, i32)] = &[
    (winsock::WSAEINTR, linux::EINTR),
    (winsock::WSAEBADF, linux::EBADF),
    (winsock::WSAEACCES, linux::EACCES),
    (winsock::WSAEFAULT, linux::EFAULT),
    (winsock::WSAEINVAL, linux::EINVAL),
    (winsock::WSAEMFILE, linux::EMFILE),
    (winsock::WSAEWOULDBLOCK, linux::EAGAIN),
    (winsock::WSAEINPROGRESS, linux::EINPROGRESS),
    (winsock::WSAEALREADY, linux::EALREADY),
    (winsock::WSAENOTSOCK, linux::ENOTSOCK),
    (winsock::WSAEDESTADDRREQ, linux::EDESTADDRREQ),
    (winsock::WSAEMSGSIZE, linux::EMSGSIZE),
    (winsock::WSAEPROTOTYPE, linux::EPROTOTYPE),
    (winsock::WSAENOPROTOOPT, linux::ENOPROTOOPT),
    (winsock::WSAEPROTONOSUPPORT, linux::EPROTONOSUPPORT),
    (winsock::WSAESOCKTNOSUPPORT, linux::ESOCKTNOSUPPORT),
    (winsock::WSAEOPNOTSUPP, linux::EOPNOTSUPP),
    (winsock::WSAEAFNOSUPPORT, linux::EAFNOSUPPORT),
    (winsock::WSAEADDRINUSE, linux::EADDRINUSE),
    (winsock::WSAEADDRNOTAVAIL, linux::EADDRNOTAVAIL),
    (winsock::WSAENETDOWN, linux::ENETDOWN),
    (winsock::WSAENETUNREACH, linux::ENETUNREACH),
    (winsock::WSAENETRESET, linux::ENETRESET),
    (winsock::WSAECONNABORTED, linux::ECONNABORTED),
    (winsock::WSAECONNRESET, linux::ECONNRESET),
    (winsock::WSAENOBUFS, linux::ENOBUFS),
    (winsock::WSAEISCONN, linux::EISCONN),
    (winsock::WSAENOTCONN, linux::ENOTCONN),
    (winsock::WSAESHUTDOWN, linux::EPIPE),
    (winsock::WSAETIMEDOUT, linux::ETIMEDOUT),
    (winsock::WSAECONNREFUSED, linux::ECONNREFUSED),
    (winsock::WSAEHOSTDOWN, linux::EHOSTDOWN),
    (winsock::WSAEHOSTUNREACH, linux::EHOSTUNREACH),
];

/// Winsock has no socketpair().
pub(super) fn pair(_kind: Type) -> Result<(Socket, Socket)> {
    Err(Errno(linux::EAFNOSUPPORT))
}

/// The bits of WSAPoll and ours; those that may be asked for come first.
const BITS: [(i16, Ready); 5] = [
    (winsock::POLLRDNORM, Ready::READ),
    (winsock::POLLWRNORM, Ready::WRITE),
    (winsock::POLLRDBAND, Ready::URGENT),
    (winsock::POLLERR, Ready::ERROR),
    (winsock::POLLHUP, Ready::HANGUP),
];

/// WSAPoll without waiting: what each is ready for; `None` for one that is closed.
pub(super) fn poll(asked: &[(Raw, Ready)]) -> Result<Vec<Option<Ready>>> {
    if asked.is_empty() {
        // Winsock calls that a mistake.
        return Ok(Vec::new());
    }
    let wanted = |wish: Ready| {
        let bits = BITS.iter().take(3).filter(|(_, ready)| wish.meets(*ready));
        bits.fold(0, |all, (bit, _)| all | bit)
    };
    let mut fds: Vec<winsock::WSAPOLLFD> = asked
        .iter()
        .map(|(socket, wish)| winsock::WSAPOLLFD {
            fd: *socket as winsock::SOCKET,
            events: wanted(*wish),
            revents: 0,
        })
        .collect();
    let count = u32::try_from(fds.len()).map_err(|_| Errno(linux::EINVAL))?;
    // SAFETY: the pointer and the count are those of `fds`.
    if unsafe { winsock::WSAPoll(fds.as_mut_ptr(), count, 0) } < 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    let told = fds.iter().map(|fd| {
        let bits = BITS.iter().filter(|(bit, _)| fd.revents & bit != 0);
        let ready = bits.fold(Ready::NONE, |all, (_, ready)| all.or(*ready));
        (fd.revents & winsock::POLLNVAL == 0).then_some(ready)
    });
    Ok(told.collect())
}

/// FIONREAD.
pub(super) fn bytes_to_read(socket: BorrowedSocket<'_>) -> Result<u32> {
    let mut n = 0;
    // SAFETY: the system writes one u32.
    let done = unsafe {
        winsock::ioctlsocket(
            socket.as_raw_socket() as winsock::SOCKET,
            winsock::FIONREAD,
            &raw mut n,
        )
    };
    if done == 0 {
        Ok(n)
    } else {
        Err(std::io::Error::last_os_error().into())
    }
}

/// It is not told.
pub(super) fn bytes_unsent(_socket: BorrowedSocket<'_>) -> Result<u32> {
    Err(Errno(linux::EOPNOTSUPP))
}
