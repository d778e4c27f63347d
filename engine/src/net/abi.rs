//! Linux's numbers: address families, options, flags and errors as programs on Linux see them (`include/uapi/`). The
//! simulated network is Linux on every machine and in every browser, so they stand here and not in libc.

macro_rules! numbers {
    ($($name:ident = $value:expr;)*) => {
        $(#[allow(missing_docs)] pub const $name: i32 = $value;)*
    };
}

numbers! {
    AF_UNIX = 1;
    AF_INET = 2;
    AF_INET6 = 10;
    SOCK_STREAM = 1;
    SOCK_DGRAM = 2;
    SOCK_RAW = 3;
    SOCK_NONBLOCK = 0o4000;
    SOCK_CLOEXEC = 0o2_000_000;
    IPPROTO_IP = 0;
    IPPROTO_TCP = 6;
    IPPROTO_UDP = 17;
    IPPROTO_IPV6 = 41;
    SOL_SOCKET = 1;
    SO_DEBUG = 1;
    SO_REUSEADDR = 2;
    SO_TYPE = 3;
    SO_ERROR = 4;
    SO_DONTROUTE = 5;
    SO_BROADCAST = 6;
    SO_SNDBUF = 7;
    SO_RCVBUF = 8;
    SO_KEEPALIVE = 9;
    SO_OOBINLINE = 10;
    SO_PRIORITY = 12;
    SO_LINGER = 13;
    SO_REUSEPORT = 15;
    SO_RCVLOWAT = 18;
    SO_SNDLOWAT = 19;
    SO_RCVTIMEO = 20;
    SO_SNDTIMEO = 21;
    SO_BINDTODEVICE = 25;
    SO_ACCEPTCONN = 30;
    SO_SNDBUFFORCE = 32;
    SO_RCVBUFFORCE = 33;
    SO_MARK = 36;
    SO_PROTOCOL = 38;
    SO_DOMAIN = 39;
    TCP_NODELAY = 1;
    TCP_MAXSEG = 2;
    TCP_CORK = 3;
    TCP_KEEPIDLE = 4;
    TCP_KEEPINTVL = 5;
    TCP_KEEPCNT = 6;
    TCP_SYNCNT = 7;
    TCP_LINGER2 = 8;
    TCP_DEFER_ACCEPT = 9;
    TCP_WINDOW_CLAMP = 10;
    TCP_INFO = 11;
    TCP_QUICKACK = 12;
    TCP_CONGESTION = 13;
    TCP_USER_TIMEOUT = 18;
    TCP_NOTSENT_LOWAT = 25;
    IP_TOS = 1;
    IP_TTL = 2;
    IP_TRANSPARENT = 19;
    IP_MULTICAST_IF = 32;
    IP_MULTICAST_TTL = 33;
    IP_MULTICAST_LOOP = 34;
    IP_ADD_MEMBERSHIP = 35;
    IP_DROP_MEMBERSHIP = 36;
    IPV6_UNICAST_HOPS = 16;
    IPV6_MULTICAST_IF = 17;
    IPV6_MULTICAST_HOPS = 18;
    IPV6_MULTICAST_LOOP = 19;
    IPV6_ADD_MEMBERSHIP = 20;
    IPV6_DROP_MEMBERSHIP = 21;
    IPV6_V6ONLY = 26;
    IPV6_TCLASS = 67;
    IPV6_TRANSPARENT = 75;
    MSG_OOB = 1;
    MSG_PEEK = 2;
    MSG_DONTROUTE = 4;
    MSG_DONTWAIT = 0x40;
    MSG_EOR = 0x80;
    MSG_WAITALL = 0x100;
    MSG_CONFIRM = 0x800;
    MSG_NOSIGNAL = 0x4000;
    MSG_MORE = 0x8000;
    MSG_CMSG_CLOEXEC = 0x4000_0000;
    EPERM = 1;
    ENOENT = 2;
    EBADF = 9;
    EAGAIN = 11;
    EACCES = 13;
    EINVAL = 22;
    EMFILE = 24;
    ENOSPC = 28;
    EPIPE = 32;
    EDOM = 33;
    EDESTADDRREQ = 89;
    EMSGSIZE = 90;
    EPROTOTYPE = 91;
    ENOPROTOOPT = 92;
    EPROTONOSUPPORT = 93;
    ESOCKTNOSUPPORT = 94;
    EOPNOTSUPP = 95;
    EAFNOSUPPORT = 97;
    EADDRINUSE = 98;
    EADDRNOTAVAIL = 99;
    ENETUNREACH = 101;
    ECONNABORTED = 103;
    ECONNRESET = 104;
    ENOBUFS = 105;
    EISCONN = 106;
    ENOTCONN = 107;
    ETIMEDOUT = 110;
    ECONNREFUSED = 111;
    EHOSTUNREACH = 113;
    EALREADY = 114;
    EINPROGRESS = 115;
}

/// A call of the kernel: a value, or Linux's errno.
pub(super) type Result<T> = std::result::Result<T, i32>;
