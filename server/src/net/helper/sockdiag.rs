//! The kernel's socket tables (sock_diag(7)): connections that no descriptor names any more, and an end for them.

use super::netlink::{self, Message, Netlink, error_of, receive};
use crate::sys::{self, Errno, RawTcpInfo, Result};
use protocol::wire::{Timer, TimerKind};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::BorrowedFd;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const SOCK_DESTROY: u16 = 21;
const NLMSG_ERROR: u16 = 2;
/// TCP_LISTEN.
const LISTEN: u8 = 10;
/// Where `struct inet_diag_sockid` lies in `struct inet_diag_msg`, and how long it is.
const ID: std::ops::Range<usize> = 4..52;

/// struct inet_diag_req_v2 with INET_DIAG_INFO wished for.
fn request_body(family: i32, id: &[u8; 48]) -> Vec<u8> {
    let mut body = vec![family as u8, libc::IPPROTO_TCP as u8, 1 << 1, 0];
    body.extend_from_slice(&u32::MAX.to_ne_bytes());
    body.extend_from_slice(id);
    body
}

/// Ends every TCP connection of the namespace that this thread is in, at once. Left alone, a connection whose peer is
/// gone keeps a namespace alive until its retransmissions give up.
pub(super) fn destroy_all() -> Result<usize> {
    let netlink = Netlink::sock_diag()?;
    let mut found = Vec::new();
    for family in [libc::AF_INET, libc::AF_INET6] {
        netlink.dump(
            Message::new(SOCK_DIAG_BY_FAMILY, 0, &request_body(family, &[0; 48])),
            |body| {
                if let (Some(id), Some(state)) = (body.get(ID), body.get(1))
                    && *state != LISTEN
                {
                    found.push((family, <[u8; 48]>::try_from(id).unwrap_or([0; 48])));
                }
            },
        )?;
    }
    for (family, id) in &found {
        // It may have ended by itself meanwhile (ENOENT); kernels without INET_DIAG_DESTROY say EOPNOTSUPP.
        let _ = netlink.request(Message::new(SOCK_DESTROY, 0, &request_body(*family, id)));
    }
    Ok(found.len())
}

/// What the kernel says about the connection from `local` to `remote`; `None` when it has forgotten it.
pub(crate) fn connection(
    fd: BorrowedFd<'_>,
    local: SocketAddr,
    remote: SocketAddr,
) -> Result<Option<Connection>> {
    let mut id = [0; 48];
    id[..2].copy_from_slice(&local.port().to_be_bytes());
    id[2..4].copy_from_slice(&remote.port().to_be_bytes());
    write_ip(&mut id[4..20], local.ip());
    write_ip(&mut id[20..36], remote.ip());
    // Bytes 36..40: any interface. INET_DIAG_NOCOOKIE:
    id[40..48].fill(0xff);
    let family = if local.is_ipv4() {
        libc::AF_INET
    } else {
        libc::AF_INET6
    };
    let message = Message::new(SOCK_DIAG_BY_FAMILY, 0, &request_body(family, &id)).finish();
    sys::send(fd, &message, 0)?;
    let mut answer = None;
    receive(fd, &mut |kind, body| {
        answer = Some(if kind == NLMSG_ERROR {
            Err(error_of(body))
        } else {
            Ok(parse(body))
        });
    })?;
    match answer {
        Some(Ok(connection)) => Ok(connection),
        Some(Err(Errno(libc::ENOENT))) | None => Ok(None),
        Some(Err(errno)) => Err(errno),
    }
}

/// One connection as the kernel's tables have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Connection {
    /// include/net/tcp_states.h.
    pub(crate) state: u8,
    /// Bytes not read.
    pub(crate) recv_queue: u32,
    /// Bytes not acknowledged.
    pub(crate) send_queue: u32,
    /// The file that it belongs to; 0 when no descriptor names it any more, or none does yet.
    pub(crate) inode: u32,
    /// The timer that runs for it.
    pub(crate) timer: Option<Timer>,
    /// More; not there for TIME-WAIT.
    pub(crate) info: Option<RawTcpInfo>,
}

/// struct inet_diag_msg and its attributes.
fn parse(body: &[u8]) -> Option<Connection> {
    let word = |at: usize| {
        body.get(at..at + 4)
            .and_then(|b| b.first_chunk::<4>())
            .map(|b| u32::from_ne_bytes(*b))
    };
    Some(Connection {
        state: *body.get(1)?,
        recv_queue: word(56)?,
        send_queue: word(60)?,
        inode: word(68)?,
        timer: timer(*body.get(2)?, *body.get(3)?, word(52)?),
        info: info_attribute(body.get(72..)?),
    })
}

/// idiag_timer, idiag_retrans and idiag_expires.
const fn timer(what: u8, times: u8, left: u32) -> Option<Timer> {
    let what = match what {
        1 => TimerKind::Retransmit,
        2 => TimerKind::KeepAlive,
        3 => TimerKind::TimeWait,
        4 => TimerKind::ZeroWindowProbe,
        _ => return None,
    };
    // The kernel's own arithmetic goes below zero for a timer that is about to end.
    let left = if left > i32::MAX as u32 { 0 } else { left };
    Some(Timer { what, left, times })
}

/// A connection and its ends.
pub(crate) struct Entry {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) connection: Connection,
}

/// Connections that no descriptor names yet, at most so many: SYN-RECEIVED, and those in accept queues.
pub(crate) fn embryos(fd: BorrowedFd<'_>, family: i32, most: usize) -> Result<Vec<Entry>> {
    /// TCPF_ESTABLISHED, TCPF_SYN_RECV, TCPF_CLOSE_WAIT, TCPF_NEW_SYN_RECV (include/net/tcp_states.h).
    const STATES: u32 = 1 << 1 | 1 << 3 | 1 << 8 | 1 << 12;
    let mut body = request_body(family, &[0; 48]);
    body[4..8].copy_from_slice(&STATES.to_ne_bytes());
    // No INET_DIAG_INFO: it would only be thrown away.
    body[2] = 0;
    let mut found = Vec::new();
    netlink::dump(fd, Message::new(SOCK_DIAG_BY_FAMILY, 0, &body), |body| {
        if let Some(connection) = parse(body)
            && connection.inode == 0
            && found.len() < most
            && let Some((local, remote)) = ends(body)
        {
            found.push(Entry {
                local,
                remote,
                connection,
            });
        }
    })?;
    Ok(found)
}

/// Both addresses of struct inet_diag_msg.
fn ends(body: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let six = i32::from(*body.first()?) == libc::AF_INET6;
    let port = |at: usize| Some(u16::from_be_bytes(*body.get(at..)?.first_chunk::<2>()?));
    let ip = |at: usize| -> Option<IpAddr> {
        let bytes = body.get(at..)?;
        Some(if six {
            IpAddr::from(*bytes.first_chunk::<16>()?)
        } else {
            IpAddr::from(*bytes.first_chunk::<4>()?)
        })
    };
    Some((
        SocketAddr::new(ip(8)?, port(4)?),
        SocketAddr::new(ip(24)?, port(6)?),
    ))
}

/// The attribute INET_DIAG_INFO.
fn info_attribute(mut attributes: &[u8]) -> Option<RawTcpInfo> {
    const INET_DIAG_INFO: u16 = 2;
    loop {
        let header = attributes.first_chunk::<4>()?;
        let len = usize::from(u16::from_ne_bytes([header[0], header[1]]));
        let value = attributes.get(4..len)?;
        if u16::from_ne_bytes([header[2], header[3]]) == INET_DIAG_INFO {
            let mut words = [0; 80];
            for (word, bytes) in words.iter_mut().zip(value.as_chunks::<4>().0) {
                *word = u32::from_ne_bytes(*bytes);
            }
            return Some(RawTcpInfo::from_words(&words));
        }
        attributes = attributes.get(len.next_multiple_of(4)..)?;
    }
}

fn write_ip(to: &mut [u8], ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => to[..4].copy_from_slice(&ip.octets()),
        IpAddr::V6(ip) => to.copy_from_slice(&ip.octets()),
    }
}
