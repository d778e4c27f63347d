//! Namespaces (namespaces(7)). These calls act on the calling thread: only the helper and `wirelab exec` make them, which have
//! one.

use super::errno::{Errno, Result, check};
use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

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

/// setns(2) into a user namespace, with all its rights until execve(2). The process must have one thread.
pub(crate) fn enter_user(namespace: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWUSER) }).map(drop)
}

/// A mount namespace and a host name of our own, for this process and its children; what is mounted in them is seen by
/// nobody else.
pub(crate) fn unshare_mounts_and_name() -> Result<()> {
    // SAFETY: no pointers.
    check(unsafe { libc::unshare(libc::CLONE_NEWNS | libc::CLONE_NEWUTS) })?;
    mount(None, c"/", libc::MS_REC | libc::MS_SLAVE)
}

/// Lays one file over another, in this mount namespace.
pub(crate) fn bind_mount(file: &Path, over: &Path) -> Result<()> {
    let path = |path: &Path| CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno(libc::EINVAL));
    mount(Some(&path(file)?), &path(over)?, libc::MS_BIND)
}

fn mount(source: Option<&CStr>, target: &CStr, flags: libc::c_ulong) -> Result<()> {
    let source = source.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: both paths are null or end with a zero byte and live through the call; no file system's data is given.
    let done = unsafe { libc::mount(source, target.as_ptr(), std::ptr::null(), flags, std::ptr::null()) };
    check(done).map(drop)
}

/// sethostname(2).
pub(crate) fn set_host_name(name: &str) -> Result<()> {
    // SAFETY: the pointer and the length are those of a string.
    check(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(drop)
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
