//! Is all quiet, and what comes next?

use super::program::Pace;
use super::{Effect, Mode, NextStep, Rest, Session};
use protocol::ProgramId;

/// While programs run at full speed, the network is asked only after nothing has moved for so long, nanoseconds: most
/// answers are under way.
const GRACE: u64 = 15_000_000;

impl Session {
    /// Where the lab stands.
    pub fn rest(&self) -> Rest {
        if self.replayed {
            return Rest::Ended;
        }
        if self.lost {
            return Rest::Lost;
        }
        if self.timeline.is_full() {
            return Rest::Full;
        }
        if self.network.is_none() {
            return Rest::Opening;
        }
        if !self.is_quiet() {
            return Rest::Working;
        }
        if let Some(next) = self.next_step() {
            // While running, a start that is due happens by itself; a packet that waits is the learner's.
            let by_itself = matches!(next, NextStep::Program { .. });
            return if self.mode == Mode::Running && by_itself {
                Rest::Working
            } else {
                Rest::Ready(next)
            };
        }
        if !self.timers.is_empty()
            || self.packets_under_way()
            || self.kernel_will_send()
            || self.calls.values().any(|call| call.deadline)
        {
            return Rest::Sleeping;
        }
        let asking: Vec<ProgramId> = self
            .programs
            .iter()
            .filter(|p| self.asks(p))
            .map(|p| p.id)
            .collect();
        if !asking.is_empty() {
            return Rest::AwaitingInput(asking);
        }
        // Whoever does not read may be waiting for the learner: that comes first.
        if self.kernel_asks_window() {
            return Rest::Sleeping;
        }
        if self.programs.iter().any(|p| p.is_alive()) {
            Rest::Blocked
        } else {
            Rest::Ended
        }
    }

    fn asks(&self, program: &super::program::Program) -> bool {
        program.run.as_ref().is_some_and(|run| {
            run.asking.is_some()
                || (run.pace == Pace::Blocked
                    && run
                        .machine
                        .as_ref()
                        .is_some_and(|machine| machine.vm().wants_source()))
        })
    }

    /// Nothing runs, and every call that is left really waits.
    pub(super) fn is_quiet(&self) -> bool {
        let going = self.programs.iter().any(|p| p.pace() == Some(Pace::Going));
        !going
            && self.wire_requests.is_empty()
            && (self.calls.is_empty() || self.quiet_at == Some(self.epoch))
    }

    /// What Next would do: the first packet that waits on the wire, else the first program in the lab's order that can go on
    /// or be started.
    pub fn next_step(&self) -> Option<NextStep> {
        self.next_packet()
            .map(NextStep::Packet)
            .or_else(|| self.next_line())
    }

    fn next_line(&self) -> Option<NextStep> {
        self.programs.iter().find_map(|program| {
            if program.can_start() {
                return Some(NextStep::Program {
                    program: program.id,
                    line: None,
                });
            }
            let run = program.run.as_ref().filter(|run| run.pace == Pace::Parked)?;
            let machine = run.machine.as_ref()?;
            let line = self.timeline.live().program(program.id).and_then(|p| {
                p.threads.iter().rev().find_map(|t| match t.doing {
                    crate::timeline::Doing::AtLine { line } => Some(line),
                    _ => None,
                })
            });
            let line = line.unwrap_or_else(|| machine.line(protocol::ThreadId(0)));
            Some(NextStep::Program {
                program: program.id,
                line: Some(line),
            })
        })
    }

    /// Can this program be stepped now?
    pub fn can_step(&self, id: ProgramId) -> bool {
        self.network.is_some()
            && !self.lost
            && !self.replayed
            && !self.timeline.is_full()
            && self.programs.get(usize::from(id.0)).is_some_and(|p| {
                p.run.is_none() || p.pace() == Some(Pace::Parked) || p.pace() == Some(Pace::Ended)
            })
    }

    /// Asks the network whether all is quiet, when nothing else can tell.
    pub(super) fn settle(&mut self) {
        if self.network.is_none() || self.lost || self.timeline.is_full() {
            return;
        }
        loop {
            if self.programs.iter().any(|p| p.pace() == Some(Pace::Going)) {
                self.ask_at = None;
                return;
            }
            if self.is_quiet() {
                self.ask_at = None;
                // Running: each next program starts when those before are blocked or have ended.
                let start = (self.mode == Mode::Running)
                    .then(|| self.programs.iter().find(|p| p.can_start()).map(|p| p.id))
                    .flatten();
                let Some(id) = start else { return };
                self.start(id, None);
                self.drive();
                if self.is_halted() {
                    return;
                }
                continue;
            }
            return self.ask();
        }
    }

    fn ask(&mut self) {
        if self.question.is_some() {
            return;
        }
        if self.mode == Mode::Running {
            match self.ask_at {
                None => {
                    self.ask_at = Some(self.now + GRACE);
                    return;
                }
                Some(at) if at > self.now => return,
                Some(_) => self.ask_at = None,
            }
        }
        // Asked and answered in this epoch already: those that do not wait will be answered.
        if self.asked_in == Some(self.epoch) {
            return;
        }
        let id = self.new_call();
        self.question = Some((id, self.epoch));
        self.asked_in = Some(self.epoch);
        self.effects.push_back(Effect::Confirm {
            id,
            calls: self.calls.keys().copied().collect(),
        });
    }

    /// Tells the driver when to come back.
    pub(super) fn set_alarm(&mut self) {
        let walk = match self.mode {
            Mode::Walking { next, .. } => Some(next),
            _ => None,
        };
        let sleep = self.timers.first().map(|(due, ..)| *due);
        let soonest = [walk, sleep, self.ask_at].into_iter().flatten().min();
        if soonest != self.wake_at {
            self.wake_at = soonest;
            if let Some(at) = soonest {
                self.effects.push_back(Effect::WakeAt(at));
            }
        }
    }

    /// While walking: the next step when it is due and all is quiet.
    pub(super) fn walk(&mut self) {
        let Mode::Walking { every, next } = self.mode else {
            return;
        };
        if self.now < next {
            return;
        }
        if self.is_quiet()
            && let Some(step) = self.next_step()
        {
            self.take(&step);
        }
        self.mode = Mode::Walking {
            every,
            next: self.now + every,
        };
    }
}
