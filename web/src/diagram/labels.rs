//! Calls and what they gave, in as few words as a diagram has room for.

use engine::timeline::words;
use protocol::{Call, Outcome};

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
