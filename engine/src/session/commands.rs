//! What a learner wants, done to programs.

use super::machine::Machine;
use super::program::{Pace, Run};
use super::{Command, Effect, Mode, NextStep, Session, programs_of};
use crate::program::Feed;
use crate::program::host::{Config, Token};
use crate::timeline::Timeline;
use protocol::event::Level;
use protocol::{EventKind, ProgramId, ThreadId, WireAction, bounds};

impl Session {
    pub(super) fn command(&mut self, command: Command) {
        if self.lost && command != Command::Reset {
            return;
        }
        match command {
            Command::Next => {
                self.stop_running();
                if let Some(step) = self.next_step() {
                    self.take(&step);
                }
            }
            Command::Step(id) => {
                self.stop_running();
                self.step(id);
            }
            Command::Run(every) => self.run(every),
            Command::Pause => self.stop_running(),
            Command::Start(id, args) => self.start(id, args),
            Command::Stop(id) => self.stop(id),
            Command::Type(id, line) => self.type_line(id, line),
            Command::Interrupt(id) => self.interrupt(id),
            Command::Edit(id, source) => self.edit(id, source),
            Command::Wire(action) => self.act_on_wire(action),
            Command::Reset => self.reset(),
        }
    }

    /// Does what Next offers.
    pub(super) fn take(&mut self, step: &NextStep) {
        match step {
            NextStep::Packet(packet) => self.act_on_wire(WireAction::Deliver { packet: *packet }),
            NextStep::Program { program, .. } => self.step(*program),
        }
    }

    fn stop_running(&mut self) {
        self.mode = Mode::Stepping;
    }

    fn run(&mut self, every: Option<u64>) {
        self.mode = match every {
            Some(every) => Mode::Walking {
                every: every.max(1_000_000),
                next: self.now,
            },
            None => Mode::Running,
        };
        if self.mode == Mode::Running {
            for program in &mut self.programs {
                if let Some(run) = program.run.as_mut().filter(|run| run.pace == Pace::Parked) {
                    run.pace = Pace::Going;
                }
            }
        }
        self.walk();
    }

    /// One line of this program; one that has not started (or has ended) is started and runs its first line.
    pub(super) fn step(&mut self, id: ProgramId) {
        match self.program(id).map(|p| p.pace()) {
            Some(None | Some(Pace::Ended)) => {
                self.start(id, None);
                if let Some(run) = self.program(id).and_then(|p| p.run.as_mut()) {
                    run.pass_line = true;
                }
            }
            Some(Some(Pace::Parked)) => {
                if let Some(run) = self.program(id).and_then(|p| p.run.as_mut()) {
                    run.pace = Pace::Going;
                }
                self.epoch += 1;
            }
            _ => {}
        }
    }

    /// Starts a program; one that runs is stopped first.
    pub(super) fn start(&mut self, id: ProgramId, args: Option<Vec<String>>) {
        self.stop(id);
        let files = self
            .spec
            .files
            .iter()
            .map(|f| (f.name.clone(), f.text.clone().into_bytes()))
            .collect();
        let Some(program) = self.program(id) else { return };
        let args = args.unwrap_or_else(|| program.spec.args.clone());
        let file = if program.spec.file.is_empty() {
            "<stdin>".to_owned()
        } else {
            program.spec.file.clone()
        };
        let config = Config {
            file,
            source: program.spec.source.clone(),
            args: args.clone(),
            files,
            pid: Self::pid(id),
            program: id,
            first_socket: program.next_socket,
            interactive: program.spec.prompt,
        };
        let source = program.spec.source.clone();
        program.clear_typed();
        let first = self.push(Some(id), ThreadId(0), None, EventKind::Started { args });
        let compiled = Machine::start(config);
        let (machine, failed) = match compiled {
            Ok(machine) => (Some(machine), None),
            Err(failed) => (None, Some(failed)),
        };
        let run = Run::new(first, source, machine);
        if let Some(program) = self.program(id)
            && let Some(old) = program.run.replace(run)
        {
            program.earlier.push(old);
        }
        self.epoch += 1;
        if let Some((raised, output)) = failed {
            for piece in output {
                let stream = match piece.stream {
                    crate::program::host::OutputStream::Stdout => protocol::Stream::Stdout,
                    crate::program::host::OutputStream::Stderr => protocol::Stream::Stderr,
                };
                let kind = EventKind::Output {
                    stream,
                    data: piece.bytes.into(),
                    line: raised.line,
                };
                self.push(Some(id), ThreadId(0), None, kind);
            }
            let kind = EventKind::Raised {
                exception: raised.type_name,
                message: raised.message,
                errno: None,
                line: raised.line,
                column: raised.column,
            };
            self.push(Some(id), ThreadId(0), None, kind);
            self.end_run(id, 1, false);
        }
    }

    fn stop(&mut self, id: ProgramId) {
        if self.program(id).is_some_and(|p| p.is_alive()) {
            self.end_run(id, 143, true);
        }
    }

    /// Prompts are there from the beginning.
    pub(super) fn start_prompts(&mut self) {
        let prompts: Vec<ProgramId> = self
            .programs
            .iter()
            .filter(|p| p.spec.prompt && p.run.is_none())
            .map(|p| p.id)
            .collect();
        for id in prompts {
            self.start(id, None);
        }
    }

    fn type_line(&mut self, id: ProgramId, line: Option<String>) {
        let Some(program) = self.program(id) else { return };
        if !program.is_alive() {
            return;
        }
        const LONGEST: usize = 64 << 10;
        if line.as_ref().is_some_and(|line| line.len() > LONGEST) {
            return self.notice(
                Level::Warning,
                "That line is longer than 64 KiB, the most that a terminal takes.",
            );
        }
        if !program.type_ahead(line.clone()) {
            let text = "The program has not asked for the last 1000 lines that were typed, so this one was not kept.";
            return self.notice(Level::Warning, text);
        }
        self.push(Some(id), ThreadId(0), None, EventKind::Typed { text: line });
        self.epoch += 1;
        self.serve_input(id);
        self.feed_prompt(id);
    }

    /// Gives typed lines to a `>>>` prompt that waits for source.
    pub(super) fn feed_prompt(&mut self, id: ProgramId) {
        let Some(program) = self.program(id) else { return };
        let wants = program.run.as_ref().is_some_and(|run| {
            run.pace == Pace::Blocked
                && run
                    .machine
                    .as_ref()
                    .is_some_and(|machine| machine.vm().wants_source())
        });
        if !wants {
            return;
        }
        let Some(line) = program.take_typed() else { return };
        let Some(run) = &mut program.run else { return };
        let Some(machine) = &mut run.machine else { return };
        let Some(line) = line else {
            self.end_run(id, 0, false);
            return;
        };
        let fed = machine.feed(&line);
        run.incomplete = matches!(fed, Feed::Incomplete);
        run.pace = Pace::Going;
    }

    fn interrupt(&mut self, id: ProgramId) {
        if !self.program(id).is_some_and(|p| p.is_alive()) {
            return;
        }
        self.push(Some(id), ThreadId(0), None, EventKind::Interrupted);
        let Some(run) = self.program(id).and_then(|p| p.run.as_mut()) else {
            return;
        };
        let Some(machine) = &mut run.machine else { return };
        let withdrawn = machine.interrupt();
        run.pace = Pace::Going;
        run.incomplete = false;
        if run.asking.is_some_and(|(token, _)| withdrawn.contains(&token)) {
            run.asking = None;
        }
        self.timers
            .retain(|(_, program, token)| *program != id || !withdrawn.contains(token));
        let calls: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, call)| call.program == id && withdrawn.contains(&call.token))
            .map(|(id, _)| *id)
            .collect();
        for call in calls {
            self.withdraw(call);
        }
        self.epoch += 1;
    }

    fn edit(&mut self, id: ProgramId, source: String) {
        if source.len() > bounds::SOURCE {
            let text = format!(
                "A program has at most {} KiB; this change was not taken.",
                bounds::SOURCE >> 10
            );
            return self.notice(Level::Warning, text);
        }
        self.stop(id);
        let Some(program) = self.program(id) else { return };
        program.spec.source.clone_from(&source);
        if let Some(run) = program.run.take() {
            program.earlier.push(run);
        }
        if let Some(spec) = self.spec.programs.get_mut(usize::from(id.0)) {
            spec.source = source;
        }
    }

    fn reset(&mut self) {
        let by_itself: Vec<bool> = self.programs.iter().map(|p| p.starts_by_itself).collect();
        self.programs = programs_of(&self.spec);
        for (program, by_itself) in self.programs.iter_mut().zip(by_itself) {
            program.starts_by_itself = by_itself;
        }
        self.timeline = Timeline::new(self.programs.len(), bounds::TIMELINE).on_hosts(self.spec.hosts_of());
        self.network = None;
        self.lost = false;
        self.full_told = false;
        self.mode = Mode::Stepping;
        self.calls.clear();
        self.orphans.clear();
        self.timers.clear();
        self.deadlines.clear();
        self.wire_requests.clear();
        self.question = None;
        self.quiet_at = None;
        self.ask_at = None;
        self.epoch += 1;
        self.effects.clear();
        self.wake_at = None;
        self.halt = None;
        self.effects.push_back(Effect::Reset);
    }

    /// What os.getpid() says in a program.
    pub(super) fn pid(id: ProgramId) -> u32 {
        1000 + u32::from(id.0)
    }

    /// The thread that asked this question, if it still waits for it.
    pub(super) fn thread_of(&mut self, id: ProgramId, token: Token) -> Option<ThreadId> {
        let run = self.program(id)?.run.as_ref()?;
        run.machine.as_ref()?.vm().asker(token)
    }
}
