//! Socket options that were set: their values as getsockopt(2) gives them, and the kernel's defaults.

use super::abi::*;

/// What setsockopt(2) has changed, and nothing else.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings(Vec<(i32, i32, i32)>);

impl Settings {
    /// The value of an option, or the kernel's default.
    pub(super) fn get(&self, level: i32, name: i32) -> i32 {
        let found = self.0.iter().find(|(l, n, _)| (*l, *n) == (level, name));
        found.map_or_else(|| default(level, name), |(.., value)| *value)
    }

    pub(super) fn is_on(&self, level: i32, name: i32) -> bool {
        self.get(level, name) != 0
    }

    pub(super) fn was_set(&self, level: i32, name: i32) -> bool {
        self.0.iter().any(|(l, n, _)| (*l, *n) == (level, name))
    }

    pub(super) fn put(&mut self, level: i32, name: i32, value: i32) {
        self.0.retain(|(l, n, _)| (*l, *n) != (level, name));
        self.0.push((level, name, value));
    }
}

const fn default(level: i32, name: i32) -> i32 {
    match (level, name) {
        (SOL_SOCKET, SO_RCVLOWAT | SO_SNDLOWAT) => 1,
        (IPPROTO_TCP, TCP_KEEPIDLE) => 7200,
        (IPPROTO_TCP, TCP_KEEPINTVL) => 75,
        (IPPROTO_TCP, TCP_KEEPCNT) => 9,
        (IPPROTO_TCP, TCP_SYNCNT) => 6,
        (IPPROTO_TCP, TCP_LINGER2) => 60,
        (IPPROTO_TCP, TCP_QUICKACK) => 1,
        (IPPROTO_IP, IP_TTL) | (IPPROTO_IPV6, IPV6_UNICAST_HOPS) => 64,
        (IPPROTO_TCP, TCP_NOTSENT_LOWAT) => -1,
        (IPPROTO_IP, IP_MULTICAST_TTL | IP_MULTICAST_LOOP)
        | (IPPROTO_IPV6, IPV6_MULTICAST_HOPS | IPV6_MULTICAST_LOOP) => 1,
        _ => 0,
    }
}

/// What the kernel makes of a value that a program sets.
///
/// # Errors
/// EINVAL for one that it does not take, ENOPROTOOPT for an option that this kind of socket does not have.
pub(super) fn taken(family: i32, stream: bool, level: i32, name: i32, value: i32) -> Result<i32> {
    let within = |range: std::ops::RangeInclusive<i32>| {
        if range.contains(&value) {
            Ok(value)
        } else {
            Err(EINVAL)
        }
    };
    let flag = i32::from(value != 0);
    if family == AF_UNIX && level != SOL_SOCKET {
        return Err(EOPNOTSUPP);
    }
    if (level == IPPROTO_TCP && !stream) || (level == IPPROTO_IPV6 && family != AF_INET6) {
        return Err(ENOPROTOOPT);
    }
    match (level, name) {
        // net/core/sock.c: doubled for the kernel's own bookkeeping, with a least and a most.
        (SOL_SOCKET, SO_RCVBUF) => Ok((value.clamp(0, 212_992) * 2).max(2304)),
        (SOL_SOCKET, SO_SNDBUF) => Ok((value.clamp(0, 212_992) * 2).max(4608)),
        (SOL_SOCKET, SO_REUSEPORT) if family == AF_UNIX => Err(EOPNOTSUPP),
        (
            SOL_SOCKET,
            SO_REUSEADDR | SO_REUSEPORT | SO_KEEPALIVE | SO_BROADCAST | SO_OOBINLINE | SO_DONTROUTE,
        )
        | (IPPROTO_TCP, TCP_NODELAY | TCP_CORK)
        | (IPPROTO_IP, IP_MULTICAST_LOOP) => Ok(flag),
        (IPPROTO_IPV6, IPV6_MULTICAST_LOOP) => within(0..=1),
        (IPPROTO_IPV6, IPV6_V6ONLY) => Ok(flag),
        (SOL_SOCKET, SO_RCVLOWAT) => Ok(if value < 0 { i32::MAX } else { value.max(1) }),
        (IPPROTO_TCP, TCP_MAXSEG) if value == 0 => Ok(0),
        (IPPROTO_TCP, TCP_MAXSEG) => within(88..=32767),
        (IPPROTO_TCP, TCP_KEEPIDLE | TCP_KEEPINTVL) => within(1..=32767),
        (IPPROTO_TCP, TCP_KEEPCNT | TCP_SYNCNT) => within(1..=127),
        (IPPROTO_TCP, TCP_LINGER2) => Ok(if value < 0 {
            -1
        } else if value > 120 {
            120
        } else {
            value
        }),
        (IPPROTO_TCP, TCP_USER_TIMEOUT) if value < 0 => Err(EINVAL),
        (IPPROTO_IP, IP_TTL) if value == -1 => Ok(64),
        (IPPROTO_IP, IP_TTL) => within(1..=255),
        (IPPROTO_IPV6, IPV6_UNICAST_HOPS) if value == -1 => Ok(64),
        (IPPROTO_IPV6, IPV6_UNICAST_HOPS) => within(0..=255),
        (IPPROTO_IP, IP_MULTICAST_TTL) | (IPPROTO_IPV6, IPV6_MULTICAST_HOPS) if stream => Err(EINVAL),
        (IPPROTO_IP, IP_MULTICAST_TTL) | (IPPROTO_IPV6, IPV6_MULTICAST_HOPS) if value == -1 => Ok(1),
        (IPPROTO_IP, IP_MULTICAST_TTL) | (IPPROTO_IPV6, IPV6_MULTICAST_HOPS) => within(0..=255),
        (IPPROTO_IPV6, IPV6_TCLASS) if value == -1 => Ok(0),
        (IPPROTO_IPV6, IPV6_TCLASS) => within(0..=255),
        _ => Ok(value),
    }
}
