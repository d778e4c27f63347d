//! Messages to the kernel's routing tables (rtnetlink(7)) and socket tables (sock_diag(7)).

use crate::sys::{self, Errno, Result};
use std::net::IpAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_DUMP: u16 = 0x300;
/// NLM_F_CREATE | NLM_F_EXCL.
const CREATE: u16 = 0x600;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;

const RTM_NEWLINK: u16 = 16;
const RTM_SETLINK: u16 = 19;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const RTM_NEWRULE: u16 = 32;
const RTM_DELRULE: u16 = 33;
/// Routing tables that every namespace has (include/uapi/linux/rtnetlink.h).
pub(super) const TABLE_MAIN: u8 = 254;
/// The table of the host's own addresses.
pub(super) const TABLE_LOCAL: u8 = 255;
const IFF_UP: u32 = 1;
const IFF_NOARP: u32 = 0x80;
const IFF_MULTICAST: u32 = 0x1000;

/// Are neighbours asked for the link addresses that belong to their IP addresses?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbours {
    /// As the interface has it by itself.
    Asked,
    /// Never: there is one other end, and everything goes there.
    NotAsked,
}

/// One message: header, fixed body, attributes.
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A request with its fixed body.
    pub(super) fn new(kind: u16, flags: u16, body: &[u8]) -> Self {
        let mut bytes = vec![0; 16];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&(flags | NLM_F_REQUEST).to_ne_bytes());
        bytes.extend_from_slice(body);
        Self(bytes)
    }

    /// Appends an attribute (struct rtattr), padded to four bytes.
    fn attribute(mut self, kind: u16, value: &[u8]) -> Self {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let len = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&len.to_ne_bytes());
        self.0.extend_from_slice(&kind.to_ne_bytes());
        self.0.extend_from_slice(value);
        self
    }

    /// Appends an attribute made of attributes.
    fn nested(mut self, kind: u16, fill: impl FnOnce(Self) -> Self) -> Self {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let at = self.0.len();
        self = fill(self.attribute(kind, &[]));
        let len = u16::try_from(self.0.len() - at).unwrap_or(u16::MAX);
        self.0[at..at + 2].copy_from_slice(&len.to_ne_bytes());
        self
    }

    /// Appends bytes as they are: the fixed part of something nested.
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The bytes, with the length in the header.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let len = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&len.to_ne_bytes());
        self.0
    }
}

/// A netlink socket in the namespace that this thread was in when it was opened.
pub(super) struct Netlink(OwnedFd);

impl Netlink {
    /// NETLINK_ROUTE.
    pub(super) fn route() -> Result<Self> {
        sys::blocking_socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE).map(Self)
    }

    /// NETLINK_SOCK_DIAG.
    pub(super) fn sock_diag() -> Result<Self> {
        sys::blocking_socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_SOCK_DIAG).map(Self)
    }

    /// The descriptor, to be given away.
    pub(super) fn into_fd(self) -> OwnedFd {
        self.0
    }

    /// Sends a request and waits for the kernel's verdict.
    pub(super) fn request(&self, mut message: Message) -> Result<()> {
        let flags = u16::from_ne_bytes([message.0[6], message.0[7]]) | NLM_F_ACK;
        message.0[6..8].copy_from_slice(&flags.to_ne_bytes());
        sys::send(self.0.as_fd(), &message.finish(), 0)?;
        let mut verdict = None;
        while verdict.is_none() {
            receive(self.0.as_fd(), &mut |kind, body| {
                if kind == NLMSG_ERROR {
                    verdict = Some(error_of(body));
                }
            })?;
        }
        match verdict {
            Some(Errno(0)) | None => Ok(()),
            Some(errno) => Err(errno),
        }
    }

    /// Sends a dump request and calls `each` with every answer's body.
    pub(super) fn dump(&self, message: Message, each: impl FnMut(&[u8])) -> Result<()> {
        dump(self.0.as_fd(), message, each)
    }
}

/// Sends a dump request on a netlink socket and calls `each` with every answer's body.
pub(super) fn dump(fd: BorrowedFd<'_>, mut message: Message, mut each: impl FnMut(&[u8])) -> Result<()> {
    message.0[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    sys::send(fd, &message.finish(), 0)?;
    let mut end = None;
    while end.is_none() {
        receive(fd, &mut |kind, body| match kind {
            NLMSG_DONE => end = Some(Errno(0)),
            NLMSG_ERROR => end = Some(error_of(body)),
            _ => each(body),
        })?;
    }
    match end {
        Some(Errno(0)) | None => Ok(()),
        Some(errno) => Err(errno),
    }
}

/// The errno of an NLMSG_ERROR; 0 is an acknowledgement.
pub(super) fn error_of(body: &[u8]) -> Errno {
    let number = body
        .first_chunk::<4>()
        .map_or(-libc::EIO, |n| i32::from_ne_bytes(*n));
    Errno(number.saturating_neg())
}

/// Receives one batch of messages and hands out each one's type and body.
pub(super) fn receive(fd: BorrowedFd<'_>, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
    let mut batch = Vec::new();
    sys::receive(fd, &mut batch, 32 << 10, 0)?;
    let mut rest = batch.as_slice();
    while let Some(header) = rest.first_chunk::<16>() {
        let len = u32::from_ne_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let kind = u16::from_ne_bytes([header[4], header[5]]);
        let Some(body) = rest.get(16..len) else { break };
        each(kind, body);
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(())
}

/// Brings the interface up and lets it carry multicast, which `lo` does not by itself; without neighbour discovery if that is
/// wished: then nobody is asked who has an address.
pub(super) fn bring_up(netlink: &Netlink, index: i32, neighbours: Neighbours) -> Result<()> {
    let flags = match neighbours {
        Neighbours::Asked => IFF_UP | IFF_MULTICAST,
        Neighbours::NotAsked => IFF_UP | IFF_MULTICAST | IFF_NOARP,
    };
    let mut body = link(index);
    body[8..12].copy_from_slice(&flags.to_ne_bytes());
    body[12..16].copy_from_slice(&flags.to_ne_bytes());
    netlink.request(Message::new(RTM_NEWLINK, 0, &body))
}

/// A pair of veth interfaces (veth(4)): `name` with this link address here, its other end `far` in the namespace `there`.
pub(super) fn add_veth(
    netlink: &Netlink,
    name: &str,
    link_address: [u8; 6],
    far: &str,
    there: BorrowedFd<'_>,
) -> Result<()> {
    const IFLA_ADDRESS: u16 = 1;
    const IFLA_IFNAME: u16 = 3;
    const IFLA_LINKINFO: u16 = 18;
    const IFLA_NET_NS_FD: u16 = 28;
    const IFLA_INFO_KIND: u16 = 1;
    const IFLA_INFO_DATA: u16 = 2;
    const VETH_INFO_PEER: u16 = 1;
    let text = |name: &str| name.bytes().chain([0]).collect::<Vec<u8>>();
    let message = Message::new(RTM_NEWLINK, CREATE, &link(0))
        .attribute(IFLA_IFNAME, &text(name))
        .attribute(IFLA_ADDRESS, &link_address);
    netlink.request(message.nested(IFLA_LINKINFO, |message| {
        let message = message.attribute(IFLA_INFO_KIND, b"veth");
        message.nested(IFLA_INFO_DATA, |message| {
            message.nested(VETH_INFO_PEER, |message| {
                message
                    .bytes(&link(0))
                    .attribute(IFLA_IFNAME, &text(far))
                    .attribute(IFLA_NET_NS_FD, &there.as_raw_fd().to_ne_bytes())
            })
        })
    }))
}

/// How many packets may wait in the interface for whoever reads them.
pub(super) fn set_queue(netlink: &Netlink, index: i32, packets: u32) -> Result<()> {
    const IFLA_TXQLEN: u16 = 13;
    let message = Message::new(RTM_NEWLINK, 0, &link(index));
    netlink.request(message.attribute(IFLA_TXQLEN, &packets.to_ne_bytes()))
}

/// Settings of one interface under /proc/sys/net/ipv4/conf, by number (include/uapi/linux/ip.h): this way also works where
/// /proc/sys is read-only.
pub(super) fn configure_v4(netlink: &Netlink, index: i32, settings: &[(u16, u32)]) -> Result<()> {
    const IFLA_AF_SPEC: u16 = 26;
    const IFLA_INET_CONF: u16 = 1;
    let message = Message::new(RTM_SETLINK, 0, &link(index));
    netlink.request(message.nested(IFLA_AF_SPEC, |message| {
        message.nested(libc::AF_INET as u16, |message| {
            message.nested(IFLA_INET_CONF, |message| {
                settings.iter().fold(message, |message, (number, value)| {
                    message.attribute(*number, &value.to_ne_bytes())
                })
            })
        })
    }))
}

/// No link-local IPv6 address for the interface: nothing is asked of neighbours and routers then.
pub(super) fn without_link_local(netlink: &Netlink, index: i32) -> Result<()> {
    const IFLA_AF_SPEC: u16 = 26;
    const IFLA_INET6_ADDR_GEN_MODE: u16 = 8;
    const NONE: u8 = 1;
    let message = Message::new(RTM_SETLINK, 0, &link(index));
    netlink.request(message.nested(IFLA_AF_SPEC, |message| {
        message.nested(libc::AF_INET6 as u16, |message| {
            message.attribute(IFLA_INET6_ADDR_GEN_MODE, &[NONE])
        })
    }))
}

/// Gives the interface an address, without asking whether somebody has it already.
pub(super) fn add_address(netlink: &Netlink, index: i32, ip: IpAddr, prefix: u8) -> Result<()> {
    const IFA_ADDRESS: u16 = 1;
    const IFA_LOCAL: u16 = 2;
    const IFA_F_NODAD: u8 = 2;
    let flags = if ip.is_ipv6() { IFA_F_NODAD } else { 0 };
    let mut body = vec![family(ip), prefix, flags, 0];
    body.extend_from_slice(&index.to_ne_bytes());
    let bytes = octets(ip);
    let message = Message::new(RTM_NEWADDR, CREATE, &body)
        .attribute(IFA_LOCAL, &bytes)
        .attribute(IFA_ADDRESS, &bytes);
    netlink.request(message)
}

/// Sends what goes to `to` out of the interface.
pub(super) fn add_route(
    netlink: &Netlink,
    to: (IpAddr, u8),
    index: i32,
    from: Option<IpAddr>,
    table: u8,
) -> Result<()> {
    const RTA_DST: u16 = 1;
    const RTA_OIF: u16 = 4;
    const RTA_PREFSRC: u16 = 7;
    // struct rtmsg: family, destination's and source's length, TOS, table, protocol boot, scope link, unicast.
    let body = [family(to.0), to.1, 0, 0, table, 3, 253, 1, 0, 0, 0, 0];
    let mut message = Message::new(RTM_NEWROUTE, CREATE, &body)
        .attribute(RTA_DST, &octets(to.0))
        .attribute(RTA_OIF, &index.to_ne_bytes());
    if let Some(from) = from {
        message = message.attribute(RTA_PREFSRC, &octets(from));
    }
    netlink.request(message)
}

/// Says that what goes to this address has arrived. The kernel says so itself of an interface's IPv6 address, but some
/// milliseconds late, from a queue of work.
pub(super) fn add_local(netlink: &Netlink, ip: IpAddr, index: i32) -> Result<()> {
    const RTA_DST: u16 = 1;
    const RTA_OIF: u16 = 4;
    // struct rtmsg as above, but scope host and a local route.
    let body = [
        family(ip),
        if ip.is_ipv6() { 128 } else { 32 },
        0,
        0,
        TABLE_LOCAL,
        3,
        254,
        2,
        0,
        0,
        0,
        0,
    ];
    let message = Message::new(RTM_NEWROUTE, CREATE, &body)
        .attribute(RTA_DST, &octets(ip))
        .attribute(RTA_OIF, &index.to_ne_bytes());
    netlink.request(message)
}

/// A rule of routing: at this place of the order ask that table, for packets from the interface only if one is named.
pub(super) fn add_rule(
    netlink: &Netlink,
    family: i32,
    order: u32,
    from: Option<&str>,
    table: u8,
) -> Result<()> {
    netlink.request(rule(RTM_NEWRULE, CREATE, family, order, from, table))
}

/// Takes a rule away.
pub(super) fn remove_rule(netlink: &Netlink, family: i32, order: u32, table: u8) -> Result<()> {
    netlink.request(rule(RTM_DELRULE, 0, family, order, None, table))
}

fn rule(kind: u16, flags: u16, family: i32, order: u32, from: Option<&str>, table: u8) -> Message {
    const FRA_IIFNAME: u16 = 3;
    const FRA_PRIORITY: u16 = 6;
    // struct fib_rule_hdr: family, lengths, TOS, table, two reserved, action "ask the table", flags.
    let body = [family as u8, 0, 0, 0, table, 0, 0, 1, 0, 0, 0, 0];
    let mut message = Message::new(kind, flags, &body);
    if let Some(name) = from {
        let name: Vec<u8> = name.bytes().chain([0]).collect();
        message = message.attribute(FRA_IIFNAME, &name);
    }
    message.attribute(FRA_PRIORITY, &order.to_ne_bytes())
}

/// struct ifinfomsg.
fn link(index: i32) -> [u8; 16] {
    let mut body = [0; 16];
    body[4..8].copy_from_slice(&index.to_ne_bytes());
    body
}

const fn family(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => libc::AF_INET as u8,
        IpAddr::V6(_) => libc::AF_INET6 as u8,
    }
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}
