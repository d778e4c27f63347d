//! A conversation told event by event: what each packet comes from, and what a click on an event lights up.

#![allow(clippy::unwrap_used)]

use super::*;
use etherparse::PacketBuilder;
use protocol::wire::Fate;
use protocol::{
    Address, Call, CallId, End, Event, EventKind, Outcome, PacketId, ProgramId, Sample, SocketId, TcpState,
    ThreadId, WireNews,
};

const CLIENT: ProgramId = ProgramId(0);
const SERVER: ProgramId = ProgramId(1);
const HERE: [u8; 4] = [127, 0, 0, 1];

struct Story {
    timeline: Timeline,
    calls: u64,
    packets: u64,
}

impl Story {
    fn new() -> Self {
        Self {
            timeline: Timeline::new(2, 1 << 20),
            calls: 0,
            packets: 0,
        }
    }

    fn push(&mut self, program: Option<ProgramId>, cause: Option<u64>, kind: EventKind) -> u64 {
        self.timeline.push(Event {
            seq: 0,
            t: self.timeline.len(),
            program,
            thread: ThreadId(0),
            cause,
            kind,
        })
    }

    fn told(&self, seq: u64) -> String {
        let programs = ["client".to_owned(), "server".to_owned()];
        let names = words::Names { programs: &programs };
        tell(&self.timeline, self.timeline.event(seq).unwrap(), names)
    }

    /// A line and the call that it makes: their events and the call's number.
    fn call(&mut self, program: ProgramId, line: u32, what: Call) -> (u64, u64, CallId) {
        self.calls += 1;
        let call = CallId(self.calls);
        let tick = self.calls;
        let at = self.push(Some(program), None, EventKind::Line { line, tick });
        let called = EventKind::Called {
            call,
            api: match &what {
                Call::Connect { .. } => "connect",
                Call::Close { .. } => "close",
                Call::Recv { .. } => "recv",
                Call::SendTo { .. } => "sendto",
                _ => "sendall",
            }
            .into(),
            fd: None,
            line,
            what,
        };
        (at, self.push(Some(program), None, called), call)
    }

    fn returns(&mut self, program: ProgramId, call: CallId, outcome: Outcome) -> u64 {
        let kind = EventKind::Returned {
            call,
            outcome,
            fds: Vec::new(),
            at: 0,
            tick: 0,
        };
        self.push(Some(program), None, kind)
    }

    fn done(&mut self, program: ProgramId, line: u32, what: Call) -> u64 {
        let (_, called, call) = self.call(program, line, what);
        self.returns(program, call, Outcome::Done);
        called
    }

    /// A packet goes by: its event, as the session places it.
    fn packet(&mut self, data: Vec<u8>) -> u64 {
        self.packets += 1;
        let news = WireNews::Sent {
            packet: PacketId(self.packets),
            from: End(0),
            to: End(1),
            data: data.into(),
            fate: Fate::Delivered,
            copy_of: None,
        };
        let kind = EventKind::Wire {
            news,
            at: self.packets,
            order: 0,
        };
        let (program, cause) = self.timeline.causes().of(&kind, self.timeline.events());
        self.push(program, cause, kind)
    }

    /// A segment of the conversation between 40000 (sequence numbers from 100) and 8080 (from 500); both relative here.
    fn tcp(&mut self, to_server: bool, flags: &str, seq: u32, ack: u32, payload: &[u8]) -> u64 {
        let (source, target, first, back) = if to_server {
            (40000, 8080, 100, 500)
        } else {
            (8080, 40000, 500, 100)
        };
        let mut step = PacketBuilder::ipv4(HERE, HERE, 64).tcp(source, target, first + seq, 500);
        for flag in flags.chars() {
            step = match flag {
                'S' => step.syn(),
                'F' => step.fin(),
                'R' => step.rst(),
                _ => step.ack(back + ack),
            };
        }
        let mut packet = Vec::new();
        step.write(&mut packet, payload).unwrap();
        self.packet(packet)
    }

    fn cause(&self, seq: u64) -> Option<u64> {
        self.timeline.event(seq).unwrap().cause
    }

    fn program(&self, seq: u64) -> Option<ProgramId> {
        self.timeline.event(seq).unwrap().program
    }

    fn sampled(&mut self, sock: SocketId, state: TcpState, local: u16, peer: u16) -> u64 {
        let v4 = |port| Address::V4 {
            ip: HERE.into(),
            port,
        };
        let sample = Sample {
            sock,
            family: 2,
            kind: 1,
            state: Some(state),
            local: (local > 0).then(|| v4(local)),
            peer: (peer > 0).then(|| v4(peer)),
            ..Sample::default()
        };
        let kind = EventKind::Socket {
            sample,
            at: 0,
            order: 0,
        };
        self.push(Some(sock.program()), None, kind)
    }
}

fn sock(program: ProgramId, n: u32) -> SocketId {
    SocketId::of(program, n)
}

fn at(port: u16) -> Address {
    Address::V4 {
        ip: HERE.into(),
        port,
    }
}

fn socket(sock: SocketId, kind: i32) -> Call {
    Call::Socket {
        sock,
        family: 2,
        kind,
        proto: 0,
    }
}

fn send(sock: SocketId, data: &[u8]) -> Call {
    Call::Send {
        sock,
        flags: 0,
        data: data.into(),
    }
}

fn recv(sock: SocketId) -> Call {
    Call::Recv {
        sock,
        max: 1024,
        flags: 0,
    }
}

#[test]
fn an_echo_from_connect_to_close() {
    let mut s = Story::new();
    let (listener, conn, client) = (sock(SERVER, 0), sock(SERVER, 1), sock(CLIENT, 0));
    s.done(SERVER, 1, socket(listener, 1));
    s.done(
        SERVER,
        2,
        Call::Bind {
            sock: listener,
            addr: Address::V4 {
                ip: [0; 4].into(),
                port: 8080,
            },
        },
    );
    s.done(
        SERVER,
        3,
        Call::Listen {
            sock: listener,
            backlog: 1,
        },
    );
    let (_, _, accept) = s.call(
        SERVER,
        4,
        Call::Accept {
            sock: listener,
            new: conn,
        },
    );
    s.done(CLIENT, 1, socket(client, 1));
    s.sampled(client, TcpState::Closed, 0, 0);
    // The name is looked up in the same call.
    let addr = Address::Name {
        host: "localhost".into(),
        port: 8080,
        flow: 0,
        scope: 0,
    };
    let (line, connect, connecting) = s.call(CLIENT, 2, Call::Connect { sock: client, addr });

    let syn = s.tcp(true, "S", 0, 0, b"");
    assert_eq!((s.program(syn), s.cause(syn)), (Some(CLIENT), Some(connect)));
    let syn_ack = s.tcp(false, "SA", 0, 1, b"");
    assert_eq!((s.program(syn_ack), s.cause(syn_ack)), (Some(SERVER), Some(syn)));
    let ack = s.tcp(true, "A", 1, 1, b"");
    assert_eq!((s.program(ack), s.cause(ack)), (Some(CLIENT), Some(syn_ack)));
    let connected = s.returns(CLIENT, connecting, Outcome::Done);
    let open = s.sampled(client, TcpState::Established, 40000, 8080);
    assert_eq!(s.timeline.causes().causes_of(open), [syn_ack]);
    let accepted = s.returns(SERVER, accept, Outcome::Accepted { addr: at(40000) });
    assert!(s.timeline.causes().causes_of(accepted).contains(&syn));
    let lit = s.timeline.related(connect);
    for seq in [line, connect, syn, syn_ack, connected] {
        assert!(lit.contains(&seq), "{seq} in {lit:?}");
    }
    assert!(!lit.contains(&ack), "an answer to an answer: {lit:?}");

    // Two sends, whose bytes go in one segment that begins in the first, and one of their own.
    let (hello_line, hello, first) = s.call(CLIENT, 3, send(client, b"hello"));
    s.returns(CLIENT, first, Outcome::Sent { n: 5 });
    let (_, world, second) = s.call(CLIENT, 4, send(client, b" world"));
    let data = s.tcp(true, "A", 1, 1, b"hello w");
    s.returns(CLIENT, second, Outcome::Sent { n: 6 });
    let rest = s.tcp(true, "A", 8, 1, b"orld");
    assert_eq!((s.cause(data), s.cause(rest)), (Some(hello), Some(world)));
    let acked = s.tcp(false, "A", 1, 8, b"");
    assert_eq!((s.program(acked), s.cause(acked)), (Some(SERVER), Some(data)));
    let again = s.tcp(true, "A", 8, 1, b"orld");
    assert_eq!(s.cause(again), Some(world));
    let (_, _, reading) = s.call(SERVER, 5, recv(conn));
    let got = s.returns(
        SERVER,
        reading,
        Outcome::Received {
            data: b"hello w"[..].into(),
            addr: None,
        },
    );
    let causes = s.timeline.causes().causes_of(got);
    assert!(causes.contains(&data) && !causes.contains(&rest), "{causes:?}");
    let lit = s.timeline.related(got);
    assert!(
        [hello_line, hello, data].iter().all(|seq| lit.contains(seq)),
        "{lit:?}"
    );
    let lit = s.timeline.related(hello_line);
    assert!(
        [hello, data, acked, got].iter().all(|seq| lit.contains(seq)),
        "{lit:?}"
    );
    assert!(!lit.contains(&rest), "{lit:?}");

    // The client closes; the server program ends.
    let (_, close, _) = s.call(CLIENT, 6, Call::Close { sock: client });
    let fin = s.tcp(true, "FA", 12, 1, b"");
    assert_eq!(s.cause(fin), Some(close));
    let waits = s.sampled(client, TcpState::FinWait1, 40000, 8080);
    assert_eq!(s.timeline.causes().causes_of(waits), [close]);
    let fin_ack = s.tcp(false, "A", 1, 13, b"");
    assert_eq!(s.cause(fin_ack), Some(fin));
    let ended = s.push(
        Some(SERVER),
        None,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    let last = s.tcp(false, "FA", 1, 13, b"");
    assert_eq!((s.program(last), s.cause(last)), (Some(SERVER), Some(ended)));
    // FIN-WAIT-2 was not sampled; the packets say that it was gone through.
    let over = s.sampled(client, TcpState::TimeWait, 40000, 8080);
    let way: Vec<_> = s.timeline.causes().way(over).iter().map(|t| t.to).collect();
    assert_eq!(way, [TcpState::FinWait2, TcpState::TimeWait]);
    assert_eq!(s.timeline.causes().causes_of(over), [last]);

    let told = [syn, syn_ack, ack, data, acked, again, fin, fin_ack, last].map(|seq| s.told(seq));
    assert_eq!(
        told,
        [
            "The client's SYN crosses the wire: connect() asks for a connection.",
            "The server's SYN-ACK crosses the wire: it answers the SYN: the listening side agrees, and asks back.",
            "The client's ACK crosses the wire: it answers the SYN-ACK: when it arrives, both sides are connected.",
            "The client's data crosses the wire: it carries 7 bytes of sendall(), b'hello w'.",
            "The server's ACK crosses the wire: it acknowledges 7 bytes.",
            "The client's data crosses the wire: no acknowledgment has come, so the kernel sends 4 bytes again.",
            "The client's FIN crosses the wire: close() says that no more bytes will come.",
            "The server's ACK crosses the wire: it acknowledges the FIN.",
            "The server's FIN crosses the wire: the program has ended, and the kernel closes what it left open.",
        ]
    );
    assert_eq!(s.told(got), "recv() returns 7 bytes: b'hello w'");
}

#[test]
fn a_refused_connection_and_its_reset() {
    let mut s = Story::new();
    let client = sock(CLIENT, 0);
    s.done(CLIENT, 1, socket(client, 1));
    let (_, connect, _) = s.call(
        CLIENT,
        2,
        Call::Connect {
            sock: client,
            addr: at(8080),
        },
    );
    let syn = s.tcp(true, "S", 0, 0, b"");
    let reset = s.tcp(false, "RA", 0, 1, b"");
    assert_eq!((s.cause(syn), s.cause(reset)), (Some(connect), Some(syn)));
    assert_eq!(s.program(reset), None);
    assert_eq!(
        s.told(reset),
        "An RST crosses the wire: nobody listens on port 8080."
    );
}

#[test]
fn datagrams_are_told_apart_by_bytes_and_order() {
    let mut s = Story::new();
    let (client, server) = (sock(CLIENT, 0), sock(SERVER, 0));
    s.done(SERVER, 1, socket(server, 2));
    s.done(
        SERVER,
        2,
        Call::Bind {
            sock: server,
            addr: at(9),
        },
    );
    s.done(CLIENT, 1, socket(client, 2));
    let to = |sock, data: &[u8], port| Call::SendTo {
        sock,
        flags: 0,
        data: data.into(),
        addr: at(port),
    };
    let (_, one, _) = s.call(CLIENT, 2, to(client, b"same", 9));
    let (_, two, _) = s.call(CLIENT, 3, to(client, b"same", 9));
    let (_, other, _) = s.call(CLIENT, 4, to(client, b"other", 9));
    let udp = |source, target, data: &[u8]| {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(HERE, HERE, 64)
            .udp(source, target)
            .write(&mut packet, data)
            .unwrap();
        packet
    };
    let packets = [b"same".as_slice(), b"other", b"same"].map(|data| s.packet(udp(5000, 9, data)));
    assert_eq!(packets.map(|p| s.cause(p)), [Some(one), Some(other), Some(two)]);
    assert_eq!(packets.map(|p| s.program(p)), [Some(CLIENT); 3]);
    let (_, answer, _) = s.call(SERVER, 3, to(server, b"same", 5000));
    let back = s.packet(udp(9, 5000, b"same"));
    assert_eq!((s.program(back), s.cause(back)), (Some(SERVER), Some(answer)));
    // Nobody is there: ICMP says so, because of the datagram.
    let mut icmp = Vec::new();
    PacketBuilder::ipv4(HERE, HERE, 64)
        .icmpv4(etherparse::Icmpv4Type::DestinationUnreachable(
            etherparse::icmpv4::DestUnreachableHeader::Port,
        ))
        .write(&mut icmp, &udp(9, 5000, b"same"))
        .unwrap();
    let error = s.packet(icmp);
    assert_eq!(s.cause(error), Some(back));
    let told = s.told(error);
    assert_eq!(
        told,
        "An ICMP message crosses the wire: destination unreachable: port unreachable, because of packet 4."
    );
}

#[test]
fn a_packet_that_waited_and_its_copies_belong_together() {
    let mut s = Story::new();
    let client = sock(CLIENT, 0);
    s.done(CLIENT, 1, socket(client, 1));
    let addr = at(8080);
    let (_, connect, _) = s.call(CLIENT, 2, Call::Connect { sock: client, addr });
    let syn = s.tcp(true, "S", 0, 0, b"");
    let now = EventKind::Wire {
        news: WireNews::Now {
            packet: PacketId(1),
            fate: Fate::Delivered,
        },
        at: 0,
        order: 0,
    };
    let (program, cause) = s.timeline.causes().of(&now, s.timeline.events());
    assert_eq!((program, cause), (Some(CLIENT), Some(syn)));
    let arrived = s.push(program, cause, now);
    assert!(s.timeline.related(connect).contains(&arrived));
    assert_eq!(
        s.told(arrived),
        "The client's SYN (packet 1) arrives: the kernel there answers, if somebody listens."
    );
    assert_eq!(s.timeline.summary(syn).unwrap().to_string(), "SYN seq 0 win 500");
}

/// A UDP server's socket, two clients' and their datagrams.
fn two_senders() -> (Story, SocketId, [Vec<u8>; 2]) {
    let mut s = Story::new();
    let server = sock(SERVER, 0);
    s.done(SERVER, 1, socket(server, 2));
    let addr = at(9);
    s.done(SERVER, 2, Call::Bind { sock: server, addr });
    let udp = |source: u16| {
        let mut packet = Vec::new();
        let step = PacketBuilder::ipv4(HERE, HERE, 64).udp(source, 9);
        step.write(&mut packet, b"same").unwrap();
        packet
    };
    (s, server, [udp(5000), udp(5001)])
}

fn recv_from(s: &mut Story, server: SocketId, addr: Option<Address>, data: &[u8]) -> u64 {
    let (sock, max, flags) = (server, 100, 0);
    let (_, _, call) = s.call(SERVER, 3, Call::RecvFrom { sock, max, flags });
    let data = data.into();
    s.returns(SERVER, call, Outcome::Received { data, addr })
}

#[test]
fn a_recvfrom_knows_the_datagram_that_it_took() {
    let (mut s, server, [one, other]) = two_senders();
    let packets = [one.clone(), other, one].map(|data| s.packet(data));
    // By the sender, and by the order where the sender is the same.
    let second = recv_from(&mut s, server, Some(at(5001)), b"same");
    assert!(s.timeline.causes().causes_of(second).contains(&packets[1]));
    for packet in [packets[0], packets[2]] {
        let taken = recv_from(&mut s, server, Some(at(5000)), b"same");
        assert!(s.timeline.causes().causes_of(taken).contains(&packet), "{packet}");
        assert!(!s.timeline.causes().is_unknown(taken));
    }
    // All are taken: another one was not seen.
    let nothing = recv_from(&mut s, server, Some(at(5000)), b"same");
    assert_eq!(s.timeline.causes().causes_of(nothing).len(), 1, "its call only");
}

#[test]
fn which_of_two_alike_datagrams_it_was_is_said_to_be_unknown() {
    let (mut s, server, both) = two_senders();
    let packets = both.map(|data| s.packet(data));
    // recv() does not say from whom.
    let taken = recv_from(&mut s, server, None, b"same");
    assert!(s.timeline.causes().is_unknown(taken));
    let causes = s.timeline.causes().causes_of(taken);
    assert!(packets.iter().all(|p| !causes.contains(p)), "{causes:?}");
    // The beginning of a longer one is known by its bytes.
    let known = recv_from(&mut s, server, Some(at(5001)), b"sa");
    assert!(s.timeline.causes().causes_of(known).contains(&packets[1]));
}

#[test]
fn a_syn_ack_belongs_to_the_host_that_sent_it() {
    let mut s = Story::new();
    s.timeline = Timeline::new(2, 1 << 20).on_hosts(vec![protocol::HostId(0), protocol::HostId(1)]);
    let host = |name: &str, address: &str| protocol::wire::Host {
        name: name.into(),
        addresses: vec![address.into()],
    };
    let hosts = vec![host("a", "10.0.0.1"), host("b", "10.0.0.2")];
    s.push(None, None, EventKind::Hosts { hosts });
    for program in [CLIENT, SERVER] {
        let own = sock(program, 0);
        s.done(program, 1, socket(own, 1));
        let addr = Address::from_std(([0, 0, 0, 0], 8080).into());
        s.done(program, 2, Call::Bind { sock: own, addr });
        s.done(
            program,
            3,
            Call::Listen {
                sock: own,
                backlog: 1,
            },
        );
    }
    for (program, own, other) in [
        (CLIENT, [10, 0, 0, 1], [10, 0, 0, 2]),
        (SERVER, [10, 0, 0, 2], [10, 0, 0, 1]),
    ] {
        let mut packet = Vec::new();
        let step = PacketBuilder::ipv4(own, other, 64)
            .tcp(8080, 40000, 1, 500)
            .syn()
            .ack(2);
        step.write(&mut packet, &[]).unwrap();
        let sent = s.packet(packet);
        assert_eq!(s.program(sent), Some(program));
    }
}
