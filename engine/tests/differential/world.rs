//! A world for one program, without a network: typed lines, a clock that moves only while the program sleeps, and numbers for
//! `random` that are always the same.

use crate::{FILE, Outcome, Program};
use engine::program::Vm;
use engine::program::host::{Clock, Config, HostAnswer, HostCall, OutputStream, Stop, Token};
use std::collections::VecDeque;

/// More of this than any of the programs needs: an endless loop ends here.
const FUEL_SLICES: usize = 2_000;
const SLICE: u64 = 100_000;

/// Runs a program to its end in the engine.
pub(crate) fn run(program: &Program) -> Outcome {
    // Deep recursion of the program is the VM's heap, but building the engine unoptimized makes fat native frames.
    std::thread::scope(|scope| {
        let run = || World::new(program).run(program);
        let thread = std::thread::Builder::new()
            .stack_size(8 << 20)
            .spawn_scoped(scope, run)
            .unwrap();
        thread.join().unwrap_or_else(|_| Outcome {
            stdout: String::new(),
            stderr: "the engine panicked".to_owned(),
            status: -1,
        })
    })
}

struct World {
    lines: VecDeque<String>,
    /// Nanoseconds since the program began.
    now: i64,
    /// Sleepers by their deadline; those of the same deadline in the order of their calls.
    sleeping: Vec<(i64, u64, Token)>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    seed: u8,
}

impl World {
    fn new(program: &Program) -> Self {
        Self {
            lines: program.stdin.lines().map(str::to_owned).collect(),
            now: 0,
            sleeping: Vec::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            seed: 1,
        }
    }

    fn run(mut self, program: &Program) -> Outcome {
        let config = Config {
            file: FILE.to_owned(),
            source: program.source.clone(),
            args: program.args.clone(),
            files: program.files.clone(),
            pid: 4242,
            program: protocol::ProgramId(1),
            first_socket: 0,
            interactive: false,
        };
        let mut vm = match Vm::new(config) {
            Ok(vm) => vm,
            Err(error) => {
                for piece in error.output {
                    self.put(piece.stream, &piece.bytes);
                }
                return self.outcome(1);
            }
        };
        let mut slices = 0;
        let status = loop {
            let stop = vm.run(SLICE, false);
            for piece in vm.take_output() {
                self.put(piece.stream, &piece.bytes);
            }
            for token in vm.take_cancelled() {
                self.sleeping.retain(|(_, _, sleeper)| *sleeper != token);
            }
            match stop {
                Stop::Line { .. } => {}
                Stop::Call { token, call, .. } => {
                    if let Some(answer) = self.answer(token, call) {
                        vm.answer(token, answer);
                    }
                }
                Stop::OutOfFuel => {
                    slices += 1;
                    if slices > FUEL_SLICES {
                        self.stderr.extend(b"the engine did not end\n");
                        break -1;
                    }
                }
                Stop::Blocked => {
                    // Nobody can go on: time passes until the next sleeper wakes.
                    let Some(first) = (0..self.sleeping.len()).min_by_key(|i| self.sleeping[*i]) else {
                        self.stderr.extend(b"the engine is deadlocked\n");
                        break -1;
                    };
                    let (deadline, _, token) = self.sleeping.remove(first);
                    self.now = self.now.max(deadline);
                    vm.answer(token, HostAnswer::Done);
                }
                Stop::Ended { status } => break status,
            }
        };
        self.outcome(status)
    }

    fn put(&mut self, stream: OutputStream, bytes: &[u8]) {
        match stream {
            OutputStream::Stdout => self.stdout.extend(bytes),
            OutputStream::Stderr => self.stderr.extend(bytes),
        }
    }

    fn outcome(self, status: i32) -> Outcome {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Outcome {
            stdout: text(self.stdout),
            stderr: text(self.stderr),
            status,
        }
    }

    fn answer(&mut self, token: Token, call: HostCall) -> Option<HostAnswer> {
        Some(match call {
            HostCall::Sleep { seconds, .. } => {
                self.sleeping
                    .push((self.now + (seconds * 1e9) as i64, token.0, token));
                return None;
            }
            HostCall::Clock(clock) => {
                // Time moves a little by itself, so that loops which wait for it end.
                self.now += 1_000;
                HostAnswer::Nanos(match clock {
                    Clock::Realtime => 1_700_000_000_000_000_000 + self.now,
                    Clock::Monotonic | Clock::Process => 1_000_000_000 + self.now,
                })
            }
            HostCall::Input => HostAnswer::Line(self.lines.pop_front()),
            HostCall::Random { len } => HostAnswer::Bytes(
                std::iter::repeat_with(|| {
                    self.seed = self.seed.wrapping_mul(73).wrapping_add(41);
                    self.seed
                })
                .take(len)
                .collect(),
            ),
            HostCall::Net { call, .. } => panic!("the differential programs have no network: {call:?}"),
        })
    }
}
