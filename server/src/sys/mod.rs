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
//! Only Linux today. Another system brings its own folder with the same functions beside `linux`.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(not(target_os = "linux"))]
compile_error!("the server runs on Linux today; another system needs its own folder in server/src/sys");
