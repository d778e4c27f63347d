//! Python's address tuples and the protocol's addresses.

use protocol::{Address, Payload};
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::program::builtins::bytes::bytes_like;
use crate::program::exceptions::{raise, type_error};
use crate::program::types::type_name;
use crate::program::value::Value;
use crate::program::vm::{Res, Vm};

/// AF_UNIX, AF_INET, AF_INET6.
pub(super) const UNIX: i32 = 1;
pub(super) const INET: i32 = 2;
pub(super) const INET6: i32 = 10;

/// The longest name that fits sun_path.
const MAX_PATH: usize = 108;

/// An argument as an address of the socket's family; `name` is the method's.
pub(super) fn from_value(vm: &mut Vm, family: i32, v: &Value, name: &str) -> Res<Address> {
    match family {
        INET => {
            let Value::Tuple(t) = v.inner() else {
                return type_error(format!(
                    "{name}(): AF_INET address must be tuple, not {}",
                    type_name(v)
                ));
            };
            let [host, port] = &***t else {
                return type_error("AF_INET address must be a pair (host, port)");
            };
            let host = host_text(host)?;
            let port = port_number(vm, port, name)?;
            Ok(match host.parse::<Ipv4Addr>() {
                Ok(ip) => Address::V4 { ip, port },
                Err(_) => Address::Name {
                    host,
                    port,
                    flow: 0,
                    scope: 0,
                },
            })
        }
        INET6 => {
            let Value::Tuple(t) = v.inner() else {
                return type_error(format!(
                    "{name}(): AF_INET6 address must be tuple, not {}",
                    type_name(v)
                ));
            };
            if t.len() < 2 || t.len() > 4 {
                return type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])");
            }
            let host = host_text(&t[0])?;
            let port = port_number(vm, &t[1], name)?;
            let flow = match t.get(2) {
                Some(v) => vm.int_arg(v)?,
                None => 0,
            };
            let scope = match t.get(3) {
                Some(v) => vm.int_arg(v)?,
                None => 0,
            };
            if !(0..=0xf_ffff).contains(&flow) {
                return Err(raise(
                    "OverflowError",
                    format!("{name}(): flowinfo must be 0-1048575."),
                ));
            }
            let (flow, scope) = (flow as u32, scope as u32);
            Ok(match host.parse::<Ipv6Addr>() {
                Ok(ip) => Address::V6 {
                    ip,
                    port,
                    flow,
                    scope,
                },
                Err(_) => Address::Name {
                    host,
                    port,
                    flow,
                    scope,
                },
            })
        }
        UNIX => {
            let path = match (v.as_str(), bytes_like(v)) {
                (Some(s), _) => s.as_bytes().to_vec(),
                (_, Some(b)) => b,
                _ => return type_error(format!("a bytes-like object is required, not '{}'", type_name(v))),
            };
            let abstract_name = path.first() == Some(&0);
            if path.len() > MAX_PATH || (path.len() == MAX_PATH && !abstract_name) {
                return Err(raise("OSError", "AF_UNIX path too long"));
            }
            Ok(Address::Unix { path: Payload(path) })
        }
        _ => Err(raise("OSError", format!("{name}(): bad family"))),
    }
}

/// A host: str, bytes; None and '' mean any address.
fn host_text(v: &Value) -> Res<String> {
    match (v.as_str(), bytes_like(v)) {
        (Some(s), _) => Ok(s.to_owned()),
        (_, Some(b)) => Ok(String::from_utf8_lossy(&b).into_owned()),
        _ if v.is_none() => Ok(String::new()),
        _ => type_error(format!("str, bytes or bytearray expected, not {}", type_name(v))),
    }
}

fn port_number(vm: &mut Vm, v: &Value, name: &str) -> Res<u16> {
    let n = match vm.int_arg(v) {
        Ok(n) => n,
        Err(e) => match *e {
            crate::program::vm::Ctl::Raise(x) if crate::program::exceptions::is_a(&x, "OverflowError") => -1,
            other => return Err(Box::new(other)),
        },
    };
    u16::try_from(n).map_err(|_| raise("OverflowError", format!("{name}(): port must be 0-65535.")))
}

/// An address as Python has it.
pub(super) fn to_value(a: &Address) -> Value {
    match a {
        Address::V4 { ip, port } => Value::tuple(vec![Value::str(ip.to_string()), Value::from(*port)]),
        Address::V6 {
            ip,
            port,
            flow,
            scope,
        } => Value::tuple(vec![
            Value::str(ip.to_string()),
            Value::from(*port),
            Value::from(*flow),
            Value::from(*scope),
        ]),
        Address::Name { host, port, .. } => Value::tuple(vec![Value::str(host.as_str()), Value::from(*port)]),
        Address::Unix { path } => {
            if path.0.first() == Some(&0) {
                Value::bytes(path.0.clone())
            } else {
                Value::str(String::from_utf8_lossy(&path.0).into_owned())
            }
        }
    }
}
