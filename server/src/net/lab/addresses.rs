//! Between the addresses of programs and those of the kernel.

use super::sock::Sock;
use super::state::State;
use crate::linux;
use crate::sys::{self, RawAddr};
use engine::net::checks::internet;
use protocol::{Address, HostId, Outcome, SocketId};
use std::net::SocketAddr;

impl State {
    /// The address that connect(2) or sendto(2) gets.
    pub(super) fn reach(&self, sock: &Sock, address: &Address) -> Result<RawAddr, Outcome> {
        if sock.family == linux::AF_UNIX {
            let Address::Unix { path } = address else {
                return Err(Outcome::errno(linux::EINVAL));
            };
            let is_open = |id: SocketId| self.socks.contains_key(&id);
            let names = self.unix.get(usize::from(sock.host.0));
            return names
                .ok_or(linux::ENOENT)
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
                && sock.family != linux::AF_UNIX
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
