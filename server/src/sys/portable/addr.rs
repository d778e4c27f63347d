//! Socket addresses.

use super::{Errno, Result};
use crate::linux;
use socket2::SockAddr;
use std::net::SocketAddr;

/// An address of a socket.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RawAddr {
    /// AF_INET or AF_INET6.
    Internet(SocketAddr),
    /// AF_UNIX: only the ends of a pair, which have no name.
    Nameless,
}

impl RawAddr {
    /// AF_INET or AF_INET6.
    pub(crate) const fn from_std(address: SocketAddr) -> Self {
        Self::Internet(address)
    }

    /// There are no names that only we know: `None`.
    pub(crate) const fn abstract_unix(_name: &[u8]) -> Option<Self> {
        None
    }

    /// The address and port of AF_INET and AF_INET6.
    pub(crate) const fn to_std(self) -> Option<SocketAddr> {
        match self {
            Self::Internet(address) => Some(address),
            Self::Nameless => None,
        }
    }

    /// Empty for a socket without a name.
    pub(crate) const fn unix_path(&self) -> Option<Vec<u8>> {
        match self {
            Self::Internet(_) => None,
            Self::Nameless => Some(Vec::new()),
        }
    }

    pub(super) fn of(address: &SockAddr) -> Self {
        address.as_socket().map_or(Self::Nameless, Self::Internet)
    }

    /// For calls that take one.
    pub(super) fn to_raw(self) -> Result<SockAddr> {
        match self {
            Self::Internet(address) => Ok(SockAddr::from(address)),
            Self::Nameless => Err(Errno(linux::EINVAL)),
        }
    }
}
