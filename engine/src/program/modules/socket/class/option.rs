//! Timeouts and options.

use super::data::at_least;
use super::{done, open};
use crate::program::builtins::args::arity;
use crate::program::builtins::bytes::bytes_like;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::modules::socket::{net, os, outcome};
use crate::program::types::type_name;
use crate::program::value::{Args, Payload, Value};
use crate::program::vm::{Res, Vm};
use protocol::{Call, OptionValue, Outcome};

pub(super) fn set_timeout(v: &Value, timeout: Option<f64>) -> Res<Value> {
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

pub(super) fn settimeout(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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
pub(in crate::program::modules::socket) fn timeout_arg(vm: &mut Vm, v: &Value) -> Res<Option<f64>> {
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

pub(super) fn setblocking(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn setsockopt(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn getsockopt(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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
