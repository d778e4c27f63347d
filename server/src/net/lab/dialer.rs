//! Connections from outside into a lab: somebody else's socket, made in the lab's network.

use super::lock;
use super::pump::Shared;
use crate::linux;
#[cfg(namespaces)]
use crate::net::helper::Door;
use crate::sys::AsFd;
use crate::sys::{self, Errno, RawAddr};
use protocol::{HostId, Outcome};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Weak};

/// Makes connections into a lab, for as long as the lab is there.
#[derive(Clone)]
pub struct Dialer(pub(super) Weak<Shared>);

/// Somebody from outside is connected: the lab looks at its sockets by itself, because bytes may come without a call.
pub(crate) struct Guest(Weak<Shared>);

impl Dialer {
    /// Begins to connect to a port of the lab's 127.0.0.1. The stream is nonblocking, and connected when it can be written.
    ///
    /// # Errors
    /// The kernel's errno.
    pub(crate) fn connect(&self, port: u16) -> Result<TcpStream, Errno> {
        let shared = self.0.upgrade().ok_or(Errno(linux::ENETDOWN))?;
        let made = lock(&shared.state)
            .place
            .socket(HostId(0), linux::AF_INET, linux::SOCK_STREAM, 0);
        let socket = made.map_err(|refused| match refused {
            Outcome::Failed { errno, .. } => Errno(errno),
            _ => Errno(linux::ENETDOWN),
        })?;
        let to = RawAddr::from_std(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        match sys::connect(socket.as_fd(), &to) {
            Ok(()) | Err(Errno(linux::EINPROGRESS)) => Ok(TcpStream::from(socket)),
            Err(errno) => Err(errno),
        }
    }

    /// The way into a host for a program of the user's; `None` where the lab has no network of its own.
    ///
    /// # Errors
    /// One plain sentence.
    #[cfg(namespaces)]
    pub(crate) fn door(&self, host: HostId) -> Result<Option<Door>, String> {
        let shared = self.0.upgrade().ok_or_else(|| ENDED.to_owned())?;
        let door = lock(&shared.state).place.door(host);
        door.map_err(|refused| match refused {
            Outcome::Failed { errno, why } => why.unwrap_or_else(|| Errno(errno).to_string()),
            _ => ENDED.to_owned(),
        })
    }

    /// Is the lab still there?
    #[cfg(namespaces)]
    pub(crate) fn is_open(&self) -> bool {
        let shared = self.0.upgrade();
        shared.is_some_and(|shared| lock(&shared.state).ended().is_none())
    }

    /// To be kept while somebody is connected.
    pub(crate) fn guest(&self) -> Guest {
        if let Some(shared) = self.0.upgrade() {
            change(&shared, 1);
        }
        Guest(Weak::clone(&self.0))
    }
}

#[cfg(namespaces)]
const ENDED: &str = "The lab has ended.";

impl Drop for Guest {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            change(&shared, -1);
        }
    }
}

fn change(shared: &Arc<Shared>, by: isize) {
    lock(&shared.state).guests(by);
    shared.kick.notify_one();
}
