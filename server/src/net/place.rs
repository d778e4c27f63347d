//! Where a lab's sockets are made, and what keeps them inside the lab.
//!
//! In namespaces of its own there is nothing else to be reached, by construction. On the machine's loopback, shared with
//! everything that runs there, every address is checked before the kernel sees it.

#[cfg(namespaces)]
use super::helper::Door;
use super::helper::{self, HelperError, Namespace};
use super::policy::Policy;
use crate::linux;
use crate::sys::{self, Errno, RawAddr, WireEnd};
use crate::sys::{BorrowedFd, OwnedFd};
use protocol::{HostId, Network, Outcome};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// A host of the kernel network.
pub(crate) struct WireHost {
    pub(crate) namespace: Namespace,
    /// The other end of its `eth0`.
    pub(crate) wire: WireEnd,
}

/// Where a lab's sockets are made.
pub(crate) enum Place {
    /// A network namespace with only `lo` in it.
    Private(Namespace),
    /// Hosts on a wire, at least one: a network namespace each.
    Kernel(Vec<WireHost>),
    /// The machine's loopback.
    Shared,
    /// Real addresses that the server's owner has allowed.
    Live(Arc<Policy>),
    /// Nowhere any more: the lab has ended. Nothing is made here, least of all on the machine's own network.
    Gone,
}

impl Place {
    /// Which network it is.
    pub(crate) const fn network(&self) -> Network {
        match self {
            Self::Kernel(_) => Network::Kernel,
            Self::Private(_) | Self::Shared | Self::Gone => Network::Loopback,
            Self::Live(_) => Network::Live,
        }
    }

    /// Ends the namespaces; nothing is made here any more.
    pub(crate) fn end(&mut self) {
        if let Self::Kernel(hosts) = std::mem::replace(self, Self::Gone) {
            hosts.into_iter().for_each(|host| host.wire.close());
        }
    }

    /// Nothing else lives there?
    pub(crate) const fn is_private(&self) -> bool {
        matches!(self, Self::Private(_) | Self::Kernel(_) | Self::Gone)
    }

    /// socket(2).
    pub(crate) fn socket(
        &self,
        host: HostId,
        family: i32,
        kind: i32,
        protocol: i32,
    ) -> Result<OwnedFd, Outcome> {
        match self.namespace(host)? {
            Some(namespace) => namespace.socket(family, kind, protocol).map_err(refused),
            None => sys::socket(family, kind, protocol).map_err(|errno| not_made(family, errno)),
        }
    }

    /// socketpair(2).
    pub(crate) fn pair(
        &self,
        host: HostId,
        family: i32,
        kind: i32,
        protocol: i32,
    ) -> Result<(OwnedFd, OwnedFd), Outcome> {
        match self.namespace(host)? {
            Some(namespace) => namespace.pair(family, kind, protocol).map_err(refused),
            None => sys::socket_pair(family, kind, protocol).map_err(|errno| not_made(family, errno)),
        }
    }

    /// A netlink socket that sees the host's sockets; none where it would see others' too.
    pub(crate) fn diag(&self, host: HostId) -> Option<BorrowedFd<'_>> {
        self.namespace(host).ok().flatten().map(Namespace::diag)
    }

    /// The hosts on the wire; none where there is no wire.
    pub(crate) fn on_wire(&self) -> &[WireHost] {
        match self {
            Self::Kernel(hosts) => hosts,
            Self::Private(_) | Self::Shared | Self::Live(_) | Self::Gone => &[],
        }
    }

    /// The host on the wire that has this address.
    pub(crate) fn host_of(&self, ip: IpAddr) -> Option<HostId> {
        let hosts = self.on_wire();
        if let [_] = hosts {
            return Some(HostId(0));
        }
        let place = (0..hosts.len() as u8).find(|place| helper::addresses(*place).contains(&ip))?;
        Some(HostId(place))
    }

    /// How many hosts there are.
    pub(crate) fn hosts(&self) -> usize {
        self.on_wire().len().max(1)
    }

    /// One of its namespaces, if it has any; they all live and die with one helper.
    pub(crate) fn any_namespace(&self) -> Option<&Namespace> {
        self.namespace(HostId(0)).ok().flatten()
    }

    /// The way into a host for a program of the user's; `None` where there is no namespace to go into.
    #[cfg(namespaces)]
    pub(crate) fn door(&self, host: HostId) -> Result<Option<Door>, Outcome> {
        let namespace = self.namespace(host)?;
        namespace.map(Namespace::door).transpose().map_err(refused)
    }

    /// The namespace of a host; `None` on the machine's own loopback.
    fn namespace(&self, host: HostId) -> Result<Option<&Namespace>, Outcome> {
        match self {
            Self::Private(namespace) => Ok(Some(namespace)),
            Self::Shared | Self::Live(_) => Ok(None),
            Self::Gone => Err(refused(HelperError::Gone)),
            Self::Kernel(hosts) => match hosts.get(usize::from(host.0)) {
                Some(host) => Ok(Some(&host.namespace)),
                None => Err(Outcome::Failed {
                    errno: linux::EHOSTUNREACH,
                    why: Some(format!("This lab has no host number {}.", host.0)),
                }),
            },
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
        let asked = address;
        let mut address = address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        if let Self::Live(policy) = self {
            // Without a port it is what the kernel does for every socket that sends; listen() is asked again.
            return if policy.allows(asked) || (asked.ip().is_unspecified() && asked.port() == 0) {
                Ok(RawAddr::from_std(asked))
            } else if policy.allows(address) {
                Ok(RawAddr::from_std(address))
            } else {
                Err(not_allowed(asked))
            };
        }
        if is_loopback(address) {
            Ok(RawAddr::from_std(address))
        } else {
            Err(Outcome::errno(linux::EADDRNOTAVAIL))
        }
    }

    /// May a socket with this name listen?
    ///
    /// # Errors
    /// EPERM with a reason.
    pub(crate) fn may_listen(&self, local: Option<SocketAddr>) -> Result<(), Outcome> {
        let Self::Live(policy) = self else {
            return Ok(());
        };
        let local = local.unwrap_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        if policy.allows(local) {
            Ok(())
        } else {
            Err(not_allowed(local))
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
        if let Self::Kernel(hosts) = self {
            // The kernel takes 0.0.0.0 for 127.0.0.1 and `lo`, before it looks at any route.
            let any = address.ip() == IpAddr::V4(Ipv4Addr::UNSPECIFIED);
            let address = match any && hosts.len() == 1 {
                true => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
                false => address,
            };
            return Ok(RawAddr::from_std(address));
        }
        if self.is_private() {
            return Ok(RawAddr::from_std(address));
        }
        let mut address = address;
        match address {
            SocketAddr::V4(a) if a.ip().is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(a) if a.ip().is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        if let Self::Live(policy) = self {
            return if policy.allows(address) {
                Ok(RawAddr::from_std(address))
            } else {
                Err(not_allowed(address))
            };
        }
        if !is_loopback(address) {
            return Err(Outcome::errno(linux::ENETUNREACH));
        }
        if is_own(address) {
            return Ok(RawAddr::from_std(address));
        }
        if stream {
            return Err(Outcome::errno(linux::ECONNREFUSED));
        }
        Err(Outcome::Failed {
            errno: linux::EPERM,
            why: Some(format!(
                "Labs share this machine's loopback here, and no socket of this lab is bound to port {}.",
                address.port()
            )),
        })
    }
}

/// A socket that could not be made; with a reason where it is the system that has none of the kind.
fn not_made(family: i32, errno: Errno) -> Outcome {
    match (family, sys::NO_UNIX) {
        (linux::AF_UNIX, Some(why)) => Outcome::Failed {
            errno: errno.0,
            why: Some(why.to_owned()),
        },
        _ => kernel_error(errno),
    }
}

fn not_allowed(address: SocketAddr) -> Outcome {
    Outcome::Failed {
        errno: linux::EPERM,
        why: Some(format!(
            "This server's owner has not allowed {address}: that takes wirelab serve --allow {}:{}.",
            match address {
                SocketAddr::V4(a) => a.ip().to_string(),
                SocketAddr::V6(a) => format!("[{}]", a.ip()),
            },
            address.port()
        )),
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
        linux::EMFILE | linux::ENFILE => {
            Some("The server has as many descriptors open as it may.".to_owned())
        }
        _ => None,
    };
    Outcome::Failed { errno: errno.0, why }
}

fn refused(error: HelperError) -> Outcome {
    match error {
        HelperError::Call(failed) => kernel_error(failed.errno),
        HelperError::Start(_) | HelperError::Gone => Outcome::Failed {
            errno: linux::ENETDOWN,
            why: Some(
                "This lab's network has ended on the server. Reset the lab to get a new one.".to_owned(),
            ),
        },
    }
}
