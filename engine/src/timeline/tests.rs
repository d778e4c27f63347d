//! The fold: same state from snapshots as from the beginning, sockets and calls followed rightly, the cap kept.

use super::log::Piece;
use super::words::{Names, sentence};
use super::*;
use protocol::sample::AcceptQueue;
use protocol::{
    Address, Call, CallId, Event, EventKind, Outcome, Payload, ProgramId, Sample, SocketId, Stream, TcpState,
    ThreadId,
};
use std::net::Ipv4Addr;

const SERVER: ProgramId = ProgramId(0);
const CLIENT: ProgramId = ProgramId(1);

fn event(program: ProgramId, kind: EventKind) -> Event {
    Event {
        seq: 0,
        t: 0,
        program: Some(program),
        thread: ThreadId(0),
        cause: None,
        kind,
    }
}

fn at(port: u16) -> Address {
    Address::V4 {
        ip: Ipv4Addr::LOCALHOST,
        port,
    }
}

/// A history in the making.
struct Story {
    timeline: Timeline,
    next: u64,
}

impl Story {
    fn new() -> Self {
        Self {
            timeline: Timeline::new(2, usize::MAX),
            next: 1,
        }
    }

    fn happens(&mut self, program: ProgramId, kind: EventKind) -> u64 {
        self.timeline.push(event(program, kind))
    }

    fn enters(&mut self, program: ProgramId, what: Call) -> CallId {
        let call = CallId(self.next);
        self.next += 1;
        let api = what.name().to_owned();
        self.happens(
            program,
            EventKind::Called {
                call,
                api,
                fd: None,
                line: 1,
                what,
            },
        );
        call
    }

    fn returns(&mut self, program: ProgramId, call: CallId, outcome: Outcome, fds: Vec<i32>) {
        self.happens(
            program,
            EventKind::Returned {
                call,
                outcome,
                fds,
                at: 0,
                tick: 0,
            },
        );
    }

    fn calls(&mut self, program: ProgramId, what: Call, outcome: Outcome, fds: Vec<i32>) {
        let call = self.enters(program, what);
        self.returns(program, call, outcome, fds);
    }

    fn sampled(&mut self, sample: Sample) -> u64 {
        let program = sample.sock.program();
        self.happens(
            program,
            EventKind::Socket {
                sample,
                at: 0,
                order: 0,
            },
        )
    }
}

fn tcp(sock: SocketId, state: TcpState, local: u16, peer: u16) -> Sample {
    Sample {
        sock,
        family: 2,
        kind: 1,
        state: Some(state),
        local: Some(at(local)),
        peer: (peer > 0).then(|| at(peer)),
        ..Sample::default()
    }
}

/// socket, bind, listen, accept; socket, connect, send, recv; close.
fn echo() -> (Story, SocketId, SocketId, SocketId) {
    let mut story = Story::new();
    let (listener, connection) = (SocketId::of(SERVER, 0), SocketId::of(SERVER, 1));
    let client = SocketId::of(CLIENT, 0);
    story.happens(SERVER, EventKind::Started { args: Vec::new() });
    story.calls(
        SERVER,
        Call::Socket {
            sock: listener,
            family: 2,
            kind: 1,
            proto: 0,
        },
        Outcome::Done,
        vec![3],
    );
    story.calls(
        SERVER,
        Call::Bind {
            sock: listener,
            addr: at(8888),
        },
        Outcome::Done,
        vec![],
    );
    let listen = story.enters(
        SERVER,
        Call::Listen {
            sock: listener,
            backlog: 1,
        },
    );
    let mut sample = tcp(listener, TcpState::Listen, 8888, 0);
    sample.accept_queue = Some(AcceptQueue {
        queued: 0,
        backlog: 1,
    });
    story.sampled(sample);
    story.returns(SERVER, listen, Outcome::Done, vec![]);
    let accept = story.enters(
        SERVER,
        Call::Accept {
            sock: listener,
            new: connection,
        },
    );
    story.happens(SERVER, EventKind::Waiting { call: accept });
    story.happens(CLIENT, EventKind::Started { args: Vec::new() });
    story.calls(
        CLIENT,
        Call::Socket {
            sock: client,
            family: 2,
            kind: 1,
            proto: 0,
        },
        Outcome::Done,
        vec![3],
    );
    let connect = story.enters(
        CLIENT,
        Call::Connect {
            sock: client,
            addr: at(8888),
        },
    );
    story.sampled(tcp(client, TcpState::Established, 41234, 8888));
    story.returns(CLIENT, connect, Outcome::Done, vec![]);
    story.sampled(tcp(connection, TcpState::Established, 8888, 41234));
    story.returns(SERVER, accept, Outcome::Accepted { addr: at(41234) }, vec![4]);
    story.calls(
        CLIENT,
        Call::Send {
            sock: client,
            flags: 0,
            data: Payload::from(&b"hello"[..]),
        },
        Outcome::Sent { n: 5 },
        vec![],
    );
    story.calls(
        SERVER,
        Call::Recv {
            sock: connection,
            max: 1024,
            flags: 0,
        },
        Outcome::Received {
            data: Payload::from(&b"hello"[..]),
            addr: None,
        },
        vec![],
    );
    (story, listener, connection, client)
}

#[test]
fn sockets_are_followed_from_call_to_call() {
    let (story, listener, connection, client) = echo();
    let state = story.timeline.live();
    let get = |id| state.socket(id).expect("in sight");
    assert_eq!(get(listener).state(), Some(TcpState::Listen));
    assert_eq!(get(listener).backlog, Some(1));
    assert_eq!((get(connection).fd, get(connection).received), (Some(4), 5));
    assert_eq!((get(client).fd, get(client).sent), (Some(3), 5));
    assert_eq!(get(client).last_sent.0, b"hello");
    assert_eq!(state.peer_of(get(client)).map(|s| s.id), Some(connection));
    assert_eq!(state.peer_of(get(listener)).map(|s| s.id), None);
}

#[test]
fn a_blocked_call_is_seen_as_blocked_only_once_the_server_says_so() {
    let (story, ..) = echo();
    let waiting = |seq: u64| match story.timeline.at(seq).programs[0]
        .threads
        .first()
        .map(|t| t.doing.clone())
    {
        Some(Doing::Calling { waiting, .. }) => Some(waiting),
        _ => None,
    };
    let said = story
        .timeline
        .events()
        .iter()
        .find(|e| matches!(e.kind, EventKind::Waiting { .. }))
        .map_or(0, |e| e.seq);
    assert_eq!(waiting(said - 1), Some(false));
    assert_eq!(waiting(said), Some(true));
    assert_eq!(waiting(story.timeline.len()), None);
}

#[test]
fn any_cursor_is_the_same_from_a_snapshot_as_from_the_beginning() {
    let (mut story, _, connection, _) = echo();
    for n in 0..2000u32 {
        let mut sample = tcp(connection, TcpState::Established, 8888, 41234);
        sample.recv_queue = n;
        story.sampled(sample);
        story.happens(
            SERVER,
            EventKind::Line {
                line: n % 20 + 1,
                tick: n.into(),
            },
        );
    }
    for seq in [
        0,
        1,
        17,
        255,
        256,
        257,
        511,
        512,
        1000,
        3999,
        story.timeline.len(),
        u64::MAX,
    ] {
        let mut state = State::new(2);
        for event in story.timeline.events().iter().take_while(|e| e.seq <= seq) {
            state.apply(event);
        }
        assert_eq!(story.timeline.at(seq), state, "at {seq}");
    }
}

#[test]
fn a_program_that_ends_has_its_descriptors_closed_and_its_failed_call_named() {
    let mut story = Story::new();
    let sock = SocketId::of(CLIENT, 0);
    story.happens(CLIENT, EventKind::Started { args: Vec::new() });
    story.calls(
        CLIENT,
        Call::Socket {
            sock,
            family: 2,
            kind: 1,
            proto: 0,
        },
        Outcome::Done,
        vec![3],
    );
    story.calls(
        CLIENT,
        Call::Connect { sock, addr: at(8888) },
        Outcome::errno(111),
        vec![],
    );
    let exception = "ConnectionRefusedError".to_owned();
    let message = "[Errno 111] Connection refused".to_owned();
    story.happens(
        CLIENT,
        EventKind::Raised {
            exception,
            message,
            errno: Some(111),
            line: 6,
            column: None,
        },
    );
    story.happens(
        CLIENT,
        EventKind::Ended {
            status: 1,
            stopped: false,
        },
    );
    let state = story.timeline.live();
    let program = &state.programs[1];
    assert_eq!(program.ended, Some((1, false)));
    let raised = program.raised.as_ref().expect("raised");
    assert!(matches!(raised.call, Some(Call::Connect { .. })));
    assert_eq!(state.socket(sock).and_then(|s| s.fd), None);
    assert!(!program.is_alive());
}

#[test]
fn closed_sockets_do_not_pile_up() {
    let mut story = Story::new();
    story.happens(SERVER, EventKind::Started { args: Vec::new() });
    for n in 0..100 {
        let sock = SocketId::of(SERVER, n);
        story.calls(
            SERVER,
            Call::Socket {
                sock,
                family: 2,
                kind: 1,
                proto: 0,
            },
            Outcome::Done,
            vec![3],
        );
        story.calls(SERVER, Call::Close { sock }, Outcome::Done, vec![]);
    }
    let state = story.timeline.live();
    assert_eq!(state.sockets.len(), 8);
    assert_eq!(state.programs[0].closed_sockets, 92);
}

#[test]
fn the_terminal_shows_the_last_run_up_to_the_cursor() {
    let mut story = Story::new();
    let print = |text: &str| EventKind::Output {
        stream: Stream::Stdout,
        data: text.as_bytes().into(),
        line: 1,
    };
    story.happens(CLIENT, EventKind::Started { args: Vec::new() });
    let first = story.happens(CLIENT, print("one\n"));
    story.happens(
        CLIENT,
        EventKind::Ended {
            status: 0,
            stopped: false,
        },
    );
    story.happens(
        CLIENT,
        EventKind::Started {
            args: vec!["again".into()],
        },
    );
    story.happens(CLIENT, print("two\n"));
    story.happens(
        CLIENT,
        EventKind::Typed {
            text: Some("hi".into()),
        },
    );
    let timeline = &story.timeline;
    let now = timeline.terminal(CLIENT, timeline.len(), 100);
    assert_eq!(now.len(), 3);
    assert_eq!(now[1], Piece::Wrote(Stream::Stdout, b"two\n"));
    assert_eq!(
        timeline.terminal(CLIENT, first, 100),
        [Piece::Started(&[]), Piece::Wrote(Stream::Stdout, b"one\n")]
    );
    assert_eq!(
        timeline.terminal(CLIENT, timeline.len(), 1),
        [Piece::Typed(Some("hi"))]
    );
    assert!(timeline.terminal(SERVER, timeline.len(), 100).is_empty());
}

#[test]
fn the_cap_is_kept_in_bytes() {
    let mut timeline = Timeline::new(1, 1 << 20);
    let mut n = 0;
    while !timeline.is_full() {
        let data = Payload(vec![b'x'; 1000]);
        timeline.push(event(
            SERVER,
            EventKind::Output {
                stream: Stream::Stdout,
                data,
                line: 1,
            },
        ));
        n += 1;
        assert!(n < 2000, "1 MiB is full after about a thousand kilobytes");
    }
    assert!(n > 500, "and not much before: {n}");
}

#[test]
fn a_recording_with_a_gap_or_a_stranger_is_refused() {
    let (story, ..) = echo();
    let events = story.timeline.events().to_vec();
    let whole = Timeline::from_events(2, usize::MAX, events.clone()).expect("whole");
    assert_eq!(whole.live(), story.timeline.live());
    let mut gap = events.clone();
    gap.remove(3);
    assert!(Timeline::from_events(2, usize::MAX, gap).is_err());
    assert!(Timeline::from_events(1, usize::MAX, events).is_err());
}

#[test]
fn events_survive_json() {
    let (story, ..) = echo();
    for event in story.timeline.events() {
        let json = protocol::write::to_json(event);
        let back: Event = protocol::read::from_json(json.as_bytes()).expect("an event");
        assert_eq!(&back, event, "{json}");
    }
}

#[test]
fn each_event_has_its_sentence() {
    let (story, ..) = echo();
    let programs = ["server".to_owned(), "client".to_owned()];
    let events = story.timeline.events();
    let call_of = |event: &Event| {
        let wanted = match &event.kind {
            EventKind::Returned { call, .. } | EventKind::Waiting { call } => *call,
            _ => return None,
        };
        events
            .iter()
            .find(|e| matches!(&e.kind, EventKind::Called { call, .. } if *call == wanted))
    };
    let words: Vec<String> = events
        .iter()
        .map(|e| sentence(e, Names { programs: &programs }, call_of(e)))
        .collect();
    for expected in [
        "Server starts.",
        "Server calls bind(('127.0.0.1', 8888)).",
        "Server's socket is in LISTEN.",
        "Server is blocked in accept(): nobody has connected yet.",
        "The kernel gives the client fd 3.",
        "accept() returns fd 4 and ('127.0.0.1', 41234).",
        "Client calls send(b'hello').",
        "recv() returns 5 bytes: b'hello'",
    ] {
        assert!(
            words.iter().any(|w| w == expected),
            "{expected} is missing in {words:#?}"
        );
    }
}
