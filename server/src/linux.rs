//! Linux's numbers, as programs of a lab and the pages know them, whatever the server runs on: the engine's table, and the
//! errors that only a real system gives.
//!
//! A timeline must say the same everywhere, so a lab speaks Linux: what another system calls by other numbers is translated in
//! [`crate::sys`]. On Linux itself all of it is compared with the system's own headers when this is compiled.

pub(crate) use engine::net::abi::*;

macro_rules! numbers {
    ($($name:ident = $value:literal;)*) => {
        $(
            #[allow(dead_code)]
            pub(crate) const $name: i32 = $value;
        )*
        same_as_the_system! { $($name)* }
    };
}

/// Compares with the headers of the C library.
macro_rules! same_as_the_system {
    ($($name:ident)*) => {
        #[cfg(target_os = "linux")]
        const _: () = {
            $(assert!($name == libc::$name);)*
        };
    };
}

numbers! {
    EINTR = 4;
    EIO = 5;
    ENOMEM = 12;
    EFAULT = 14;
    ENFILE = 23;
    ENOTSOCK = 88;
    ENETDOWN = 100;
    ENETRESET = 102;
    ESHUTDOWN = 108;
    EHOSTDOWN = 112;
}

same_as_the_system! {
    AF_UNIX AF_INET AF_INET6 SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_NONBLOCK SOCK_CLOEXEC IPPROTO_IP IPPROTO_TCP
    IPPROTO_UDP IPPROTO_IPV6 MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_DONTWAIT MSG_EOR MSG_WAITALL MSG_CONFIRM
    MSG_NOSIGNAL MSG_MORE MSG_CMSG_CLOEXEC SOL_SOCKET SO_DEBUG SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE
    SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE SO_PRIORITY SO_LINGER SO_REUSEPORT SO_RCVLOWAT
    SO_SNDLOWAT SO_RCVTIMEO SO_SNDTIMEO SO_BINDTODEVICE SO_ACCEPTCONN SO_SNDBUFFORCE SO_RCVBUFFORCE SO_MARK
    SO_PROTOCOL SO_DOMAIN TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT
    TCP_LINGER2 TCP_DEFER_ACCEPT TCP_WINDOW_CLAMP TCP_INFO TCP_QUICKACK TCP_CONGESTION TCP_USER_TIMEOUT
    TCP_NOTSENT_LOWAT IP_TOS IP_TTL IP_TRANSPARENT IP_MULTICAST_IF IP_MULTICAST_TTL IP_MULTICAST_LOOP
    IP_ADD_MEMBERSHIP IP_DROP_MEMBERSHIP IPV6_UNICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_HOPS
    IPV6_MULTICAST_LOOP IPV6_ADD_MEMBERSHIP IPV6_DROP_MEMBERSHIP IPV6_V6ONLY IPV6_TCLASS IPV6_TRANSPARENT
    EPERM ENOENT EBADF EAGAIN EACCES EINVAL EMFILE ENOSPC EPIPE EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT
    EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETUNREACH ECONNABORTED
    ECONNRESET ENOBUFS EISCONN ENOTCONN ETIMEDOUT ECONNREFUSED EHOSTUNREACH EALREADY EINPROGRESS
}
