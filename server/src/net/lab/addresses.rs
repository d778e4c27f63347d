//! Between the addresses of programs and those of the kernel.

use super::sock::Sock;
use super::state::State;
use crate::net::names::Table;
use crate::sys::{self, RawAddr};
use protocol::{Address, HostId, Outcome, SocketId};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

/// The internet address that a program means, in the socket's family.
///
/// # Errors
/// What the program gets: gaierror for names and for numbers of the other family, as CPython, which asks getaddrinfo() in both
/// cases.
pub(super) fn internet(names: &Table, family: i32, address: &Address) -> Result<SocketAddr, Outcome> {
    let (ip, port, flow, scope) = match address {
        Address::V4 { ip, port } if family == libc::AF_INET => {
            return Ok(SocketAddrV4::new(*ip, *port).into());
        }
        Address::V6 {
            ip,
            port,
            flow,
            scope,
        } if family == libc::AF_INET6 => {
            return Ok(SocketAddrV6::new(*ip, *port, *flow, *scope).into());
        }
        Address::V4 { .. } | Address::V6 { .. } => return Err(Outcome::Unresolved { code: -9 }),
        Address::Name {
            host,
            port,
            flow,
            scope,
        } => {
            let ip = names
                .resolve(host, family)
                .map_err(|code| Outcome::Unresolved { code })?;
            (ip, *port, *flow, *scope)
        }
        Address::Unix { .. } => return Err(Outcome::errno(libc::EAFNOSUPPORT)),
    };
    Ok(match ip {
        std::net::IpAddr::V4(ip) => SocketAddrV4::new(ip, port).into(),
        std::net::IpAddr::V6(ip) => SocketAddrV6::new(ip, port, flow, scope).into(),
    })
}

impl State {
    /// The address that connect(2) or sendto(2) gets.
    pub(super) fn reach(&self, sock: &Sock, address: &Address) -> Result<RawAddr, Outcome> {
        if sock.family == libc::AF_UNIX {
            let Address::Unix { path } = address else {
                return Err(Outcome::errno(libc::EINVAL));
            };
            let is_open = |id: SocketId| self.socks.contains_key(&id);
            let names = self.unix.get(usize::from(sock.host.0));
            return names
                .ok_or(libc::ENOENT)
                .and_then(|names| names.to_reach(&path.0, sock.kind, is_open))
                .map_err(Outcome::errno);
        }
        let address = internet(&self.names, sock.family, address)?;
        self.place
            .to_reach(address, sock.is_stream(), |to| self.owns(to, sock.is_stream()))
    }

    /// Does a socket of this lab hold the port, listening if it is a stream? Only asked where the place is shared.
    fn owns(&self, to: SocketAddr, stream: bool) -> bool {
        self.socks.values().any(|sock| {
            sock.is_stream() == stream
                && (sock.listening || !stream)
                && sock.family != libc::AF_UNIX
                && sys::local_name(sock.fd())
                    .ok()
                    .and_then(RawAddr::to_std)
                    .is_some_and(|local| local.port() == to.port())
        })
    }

    /// The program's form of an address that the kernel told.
    pub(super) fn address(&self, host: HostId, raw: &RawAddr) -> Address {
        if let Some(address) = raw.to_std() {
            return Address::from_std(address);
        }
        let names = self.unix.get(usize::from(host.0));
        names
            .and_then(|names| names.address(raw))
            .unwrap_or(Address::Unix {
                path: Vec::new().into(),
            })
    }
}
