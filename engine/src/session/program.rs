//! A program of a running lab: its source, its current run, and the runs before.

use super::lab::ProgramSpec;
use super::machine::Machine;
use crate::program::host::{HostAnswer, Token};
use protocol::recording::Given;
use protocol::{Payload, ProgramId};
use std::collections::VecDeque;

/// Lines that can be typed ahead of the program's asking.
const TYPED_AHEAD: usize = 1000;

/// A program in a session.
pub(crate) struct Program {
    pub(crate) id: ProgramId,
    pub(crate) spec: ProgramSpec,
    /// The current run, or the last one.
    pub(crate) run: Option<Run>,
    /// Earlier runs, for the past.
    pub(crate) earlier: Vec<Run>,
    /// Of a recording: what it was given that no event tells.
    pub(crate) given: Vec<Given>,
    /// The number of the next socket, over all runs.
    pub(crate) next_socket: u32,
    /// Typed, not yet asked for. `None` is the end of input, which stays.
    typed: VecDeque<Option<String>>,
    /// Next and Run start it when its turn comes. A script (`wirelab run --script`) starts programs itself.
    pub(crate) starts_by_itself: bool,
}

/// One run.
pub(crate) struct Run {
    /// The event `Started`.
    pub(crate) first: u64,
    /// The source that runs.
    pub(crate) source: String,
    /// `None`: the source does not compile.
    pub(crate) machine: Option<Machine>,
    pub(crate) pace: Pace,
    /// The question of input() that waits for a line.
    pub(crate) asking: Option<(Token, protocol::ThreadId)>,
    /// Line marks that the timeline has told already.
    pub(crate) lines_told: u64,
    /// The first line is run together with the start: go on at the next line stop.
    pub(crate) pass_line: bool,
    /// "Every thread waits for another" has been said.
    pub(crate) deadlock_told: bool,
    /// A `>>>` prompt waits for the rest of a statement.
    pub(crate) incomplete: bool,
    /// Up to this tick the machine is as the program was: a recording may not hold all that is needed to go further.
    pub(crate) known: u64,
}

impl Run {
    pub(crate) fn new(first: u64, source: String, machine: Option<Machine>) -> Self {
        Self {
            first,
            source,
            machine,
            pace: Pace::Going,
            asking: None,
            lines_told: 0,
            pass_line: false,
            deadlock_told: false,
            incomplete: false,
            known: u64::MAX,
        }
    }
}

/// Does the program go on by itself?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// It stands at a line, until somebody steps it.
    Parked,
    /// It runs as soon as there is time for it.
    Going,
    /// It waits for an answer.
    Blocked,
    /// It has ended.
    Ended,
}

impl Program {
    pub(crate) fn new(id: ProgramId, spec: ProgramSpec) -> Self {
        Self {
            id,
            spec,
            run: None,
            earlier: Vec::new(),
            given: Vec::new(),
            next_socket: 0,
            typed: VecDeque::new(),
            starts_by_itself: true,
        }
    }

    pub(crate) fn pace(&self) -> Option<Pace> {
        self.run.as_ref().map(|run| run.pace)
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.pace().is_some_and(|pace| pace != Pace::Ended)
    }

    /// May Next or Run start it?
    pub(crate) fn can_start(&self) -> bool {
        self.run.is_none() && self.starts_by_itself
    }

    /// Keeps a typed line until it is asked for; says whether there was room.
    pub(crate) fn type_ahead(&mut self, line: Option<String>) -> bool {
        let room = self.typed.len() < TYPED_AHEAD;
        if room {
            self.typed.push_back(line);
        }
        room
    }

    /// The next typed line, if there is one. The end of input stays the end.
    pub(crate) fn take_typed(&mut self) -> Option<Option<String>> {
        match self.typed.front() {
            Some(None) => Some(None),
            Some(Some(_)) => self.typed.pop_front(),
            None => None,
        }
    }

    /// Forgets what was typed ahead: a new run has a new terminal.
    pub(crate) fn clear_typed(&mut self) {
        self.typed.clear();
    }

    /// What it was given that no event tells, in all its runs.
    pub(crate) fn given_so_far(&self) -> Vec<Given> {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        let mut all = Vec::new();
        for run in self.earlier.iter().chain(&self.run) {
            let given = run.machine.iter().flat_map(Machine::given);
            all.extend(given.map(|(tick, answer)| Given {
                run: run.first,
                tick,
                nanos: match answer {
                    HostAnswer::Nanos(nanos) => Some(*nanos),
                    _ => None,
                },
                bytes: match answer {
                    HostAnswer::Bytes(bytes) => Some(Payload(bytes.clone())),
                    _ => None,
                },
            }));
        }
        all
    }

    /// The run that event `seq` belongs to.
    pub(crate) fn run_at(&self, seq: u64) -> Option<&Run> {
        self.run
            .iter()
            .chain(self.earlier.iter().rev())
            .find(|run| run.first <= seq)
    }
}
