//! The same conversation on a wire: packets held, dropped by hand, delayed, up to the close in four segments.

use super::*;

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
