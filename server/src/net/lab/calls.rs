//! What each call means.
//!
//! The order of checks is the kernel's where the kernel is asked, and CPython's where CPython does something itself.

use super::op::{ConnectEnd, Op, socket_error};
use super::sock::Sock;
use super::state::{Begun, Deadline, State};
use crate::linux;
use crate::net::place::kernel_error;
use crate::sys::{self, Errno};
use engine::net::checks::{allowed, check_flags, duration, internet, timeval};
use engine::net::names::Question;
use engine::net::options::{self, Right};
use protocol::{Call, HostId, OptionValue, Outcome, SocketId, bounds};
use std::time::Duration;

/// The longest socket option, bytes: CPython's own limit for getsockopt().
const OPTION: usize = 1024;
/// The longest list of select().
const SELECT: usize = 1024;

type Ended = Result<Outcome, Outcome>;

/// A call that gives nothing back.
fn done(result: Result<(), i32>) -> Outcome {
    result.map_or_else(Outcome::errno, |()| Outcome::Done)
}

/// One outcome, whichever it is.
fn either(ended: Ended) -> Begun {
    Begun::Ended(ended.unwrap_or_else(|failed| failed))
}

impl State {
    /// Does what can be done at once.
    pub(super) fn begin(&mut self, on: HostId, call: Call) -> Begun {
        match call {
            Call::Socket {
                sock,
                family,
                kind,
                proto,
            } => either(self.socket(on, sock, family, kind, proto)),
            Call::SocketPair {
                first,
                second,
                family,
                kind,
                proto,
            } => either(self.socket_pair(on, [first, second], family, kind, proto)),
            Call::Bind { sock, addr } => either(self.bind(sock, &addr)),
            Call::Listen { sock, backlog } => either(self.listen(sock, backlog)),
            Call::Accept { sock, new } => self.accept(sock, new).unwrap_or_else(Begun::Ended),
            Call::Connect { sock, addr } => self.connect(sock, &addr).unwrap_or_else(Begun::Ended),
            Call::Send { sock, flags, data } => {
                self.send(sock, flags, data.0, None).unwrap_or_else(Begun::Ended)
            }
            Call::SendTo {
                sock,
                flags,
                data,
                addr,
            } => self
                .send(sock, flags, data.0, Some(&addr))
                .unwrap_or_else(Begun::Ended),
            Call::Recv { sock, max, flags } => {
                self.receive(sock, max, flags, false).unwrap_or_else(Begun::Ended)
            }
            Call::RecvFrom { sock, max, flags } => {
                self.receive(sock, max, flags, true).unwrap_or_else(Begun::Ended)
            }
            Call::SetTimeout { sock, timeout } => either(self.set_timeout(sock, timeout)),
            Call::SetSockOpt {
                sock,
                level,
                name,
                value,
            } => either(self.set_option(sock, level, name, &value)),
            Call::GetSockOpt {
                sock,
                level,
                name,
                len,
            } => either(self.get_option(sock, level, name, len)),
            Call::Shutdown { sock, how } => either(self.shutdown(sock, how)),
            Call::Close { sock } => either(self.close_sock(sock)),
            Call::GetSockName { sock } => either(self.name(sock, sys::local_name)),
            Call::GetPeerName { sock } => either(self.name(sock, sys::peer_name)),
            Call::Select {
                read,
                write,
                except,
                timeout,
            } => self
                .select(read, write, except, timeout)
                .unwrap_or_else(Begun::Ended),
            Call::GetAddrInfo {
                host,
                service,
                family,
                kind,
                proto,
                flags,
            } => {
                let question = Question {
                    host: host.as_deref(),
                    service: service.as_deref(),
                    family,
                    kind,
                    proto,
                    flags,
                };
                Begun::Ended(match self.names.get_addr_info(question) {
                    Ok(list) => Outcome::AddrInfo { list },
                    Err(code) => Outcome::Unresolved { code },
                })
            }
            Call::GetHostByName { name } => {
                Begun::Ended(host(self.names.host_by_name(&name).map(|ip| ip.to_string())))
            }
            Call::GetNameOf { ip } => Begun::Ended(host(self.names.name_of(ip).map(str::to_owned))),
            Call::GetHostName => Begun::Ended(host(Ok(self.names.hostname(on).to_owned()))),
            Call::Stat { path } => {
                let names = self.unix.get(usize::from(on.0));
                Begun::Ended(done(
                    names.map_or(Err(linux::ENOENT), |names| names.stat(&path.0)),
                ))
            }
            Call::Unlink { path } => {
                let names = self.unix.get_mut(usize::from(on.0));
                Begun::Ended(done(
                    names.map_or(Err(linux::ENOENT), |names| names.unlink(&path.0)),
                ))
            }
        }
    }

    /// An open socket of the lab; any other id is a descriptor that is not there.
    fn open(&mut self, id: SocketId) -> Result<&mut Sock, Outcome> {
        self.socks
            .get_mut(&id)
            .filter(|sock| sock.open)
            .ok_or(Outcome::errno(linux::EBADF))
    }

    /// May the lab have so many sockets more?
    pub(super) fn room_for(&self, more: usize) -> Result<(), Outcome> {
        if self.socks.len() + more <= bounds::SOCKETS_PER_LAB {
            return Ok(());
        }
        Err(Outcome::Failed {
            errno: linux::EMFILE,
            why: Some(format!(
                "A lab may have {} sockets open at once. Close some, or reset the lab.",
                bounds::SOCKETS_PER_LAB
            )),
        })
    }

    /// Is this id free for a new socket?
    fn check_new(&self, id: SocketId) -> Result<(), Outcome> {
        let reserved = self.waiting.values().any(|w| w.op.reserves() == Some(id));
        if reserved || self.socks.contains_key(&id) {
            return Err(Outcome::Failed {
                errno: linux::EINVAL,
                why: Some(format!("The page has used the socket number {} before.", id.0)),
            });
        }
        Ok(())
    }

    fn socket(&mut self, on: HostId, id: SocketId, family: i32, kind: i32, proto: i32) -> Ended {
        self.check_new(id)?;
        self.room_for(1)?;
        let (kind, nonblocking) = allowed(family, kind, proto)?;
        let fd = self.place.socket(on, family, kind, proto)?;
        let mut sock = Sock::new(fd, id, on, family, kind);
        sock.timeout = nonblocking.then_some(Duration::ZERO);
        self.socks.insert(id, sock);
        Ok(Outcome::Done)
    }

    fn socket_pair(&mut self, on: HostId, ids: [SocketId; 2], family: i32, kind: i32, proto: i32) -> Ended {
        ids.iter().try_for_each(|id| self.check_new(*id))?;
        if ids[0] == ids[1] {
            return Err(Outcome::errno(linux::EINVAL));
        }
        self.room_for(2)?;
        let (kind, nonblocking) = allowed(family, kind, proto)?;
        let (first, second) = self.place.pair(on, family, kind, proto)?;
        for (id, fd) in ids.into_iter().zip([first, second]) {
            let mut sock = Sock::new(fd, id, on, family, kind);
            sock.timeout = nonblocking.then_some(Duration::ZERO);
            self.socks.insert(id, sock);
        }
        Ok(Outcome::Done)
    }

    fn bind(&mut self, id: SocketId, address: &protocol::Address) -> Ended {
        let sock = self.open(id)?;
        let (family, kind, host) = (sock.family, sock.kind, usize::from(sock.host.0));
        if family == linux::AF_UNIX {
            let protocol::Address::Unix { path } = address else {
                return Err(Outcome::errno(linux::EINVAL));
            };
            let names = self.unix.get(host).ok_or(Outcome::errno(linux::ENOENT))?;
            let binding = names.to_bind(&path.0, kind, id).map_err(Outcome::errno)?;
            let sock = self.open(id)?;
            sys::bind(sock.fd(), &binding.raw).map_err(kernel_error)?;
            sock.names = None;
            if let Some(names) = self.unix.get_mut(host) {
                names.bound(binding);
            }
            return Ok(Outcome::Done);
        }
        let raw = self.place.to_bind(internet(&self.names, family, address)?)?;
        let sock = self.open(id)?;
        sock.names = None;
        sys::bind(sock.fd(), &raw).map_err(kernel_error)?;
        Ok(Outcome::Done)
    }

    fn listen(&mut self, id: SocketId, backlog: i32) -> Ended {
        let sock = self.open(id)?;
        if sock.family != linux::AF_UNIX {
            let local = sys::local_name(sock.fd()).ok().and_then(sys::RawAddr::to_std);
            self.place.may_listen(local)?;
        }
        let sock = self.open(id)?;
        // CPython makes a negative backlog 0.
        sys::listen(sock.fd(), backlog.max(0)).map_err(kernel_error)?;
        sock.listening = true;
        sock.names = None;
        Ok(Outcome::Done)
    }

    fn accept(&mut self, id: SocketId, new: SocketId) -> Result<Begun, Outcome> {
        self.check_new(new)?;
        let deadline = receive_deadline(self.open(id)?, 0);
        Ok(Begun::Wait(Op::Accept { sock: id, new }, deadline))
    }

    fn connect(&mut self, id: SocketId, address: &protocol::Address) -> Result<Begun, Outcome> {
        self.open(id)?;
        let raw = match self.socks.get(&id) {
            Some(sock) => self.reach(sock, address)?,
            None => return Err(Outcome::errno(linux::EBADF)),
        };
        let sock = self.open(id)?;
        sock.names = None;
        sock.connects_to = raw.to_std();
        let (timeout, send_timeout) = (sock.timeout, sock.send_timeout);
        let (end, deadline) = match (sys::connect(sock.fd(), &raw), timeout) {
            (Ok(()), _) => return Ok(Begun::Ended(Outcome::Done)),
            (Err(Errno(linux::EINPROGRESS | linux::EALREADY)), None) => {
                let late = Outcome::errno(linux::EINPROGRESS);
                let deadline = send_timeout.map_or(Deadline::Never, |t| Deadline::After(t, late));
                let end = match sys::CONNECTS_AGAIN {
                    true => ConnectEnd::CallAgain,
                    false => ConnectEnd::SocketError,
                };
                (end, deadline)
            }
            (Err(Errno(linux::EINPROGRESS)), Some(t)) if !t.is_zero() => {
                (ConnectEnd::SocketError, Deadline::After(t, Outcome::TimedOut))
            }
            (Err(Errno(linux::EAGAIN)), None) => (ConnectEnd::Retry, Deadline::Never),
            (Err(errno), _) => return Err(kernel_error(errno)),
        };
        Ok(Begun::Wait(
            Op::Connect {
                sock: id,
                raw: Box::new(raw),
                end,
            },
            deadline,
        ))
    }

    fn send(
        &mut self,
        id: SocketId,
        flags: i32,
        data: Vec<u8>,
        to: Option<&protocol::Address>,
    ) -> Result<Begun, Outcome> {
        self.open(id)?;
        check_flags(flags, options::SEND_FLAGS)?;
        if data.len() > bounds::SEND {
            return Err(Outcome::Failed {
                errno: linux::EMSGSIZE,
                why: Some(format!(
                    "One send() takes at most {} bytes over the bridge.",
                    bounds::SEND
                )),
            });
        }
        let to = match (to, self.socks.get(&id)) {
            (Some(address), Some(sock)) => Some(Box::new(self.reach(sock, address)?)),
            _ => None,
        };
        let sock = self.open(id)?;
        let again = Outcome::errno(linux::EAGAIN);
        let deadline = match sock.timeout {
            Some(t) if t.is_zero() => Deadline::Now(again),
            Some(t) => Deadline::After(t, Outcome::TimedOut),
            None if flags & linux::MSG_DONTWAIT != 0 => Deadline::Now(again),
            None => sock
                .send_timeout
                .map_or(Deadline::Never, |t| Deadline::After(t, again)),
        };
        let all = sock.is_stream() && sock.timeout.is_none() && flags & linux::MSG_DONTWAIT == 0;
        let op = Op::Send {
            sock: id,
            flags,
            data,
            to,
            sent: 0,
            all,
        };
        Ok(Begun::Wait(op, deadline))
    }

    fn receive(&mut self, id: SocketId, max: u64, flags: i32, from: bool) -> Result<Begun, Outcome> {
        let sock = self.open(id)?;
        check_flags(flags, options::RECEIVE_FLAGS)?;
        if max == 0 && !from {
            // CPython does not ask the kernel for nothing.
            return Ok(Begun::Ended(Outcome::Received {
                data: Vec::new().into(),
                addr: None,
            }));
        }
        let deadline = receive_deadline(sock, flags);
        let op = Op::Receive {
            sock: id,
            max: usize::try_from(max.min(bounds::RECV)).unwrap_or(usize::MAX),
            flags,
            from,
            got: None,
        };
        Ok(Begun::Wait(op, deadline))
    }

    fn select(
        &mut self,
        read: Vec<SocketId>,
        write: Vec<SocketId>,
        except: Vec<SocketId>,
        timeout: Option<f64>,
    ) -> Result<Begun, Outcome> {
        if read.len() > SELECT || write.len() > SELECT || except.len() > SELECT {
            return Err(Outcome::errno(linux::EINVAL));
        }
        for id in read.iter().chain(&write).chain(&except) {
            self.open(*id)?;
        }
        let nothing = Outcome::Ready {
            read: Vec::new(),
            write: Vec::new(),
            except: Vec::new(),
        };
        let deadline = match timeout.map(duration).transpose()? {
            None => Deadline::Never,
            Some(t) if t.is_zero() => Deadline::Now(nothing),
            Some(t) => Deadline::After(t, nothing),
        };
        Ok(Begun::Wait(Op::Select { read, write, except }, deadline))
    }

    fn set_timeout(&mut self, id: SocketId, timeout: Option<f64>) -> Ended {
        let timeout = timeout.map(duration).transpose()?;
        self.open(id)?.timeout = timeout;
        Ok(Outcome::Done)
    }

    fn set_option(&mut self, id: SocketId, level: i32, name: i32, value: &OptionValue) -> Ended {
        let private = self.place.is_private();
        let sock = self.open(id)?;
        match options::right(level, name) {
            Right::Both => {}
            Right::Forbidden => return Err(Outcome::errno(linux::EPERM)),
            Right::Read | Right::Unknown => return Err(Outcome::errno(linux::ENOPROTOOPT)),
        }
        if !private && options::needs_private_network(level, name, sock.is_stream()) {
            return Err(Outcome::Failed {
                errno: linux::EPERM,
                why: Some("This option needs a network of the lab's own, and labs share the machine's loopback here.".to_owned()),
            });
        }
        let bytes = match value {
            OptionValue::Int(n) => n.to_ne_bytes().to_vec(),
            OptionValue::Bytes(bytes) if bytes.len() > OPTION => return Err(Outcome::errno(linux::EINVAL)),
            OptionValue::Bytes(bytes) => bytes.0.clone(),
        };
        sys::set_option(sock.fd(), level, name, &bytes).map_err(kernel_error)?;
        // These three are the kernel's business only for sockets that block; ours never do.
        match (level, name) {
            (linux::SOL_SOCKET, linux::SO_RCVTIMEO) => sock.receive_timeout = timeval(&bytes),
            (linux::SOL_SOCKET, linux::SO_SNDTIMEO) => sock.send_timeout = timeval(&bytes),
            (linux::SOL_SOCKET, linux::SO_LINGER) => {
                let word = |at: usize| {
                    bytes
                        .get(at..at + 4)
                        .is_some_and(|word| word.iter().any(|b| *b != 0))
                };
                sock.lingers = word(0) && word(4);
            }
            _ => {}
        }
        Ok(Outcome::Done)
    }

    fn get_option(&mut self, id: SocketId, level: i32, name: i32, len: Option<u32>) -> Ended {
        let sock = self.open(id)?;
        match options::right(level, name) {
            Right::Both | Right::Read => {}
            Right::Forbidden | Right::Unknown => return Err(Outcome::errno(linux::ENOPROTOOPT)),
        }
        let bytes = if (level, name) == (linux::SOL_SOCKET, linux::SO_ERROR) {
            socket_error(sock).0.to_ne_bytes().to_vec()
        } else {
            let len = len.map_or(4, |n| n as usize).min(OPTION);
            sys::get_option(sock.fd(), level, name, len).map_err(kernel_error)?
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

    fn shutdown(&mut self, id: SocketId, how: i32) -> Ended {
        let sock = self.open(id)?;
        sys::shutdown(sock.fd(), how).map_err(kernel_error)?;
        Ok(Outcome::Done)
    }

    fn close_sock(&mut self, id: SocketId) -> Ended {
        self.open(id)?.open = false;
        self.bury_if_done(id);
        Ok(Outcome::Done)
    }

    fn name(&mut self, id: SocketId, ask: fn(sys::BorrowedFd<'_>) -> sys::Result<sys::RawAddr>) -> Ended {
        let sock = self.open(id)?;
        let (host, raw) = (sock.host, ask(sock.fd()).map_err(kernel_error)?);
        Ok(Outcome::Name {
            addr: self.address(host, &raw),
        })
    }
}

fn receive_deadline(sock: &Sock, flags: i32) -> Deadline {
    let again = Outcome::errno(linux::EAGAIN);
    match sock.timeout {
        Some(t) if t.is_zero() => Deadline::Now(again),
        Some(t) => Deadline::After(t, Outcome::TimedOut),
        None if flags & linux::MSG_DONTWAIT != 0 => Deadline::Now(again),
        None => sock
            .receive_timeout
            .map_or(Deadline::Never, |t| Deadline::After(t, again)),
    }
}

fn host(found: Result<String, i32>) -> Outcome {
    match found {
        Ok(name) => Outcome::Host { name },
        Err(code) => Outcome::Unresolved { code },
    }
}
