//! The kernel's side of a program: its sockets as the kernel told of them last. Nothing is inferred: a socket that the
//! kernel has not spoken of yet has no state here.

use super::bytes;
use super::lit::Related;
use engine::timeline::{SocketState, State, words};
use protocol::wire::{Embryo, Timer, TimerKind};
use protocol::{Address, ProgramId, Sample, SocketId, TcpState};

/// One socket.
#[derive(Clone, Debug, PartialEq)]
pub struct SocketCard {
    /// Which.
    pub id: SocketId,
    /// `fd 3`, `no fd yet`, `closed`.
    pub fd: String,
    /// `ESTABLISHED`, `UDP, no states`.
    pub state: String,
    /// TCP's state before, if the last step changed it.
    pub was: Option<&'static str>,
    /// Its address.
    pub local: Option<String>,
    /// Its peer's.
    pub peer: Option<String>,
    /// Bytes on their way out.
    pub send: Option<Buffer>,
    /// Bytes that wait to be read.
    pub receive: Option<Buffer>,
    /// Connections that wait for accept().
    pub queue: Option<Queue>,
    /// The port that it listens on.
    pub port: Option<u16>,
    /// How it is framed.
    pub look: Look,
    /// Its state belongs to what is lit.
    pub lit: bool,
    /// Something that is not seen elsewhere, in a few words.
    pub note: Option<String>,
    /// A timer of the kernel: what for, and when it ends (nanoseconds since the lab began).
    pub timer: Option<(&'static str, u64)>,
    /// More that the kernel tells of a connection: name, value, plain words.
    pub more: Vec<(&'static str, String, &'static str)>,
}

/// How a card is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The program has it.
    Open,
    /// The kernel has it, the program has no descriptor yet.
    NoDescriptor,
    /// It is closed.
    Gone,
}

/// A buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buffer {
    /// Bytes in it.
    pub len: u64,
    /// The first of them, one cell a byte.
    pub text: String,
    /// What they wait for.
    pub note: Option<&'static str>,
    /// They belong to what is lit.
    pub lit: bool,
}

/// A listening socket's accept queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Connections in it.
    pub queued: u32,
    /// listen()'s argument.
    pub backlog: u32,
    /// Connections whose handshake is not over.
    pub half_open: usize,
}

/// A program's sockets at the cursor. `since` is the event at which the last step began: changes after it are marked.
/// `lit` is what belongs to what is lit.
pub fn cards(state: &State, program: ProgramId, since: u64, lit: &Related) -> Vec<SocketCard> {
    let mut cards = Vec::new();
    for socket in state.sockets_of(program) {
        let mut of_socket = card(socket, since, lit);
        let embryos: Vec<_> = embryos(state, socket).collect();
        if let Some(queue) = &mut of_socket.queue {
            queue.half_open = embryos
                .iter()
                .filter(|e| e.state == TcpState::SynReceived)
                .count();
        }
        cards.push(of_socket);
        cards.extend(embryos.into_iter().map(|e| embryo_card(socket, e, state.t)));
    }
    cards
}

/// Connections that wait for accept() on this listening socket.
pub fn embryos<'a>(state: &'a State, socket: &'a SocketState) -> impl Iterator<Item = &'a Embryo> {
    let listens = socket.closed.is_none() && socket.state() == Some(TcpState::Listen);
    let local = socket.sample.as_ref().and_then(|s| s.local.as_ref());
    let known = |e: &Embryo| {
        // A connection that accept() has taken is a socket of its own from then on.
        let taken =
            |s: &Sample| s.local.as_ref() == Some(&e.local) && s.peer.as_ref() == Some(&e.peer) && !s.closed;
        state
            .sockets_of(socket.program)
            .any(|s| s.sample.as_ref().is_some_and(taken))
    };
    let all = state.wire.embryos.iter();
    all.filter(move |e| listens && local.and_then(Address::port) == e.local.port() && !known(e))
}

fn embryo_card(listener: &SocketState, embryo: &Embryo, t: u64) -> SocketCard {
    let half = embryo.state == TcpState::SynReceived;
    let note = if half {
        "the kernel has answered the SYN; no program has this connection yet"
    } else {
        "open, and waits for accept()"
    };
    SocketCard {
        id: listener.id,
        fd: "no fd yet".into(),
        state: embryo.state.name().into(),
        was: None,
        local: Some(address_text(&embryo.local)),
        peer: Some(address_text(&embryo.peer)),
        send: None,
        receive: (embryo.recv_queue > 0).then(|| Buffer {
            len: embryo.recv_queue.into(),
            note: Some("arrived before accept()"),
            ..Buffer::default()
        }),
        queue: None,
        port: None,
        lit: false,
        look: Look::NoDescriptor,
        note: Some(note.into()),
        timer: embryo.timer.and_then(|timer| timer_text(timer, t)),
        more: Vec::new(),
    }
}

fn timer_text(timer: Timer, t: u64) -> Option<(&'static str, u64)> {
    let what = match timer.what {
        TimerKind::Retransmit => "sends again in",
        TimerKind::TimeWait => "TIME-WAIT ends in",
        TimerKind::ZeroWindowProbe => "asks the closed window again in",
        // Hours away, and never seen to end.
        TimerKind::KeepAlive => return None,
    };
    Some((what, t + u64::from(timer.left) * 1_000_000))
}

/// What TCP_INFO tells beside the state.
fn more(sample: &Sample) -> Vec<(&'static str, String, &'static str)> {
    let Some(tcp) = sample.tcp else { return Vec::new() };
    let ms = |us: u32| format!("{:.1} ms", f64::from(us) / 1000.0);
    let bytes = |n: u32| words::bytes_count(n.into());
    let mut all = vec![
        (
            "RTT",
            format!("{} ± {}", ms(tcp.rtt), ms(tcp.rttvar)),
            "there and back, smoothed",
        ),
        ("RTO", ms(tcp.rto), "unacknowledged for so long: sent again"),
        (
            "cwnd",
            format!("{} segments", tcp.cwnd),
            "may be on their way at once",
        ),
        ("Window", bytes(tcp.window), "this end has room for"),
        ("MSS", bytes(tcp.mss), "in one segment at most"),
        (
            "Unacknowledged",
            format!("{} segments", tcp.unacked),
            "sent, no ACK yet",
        ),
        (
            "Sent again",
            format!("{} segments", tcp.retransmitted),
            "since the connection began",
        ),
    ];
    if tcp.peer_window > 0 {
        all.insert(
            4,
            (
                "Peer's window",
                bytes(tcp.peer_window),
                "the other end has room for",
            ),
        );
    }
    if tcp.ssthresh > 0 && tcp.ssthresh < 0x7fff_ffff {
        all.insert(
            3,
            (
                "ssthresh",
                format!("{} segments", tcp.ssthresh),
                "above it cwnd grows slowly",
            ),
        );
    }
    all
}

fn card(socket: &SocketState, since: u64, lit: &Related) -> SocketCard {
    let sample = socket.sample.as_ref();
    let closed = socket.closed.is_some();
    let lingers =
        closed && sample.is_some_and(|s| s.closed && s.state.is_some_and(|s| s != TcpState::Closed));
    let look = match (closed, socket.fd) {
        (true, _) => {
            if lingers {
                Look::NoDescriptor
            } else {
                Look::Gone
            }
        }
        (false, None) => Look::NoDescriptor,
        (false, Some(_)) => Look::Open,
    };
    let fd = match (socket.fd, closed) {
        (Some(fd), _) => format!("fd {fd}"),
        (None, true) => "fd closed".into(),
        (None, false) => "no fd yet".into(),
    };
    let listens = !closed && socket.state() == Some(TcpState::Listen);
    let buffers = sample.filter(|_| !listens && !closed);
    SocketCard {
        id: socket.id,
        fd,
        state: state_text(sample, closed),
        was: socket
            .was
            .filter(|(_, at)| *at > since)
            .map(|(was, _)| was.name()),
        local: sample.and_then(|s| s.local.as_ref()).map(address_text),
        peer: sample.and_then(|s| s.peer.as_ref()).map(address_text),
        send: buffers.map(|s| send_buffer(socket, s, lit.sends.contains(&socket.id))),
        receive: buffers.map(|s| receive_buffer(s, lit.receives.contains(&socket.id))),
        queue: sample
            .filter(|_| listens)
            .and_then(|s| s.accept_queue)
            .map(|q| Queue {
                queued: q.queued,
                backlog: q.backlog,
                half_open: 0,
            }),
        port: sample.filter(|_| listens).and_then(|s| s.local.as_ref()?.port()),
        look,
        lit: lit.states.contains(&socket.id),
        note: lingers.then(|| match sample.and_then(|s| s.state) {
            Some(TcpState::TimeWait) => {
                "closed; the kernel answers stray segments until the time is up".into()
            }
            _ => "closed by the program; the kernel still has work with it".into(),
        }),
        timer: sample
            .and_then(|s| s.timer)
            .filter(|_| !closed || lingers)
            .and_then(|timer| timer_text(timer, socket.sampled_at)),
        more: buffers.map(more).unwrap_or_default(),
    }
}

fn state_text(sample: Option<&Sample>, closed: bool) -> String {
    let Some(sample) = sample else {
        return if closed { "CLOSED".into() } else { "new".into() };
    };
    if let Some(state) = sample.state {
        return if closed && !sample.closed {
            "CLOSED".into()
        } else {
            state.name().into()
        };
    }
    if closed {
        return "closed".into();
    }
    match (sample.family, sample.kind & 0xff) {
        (1, 1) => "UNIX stream",
        (1, _) => "UNIX datagram",
        (_, 2) => "UDP, no states",
        (_, 1) => "TCP, state not told",
        _ => "socket",
    }
    .into()
}

fn address_text(address: &Address) -> String {
    match address {
        Address::Unix { path } if path.is_empty() => "no name".into(),
        Address::Unix { path } => bytes::preview(path),
        other => other.to_string(),
    }
}

fn send_buffer(socket: &SocketState, sample: &Sample, lit: bool) -> Buffer {
    let len = u64::from(sample.send_queue);
    // The queue holds the end of what was sent; its bytes are known where they are all of the last send's.
    let last = &socket.last_sent.0;
    let text = match usize::try_from(len) {
        Ok(n) if n > 0 && n <= last.len() && socket.sent >= len => bytes::cells(&last[last.len() - n..]),
        _ => String::new(),
    };
    Buffer {
        len,
        text,
        note: (len > 0).then_some("sent, kept until it is acknowledged"),
        lit,
    }
}

fn receive_buffer(sample: &Sample, lit: bool) -> Buffer {
    Buffer {
        len: sample.recv_queue.into(),
        text: bytes::cells(&sample.recv_head.0),
        note: (sample.recv_queue > 0).then_some("arrived, not yet read"),
        lit,
    }
}
