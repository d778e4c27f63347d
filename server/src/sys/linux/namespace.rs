//! Network namespaces (namespaces(7)). These calls act on the calling thread: only the helper makes them, which has one.

use super::errno::{Errno, Result, check};
use std::ffi::CString;
use std::os::fd::{AsRawFd, BorrowedFd};

/// A user namespace of our own: the right to make network namespaces, without being root.
pub(crate) fn unshare_user() -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::unshare(libc::CLONE_NEWUSER) }).map(drop)
}

/// A new, empty network namespace for this thread.
pub(crate) fn unshare_network() -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) }).map(drop)
}

/// setns(2) into a network namespace.
pub(crate) fn enter_network(namespace: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

/// Are we root (of this user namespace)?
pub(crate) fn has_all_capabilities() -> bool {
    // SAFETY: no pointers, cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// if_nametoindex(3).
pub(crate) fn interface_index(name: &str) -> Result<i32> {
    let name = CString::new(name).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: `name` ends with a zero byte and lives through the call.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(Errno::last()),
        index => i32::try_from(index).map_err(|_| Errno(libc::ENODEV)),
    }
}
