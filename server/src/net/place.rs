//! Where a lab's sockets are made, and what keeps them inside the lab.
//!
//! In a namespace of its own there is nothing else to be reached, by construction. On the machine's loopback, shared with
//! everything that runs there, every address is checked before the kernel sees it.

use super::helper::{HelperError, Namespace};
use crate::sys::{self, Errno, RawAddr};
use protocol::Outcome;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{BorrowedFd, OwnedFd};

/// Where a lab's sockets are made.
pub(crate) enum Place {
    /// A network namespace with only `lo` in it.
    Private(Namespace),
    /// The machine's loopback.
    Shared,
}

impl Place {
    /// Nothing else lives there?
    pub(crate) const fn is_private(&self) -> bool {
        matches!(self, Self::Private(_))
    }

    /// socket(2).
    pub(crate) fn socket(&self, family: i32, kind: i32, protocol: i32) -> Result<OwnedFd, Outcome> {
        match self {
            Self::Private(namespace) => namespace.socket(family, kind, protocol).map_err(refused),
            Self::Shared => sys::socket(family, kind, protocol).map_err(kernel_error),
        }
    }

    /// socketpair(2).
    pub(crate) fn pair(&self, family: i32, kind: i32, protocol: i32) -> Result<(OwnedFd, OwnedFd), Outcome> {
        match self {
            Self::Private(namespace) => namespace.pair(family, kind, protocol).map_err(refused),
            Self::Shared => sys::socket_pair(family, kind, protocol).map_err(kernel_error),
        }
    }

    /// A netlink socket that sees the lab's sockets; none where it would see others' too.
    pub(crate) fn diag(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Private(namespace) => Some(namespace.diag()),
            Self::Shared => None,
        }
    }

    /// The address that bind(2) gets for the one that the program wrote.
    ///
    /// # Errors
    /// EADDRNOTAVAIL where the address is none of the lab's.
    pub(crate) fn to_bind(&self, address: SocketAddr) -> Result<RawAddr, Outcome> {
        if self.is_private() {
            return Ok(RawAddr::from_std(address));
        }
        let mut address = address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        if is_loopback(address) {
            Ok(RawAddr::from_std(address))
        } else {
            Err(Outcome::errno(libc::EADDRNOTAVAIL))
        }
    }

    /// The address that connect(2) and sendto(2) get. `is_own` tells whether a socket of the lab holds that port (and listens
    /// there, if it is a stream).
    ///
    /// # Errors
    /// ENETUNREACH for other hosts; ECONNREFUSED for streams, EPERM with a reason for datagrams to ports that are not the lab's.
    pub(crate) fn to_reach(
        &self,
        address: SocketAddr,
        stream: bool,
        is_own: impl FnOnce(SocketAddr) -> bool,
    ) -> Result<RawAddr, Outcome> {
        if self.is_private() {
            return Ok(RawAddr::from_std(address));
        }
        let mut address = address;
        match address {
            SocketAddr::V4(a) if a.ip().is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(a) if a.ip().is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        if !is_loopback(address) {
            return Err(Outcome::errno(libc::ENETUNREACH));
        }
        if is_own(address) {
            return Ok(RawAddr::from_std(address));
        }
        if stream {
            return Err(Outcome::errno(libc::ECONNREFUSED));
        }
        Err(Outcome::Failed {
            errno: libc::EPERM,
            why: Some(format!(
                "Labs share this machine's loopback here, and no socket of this lab is bound to port {}.",
                address.port()
            )),
        })
    }
}

fn is_loopback(address: SocketAddr) -> bool {
    match address {
        SocketAddr::V4(a) => a.ip().is_loopback(),
        // ::ffff:127.0.0.1 reaches the same sockets.
        SocketAddr::V6(a) => {
            a.ip().is_loopback() || a.ip().to_ipv4_mapped().is_some_and(|ip| ip.is_loopback())
        }
    }
}

/// A failed call, as the program sees it; with a reason where the limit that was hit is the server's.
pub(crate) fn kernel_error(errno: Errno) -> Outcome {
    let why = match errno.0 {
        libc::EMFILE | libc::ENFILE => Some("The server has as many descriptors open as it may.".to_owned()),
        _ => None,
    };
    Outcome::Failed { errno: errno.0, why }
}

fn refused(error: HelperError) -> Outcome {
    match error {
        HelperError::Call(failed) => kernel_error(failed.errno),
        HelperError::Start(_) | HelperError::Gone => Outcome::Failed {
            errno: libc::ENETDOWN,
            why: Some(
                "This lab's network has ended on the server. Reset the lab to get a new one.".to_owned(),
            ),
        },
    }
}
