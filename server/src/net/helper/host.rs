//! What makes an empty namespace a host: interfaces, addresses, routes, settings. Runs in the helper, inside the namespace.
//!
//! A host on a wire has `eth0`, whose other end is a descriptor in the server: what leaves the host can be read there, and
//! what is written there arrives. The only host of a lab is both ends of its wire: what it sends to itself (127.0.0.1,
//! too, because tutorials say so) goes out of `eth0` and comes back by it, instead of staying inside the kernel.
//!
//! `eth0` is a TUN device; where those are not to be had, one end of a veth pair, whose other end lies in the helper's own
//! namespace with a packet socket on it (see [`far_end`]).

use super::netlink::{self, Neighbours, Netlink, TABLE_LOCAL, TABLE_MAIN};
use super::process::failed;
use super::request::FailedCall;
use super::shape::{Device, addresses};
use crate::sys::{self, Errno};
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{BorrowedFd, OwnedFd};

/// The interface on the wire.
const WIRE: &str = "eth0";
/// Packets that may wait there to be read: the answer to one delivery is never more.
const WIRE_QUEUE: u32 = 2048;
/// A routing table of our own, for what a host sends to itself.
const TABLE_WIRE: u8 = 100;
/// 224.0.0.0/4.
const MULTICAST: (IpAddr, u8) = (IpAddr::V4(Ipv4Addr::new(224, 0, 0, 0)), 4);

/// `lo` and nothing else. Gives a NETLINK_SOCK_DIAG descriptor.
pub(super) fn with_loopback() -> Result<Vec<OwnedFd>, FailedCall> {
    let route = Netlink::route().map_err(failed("socket(AF_NETLINK)"))?;
    let lo = begin(&route)?;
    let _ = netlink::add_route(&route, MULTICAST, lo, None, TABLE_MAIN);
    Ok(vec![sock_diag()?])
}

/// Where a host is made, and from where.
pub(super) struct Site<'a> {
    /// The new namespace, which this thread is in.
    pub(super) here: BorrowedFd<'a>,
    /// The helper's own.
    pub(super) home: BorrowedFd<'a>,
    /// The host's number: nothing else at home is called by it.
    pub(super) number: u32,
}

/// `lo` and `eth0`. Gives a NETLINK_SOCK_DIAG descriptor and the other end of `eth0`.
pub(super) fn on_a_wire(
    site: &Site<'_>,
    place: u8,
    alone: bool,
    device: Device,
) -> Result<Vec<OwnedFd>, FailedCall> {
    let route = Netlink::route().map_err(failed("socket(AF_NETLINK)"))?;
    begin(&route)?;
    set(LONG_HOLDS);
    let wire = match device {
        Device::Tun => sys::open_tun(WIRE).map_err(|(call, errno)| failed(call)(errno))?,
        Device::Veth => far_end(site, &route)?,
    };
    let eth0 = sys::interface_index(WIRE).map_err(failed("if_nametoindex(eth0)"))?;
    let _ = netlink::set_queue(&route, eth0, WIRE_QUEUE);
    // Before it is up: that is when the kernel would begin to ask for routers.
    let v6_works = netlink::without_link_local(&route, eth0).is_ok();
    let [v4, v6] = addresses(place);
    netlink::add_address(&route, eth0, v4, 24).map_err(failed("RTM_NEWADDR(eth0)"))?;
    netlink::bring_up(&route, eth0, Neighbours::NotAsked).map_err(failed("RTM_NEWLINK(eth0 up)"))?;
    if v6_works {
        netlink::add_address(&route, eth0, v6, 64).map_err(failed("RTM_NEWADDR(eth0, IPv6)"))?;
        match netlink::add_local(&route, v6, eth0) {
            // The kernel was quicker.
            Ok(()) | Err(Errno(libc::EEXIST)) => {}
            Err(errno) => return Err(failed("RTM_NEWROUTE(own IPv6 address)")(errno)),
        }
    }
    let everybody = (IpAddr::V4(Ipv4Addr::BROADCAST), 32);
    for to in [MULTICAST, everybody] {
        netlink::add_route(&route, to, eth0, None, TABLE_MAIN).map_err(failed("RTM_NEWROUTE"))?;
    }
    if alone {
        send_own_by_wire(&route, eth0, v4, v6_works.then_some(v6))?;
    }
    Ok(vec![sock_diag()?, wire])
}

/// Makes `eth0` as one end of a veth pair and gives a packet socket on the other, which lies at home: there nothing reads it
/// but that socket. The kernel at home takes no interest either, for what a host sends bears the host's own link address.
fn far_end(site: &Site<'_>, route: &Netlink) -> Result<OwnedFd, FailedCall> {
    let far = format!("w{}", site.number);
    netlink::add_veth(route, WIRE, sys::LINK_ADDRESS, &far, site.home)
        .map_err(failed("RTM_NEWLINK(veth)"))?;
    // The kernel would leave checksums and the cutting into segments to a network card that is not there.
    sys::without_offloads(WIRE).map_err(failed("ioctl(SIOCETHTOOL)"))?;
    sys::enter_network(site.home).map_err(failed("setns"))?;
    let socket = at_home(&far);
    sys::enter_network(site.here).map_err(failed("setns"))?;
    socket
}

/// The far end up, and a packet socket on it.
fn at_home(far: &str) -> Result<OwnedFd, FailedCall> {
    let route = Netlink::route().map_err(failed("socket(AF_NETLINK)"))?;
    let index = sys::interface_index(far).map_err(failed("if_nametoindex"))?;
    let _ = netlink::without_link_local(&route, index);
    let socket = sys::packet_socket(index).map_err(|(call, errno)| failed(call)(errno))?;
    netlink::bring_up(&route, index, Neighbours::NotAsked).map_err(failed("RTM_NEWLINK(veth up)"))?;
    Ok(socket)
}

/// What every host begins with: plain settings, and `lo` up. Gives the number of `lo`.
fn begin(route: &Netlink) -> Result<i32, FailedCall> {
    set(SETTINGS);
    let lo = sys::interface_index("lo").map_err(failed("if_nametoindex(lo)"))?;
    netlink::bring_up(route, lo, Neighbours::Asked).map_err(failed("RTM_NEWLINK(lo up)"))?;
    Ok(lo)
}

fn sock_diag() -> Result<OwnedFd, FailedCall> {
    let diag = Netlink::sock_diag().map_err(failed("socket(NETLINK_SOCK_DIAG)"))?;
    Ok(diag.into_fd())
}

/// Sends what the host sends to itself by the wire, and takes it in when it comes back.
///
/// The kernel asks the table of its own addresses first (rule 0), and what is found there never leaves. So that table is
/// asked first only for what has come in by the wire; for the rest a table with the way out stands before it. `::1` stays
/// on `lo`: a packet to it is dropped that comes by any other interface (net/ipv6/ip6_input.c).
fn send_own_by_wire(route: &Netlink, eth0: i32, v4: IpAddr, v6: Option<IpAddr>) -> Result<(), FailedCall> {
    /// include/uapi/linux/ip.h: IPV4_DEVCONF_RP_FILTER, _ACCEPT_LOCAL, _ROUTE_LOCALNET.
    const OWN_ADDRESSES_COME_IN: &[(u16, u32)] = &[(8, 0), (23, 1), (26, 1)];
    netlink::configure_v4(route, eth0, OWN_ADDRESSES_COME_IN).map_err(failed("RTM_SETLINK(eth0)"))?;
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut ways = vec![
        ((IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8), loopback),
        ((v4, 32), v4),
    ];
    let mut families = vec![libc::AF_INET];
    if let Some(v6) = v6 {
        ways.push(((v6, 128), v6));
        families.push(libc::AF_INET6);
    }
    for (to, from) in ways {
        netlink::add_route(route, to, eth0, Some(from), TABLE_WIRE)
            .map_err(failed("RTM_NEWROUTE(own address)"))?;
    }
    for family in families {
        let rules = [
            (10, Some(WIRE), TABLE_LOCAL),
            (20, None, TABLE_WIRE),
            (30, None, TABLE_LOCAL),
        ];
        for (order, from, table) in rules {
            netlink::add_rule(route, family, order, from, table).map_err(failed("RTM_NEWRULE"))?;
        }
        // Last: without the rules above nothing would be local any more.
        netlink::remove_rule(route, family, 0, TABLE_LOCAL).map_err(failed("RTM_DELRULE"))?;
    }
    Ok(())
}

/// A setting that is missing or read-only here is not worth refusing the lab.
fn set(settings: &[(&str, &str)]) {
    for (name, value) in settings {
        let _ = fs::write(format!("/proc/sys/net/{name}"), value);
    }
}

/// A namespace inherits some settings from the machine; a lesson wants the same ones everywhere. The values are the
/// kernel's own defaults, but for two: everybody may bind ports below 1024, and one connection's results do not colour
/// the next one's.
const SETTINGS: &[(&str, &str)] = &[
    ("ipv6/conf/all/disable_ipv6", "0"),
    ("ipv6/conf/default/disable_ipv6", "0"),
    ("ipv6/conf/lo/disable_ipv6", "0"),
    ("ipv4/ip_unprivileged_port_start", "0"),
    ("ipv4/tcp_congestion_control", "cubic"),
    ("ipv4/tcp_rmem", "4096 131072 6291456"),
    ("ipv4/tcp_wmem", "4096 16384 4194304"),
    ("ipv4/tcp_no_metrics_save", "1"),
];

/// For hosts on a wire: a packet may be held for a long time without the kernel giving up on it, every unreachable port
/// is told of (by default only so many a second are), and filters of the machine's do not apply.
const LONG_HOLDS: &[(&str, &str)] = &[
    ("ipv4/tcp_synack_retries", "255"),
    ("ipv4/tcp_retries2", "255"),
    ("ipv4/tcp_orphan_retries", "255"),
    // No tail loss probes (RFC 8985): a probe carries new bytes if there are any, past Nagle's algorithm.
    ("ipv4/tcp_early_retrans", "0"),
    ("ipv4/icmp_ratelimit", "0"),
    ("ipv6/icmp/ratelimit", "0"),
    ("ipv4/conf/all/rp_filter", "0"),
];
