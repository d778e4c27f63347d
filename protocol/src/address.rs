//! Socket addresses as CPython's `socket` module has them.

use protocol_derive::{Read, Write};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of one of the three families that a lab offers. Hosts are numbers here: names are resolved by an
/// [`crate::Call::GetAddrInfo`] before, except that [`Address::Name`] lets the lab's own table answer in the same call,
/// as CPython's `connect(('localhost', 8080))` does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// AF_INET.
    V4 {
        /// The host's number.
        ip: Ipv4Addr,
        /// The port, in host order.
        port: u16,
    },
    /// AF_INET6.
    V6 {
        /// The host's number.
        ip: Ipv6Addr,
        /// The port, in host order.
        port: u16,
        /// sin6_flowinfo.
        flow: u32,
        /// sin6_scope_id: the interface, for link-local addresses.
        scope: u32,
    },
    /// A host name (or `''`, or `'<broadcast>'`) to be looked up in the lab's own table as part of the call, in the
    /// socket's family.
    Name {
        /// As the program gave it.
        host: String,
        /// The port, in host order.
        port: u16,
        /// sin6_flowinfo, for AF_INET6 sockets.
        #[serde(default)]
        flow: u32,
        /// sin6_scope_id, for AF_INET6 sockets.
        #[serde(default)]
        scope: u32,
    },
    /// AF_UNIX: a name inside the lab, never opened in the machine's file system. Empty: the socket has no name.
    Unix {
        /// The bytes of sun_path; a first byte 0 makes an abstract name.
        path: crate::Payload,
    },
}

impl Address {
    /// The port, where the family has one.
    pub const fn port(&self) -> Option<u16> {
        match self {
            Self::V4 { port, .. } | Self::V6 { port, .. } | Self::Name { port, .. } => Some(*port),
            Self::Unix { .. } => None,
        }
    }

    /// An address from the standard library's, without flow label.
    pub fn from_std(address: std::net::SocketAddr) -> Self {
        match address {
            std::net::SocketAddr::V4(a) => Self::V4 {
                ip: *a.ip(),
                port: a.port(),
            },
            std::net::SocketAddr::V6(a) => Self::V6 {
                ip: *a.ip(),
                port: a.port(),
                flow: a.flowinfo(),
                scope: a.scope_id(),
            },
        }
    }

    /// The host's number, where it is known.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::V4 { ip, .. } => Some(IpAddr::V4(*ip)),
            Self::V6 { ip, .. } => Some(IpAddr::V6(*ip)),
            Self::Name { .. } | Self::Unix { .. } => None,
        }
    }
}

impl fmt::Display for Address {
    /// `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or the path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4 { ip, port } => write!(f, "{ip}:{port}"),
            Self::V6 { ip, port, .. } => write!(f, "[{ip}]:{port}"),
            Self::Name { host, port, .. } => write!(f, "{host}:{port}"),
            Self::Unix { path } => write!(f, "{}", String::from_utf8_lossy(&path.0)),
        }
    }
}
