//! One run of one program: the VM, and the journal with which any moment of it can be shown again.
//!
//! The VM is deterministic: the same source and the same answers at the same ticks make the same run. The journal keeps
//! those answers; copies of the VM stand along the way, so that going back never means running everything again.

use crate::program::host::{Config, HostAnswer, Output, Raised, Stop, Token};
use crate::program::{Feed, Vm};
use protocol::{SocketId, ThreadId};

/// Ticks between two copies of the VM at first: some hundred lines, run again in less than a millisecond.
const COPY_EVERY: u64 = 1000;
/// Copies kept, the beginning among them: to compile anew takes longer. When there are more, every other one goes and the
/// distance doubles, so that a long run is copied ever more seldom.
const COPIES: usize = 16;
/// A VM larger than this, bytes, is not copied: its past is run again from an older copy or the beginning.
const COPY_LIMIT: usize = 2 << 20;

/// A run of a program.
pub(crate) struct Machine {
    vm: Vm,
    journal: Vec<(u64, Deed)>,
    copies: Vec<Copy>,
    copy_every: u64,
}

/// What came from outside, at a tick.
#[derive(Clone, Debug)]
enum Deed {
    Answer(Token, HostAnswer),
    Reserve(SocketId),
    Interrupt,
    Feed(String),
}

/// Runs on to a tick. A question stops the thread that asks, not the others; its answer is in the journal.
fn run_until(vm: &mut Vm, tick: u64) {
    while let Some(Stop::Call { .. }) = vm.run_until(tick) {}
}

struct Copy {
    tick: u64,
    /// So many entries of the journal are in it.
    entries: usize,
    vm: Vm,
}

impl Machine {
    /// Compiles the program.
    ///
    /// # Errors
    /// What is wrong with the source, and what python3 would write to stderr about it.
    pub(crate) fn start(config: Config) -> Result<Self, (Raised, Vec<Output>)> {
        let vm = Vm::new(config).map_err(|error| (error.raised, error.output))?;
        let beginning = Copy {
            tick: vm.ticks(),
            entries: 0,
            vm: vm.snapshot(),
        };
        Ok(Self {
            vm,
            journal: Vec::new(),
            copies: vec![beginning],
            copy_every: COPY_EVERY,
        })
    }

    pub(crate) fn vm(&self) -> &Vm {
        &self.vm
    }

    pub(crate) fn run(&mut self, fuel: u64, stop_at_lines: bool) -> Stop {
        self.copy_if_due();
        self.vm.run(fuel, stop_at_lines)
    }

    pub(crate) fn take_output(&mut self) -> Vec<Output> {
        self.vm.take_output()
    }

    /// Gives an answer; says how many bytes the journal grew by.
    pub(crate) fn answer(&mut self, token: Token, answer: HostAnswer) -> usize {
        let size = match &answer {
            HostAnswer::Net(outcome) => outcome.payload().map_or(0, protocol::Payload::len),
            HostAnswer::Line(Some(line)) => line.len(),
            HostAnswer::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        self.journal
            .push((self.vm.ticks(), Deed::Answer(token, answer.clone())));
        self.vm.answer(token, answer);
        size + size_of::<(u64, Deed)>()
    }

    /// KeyboardInterrupt; says which questions are withdrawn by it.
    pub(crate) fn interrupt(&mut self) -> Vec<Token> {
        self.journal.push((self.vm.ticks(), Deed::Interrupt));
        self.vm.interrupt();
        self.vm.take_cancelled()
    }

    /// A line for the `>>>` prompt.
    pub(crate) fn feed(&mut self, line: &str) -> Feed {
        self.journal.push((self.vm.ticks(), Deed::Feed(line.to_owned())));
        self.vm.feed(line)
    }

    /// The descriptor that the program will have for a socket which the next answer makes.
    pub(crate) fn reserve_fd(&mut self, socket: SocketId) -> i32 {
        self.journal.push((self.vm.ticks(), Deed::Reserve(socket)));
        self.vm.reserve_fd(socket)
    }

    /// The line at which a thread is.
    pub(crate) fn line(&self, thread: ThreadId) -> u32 {
        self.vm.current_line(thread).unwrap_or(0)
    }

    /// The VM as it was at a tick of its past.
    pub(crate) fn past(&self, tick: u64) -> Option<Vm> {
        let copy = self.copies.iter().rev().find(|copy| copy.tick <= tick)?;
        let mut vm = copy.vm.snapshot();
        for (at, deed) in &self.journal[copy.entries..] {
            if *at > tick {
                break;
            }
            run_until(&mut vm, *at);
            match deed {
                Deed::Answer(token, answer) => vm.answer(*token, answer.clone()),
                Deed::Reserve(socket) => {
                    vm.reserve_fd(*socket);
                }
                Deed::Interrupt => {
                    vm.interrupt();
                    vm.take_cancelled();
                }
                Deed::Feed(line) => {
                    vm.feed(line);
                }
            }
            vm.take_output();
        }
        run_until(&mut vm, tick);
        Some(vm)
    }

    /// Runs on to a tick, for a program that is run again; what it asks on the way is told.
    pub(crate) fn advance(&mut self, tick: u64) -> Option<Stop> {
        self.copy_if_due();
        let stop = self.vm.run_until(tick);
        self.vm.take_output();
        stop
    }

    /// The answers that no event tells of, with their ticks.
    pub(crate) fn given(&self) -> impl Iterator<Item = (u64, &HostAnswer)> {
        self.journal.iter().filter_map(|(tick, deed)| match deed {
            Deed::Answer(_, answer @ (HostAnswer::Nanos(_) | HostAnswer::Bytes(_))) => Some((*tick, answer)),
            _ => None,
        })
    }

    fn copy_if_due(&mut self) {
        let last = self.copies.last().map_or(0, |copy| copy.tick);
        let tick = self.vm.ticks();
        if tick < last + self.copy_every || self.vm.size() > COPY_LIMIT {
            return;
        }
        if self.copies.len() >= COPIES {
            let mut nth = 0;
            self.copies.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.copy_every *= 2;
        }
        self.copies.push(Copy {
            tick,
            entries: self.journal.len(),
            vm: self.vm.snapshot(),
        });
    }
}
