//! Data: `send`, `sendall`, `recv` and the like.

use super::{open, this};
use crate::program::builtins::args::no_keywords;
use crate::program::builtins::bytes::bytes_arg;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::host::HostAnswer;
use crate::program::modules::socket::address;
use crate::program::modules::socket::{net, outcome};
use crate::program::types::type_name;
use crate::program::value::{Args, Value};
use crate::program::vm::{Res, Vm};
use protocol::{Call, Outcome, SocketId, bounds};

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
pub(super) fn at_least(a: &Args<'_>, name: &str, min: usize, max: usize) -> Res<()> {
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

pub(super) fn send(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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
pub(super) fn sendall(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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
pub(super) fn sendto(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
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

pub(super) fn recv(vm: &mut Vm, a: Args<'_>, from: bool) -> Res<Value> {
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
pub(super) fn recv_into(vm: &mut Vm, a: Args<'_>, from: bool) -> Res<Value> {
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
