//! Sockets. All are nonblocking: waiting is done by the lab, for many at once.

use super::{BorrowedFd, Errno, OwnedFd, RawAddr, Result, system};
use crate::linux;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// Flags that mean the same everywhere, by the same numbers.
const SHARED_FLAGS: i32 = linux::MSG_OOB | linux::MSG_PEEK | linux::MSG_DONTROUTE;
/// Flags that change nothing here: our sockets never block and never raise SIGPIPE, and a lab waits for all by itself.
const IDLE_FLAGS: i32 = linux::MSG_DONTWAIT
    | linux::MSG_NOSIGNAL
    | linux::MSG_WAITALL
    | linux::MSG_CMSG_CLOEXEC
    | linux::MSG_CONFIRM
    | linux::MSG_EOR;

/// The flags for the system.
fn flags(flags: i32) -> Result<i32> {
    if flags & !(SHARED_FLAGS | IDLE_FLAGS) != 0 {
        return Err(Errno(linux::EOPNOTSUPP));
    }
    Ok(flags & SHARED_FLAGS)
}

fn kind_of(kind: i32) -> Result<Type> {
    match kind {
        linux::SOCK_STREAM => Ok(Type::STREAM),
        linux::SOCK_DGRAM => Ok(Type::DGRAM),
        _ => Err(Errno(linux::ESOCKTNOSUPPORT)),
    }
}

/// socket(2), of AF_INET and AF_INET6.
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd> {
    let domain = match family {
        linux::AF_INET => Domain::IPV4,
        linux::AF_INET6 => Domain::IPV6,
        _ => return Err(Errno(linux::EAFNOSUPPORT)),
    };
    let protocol = match protocol {
        0 => None,
        linux::IPPROTO_TCP => Some(Protocol::TCP),
        linux::IPPROTO_UDP => Some(Protocol::UDP),
        _ => return Err(Errno(linux::EPROTONOSUPPORT)),
    };
    let made = Socket::new(domain, kind_of(kind)?, protocol)?;
    made.set_nonblocking(true)?;
    Ok(made.into())
}

/// socketpair(2), of AF_UNIX.
pub(crate) fn socket_pair(family: i32, kind: i32, _protocol: i32) -> Result<(OwnedFd, OwnedFd)> {
    if family != linux::AF_UNIX {
        return Err(Errno(linux::EOPNOTSUPP));
    }
    let (first, second) = system::pair(kind_of(kind)?)?;
    first.set_nonblocking(true)?;
    second.set_nonblocking(true)?;
    Ok((first.into(), second.into()))
}

/// bind(2).
pub(crate) fn bind(fd: BorrowedFd<'_>, address: &RawAddr) -> Result<()> {
    Ok(SockRef::from(&fd).bind(&address.to_raw()?)?)
}

/// connect(2).
pub(crate) fn connect(fd: BorrowedFd<'_>, address: &RawAddr) -> Result<()> {
    match SockRef::from(&fd).connect(&address.to_raw()?) {
        Ok(()) => Ok(()),
        Err(error) => match Errno::from(error) {
            // Windows calls it so.
            Errno(linux::EAGAIN) => Err(Errno(linux::EINPROGRESS)),
            errno => Err(errno),
        },
    }
}

/// listen(2).
pub(crate) fn listen(fd: BorrowedFd<'_>, backlog: i32) -> Result<()> {
    Ok(SockRef::from(&fd).listen(backlog)?)
}

/// accept(2).
pub(crate) fn accept(fd: BorrowedFd<'_>) -> Result<(OwnedFd, RawAddr)> {
    let (new, from) = SockRef::from(&fd).accept()?;
    new.set_nonblocking(true)?;
    Ok((new.into(), RawAddr::of(&from)))
}

/// shutdown(2).
pub(crate) fn shutdown(fd: BorrowedFd<'_>, how: i32) -> Result<()> {
    let how = match how {
        0 => std::net::Shutdown::Read,
        1 => std::net::Shutdown::Write,
        2 => std::net::Shutdown::Both,
        _ => return Err(Errno(linux::EINVAL)),
    };
    Ok(SockRef::from(&fd).shutdown(how)?)
}

/// getsockname(2). A socket that was not bound yet has a name on Linux, of zeroes; elsewhere that may be an error.
pub(crate) fn local_name(fd: BorrowedFd<'_>) -> Result<RawAddr> {
    Ok(RawAddr::of(&SockRef::from(&fd).local_addr()?))
}

/// getpeername(2).
pub(crate) fn peer_name(fd: BorrowedFd<'_>) -> Result<RawAddr> {
    Ok(RawAddr::of(&SockRef::from(&fd).peer_addr()?))
}

/// send(2).
pub(crate) fn send(fd: BorrowedFd<'_>, data: &[u8], with: i32) -> Result<usize> {
    Ok(SockRef::from(&fd).send_with_flags(data, flags(with)?)?)
}

/// sendto(2).
pub(crate) fn send_to(fd: BorrowedFd<'_>, data: &[u8], with: i32, to: &RawAddr) -> Result<usize> {
    Ok(SockRef::from(&fd).send_to_with_flags(data, &to.to_raw()?, flags(with)?)?)
}

/// recv(2) of at most `max` bytes, appended to `into`; how many came.
pub(crate) fn receive(fd: BorrowedFd<'_>, into: &mut Vec<u8>, max: usize, with: i32) -> Result<usize> {
    let with = flags(with)?;
    fill(into, max, |room| SockRef::from(&fd).recv_with_flags(room, with))
}

/// recvfrom(2), the same, with the sender where the family names one.
pub(crate) fn receive_from(
    fd: BorrowedFd<'_>,
    into: &mut Vec<u8>,
    max: usize,
    with: i32,
) -> Result<(usize, Option<RawAddr>)> {
    let with = flags(with)?;
    let mut from = None;
    let n = fill(into, max, |room| {
        let (n, sender) = SockRef::from(&fd).recv_from_with_flags(room, with)?;
        // A connected stream names nobody.
        from = sender.as_socket().map(RawAddr::Internet);
        Ok(n)
    })?;
    Ok((n, from))
}

/// Appends what a call writes into room for `max` bytes.
fn fill(
    into: &mut Vec<u8>,
    max: usize,
    call: impl FnOnce(&mut [std::mem::MaybeUninit<u8>]) -> std::io::Result<usize>,
) -> Result<usize> {
    into.reserve_exact(max);
    let room = into.spare_capacity_mut();
    let max = max.min(room.len());
    let n = match call(&mut room[..max]) {
        Ok(n) => n.min(max),
        // EMSGSIZE: Windows says so when a datagram is longer than the room, which it has filled; elsewhere it is no error.
        Err(error) => match Errno::from(error) {
            Errno(linux::EMSGSIZE) if cfg!(windows) => max,
            errno => return Err(errno),
        },
    };
    // SAFETY: the system has written the first `n` bytes of `room`.
    unsafe { into.set_len(into.len() + n) };
    Ok(n)
}

/// Bytes that have arrived and were not read; for datagrams, those of the first one or of all, as the system has it.
pub(crate) fn bytes_to_read(fd: BorrowedFd<'_>) -> Result<u32> {
    system::bytes_to_read(fd)
}

/// Bytes that were sent and are not acknowledged yet, where the system tells.
pub(crate) fn bytes_unsent(fd: BorrowedFd<'_>) -> Result<u32> {
    system::bytes_unsent(fd)
}
