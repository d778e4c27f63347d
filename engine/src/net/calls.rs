//! What each call means. The order of checks is the kernel's where the kernel is asked, and CPython's where CPython does
//! something itself.

use super::abi::*;
use super::checks::{allowed, check_flags, duration, internet};
use super::kernel::Body;
use super::listen::Connecting;
use super::names::Question;
use super::op::{ConnectEnd, Op, Target, address, place, unix_address};
use super::options;
use super::sock::Sock;
use super::{Net, refused};
use protocol::{Address, Call, HostId, Outcome, SocketId, bounds};
use std::net::SocketAddr;

/// The longest list of select().
const SELECT: usize = 1024;

/// What becomes of a call at first.
pub(super) enum Begun {
    /// It has ended.
    Ended(Outcome),
    /// It may have to wait.
    Wait(Op, Deadline),
}

/// How long a call may wait.
pub(super) enum Deadline {
    /// For ever.
    Never,
    /// Not at all: then it ends so.
    Now(Outcome),
    /// So many nanoseconds: then it ends so.
    After(u64, Outcome),
}

pub(super) type Ended = std::result::Result<Outcome, Outcome>;
type Beginning = std::result::Result<Begun, Outcome>;

pub(super) fn failed(errno: i32) -> Outcome {
    Outcome::errno(errno)
}

pub(super) fn nanos(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// One outcome, whichever it is.
fn either(ended: Ended) -> Beginning {
    ended.map(Begun::Ended)
}

fn done(result: Result<()>) -> Beginning {
    either(result.map(|()| Outcome::Done).map_err(failed))
}

fn host(found: std::result::Result<String, i32>) -> Beginning {
    either(match found {
        Ok(name) => Ok(Outcome::Host { name }),
        Err(code) => Err(Outcome::Unresolved { code }),
    })
}

impl Net {
    /// Does what can be done at once.
    pub(super) fn begin(&mut self, on: HostId, call: Call) -> Begun {
        if usize::from(on.0) >= self.kernel.hosts.len() {
            return Begun::Ended(refused(
                EHOSTUNREACH,
                format!("This lab has no host number {}.", on.0),
            ));
        }
        self.begin_on(on, call).unwrap_or_else(Begun::Ended)
    }

    fn begin_on(&mut self, on: HostId, call: Call) -> Beginning {
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
            Call::Listen { sock, backlog } => {
                let body = self.open(sock)?.body;
                done(match body {
                    Body::Tcp(id) => self.kernel.tcp_listen(id, backlog),
                    Body::Udp(_) => Err(EOPNOTSUPP),
                    Body::Unix(id) => self.kernel.unix_listen(id, backlog),
                })
            }
            Call::Accept { sock, new } => {
                self.check_new(new)?;
                let deadline = receive_deadline(self.open(sock)?, 0);
                Ok(Begun::Wait(Op::Accept { sock, new }, deadline))
            }
            Call::Connect { sock, addr } => self.connect(sock, &addr),
            Call::Send { sock, flags, data } => self.send(sock, flags, data.0, None),
            Call::SendTo {
                sock,
                flags,
                data,
                addr,
            } => self.send(sock, flags, data.0, Some(&addr)),
            Call::Recv { sock, max, flags } => self.receive(sock, max, flags, false),
            Call::RecvFrom { sock, max, flags } => self.receive(sock, max, flags, true),
            Call::SetTimeout { sock, timeout } => {
                let timeout = timeout.map(duration).transpose()?;
                self.open(sock)?.timeout = timeout.map(nanos);
                Ok(Begun::Ended(Outcome::Done))
            }
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
            Call::Shutdown { sock, how } => {
                let body = self.open(sock)?.body;
                done(match body {
                    Body::Tcp(id) => self.kernel.tcp_shutdown(id, how),
                    Body::Udp(id) => self.kernel.udp_shutdown(id, how),
                    Body::Unix(id) => self.kernel.unix_shutdown(id, how),
                })
            }
            Call::Close { sock } => {
                self.open(sock)?.open = false;
                self.bury_if_done(sock);
                Ok(Begun::Ended(Outcome::Done))
            }
            Call::GetSockName { sock } => {
                let (family, body) = self.open(sock).map(|s| (s.family, s.body))?;
                either(Ok(Outcome::Name {
                    addr: self.local_name(family, body),
                }))
            }
            Call::GetPeerName { sock } => {
                let (family, body) = self.open(sock).map(|s| (s.family, s.body))?;
                let addr = self.peer_name(family, body).ok_or(failed(ENOTCONN))?;
                either(Ok(Outcome::Name { addr }))
            }
            Call::Select {
                read,
                write,
                except,
                timeout,
            } => self.select(read, write, except, timeout),
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
                either(match self.names.get_addr_info(question) {
                    Ok(list) => Ok(Outcome::AddrInfo { list }),
                    Err(code) => Err(Outcome::Unresolved { code }),
                })
            }
            Call::GetHostByName { name } => host(self.names.host_by_name(&name).map(|ip| ip.to_string())),
            Call::GetNameOf { ip } => host(self.names.name_of(ip).map(str::to_owned)),
            Call::GetHostName => host(Ok(self.names.hostname(on).to_owned())),
            Call::Stat { path } => done(self.kernel.unix_stat(place(on), &path.0)),
            Call::Unlink { path } => done(self.kernel.unix_unlink(place(on), &path.0)),
        }
    }

    /// An open socket of the lab; any other id is a descriptor that is not there.
    pub(super) fn open(&mut self, id: SocketId) -> std::result::Result<&mut Sock, Outcome> {
        self.sock_mut(id).filter(|sock| sock.open).ok_or(failed(EBADF))
    }

    /// May the lab have so many sockets more?
    pub(super) fn room_for(&self, more: usize) -> std::result::Result<(), Outcome> {
        if self.socks.len() + more <= bounds::SOCKETS_PER_LAB {
            return Ok(());
        }
        let most = bounds::SOCKETS_PER_LAB;
        let why = format!("A lab may have {most} sockets open at once. Close some, or reset the lab.");
        Err(refused(EMFILE, why))
    }

    /// Is this id free for a new socket?
    fn check_new(&self, id: SocketId) -> std::result::Result<(), Outcome> {
        let reserved = self.waiting.iter().any(|w| w.op.reserves() == Some(id));
        if reserved || self.sock(id).is_some() {
            let why = format!("The page has used the socket number {} before.", id.0);
            return Err(refused(EINVAL, why));
        }
        Ok(())
    }

    fn socket(&mut self, on: HostId, id: SocketId, family: i32, kind: i32, proto: i32) -> Ended {
        self.check_new(id)?;
        self.room_for(1)?;
        let (kind, nonblocking) = allowed(family, kind, proto)?;
        let (six, host) = (family == AF_INET6, place(on));
        if family == AF_UNIX && proto != 0 && proto != AF_UNIX {
            return Err(failed(EPROTONOSUPPORT));
        }
        let body = match (family, kind) {
            (AF_UNIX, kind) => Body::Unix(self.kernel.unix_socket(host, kind == SOCK_STREAM, Some(id))),
            (_, SOCK_STREAM) => Body::Tcp(self.kernel.tcp_socket(host, six, id)),
            _ => Body::Udp(self.kernel.udp_socket(host, six)),
        };
        let mut sock = Sock::new(id, on, family, kind, body);
        sock.timeout = nonblocking.then_some(0);
        self.add(sock);
        Ok(Outcome::Done)
    }

    fn socket_pair(&mut self, on: HostId, ids: [SocketId; 2], family: i32, kind: i32, proto: i32) -> Ended {
        ids.iter().try_for_each(|id| self.check_new(*id))?;
        if ids[0] == ids[1] {
            return Err(failed(EINVAL));
        }
        self.room_for(2)?;
        let (kind, nonblocking) = allowed(family, kind, proto)?;
        if family != AF_UNIX {
            return Err(failed(EOPNOTSUPP));
        }
        let bodies = self.kernel.unix_pair(place(on), kind == SOCK_STREAM, ids);
        for (id, body) in ids.into_iter().zip(bodies) {
            let mut sock = Sock::new(id, on, family, kind, Body::Unix(body));
            sock.timeout = nonblocking.then_some(0);
            self.add(sock);
        }
        Ok(Outcome::Done)
    }

    fn bind(&mut self, id: SocketId, wanted: &Address) -> Ended {
        let sock = self.open(id)?;
        let (family, body) = (sock.family, sock.body);
        if let Body::Unix(id) = body {
            let Address::Unix { path } = wanted else {
                return Err(failed(EINVAL));
            };
            self.kernel.unix_bind(id, &path.0).map_err(failed)?;
            return Ok(Outcome::Done);
        }
        let wanted = internet(&self.names, family, wanted)?;
        match body {
            Body::Tcp(id) => self.kernel.tcp_bind(id, wanted),
            Body::Udp(id) | Body::Unix(id) => self.kernel.udp_bind(id, wanted),
        }
        .map_err(failed)?;
        Ok(Outcome::Done)
    }

    /// The address that connect(2) or sendto(2) gets.
    fn reach(&self, family: i32, address: &Address) -> std::result::Result<Target, Outcome> {
        if family != AF_UNIX {
            return internet(&self.names, family, address).map(Target::Internet);
        }
        match address {
            Address::Unix { path } => Ok(Target::Unix(path.0.clone())),
            _ => Err(failed(EINVAL)),
        }
    }

    fn connect(&mut self, id: SocketId, address: &Address) -> Beginning {
        let sock = self.open(id)?;
        let (family, body, timeout, send_timeout) = (sock.family, sock.body, sock.timeout, sock.send_timeout);
        let to = self.reach(family, address)?;
        let unix = family == AF_UNIX;
        let (end, deadline) = match (self.connect_now(body, &to), timeout) {
            (Ok(Connecting::Done), _) => return Ok(Begun::Ended(Outcome::Done)),
            (Ok(_), None) => {
                let late = failed(EINPROGRESS);
                let deadline = send_timeout.map_or(Deadline::Never, |t| Deadline::After(t, late));
                (ConnectEnd::CallAgain, deadline)
            }
            (Ok(Connecting::Begun), Some(t)) if t > 0 => {
                (ConnectEnd::SocketError, Deadline::After(t, Outcome::TimedOut))
            }
            (Ok(Connecting::Begun), _) => return Err(failed(EINPROGRESS)),
            (Ok(Connecting::UnderWay), _) => return Err(failed(EALREADY)),
            (Err(EAGAIN), None) if unix => (ConnectEnd::CallAgain, Deadline::Never),
            (Err(errno), _) => return Err(failed(errno)),
        };
        Ok(Begun::Wait(Op::Connect { sock: id, to, end }, deadline))
    }

    fn send(&mut self, id: SocketId, flags: i32, data: Vec<u8>, to: Option<&Address>) -> Beginning {
        let sock = self.open(id)?;
        check_flags(flags, options::SEND_FLAGS)?;
        if data.len() > bounds::SEND {
            let most = bounds::SEND;
            return Err(refused(
                EMSGSIZE,
                format!("One send() takes at most {most} bytes over the bridge."),
            ));
        }
        let again = failed(EAGAIN);
        let deadline = match sock.timeout {
            Some(0) => Deadline::Now(again),
            Some(t) => Deadline::After(t, Outcome::TimedOut),
            None if flags & MSG_DONTWAIT != 0 => Deadline::Now(again),
            None => sock
                .send_timeout
                .map_or(Deadline::Never, |t| Deadline::After(t, again)),
        };
        let all = sock.is_stream() && sock.timeout.is_none() && flags & MSG_DONTWAIT == 0;
        let family = sock.family;
        let to = to.map(|address| self.reach(family, address)).transpose()?;
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

    fn receive(&mut self, id: SocketId, max: u64, flags: i32, from: bool) -> Beginning {
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
    ) -> Beginning {
        if read.len() > SELECT || write.len() > SELECT || except.len() > SELECT {
            return Err(failed(EINVAL));
        }
        for id in read.iter().chain(&write).chain(&except) {
            self.open(*id)?;
        }
        let nothing = Outcome::Ready {
            read: Vec::new(),
            write: Vec::new(),
            except: Vec::new(),
        };
        let deadline = match timeout.map(duration).transpose()?.map(nanos) {
            None => Deadline::Never,
            Some(0) => Deadline::Now(nothing),
            Some(t) => Deadline::After(t, nothing),
        };
        Ok(Begun::Wait(Op::Select { read, write, except }, deadline))
    }

    pub(super) fn local_end(&self, body: Body) -> Option<SocketAddr> {
        match body {
            Body::Tcp(id) => self.kernel.tcbs.iter().find(|t| t.id == id).map(|t| t.local),
            Body::Udp(id) => self.kernel.udps.iter().find(|u| u.id == id).map(|u| u.local),
            Body::Unix(_) => None,
        }
    }

    pub(super) fn local_port(&self, body: Body) -> u16 {
        self.local_end(body).map_or(0, |end| end.port())
    }

    /// getsockname(2).
    pub(super) fn local_name(&self, family: i32, body: Body) -> Address {
        match body {
            Body::Unix(id) => unix_address(self.kernel.unix_names(id).and_then(|(own, _)| own)),
            _ => {
                let end = self.local_end(body);
                address(
                    family,
                    end.unwrap_or(SocketAddr::new(super::host::unspecified(family == AF_INET6), 0)),
                )
            }
        }
    }

    /// getpeername(2); `None`: ENOTCONN.
    pub(super) fn peer_name(&self, family: i32, body: Body) -> Option<Address> {
        use protocol::TcpState::{Closed, SynSent};
        let end = match body {
            Body::Tcp(id) => {
                let tcb = self.kernel.tcbs.iter().find(|t| t.id == id)?;
                tcb.peer.filter(|_| !matches!(tcb.state, Closed | SynSent))?
            }
            Body::Udp(id) => self.kernel.udps.iter().find(|u| u.id == id)?.peer?,
            Body::Unix(id) => return Some(unix_address(self.kernel.unix_names(id)?.1?)),
        };
        Some(address(family, end))
    }
}

fn receive_deadline(sock: &Sock, flags: i32) -> Deadline {
    let again = failed(EAGAIN);
    match sock.timeout {
        Some(0) => Deadline::Now(again),
        Some(t) => Deadline::After(t, Outcome::TimedOut),
        None if flags & MSG_DONTWAIT != 0 => Deadline::Now(again),
        None => sock
            .receive_timeout
            .map_or(Deadline::Never, |t| Deadline::After(t, again)),
    }
}
