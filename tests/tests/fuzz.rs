//! Whatever comes in, nothing panics: the decoders, lab files, recordings, the Python front end, sessions.
//!
//! Under `cargo test` each target runs for a moment on generated input; `cargo bolero test TARGET` runs it for as long as
//! you like.

use bolero::{TypeGenerator, check};
use engine::program::Vm;
use engine::program::host::{Clock, Config, HostAnswer, HostCall, Stop};
use engine::session::{Command, Effect, Input, LabSpec, ProgramSpec, Session, World};
use protocol::frame::{self, Frame, Message};
use protocol::{CallId, FromPage, FromServer, Network, Outcome, Payload, ProgramId, Recording};

/// What decodes must encode to something that decodes to the same.
fn round_trip<M: Message + PartialEq + std::fmt::Debug + Clone>(message: M) {
    let back: M = match frame::encode(message.clone()) {
        Frame::Text(text) => frame::decode_text(&text),
        Frame::Binary(bytes) => frame::decode_binary(&bytes),
    }
    .expect("our own message");
    assert_eq!(back, message);
}

/// Pieces that make input which is nearly right, so that the deeper parts of a decoder are reached.
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"t\"",
    "\"call\"",
    "\"id\"",
    "\"lab\"",
    "\"op\"",
    "\"send\"",
    "\"recv\"",
    "\"hello\"",
    "\"version\"",
    "\"resume\"",
    "\"sock\"",
    "\"data\"",
    "\"AAAA\"",
    "\"max\"",
    "\"addr\"",
    "{\"v4\":{\"ip\":\"127.0.0.1\",\"port\":80}}",
    "1",
    "0",
    "-1",
    "1e400",
    "18446744073709551616",
    "null",
    "true",
    "\"socket\"",
    "\"family\"",
    "\"kind\"",
    "\"proto\"",
    "{\"t\":\"call\",\"id\":1,\"lab\":1,\"call\":",
    "{\"op\":\"recv\",\"sock\":1,\"max\":",
    "{\"t\":\"ack\",\"seq\":",
    "{\"t\":\"reply\",\"seq\":1,\"id\":1,\"at\":0,\"order\":0,\"outcome\":",
    "{\"is\":\"done\"}",
    "{\"is\":\"received\",\"data\":",
    "{\"version\":1,\"title\":\"x\",\"network\":null,\"private\":true,\"began\":0,\"programs\":[],\"events\":[",
    "{\"seq\":1,\"t\":0,\"kind\":\"line\",\"line\":1,\"tick\":0}",
];

fn text_of(choices: &[u8], pieces: &[&str]) -> String {
    choices
        .iter()
        .map(|c| pieces[usize::from(*c) % pieces.len()])
        .collect()
}

#[test]
fn decoders() {
    check!()
        .with_type::<(bool, Vec<u8>, Vec<u8>)>()
        .with_iterations(20_000)
        .for_each(|(pieces, head, tail)| {
            let json = if *pieces {
                text_of(head, JSON).into_bytes()
            } else {
                head.clone()
            };
            let mut packed = u32::try_from(json.len()).unwrap_or(0).to_le_bytes().to_vec();
            packed.extend_from_slice(&json);
            packed.extend_from_slice(tail);
            for bytes in [&json, &packed] {
                if let Ok(message) = frame::decode_binary::<FromPage>(bytes) {
                    round_trip(message);
                }
                if let Ok(message) = frame::decode_binary::<FromServer>(bytes) {
                    round_trip(message);
                }
            }
            let text = String::from_utf8_lossy(&json);
            if let Ok(message) = frame::decode_text::<FromPage>(&text) {
                round_trip(message);
            }
            if let Ok(recording) = Recording::from_json(&text) {
                let programs = recording.programs.len();
                let _ = engine::timeline::Timeline::from_events(programs, 1 << 20, recording.events);
            }
            let _ = LabSpec::from_toml(&text, |_| Ok(String::new()));
        });
}

/// Pieces of programs; `\n` and indentation among them, so that blocks come about.
const PYTHON: &[&str] = &[
    "\n",
    "\n    ",
    "\n        ",
    " ",
    "if x:",
    "else:",
    "while x:",
    "for x in y:",
    "def f(x, *a, k=1, **b):",
    "class C(B):",
    "return x",
    "yield x",
    "import socket",
    "from socket import *",
    "try:",
    "except OSError as e:",
    "finally:",
    "raise x",
    "with x as y:",
    "pass",
    "break",
    "continue",
    "lambda x: x",
    "x",
    "y",
    "f",
    "C",
    "=",
    "+=",
    "==",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "**",
    "*",
    "//",
    "%",
    "<<",
    "~",
    "-",
    "not ",
    " in ",
    " is ",
    " and ",
    "1",
    "0",
    "10**9",
    "1.5",
    "'a'",
    "b'a'",
    "f'{x!r:>{y}}'",
    "'%s %d' % ",
    "'{} {}'.format",
    "None",
    "True",
    "global x",
    "nonlocal x",
    "del x",
    "print",
    "len",
    "range",
    "str",
    "int",
    "sorted",
    "x.append",
    "socket.socket()",
    ".bind(('', 80))",
    ".recv(10)",
    "input()",
    ":=",
    "async ",
    "await ",
    "match x:",
    "@f",
    "\t",
    "\\",
    "#",
    "\"\"\"",
    "\u{e4}",
];

/// Runs a program against a world that answers anything, for a bounded while.
fn run(source: String) {
    let config = Config {
        file: "fuzz.py".into(),
        source,
        args: Vec::new(),
        files: Vec::new(),
        pid: 1,
        program: ProgramId(0),
        first_socket: 0,
        interactive: false,
    };
    let Ok(mut vm) = Vm::new(config) else { return };
    for round in 0..40u32 {
        match vm.run(2_000, round % 2 == 0) {
            Stop::Line { thread, .. } => drop(vm.frames(thread)),
            Stop::Call { token, call, .. } => vm.answer(
                token,
                match call {
                    HostCall::Net { .. } if round % 3 == 0 => HostAnswer::Net(Outcome::errno(111)),
                    HostCall::Net { .. } => HostAnswer::Net(Outcome::Received {
                        data: Payload(b"hi".to_vec()),
                        addr: None,
                    }),
                    HostCall::Sleep { .. } => HostAnswer::Done,
                    HostCall::Clock(Clock::Realtime | Clock::Monotonic | Clock::Process) => {
                        HostAnswer::Nanos(1)
                    }
                    HostCall::Input => HostAnswer::Line(Some("x".into())),
                    HostCall::Random { len } => HostAnswer::Bytes(vec![7; len]),
                },
            ),
            Stop::OutOfFuel => {}
            Stop::Blocked | Stop::Ended { .. } => break,
        }
        vm.take_output();
    }
}

#[test]
fn python_programs() {
    check!()
        .with_type::<Vec<u8>>()
        .with_iterations(4_000)
        .for_each(|choices| run(text_of(choices, PYTHON)));
}

#[test]
fn python_mutations() {
    let labs = wirelab_tests::root().join("book/labs");
    let mut sources = Vec::new();
    for lab in std::fs::read_dir(labs).expect("labs").flatten() {
        for file in std::fs::read_dir(lab.path()).expect("a lab").flatten() {
            if file.path().extension().is_some_and(|e| e == "py") {
                sources.push(std::fs::read_to_string(file.path()).expect("a program"));
            }
        }
    }
    check!()
        .with_type::<(u16, Vec<(u16, u8)>)>()
        .with_iterations(3_000)
        .for_each(|(which, changes)| {
            let mut chars: Vec<char> = sources[usize::from(*which) % sources.len()].chars().collect();
            for (place, piece) in changes.iter().take(4) {
                let at = usize::from(*place) % (chars.len() + 1);
                let piece = PYTHON[usize::from(*piece) % PYTHON.len()].chars();
                chars.splice(at..(at + usize::from(*place % 3)).min(chars.len()), piece);
            }
            run(chars.into_iter().collect());
        });
}

#[derive(Clone, Debug, TypeGenerator)]
enum Act {
    Opened,
    Next,
    Step(u8),
    Run(bool),
    Pause,
    Start(u8),
    Stop(u8),
    Type(u8, bool),
    Interrupt(u8),
    Edit(u8, bool),
    Reset,
    Tick(u16),
    Answer(u8),
    Confirm(u8),
    Lost,
}

/// Any order of commands and answers leaves a session whole: its events are numbered without gaps, every return has its
/// entry, and its state is the fold of its events.
#[test]
fn sessions() {
    check!().with_type::<Vec<Act>>().with_iterations(2_000).for_each(|acts| {
        let program = |name: &str, source: &str| ProgramSpec {
            name: name.into(),
            file: format!("{name}.py"),
            source: source.into(),
            ..ProgramSpec::default()
        };
        let spec = LabSpec {
            version: 1,
            title: "fuzz".into(),
            about: String::new(),
            network: None,
            hosts: Vec::new(),
            held: false,
            programs: vec![
                program("server", "import socket, time\ns = socket.socket()\ns.bind(('', 80))\ns.listen()\nc, a = s.accept()\nprint(a)\ntime.sleep(1)\nc.sendall(c.recv(10))\n"),
                program("client", "import socket\ns = socket.create_connection(('localhost', 80))\ns.sendall(input('> ').encode())\nprint(s.recv(5))\n"),
            ],
            files: Vec::new(),
        };
        let mut session = Session::new(spec, World { unix_nanos: 0, seed: 1 });
        let mut now = 0;
        let (mut calls, mut questions) = (Vec::new(), Vec::new());
        for act in acts {
            now += 1_000_000;
            let id = |n: u8| ProgramId(u16::from(n % 3));
            let input = match act {
                Act::Opened => Input::Opened { network: Network::Loopback, private: true, hosts: Vec::new(), number: None },
                Act::Next => Input::Command(Command::Next),
                Act::Step(n) => Input::Command(Command::Step(id(*n))),
                Act::Run(slow) => Input::Command(Command::Run(slow.then_some(5_000_000))),
                Act::Pause => Input::Command(Command::Pause),
                Act::Start(n) => Input::Command(Command::Start(id(*n), None)),
                Act::Stop(n) => Input::Command(Command::Stop(id(*n))),
                Act::Type(n, end) => Input::Command(Command::Type(id(*n), end.then(|| "hello".to_owned()))),
                Act::Interrupt(n) => Input::Command(Command::Interrupt(id(*n))),
                Act::Edit(n, good) => {
                    Input::Command(Command::Edit(id(*n), if *good { "print(1)" } else { "print(" }.into()))
                }
                Act::Reset => Input::Command(Command::Reset),
                Act::Tick(ms) => {
                    now += u64::from(*ms) * 1_000_000;
                    Input::Tick
                }
                Act::Answer(n) => {
                    let known = calls.get(usize::from(*n) % calls.len().max(1)).copied();
                    let outcome = match n % 4 {
                        0 => Outcome::errno(111),
                        1 => Outcome::TimedOut,
                        2 => Outcome::Received { data: Payload(b"hello".to_vec()), addr: None },
                        _ => Outcome::Done,
                    };
                    Input::Reply { id: known.unwrap_or(CallId(999)), at: 0, order: 0, outcome, samples: Vec::new() }
                }
                Act::Confirm(n) => {
                    let Some((id, waiting)) = questions.get(usize::from(*n) % questions.len().max(1)).cloned() else {
                        continue;
                    };
                    Input::Confirmed { id, at: 0, order: 0, waiting, samples: Vec::new() }
                }
                Act::Lost => Input::Trouble { text: "gone".into(), lost: true },
            };
            session.handle(now, input);
            while let Some(effect) = session.next_effect() {
                match effect {
                    Effect::Call { id, .. } => calls.push(id),
                    Effect::Confirm { id, calls } => questions.push((id, calls)),
                    _ => {}
                }
            }
            let _ = (session.rest(), session.busy(), session.next_step());
        }
        let timeline = session.timeline();
        let mut open = std::collections::BTreeSet::new();
        for (n, event) in (1..).zip(timeline.events()) {
            assert_eq!(event.seq, n);
            match &event.kind {
                protocol::EventKind::Called { call, .. } => assert!(open.insert(*call), "{call:?} entered twice"),
                protocol::EventKind::Returned { call, .. } => assert!(open.remove(call), "{call:?} returned without entry"),
                _ => {}
            }
            for program in 0..2 {
                if n % 7 == 0 {
                    session.variables(ProgramId(program), Some(n));
                }
            }
        }
        let programs = session.spec().programs.len();
        let again = engine::timeline::Timeline::from_events(programs, usize::MAX, timeline.events().to_vec());
        assert_eq!(again.expect("whole").live(), timeline.live());
    });
}

/// Whatever stands in a packet: every field lies within it, and it has a summary, followed or not.
#[test]
fn packets() {
    // Headers that are nearly right, so that what is inside is reached.
    const HEADS: [&[u8]; 6] = [
        b"",
        b"\x45\0\0\x40\0\x01\x40\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02\x1f\x90\x9c\x40\0\0\0\x01\0\0\0\x02\xa0\x18\xff\xff\0\0\0\0",
        b"\x45\0\0\x40\0\x01\0\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02\0\x35\0\x35\0\x30\0\0\0\x01\x81\x80\0\x01\0\x02",
        b"\x45\0\0\x40\0\x01\0\0\x40\x01\0\0\x0a\0\0\x01\x0a\0\0\x02\x03\x03\0\0\0\0\0\0\x45\0\0\x20\0\0\0\0\x40\x06",
        b"\x60\0\0\0\0\x30\0\x40\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02",
        b"\x60\0\0\0\0\x30\x3a\x40\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\x01\x04",
    ];
    check!()
        .with_type::<(u8, Vec<u8>, Vec<u8>)>()
        .with_iterations(20_000)
        .for_each(|(head, first, second)| {
            let head = HEADS[usize::from(*head) % HEADS.len()];
            let mut flows = engine::packet::Flows::default();
            for (at, tail) in [first, second].into_iter().enumerate() {
                let packet = [head, tail].concat();
                let summary = flows.summary(at as u64, &packet);
                assert!(!summary.to_string().is_empty());
                for field in engine::packet::fields(&packet, summary.tracked) {
                    assert!(packet.get(field.range.clone()).is_some(), "{field:?}");
                }
            }
        });
}
