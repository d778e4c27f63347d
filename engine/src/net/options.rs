//! Socket options by allow-list (socket(7), tcp(7), ip(7), ipv6(7)).
//!
//! Left out is what needs privileges, what reaches beyond the lab, and what tells about the machine. A lab says EPERM where an
//! ordinary user would get it, else ENOPROTOOPT as for an option that does not exist.

use super::abi::{self, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, SOL_SOCKET};

/// What a program may do with an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
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
pub const fn right(level: i32, name: i32) -> Right {
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
        abi::SO_REUSEADDR
        | abi::SO_REUSEPORT
        | abi::SO_KEEPALIVE
        | abi::SO_BROADCAST
        | abi::SO_RCVBUF
        | abi::SO_SNDBUF
        | abi::SO_LINGER
        | abi::SO_RCVTIMEO
        | abi::SO_SNDTIMEO
        | abi::SO_RCVLOWAT
        | abi::SO_OOBINLINE
        | abi::SO_DONTROUTE => Right::Both,
        abi::SO_ERROR
        | abi::SO_TYPE
        | abi::SO_DOMAIN
        | abi::SO_PROTOCOL
        | abi::SO_ACCEPTCONN
        | abi::SO_PRIORITY
        | abi::SO_SNDLOWAT => Right::Read,
        abi::SO_BINDTODEVICE | abi::SO_MARK | abi::SO_RCVBUFFORCE | abi::SO_SNDBUFFORCE | abi::SO_DEBUG => {
            Right::Forbidden
        }
        _ => Right::Unknown,
    }
}

const fn tcp(name: i32) -> Right {
    match name {
        abi::TCP_NODELAY
        | abi::TCP_MAXSEG
        | abi::TCP_CORK
        | abi::TCP_KEEPIDLE
        | abi::TCP_KEEPINTVL
        | abi::TCP_KEEPCNT
        | abi::TCP_SYNCNT
        | abi::TCP_LINGER2
        | abi::TCP_DEFER_ACCEPT
        | abi::TCP_WINDOW_CLAMP
        | abi::TCP_QUICKACK
        | abi::TCP_USER_TIMEOUT
        | abi::TCP_NOTSENT_LOWAT => Right::Both,
        abi::TCP_INFO | abi::TCP_CONGESTION => Right::Read,
        _ => Right::Unknown,
    }
}

const fn ip(name: i32) -> Right {
    match name {
        abi::IP_TOS
        | abi::IP_TTL
        | abi::IP_MULTICAST_IF
        | abi::IP_MULTICAST_TTL
        | abi::IP_MULTICAST_LOOP
        | abi::IP_ADD_MEMBERSHIP
        | abi::IP_DROP_MEMBERSHIP => Right::Both,
        abi::IP_TRANSPARENT => Right::Forbidden,
        _ => Right::Unknown,
    }
}

const fn ipv6(name: i32) -> Right {
    match name {
        abi::IPV6_V6ONLY
        | abi::IPV6_UNICAST_HOPS
        | abi::IPV6_MULTICAST_IF
        | abi::IPV6_MULTICAST_HOPS
        | abi::IPV6_MULTICAST_LOOP
        | abi::IPV6_ADD_MEMBERSHIP
        | abi::IPV6_DROP_MEMBERSHIP
        | abi::IPV6_TCLASS => Right::Both,
        abi::IPV6_TRANSPARENT => Right::Forbidden,
        _ => Right::Unknown,
    }
}

/// Options that only make sense in a network of the lab's own: on the machine's loopback they would let labs take each
/// other's datagrams, or speak to the machine's network.
pub const fn needs_private_network(level: i32, name: i32, stream: bool) -> bool {
    match level {
        SOL_SOCKET => name == abi::SO_REUSEPORT || (name == abi::SO_REUSEADDR && !stream),
        IPPROTO_IP => matches!(
            name,
            abi::IP_ADD_MEMBERSHIP | abi::IP_DROP_MEMBERSHIP | abi::IP_MULTICAST_IF
        ),
        IPPROTO_IPV6 => matches!(
            name,
            abi::IPV6_ADD_MEMBERSHIP | abi::IPV6_DROP_MEMBERSHIP | abi::IPV6_MULTICAST_IF
        ),
        _ => false,
    }
}

/// Flags of send() and sendto() that go to the kernel. Left out: MSG_FASTOPEN (connects), MSG_ZEROCOPY (keeps our
/// buffers).
pub const SEND_FLAGS: i32 = abi::MSG_OOB
    | abi::MSG_DONTROUTE
    | abi::MSG_DONTWAIT
    | abi::MSG_EOR
    | abi::MSG_CONFIRM
    | abi::MSG_NOSIGNAL
    | abi::MSG_MORE;

/// Flags of recv() and recvfrom() that go to the kernel. Left out: MSG_ERRQUEUE and MSG_TRUNC, whose results are not the
/// bytes that arrived.
pub const RECEIVE_FLAGS: i32 = abi::MSG_OOB
    | abi::MSG_PEEK
    | abi::MSG_DONTWAIT
    | abi::MSG_WAITALL
    | abi::MSG_NOSIGNAL
    | abi::MSG_CMSG_CLOEXEC;
