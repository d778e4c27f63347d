//! Socket options: Linux's levels and names, and Linux's bytes, by what this system has. What it has not is ENOPROTOOPT, as it
//! would be on a Linux that lacked it.

use super::{BorrowedFd, Errno, Result};
use crate::linux;
use socket2::{SockRef, Socket, TcpKeepalive, Type};
use std::io;
use std::time::Duration;

/// setsockopt(2).
pub(crate) fn set_option(fd: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> Result<()> {
    let socket = SockRef::from(&fd);
    let number = int(value, 0)?;
    let on = number != 0;
    let size = || usize::try_from(number).map_err(|_| Errno(linux::EINVAL));
    let small = || u32::try_from(number).map_err(|_| Errno(linux::EINVAL));
    let seconds = || small().map(|n| Duration::from_secs(u64::from(n)));
    match (level, name) {
        // Windows lets a port be bound again after its connections by itself, and means something else by this name: that
        // anybody may take a port that somebody has.
        (linux::SOL_SOCKET, linux::SO_REUSEADDR) if cfg!(windows) => {}
        (linux::SOL_SOCKET, linux::SO_REUSEADDR) => socket.set_reuse_address(on)?,
        (linux::SOL_SOCKET, linux::SO_KEEPALIVE) => socket.set_keepalive(on)?,
        (linux::SOL_SOCKET, linux::SO_BROADCAST) => socket.set_broadcast(on)?,
        (linux::SOL_SOCKET, linux::SO_RCVBUF) => socket.set_recv_buffer_size(size()?)?,
        (linux::SOL_SOCKET, linux::SO_SNDBUF) => socket.set_send_buffer_size(size()?)?,
        (linux::SOL_SOCKET, linux::SO_OOBINLINE) => socket.set_out_of_band_inline(on)?,
        (linux::SOL_SOCKET, linux::SO_LINGER) => {
            let time = u64::try_from(int(value, 4)?).map_err(|_| Errno(linux::EINVAL))?;
            socket.set_linger(on.then(|| Duration::from_secs(time)))?;
        }
        // The lab's business: its sockets never block.
        (linux::SOL_SOCKET, linux::SO_RCVTIMEO | linux::SO_SNDTIMEO) => {}
        (linux::IPPROTO_TCP, linux::TCP_NODELAY) => socket.set_tcp_nodelay(on)?,
        (linux::IPPROTO_TCP, linux::TCP_KEEPIDLE) => {
            socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(seconds()?))?;
        }
        (linux::IPPROTO_TCP, linux::TCP_KEEPINTVL) => {
            socket.set_tcp_keepalive(&TcpKeepalive::new().with_interval(seconds()?))?;
        }
        (linux::IPPROTO_TCP, linux::TCP_KEEPCNT) => {
            socket.set_tcp_keepalive(&TcpKeepalive::new().with_retries(small()?))?;
        }
        (linux::IPPROTO_IP, linux::IP_TTL) => socket.set_ttl_v4(small()?)?,
        (linux::IPPROTO_IP, linux::IP_MULTICAST_TTL) => socket.set_multicast_ttl_v4(small()?)?,
        (linux::IPPROTO_IP, linux::IP_MULTICAST_LOOP) => socket.set_multicast_loop_v4(on)?,
        (linux::IPPROTO_IPV6, linux::IPV6_V6ONLY) => socket.set_only_v6(on)?,
        (linux::IPPROTO_IPV6, linux::IPV6_UNICAST_HOPS) => socket.set_unicast_hops_v6(small()?)?,
        (linux::IPPROTO_IPV6, linux::IPV6_MULTICAST_HOPS) => socket.set_multicast_hops_v6(small()?)?,
        (linux::IPPROTO_IPV6, linux::IPV6_MULTICAST_LOOP) => socket.set_multicast_loop_v6(on)?,
        _ => return Err(Errno(linux::ENOPROTOOPT)),
    }
    Ok(())
}

/// getsockopt(2) of at most `len` bytes.
pub(crate) fn get_option(fd: BorrowedFd<'_>, level: i32, name: i32, len: usize) -> Result<Vec<u8>> {
    let socket = SockRef::from(&fd);
    let mut bytes = match (level, name) {
        (linux::SOL_SOCKET, linux::SO_LINGER) => {
            let linger = socket.linger()?;
            let seconds = linger.map_or(0, |time| i32::try_from(time.as_secs()).unwrap_or(i32::MAX));
            [i32::from(linger.is_some()).to_ne_bytes(), seconds.to_ne_bytes()].concat()
        }
        (level, name) => number(&socket, level, name)?.to_ne_bytes().to_vec(),
    };
    bytes.truncate(len);
    Ok(bytes)
}

/// An option that is a number.
fn number(socket: &Socket, level: i32, name: i32) -> Result<i32> {
    let flag = |told: io::Result<bool>| told.map(i32::from);
    let size = |told: io::Result<usize>| told.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    let small = |told: io::Result<u32>| told.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    Ok(match (level, name) {
        (linux::SOL_SOCKET, linux::SO_ERROR) => socket.take_error()?.map_or(0, |error| Errno::from(error).0),
        (linux::SOL_SOCKET, linux::SO_TYPE) => match socket.r#type()? {
            Type::DGRAM => linux::SOCK_DGRAM,
            _ => linux::SOCK_STREAM,
        },
        (linux::SOL_SOCKET, linux::SO_REUSEADDR) => flag(socket.reuse_address())?,
        (linux::SOL_SOCKET, linux::SO_KEEPALIVE) => flag(socket.keepalive())?,
        (linux::SOL_SOCKET, linux::SO_BROADCAST) => flag(socket.broadcast())?,
        (linux::SOL_SOCKET, linux::SO_OOBINLINE) => flag(socket.out_of_band_inline())?,
        (linux::SOL_SOCKET, linux::SO_RCVBUF) => size(socket.recv_buffer_size())?,
        (linux::SOL_SOCKET, linux::SO_SNDBUF) => size(socket.send_buffer_size())?,
        (linux::IPPROTO_TCP, linux::TCP_NODELAY) => flag(socket.tcp_nodelay())?,
        (linux::IPPROTO_IP, linux::IP_TTL) => small(socket.ttl_v4())?,
        (linux::IPPROTO_IP, linux::IP_MULTICAST_TTL) => small(socket.multicast_ttl_v4())?,
        (linux::IPPROTO_IP, linux::IP_MULTICAST_LOOP) => flag(socket.multicast_loop_v4())?,
        (linux::IPPROTO_IPV6, linux::IPV6_V6ONLY) => flag(socket.only_v6())?,
        (linux::IPPROTO_IPV6, linux::IPV6_UNICAST_HOPS) => small(socket.unicast_hops_v6())?,
        (linux::IPPROTO_IPV6, linux::IPV6_MULTICAST_HOPS) => small(socket.multicast_hops_v6())?,
        (linux::IPPROTO_IPV6, linux::IPV6_MULTICAST_LOOP) => flag(socket.multicast_loop_v6())?,
        _ => return Err(Errno(linux::ENOPROTOOPT)),
    })
}

/// The int at this place.
fn int(value: &[u8], at: usize) -> Result<i32> {
    let bytes = value.get(at..).and_then(|rest| rest.first_chunk::<4>());
    bytes
        .map(|bytes| i32::from_ne_bytes(*bytes))
        .ok_or(Errno(linux::EINVAL))
}
