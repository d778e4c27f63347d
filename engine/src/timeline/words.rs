//! Each event in one plain sentence: the text timeline, the caption, screen readers, transcripts.
//!
//! Present tense, the actor first. English; another language is another set of these functions, chosen by the page.

use crate::program::text::unicode::{push_lower, push_upper};
use protocol::event::Wait;
use protocol::wire::{By, Embryo, Fate, Host};
use protocol::{
    Address, Call, Event, EventKind, OptionValue, Outcome, Payload, Sample, Stream, TcpState, WireNews, errno,
};

/// Who is who in the sentences.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The programs' names in the lab's order.
    pub programs: &'a [String],
}

impl Names<'_> {
    fn actor(&self, event: &Event) -> String {
        let name = event.program.and_then(|p| self.programs.get(usize::from(p.0)));
        let name = name.map_or("the lab", String::as_str);
        let mut name = capital(name);
        if event.thread.0 > 0 {
            name.push_str(&format!(" (thread {})", event.thread.0));
        }
        name
    }
}

/// The first letter as a capital.
pub fn capital(text: &str) -> String {
    with_first(text, push_upper)
}

/// The word for the event's kind, as the text timeline shows it in a column.
pub fn kind(event: &Event) -> &'static str {
    match &event.kind {
        EventKind::Line { .. } | EventKind::Lines { .. } => "line",
        EventKind::Called { .. } | EventKind::Waiting { .. } => "call",
        EventKind::Returned { outcome, .. } if outcome.is_ok() => "call",
        EventKind::Returned { .. } | EventKind::Raised { .. } => "error",
        EventKind::Socket { .. } | EventKind::Embryos { .. } => "state",
        EventKind::Wire { .. } => "packet",
        EventKind::Output { .. } => "output",
        EventKind::Typed { .. } | EventKind::Interrupted => "input",
        EventKind::Pausing { .. } | EventKind::Resumed { .. } => "wait",
        EventKind::Started { .. } | EventKind::Ended { .. } => "program",
        EventKind::Notice { .. } | EventKind::Hosts { .. } => "lab",
    }
}

/// The event in one sentence. `call` is the call that a [`EventKind::Returned`] belongs to, where it is known.
pub fn sentence(event: &Event, names: Names<'_>, call: Option<&Event>) -> String {
    let who = names.actor(event);
    match &event.kind {
        EventKind::Started { args } if args.is_empty() => format!("{who} starts."),
        EventKind::Started { args } => format!("{who} starts with {}.", args.join(" ")),
        EventKind::Line { line, .. } => format!("{who} is at line {line}."),
        EventKind::Lines { count: 1, line, .. } => format!("{who} runs 1 line, as far as line {line}."),
        EventKind::Lines { count, line, .. } => format!("{who} runs {count} lines, as far as line {line}."),
        EventKind::Called { api, what, fd, .. } => format!("{who} calls {}.", call_text(api, what, *fd)),
        EventKind::Waiting { .. } => {
            let api = call.map_or("the call", api_of);
            format!("{who} is blocked in {api}(): {}.", waiting_for(call))
        }
        EventKind::Returned { outcome, fds, .. } => returned(&who, call, outcome, fds),
        EventKind::Pausing {
            wait: Wait::Time { seconds, api },
            ..
        } => {
            format!("{who} waits in {api}(), {} at most.", seconds_text(*seconds))
        }
        EventKind::Pausing {
            wait: Wait::Input, ..
        } => format!("{who} waits for a line from its terminal."),
        EventKind::Pausing {
            wait: Wait::Threads, ..
        } => {
            format!("{who} cannot go on: each of its threads waits for another.")
        }
        EventKind::Resumed { .. } => format!("{who} goes on."),
        EventKind::Output {
            stream: Stream::Stdout,
            data,
            ..
        } => format!("{who} prints: {}", text_of(data)),
        EventKind::Output {
            stream: Stream::Stderr,
            data,
            ..
        } => {
            format!("{who} writes to stderr: {}", text_of(data))
        }
        EventKind::Typed { text: Some(text) } => format!("You type to the {}: {text}", lower(&who)),
        EventKind::Typed { text: None } => format!("You end the input of the {} (Ctrl-D).", lower(&who)),
        EventKind::Interrupted => format!("You interrupt the {} (Ctrl-C).", lower(&who)),
        EventKind::Raised {
            exception,
            message,
            line,
            ..
        } => {
            let colon = if message.is_empty() { "" } else { ": " };
            format!("{who} ends with {exception}{colon}{message} at line {line}.")
        }
        EventKind::Ended { stopped: true, .. } => format!("{who} was stopped."),
        EventKind::Ended { status, .. } => format!("{who} has ended, exit {status}."),
        EventKind::Socket { sample, .. } => sampled(&who, sample),
        EventKind::Hosts { hosts } => hosts_text(hosts),
        EventKind::Wire { news, .. } => wire_text(news),
        EventKind::Embryos { all, .. } => embryos_text(all),
        EventKind::Notice { text, .. } => text.clone(),
    }
}

fn hosts_text(hosts: &[Host]) -> String {
    match hosts {
        [] => "The network is there.".to_owned(),
        [host] => format!("The network is there: one host, {}.", host_text(host)),
        hosts => format!(
            "The network is there: the hosts {}.",
            hosts.iter().map(host_text).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn host_text(host: &Host) -> String {
    match host.addresses.as_slice() {
        [] => host.name.clone(),
        addresses => format!("{} ({})", host.name, addresses.join(", ")),
    }
}

fn wire_text(news: &WireNews) -> String {
    match news {
        WireNews::Sent {
            packet,
            fate,
            copy_of,
            ..
        } => {
            let what = match copy_of {
                Some(of) => format!("A copy of packet {}, packet {},", of.0, packet.0),
                None => format!("Packet {}", packet.0),
            };
            match fate {
                Fate::Delivered => format!("{what} crosses the wire."),
                other => format!("{what} is sent; {}.", fate_text(*other)),
            }
        }
        WireNews::Now { packet, fate } => match fate {
            Fate::Delivered => format!("Packet {} arrives.", packet.0),
            other => format!("Packet {}: {}.", packet.0, fate_text(*other)),
        },
        WireNews::Again { packet, count } => format!(
            "The sender of packet {} has had no answer and has sent the same again, {} so far: no need to show it.",
            packet.0,
            times(*count)
        ),
        WireNews::Moved { packet, behind } => {
            format!("You put packet {} behind packet {}.", packet.0, behind.0)
        }
        WireNews::Flood {
            count, bytes, lost, ..
        } => {
            let lost = if *lost > 0 {
                format!("; {lost} of them are lost")
            } else {
                String::new()
            };
            format!("{count} more packets cross the wire, {bytes} bytes, too many to show each{lost}.")
        }
        WireNews::Ruled { held: true, .. } => "From now on every packet waits on the wire.".to_owned(),
        WireNews::Ruled { rules, .. } if rules.is_empty() => {
            "From now on packets cross the wire by themselves.".to_owned()
        }
        WireNews::Ruled { rules, .. } => format!(
            "From now on packets cross the wire by {}.",
            if rules.len() == 1 {
                "a rule".to_owned()
            } else {
                format!("{} rules", rules.len())
            }
        ),
    }
}

fn fate_text(fate: Fate) -> String {
    match fate {
        Fate::Delivered => "it arrives".to_owned(),
        Fate::Held => "it waits on the wire until you let it go".to_owned(),
        Fate::Delayed { .. } => "it is on its way and arrives later".to_owned(),
        Fate::Dropped { by: By::Hand } => "you drop it".to_owned(),
        Fate::Dropped { by: By::Rule(n) } => format!("rule {} of the wire loses it", n + 1),
        Fate::Dropped { by: By::NoHost } => "it is lost, because no host has its address".to_owned(),
        Fate::Dropped { by: By::Full } => "it is lost, because the wire is full".to_owned(),
    }
}

pub(super) fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn embryos_text(all: &[Embryo]) -> String {
    match all {
        [] => "No connection waits for accept() any more.".to_owned(),
        all => {
            let one = |e: &Embryo| format!("{} from {}", e.state, python_address(&e.peer));
            let list = all.iter().map(one).collect::<Vec<_>>().join(", ");
            format!("The kernel holds a connection that no accept() has taken yet: {list}.")
        }
    }
}

/// The first letter as a small one.
pub fn lower(text: &str) -> String {
    with_first(text, push_lower)
}

fn with_first(text: &str, push: fn(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    if let Some(first) = chars.next() {
        push(&mut out, first);
    }
    out.push_str(chars.as_str());
    out
}

fn api_of(event: &Event) -> &str {
    match &event.kind {
        EventKind::Called { api, .. } => api,
        _ => "the call",
    }
}

fn waiting_for(call: Option<&Event>) -> &'static str {
    match call.map(|c| &c.kind) {
        Some(EventKind::Called { what, .. }) => match what {
            Call::Accept { .. } => "nobody has connected yet",
            Call::Connect { .. } => "the peer has not answered yet",
            Call::Recv { .. } | Call::RecvFrom { .. } => "nothing has arrived yet",
            Call::Send { .. } | Call::SendTo { .. } => "the send buffer is full",
            Call::Select { .. } => "nothing is ready yet",
            _ => "the kernel has no answer yet",
        },
        _ => "the kernel has no answer yet",
    }
}

/// `bind(('127.0.0.1', 8888))` as Python writes it, bytes cut to what fits on a line.
pub fn call_text(api: &str, call: &Call, fd: Option<i32>) -> String {
    let inner = match call {
        Call::Socket { family, kind, .. } => format!("{}, {}", family_name(*family), kind_name(*kind)),
        Call::Bind { addr, .. } | Call::Connect { addr, .. } => python_address(addr),
        Call::Listen { backlog, .. } => backlog.to_string(),
        Call::Send { data, .. } => bytes_text(data),
        Call::SendTo { data, addr, .. } => format!("{}, {}", bytes_text(data), python_address(addr)),
        Call::Recv { max, .. } | Call::RecvFrom { max, .. } => max.to_string(),
        Call::SetTimeout { timeout: Some(t), .. } => format!("{t}"),
        Call::SetTimeout { timeout: None, .. } => "None".into(),
        Call::SetSockOpt {
            level, name, value, ..
        } => {
            let value = match value {
                OptionValue::Int(n) => n.to_string(),
                OptionValue::Bytes(bytes) => bytes_text(bytes),
            };
            format!("{}, {value}", option_name(*level, *name))
        }
        Call::GetSockOpt { level, name, .. } => option_name(*level, *name),
        Call::Shutdown { how, .. } => match how {
            0 => "SHUT_RD".into(),
            1 => "SHUT_WR".into(),
            2 => "SHUT_RDWR".into(),
            n => n.to_string(),
        },
        Call::GetAddrInfo { host, service, .. } => {
            format!("{}, {}", quoted(host.as_deref()), quoted(service.as_deref()))
        }
        Call::GetHostByName { name } => quoted(Some(name)),
        Call::GetNameOf { ip } => format!("'{ip}'"),
        Call::Select {
            read,
            write,
            except,
            timeout,
        } => {
            let timeout = timeout.map_or_else(String::new, |t| format!(", {t}"));
            format!(
                "{} to read, {} to write, {} other{timeout}",
                read.len(),
                write.len(),
                except.len()
            )
        }
        Call::SocketPair { .. }
        | Call::Accept { .. }
        | Call::Close { .. }
        | Call::GetSockName { .. }
        | Call::GetPeerName { .. }
        | Call::GetHostName => String::new(),
        Call::Stat { path } | Call::Unlink { path } => quoted(Some(&String::from_utf8_lossy(&path.0))),
    };
    let on = fd
        .filter(|_| !matches!(call, Call::Socket { .. }))
        .map_or_else(String::new, |fd| format!(" on fd {fd}"));
    format!("{api}({inner}){on}")
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "None".into(), |t| format!("'{t}'"))
}

/// `('127.0.0.1', 8888)`.
pub fn python_address(addr: &Address) -> String {
    match addr {
        Address::V4 { ip, port } => format!("('{ip}', {port})"),
        Address::V6 {
            ip,
            port,
            flow,
            scope,
        } => format!("('{ip}', {port}, {flow}, {scope})"),
        Address::Name { host, port, .. } => format!("('{host}', {port})"),
        Address::Unix { path } => format!("'{}'", path.0.escape_ascii()),
    }
}

fn returned(who: &str, call: Option<&Event>, outcome: &Outcome, fds: &[i32]) -> String {
    let Some(EventKind::Called { api, what, .. }) = call.map(|c| &c.kind) else {
        return format!("{who}'s call returns.");
    };
    let fd = fds
        .first()
        .map_or_else(|| "a descriptor".into(), |fd| format!("fd {fd}"));
    match outcome {
        Outcome::Done => match what {
            Call::Socket { .. } => format!("The kernel gives the {} {fd}.", lower(who)),
            Call::SocketPair { .. } => {
                let second = fds
                    .get(1)
                    .map_or_else(|| "another".into(), |fd| format!("fd {fd}"));
                format!(
                    "The kernel gives the {} {fd} and {second}, joined to each other.",
                    lower(who)
                )
            }
            Call::Connect { .. } => format!("connect() returns: the {}'s connection is open.", lower(who)),
            Call::Close { .. } => format!("{who}'s descriptor is closed."),
            _ => format!("{api}() returns."),
        },
        Outcome::Accepted { addr } => format!("accept() returns {fd} and {}.", python_address(addr)),
        Outcome::Sent { n } => format!("{api}() returns: the kernel has taken {}.", bytes_count(*n)),
        Outcome::Received { data, addr } if data.is_empty() && addr.is_none() => {
            format!("{api}() returns b'': the peer has closed its side.")
        }
        Outcome::Received { data, addr: None } => {
            format!(
                "{api}() returns {}: {}",
                bytes_count(data.len() as u64),
                bytes_text(data)
            )
        }
        Outcome::Received {
            data,
            addr: Some(addr),
        } => format!(
            "{api}() returns {} from {}: {}",
            bytes_count(data.len() as u64),
            python_address(addr),
            bytes_text(data)
        ),
        Outcome::Name { addr } => format!("{api}() returns {}.", python_address(addr)),
        Outcome::Option {
            value: OptionValue::Int(n),
        } => format!("{api}() returns {n}."),
        Outcome::Option {
            value: OptionValue::Bytes(bytes),
        } => format!("{api}() returns {}.", bytes_text(bytes)),
        Outcome::Ready { read, write, except } => match read.len() + write.len() + except.len() {
            0 => format!("{api}() returns: nothing became ready in time."),
            1 => format!("{api}() returns: one socket is ready."),
            n => format!("{api}() returns: {n} sockets are ready."),
        },
        Outcome::AddrInfo { list } => match list.len() {
            1 => format!("{api}() returns one address."),
            n => format!("{api}() returns {n} addresses."),
        },
        Outcome::Host { name } => format!("{api}() returns '{name}'."),
        Outcome::Failed { errno: e, why } => {
            let name = errno::name(*e).unwrap_or("an unknown error");
            let why = why.as_deref().or_else(|| errno::plain(*e)).unwrap_or("");
            format!("{api}() fails with {name}. {why}").trim_end().to_owned()
        }
        Outcome::TimedOut => format!("{api}() gives up: its timeout has passed."),
        Outcome::Unresolved { code } => {
            format!(
                "{api}() fails: {}. This lab's names are localhost and its host's own.",
                errno::gai_strerror(*code)
            )
        }
        Outcome::Cancelled => format!("{api}() is withdrawn."),
    }
}

fn sampled(who: &str, sample: &Sample) -> String {
    if sample.closed {
        return match sample.state {
            Some(TcpState::Closed) => format!("{who}'s connection is over: the kernel keeps nothing of it."),
            Some(state) => format!("{who}'s kernel keeps the closed connection in {state}."),
            None => format!("{who}'s socket is gone."),
        };
    }
    let mut parts = Vec::new();
    if let Some(state) = sample.state.filter(|s| *s != TcpState::Closed) {
        parts.push(format!("is in {state}"));
    }
    if let Some(queue) = sample.accept_queue.filter(|q| q.queued > 0) {
        parts.push(match queue.queued {
            1 => "has 1 connection waiting for accept()".to_owned(),
            n => format!("has {n} connections waiting for accept()"),
        });
    }
    if sample.recv_queue > 0 {
        parts.push(format!("has {} to read", bytes_count(sample.recv_queue.into())));
    }
    if sample.send_queue > 0 {
        parts.push(format!(
            "has {} not acknowledged yet",
            bytes_count(sample.send_queue.into())
        ));
    }
    if parts.is_empty() {
        match &sample.local {
            Some(local) if local.port() != Some(0) => {
                parts.push(format!("has the address {local}, empty buffers"))
            }
            _ => parts.push("has no address yet, empty buffers".to_owned()),
        }
    }
    format!("{who}'s socket {}.", join(&parts))
}

fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `22 bytes`, `1 byte`.
pub fn bytes_count(n: u64) -> String {
    if n == 1 {
        "1 byte".into()
    } else {
        format!("{n} bytes")
    }
}

/// `b'...'`, cut to 40 bytes.
pub fn bytes_text(data: &Payload) -> String {
    const SHOWN: usize = 40;
    let shown = &data.0[..data.len().min(SHOWN)];
    let rest = data.len() - shown.len();
    let mut text = format!("b'{}'", shown.escape_ascii().to_string().replace("\\\"", "\""));
    if rest > 0 {
        text.push_str(&format!(" and {} more", bytes_count(rest as u64)));
    }
    text
}

fn text_of(data: &Payload) -> String {
    const SHOWN: usize = 120;
    let text = String::from_utf8_lossy(&data.0);
    let text = text.trim_end_matches('\n');
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    let more = lines.count();
    let mut shown: String = first.chars().take(SHOWN).collect();
    if first.chars().count() > SHOWN {
        shown.push('…');
    }
    match more {
        0 => shown,
        1 => format!("{shown} (and 1 more line)"),
        n => format!("{shown} (and {n} more lines)"),
    }
}

/// `2 s`, `0.5 s`.
pub fn seconds_text(seconds: f64) -> String {
    let text = format!("{seconds:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{} s", if text.is_empty() { "0" } else { text })
}

/// `AF_INET` for 2.
pub fn family_name(family: i32) -> String {
    match family {
        0 => "AF_UNSPEC".into(),
        1 => "AF_UNIX".into(),
        2 => "AF_INET".into(),
        10 => "AF_INET6".into(),
        n => format!("family {n}"),
    }
}

/// `SOCK_STREAM` for 1.
pub fn kind_name(kind: i32) -> String {
    match kind & 0xff {
        1 => "SOCK_STREAM".into(),
        2 => "SOCK_DGRAM".into(),
        3 => "SOCK_RAW".into(),
        n => format!("type {n}"),
    }
}

/// `SOL_SOCKET, SO_REUSEADDR` for (1, 2).
pub fn option_name(level: i32, name: i32) -> String {
    let known = match (level, name) {
        (1, 2) => "SOL_SOCKET, SO_REUSEADDR",
        (1, 3) => "SOL_SOCKET, SO_TYPE",
        (1, 4) => "SOL_SOCKET, SO_ERROR",
        (1, 6) => "SOL_SOCKET, SO_BROADCAST",
        (1, 7) => "SOL_SOCKET, SO_SNDBUF",
        (1, 8) => "SOL_SOCKET, SO_RCVBUF",
        (1, 9) => "SOL_SOCKET, SO_KEEPALIVE",
        (1, 13) => "SOL_SOCKET, SO_LINGER",
        (1, 15) => "SOL_SOCKET, SO_REUSEPORT",
        (6, 1) => "IPPROTO_TCP, TCP_NODELAY",
        (0, 2) => "IPPROTO_IP, IP_TTL",
        (0, 33) => "IPPROTO_IP, IP_MULTICAST_TTL",
        (0, 35) => "IPPROTO_IP, IP_ADD_MEMBERSHIP",
        (41, 26) => "IPPROTO_IPV6, IPV6_V6ONLY",
        _ => return format!("{level}, {name}"),
    };
    known.into()
}
