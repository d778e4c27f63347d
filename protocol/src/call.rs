//! The socket calls that programs make, each one request with one answer ([`crate::Outcome`]).
//!
//! A call means what CPython's method means on Linux, not what the bare system call means: blocking mode and deadline are
//! a property of the socket ([`Call::SetTimeout`]) and are kept by the network, as CPython keeps them. What is Python
//! alone (argument errors, `sendall`'s loop, `connect_ex`'s number) is the engine's; the network never sees it.

use crate::{Address, Payload, SocketId};
use protocol_derive::{Read, Write};

/// One socket call. Numbers are Linux's (AF_INET 2, SOCK_STREAM 1, ...); what a lab does not offer is answered with the
/// errno that Linux would give.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Call {
    /// socket(2). `sock` is free until now.
    Socket {
        /// The id that the new socket shall have.
        sock: SocketId,
        /// AF_*.
        family: i32,
        /// SOCK_*.
        kind: i32,
        /// IPPROTO_*, 0 for the usual one.
        proto: i32,
    },
    /// socketpair(2).
    SocketPair {
        /// The id of the first end.
        first: SocketId,
        /// The id of the second end.
        second: SocketId,
        /// AF_*.
        family: i32,
        /// SOCK_*.
        kind: i32,
        /// IPPROTO_*.
        proto: i32,
    },
    /// bind(2).
    Bind {
        /// Which socket.
        sock: SocketId,
        /// The local address.
        addr: Address,
    },
    /// listen(2).
    Listen {
        /// Which socket.
        sock: SocketId,
        /// How many connections may wait for accept(); CPython makes a negative one 0.
        backlog: i32,
    },
    /// accept4(2); answered by [`crate::Outcome::Accepted`].
    Accept {
        /// The listening socket.
        sock: SocketId,
        /// The id that the connection's socket shall have; unused if the call fails.
        new: SocketId,
    },
    /// connect(2), as `sock_connect` does it: with a deadline it waits for it.
    Connect {
        /// Which socket.
        sock: SocketId,
        /// The peer.
        addr: Address,
    },
    /// One send(2). A blocking one ends when all is queued; one with a deadline ends when something is.
    Send {
        /// Which socket.
        sock: SocketId,
        /// MSG_*.
        #[serde(default)]
        flags: i32,
        /// The bytes.
        data: Payload,
    },
    /// sendto(2).
    SendTo {
        /// Which socket.
        sock: SocketId,
        /// MSG_*.
        #[serde(default)]
        flags: i32,
        /// The bytes.
        data: Payload,
        /// To whom.
        addr: Address,
    },
    /// recv(2).
    Recv {
        /// Which socket.
        sock: SocketId,
        /// At most so many bytes.
        max: u64,
        /// MSG_*.
        #[serde(default)]
        flags: i32,
    },
    /// recvfrom(2).
    RecvFrom {
        /// Which socket.
        sock: SocketId,
        /// At most so many bytes.
        max: u64,
        /// MSG_*.
        #[serde(default)]
        flags: i32,
    },
    /// settimeout() and setblocking(): `None` blocks for ever, 0 never blocks, else seconds.
    SetTimeout {
        /// Which socket.
        sock: SocketId,
        /// Seconds, not negative.
        timeout: Option<f64>,
    },
    /// setsockopt(2).
    SetSockOpt {
        /// Which socket.
        sock: SocketId,
        /// SOL_SOCKET, IPPROTO_TCP, ...
        level: i32,
        /// SO_*, TCP_*, ...
        name: i32,
        /// What it shall be.
        value: OptionValue,
    },
    /// getsockopt(2).
    GetSockOpt {
        /// Which socket.
        sock: SocketId,
        /// SOL_SOCKET, IPPROTO_TCP, ...
        level: i32,
        /// SO_*, TCP_*, ...
        name: i32,
        /// Ask for so many bytes instead of an int (1 to 1024).
        len: Option<u32>,
    },
    /// shutdown(2).
    Shutdown {
        /// Which socket.
        sock: SocketId,
        /// SHUT_RD 0, SHUT_WR 1, SHUT_RDWR 2.
        how: i32,
    },
    /// close(2). Calls that still wait on the socket go on, as on Linux.
    Close {
        /// Which socket.
        sock: SocketId,
    },
    /// getsockname(2).
    GetSockName {
        /// Which socket.
        sock: SocketId,
    },
    /// getpeername(2).
    GetPeerName {
        /// Which socket.
        sock: SocketId,
    },
    /// select(2) over sockets.
    Select {
        /// Wait until one of these can be read.
        read: Vec<SocketId>,
        /// Wait until one of these can be written.
        write: Vec<SocketId>,
        /// Wait until one of these has something exceptional.
        except: Vec<SocketId>,
        /// Seconds; `None` waits for ever.
        timeout: Option<f64>,
    },
    /// getaddrinfo(3), answered from the lab's table.
    GetAddrInfo {
        /// A name, a number, or nothing.
        host: Option<String>,
        /// A number or a service's name.
        service: Option<String>,
        /// AF_* or 0.
        family: i32,
        /// SOCK_* or 0.
        kind: i32,
        /// IPPROTO_* or 0.
        proto: i32,
        /// AI_*.
        flags: i32,
    },
    /// gethostbyname(), answered from the lab's table.
    GetHostByName {
        /// The name.
        name: String,
    },
    /// gethostbyaddr() and getnameinfo(): the name that the lab's table has for a number.
    GetNameOf {
        /// The number.
        ip: std::net::IpAddr,
    },
    /// gethostname().
    GetHostName,
    /// stat(2) of a path that an AF_UNIX socket may have been bound to: [`crate::Outcome::Done`], or ENOENT.
    Stat {
        /// As the program wrote it.
        path: Payload,
    },
    /// unlink(2) of such a path: sockets that were bound to it go on, nobody reaches them by it any more, and it can be bound
    /// again.
    Unlink {
        /// As the program wrote it.
        path: Payload,
    },
}

impl Call {
    /// The socket that the call is made on, if it is made on one.
    pub const fn sock(&self) -> Option<SocketId> {
        match self {
            Self::Socket { sock, .. }
            | Self::Bind { sock, .. }
            | Self::Listen { sock, .. }
            | Self::Accept { sock, .. }
            | Self::Connect { sock, .. }
            | Self::Send { sock, .. }
            | Self::SendTo { sock, .. }
            | Self::Recv { sock, .. }
            | Self::RecvFrom { sock, .. }
            | Self::SetTimeout { sock, .. }
            | Self::SetSockOpt { sock, .. }
            | Self::GetSockOpt { sock, .. }
            | Self::Shutdown { sock, .. }
            | Self::Close { sock }
            | Self::GetSockName { sock }
            | Self::GetPeerName { sock } => Some(*sock),
            Self::SocketPair { .. }
            | Self::Select { .. }
            | Self::GetAddrInfo { .. }
            | Self::GetHostByName { .. }
            | Self::GetNameOf { .. }
            | Self::GetHostName
            | Self::Stat { .. }
            | Self::Unlink { .. } => None,
        }
    }

    /// The system call's name, as `man 2` has it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Socket { .. } => "socket",
            Self::SocketPair { .. } => "socketpair",
            Self::Bind { .. } => "bind",
            Self::Listen { .. } => "listen",
            Self::Accept { .. } => "accept",
            Self::Connect { .. } => "connect",
            Self::Send { .. } => "send",
            Self::SendTo { .. } => "sendto",
            Self::Recv { .. } => "recv",
            Self::RecvFrom { .. } => "recvfrom",
            Self::SetTimeout { .. } => "settimeout",
            Self::SetSockOpt { .. } => "setsockopt",
            Self::GetSockOpt { .. } => "getsockopt",
            Self::Shutdown { .. } => "shutdown",
            Self::Close { .. } => "close",
            Self::GetSockName { .. } => "getsockname",
            Self::GetPeerName { .. } => "getpeername",
            Self::Select { .. } => "select",
            Self::GetAddrInfo { .. } => "getaddrinfo",
            Self::GetHostByName { .. } => "gethostbyname",
            Self::GetNameOf { .. } => "getnameinfo",
            Self::GetHostName => "gethostname",
            Self::Stat { .. } => "stat",
            Self::Unlink { .. } => "unlink",
        }
    }

    /// The bytes that the call carries, if it carries any.
    pub const fn payload(&self) -> Option<&Payload> {
        match self {
            Self::Send { data, .. } | Self::SendTo { data, .. } => Some(data),
            _ => None,
        }
    }

    /// The same, to be taken out or put back by [`crate::frame`].
    pub const fn payload_mut(&mut self) -> Option<&mut Payload> {
        match self {
            Self::Send { data, .. } | Self::SendTo { data, .. } => Some(data),
            _ => None,
        }
    }
}

/// The value of a socket option: an int, or bytes for options that are structures.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
#[serde(rename_all = "lowercase")]
pub enum OptionValue {
    /// A C int.
    Int(i32),
    /// A structure, in the machine's byte order.
    Bytes(Payload),
}
