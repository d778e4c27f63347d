//! Answers of calls in the words that the judge uses.

use protocol::outcome::AddrInfo;
use protocol::{Address, OptionValue, Outcome, SocketId};
use serde_json::Value;

pub(super) fn port(port: u16) -> String {
    if port >= 32768 {
        "ephemeral".to_owned()
    } else {
        port.to_string()
    }
}

fn shown(address: &Address) -> String {
    match address {
        Address::Unix { path } => format!(
            "unix {}",
            path.0.iter().map(|b| char::from(*b)).collect::<String>()
        ),
        Address::V4 { ip, port: p } => format!("{ip}:{}", port(*p)),
        Address::V6 { ip, port: p, .. } => format!("{ip}:{}", port(*p)),
        Address::Name { .. } => panic!("the lab told a name"),
    }
}

/// Bytes as CPython's repr has them.
fn repr(data: &[u8]) -> String {
    format!("b'{}'", data.escape_ascii().to_string().replace("\\\"", "\""))
}

/// An outcome in the judge's words.
pub(super) fn words(step: &Value, outcome: &Outcome) -> String {
    let list = |ids: &[SocketId]| format!("{:?}", ids.iter().map(|s| s.0).collect::<Vec<_>>());
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Accepted { addr } => format!("accepted {}", shown(addr)),
        Outcome::Sent { n } => format!("sent {n}"),
        Outcome::Received { data, addr } if step[0] == "recvfrom" => {
            let from = addr.as_ref().map_or("nobody".to_owned(), shown);
            format!("received {} {from}", repr(&data.0))
        }
        Outcome::Received { data, .. } => format!("received {}", repr(&data.0)),
        Outcome::Name { addr } => shown(addr),
        Outcome::Option {
            value: OptionValue::Int(n),
        } => format!("int {n}"),
        Outcome::Option {
            value: OptionValue::Bytes(bytes),
        } => format!("bytes {:?}", bytes.0),
        Outcome::Ready { read, write, except } => {
            format!("ready {} {} {}", list(read), list(write), list(except))
        }
        Outcome::AddrInfo { list } => {
            let one = |i: &AddrInfo| {
                format!(
                    "{} {} {} {} {}",
                    i.family,
                    i.kind,
                    i.proto,
                    i.canonical,
                    shown(&i.addr)
                )
            };
            list.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Outcome::Host { name } => name.clone(),
        Outcome::Failed { errno, .. } => format!("errno {errno}"),
        Outcome::TimedOut => "timed out".to_owned(),
        Outcome::Unresolved { code } => format!("gai {code}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    }
}
