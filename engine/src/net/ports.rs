//! Which addresses and ports are taken, and which are free (inet_csk_get_port(), udp_lib_get_port()).

use super::abi::*;
use super::host::is_for_many;
use super::kernel::Kernel;
use super::settings::Settings;
use protocol::TcpState;
use std::net::{IpAddr, SocketAddr};

/// The ports that the kernel picks (ip_local_port_range).
const PICKED: std::ops::RangeInclusive<u16> = 32_768..=60_999;

/// Somebody who has a port, or wants it.
pub(super) struct Holder<'a> {
    pub(super) id: u32,
    pub(super) host: u8,
    pub(super) tcp: bool,
    pub(super) local: SocketAddr,
    pub(super) set: &'a Settings,
    pub(super) listens: bool,
}

impl Holder<'_> {
    fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.local.ip(), other.local.ip());
        if a.is_ipv4() == b.is_ipv4() {
            return a == b || a.is_unspecified() || b.is_unspecified();
        }
        // `::` stands for IPv4 too, unless it was told not to.
        let six = if a.is_ipv6() { self } else { other };
        six.local.ip().is_unspecified() && !six.set.is_on(IPPROTO_IPV6, IPV6_V6ONLY)
    }

    fn conflicts(&self, other: &Self) -> bool {
        let both = |name| self.set.is_on(SOL_SOCKET, name) && other.set.is_on(SOL_SOCKET, name);
        let shared = both(SO_REUSEPORT) || (both(SO_REUSEADDR) && (!self.tcp || !other.listens));
        (self.id != other.id)
            && (self.host, self.tcp, self.local.port()) == (other.host, other.tcp, other.local.port())
            && self.overlaps(other)
            && !shared
    }
}

impl Kernel {
    pub(super) fn holders(&self) -> impl Iterator<Item = Holder<'_>> {
        let tcbs = self
            .tcbs
            .iter()
            .filter(|t| t.bound || t.state != TcpState::Closed)
            .map(|t| Holder {
                id: t.id,
                host: t.host,
                tcp: true,
                local: t.local,
                set: &t.set,
                listens: t.state == TcpState::Listen,
            });
        let udps = self.udps.iter().map(|u| Holder {
            id: u.id,
            host: u.host,
            tcp: false,
            local: u.local,
            set: &u.set,
            listens: false,
        });
        tcbs.chain(udps).filter(|holder| holder.local.port() != 0)
    }

    fn holder(&self, id: u32, local: SocketAddr) -> Option<Holder<'_>> {
        let tcb = self
            .tcbs
            .iter()
            .find(|t| t.id == id)
            .map(|t| (t.host, true, &t.set));
        let udp = || {
            self.udps
                .iter()
                .find(|u| u.id == id)
                .map(|u| (u.host, false, &u.set))
        };
        let (host, tcp, set) = tcb.or_else(udp)?;
        Some(Holder {
            id,
            host,
            tcp,
            local,
            set,
            listens: false,
        })
    }

    /// Is the address free for this socket?
    pub(super) fn is_free(&self, id: u32, local: SocketAddr) -> bool {
        self.holder(id, local)
            .is_some_and(|wants| !self.holders().any(|has| wants.conflicts(&has)))
    }

    /// A port that nobody has.
    pub(super) fn pick_port(&mut self, id: u32, ip: IpAddr) -> Result<u16> {
        let (first, count) = (u32::from(*PICKED.start()), PICKED.count() as u32);
        let start = self.random() % count;
        let found = (0..count).find_map(|n| {
            let port = (first + (start + n) % count) as u16;
            let wants = self.holder(id, SocketAddr::new(ip, port))?;
            let taken = self.holders().any(|has| {
                (has.host, has.tcp, has.local.port()) == (wants.host, wants.tcp, port) && has.id != id
            });
            (!taken).then_some(port)
        });
        found.ok_or(EADDRINUSE)
    }

    /// bind(2)'s checks and its port: the address that the socket has then.
    pub(super) fn address_to_bind(&mut self, id: u32, host: u8, wanted: SocketAddr) -> Result<SocketAddr> {
        let ip = wanted.ip().to_canonical();
        let own = self
            .hosts
            .get(usize::from(host))
            .is_some_and(|host| host.owns(ip));
        let many = is_for_many(ip);
        if !ip.is_unspecified() && !own && !many {
            return Err(EADDRNOTAVAIL);
        }
        let port = match wanted.port() {
            0 => self.pick_port(id, ip)?,
            port => port,
        };
        let local = SocketAddr::new(ip, port);
        if self.is_free(id, local) {
            Ok(local)
        } else {
            Err(EADDRINUSE)
        }
    }
}
