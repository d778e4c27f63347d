//! The functions of the module: names, byte orders, packed addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::address::{INET, INET6, UNIX, to_value};
use super::class::{pair_end, timeout_arg};
use super::{gaierror, net, outcome};
use crate::program::builtins::args::arity;
use crate::program::builtins::bytes::{bytes_arg, bytes_like};
use crate::program::exceptions::{raise, throw, type_error, value_error};
use crate::program::host::HostAnswer;
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Value};
use crate::program::vm::{Res, Vm};
use protocol::{Call, Outcome};

pub(super) static FUNCTIONS: &[Native] = &[
    Native::function("gethostname", |_, a| {
        arity(&a, "_socket.gethostname", 0, 0, 0)?;
        net(Call::GetHostName, None, "gethostname", host, Vec::new())
    }),
    Native::function("_stat", |_, a| {
        let path = path_arg(&a, "stat")?;
        net(Call::Stat { path }, None, "stat", errno, Vec::new())
    }),
    Native::function("_unlink", |_, a| {
        let path = path_arg(&a, "unlink")?;
        net(Call::Unlink { path }, None, "unlink", errno, Vec::new())
    }),
    Native::function("gethostbyname", |_, a| {
        let name = host_arg(&a, "gethostbyname")?;
        if let Ok(ip) = name.parse::<Ipv4Addr>() {
            return Ok(Value::str(ip.to_string()));
        }
        net(
            Call::GetHostByName { name },
            None,
            "gethostbyname",
            host,
            Vec::new(),
        )
    }),
    Native::function("_name_of", |_, a| {
        let text = host_arg(&a, "gethostbyaddr")?;
        match text.parse::<IpAddr>() {
            Ok(ip) => net(Call::GetNameOf { ip }, None, "gethostbyaddr", host, Vec::new()),
            Err(_) => Err(throw(gaierror(-2))),
        }
    }),
    Native::function("getaddrinfo", getaddrinfo),
    Native::function("socketpair", socketpair),
    Native::function("htons", |vm, a| swap16(vm, &a, "htons")),
    Native::function("ntohs", |vm, a| swap16(vm, &a, "ntohs")),
    Native::function("htonl", |vm, a| swap32(vm, &a, "htonl")),
    Native::function("ntohl", |vm, a| swap32(vm, &a, "ntohl")),
    Native::function("inet_aton", |_, a| {
        arity(&a, "inet_aton", 0, 1, 1)?;
        let Some(text) = a.all[0].as_str() else {
            return type_error(format!(
                "inet_aton() argument 1 must be str, not {}",
                type_name(&a.all[0])
            ));
        };
        match aton(text) {
            Some(ip) => Ok(Value::bytes(ip.to_be_bytes().to_vec())),
            None => Err(raise("OSError", "illegal IP address string passed to inet_aton")),
        }
    }),
    Native::function("inet_ntoa", |_, a| {
        arity(&a, "inet_ntoa", 0, 1, 1)?;
        let b = bytes_arg(&a.all[0])?;
        match <[u8; 4]>::try_from(b.as_slice()) {
            Ok(b) => Ok(Value::str(Ipv4Addr::from(b).to_string())),
            Err(_) => Err(raise("OSError", "packed IP wrong length for inet_ntoa")),
        }
    }),
    Native::function("inet_pton", |vm, a| {
        arity(&a, "inet_pton", 0, 2, 2)?;
        let family = vm.int_arg(&a.all[0])? as i32;
        let Some(text) = a.all[1].as_str() else {
            return type_error(format!(
                "inet_pton() argument 2 must be str, not {}",
                type_name(&a.all[1])
            ));
        };
        let packed = match family {
            INET => text.parse::<Ipv4Addr>().ok().map(|ip| ip.octets().to_vec()),
            INET6 => text.parse::<Ipv6Addr>().ok().map(|ip| ip.octets().to_vec()),
            _ => return Err(super::os(97)),
        };
        packed.map_or_else(
            || Err(raise("OSError", "illegal IP address string passed to inet_pton")),
            |b| Ok(Value::bytes(b)),
        )
    }),
    Native::function("inet_ntop", |vm, a| {
        arity(&a, "inet_ntop", 0, 2, 2)?;
        let family = vm.int_arg(&a.all[0])? as i32;
        let b = bytes_arg(&a.all[1])?;
        let text = match family {
            INET => <[u8; 4]>::try_from(b.as_slice())
                .ok()
                .map(|b| Ipv4Addr::from(b).to_string()),
            INET6 => <[u8; 16]>::try_from(b.as_slice())
                .ok()
                .map(|b| Ipv6Addr::from(b).to_string()),
            _ => return value_error(format!("unknown address family {family}")),
        };
        text.map_or_else(
            || value_error("invalid length of packed IP address string"),
            |t| Ok(Value::str(t)),
        )
    }),
    Native::function("setdefaulttimeout", |vm, a| {
        arity(&a, "_socket.setdefaulttimeout", 0, 1, 1)?;
        let t = timeout_arg(vm, &a.all[0])?;
        vm.state.insert("default timeout", Value::from(t));
        Ok(Value::None)
    }),
    Native::function("getdefaulttimeout", |vm, _| {
        Ok(vm.state.get("default timeout").cloned().unwrap_or(Value::None))
    }),
    Native::framed("_set_global", |vm, a| {
        let Some(f) = vm.calling_frame() else {
            return Ok(Value::None);
        };
        if let Value::Str(s) = &a.all[0] {
            f.globals
                .names
                .borrow_mut()
                .set(&crate::program::value::Name::of(s), a.all[1].clone());
        }
        Ok(Value::None)
    }),
    Native::function("_error_class", |_, a| {
        Ok(Value::Class(super::error_class(
            if a.all[0].as_str() == Some("herror") {
                "herror"
            } else {
                "gaierror"
            },
        )))
    }),
];

fn host(_: &mut Vm, _: Vec<Value>, answer: HostAnswer) -> Res<Value> {
    match outcome(answer)? {
        Outcome::Host { name } => Ok(Value::str(name)),
        _ => Ok(Value::None),
    }
}

/// 0, or the errno: os.py makes the exception, with the path in it.
fn errno(_: &mut Vm, _: Vec<Value>, answer: HostAnswer) -> Res<Value> {
    Ok(match answer {
        HostAnswer::Net(Outcome::Failed { errno, why: None }) => Value::from(errno),
        answer => {
            outcome(answer)?;
            Value::from(0)
        }
    })
}

fn path_arg(a: &Args<'_>, name: &str) -> Res<protocol::Payload> {
    host_arg(a, name).map(|path| path.into_bytes().into())
}

fn host_arg(a: &Args<'_>, name: &str) -> Res<String> {
    arity(a, name, 0, 1, 1)?;
    match (a.all[0].as_str(), bytes_like(&a.all[0])) {
        (Some(s), _) => Ok(s.to_owned()),
        (_, Some(b)) => Ok(String::from_utf8_lossy(&b).into_owned()),
        _ => type_error(format!(
            "{name}() argument 1 must be str, bytes or bytearray, not {}",
            type_name(&a.all[0])
        )),
    }
}

/// getaddrinfo(host, port, family=0, type=0, proto=0, flags=0): a list of plain tuples; socket.py makes enums of them.
fn getaddrinfo(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    let Some(h) = a.get(0, "host") else {
        return type_error("getaddrinfo() missing required argument 'host' (pos 1)");
    };
    let host = match (h.as_str(), bytes_like(h)) {
        (Some(s), _) => Some(s.to_owned()),
        (_, Some(b)) => Some(String::from_utf8_lossy(&b).into_owned()),
        _ if h.is_none() => None,
        _ => return type_error("getaddrinfo() argument 1 must be string or None"),
    };
    let service = match a.get(1, "port") {
        None | Some(Value::None) => None,
        Some(v) => match (v.as_str(), crate::program::vm::operator::to_big(v)) {
            (Some(s), _) => Some(s.to_owned()),
            (_, Some(n)) => Some(n.to_string()),
            _ => return Err(raise("OSError", "Int or String expected")),
        },
    };
    let mut number = |i: usize, name: &str| -> Res<i32> {
        match a.get(i, name) {
            Some(v) => Ok(vm.int_arg(v)? as i32),
            None => Ok(0),
        }
    };
    let call = Call::GetAddrInfo {
        host,
        service,
        family: number(2, "family")?,
        kind: number(3, "type")?,
        proto: number(4, "proto")?,
        flags: number(5, "flags")?,
    };
    net(
        call,
        None,
        "getaddrinfo",
        |_, _, answer| {
            let Outcome::AddrInfo { list } = outcome(answer)? else {
                return Ok(Value::list(Vec::new()));
            };
            Ok(Value::list(
                list.iter()
                    .map(|e| {
                        Value::tuple(vec![
                            Value::from(e.family),
                            Value::from(e.kind),
                            Value::from(e.proto),
                            Value::str(e.canonical.as_str()),
                            to_value(&e.addr),
                        ])
                    })
                    .collect(),
            ))
        },
        Vec::new(),
    )
}

fn socketpair(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "socketpair", 0, 0, 3)?;
    let mut number = |i: usize, name: &str, default: i32| -> Res<i32> {
        match a.get(i, name) {
            Some(v) if !v.is_none() => Ok(vm.int_arg(v)? as i32),
            _ => Ok(default),
        }
    };
    let (family, kind, proto) = (
        number(0, "family", UNIX)?,
        number(1, "type", 1)?,
        number(2, "proto", 0)?,
    );
    let (first, second) = (vm.new_socket_id(), vm.new_socket_id());
    let state = [first.0 as i32, second.0 as i32, family, kind, proto]
        .map(Value::from)
        .to_vec();
    net(
        Call::SocketPair {
            first,
            second,
            family,
            kind,
            proto,
        },
        None,
        "socketpair",
        |vm, state, answer| {
            outcome(answer)?;
            let n: Vec<i32> = state
                .iter()
                .map(|v| if let Value::Int(n) = v { *n as i32 } else { 0 })
                .collect();
            let x = pair_end(vm, protocol::SocketId(n[0] as u32), n[2], n[3], n[4])?;
            let y = pair_end(vm, protocol::SocketId(n[1] as u32), n[2], n[3], n[4])?;
            Ok(Value::tuple(vec![x, y]))
        },
        state,
    )
}

fn swap16(vm: &mut Vm, a: &Args<'_>, name: &str) -> Res<Value> {
    arity(a, name, 0, 1, 1)?;
    let n = vm.int_arg(&a.all[0])?;
    if n < 0 {
        let words = format!("{name}: can't convert negative Python int to C 16-bit unsigned integer");
        return Err(raise("OverflowError", words));
    }
    match u16::try_from(n) {
        Ok(n) => Ok(Value::from(n.swap_bytes())),
        Err(_) => Err(raise(
            "OverflowError",
            format!("{name}: Python int too large to convert to C 16-bit unsigned integer"),
        )),
    }
}

fn swap32(vm: &mut Vm, a: &Args<'_>, name: &str) -> Res<Value> {
    arity(a, name, 0, 1, 1)?;
    let n = vm.int_arg(&a.all[0])?;
    match u32::try_from(n) {
        Ok(n) => Ok(Value::from(n.swap_bytes())),
        Err(_) if n < 0 => Err(raise(
            "OverflowError",
            "can't convert negative value to unsigned int",
        )),
        Err(_) => Err(raise("OverflowError", "int larger than 32 bits")),
    }
}

/// inet_aton(3): one to four numbers, also octal and hexadecimal.
fn aton(text: &str) -> Option<u32> {
    let text = text.split_whitespace().next()?;
    let parts: Vec<&str> = text.split('.').collect();
    let n = parts.len();
    if n > 4 {
        return None;
    }
    let mut out = 0_u32;
    for (i, p) in parts.iter().enumerate() {
        let v = if let Some(hex) = p.strip_prefix("0x").or_else(|| p.strip_prefix("0X")) {
            u64::from_str_radix(hex, 16).ok()?
        } else if p.len() > 1 && p.starts_with('0') {
            u64::from_str_radix(p, 8).ok()?
        } else {
            p.parse().ok()?
        };
        if i + 1 < n {
            out |= u32::try_from(v).ok().filter(|v| *v < 256)? << (24 - 8 * i);
        } else {
            let bits = 8 * (5 - n) as u32;
            if bits < 32 && v >= 1 << bits || v > u64::from(u32::MAX) {
                return None;
            }
            out |= v as u32;
        }
    }
    Some(out)
}
