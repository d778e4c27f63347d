//! Line stops, variables, sockets, threads, `__del__`.

use super::world::{World, config, run};
use crate::program::host::{HostAnswer, HostCall, Stop};
use crate::program::{Feed, Vm};
use protocol::ThreadId;

#[test]
fn stops_before_each_line_and_shows_variables() {
    let mut vm = Vm::new(config("x = 1\nfor i in range(2):\n    x += i\nprint(x)\n")).unwrap();
    let mut seen = Vec::new();
    loop {
        match vm.run(1000, true) {
            Stop::Line { thread, line } => {
                let frames = vm.frames(thread);
                let vars: Vec<String> = frames[0]
                    .variables
                    .iter()
                    .map(|v| format!("{}={}", v.name, v.value))
                    .collect();
                seen.push(format!("{line}: {}", vars.join(" ")));
            }
            Stop::Ended { status } => {
                assert_eq!(status, 0);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        seen,
        [
            "1: ",
            "2: x=1",
            "3: x=1 i=0",
            "2: x=1 i=0",
            "3: x=1 i=1",
            "2: x=2 i=1",
            "4: x=2 i=1"
        ]
    );
}

#[test]
fn a_socket_is_closed_when_its_last_name_goes() {
    let mut w = World::new(
        "import socket\ns = socket.socket()\ns = None\nprint('after')\nt = socket.socket()\nprint(t.fileno())\n",
    );
    assert_eq!(w.run(false), 0);
    assert_eq!(w.out, "after\n3\n");
    assert_eq!(w.calls, ["socket(-1)", "close(3)", "socket(-1)", "close(3)"]);
}

#[test]
fn an_interrupt_withdraws_the_call_and_raises() {
    let source = "
try:
    input()
except KeyboardInterrupt:
    print('bye')
";
    let mut vm = Vm::new(config(source)).unwrap();
    let token = loop {
        match vm.run(1000, false) {
            Stop::Call {
                token,
                call: HostCall::Input,
                ..
            } => break token,
            other => assert!(matches!(other, Stop::OutOfFuel), "{other:?}"),
        }
    };
    assert_eq!(vm.asker(token), Some(ThreadId(0)));
    vm.interrupt();
    assert_eq!(vm.take_cancelled(), [token]);
    vm.answer(token, HostAnswer::Line(Some("late".to_owned())));
    assert!(matches!(vm.run(1000, false), Stop::Ended { status: 0 }));
    assert_eq!(vm.take_output()[0].bytes, b"bye\n");
}

#[test]
fn deadlocks_are_known() {
    let mut vm = Vm::new(config(
        "import threading\nl = threading.Lock()\nl.acquire()\nl.acquire()\n",
    ))
    .unwrap();
    loop {
        match vm.run(1000, false) {
            Stop::Blocked => break,
            Stop::OutOfFuel => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(vm.deadlocked());
}

#[test]
fn a_prompt_takes_statements() {
    let mut c = config("");
    c.interactive = true;
    let mut vm = Vm::new(c).unwrap();
    let mut out = String::new();
    for (line, feed) in [
        ("x = 20", Feed::Ready),
        ("x + 1", Feed::Ready),
        ("for i in range(2):", Feed::Incomplete),
        ("    i", Feed::Incomplete),
        ("", Feed::Ready),
        ("1 +", Feed::Error),
        ("(1,", Feed::Incomplete),
        ("2)", Feed::Ready),
        ("1/0", Feed::Ready),
        ("'still here'", Feed::Ready),
    ] {
        while !vm.wants_source() {
            vm.run(1000, false);
        }
        assert_eq!(vm.feed(line), feed, "{line}");
        if feed == Feed::Ready {
            while !matches!(vm.run(1000, false), Stop::Blocked) {}
        }
        for o in vm.take_output() {
            out.push_str(&String::from_utf8_lossy(&o.bytes));
        }
    }
    assert!(out.starts_with("21\n0\n1\n"), "{out}");
    assert!(out.contains("SyntaxError: invalid syntax"), "{out}");
    assert!(out.contains("(1, 2)\n"), "{out}");
    assert!(
        out.contains("ZeroDivisionError: division by zero\n'still here'\n"),
        "{out}"
    );
}

#[test]
fn errors_read_as_cpythons() {
    let (status, _, err) = run("import socket\ns = socket.socket()\ns.connect(('127.0.0.1', 1))\n");
    assert_eq!(status, 1);
    assert_eq!(
        err,
        "Traceback (most recent call last):\n  File \"test.py\", line 3, in <module>\n    s.connect(('127.0.0.1', 1))\nConnectionRefusedError: [Errno 111] Connection refused\n"
    );
    let e = Vm::new(config("x = 1\nif x\n    pass\n")).err().unwrap();
    assert_eq!((e.raised.line, e.raised.message.as_str()), (2, "expected ':'"));
}
