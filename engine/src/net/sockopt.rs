//! setsockopt(2) and getsockopt(2): which option a socket has, what is kept of it, and how its value is written.

use super::abi::*;
use super::calls::{Ended, failed, nanos};
use super::checks::timeval;
use super::kernel::Body;
use super::options::{self, Right};
use super::{Net, settings};
use protocol::{OptionValue, Outcome, SocketId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest socket option, bytes: CPython's own limit for getsockopt().
const OPTION: usize = 1024;

impl Net {
    pub(super) fn set_option(&mut self, id: SocketId, level: i32, name: i32, value: &OptionValue) -> Ended {
        let now = self.kernel.now;
        let sock = self.open(id)?;
        match options::right(level, name) {
            Right::Both => {}
            Right::Forbidden => return Err(failed(EPERM)),
            Right::Read | Right::Unknown => return Err(failed(ENOPROTOOPT)),
        }
        let bytes = match value {
            OptionValue::Int(n) => n.to_ne_bytes().to_vec(),
            OptionValue::Bytes(bytes) if bytes.len() > OPTION => return Err(failed(EINVAL)),
            OptionValue::Bytes(bytes) => bytes.0.clone(),
        };
        let word = |at: usize| {
            bytes
                .get(at..)?
                .first_chunk::<4>()
                .map(|b| i32::from_ne_bytes(*b))
        };
        let (body, family, stream) = (sock.body, sock.family, sock.is_stream());
        let first = word(0).ok_or(failed(EINVAL))?;
        let value = match (level, name) {
            (SOL_SOCKET, SO_RCVTIMEO | SO_SNDTIMEO) => {
                if bytes.len() < 16 {
                    return Err(failed(EINVAL));
                }
                let micros =
                    i64::from_ne_bytes(*bytes.get(8..).and_then(|b| b.first_chunk()).unwrap_or(&[0; 8]));
                if !(0..1_000_000).contains(&micros) {
                    return Err(failed(EDOM));
                }
                let time = timeval(&bytes).map(nanos);
                let slot = if name == SO_RCVTIMEO {
                    &mut sock.receive_timeout
                } else {
                    &mut sock.send_timeout
                };
                *slot = time;
                return Ok(Outcome::Done);
            }
            // The seconds, or -1 for not at all.
            (SOL_SOCKET, SO_LINGER) => match word(4).ok_or(failed(EINVAL))? {
                seconds if first != 0 => seconds.max(0),
                _ => -1,
            },
            (IPPROTO_IP, IP_ADD_MEMBERSHIP | IP_DROP_MEMBERSHIP) => {
                let group = bytes.first_chunk::<4>().ok_or(failed(EINVAL))?;
                let joins = name == IP_ADD_MEMBERSHIP;
                return self
                    .membership(body, Ipv4Addr::from(*group).into(), joins)
                    .map_err(failed);
            }
            (IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP | IPV6_DROP_MEMBERSHIP) => {
                let group = bytes.first_chunk::<16>().ok_or(failed(EINVAL))?;
                let joins = name == IPV6_ADD_MEMBERSHIP;
                return self
                    .membership(body, Ipv6Addr::from(*group).into(), joins)
                    .map_err(failed);
            }
            _ => settings::taken(family, stream, level, name, first).map_err(failed)?,
        };
        let bound = self.local_port(body) != 0;
        if (level, name) == (IPPROTO_IPV6, IPV6_V6ONLY) && bound {
            return Err(failed(EINVAL));
        }
        match body {
            Body::Tcp(id) => {
                if let Some(tcb) = self.kernel.tcb(id) {
                    tcb.set.put(level, name, value);
                    tcb.option_changed(now, level, name);
                }
                self.kernel.after(id);
                self.kernel.take_in_lo();
            }
            Body::Udp(id) => {
                if let Some(udp) = self.kernel.udp(id) {
                    udp.set.put(level, name, value);
                }
            }
            Body::Unix(id) => {
                if let Some(unix) = self.kernel.unix.iter_mut().find(|u| u.id == id) {
                    unix.set.put(level, name, value);
                }
            }
        }
        Ok(Outcome::Done)
    }

    fn membership(&mut self, body: Body, group: IpAddr, joins: bool) -> Result<Outcome> {
        let Body::Udp(id) = body else {
            return Err(EPROTONOSUPPORT);
        };
        let udp = self.kernel.udp(id).ok_or(EBADF)?;
        if !group.is_multicast() {
            return Err(EINVAL);
        }
        let is_member = udp.groups.contains(&group);
        match (joins, is_member) {
            (true, true) => return Err(EADDRINUSE),
            (true, false) => udp.groups.push(group),
            (false, true) => udp.groups.retain(|g| *g != group),
            (false, false) => return Err(EADDRNOTAVAIL),
        }
        Ok(Outcome::Done)
    }

    pub(super) fn get_option(&mut self, id: SocketId, level: i32, name: i32, len: Option<u32>) -> Ended {
        let sock = self.open(id)?;
        match options::right(level, name) {
            Right::Both | Right::Read => {}
            Right::Forbidden | Right::Unknown => return Err(failed(ENOPROTOOPT)),
        }
        let (receive, send) = (sock.receive_timeout, sock.send_timeout);
        let bytes = match (level, name) {
            (SOL_SOCKET, SO_ERROR) => self.socket_error(id).to_ne_bytes().to_vec(),
            (SOL_SOCKET, SO_RCVTIMEO | SO_SNDTIMEO) => {
                let time = if name == SO_RCVTIMEO { receive } else { send }.unwrap_or(0);
                let (seconds, micros) = (time / 1_000_000_000, time % 1_000_000_000 / 1000);
                [seconds.to_ne_bytes(), micros.to_ne_bytes()].concat()
            }
            _ => self.option_bytes(id, level, name).map_err(failed)?,
        };
        let value = match len {
            Some(len) => OptionValue::Bytes(bytes[..bytes.len().min(len as usize)].into()),
            None => {
                let mut int = [0; 4];
                int.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
                OptionValue::Int(i32::from_ne_bytes(int))
            }
        };
        Ok(Outcome::Option { value })
    }

    /// An option's value as the kernel writes it.
    fn option_bytes(&self, id: SocketId, level: i32, name: i32) -> Result<Vec<u8>> {
        let sock = self.sock(id).ok_or(EBADF)?;
        let (family, stream, kind) = (sock.family, sock.is_stream(), sock.kind);
        let tcb = match sock.body {
            Body::Tcp(id) => self.kernel.tcbs.iter().find(|t| t.id == id),
            _ => None,
        };
        if family == AF_UNIX && level != SOL_SOCKET {
            return Err(EOPNOTSUPP);
        }
        if (level == IPPROTO_TCP && !stream) || (level == IPPROTO_IPV6 && family != AF_INET6) {
            return Err(ENOPROTOOPT);
        }
        let set = match sock.body {
            Body::Tcp(_) => tcb.map(|t| &t.set),
            Body::Udp(id) => self.kernel.udps.iter().find(|u| u.id == id).map(|u| &u.set),
            Body::Unix(id) => self.kernel.unix.iter().find(|u| u.id == id).map(|u| &u.set),
        };
        let set = set.ok_or(EBADF)?;
        let int = match (level, name) {
            (SOL_SOCKET, SO_TYPE) => kind,
            (SOL_SOCKET, SO_DOMAIN) => family,
            (SOL_SOCKET, SO_PROTOCOL) => match (family, stream) {
                (AF_UNIX, _) => 0,
                (_, true) => IPPROTO_TCP,
                _ => IPPROTO_UDP,
            },
            (SOL_SOCKET, SO_ACCEPTCONN) => i32::from(match sock.body {
                Body::Unix(id) => self.kernel.unix.iter().any(|u| u.id == id && u.is_listening()),
                _ => tcb.is_some_and(|t| t.state == protocol::TcpState::Listen),
            }),
            (SOL_SOCKET, SO_LINGER) => {
                let seconds = if set.was_set(level, name) {
                    set.get(level, name)
                } else {
                    -1
                };
                let on = i32::from(seconds >= 0);
                return Ok([on.to_ne_bytes(), seconds.max(0).to_ne_bytes()].concat());
            }
            (SOL_SOCKET, SO_RCVBUF) if !set.was_set(level, name) => match tcb {
                Some(_) => 131_072,
                None => 212_992,
            },
            (SOL_SOCKET, SO_SNDBUF) if !set.was_set(level, name) => match tcb {
                Some(tcb) if tcb.is_synchronized() => 87_040,
                Some(_) => 16_384,
                None => 212_992,
            },
            (IPPROTO_TCP, TCP_MAXSEG) => tcb.map_or(536, |t| {
                if t.is_synchronized() {
                    t.snd.mss as i32
                } else {
                    let set = set.get(level, name);
                    if set == 0 { 536 } else { set }
                }
            }),
            (IPPROTO_TCP, TCP_CONGESTION) => return Ok(b"cubic\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
            (IPPROTO_TCP, TCP_INFO) => {
                let state = tcb.map_or(protocol::TcpState::Closed, |t| t.state);
                let mut info = vec![0; 232];
                info[0] = state as u8;
                return Ok(info);
            }
            _ => set.get(level, name),
        };
        Ok(int.to_ne_bytes().to_vec())
    }
}
