//! Calls that may have to wait: each is tried, and tried again when its socket is ready.

use super::sock::Sock;
use super::state::State;
use crate::linux;
use crate::net::place::kernel_error;
use crate::sys::{self, Errno, RawAddr, Ready};
use protocol::{Outcome, SocketId};

/// A call under way.
pub(super) enum Op {
    Accept {
        sock: SocketId,
        /// The connection's socket shall have this id.
        new: SocketId,
    },
    /// The kernel is connecting.
    Connect {
        sock: SocketId,
        raw: Box<RawAddr>,
        end: ConnectEnd,
    },
    Send {
        sock: SocketId,
        flags: i32,
        data: Vec<u8>,
        /// For sendto().
        to: Option<Box<RawAddr>>,
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

/// How the end of a connect() is learned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectEnd {
    /// A blocking connect(2): calling it once more gives the result, and leaves a refused socket ready for another try,
    /// as the blocking call does.
    CallAgain,
    /// CPython with a deadline: poll(2), then SO_ERROR.
    SocketError,
    /// AF_UNIX with a full backlog: nothing tells when there is room.
    Retry,
}

/// What came of trying.
pub(super) enum Tried {
    /// The call has ended.
    Ended(Outcome),
    /// Not yet: when the socket is ready as [`Op::wish`] says.
    NotYet,
    /// Not yet, and the kernel will not tell when.
    Later,
    /// Not before answers have been taken: the store is full.
    Paused,
}

impl Op {
    /// The sockets it waits on, the called one first.
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

    /// What it waits for on this socket.
    pub(super) fn wish(&self, id: SocketId) -> Ready {
        match self {
            Self::Accept { .. } | Self::Receive { .. } => Ready::READ,
            Self::Connect { .. } | Self::Send { .. } => Ready::WRITE,
            Self::Select { read, write, except } => [
                (read, Ready::READ),
                (write, Ready::WRITE),
                (except, Ready::URGENT),
            ]
            .into_iter()
            .filter(|(list, _)| list.contains(&id))
            .fold(Ready::NONE, |wish, (_, ready)| wish.or(ready)),
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

    /// Bytes that it holds.
    pub(super) fn payload_len(&self) -> usize {
        match self {
            Self::Send { data, .. } => data.len(),
            Self::Receive { got: Some(got), .. } => got.len(),
            _ => 0,
        }
    }

    /// The socket that accept() will make.
    pub(super) const fn reserves(&self) -> Option<SocketId> {
        match self {
            Self::Accept { new, .. } => Some(*new),
            _ => None,
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

impl State {
    /// Tries a call.
    ///
    /// `polls`: as CPython does with a deadline, ask poll(2) first and make the call only when it says that something is
    /// there, even a hang-up. (So accept() on a connected socket runs into its deadline instead of an error.)
    pub(super) fn attempt(&mut self, op: &mut Op, polls: bool) -> Tried {
        if polls
            && let Some(id) = op.socks().first()
            && let Some(sock) = self.socks.get(id)
            && sock.held_error.is_none()
            && sys::poll_now(&[(sock.fd(), op.wish(*id))])
                .is_ok_and(|ready| ready.iter().all(|r| r.is_none()))
        {
            return Tried::NotYet;
        }
        match op {
            Op::Accept { sock, new } => self.attempt_accept(*sock, *new),
            Op::Connect { sock, raw, end } => self.attempt_connect(*sock, raw, *end),
            Op::Send {
                sock,
                flags,
                data,
                to,
                sent,
                all,
            } => match self.socks.get_mut(sock) {
                Some(sock) => attempt_send(sock, *flags, data, to.as_deref(), sent, *all),
                None => bad_descriptor(),
            },
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
        let Some(listener) = self.socks.get(&sock) else {
            return bad_descriptor();
        };
        if let Some(refusal) = full {
            // The connection stays in the queue, as when a process has no descriptors left.
            let ready = sys::poll_now(&[(listener.fd(), Ready::READ)]);
            return match ready.as_deref() {
                Ok([ready]) if ready.is_none() => Tried::NotYet,
                _ => Tried::Ended(refusal),
            };
        }
        match sys::accept(listener.fd()) {
            Ok((fd, from)) => {
                let (host, family, kind) = (listener.host, listener.family, listener.kind);
                self.socks.insert(new, Sock::new(fd, new, host, family, kind));
                Tried::Ended(Outcome::Accepted {
                    addr: self.address(host, &from),
                })
            }
            Err(errno) => not_yet_or(errno),
        }
    }

    fn attempt_connect(&mut self, id: SocketId, raw: &RawAddr, end: ConnectEnd) -> Tried {
        let Some(sock) = self.socks.get_mut(&id) else {
            return bad_descriptor();
        };
        sock.names = None;
        let result = match end {
            ConnectEnd::SocketError => {
                match sys::poll_now(&[(sock.fd(), Ready::WRITE)]).as_deref() {
                    Ok([ready]) if ready.is_none() => return Tried::NotYet,
                    _ => {}
                }
                match socket_error(sock) {
                    Errno(0 | linux::EISCONN) => Ok(()),
                    errno => Err(errno),
                }
            }
            ConnectEnd::CallAgain | ConnectEnd::Retry => sys::connect(sock.fd(), raw),
        };
        match result {
            Ok(()) => Tried::Ended(Outcome::Done),
            // Connected meanwhile, by this very call.
            Err(Errno(linux::EISCONN)) if end == ConnectEnd::CallAgain => Tried::Ended(Outcome::Done),
            Err(Errno(linux::EALREADY | linux::EINPROGRESS)) if end == ConnectEnd::CallAgain => Tried::NotYet,
            Err(Errno(linux::EAGAIN)) if end == ConnectEnd::Retry => Tried::Later,
            Err(errno) => Tried::Ended(kernel_error(errno)),
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
        if !self.may_receive() {
            return Tried::Paused;
        }
        let Some(sock) = self.socks.get_mut(&id) else {
            return bad_descriptor();
        };
        // Datagrams: the kernel tells an error before it hands out data.
        if !sock.is_stream()
            && let Some(error) = sock.take_error()
        {
            return Tried::Ended(error);
        }
        let mut data = got.take().unwrap_or_default();
        let waits_for_all = flags & linux::MSG_WAITALL != 0 && sock.timeout.is_none();
        let room = buffer_for(sock, max - data.len());
        let before = data.len();
        let received = if from {
            sys::receive_from(sock.fd(), &mut data, room, flags)
        } else {
            sys::receive(sock.fd(), &mut data, room, flags).map(|n| (n, None))
        };
        match received {
            Ok((0, _)) if sock.is_stream() && before == 0 && sock.held_error.is_some() => {
                Tried::Ended(sock.take_error().unwrap_or(Outcome::Cancelled))
            }
            Ok((n, _)) if waits_for_all && sock.is_stream() && n > 0 && data.len() < max => {
                if flags & linux::MSG_PEEK != 0 {
                    return Tried::Later;
                }
                *got = Some(data);
                if self.budget.is_spent() {
                    return Tried::Later;
                }
                // There may be more already.
                self.attempt_receive(id, max, flags, from, got)
            }
            Ok((_, sender)) => {
                data.shrink_to(data.len().next_power_of_two().max(64));
                let host = sock.host;
                let addr = sender.map(|raw| self.address(host, &raw));
                Tried::Ended(Outcome::Received {
                    data: data.into(),
                    addr,
                })
            }
            Err(errno) if before > 0 && !errno.would_block() => {
                sock.held_error = Some(errno.0);
                Tried::Ended(Outcome::Received {
                    data: data.into(),
                    addr: None,
                })
            }
            Err(errno) => {
                if before > 0 {
                    *got = Some(data);
                }
                match errno {
                    Errno(linux::EAGAIN) if flags & linux::MSG_OOB != 0 => {
                        Tried::Ended(Outcome::errno(linux::EAGAIN))
                    }
                    errno => not_yet_or(errno),
                }
            }
        }
    }

    fn attempt_select(&self, read: &[SocketId], write: &[SocketId], except: &[SocketId]) -> Tried {
        let lists = [
            (read, Ready::READ, Ready::READ.or(Ready::HANGUP).or(Ready::ERROR)),
            (write, Ready::WRITE, Ready::WRITE.or(Ready::ERROR)),
            (except, Ready::URGENT, Ready::URGENT),
        ];
        let mut ready = [Vec::new(), Vec::new(), Vec::new()];
        for (found, (list, wish, means)) in ready.iter_mut().zip(lists) {
            let mut asked = Vec::with_capacity(list.len());
            for id in list {
                match self.socks.get(id) {
                    Some(sock) => asked.push((sock.fd(), wish)),
                    None => return bad_descriptor(),
                }
            }
            match sys::poll_now(&asked) {
                Ok(told) => found.extend(
                    list.iter()
                        .zip(told)
                        .filter(|(_, r)| r.meets(means))
                        .map(|(id, _)| *id),
                ),
                Err(errno) => return Tried::Ended(kernel_error(errno)),
            }
        }
        let [read, write, except] = ready;
        if read.is_empty() && write.is_empty() && except.is_empty() {
            Tried::NotYet
        } else {
            Tried::Ended(Outcome::Ready { read, write, except })
        }
    }
}

fn attempt_send(
    sock: &mut Sock,
    flags: i32,
    data: &[u8],
    to: Option<&RawAddr>,
    sent: &mut usize,
    all: bool,
) -> Tried {
    if let Some(error) = sock.take_error() {
        return Tried::Ended(error);
    }
    // The kernel may give the socket a name now.
    if matches!(sock.names, Some((None, _))) || !sock.is_stream() {
        sock.names = None;
    }
    loop {
        let rest = &data[(*sent).min(data.len())..];
        let result = match to {
            Some(to) => sys::send_to(sock.fd(), rest, flags, to),
            None => sys::send(sock.fd(), rest, flags),
        };
        match result {
            Ok(n) => {
                *sent += n;
                if !all || *sent >= data.len() {
                    return Tried::Ended(Outcome::Sent { n: *sent as u64 });
                }
            }
            Err(errno) if *sent > 0 && !errno.would_block() => {
                // As the kernel: a part was queued, so this call has worked; the next one gets the error.
                sock.held_error = Some(errno.0);
                return Tried::Ended(Outcome::Sent { n: *sent as u64 });
            }
            Err(Errno(linux::EAGAIN)) if !sock.is_stream() && sock.family == linux::AF_UNIX => {
                return Tried::Later;
            }
            Err(errno) => return not_yet_or(errno),
        }
    }
}

/// SO_ERROR, which the kernel forgets when asked.
pub(super) fn socket_error(sock: &mut Sock) -> Errno {
    if let Some(errno) = sock.held_error.take() {
        return Errno(errno);
    }
    match sys::get_option(sock.fd(), linux::SOL_SOCKET, linux::SO_ERROR, 4) {
        Ok(bytes) => Errno(bytes.first_chunk::<4>().map_or(0, |b| i32::from_ne_bytes(*b))),
        Err(errno) => errno,
    }
}

/// Room to receive into: not a megabyte for every small read.
fn buffer_for(sock: &Sock, max: usize) -> usize {
    const SMALL: usize = 64 << 10;
    if max <= SMALL {
        return max;
    }
    let there = sys::bytes_to_read(sock.fd()).unwrap_or(0) as usize;
    max.min(there.max(SMALL))
}

fn not_yet_or(errno: Errno) -> Tried {
    match errno {
        errno if errno.would_block() => Tried::NotYet,
        errno => Tried::Ended(kernel_error(errno)),
    }
}

fn bad_descriptor() -> Tried {
    Tried::Ended(Outcome::errno(linux::EBADF))
}
