//! Sockets. All are nonblocking and close-on-exec: waiting is done by the lab, for many at once.

use super::RawAddr;
use super::errno::{Errno, Result, check, check_len};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// socket(2).
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd> {
    blocking_socket(family, kind | libc::SOCK_NONBLOCK, protocol)
}

/// socket(2) without SOCK_NONBLOCK, for the helper's netlink conversations.
pub(crate) fn blocking_socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd> {
    // SAFETY: no pointers.
    let fd = check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) })?;
    // SAFETY: the kernel has just given us this descriptor; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// socketpair(2).
pub(crate) fn socket_pair(family: i32, kind: i32, protocol: i32) -> Result<(OwnedFd, OwnedFd)> {
    let mut fds = [-1; 2];
    let kind = kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: `fds` has room for the two descriptors that the kernel writes.
    check(unsafe { libc::socketpair(family, kind, protocol, fds.as_mut_ptr()) })?;
    // SAFETY: the kernel has just given us both; nobody else has them.
    Ok(unsafe { (OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])) })
}

/// bind(2).
pub(crate) fn bind(fd: BorrowedFd<'_>, address: &RawAddr) -> Result<()> {
    let (ptr, len) = address.as_ptr();
    // SAFETY: `ptr` points to `len` initialised bytes that live through the call.
    check(unsafe { libc::bind(fd.as_raw_fd(), ptr, len) }).map(drop)
}

/// connect(2).
pub(crate) fn connect(fd: BorrowedFd<'_>, address: &RawAddr) -> Result<()> {
    let (ptr, len) = address.as_ptr();
    // SAFETY: as in bind.
    check(unsafe { libc::connect(fd.as_raw_fd(), ptr, len) }).map(drop)
}

/// listen(2).
pub(crate) fn listen(fd: BorrowedFd<'_>, backlog: i32) -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::listen(fd.as_raw_fd(), backlog) }).map(drop)
}

/// accept4(2).
pub(crate) fn accept(fd: BorrowedFd<'_>) -> Result<(OwnedFd, RawAddr)> {
    let mut from = RawAddr::room();
    let (ptr, len) = from.as_mut_ptr();
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: `ptr` has room for any address and `len` says so; both live through the call.
    let new = check(unsafe { libc::accept4(fd.as_raw_fd(), ptr, len, flags) })?;
    // SAFETY: the kernel has just given us this descriptor; nobody else has it.
    Ok((unsafe { OwnedFd::from_raw_fd(new) }, from))
}

/// shutdown(2).
pub(crate) fn shutdown(fd: BorrowedFd<'_>, how: i32) -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::shutdown(fd.as_raw_fd(), how) }).map(drop)
}

/// getsockname(2).
pub(crate) fn local_name(fd: BorrowedFd<'_>) -> Result<RawAddr> {
    let mut name = RawAddr::room();
    let (ptr, len) = name.as_mut_ptr();
    // SAFETY: as in accept.
    check(unsafe { libc::getsockname(fd.as_raw_fd(), ptr, len) })?;
    Ok(name)
}

/// getpeername(2).
pub(crate) fn peer_name(fd: BorrowedFd<'_>) -> Result<RawAddr> {
    let mut name = RawAddr::room();
    let (ptr, len) = name.as_mut_ptr();
    // SAFETY: as in accept.
    check(unsafe { libc::getpeername(fd.as_raw_fd(), ptr, len) })?;
    Ok(name)
}

/// send(2), never with a SIGPIPE.
pub(crate) fn send(fd: BorrowedFd<'_>, data: &[u8], flags: i32) -> Result<usize> {
    let flags = flags | libc::MSG_NOSIGNAL;
    // SAFETY: the pointer and the length are those of a slice.
    check_len(unsafe { libc::send(fd.as_raw_fd(), data.as_ptr().cast(), data.len(), flags) })
}

/// sendto(2), never with a SIGPIPE.
pub(crate) fn send_to(fd: BorrowedFd<'_>, data: &[u8], flags: i32, to: &RawAddr) -> Result<usize> {
    let (ptr, len) = to.as_ptr();
    let flags = flags | libc::MSG_NOSIGNAL;
    // SAFETY: data as in send, address as in bind.
    check_len(unsafe { libc::sendto(fd.as_raw_fd(), data.as_ptr().cast(), data.len(), flags, ptr, len) })
}

/// recv(2) of at most `max` bytes, appended to `into`; how many came.
pub(crate) fn receive(fd: BorrowedFd<'_>, into: &mut Vec<u8>, max: usize, flags: i32) -> Result<usize> {
    into.reserve_exact(max);
    let room = into.spare_capacity_mut();
    let max = max.min(room.len());
    // SAFETY: `room` has at least `max` writable bytes.
    let n = check_len(unsafe { libc::recv(fd.as_raw_fd(), room.as_mut_ptr().cast(), max, flags) })?.min(max);
    // SAFETY: the kernel has written the first `n` bytes of `room`.
    unsafe { into.set_len(into.len() + n) };
    Ok(n)
}

/// recvfrom(2), the same, with the sender where the family names one.
pub(crate) fn receive_from(
    fd: BorrowedFd<'_>,
    into: &mut Vec<u8>,
    max: usize,
    flags: i32,
) -> Result<(usize, Option<RawAddr>)> {
    into.reserve_exact(max);
    let room = into.spare_capacity_mut();
    let max = max.min(room.len());
    let mut from = RawAddr::room();
    let (ptr, len) = from.as_mut_ptr();
    // SAFETY: `room` has at least `max` writable bytes; the address as in accept.
    let returned = unsafe { libc::recvfrom(fd.as_raw_fd(), room.as_mut_ptr().cast(), max, flags, ptr, len) };
    let n = check_len(returned)?.min(max);
    // SAFETY: the kernel has written the first `n` bytes of `room`.
    unsafe { into.set_len(into.len() + n) };
    Ok((n, from.is_filled().then_some(from)))
}

/// setsockopt(2).
pub(crate) fn set_option(fd: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> Result<()> {
    let len = libc::socklen_t::try_from(value.len()).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: the pointer and the length are those of a slice.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), len) }).map(drop)
}

/// getsockopt(2) of at most `len` bytes.
pub(crate) fn get_option(fd: BorrowedFd<'_>, level: i32, name: i32, len: usize) -> Result<Vec<u8>> {
    let mut value = vec![0; len];
    let mut filled = libc::socklen_t::try_from(len).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: `value` has `filled` writable bytes; both live through the call.
    check(unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            level,
            name,
            value.as_mut_ptr().cast(),
            &raw mut filled,
        )
    })?;
    value.truncate(filled as usize);
    Ok(value)
}
