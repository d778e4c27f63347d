//! Runs one program that uses no sockets, as `python3 -u FILE [ARGS]` would: for comparing the engine with python3 by hand.
//!
//! Input comes from standard input, clocks from the machine. `--lines` stops at each line and prints it.

// An example is a shell, not the engine: it may look at the clock.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

use engine::program::host::{Clock, Config, HostAnswer, HostCall, OutputStream, Stop};
use engine::program::{Feed, Vm};
use std::io::{BufRead, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let lines = args.first().is_some_and(|a| a == "--lines");
    let prompt = args.first().is_some_and(|a| a == "--prompt");
    let timed = args.first().is_some_and(|a| a == "--time");
    let hash = args.first().is_some_and(|a| a == "--ticks");
    if lines || prompt || timed || hash {
        args.remove(0);
    }
    let (file, source) = if prompt {
        ("<stdin>".to_owned(), String::new())
    } else {
        let file = args.remove(0);
        let source = std::fs::read_to_string(&file).unwrap_or_default();
        (file, source)
    };
    let config = Config {
        file,
        source,
        args,
        files: Vec::new(),
        pid: 4242,
        program: protocol::ProgramId(0),
        first_socket: 0,
        interactive: prompt,
    };
    let began = Instant::now();
    let mut vm = match Vm::new(config) {
        Ok(vm) => vm,
        Err(e) => {
            for o in e.output {
                let _ = std::io::stderr().write_all(&o.bytes);
            }
            std::process::exit(1);
        }
    };
    let ready = began.elapsed();
    let status = loop {
        let stop = vm.run(1_000_000, lines);
        for o in vm.take_output() {
            let _ = match o.stream {
                OutputStream::Stdout => std::io::stdout().write_all(&o.bytes),
                OutputStream::Stderr => std::io::stderr().write_all(&o.bytes),
            };
        }
        match stop {
            Stop::Line { thread, line } => {
                println!(
                    "[{} line {line}] {:?}",
                    thread.0,
                    vm.frames(thread).last().map(|f| f.variables.clone())
                );
            }
            Stop::Call { token, call, .. } => {
                let answer = answer(&call, began);
                vm.answer(token, answer);
            }
            Stop::OutOfFuel => {}
            Stop::Blocked if vm.wants_source() => {
                let mut line = String::new();
                if std::io::stdin().lock().read_line(&mut line).unwrap_or(0) == 0 {
                    break 0;
                }
                if vm.feed(line.trim_end_matches('\n')) == Feed::Incomplete {
                    print!("... ");
                }
            }
            Stop::Blocked => {
                eprintln!("blocked; deadlocked: {}", vm.deadlocked());
                break 3;
            }
            Stop::Ended { status } => break status,
        }
    };
    let _ = std::io::stdout().flush();
    if timed {
        eprintln!(
            "ready after {ready:?}, done after {:?}, {} ticks",
            began.elapsed(),
            vm.ticks()
        );
    }
    if hash {
        eprintln!("{} ticks, {} lines", vm.ticks(), vm.lines());
    }
    std::process::exit(status);
}

fn answer(call: &HostCall, began: Instant) -> HostAnswer {
    let nanos = |d: Duration| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX);
    match call {
        HostCall::Clock(Clock::Realtime) => HostAnswer::Nanos(nanos(
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        )),
        HostCall::Clock(_) => HostAnswer::Nanos(nanos(began.elapsed())),
        HostCall::Sleep { seconds, .. } => {
            std::thread::sleep(Duration::from_secs_f64(seconds.clamp(0.0, 60.0)));
            HostAnswer::Done
        }
        HostCall::Input => {
            let mut line = String::new();
            match std::io::stdin().lock().read_line(&mut line) {
                Ok(n) if n > 0 => HostAnswer::Line(Some(line.trim_end_matches('\n').to_owned())),
                _ => HostAnswer::Line(None),
            }
        }
        HostCall::Random { len } => HostAnswer::Bytes(vec![7; *len]),
        HostCall::Net { .. } => HostAnswer::Net(protocol::Outcome::errno(97)),
    }
}
