//! A whole conversation as a session tells it, for the tests of the panels and of the diagram: a TCP echo over loopback.

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

/// From the start to the client's sendall(): 22 bytes lie in the server's receive buffer, which has not read them.
pub(crate) fn echo_in_flight() -> Story {
    let mut s = Story::new();
    let (listener, conn, client) = (sock(SERVER, 0), sock(SERVER, 1), sock(CLIENT, 0));
    s.start(SERVER);
    s.line(SERVER, 3);
    let c = s.call(
        SERVER,
        "socket",
        Call::Socket {
            sock: listener,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.sample(tcp(listener, TcpState::Closed, None, None));
    s.returns(SERVER, c, Outcome::Done, &[3]);
    s.line(SERVER, 4);
    let c = s.call(
        SERVER,
        "bind",
        Call::Bind {
            sock: listener,
            addr: at(SERVER_PORT),
        },
    );
    s.sample(tcp(listener, TcpState::Closed, Some(SERVER_PORT), None));
    s.returns(SERVER, c, Outcome::Done, &[]);
    s.line(SERVER, 5);
    let c = s.call(
        SERVER,
        "listen",
        Call::Listen {
            sock: listener,
            backlog: 1,
        },
    );
    s.sample(listening(0));
    s.returns(SERVER, c, Outcome::Done, &[]);
    s.line(SERVER, 8);
    let accept = s.call(
        SERVER,
        "accept",
        Call::Accept {
            sock: listener,
            new: conn,
        },
    );
    s.waits(SERVER, accept);
    s.start(CLIENT);
    s.line(CLIENT, 3);
    let c = s.call(
        CLIENT,
        "socket",
        Call::Socket {
            sock: client,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.returns(CLIENT, c, Outcome::Done, &[3]);
    s.line(CLIENT, 6);
    let connect = s.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: client,
            addr: at(SERVER_PORT),
        },
    );
    s.sample(tcp(
        client,
        TcpState::Established,
        Some(CLIENT_PORT),
        Some(SERVER_PORT),
    ));
    s.returns(CLIENT, connect, Outcome::Done, &[]);
    s.line(CLIENT, 9);
    s.sample(tcp(
        conn,
        TcpState::Established,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    s.returns(
        SERVER,
        accept,
        Outcome::Accepted {
            addr: at(CLIENT_PORT),
        },
        &[4],
    );
    s.line(SERVER, 12);
    let send = s.call(
        CLIENT,
        "sendall",
        Call::Send {
            sock: client,
            flags: 0,
            data: MESSAGE.into(),
        },
    );
    s.sample(with_bytes(conn, MESSAGE, (SERVER_PORT, CLIENT_PORT)));
    s.returns(CLIENT, send, Outcome::Sent { n: 22 }, &[]);
    s.line(CLIENT, 11);
    s.rest = Rest::Ready(engine::session::NextStep::Program {
        program: SERVER,
        line: Some(12),
    });
    s
}

/// The listening socket with so many connections in its queue.
pub(crate) fn listening(queued: u32) -> Sample {
    Sample {
        accept_queue: Some(AcceptQueue { queued, backlog: 1 }),
        ..tcp(sock(SERVER, 0), TcpState::Listen, Some(SERVER_PORT), None)
    }
}

/// A connection with bytes that wait to be read.
pub(crate) fn with_bytes(sock: SocketId, bytes: &[u8], (local, peer): (u16, u16)) -> Sample {
    Sample {
        recv_queue: u32::try_from(bytes.len()).unwrap_or(0),
        recv_head: bytes.into(),
        ..tcp(sock, TcpState::Established, Some(local), Some(peer))
    }
}

/// The whole conversation, up to both ends' close().
pub(crate) fn echo_whole() -> Story {
    let mut s = echo_in_flight();
    let (conn, client) = (sock(SERVER, 1), sock(CLIENT, 0));
    let recv = s.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 1024,
            flags: 0,
        },
    );
    s.sample(tcp(
        conn,
        TcpState::Established,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    s.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    s.line(SERVER, 13);
    s.print(SERVER, "Received b'This is a test message'\n");
    s.line(SERVER, 16);
    // The client waits before the server sends: no look at its buffer shows the bytes, only recv() brings them.
    let reply = s.call(
        CLIENT,
        "recv",
        Call::Recv {
            sock: client,
            max: 1024,
            flags: 0,
        },
    );
    s.waits(CLIENT, reply);
    let send = s.call(
        SERVER,
        "sendall",
        Call::Send {
            sock: conn,
            flags: 0,
            data: MESSAGE.into(),
        },
    );
    s.returns(SERVER, send, Outcome::Sent { n: 22 }, &[]);
    s.line(SERVER, 12);
    s.returns(
        CLIENT,
        reply,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    s.line(CLIENT, 14);
    let recv = s.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 1024,
            flags: 0,
        },
    );
    s.waits(SERVER, recv);
    let close = s.call(CLIENT, "close", Call::Close { sock: client });
    s.sample(tcp(
        conn,
        TcpState::CloseWait,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    let lingers = tcp(client, TcpState::FinWait2, Some(CLIENT_PORT), Some(SERVER_PORT));
    s.sample(Sample {
        closed: true,
        ..lingers
    });
    s.returns(CLIENT, close, Outcome::Done, &[]);
    s.event(
        CLIENT,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    s.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: Payload::default(),
            addr: None,
        },
        &[],
    );
    s.line(SERVER, 18);
    let close = s.call(SERVER, "close", Call::Close { sock: conn });
    s.returns(SERVER, close, Outcome::Done, &[]);
    s.event(
        SERVER,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    s.rest = Rest::Ended;
    s
}

/// The client connects where nothing listens.
pub(crate) fn refused() -> Story {
    let mut s = Story::new();
    let client = sock(CLIENT, 0);
    s.start(CLIENT);
    s.line(CLIENT, 3);
    let c = s.call(
        CLIENT,
        "socket",
        Call::Socket {
            sock: client,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.returns(CLIENT, c, Outcome::Done, &[3]);
    s.line(CLIENT, 6);
    let connect = s.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: client,
            addr: at(SERVER_PORT),
        },
    );
    s.returns(CLIENT, connect, Outcome::errno(111), &[]);
    let message = "[Errno 111] Connection refused".to_owned();
    let exception = "ConnectionRefusedError".to_owned();
    s.event(
        CLIENT,
        EventKind::Raised {
            exception,
            message,
            errno: Some(111),
            line: 6,
            column: None,
        },
    );
    let traceback = "Traceback (most recent call last):\n  File \"client.py\", line 6, in <module>\nConnectionRefusedError: [Errno 111] Connection refused\n";
    let data = Payload(traceback.as_bytes().to_vec());
    s.event(
        CLIENT,
        EventKind::Output {
            stream: Stream::Stderr,
            data,
            line: 0,
        },
    );
    s.event(
        CLIENT,
        EventKind::Ended {
            status: 1,
            stopped: false,
        },
    );
    s.rest = Rest::Ready(engine::session::NextStep::Program {
        program: SERVER,
        line: None,
    });
    s
}

/// A TCP segment from `from` to `to` (ports of 127.0.0.1), whole but for its checksums.
pub(crate) fn segment((from, to): (u16, u16), flags: u8, (seq, ack): (u32, u32), data: &[u8]) -> Payload {
    let len = u16::try_from(40 + data.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![0x45, 0];
    bytes.extend(len.to_be_bytes());
    bytes.extend([0, 1, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    bytes.extend(from.to_be_bytes());
    bytes.extend(to.to_be_bytes());
    bytes.extend(seq.to_be_bytes());
    bytes.extend(ack.to_be_bytes());
    bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(data);
    Payload(bytes)
}

/// A UDP datagram from `from` to `to` (ports of 127.0.0.1), whole but for its checksums.
pub(crate) fn datagram((from, to): (u16, u16), data: &[u8]) -> Payload {
    let len = u16::try_from(8 + data.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![0x45, 0];
    bytes.extend((len + 20).to_be_bytes());
    bytes.extend([0, 1, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    bytes.extend(from.to_be_bytes());
    bytes.extend(to.to_be_bytes());
    bytes.extend(len.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(data);
    Payload(bytes)
}

impl Story {
    /// The network is there: one host with a wire.
    pub(crate) fn wire(&mut self, held: bool) {
        let host = protocol::wire::Host {
            name: "lab".into(),
            addresses: vec!["10.0.0.1".into()],
        };
        self.lab(EventKind::Hosts { hosts: vec![host] });
        if held {
            self.news(
                None,
                WireNews::Ruled {
                    held,
                    rules: Vec::new(),
                },
            );
        }
    }

    fn lab(&mut self, kind: EventKind) -> u64 {
        let seq = self.event(SERVER, kind);
        debug_assert!(seq > 0);
        seq
    }

    /// Something happens on the wire.
    pub(crate) fn news(&mut self, cause: Option<u64>, news: WireNews) -> u64 {
        self.t += 100_000_000;
        self.timeline.push(Event {
            seq: 0,
            t: self.t,
            program: None,
            thread: ThreadId(0),
            cause,
            kind: EventKind::Wire {
                news,
                at: 0,
                order: 0,
            },
        })
    }

    /// A packet is sent by the end `from`; gives its event.
    pub(crate) fn packet(&mut self, id: u64, from: u8, data: Payload, fate: Fate, cause: Option<u64>) -> u64 {
        let news = WireNews::Sent {
            packet: PacketId(id),
            from: End(from),
            to: End(1 - from),
            data,
            fate,
            copy_of: None,
        };
        self.news(cause, news)
    }

    /// What becomes of a packet that waited.
    pub(crate) fn now(&mut self, id: u64, fate: Fate) -> u64 {
        self.news(
            None,
            WireNews::Now {
                packet: PacketId(id),
                fate,
            },
        )
    }
}

const SYN: u8 = 2;
const ACK: u8 = 16;
const PSH_ACK: u8 = 24;
const FIN_ACK: u8 = 17;
const TO_SERVER: (u16, u16) = (CLIENT_PORT, SERVER_PORT);
const TO_CLIENT: (u16, u16) = (SERVER_PORT, CLIENT_PORT);

/// The kernel lab with every packet held, up to the SYN-ACK that waits on the wire.
pub(crate) fn handshake_held() -> Story {
    let mut s = Story::new();
    let (listener, conn, client) = (sock(SERVER, 0), sock(SERVER, 1), sock(CLIENT, 0));
    s.wire(true);
    s.start(SERVER);
    s.line(SERVER, 3);
    let c = s.call(
        SERVER,
        "socket",
        Call::Socket {
            sock: listener,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.sample(tcp(listener, TcpState::Closed, None, None));
    s.returns(SERVER, c, Outcome::Done, &[3]);
    s.line(SERVER, 5);
    let c = s.call(
        SERVER,
        "listen",
        Call::Listen {
            sock: listener,
            backlog: 1,
        },
    );
    s.sample(listening(0));
    s.returns(SERVER, c, Outcome::Done, &[]);
    s.line(SERVER, 8);
    let accept = s.call(
        SERVER,
        "accept",
        Call::Accept {
            sock: listener,
            new: conn,
        },
    );
    s.waits(SERVER, accept);
    s.start(CLIENT);
    s.line(CLIENT, 3);
    let c = s.call(
        CLIENT,
        "socket",
        Call::Socket {
            sock: client,
            family: 2,
            kind: 1,
            proto: 0,
        },
    );
    s.sample(tcp(client, TcpState::Closed, None, None));
    s.returns(CLIENT, c, Outcome::Done, &[3]);
    s.line(CLIENT, 6);
    let connect = s.call(
        CLIENT,
        "connect",
        Call::Connect {
            sock: client,
            addr: at(SERVER_PORT),
        },
    );
    let cause = s.timeline.len();
    s.packet(
        1,
        0,
        segment(TO_SERVER, SYN, (1000, 0), b""),
        Fate::Held,
        Some(cause),
    );
    s.sample(tcp(
        client,
        TcpState::SynSent,
        Some(CLIENT_PORT),
        Some(SERVER_PORT),
    ));
    s.waits(CLIENT, connect);
    s.news(
        None,
        WireNews::Again {
            packet: PacketId(1),
            count: 2,
        },
    );
    s.now(1, Fate::Delivered);
    s.packet(
        2,
        1,
        segment(TO_CLIENT, SYN | ACK, (9000, 1001), b""),
        Fate::Held,
        None,
    );
    let embryo = protocol::wire::Embryo {
        host: protocol::HostId(0),
        local: at(SERVER_PORT),
        peer: at(CLIENT_PORT),
        state: TcpState::SynReceived,
        recv_queue: 0,
        timer: Some(protocol::wire::Timer {
            what: protocol::wire::TimerKind::Retransmit,
            left: 900,
            times: 1,
        }),
    };
    s.lab(EventKind::Embryos {
        all: vec![embryo],
        at: 0,
        order: 0,
    });
    s.news(
        None,
        WireNews::Again {
            packet: PacketId(2),
            count: 2,
        },
    );
    s.rest = Rest::Ready(engine::session::NextStep::Packet(PacketId(2)));
    s.calls += 1000;
    s
}

/// The same conversation with packets that cross by themselves from the SYN-ACK on: the echo, one packet dropped by hand
/// and sent again, and the close in four segments, up to TIME-WAIT.
pub(crate) fn packets_whole() -> Story {
    let mut s = handshake_held();
    let (conn, client) = (sock(SERVER, 1), sock(CLIENT, 0));
    let open = |sock, (local, peer): (u16, u16)| tcp(sock, TcpState::Established, Some(local), Some(peer));
    s.now(2, Fate::Delivered);
    s.packet(
        3,
        0,
        segment(TO_SERVER, ACK, (1001, 9001), b""),
        Fate::Delivered,
        None,
    );
    s.sample(open(client, TO_SERVER));
    s.lab(EventKind::Embryos {
        all: Vec::new(),
        at: 0,
        order: 0,
    });
    s.returns(CLIENT, CallId(4), Outcome::Done, &[]);
    s.sample(open(conn, TO_CLIENT));
    s.returns(
        SERVER,
        CallId(3),
        Outcome::Accepted {
            addr: at(CLIENT_PORT),
        },
        &[4],
    );
    s.line(SERVER, 12);
    s.line(CLIENT, 9);
    let send = s.call(
        CLIENT,
        "sendall",
        Call::Send {
            sock: client,
            flags: 0,
            data: MESSAGE.into(),
        },
    );
    let cause = s.timeline.len();
    let data = segment(TO_SERVER, PSH_ACK, (1001, 9001), MESSAGE);
    s.packet(4, 0, data.clone(), Fate::Held, Some(cause));
    s.sample(Sample {
        send_queue: 22,
        ..open(client, TO_SERVER)
    });
    s.returns(CLIENT, send, Outcome::Sent { n: 22 }, &[]);
    s.line(CLIENT, 11);
    s.now(4, Fate::Dropped { by: By::Hand });
    s.packet(5, 0, data, Fate::Delivered, Some(cause));
    s.packet(
        6,
        1,
        segment(TO_CLIENT, ACK, (9001, 1023), b""),
        Fate::Delivered,
        None,
    );
    s.sample(with_bytes(conn, MESSAGE, TO_CLIENT));
    s.sample(open(client, TO_SERVER));
    let recv = s.call(
        SERVER,
        "recv",
        Call::Recv {
            sock: conn,
            max: 1024,
            flags: 0,
        },
    );
    s.sample(open(conn, TO_CLIENT));
    s.returns(
        SERVER,
        recv,
        Outcome::Received {
            data: MESSAGE.into(),
            addr: None,
        },
        &[],
    );
    s.line(SERVER, 13);
    let close = s.call(CLIENT, "close", Call::Close { sock: client });
    let cause = s.timeline.len();
    let later = Fate::Delayed {
        until: 1,
        by: By::Hand,
    };
    s.packet(
        7,
        0,
        segment(TO_SERVER, FIN_ACK, (1023, 9001), b""),
        later,
        Some(cause),
    );
    s.now(7, Fate::Delivered);
    s.packet(
        8,
        1,
        segment(TO_CLIENT, ACK, (9001, 1024), b""),
        Fate::Delivered,
        None,
    );
    s.sample(tcp(
        conn,
        TcpState::CloseWait,
        Some(SERVER_PORT),
        Some(CLIENT_PORT),
    ));
    let ended = |state| Sample {
        closed: true,
        ..tcp(client, state, Some(CLIENT_PORT), Some(SERVER_PORT))
    };
    s.sample(ended(TcpState::FinWait2));
    s.returns(CLIENT, close, Outcome::Done, &[]);
    s.event(
        CLIENT,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    let close = s.call(SERVER, "close", Call::Close { sock: conn });
    let cause = s.timeline.len();
    s.packet(
        9,
        1,
        segment(TO_CLIENT, FIN_ACK, (9001, 1024), b""),
        Fate::Delivered,
        Some(cause),
    );
    s.packet(
        10,
        0,
        segment(TO_SERVER, ACK, (1024, 9002), b""),
        Fate::Delivered,
        None,
    );
    let timer = protocol::wire::Timer {
        what: protocol::wire::TimerKind::TimeWait,
        left: 59_000,
        times: 0,
    };
    s.sample(Sample {
        timer: Some(timer),
        ..ended(TcpState::TimeWait)
    });
    s.returns(SERVER, close, Outcome::Done, &[]);
    s.line(SERVER, 18);
    s.rest = Rest::Ready(engine::session::NextStep::Program {
        program: SERVER,
        line: Some(18),
    });
    s
}
