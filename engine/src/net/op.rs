//! Calls that may have to wait: each is tried at once, and tried again when something has happened.

use super::Net;
use super::abi::*;
use super::kernel::Body;
use super::listen::Connecting;
use super::ready::Ready;
use super::sock::Sock;
use protocol::{Address, HostId, Outcome, SocketId};
use std::net::SocketAddr;

/// A call under way.
pub(super) enum Op {
    Accept {
        sock: SocketId,
        /// The connection's socket shall have this id.
        new: SocketId,
    },
    Connect {
        sock: SocketId,
        to: Target,
        end: ConnectEnd,
    },
    Send {
        sock: SocketId,
        flags: i32,
        data: Vec<u8>,
        /// For sendto().
        to: Option<Target>,
        /// Bytes queued so far.
        sent: usize,
        /// Ends when all is queued, not when something is.
        all: bool,
    },
    Receive {
        sock: SocketId,
        max: usize,
        flags: i32,
        /// The sender is wanted.
        from: bool,
        /// MSG_WAITALL in blocking mode: what has come so far.
        got: Option<Vec<u8>>,
    },
    Select {
        read: Vec<SocketId>,
        write: Vec<SocketId>,
        except: Vec<SocketId>,
    },
}

/// Where a call goes.
#[derive(Clone)]
pub(super) enum Target {
    Internet(SocketAddr),
    Unix(Vec<u8>),
}

/// How the end of a connect() is learned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectEnd {
    /// A blocking connect(2): calling it once more gives the result, and leaves a refused socket ready for another try,
    /// as the blocking call does.
    CallAgain,
    /// CPython with a deadline: poll(2), then SO_ERROR.
    SocketError,
}

/// What came of trying.
pub(super) enum Tried {
    /// The call has ended.
    Ended(Outcome),
    /// Not yet.
    NotYet,
}

impl Op {
    /// The socket it is made on; for select() the first.
    pub(super) fn socks(&self) -> Vec<SocketId> {
        match self {
            Self::Accept { sock, .. }
            | Self::Connect { sock, .. }
            | Self::Send { sock, .. }
            | Self::Receive { sock, .. } => vec![*sock],
            Self::Select { read, write, except } => {
                let mut all: Vec<SocketId> = read.iter().chain(write).chain(except).copied().collect();
                all.sort_unstable();
                all.dedup();
                all
            }
        }
    }

    /// Bytes that it holds.
    pub(super) fn payload_len(&self) -> usize {
        match self {
            Self::Send { data, .. } => data.len(),
            _ => 0,
        }
    }

    /// What a deadline polls for before the call is made.
    pub(super) const fn wish(&self) -> Ready {
        match self {
            Self::Accept { .. } | Self::Receive { .. } | Self::Select { .. } => Ready::READ,
            Self::Connect { .. } | Self::Send { .. } => Ready::WRITE,
        }
    }

    /// The socket that accept() will make.
    pub(super) const fn reserves(&self) -> Option<SocketId> {
        match self {
            Self::Accept { new, .. } => Some(*new),
            _ => None,
        }
    }

    /// Grows when a try has done something without ending the call.
    pub(super) fn progress(&self) -> usize {
        match self {
            Self::Send { sent, .. } => *sent,
            Self::Receive { got: Some(got), .. } => got.len(),
            _ => 0,
        }
    }

    /// Its answer when its time is up and it would end with `outcome`.
    pub(super) fn given_up(&self, outcome: Outcome) -> Outcome {
        match self {
            // As the kernel: what was done is told, the rest was not done.
            Self::Send { sent, .. } if *sent > 0 => Outcome::Sent { n: *sent as u64 },
            Self::Receive { got: Some(got), .. } if !got.is_empty() => Outcome::Received {
                data: got.as_slice().into(),
                addr: None,
            },
            _ => outcome,
        }
    }

    /// Its answer when it is withdrawn. Bytes that MSG_WAITALL has taken out of the buffer are not lost.
    pub(super) fn withdrawn(&self) -> Outcome {
        match self {
            Self::Receive { .. } => self.given_up(Outcome::Cancelled),
            _ => Outcome::Cancelled,
        }
    }
}

/// A call's errno as what comes of it: EAGAIN means waiting.
fn not_yet_or(errno: i32) -> Tried {
    if errno == EAGAIN {
        Tried::NotYet
    } else {
        Tried::Ended(Outcome::errno(errno))
    }
}

impl Net {
    /// Tries a call.
    ///
    /// `polls`: as CPython does with a deadline, ask poll(2) first and make the call only when it says that something is
    /// there, even a hang-up. (So accept() on a connected socket runs into its deadline instead of an error.)
    pub(super) fn attempt(&mut self, op: &mut Op, polls: bool) -> Tried {
        if polls
            && !matches!(op, Op::Select { .. })
            && let Some(sock) = op.socks().first().and_then(|id| self.sock(*id))
            && sock.held_error.is_none()
            && self.kernel.ready(sock.body).asked(op.wish()).is_none()
        {
            return Tried::NotYet;
        }
        match op {
            Op::Accept { sock, new } => self.attempt_accept(*sock, *new),
            Op::Connect { sock, to, end } => self.attempt_connect(*sock, to, *end),
            Op::Send {
                sock,
                flags,
                data,
                to,
                sent,
                all,
            } => self.attempt_send(*sock, *flags, data, to.as_ref(), sent, *all),
            Op::Receive {
                sock,
                max,
                flags,
                from,
                got,
            } => self.attempt_receive(*sock, *max, *flags, *from, got),
            Op::Select { read, write, except } => self.attempt_select(read, write, except),
        }
    }

    fn attempt_accept(&mut self, sock: SocketId, new: SocketId) -> Tried {
        let full = self.room_for(1).err();
        let Some(listener) = self.sock(sock) else {
            return bad_descriptor();
        };
        let (host, family, kind, body) = (listener.host, listener.family, listener.kind, listener.body);
        if let Some(refusal) = full {
            // The connection stays in the queue, as when a process has no descriptors left.
            return match self.kernel.ready(body).meets(Ready::READ) {
                false => Tried::NotYet,
                true => Tried::Ended(refusal),
            };
        }
        let accepted = match body {
            Body::Tcp(id) => self
                .kernel
                .tcp_accept(id, new)
                .map(|(id, peer)| (Body::Tcp(id), address(family, peer))),
            Body::Unix(id) => self
                .kernel
                .unix_accept(id, new)
                .map(|(id, name)| (Body::Unix(id), unix_address(name))),
            Body::Udp(_) => Err(EOPNOTSUPP),
        };
        match accepted {
            Ok((body, addr)) => {
                self.add(Sock::new(new, host, family, kind, body));
                Tried::Ended(Outcome::Accepted { addr })
            }
            Err(errno) => not_yet_or(errno),
        }
    }

    /// connect(2) without blocking.
    pub(super) fn connect_now(&mut self, body: Body, to: &Target) -> Result<Connecting> {
        match (body, to) {
            (Body::Tcp(id), Target::Internet(to)) => self.kernel.tcp_connect(id, *to),
            (Body::Udp(id), Target::Internet(to)) => {
                self.kernel.udp_connect(id, *to).map(|()| Connecting::Done)
            }
            (Body::Unix(id), Target::Unix(name)) => {
                self.kernel.unix_connect(id, name).map(|()| Connecting::Done)
            }
            _ => Err(EINVAL),
        }
    }

    fn attempt_connect(&mut self, id: SocketId, to: &Target, end: ConnectEnd) -> Tried {
        let Some(sock) = self.sock(id) else {
            return bad_descriptor();
        };
        let body = sock.body;
        if end == ConnectEnd::SocketError {
            if self.kernel.ready(body).asked(Ready::WRITE).is_none() {
                return Tried::NotYet;
            }
            return Tried::Ended(match self.socket_error(id) {
                0 | EISCONN => Outcome::Done,
                errno => Outcome::errno(errno),
            });
        }
        match self.connect_now(body, to) {
            // Connected meanwhile, by this very call.
            Ok(Connecting::Done) | Err(EISCONN) => Tried::Ended(Outcome::Done),
            Ok(Connecting::Begun | Connecting::UnderWay) => Tried::NotYet,
            Err(errno) => not_yet_or(errno),
        }
    }

    fn attempt_send(
        &mut self,
        id: SocketId,
        flags: i32,
        data: &[u8],
        to: Option<&Target>,
        sent: &mut usize,
        all: bool,
    ) -> Tried {
        let now = self.kernel.now;
        let Some(sock) = self.sock_mut(id) else {
            return bad_descriptor();
        };
        if let Some(error) = sock.take_error() {
            return Tried::Ended(error);
        }
        let body = sock.body;
        loop {
            let rest = &data[(*sent).min(data.len())..];
            let result = match (body, to) {
                (Body::Tcp(id), _) => {
                    let result = self
                        .kernel
                        .tcb(id)
                        .ok_or(EBADF)
                        .and_then(|tcb| tcb.send(now, rest, flags));
                    self.kernel.after(id);
                    self.kernel.take_in_lo();
                    result
                }
                (Body::Udp(id), Some(Target::Internet(to))) => {
                    self.kernel.udp_send(id, rest, flags, Some(*to))
                }
                (Body::Udp(id), _) => self.kernel.udp_send(id, rest, flags, None),
                (Body::Unix(id), Some(Target::Unix(name))) => {
                    self.kernel.unix_send(id, rest, flags, Some(name))
                }
                (Body::Unix(id), _) => self.kernel.unix_send(id, rest, flags, None),
            };
            match result {
                Ok(n) => {
                    *sent += n;
                    if !all || *sent >= data.len() {
                        return Tried::Ended(Outcome::Sent { n: *sent as u64 });
                    }
                }
                Err(errno) if *sent > 0 && errno != EAGAIN => {
                    // As the kernel: a part was queued, so this call has worked; the next one gets the error.
                    if let Some(sock) = self.sock_mut(id) {
                        sock.held_error = Some(errno);
                    }
                    return Tried::Ended(Outcome::Sent { n: *sent as u64 });
                }
                Err(errno) => return not_yet_or(errno),
            }
        }
    }

    fn attempt_receive(
        &mut self,
        id: SocketId,
        max: usize,
        flags: i32,
        from: bool,
        got: &mut Option<Vec<u8>>,
    ) -> Tried {
        let Some(sock) = self.sock_mut(id) else {
            return bad_descriptor();
        };
        if !sock.is_stream()
            && let Some(error) = sock.take_error()
        {
            return Tried::Ended(error);
        }
        let (body, family, stream, blocks) =
            (sock.body, sock.family, sock.is_stream(), sock.timeout.is_none());
        let held = sock.held_error;
        let mut data = got.take().unwrap_or_default();
        let waits_for_all = flags & MSG_WAITALL != 0 && blocks && stream && flags & MSG_PEEK == 0;
        let before = data.len();
        let result = self.receive_now(body, family, max - before, flags);
        match result {
            Ok((bytes, _)) if bytes.is_empty() && stream && before == 0 && held.is_some() => {
                let error = self.sock_mut(id).and_then(Sock::take_error);
                Tried::Ended(error.unwrap_or(Outcome::Cancelled))
            }
            Ok((bytes, addr)) => {
                let more = !bytes.is_empty();
                data.extend(bytes);
                if waits_for_all && more && data.len() < max {
                    *got = Some(data);
                    return self.attempt_receive(id, max, flags, from, got);
                }
                Tried::Ended(Outcome::Received {
                    data: data.into(),
                    addr: addr.filter(|_| from && !stream),
                })
            }
            Err(errno) if before > 0 && errno != EAGAIN => {
                if let Some(sock) = self.sock_mut(id) {
                    sock.held_error = Some(errno);
                }
                Tried::Ended(Outcome::Received {
                    data: data.into(),
                    addr: None,
                })
            }
            Err(errno) => {
                if before > 0 {
                    *got = Some(data);
                }
                if flags & MSG_OOB != 0 {
                    return Tried::Ended(Outcome::errno(errno));
                }
                not_yet_or(errno)
            }
        }
    }

    fn receive_now(
        &mut self,
        body: Body,
        family: i32,
        max: usize,
        flags: i32,
    ) -> Result<(Vec<u8>, Option<Address>)> {
        let now = self.kernel.now;
        match body {
            Body::Tcp(id) => {
                let result = self
                    .kernel
                    .tcb(id)
                    .ok_or(EBADF)
                    .and_then(|tcb| tcb.receive(now, max, flags));
                self.kernel.after(id);
                self.kernel.take_in_lo();
                result.map(|bytes| (bytes, None))
            }
            Body::Udp(id) => {
                let udp = self.kernel.udp(id).ok_or(EBADF)?;
                udp.receive(max, flags)
                    .map(|(bytes, from)| (bytes, Some(address(family, from))))
            }
            Body::Unix(id) => self
                .kernel
                .unix_receive(id, max, flags)
                .map(|(bytes, from)| (bytes, from.map(|name| unix_address(Some(name))))),
        }
    }

    fn attempt_select(&self, read: &[SocketId], write: &[SocketId], except: &[SocketId]) -> Tried {
        let lists = [
            (read, Ready::READ.or(Ready::HANGUP).or(Ready::ERROR)),
            (write, Ready::WRITE.or(Ready::ERROR)),
            (except, Ready::URGENT),
        ];
        let mut ready = [Vec::new(), Vec::new(), Vec::new()];
        for (found, (list, means)) in ready.iter_mut().zip(lists) {
            for id in list {
                let Some(sock) = self.sock(*id) else {
                    return bad_descriptor();
                };
                if self.kernel.ready(sock.body).meets(means) {
                    found.push(*id);
                }
            }
        }
        let [read, write, except] = ready;
        if read.is_empty() && write.is_empty() && except.is_empty() {
            Tried::NotYet
        } else {
            Tried::Ended(Outcome::Ready { read, write, except })
        }
    }

    /// SO_ERROR, which the kernel forgets when asked.
    pub(super) fn socket_error(&mut self, id: SocketId) -> i32 {
        let Some(sock) = self.sock_mut(id) else {
            return EBADF;
        };
        if let Some(errno) = sock.held_error.take() {
            return errno;
        }
        let body = sock.body;
        let error = match body {
            Body::Tcp(id) => self.kernel.tcb(id).and_then(super::tcp::Tcb::take_err),
            Body::Udp(id) => self.kernel.udp(id).and_then(super::udp::Udp::take_err),
            Body::Unix(id) => {
                let unix = self.kernel.unix.iter_mut().find(|u| u.id == id);
                unix.and_then(super::unix::Unix::take_err)
            }
        };
        error.unwrap_or(0)
    }
}

/// An internet address as a socket of this family has it.
pub(super) fn address(family: i32, end: SocketAddr) -> Address {
    match end {
        SocketAddr::V4(four) if family == AF_INET6 => {
            let ip = if four.ip().is_unspecified() {
                std::net::Ipv6Addr::UNSPECIFIED
            } else {
                four.ip().to_ipv6_mapped()
            };
            Address::V6 {
                ip,
                port: four.port(),
                flow: 0,
                scope: 0,
            }
        }
        end => Address::from_std(end),
    }
}

pub(super) fn unix_address(name: Option<Vec<u8>>) -> Address {
    Address::Unix {
        path: name.unwrap_or_default().into(),
    }
}

fn bad_descriptor() -> Tried {
    Tried::Ended(Outcome::errno(EBADF))
}

/// Host numbers as indices.
pub(super) const fn place(host: HostId) -> u8 {
    host.0
}
