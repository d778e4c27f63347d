//! The way to a connection: `bind`, `listen`, `accept`, `connect`.

use super::{done, made, open, socket_class, this};
use crate::program::builtins::args::arity;
use crate::program::exceptions::type_error;
use crate::program::host::HostAnswer;
use crate::program::modules::socket::address;
use crate::program::modules::socket::{net, outcome};
use crate::program::value::{Args, Value};
use crate::program::vm::{Res, Vm};
use protocol::{Call, Outcome};

pub(super) fn bind(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "socket.bind", 1, 1, 1)?;
    let family = this(&a)?.1.borrow().family;
    let addr = address::from_value(vm, family, &a.all[1], "bind")?;
    let (sock, fd) = open(&a)?;
    net(Call::Bind { sock, addr }, Some(fd), "bind", done, Vec::new())
}

pub(super) fn listen(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn accept(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn connect(vm: &mut Vm, a: Args<'_>, ex: bool) -> Res<Value> {
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
