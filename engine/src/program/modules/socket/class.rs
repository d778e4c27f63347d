//! The methods of socket.socket.

use std::cell::RefCell;
use std::rc::Rc;

use super::address::{self, INET, INET6, UNIX};
use super::{net, os, outcome, repr_plain};
use crate::program::builtins::args::{arity, no_keywords};
use crate::program::builtins::bytes::{bytes_arg, bytes_like};
use crate::program::builtins::repr::plain;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::host::HostAnswer;
use crate::program::types::{native_class, type_name};
use crate::program::value::func::Native;
use crate::program::value::object::Base;
use crate::program::value::{Args, Class, Instance, Payload, SocketData, Value};
use crate::program::vm::control::tail;
use crate::program::vm::{Res, Vm};
use protocol::{Call, OptionValue, Outcome, SocketId, bounds};

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

fn set_timeout(v: &Value, timeout: Option<f64>) -> Res<Value> {
    let Value::Obj(o) = v else { return Ok(Value::None) };
    let Payload::Socket(s) = &o.payload else {
        return Ok(Value::None);
    };
    let (sock, fd) = {
        let mut s = s.borrow_mut();
        s.timeout = timeout;
        (s.sock, s.fd)
    };
    let Some(sock) = sock else { return Err(os(9)) };
    net(
        Call::SetTimeout { sock, timeout },
        Some(fd),
        "settimeout",
        |_, state, answer| {
            outcome(answer)?;
            Ok(state.into_iter().next().unwrap_or(Value::None))
        },
        vec![v.clone()],
    )
}

fn bind(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "socket.bind", 1, 1, 1)?;
    let family = this(&a)?.1.borrow().family;
    let addr = address::from_value(vm, family, &a.all[1], "bind")?;
    let (sock, fd) = open(&a)?;
    net(Call::Bind { sock, addr }, Some(fd), "bind", done, Vec::new())
}

fn listen(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let n = a.pos().len() - 1;
    if n > 1 {
        return type_error(format!("listen() takes at most 1 argument ({n} given)"));
    }
    let backlog = match a.pos().get(1) {
        Some(v) => vm.int_arg(v)?.clamp(0, i64::from(i32::MAX)) as i32,
        None => 128,
    };
    let (sock, fd) = open(&a)?;
    net(
        Call::Listen { sock, backlog },
        Some(fd),
        "listen",
        done,
        Vec::new(),
    )
}

fn accept(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    if a.pos().len() > 1 {
        return type_error(format!(
            "socket.accept() takes 1 positional argument but {} were given",
            a.pos().len()
        ));
    }
    let (sock, fd) = open(&a)?;
    let new = vm.new_socket_id();
    let s = this(&a)?.1.borrow();
    let state = vec![
        Value::Class(socket_class()),
        Value::from(new.0),
        Value::from(s.family),
        Value::from(s.kind),
        Value::from(s.proto),
    ];
    net(
        Call::Accept { sock, new },
        Some(fd),
        "accept",
        |vm, state, answer| {
            let Outcome::Accepted { addr } = outcome(answer)? else {
                return Ok(Value::None);
            };
            let peer = address::to_value(&addr);
            match made(vm, &state) {
                Ok(conn) => Ok(Value::tuple(vec![conn, peer])),
                Err(mut e) => {
                    e.and_then(vec![crate::program::vm::control::Cont {
                        run: |_, mut state, conn| {
                            Ok(Value::tuple(vec![conn, state.pop().unwrap_or(Value::None)]))
                        },
                        state: vec![peer],
                    }]);
                    Err(e)
                }
            }
        },
        state,
    )
}

fn connect(vm: &mut Vm, a: Args<'_>, ex: bool) -> Res<Value> {
    let words = if ex { "connect_ex" } else { "connect" };
    arity(
        &a,
        if ex { "socket.connect_ex" } else { "socket.connect" },
        1,
        1,
        1,
    )?;
    let family = this(&a)?.1.borrow().family;
    let addr = address::from_value(vm, family, &a.all[1], words)?;
    if ex {
        let Ok((sock, fd)) = open(&a) else {
            return Ok(Value::Int(9));
        };
        return net(
            Call::Connect { sock, addr },
            Some(fd),
            "connect_ex",
            |_, _, answer| match answer {
                HostAnswer::Net(Outcome::Failed { errno, .. }) => Ok(Value::from(errno)),
                HostAnswer::Net(Outcome::TimedOut) => Ok(Value::Int(11)),
                other => {
                    outcome(other)?;
                    Ok(Value::Int(0))
                }
            },
            Vec::new(),
        );
    }
    let (sock, fd) = open(&a)?;
    net(
        Call::Connect { sock, addr },
        Some(fd),
        "connect",
        done,
        Vec::new(),
    )
}

fn flags(vm: &mut Vm, v: Option<&Value>) -> Res<i32> {
    match v {
        Some(v) => Ok(vm.int_arg(v)? as i32),
        None => Ok(0),
    }
}

fn sent(_: &mut Vm, _: Vec<Value>, answer: HostAnswer) -> Res<Value> {
    match outcome(answer)? {
        Outcome::Sent { n } => Ok(Value::from(n)),
        _ => Ok(Value::Int(0)),
    }
}

/// CPython's count of arguments where there are optional ones: send() takes at least 1 argument (0 given).
fn at_least(a: &Args<'_>, name: &str, min: usize, max: usize) -> Res<()> {
    no_keywords(a, name)?;
    let n = a.pos().len() - 1;
    let s = |n: usize| if n == 1 { "" } else { "s" };
    if n < min {
        return type_error(format!(
            "{name}() takes at least {min} argument{} ({n} given)",
            s(min)
        ));
    }
    if n > max {
        return type_error(format!(
            "{name}() takes at most {max} argument{} ({n} given)",
            s(max)
        ));
    }
    Ok(())
}

fn send(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    at_least(&a, "send", 1, 2)?;
    let mut data = bytes_arg(&a.all[1])?;
    let flags = flags(vm, a.pos().get(2))?;
    data.truncate(bounds::SEND);
    let (sock, fd) = open(&a)?;
    vm.made(data.len());
    net(
        Call::Send {
            sock,
            flags,
            data: data.into(),
        },
        Some(fd),
        "send",
        sent,
        Vec::new(),
    )
}

/// A loop of sends until all is queued; the socket's timeout counts for all of them together.
fn sendall(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    at_least(&a, "sendall", 1, 2)?;
    let data = bytes_arg(&a.all[1])?;
    let flags = flags(vm, a.pos().get(2))?;
    let (sock, fd) = open(&a)?;
    vm.made(data.len());
    let timeout = this(&a)?.1.borrow().timeout;
    let state = vec![
        Value::bytes(data),
        Value::Int(0),
        Value::from(sock.0),
        Value::from(fd),
        Value::from(flags),
        Value::from(timeout.filter(|t| *t > 0.0)),
        Value::None,
    ];
    // Only a send that does not fit at once needs to know when the time is over.
    send_part(state)
}

/// state: bytes, how many are sent, socket, descriptor, flags, timeout, moment of the deadline.
fn send_part(state: Vec<Value>) -> Res<Value> {
    let [
        Value::Bytes(data),
        Value::Int(done),
        Value::Int(sock),
        Value::Int(fd),
        Value::Int(flags),
        ..,
    ] = state.as_slice()
    else {
        return Ok(Value::None);
    };
    let part = &data[*done as usize..(*done as usize + bounds::SEND).min(data.len())];
    let call = Call::Send {
        sock: SocketId(*sock as u32),
        flags: *flags as i32,
        data: part.into(),
    };
    let fd = *fd as i32;
    net(
        call,
        Some(fd),
        "sendall",
        |_, mut state, answer| {
            let Outcome::Sent { n } = outcome(answer)? else {
                return Ok(Value::None);
            };
            let (Value::Bytes(data), Value::Int(done)) = (&state[0], &state[1]) else {
                return Ok(Value::None);
            };
            let done = done + n as i64;
            if done as usize >= data.len() {
                return Ok(Value::None);
            }
            state[1] = Value::Int(done);
            if state[5].is_none() {
                return send_part(state);
            }
            // A deadline over the whole: look at the clock between two sends.
            crate::program::vm::control::ask(
                crate::program::host::HostCall::Clock(crate::program::host::Clock::Monotonic),
                |_, mut state, answer| {
                    let HostAnswer::Nanos(now) = answer else {
                        return send_part(state);
                    };
                    match (&state[5], &state[6]) {
                        (Value::Float(t), Value::None) => {
                            // The first look: what was waited before counts as nothing.
                            state[6] = Value::Int(now + (t * 1e9) as i64);
                        }
                        (_, Value::Int(deadline)) if now >= *deadline => {
                            return Err(raise("TimeoutError", "timed out"));
                        }
                        _ => {}
                    }
                    send_part(state)
                },
                state,
            )
        },
        state,
    )
}

/// sendto(data, address), sendto(data, flags, address)
fn sendto(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    no_keywords(&a, "sendto")?;
    let n = a.pos().len() - 1;
    if !(2..=3).contains(&n) {
        return type_error(format!("sendto() takes 2 or 3 arguments ({n} given)"));
    }
    let data = bytes_arg(&a.all[1])?;
    let flags = if n == 3 { flags(vm, a.all.get(2))? } else { 0 };
    let family = this(&a)?.1.borrow().family;
    let addr = address::from_value(vm, family, &a.all[n], "sendto")?;
    let (sock, fd) = open(&a)?;
    vm.made(data.len());
    net(
        Call::SendTo {
            sock,
            flags,
            data: data.into(),
            addr,
        },
        Some(fd),
        "sendto",
        sent,
        Vec::new(),
    )
}

fn size(vm: &mut Vm, v: &Value, name: &str) -> Res<u64> {
    let n = vm.int_arg(v)?;
    if n < 0 {
        return value_error(format!("negative buffersize in {name}"));
    }
    Ok((n as u64).min(bounds::RECV))
}

fn recv(vm: &mut Vm, a: Args<'_>, from: bool) -> Res<Value> {
    let words = if from { "recvfrom" } else { "recv" };
    at_least(&a, words, 1, 2)?;
    let max = size(vm, &a.all[1], words)?;
    let flags = flags(vm, a.pos().get(2))?;
    let (sock, fd) = open(&a)?;
    if from {
        return net(
            Call::RecvFrom { sock, max, flags },
            Some(fd),
            "recvfrom",
            |vm, _, answer| {
                let Outcome::Received { data, addr } = outcome(answer)? else {
                    return Ok(Value::None);
                };
                vm.made(data.len());
                let peer = addr.as_ref().map_or(Value::None, address::to_value);
                Ok(Value::tuple(vec![Value::bytes(data.0), peer]))
            },
            Vec::new(),
        );
    }
    net(
        Call::Recv { sock, max, flags },
        Some(fd),
        "recv",
        |vm, _, answer| {
            let Outcome::Received { data, .. } = outcome(answer)? else {
                return Ok(Value::None);
            };
            vm.made(data.len());
            Ok(Value::bytes(data.0))
        },
        Vec::new(),
    )
}

/// recv_into(buffer, nbytes=0, flags=0)
fn recv_into(vm: &mut Vm, a: Args<'_>, from: bool) -> Res<Value> {
    let words = if from { "recvfrom_into" } else { "recv_into" };
    let Some(buffer) = a.get(1, "buffer") else {
        return type_error(format!("{words}() missing required argument 'buffer' (pos 1)"));
    };
    let Value::ByteArray(b) = buffer.inner() else {
        return type_error(format!(
            "{words}() argument 1 must be read-write bytes-like object, not {}",
            type_name(buffer)
        ));
    };
    let len = b.borrow().len() as u64;
    let n = match a.get(2, "nbytes") {
        Some(v) => size(vm, v, words)?,
        None => 0,
    };
    if n > len {
        return value_error("buffer too small for requested bytes");
    }
    let max = if n == 0 { len } else { n }.min(bounds::RECV);
    let flags = flags(vm, a.get(3, "flags"))?;
    let (sock, fd) = open(&a)?;
    let state = vec![buffer.inner().clone(), Value::Bool(from)];
    let call = if from {
        Call::RecvFrom { sock, max, flags }
    } else {
        Call::Recv { sock, max, flags }
    };
    net(
        call,
        Some(fd),
        words,
        |_, state, answer| {
            let Outcome::Received { data, addr } = outcome(answer)? else {
                return Ok(Value::None);
            };
            if let Value::ByteArray(b) = &state[0] {
                let mut b = b.borrow_mut();
                let n = data.len().min(b.len());
                b[..n].copy_from_slice(&data.0[..n]);
            }
            let n = Value::from(data.len());
            if matches!(state[1], Value::Bool(true)) {
                let peer = addr.as_ref().map_or(Value::None, address::to_value);
                return Ok(Value::tuple(vec![n, peer]));
            }
            Ok(n)
        },
        state,
    )
}

fn settimeout(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "socket.settimeout", 1, 1, 1)?;
    let timeout = timeout_arg(vm, &a.all[1])?;
    let mut r = set_timeout(&a.all[0], timeout);
    if let Err(e) = &mut r {
        e.and_then(vec![crate::program::vm::control::Cont {
            run: |_, _, _| Ok(Value::None),
            state: Vec::new(),
        }]);
    }
    r
}

/// None, or seconds that are not negative.
pub(super) fn timeout_arg(vm: &mut Vm, v: &Value) -> Res<Option<f64>> {
    if v.is_none() {
        return Ok(None);
    }
    let x = match v.inner() {
        Value::Float(x) => *x,
        _ => vm.int_arg(v)? as f64,
    };
    if x.is_nan() {
        return value_error("Invalid value NaN (not a number)");
    }
    if x < 0.0 {
        return value_error("Timeout value out of range");
    }
    if x > 9.2e9 {
        return Err(raise("OverflowError", "timeout doesn't fit into C timeval"));
    }
    Ok(Some(x))
}

fn setblocking(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "socket.setblocking", 1, 1, 1)?;
    let on = vm.int_arg(&a.all[1])? != 0;
    let mut r = set_timeout(&a.all[0], if on { None } else { Some(0.0) });
    if let Err(e) = &mut r {
        e.and_then(vec![crate::program::vm::control::Cont {
            run: |_, _, _| Ok(Value::None),
            state: Vec::new(),
        }]);
    }
    r
}

fn setsockopt(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let n = a.pos().len() - 1;
    if n != 3 {
        return type_error(format!("setsockopt() takes exactly 3 arguments ({n} given)"));
    }
    let level = vm.int_arg(&a.all[1])? as i32;
    let name = vm.int_arg(&a.all[2])? as i32;
    let value = match bytes_like(&a.all[3]) {
        Some(b) => OptionValue::Bytes(b.into()),
        None => match vm.int_arg(&a.all[3]) {
            Ok(n) => OptionValue::Int(n as i32),
            Err(_) => {
                return type_error(format!(
                    "a bytes-like object is required, not '{}'",
                    type_name(&a.all[3])
                ));
            }
        },
    };
    let (sock, fd) = open(&a)?;
    net(
        Call::SetSockOpt {
            sock,
            level,
            name,
            value,
        },
        Some(fd),
        "setsockopt",
        done,
        Vec::new(),
    )
}

fn getsockopt(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    at_least(&a, "getsockopt", 2, 3)?;
    let level = vm.int_arg(&a.all[1])? as i32;
    let name = vm.int_arg(&a.all[2])? as i32;
    let len = match a.pos().get(3) {
        Some(v) => match vm.int_arg(v)? {
            0 => None,
            n @ 1..=1024 => Some(n as u32),
            _ => return Err(raise("OSError", "getsockopt buflen out of range")),
        },
        None => None,
    };
    let (sock, fd) = open(&a)?;
    net(
        Call::GetSockOpt {
            sock,
            level,
            name,
            len,
        },
        Some(fd),
        "getsockopt",
        |_, _, answer| match outcome(answer)? {
            Outcome::Option {
                value: OptionValue::Int(n),
            } => Ok(Value::from(n)),
            Outcome::Option {
                value: OptionValue::Bytes(b),
            } => Ok(Value::bytes(b.0)),
            _ => Ok(Value::Int(0)),
        },
        Vec::new(),
    )
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
