//! The system calls, and the only place with `unsafe` code.
//!
//! Everything here is one call of the kernel made safe: descriptors are owned or borrowed types, addresses are checked
//! against the length that the kernel reports, and an error is the kernel's own number. What the calls are good for, and
//! in which order, is decided in [`crate::net`].
//!
//! ```text
//! errno        the kernel's error number
//! addr         struct sockaddr_* and back
//! socket       sockets, all of them nonblocking and close-on-exec
//! state        what the kernel says about a socket: TCP_INFO, SIOCINQ, SIOCOUTQ
//! wait         poll(2) and epoll(7)
//! pass         descriptors over a SOCK_SEQPACKET pair
//! namespace    unshare(2), setns(2), mount(2)
//! tun, veth    interfaces whose other end is ours
//! process      this process and others: limits, users, signals
//! ```
//!
//! `linux` is all of this. Elsewhere `portable` has the part that labs on the machine's loopback need.

#[cfg(namespaces)]
mod linux;
#[cfg(namespaces)]
pub(crate) use linux::*;
#[cfg(namespaces)]
pub(crate) use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

#[cfg(not(namespaces))]
mod portable;
#[cfg(not(namespaces))]
pub(crate) use portable::*;
