//! What a host is made of, as far as others need to know it. Nothing here asks the system.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host's addresses on the wire, by its place among the lab's hosts.
pub(crate) fn addresses(place: u8) -> [IpAddr; 2] {
    let last = u16::from(place) + 1;
    [
        Ipv4Addr::new(10, 0, 0, place.saturating_add(1)).into(),
        Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last).into(),
    ]
}

/// What a host's `eth0` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// A TUN device.
    Tun,
    /// One end of a veth pair, where /dev/net/tun may not be opened.
    Veth,
}

impl Device {
    /// As `wirelab check` and WIRELAB_WIRE call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tun => "tun",
            Self::Veth => "veth",
        }
    }
}
