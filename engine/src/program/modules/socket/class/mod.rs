//! The methods of socket.socket.
//!
//! ```text
//! mod.rs          the table; making, closing, names
//! connection.rs   bind() to connect()
//! data.rs         send() and recv() in all their forms
//! option.rs       timeouts and options
//! ```

mod connection;
mod data;
mod option;

pub(super) use option::timeout_arg;

use super::address::{self, INET, INET6, UNIX};
use super::{net, os, outcome, repr_plain};
use crate::program::builtins::args::arity;
use crate::program::builtins::repr::plain;
use crate::program::exceptions::{raise, type_error};
use crate::program::host::HostAnswer;
use crate::program::types::{native_class, type_name};
use crate::program::value::func::Native;
use crate::program::value::object::Base;
use crate::program::value::{Args, Class, Instance, Payload, SocketData, Value};
use crate::program::vm::control::tail;
use crate::program::vm::{Res, Vm};
use connection::{accept, bind, connect, listen};
use data::{recv, recv_into, send, sendall, sendto};
use option::{getsockopt, set_timeout, setblocking, setsockopt, settimeout};
use protocol::{Call, Outcome, SocketId};
use std::cell::RefCell;
use std::rc::Rc;

/// The class.
pub fn socket_class() -> Rc<Class> {
    native_class("socket", "socket", Base::Socket, &[], METHODS)
}

static METHODS: &[Native] = &[
    Native::constructor(new),
    Native::method("__init__", |_, _| Ok(Value::None)),
    Native::method("bind", bind),
    Native::method("listen", listen),
    Native::method("_accept", accept),
    Native::method("accept", accept),
    Native::method("connect", |vm, a| connect(vm, a, false)),
    Native::method("connect_ex", |vm, a| connect(vm, a, true)),
    Native::method("send", send),
    Native::method("sendall", sendall),
    Native::method("sendto", sendto),
    Native::method("recv", |vm, a| recv(vm, a, false)),
    Native::method("recvfrom", |vm, a| recv(vm, a, true)),
    Native::method("recv_into", |vm, a| recv_into(vm, a, false)),
    Native::method("recvfrom_into", |vm, a| recv_into(vm, a, true)),
    Native::method("settimeout", settimeout),
    Native::method("setblocking", setblocking),
    Native::method("gettimeout", |_, a| {
        arity(&a, "socket.gettimeout", 1, 0, 0)?;
        Ok(Value::from(this(&a)?.1.borrow().timeout))
    }),
    Native::method("getblocking", |_, a| {
        Ok(Value::Bool(this(&a)?.1.borrow().timeout != Some(0.0)))
    }),
    Native::getter("timeout", |_, a| Ok(Value::from(this(&a)?.1.borrow().timeout))),
    Native::method("setsockopt", setsockopt),
    Native::method("getsockopt", getsockopt),
    Native::method("shutdown", |vm, a| {
        arity(&a, "socket.shutdown", 1, 1, 1)?;
        let how = vm.int_arg(&a.all[1])? as i32;
        let (sock, fd) = open(&a)?;
        net(
            Call::Shutdown { sock, how },
            Some(fd),
            "shutdown",
            done,
            Vec::new(),
        )
    }),
    Native::method("close", close),
    Native::method("detach", |vm, a| {
        let mut s = this(&a)?.1.borrow_mut();
        let fd = s.fd;
        s.sock = None;
        s.fd = -1;
        s.closing = true;
        let _ = vm;
        Ok(Value::from(fd))
    }),
    Native::method("fileno", |_, a| {
        arity(&a, "socket.fileno", 1, 0, 0)?;
        Ok(Value::from(this(&a)?.1.borrow().fd))
    }),
    Native::method("getsockname", |_, a| {
        arity(&a, "socket.getsockname", 1, 0, 0)?;
        let (sock, fd) = open(&a)?;
        net(
            Call::GetSockName { sock },
            Some(fd),
            "getsockname",
            name,
            Vec::new(),
        )
    }),
    Native::method("getpeername", |_, a| {
        arity(&a, "socket.getpeername", 1, 0, 0)?;
        let (sock, fd) = open(&a)?;
        net(
            Call::GetPeerName { sock },
            Some(fd),
            "getpeername",
            name,
            Vec::new(),
        )
    }),
    Native::method("makefile", |vm, a| helper(vm, "_makefile", &a)),
    Native::method("sendfile", |vm, a| helper(vm, "_sendfile", &a)),
    Native::method("dup", |_, _| {
        Err(raise(
            "NotImplementedError",
            "socket.dup() is not supported by Wirelab's Python engine",
        ))
    }),
    Native::method("get_inheritable", |_, _| Ok(Value::Bool(false))),
    Native::method("set_inheritable", |_, _| Ok(Value::None)),
    Native::getter("family", |vm, a| {
        member(vm, "_as_family", this(&a)?.1.borrow().family)
    }),
    Native::getter("type", |vm, a| member(vm, "_as_kind", this(&a)?.1.borrow().kind)),
    Native::getter("proto", |_, a| Ok(Value::from(this(&a)?.1.borrow().proto))),
    Native::getter("_closed", |_, a| Ok(Value::Bool(this(&a)?.1.borrow().closing))),
    Native::method("__enter__", |_, a| Ok(a.all[0].clone())),
    Native::method("__exit__", |vm, a| close(vm, Args::positional(&a.all[..1]))),
    Native::method("__repr__", repr),
    Native::method("_file_opened", |_, a| {
        this(&a)?.1.borrow_mut().files += 1;
        Ok(Value::None)
    }),
    Native::method("_file_closed", |_, a| {
        let (o, s) = this(&a)?;
        let due = {
            let mut s = s.borrow_mut();
            s.files = s.files.saturating_sub(1);
            s.files == 0 && s.closing
        };
        if due {
            really_close(&o.clone())
        } else {
            Ok(Value::None)
        }
    }),
];

type Data<'a> = (&'a Rc<Instance>, &'a RefCell<SocketData>);

fn this<'a>(a: &Args<'a>) -> Res<Data<'a>> {
    match a.all.first() {
        Some(Value::Obj(o)) => match &o.payload {
            Payload::Socket(s) => Ok((o, s)),
            _ => type_error(format!(
                "descriptor requires a 'socket' object but received a '{}'",
                o.class.name()
            )),
        },
        Some(v) => type_error(format!(
            "descriptor requires a 'socket' object but received a '{}'",
            type_name(v)
        )),
        None => type_error("unbound method needs an argument"),
    }
}

/// The open socket and its descriptor, or EBADF.
fn open(a: &Args<'_>) -> Res<(SocketId, i32)> {
    let s = this(a)?.1.borrow();
    match s.sock {
        Some(sock) => Ok((sock, s.fd)),
        None => Err(os(9)),
    }
}

/// A function of the Python half with the same arguments.
fn helper(vm: &mut Vm, name: &str, a: &Args<'_>) -> Res<Value> {
    let f = socket_function(vm, name);
    match tail::<Value>(f, a.all.to_vec()) {
        Err(mut e) => {
            if let crate::program::vm::Ctl::Call(req) = &mut *e {
                req.names = a.names.to_vec();
            }
            Err(e)
        }
        ok => ok,
    }
}

fn socket_function(vm: &Vm, name: &str) -> Value {
    match vm.module("socket") {
        Some(Value::Module(m)) => m.names.borrow().get_str(name).cloned().unwrap_or(Value::None),
        _ => Value::None,
    }
}

/// The enum member for a number.
fn member(vm: &mut Vm, function: &str, n: i32) -> Res<Value> {
    tail(socket_function(vm, function), vec![Value::from(n)])
}

fn done(_: &mut Vm, _: Vec<Value>, answer: HostAnswer) -> Res<Value> {
    outcome(answer)?;
    Ok(Value::None)
}

fn name(_: &mut Vm, _: Vec<Value>, answer: HostAnswer) -> Res<Value> {
    match outcome(answer)? {
        Outcome::Name { addr } | Outcome::Accepted { addr } => Ok(address::to_value(&addr)),
        _ => Ok(Value::None),
    }
}

/// socket(family=-1, type=-1, proto=-1, fileno=None)
fn new(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(Value::Class(class)) = a.all.first().cloned() else {
        return type_error("socket.__new__() needs a class");
    };
    if a.pos().len() > 5 {
        return type_error(format!(
            "socket.__init__() takes from 1 to 5 positional arguments but {} were given",
            a.pos().len()
        ));
    }
    if let Some(n) = a
        .names
        .iter()
        .find(|n| !["family", "type", "proto", "fileno"].contains(&n.as_str()))
        && class.builtin
    {
        return type_error(format!(
            "socket.__init__() got an unexpected keyword argument '{}'",
            n.as_str()
        ));
    }
    let mut number = |i: usize, name: &str, default: i32| -> Res<i32> {
        match a.get(i, name) {
            None => Ok(default),
            Some(v) => Ok(match vm.int_arg(v)? {
                -1 => default,
                n => n as i32,
            }),
        }
    };
    // A subclass may take arguments of its own; they are its __init__'s.
    let own = !class.builtin && class.has(crate::program::value::object::flag::INIT);
    let (family, kind, proto) = if own {
        (INET, 1, 0)
    } else {
        (
            number(1, "family", INET)?,
            number(2, "type", 1)?,
            number(3, "proto", 0)?,
        )
    };
    if a.get(4, "fileno").is_some_and(|v| !v.is_none()) {
        return Err(raise(
            "NotImplementedError",
            "socket(fileno=...) is not supported by Wirelab's Python engine",
        ));
    }
    let sock = vm.new_socket_id();
    // SOCK_NONBLOCK and SOCK_CLOEXEC are not part of the type.
    let nonblocking = kind & 0o4000 != 0;
    let state = vec![
        Value::Class(class),
        Value::from(sock.0),
        Value::from(family),
        Value::from(kind & 0xf),
        Value::from(proto),
        Value::Bool(nonblocking),
    ];
    net(
        Call::Socket {
            sock,
            family,
            kind: kind & 0xf,
            proto,
        },
        None,
        "socket",
        |vm, state, answer| {
            outcome(answer)?;
            made(vm, &state)
        },
        state,
    )
}

/// A socket object for a socket that the network has made; it gets the program's default timeout.
fn made(vm: &mut Vm, state: &[Value]) -> Res<Value> {
    let [
        Value::Class(class),
        Value::Int(sock),
        Value::Int(family),
        Value::Int(kind),
        Value::Int(proto),
        ..,
    ] = state
    else {
        return Ok(Value::None);
    };
    let sock = SocketId(*sock as u32);
    let fd = vm.new_fd(Some(sock));
    let data = SocketData {
        sock: Some(sock),
        fd,
        family: *family as i32,
        kind: *kind as i32,
        proto: *proto as i32,
        timeout: None,
        files: 0,
        closing: false,
    };
    let v = vm.instance(class, Payload::Socket(Box::new(RefCell::new(data))));
    let timeout = match (state.get(5), vm.state.get("default timeout")) {
        (Some(Value::Bool(true)), _) => Some(0.0),
        (_, Some(Value::Float(x))) => Some(*x),
        _ => None,
    };
    let Some(timeout) = timeout else { return Ok(v) };
    set_timeout(&v, Some(timeout))
}

fn close(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    if a.pos().len() > 1 {
        return type_error(format!(
            "socket.close() takes 1 positional argument but {} were given",
            a.pos().len()
        ));
    }
    let (o, s) = this(&a)?;
    {
        let mut s = s.borrow_mut();
        s.closing = true;
        if s.files > 0 {
            return Ok(Value::None);
        }
    }
    really_close(&o.clone())
}

fn really_close(o: &Rc<Instance>) -> Res<Value> {
    let Payload::Socket(s) = &o.payload else {
        return Ok(Value::None);
    };
    let (sock, fd) = {
        let mut s = s.borrow_mut();
        let fd = s.fd;
        s.fd = -1;
        (s.sock.take(), fd)
    };
    let Some(sock) = sock else { return Ok(Value::None) };
    net(
        Call::Close { sock },
        Some(fd),
        "close",
        |vm, state, answer| {
            if let Some(Value::Int(fd)) = state.first() {
                vm.fds.remove(&(*fd as i32));
            }
            outcome(answer)?;
            Ok(Value::None)
        },
        vec![Value::from(fd)],
    )
}

/// With the addresses, as CPython asks the kernel for them.
fn repr(_: &mut Vm, a: Args<'_>) -> Res<Value> {
    let (o, s) = this(&a)?;
    let (text, sock, fd, family) = {
        let s = s.borrow();
        (repr_plain(&s, &o.class), s.sock, s.fd, s.family)
    };
    let (Some(sock), true) = (sock, matches!(family, UNIX | INET | INET6)) else {
        return Ok(Value::str(text));
    };
    let head = text.trim_end_matches('>').to_owned();
    net(
        Call::GetSockName { sock },
        Some(fd),
        "getsockname",
        |_, state, answer| {
            let mut text = state[0].as_str().unwrap_or("").to_owned();
            if let Ok(Outcome::Name { addr }) = outcome(answer) {
                let v = address::to_value(&addr);
                if v.as_str() != Some("") {
                    text.push_str(&format!(", laddr={}", plain(&v, 500)));
                }
            }
            let (Value::Int(sock), Value::Int(fd)) = (&state[1], &state[2]) else {
                return Ok(Value::str(text));
            };
            net(
                Call::GetPeerName {
                    sock: SocketId(*sock as u32),
                },
                Some(*fd as i32),
                "getpeername",
                |_, state, answer| {
                    let mut text = state[0].as_str().unwrap_or("").to_owned();
                    if let Ok(Outcome::Name { addr }) = outcome(answer) {
                        let v = address::to_value(&addr);
                        if v.as_str() != Some("") {
                            text.push_str(&format!(", raddr={}", plain(&v, 500)));
                        }
                    }
                    Ok(Value::str(text + ">"))
                },
                vec![Value::str(text)],
            )
        },
        vec![Value::str(head), Value::from(sock.0), Value::from(fd)],
    )
}

/// A socket object for an end of a socketpair.
pub(super) fn pair_end(vm: &mut Vm, sock: SocketId, family: i32, kind: i32, proto: i32) -> Res<Value> {
    let state = [
        Value::Class(socket_class()),
        Value::from(sock.0),
        Value::from(family),
        Value::from(kind),
        Value::from(proto),
    ];
    let fd = vm.new_fd(Some(sock));
    let data = SocketData {
        sock: Some(sock),
        fd,
        family,
        kind,
        proto,
        timeout: None,
        files: 0,
        closing: false,
    };
    let Value::Class(class) = &state[0] else {
        return Ok(Value::None);
    };
    Ok(vm.instance(class, Payload::Socket(Box::new(RefCell::new(data)))))
}
