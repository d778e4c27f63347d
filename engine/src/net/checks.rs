//! What calls are checked for before any kernel is asked, the same on every network.

use super::abi::*;
use protocol::{Address, Outcome};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;

type Checked<T> = std::result::Result<T, Outcome>;

/// What a lab offers of socket(2): the kind without its flags, and whether SOCK_NONBLOCK was among them.
///
/// # Errors
/// What an ordinary user gets from Linux for the rest.
pub fn allowed(family: i32, kind: i32, proto: i32) -> Checked<(i32, bool)> {
    let nonblocking = kind & SOCK_NONBLOCK != 0;
    let kind = kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
    let internet = family == AF_INET || family == AF_INET6;
    /// Kinds from here on do not exist (include/linux/net.h).
    const SOCK_MAX: i32 = 11;
    let errno = match (family, kind) {
        (0..=45, kind) if !(0..SOCK_MAX).contains(&kind) => EINVAL,
        (AF_INET | AF_INET6 | AF_UNIX, SOCK_STREAM | SOCK_DGRAM) => 0,
        (AF_INET | AF_INET6, SOCK_RAW) => EPERM,
        (AF_INET | AF_INET6 | AF_UNIX, _) => ESOCKTNOSUPPORT,
        _ => EAFNOSUPPORT,
    };
    if errno != 0 {
        return Err(Outcome::errno(errno));
    }
    let usual = match kind {
        SOCK_STREAM => IPPROTO_TCP,
        _ => IPPROTO_UDP,
    };
    if proto != 0 && internet && proto != usual {
        return Err(Outcome::errno(EPROTONOSUPPORT));
    }
    Ok((kind, nonblocking))
}

/// Does a lab offer these flags of send() and recv()?
///
/// # Errors
/// EOPNOTSUPP, and which.
pub fn check_flags(flags: i32, allowed: i32) -> Checked<()> {
    match flags & !allowed {
        0 => Ok(()),
        other => Err(Outcome::Failed {
            errno: EOPNOTSUPP,
            why: Some(format!(
                "Labs do not offer the flag {other:#x} of send() and recv()."
            )),
        }),
    }
}

/// Seconds of a program. The engine has checked them as CPython does; a page may send anything.
///
/// # Errors
/// EINVAL for what is no time.
pub fn duration(seconds: f64) -> Checked<Duration> {
    if seconds.is_finite() && seconds >= 0.0 {
        // A century is as good as for ever, and a sum with the clock does not overflow.
        Ok(Duration::from_secs_f64(seconds.min(3.2e9)))
    } else {
        Err(Outcome::errno(EINVAL))
    }
}

/// struct timeval; all zeroes means no limit.
pub fn timeval(bytes: &[u8]) -> Option<Duration> {
    let seconds = i64::from_ne_bytes(*bytes.first_chunk::<8>()?);
    let micros = i64::from_ne_bytes(*bytes.get(8..)?.first_chunk::<8>()?);
    let time = Duration::from_secs(u64::try_from(seconds).ok()?)
        + Duration::from_micros(u64::try_from(micros).ok()?);
    (!time.is_zero()).then_some(time)
}

/// The internet address that a program means, in the socket's family.
///
/// # Errors
/// What the program gets: gaierror for names and for numbers of the other family, as CPython, which asks getaddrinfo() in both
/// cases.
pub fn internet(names: &super::names::Table, family: i32, address: &Address) -> Checked<SocketAddr> {
    let (ip, port, flow, scope) = match address {
        Address::V4 { ip, port } if family == AF_INET => {
            return Ok(SocketAddrV4::new(*ip, *port).into());
        }
        Address::V6 {
            ip,
            port,
            flow,
            scope,
        } if family == AF_INET6 => {
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
        Address::Unix { .. } => return Err(Outcome::errno(EAFNOSUPPORT)),
    };
    Ok(match ip {
        std::net::IpAddr::V4(ip) => SocketAddrV4::new(ip, port).into(),
        std::net::IpAddr::V6(ip) => SocketAddrV6::new(ip, port, flow, scope).into(),
    })
}
