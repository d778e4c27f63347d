//! This process and others: limits, users, signals; and the machine's addresses.

use super::RawAddr;
use super::errno::{Errno, Result, check};
use std::net::IpAddr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// Lets the process open as many descriptors as its hard limit allows; the number.
pub(crate) fn raise_descriptor_limit() -> Result<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the kernel writes one rlimit.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) })?;
    if limit.rlim_cur < limit.rlim_max {
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: the kernel reads one rlimit.
        check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) })?;
    }
    Ok(limit.rlim_cur)
}

/// Keeps the pages of large blocks that are freed for the next ones, up to a few megabytes: messages of a bulk transfer come and
/// go in blocks of some 100 KB, and glibc gives such blocks back to the kernel each time, to fault them in again.
pub(crate) fn keep_freed_memory() {
    #[cfg(target_env = "gnu")]
    {
        const KEEP: libc::c_int = 4 << 20;
        // SAFETY: mallopt only sets two numbers, and refuses bad ones.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, KEEP);
            libc::mallopt(libc::M_TRIM_THRESHOLD, KEEP);
        }
    }
}

/// The effective user and group of this process.
pub(crate) fn own_user() -> (u32, u32) {
    // SAFETY: no pointers, cannot fail.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

/// The user who runs the process at the other end of an AF_UNIX stream, as it was when it connected or listened.
pub(crate) fn peer_user(stream: BorrowedFd<'_>) -> Result<u32> {
    let mut who = libc::ucred {
        pid: 0,
        uid: 0,
        gid: 0,
    };
    let mut len = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: `who` has `len` writable bytes; both live through the call.
    check(unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut who).cast(),
            &raw mut len,
        )
    })?;
    Ok(who.uid)
}

/// A descriptor for a process: it stays that process's when its number is given to another one, and is readable when it has
/// ended (pidfd_open(2), Linux 5.3).
pub(crate) fn open_process(pid: i32) -> Result<OwnedFd> {
    // SAFETY: no pointers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let fd = check(i32::try_from(fd).map_err(|_| Errno(libc::EBADF))?)?;
    // SAFETY: the kernel has just given us this descriptor; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// pidfd_send_signal(2).
pub(crate) fn signal_process(process: BorrowedFd<'_>, signal: i32) -> Result<()> {
    let no_info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the pointer is null, which means the plain kill(2).
    let done = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            process.as_raw_fd(),
            signal,
            no_info,
            0,
        )
    };
    check(i32::try_from(done).map_err(|_| Errno(libc::EINVAL))?).map(drop)
}

/// The addresses of the machine's interfaces, in the kernel's order; without link-local ones, which need a scope.
pub(crate) fn interface_addresses() -> Result<Vec<IpAddr>> {
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: getifaddrs writes one pointer to a list that it has allocated.
    check(unsafe { libc::getifaddrs(&raw mut first) })?;
    let mut found = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // SAFETY: `next` is an entry of the list, which is freed below only.
        let entry = unsafe { &*next };
        // SAFETY: ifa_addr is null or points to the sockaddr of its family.
        if let Some(address) = unsafe { RawAddr::copy_internet(entry.ifa_addr) } {
            found.push(address.ip());
        }
        next = entry.ifa_next;
    }
    // SAFETY: the list came from getifaddrs and is not used any more.
    unsafe { libc::freeifaddrs(first) };
    found.retain(|ip| match ip {
        IpAddr::V4(ip) => !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_unicast_link_local(),
    });
    Ok(found)
}
