//! Programs of a recording, run again on what they were told then, so that their variables can be shown.
//!
//! The VM is deterministic: the same source and the same answers at the same ticks make the same run. Events tell most
//! answers: calls' outcomes, ends of waits, typed lines; the recording holds the times and random bytes beside them. Each
//! question of the VM is compared with what the recording says was asked. Where the two part (the source was edited between
//! two runs, the recording is older and holds no times), the run is known up to there and no further.

use super::Session;
use super::drive::makes;
use super::machine::Machine;
use super::program::{Pace, Run};
use crate::program::host::{Config, HostAnswer, HostCall, Stop, Token};
use protocol::recording::Given;
use protocol::{Call, CallId, Event, EventKind, Outcome, ProgramId, SocketId, ThreadId};
use std::collections::VecDeque;

/// Ticks that are run again at most, over all programs: about a second in a page.
const FUEL: u64 = 20_000_000;

/// A run that is being followed.
struct Revival<'a> {
    run: Run,
    /// It is still as it was.
    follows: bool,
    /// Questions that wait for their answer, one for each thread.
    asked: Vec<(ThreadId, Token, HostCall)>,
    /// Calls that the recording has begun.
    calls: Vec<(CallId, &'a Call)>,
    typed: VecDeque<Option<&'a str>>,
    given: &'a [Given],
    /// The last tick that an event tells.
    last: u64,
}

impl Session {
    /// Runs the programs of a recording again. Until then, and where the recording does not hold all that is needed, no
    /// variables are known.
    pub fn revive(&mut self) {
        if !self.replayed {
            return;
        }
        let mut fuel = FUEL;
        for i in 0..self.programs.len() {
            let mut runs = self.runs_again(self.programs[i].id, &mut fuel);
            self.programs[i].run = runs.pop();
            self.programs[i].earlier = runs;
        }
    }

    fn runs_again(&self, id: ProgramId, fuel: &mut u64) -> Vec<Run> {
        let mut done = Vec::new();
        let mut current: Option<Revival<'_>> = None;
        let events = self.timeline.events();
        for (i, event) in events.iter().enumerate().filter(|(_, e)| e.program == Some(id)) {
            if let EventKind::Started { args } = &event.kind {
                done.extend(current.take().map(|run| run.end(fuel)));
                current = Some(self.begin(id, event.seq, args.clone(), &events[i + 1..]));
            } else if let Some(run) = &mut current {
                run.event(event, fuel);
            }
        }
        done.extend(current.map(|run| run.end(fuel)));
        done
    }

    fn begin(&self, id: ProgramId, first: u64, args: Vec<String>, later: &[Event]) -> Revival<'_> {
        let program = &self.programs[usize::from(id.0)];
        let of_run = |e: &&Event| e.program == Some(id);
        let mut of_run = later.iter().filter(of_run);
        let made = of_run.find_map(|e| match &e.kind {
            EventKind::Called { what, .. } => makes(what).first().copied(),
            _ => None,
        });
        let files = self.spec.files.iter();
        let config = Config {
            file: program.spec.file.clone(),
            source: program.spec.source.clone(),
            args,
            files: files
                .map(|f| (f.name.clone(), f.text.clone().into_bytes()))
                .collect(),
            pid: Self::pid(id),
            program: id,
            first_socket: made.map_or(0, |sock| sock.0 - SocketId::of(id, 0).0),
            interactive: false,
        };
        // What was typed at a prompt is not told with its tick.
        let is_prompt = program.spec.file == "<stdin>";
        let machine = (!is_prompt).then(|| Machine::start(config).ok()).flatten();
        let mut run = Run::new(first, program.spec.source.clone(), machine);
        run.pace = Pace::Ended;
        run.known = 0;
        let given = &program.given;
        let from = given.partition_point(|g| g.run < first);
        let to = given.partition_point(|g| g.run <= first);
        Revival {
            follows: run.machine.is_some(),
            run,
            asked: Vec::new(),
            calls: Vec::new(),
            typed: VecDeque::new(),
            given: &given[from..to.max(from)],
            last: 0,
        }
    }
}

impl<'a> Revival<'a> {
    fn event(&mut self, event: &'a Event, fuel: &mut u64) {
        if !self.follows {
            return;
        }
        let thread = event.thread;
        match &event.kind {
            EventKind::Called { call, what, .. } => self.calls.push((*call, what)),
            EventKind::Typed { text } => self.typed.push_back(text.as_deref()),
            EventKind::Line { tick, .. } | EventKind::Lines { tick, .. } => self.last = self.last.max(*tick),
            EventKind::Returned {
                call, outcome, tick, ..
            } => {
                let place = self.calls.iter().position(|(id, _)| id == call);
                let what = place.map(|place| self.calls.swap_remove(place).1);
                // A call that was withdrawn got no answer.
                if *outcome != Outcome::Cancelled {
                    self.follows = what.is_some_and(|what| self.returned(thread, what, outcome, *tick, fuel));
                }
            }
            EventKind::Resumed { tick } => self.follows = self.resumed(thread, *tick, fuel),
            // When exactly it came is not told.
            EventKind::Interrupted => self.follows = false,
            _ => {}
        }
    }

    /// Runs on to this tick; false: it went another way than then.
    fn reach(&mut self, tick: u64, fuel: &mut u64) -> bool {
        let Some(machine) = &mut self.run.machine else {
            return false;
        };
        let began = machine.vm().ticks();
        if tick.saturating_sub(began) > *fuel {
            return false;
        }
        *fuel -= tick.saturating_sub(began);
        self.last = self.last.max(tick);
        loop {
            match machine.advance(tick) {
                Some(Stop::Call { thread, token, call }) => {
                    if matches!(call, HostCall::Clock(_) | HostCall::Random { .. }) {
                        let now = machine.vm().ticks();
                        let Some(answer) = take_given(&mut self.given, now) else {
                            self.run.known = now;
                            return false;
                        };
                        machine.answer(token, answer);
                    } else {
                        // One that was asked before is not waited for any more.
                        self.asked.retain(|(t, ..)| *t != thread);
                        self.asked.push((thread, token, call));
                    }
                }
                None | Some(Stop::Blocked | Stop::Ended { .. }) => break,
                Some(Stop::OutOfFuel | Stop::Line { .. }) => {}
            }
        }
        machine.vm().ticks() == tick
    }

    /// The question that a thread waits with.
    fn question(&mut self, thread: ThreadId) -> Option<(Token, HostCall)> {
        let place = self.asked.iter().position(|(t, ..)| *t == thread)?;
        let (_, token, call) = self.asked.swap_remove(place);
        Some((token, call))
    }

    fn returned(
        &mut self,
        thread: ThreadId,
        what: &Call,
        outcome: &Outcome,
        tick: u64,
        fuel: &mut u64,
    ) -> bool {
        if !self.reach(tick, fuel) {
            return false;
        }
        let Some((token, HostCall::Net { call, .. })) = self.question(thread) else {
            return false;
        };
        let Some(machine) = self.run.machine.as_mut().filter(|_| call == *what) else {
            return false;
        };
        if outcome.is_ok() {
            for sock in makes(what) {
                machine.reserve_fd(sock);
            }
        }
        machine.answer(token, HostAnswer::Net(outcome.clone()));
        self.run.known = tick;
        true
    }

    fn resumed(&mut self, thread: ThreadId, tick: u64, fuel: &mut u64) -> bool {
        if !self.reach(tick, fuel) {
            return false;
        }
        let answer = match self.question(thread) {
            Some((token, HostCall::Sleep { .. })) => (token, HostAnswer::Done),
            Some((token, HostCall::Input)) => {
                // The end of input stays.
                let line = match self.typed.front() {
                    Some(None) => None,
                    Some(Some(_)) => self.typed.pop_front().flatten(),
                    None => return false,
                };
                (token, HostAnswer::Line(line.map(str::to_owned)))
            }
            _ => return false,
        };
        let Some(machine) = &mut self.run.machine else {
            return false;
        };
        machine.answer(answer.0, answer.1);
        self.run.known = tick;
        true
    }

    /// The run, with as much of it as is known.
    fn end(mut self, fuel: &mut u64) -> Run {
        if self.follows && self.reach(self.last, fuel) {
            self.run.known = u64::MAX;
        }
        self.run
    }
}

/// The next answer, if it was given at this tick.
fn take_given(given: &mut &[Given], tick: u64) -> Option<HostAnswer> {
    let (first, rest) = given.split_first()?;
    let answer = match (first.nanos, &first.bytes) {
        (Some(nanos), _) => HostAnswer::Nanos(nanos),
        (None, Some(bytes)) => HostAnswer::Bytes(bytes.0.clone()),
        (None, None) => return None,
    };
    (first.tick == tick).then(|| {
        *given = rest;
        answer
    })
}
