//! Calls and what they gave, in as few words as a diagram has room for.

use crate::model::bytes;
use engine::packet::Head;
use engine::packet::head::{Transport, flag};
use engine::timeline::words;
use protocol::{Address, Call, Outcome, Payload};
use std::net::SocketAddr;

/// Does the call only look at bytes, and leave them where they are?
pub(super) const fn peeks(call: &Call) -> bool {
    const MSG_PEEK: i32 = 2;
    match call {
        Call::Recv { flags, .. } | Call::RecvFrom { flags, .. } => *flags & MSG_PEEK != 0,
        _ => false,
    }
}

/// A call as the diagram names it: short, with the one number that matters.
pub(super) fn call_label(api: &str, call: &Call) -> String {
    match call {
        Call::Listen { backlog, .. } => format!("{api}({backlog})"),
        Call::Recv { max, .. } | Call::RecvFrom { max, .. } => format!("{api}({max})"),
        Call::SetTimeout { timeout: Some(t), .. } => format!("{api}({t})"),
        _ => format!("{api}()"),
    }
}

/// What a call gave, in as few words as possible; `None` where "it returned" is all there is to say.
pub(super) fn gave(call: &Call, asked: Option<u64>, outcome: &Outcome, fds: &[i32]) -> Option<String> {
    let fd = fds.first().map(|fd| format!("fd {fd}"));
    match outcome {
        Outcome::Done => match call {
            Call::Bind { addr, .. } => addr.port().map(|p| format!("port {p}")),
            Call::SocketPair { .. } => Some(
                fds.iter()
                    .map(|fd| format!("fd {fd}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            Call::Connect { .. } => Some("returns".into()),
            _ => fd,
        },
        Outcome::Accepted { .. } => Some(fd.unwrap_or_else(|| "a connection".into())),
        // All that was given: the arrow says how many.
        Outcome::Sent { n } if asked == Some(*n) => Some("returns".into()),
        Outcome::Sent { n } => Some(words::bytes_count(*n)),
        Outcome::Received { data, addr: None } if data.is_empty() => Some("b''".into()),
        Outcome::Received { data, .. } => Some(words::bytes_count(data.len() as u64)),
        Outcome::Name { addr } => Some(addr.to_string()),
        Outcome::Option { .. } => None,
        Outcome::Ready { read, write, except } => {
            Some(format!("{} ready", read.len() + write.len() + except.len()))
        }
        Outcome::AddrInfo { list } => Some(match list.len() {
            1 => "1 address".into(),
            n => format!("{n} addresses"),
        }),
        Outcome::Host { name } => Some(name.clone()),
        Outcome::Failed { .. } => Some("fails".into()),
        Outcome::TimedOut => Some("timed out".into()),
        Outcome::Unresolved { .. } => Some("name unknown".into()),
        Outcome::Cancelled => Some("withdrawn".into()),
    }
}

pub(super) fn short_seconds(seconds: f64) -> String {
    let text = words::seconds_text(seconds);
    text.strip_suffix(" s").unwrap_or(&text).to_owned()
}

/// Source and destination of a packet, as its headers have them; `None` where there are no ports.
pub(super) fn ends(packet: &Payload) -> Option<(Address, Address)> {
    let head = Head::parse(&packet.0)?;
    let (from, to) = head.ports()?;
    let address = |ip, port| Address::from_std(SocketAddr::new(ip, port));
    Some((address(head.source, from), address(head.target, to)))
}

/// The first bytes of a program in a packet, as text.
pub(super) fn head_of(packet: &Payload) -> String {
    const SHOWN: usize = 32;
    let payload = match Head::parse(&packet.0).map(|head| head.transport) {
        Some(Transport::Tcp(tcp)) => tcp.payload,
        Some(Transport::Udp(udp)) => udp.payload,
        _ => &[],
    };
    bytes::preview(&payload[..payload.len().min(SHOWN)].into())
}

/// TCP's control bits as they are called: `SYN-ACK`, `PSH-ACK`.
pub(super) fn flags(flags: u8) -> String {
    const NAMES: [(u8, &str); 6] = [
        (flag::RST, "RST"),
        (flag::SYN, "SYN"),
        (flag::FIN, "FIN"),
        (flag::PSH, "PSH"),
        (flag::URG, "URG"),
        (flag::ACK, "ACK"),
    ];
    let set: Vec<_> = NAMES
        .iter()
        .filter(|(bit, _)| flags & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    if set.is_empty() {
        "no flags".into()
    } else {
        set.join("-")
    }
}

/// A packet in two words: `SYN`, `22 bytes`, `UDP, 5 bytes`.
pub fn in_short(packet: &Payload) -> String {
    let bytes = |n: usize| words::bytes_count(n as u64);
    match Head::parse(&packet.0).map(|head| head.transport) {
        Some(Transport::Tcp(tcp)) if tcp.payload.is_empty() => flags(tcp.flags),
        Some(Transport::Tcp(tcp)) => format!("{}, {}", flags(tcp.flags), bytes(tcp.payload.len())),
        Some(Transport::Udp(udp)) => format!("UDP, {}", bytes(udp.payload.len())),
        Some(Transport::Icmp { .. }) => "ICMP".into(),
        _ => "packet".into(),
    }
}
