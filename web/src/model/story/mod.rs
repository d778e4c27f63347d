//! Whole conversations as a session tells them, for the tests of the panels and of the diagram.
//!
//! ```text
//! echo.rs      a TCP echo over loopback; a connection that is refused
//! packets.rs   the same on a wire: packets held, dropped, delayed
//! ```

mod echo;
mod packets;

pub(crate) use echo::{echo_in_flight, echo_whole, listening, refused, with_bytes};
pub(crate) use packets::{datagram, handshake_held, packets_whole, segment};

use engine::session::{LabSpec, Rest, Side};
use engine::timeline::Timeline;
use protocol::sample::AcceptQueue;
use protocol::wire::{By, Fate};
use protocol::{
    Address, Call, CallId, End, Event, EventKind, Outcome, PacketId, Payload, ProgramId, Sample, SocketId,
    Stream, TcpState, ThreadId, WireNews,
};

/// The server, program 0, on the right.
pub(crate) const SERVER: ProgramId = ProgramId(0);
/// The client, program 1, on the left.
pub(crate) const CLIENT: ProgramId = ProgramId(1);
/// What the client sends.
pub(crate) const MESSAGE: &[u8] = b"This is a test message";

/// A history under construction.
pub(crate) struct Story {
    pub(crate) timeline: Timeline,
    pub(crate) spec: LabSpec,
    pub(crate) names: Vec<String>,
    pub(crate) sides: Vec<Side>,
    pub(crate) rest: Rest,
    t: u64,
    calls: u64,
}

impl Story {
    /// An empty lab of a server and a client.
    pub(crate) fn new() -> Self {
        let source = |n: usize| (1..=n).map(|i| format!("line_{i}()\n")).collect::<String>();
        let spec = LabSpec::from_programs([
            ("server".to_owned(), "server.py".to_owned(), source(19)),
            ("client".to_owned(), "client.py".to_owned(), source(14)),
        ]);
        let spec = spec.unwrap_or_else(|e| panic!("{e}"));
        Self {
            timeline: Timeline::new(2, 1 << 24),
            names: spec.names(),
            sides: spec.sides(),
            spec,
            rest: Rest::Working,
            t: 0,
            calls: 0,
        }
    }

    /// One event, a tenth of a second later.
    pub(crate) fn event(&mut self, program: ProgramId, kind: EventKind) -> u64 {
        self.t += 100_000_000;
        self.timeline.push(Event {
            seq: 0,
            t: self.t,
            program: Some(program),
            thread: ThreadId(0),
            cause: None,
            kind,
        })
    }

    pub(crate) fn start(&mut self, program: ProgramId) {
        self.event(program, EventKind::Started { args: Vec::new() });
    }

    pub(crate) fn line(&mut self, program: ProgramId, line: u32) {
        self.event(program, EventKind::Line { line, tick: 0 });
    }

    /// A call's entry; gives its number.
    pub(crate) fn call(&mut self, program: ProgramId, api: &str, what: Call) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        let line = self
            .timeline
            .live()
            .program(program)
            .and_then(|p| p.line)
            .unwrap_or(1);
        self.event(
            program,
            EventKind::Called {
                call,
                api: api.into(),
                fd: Some(3),
                line,
                what,
            },
        );
        call
    }

    pub(crate) fn waits(&mut self, program: ProgramId, call: CallId) {
        self.event(program, EventKind::Waiting { call });
    }

    pub(crate) fn returns(&mut self, program: ProgramId, call: CallId, outcome: Outcome, fds: &[i32]) -> u64 {
        self.event(
            program,
            EventKind::Returned {
                call,
                outcome,
                fds: fds.to_vec(),
                at: 0,
                tick: 0,
            },
        )
    }

    /// The kernel speaks of a socket.
    pub(crate) fn sample(&mut self, sample: Sample) -> u64 {
        let program = sample.sock.program();
        self.event(
            program,
            EventKind::Socket {
                sample,
                at: 0,
                order: 0,
            },
        )
    }

    pub(crate) fn print(&mut self, program: ProgramId, text: &str) {
        let data = Payload(text.as_bytes().to_vec());
        self.event(
            program,
            EventKind::Output {
                stream: Stream::Stdout,
                data,
                line: 1,
            },
        );
    }
}

/// The `n`th socket of a program.
pub(crate) fn sock(program: ProgramId, n: u32) -> SocketId {
    SocketId::of(program, n)
}

/// 127.0.0.1 and a port.
pub(crate) fn at(port: u16) -> Address {
    Address::from_std(([127, 0, 0, 1], port).into())
}

/// One end of a TCP connection.
pub(crate) fn tcp(sock: SocketId, state: TcpState, local: Option<u16>, peer: Option<u16>) -> Sample {
    Sample {
        sock,
        family: 2,
        kind: 1,
        state: Some(state),
        local: local.map(at),
        peer: peer.map(at),
        ..Sample::default()
    }
}

const SERVER_PORT: u16 = 8888;
const CLIENT_PORT: u16 = 41234;
