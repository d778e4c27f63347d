//! Socket options by allow-list (socket(7), tcp(7), ip(7), ipv6(7)).
//!
//! Left out is what needs privileges, what reaches beyond the lab, and what tells about the machine. A lab says EPERM where an
//! ordinary user would get it, else ENOPROTOOPT as for an option that does not exist.

use libc::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, SOL_SOCKET};

/// What a program may do with an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// setsockopt() and getsockopt().
    Both,
    /// getsockopt() only.
    Read,
    /// An ordinary user gets EPERM for setting it.
    Forbidden,
    /// As if it did not exist.
    Unknown,
}

/// The right to an option.
pub(crate) const fn right(level: i32, name: i32) -> Right {
    match level {
        SOL_SOCKET => socket(name),
        IPPROTO_TCP => tcp(name),
        IPPROTO_IP => ip(name),
        IPPROTO_IPV6 => ipv6(name),
        _ => Right::Unknown,
    }
}

const fn socket(name: i32) -> Right {
    match name {
        libc::SO_REUSEADDR
        | libc::SO_REUSEPORT
        | libc::SO_KEEPALIVE
        | libc::SO_BROADCAST
        | libc::SO_RCVBUF
        | libc::SO_SNDBUF
        | libc::SO_LINGER
        | libc::SO_RCVTIMEO
        | libc::SO_SNDTIMEO
        | libc::SO_RCVLOWAT
        | libc::SO_OOBINLINE
        | libc::SO_DONTROUTE => Right::Both,
        libc::SO_ERROR
        | libc::SO_TYPE
        | libc::SO_DOMAIN
        | libc::SO_PROTOCOL
        | libc::SO_ACCEPTCONN
        | libc::SO_PRIORITY
        | libc::SO_SNDLOWAT => Right::Read,
        libc::SO_BINDTODEVICE
        | libc::SO_MARK
        | libc::SO_RCVBUFFORCE
        | libc::SO_SNDBUFFORCE
        | libc::SO_DEBUG => Right::Forbidden,
        _ => Right::Unknown,
    }
}

const fn tcp(name: i32) -> Right {
    match name {
        libc::TCP_NODELAY
        | libc::TCP_MAXSEG
        | libc::TCP_CORK
        | libc::TCP_KEEPIDLE
        | libc::TCP_KEEPINTVL
        | libc::TCP_KEEPCNT
        | libc::TCP_SYNCNT
        | libc::TCP_LINGER2
        | libc::TCP_DEFER_ACCEPT
        | libc::TCP_WINDOW_CLAMP
        | libc::TCP_QUICKACK
        | libc::TCP_USER_TIMEOUT
        | libc::TCP_NOTSENT_LOWAT => Right::Both,
        libc::TCP_INFO | libc::TCP_CONGESTION => Right::Read,
        _ => Right::Unknown,
    }
}

const fn ip(name: i32) -> Right {
    match name {
        libc::IP_TOS
        | libc::IP_TTL
        | libc::IP_MULTICAST_IF
        | libc::IP_MULTICAST_TTL
        | libc::IP_MULTICAST_LOOP
        | libc::IP_ADD_MEMBERSHIP
        | libc::IP_DROP_MEMBERSHIP => Right::Both,
        libc::IP_TRANSPARENT => Right::Forbidden,
        _ => Right::Unknown,
    }
}

const fn ipv6(name: i32) -> Right {
    match name {
        libc::IPV6_V6ONLY
        | libc::IPV6_UNICAST_HOPS
        | libc::IPV6_MULTICAST_IF
        | libc::IPV6_MULTICAST_HOPS
        | libc::IPV6_MULTICAST_LOOP
        | libc::IPV6_ADD_MEMBERSHIP
        | libc::IPV6_DROP_MEMBERSHIP
        | libc::IPV6_TCLASS => Right::Both,
        libc::IPV6_TRANSPARENT => Right::Forbidden,
        _ => Right::Unknown,
    }
}

/// Options that only make sense in a network of the lab's own: on the machine's loopback they would let labs take each
/// other's datagrams, or speak to the machine's network.
pub(crate) const fn needs_private_network(level: i32, name: i32, stream: bool) -> bool {
    match level {
        SOL_SOCKET => name == libc::SO_REUSEPORT || (name == libc::SO_REUSEADDR && !stream),
        IPPROTO_IP => matches!(
            name,
            libc::IP_ADD_MEMBERSHIP | libc::IP_DROP_MEMBERSHIP | libc::IP_MULTICAST_IF
        ),
        IPPROTO_IPV6 => matches!(
            name,
            libc::IPV6_ADD_MEMBERSHIP | libc::IPV6_DROP_MEMBERSHIP | libc::IPV6_MULTICAST_IF
        ),
        _ => false,
    }
}

/// Flags of send() and sendto() that go to the kernel. Left out: MSG_FASTOPEN (connects), MSG_ZEROCOPY (keeps our
/// buffers).
pub(crate) const SEND_FLAGS: i32 = libc::MSG_OOB
    | libc::MSG_DONTROUTE
    | libc::MSG_DONTWAIT
    | libc::MSG_EOR
    | libc::MSG_CONFIRM
    | libc::MSG_NOSIGNAL
    | libc::MSG_MORE;

/// Flags of recv() and recvfrom() that go to the kernel. Left out: MSG_ERRQUEUE and MSG_TRUNC, whose results are not the
/// bytes that arrived.
pub(crate) const RECEIVE_FLAGS: i32 = libc::MSG_OOB
    | libc::MSG_PEEK
    | libc::MSG_DONTWAIT
    | libc::MSG_WAITALL
    | libc::MSG_NOSIGNAL
    | libc::MSG_CMSG_CLOEXEC;
