//! Limits of this process, and the machine's addresses.

use super::RawAddr;
use super::errno::{Result, check};
use std::net::IpAddr;

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
