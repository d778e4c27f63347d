//! The kernel's side of a program: its sockets as the kernel told of them last. Nothing is inferred: a socket that the
//! kernel has not spoken of yet has no state here.

use super::bytes;
use engine::timeline::{SocketState, State};
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
    /// Something that is not seen elsewhere, in a few words.
    pub note: Option<String>,
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
}

/// A program's sockets at the cursor. `since` is the event at which the last step began: changes after it are marked.
/// `lit` is the socket whose receive buffer belongs to what is lit.
pub fn cards(state: &State, program: ProgramId, since: u64, lit: Option<SocketId>) -> Vec<SocketCard> {
    state
        .sockets_of(program)
        .map(|socket| card(socket, since, lit == Some(socket.id)))
        .collect()
}

fn card(socket: &SocketState, since: u64, lit: bool) -> SocketCard {
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
        send: buffers.map(|s| send_buffer(socket, s)),
        receive: buffers.map(|s| receive_buffer(s, lit)),
        queue: sample
            .filter(|_| listens)
            .and_then(|s| s.accept_queue)
            .map(|q| Queue {
                queued: q.queued,
                backlog: q.backlog,
            }),
        port: sample.filter(|_| listens).and_then(|s| s.local.as_ref()?.port()),
        look,
        note: lingers.then(|| "closed by the program; the kernel still has work with it".into()),
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

fn send_buffer(socket: &SocketState, sample: &Sample) -> Buffer {
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
        lit: false,
    }
}

fn receive_buffer(sample: &Sample, lit: bool) -> Buffer {
    Buffer {
        len: sample.recv_queue.into(),
        text: bytes::cells(&sample.recv_head.0),
        note: (sample.recv_queue > 0).then_some("arrived, not yet read"),
        lit: lit && sample.recv_queue > 0,
    }
}
