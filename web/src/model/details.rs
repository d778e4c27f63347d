//! One call in full: what was asked, what the kernel answered, which bytes, how long it took. On loopback this stands
//! where other networks show a packet's fields.

use super::{Moment, bytes, moment};
use engine::timeline::words;
use protocol::{Call, Event, EventKind, Outcome, Payload, errno};

/// How many rows of eight bytes are shown.
const ROWS: usize = 64;

/// A call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// `sendall(b'...')`.
    pub title: String,
    /// `client, line 9`.
    pub place: String,
    /// Names and values, with a plain word beside.
    pub fields: Vec<Field>,
    /// The bytes that it gave or took.
    pub bytes: Vec<bytes::Row>,
    /// Bytes that are not shown.
    pub more: usize,
    /// It failed.
    pub bad: bool,
    /// The event of its entry.
    pub seq: u64,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `Answer`.
    pub name: &'static str,
    /// `22 bytes`.
    pub value: String,
    /// In plain words.
    pub plain: String,
    /// Marked.
    pub lit: bool,
}

/// The call of event `seq`, or else the last call before it.
pub fn details(moment: &Moment<'_>, seq: u64) -> Option<Details> {
    let events = moment.timeline.events();
    let until = usize::try_from(seq.min(moment.seq()))
        .unwrap_or(usize::MAX)
        .min(events.len());
    let chosen = events.get(until.checked_sub(1)?)?;
    let entry = moment::call_of(events, chosen).or_else(|| {
        events[..until]
            .iter()
            .rev()
            .find(|e| matches!(e.kind, EventKind::Called { .. }))
    })?;
    let EventKind::Called {
        call: id,
        api,
        fd,
        line,
        what,
    } = &entry.kind
    else {
        return None;
    };
    let shown = usize::try_from(moment.seq())
        .unwrap_or(usize::MAX)
        .min(events.len());
    let start = usize::try_from(entry.seq).unwrap_or(0).min(shown);
    let answer = events[start..shown]
        .iter()
        .find(|e| matches!(&e.kind, EventKind::Returned { call, .. } if call == id));
    let program = entry.program.map_or("", |p| moment.name(p));
    let mut details = Details {
        title: words::call_text(api, what, None),
        place: format!("{program}, line {line}"),
        seq: entry.seq,
        ..Details::default()
    };
    let mut field = |name, value: String, plain: String, lit| {
        details.fields.push(Field {
            name,
            value,
            plain,
            lit,
        })
    };
    field(
        "System call",
        format!("{}(2)", what.name()),
        purpose(what).into(),
        false,
    );
    if let Some(fd) = fd {
        field(
            "Descriptor",
            format!("fd {fd}"),
            "how the program names the socket".into(),
            false,
        );
    }
    field(
        "Entered",
        super::time_text(entry.t, moment.began()),
        format!("event {}", entry.seq),
        false,
    );
    match answer {
        None => field(
            "Answer",
            "none yet".into(),
            "the call waits in the kernel".into(),
            true,
        ),
        Some(event) => {
            let took = super::span_text(event.t.saturating_sub(entry.t));
            field(
                "Returned",
                super::time_text(event.t, moment.began()),
                format!("after {took}, event {}", event.seq),
                false,
            );
            answered(event, what, &mut field);
            if moment.timeline.causes().is_unknown(event.seq) {
                let plain = "datagrams alike came from different senders, and recv() does not say from whom it took one";
                field("Packet", "not known".into(), plain.into(), false);
            }
        }
    }
    let changed = answer.map_or(0, |a| changed_sockets(events, entry.seq, a.seq));
    if changed > 0 {
        let value = if changed == 1 {
            "1 look".to_owned()
        } else {
            format!("{changed} looks")
        };
        details.fields.push(Field {
            name: "Kernel state",
            value,
            plain: "at sockets that changed with it".into(),
            lit: false,
        });
    }
    let outcome = answer.and_then(|e| match &e.kind {
        EventKind::Returned { outcome, .. } => Some(outcome),
        _ => None,
    });
    details.bad = outcome.is_some_and(|o| !o.is_ok());
    let data: Option<&Payload> = outcome.and_then(Outcome::payload).or_else(|| what.payload());
    if let Some(data) = data {
        details.bytes = bytes::rows(&data.0, ROWS);
        details.more = data.len().saturating_sub(ROWS * 8);
    }
    Some(details)
}

fn answered(event: &Event, what: &Call, field: &mut impl FnMut(&'static str, String, String, bool)) {
    let EventKind::Returned { outcome, fds, .. } = &event.kind else {
        return;
    };
    match outcome {
        Outcome::Failed { errno: e, why } => {
            let name = errno::name(*e).unwrap_or("unknown");
            let plain = why.as_deref().or_else(|| errno::plain(*e)).unwrap_or_default();
            field("Answer", format!("-1, {name}"), plain.to_owned(), true);
            field("errno", e.to_string(), errno::strerror(*e), false);
        }
        Outcome::TimedOut => {
            field(
                "Answer",
                "timed out".into(),
                "the socket's own timeout; nothing was taken".into(),
                true,
            );
        }
        Outcome::Cancelled => field("Answer", "withdrawn".into(), "nothing was taken".into(), true),
        Outcome::Unresolved { code } => {
            field(
                "Answer",
                format!("{code}"),
                errno::gai_strerror(*code).to_owned(),
                true,
            );
        }
        Outcome::Sent { n } => {
            let asked = what.payload().map_or(0, Payload::len) as u64;
            let plain = if *n == asked {
                "all that was given"
            } else {
                "fewer than were given"
            };
            field("Answer", words::bytes_count(*n), plain.into(), true);
        }
        Outcome::Received { data, addr } => {
            let plain = match (data.is_empty(), addr) {
                (true, None) => "the peer has closed its side".to_owned(),
                (_, Some(addr)) => format!("from {addr}"),
                _ => "taken out of the receive buffer".to_owned(),
            };
            field("Answer", words::bytes_count(data.len() as u64), plain, true);
        }
        Outcome::Accepted { addr } => {
            field("Peer", addr.to_string(), "who has connected".into(), false);
        }
        Outcome::Name { addr } => field("Answer", addr.to_string(), String::new(), true),
        Outcome::Host { name } => field("Answer", name.clone(), String::new(), true),
        Outcome::Done | Outcome::Option { .. } | Outcome::Ready { .. } | Outcome::AddrInfo { .. } => {
            field("Answer", "0".into(), "it worked".into(), true);
        }
    }
    if !fds.is_empty() {
        let list = fds
            .iter()
            .map(|fd| format!("fd {fd}"))
            .collect::<Vec<_>>()
            .join(", ");
        field(
            "New descriptor",
            list,
            "the program has it from now on".into(),
            true,
        );
    }
}

/// Looks of the kernel between a call's entry and its return.
fn changed_sockets(events: &[Event], from: u64, to: u64) -> usize {
    let range = usize::try_from(from).unwrap_or(0)..usize::try_from(to).unwrap_or(0);
    let between = events.get(range).unwrap_or_default();
    between
        .iter()
        .filter(|e| matches!(e.kind, EventKind::Socket { .. }))
        .count()
}

/// What the call is for, in a few words.
const fn purpose(call: &Call) -> &'static str {
    match call {
        Call::Socket { .. } => "makes a socket",
        Call::SocketPair { .. } => "makes two sockets joined to each other",
        Call::Bind { .. } => "gives the socket its own address",
        Call::Listen { .. } => "lets others connect to it",
        Call::Accept { .. } => "takes the next connection out of the queue",
        Call::Connect { .. } => "opens a connection, or names the peer",
        Call::Send { .. } => "gives bytes to the kernel",
        Call::SendTo { .. } => "gives one datagram to the kernel",
        Call::Recv { .. } => "takes bytes out of the receive buffer",
        Call::RecvFrom { .. } => "takes bytes, and says who sent them",
        Call::SetTimeout { .. } => "how long calls on it may wait",
        Call::SetSockOpt { .. } => "sets an option",
        Call::GetSockOpt { .. } => "reads an option",
        Call::Shutdown { .. } => "ends one direction or both",
        Call::Close { .. } => "gives the descriptor back",
        Call::GetSockName { .. } => "asks for the own address",
        Call::GetPeerName { .. } => "asks for the peer's address",
        Call::Select { .. } => "waits until a socket is ready",
        Call::GetAddrInfo { .. } | Call::GetHostByName { .. } => "looks up a name",
        Call::GetNameOf { .. } => "looks up an address",
        Call::GetHostName => "asks for the host's name",
        Call::Stat { .. } => "asks whether a path is there",
        Call::Unlink { .. } => "takes a path away",
    }
}
