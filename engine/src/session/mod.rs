//! A lab that runs: programs, their calls, the timeline, guided stepping. Pure: `(now, Input)` in, [`Effect`]s out.
//!
//! ```text
//! io.rs        Input, Command, Effect, Rest: what goes in and out
//! lab.rs       what a lab is made of (lab.toml)
//! toml.rs      lab.toml's keys and values
//! commands.rs  what a learner wants             Command  -> programs
//! drive.rs     programs run until they must wait          -> events, effects
//! answers.rs   what the network says            Input    -> events, programs
//! wire.rs      packets: what is told of them, what is done with them
//! guide.rs     is all quiet, and what comes next          -> Rest, NextStep
//! program.rs   a program and its runs
//! replay.rs    a recording opened again, where nothing new happens
//! revive.rs    its programs run again, for their variables
//! machine.rs   one run: the VM and its journal, the past
//! ```
//!
//! One rule orders everything: a program that can go on does, until it stands at a line (when stepping), waits, or has
//! ended. When none can, the network is asked whether the calls that are left really wait; when it says so, all is quiet
//! and the step has ended.

mod answers;
mod commands;
mod drive;
mod guide;
pub mod io;
pub mod lab;
mod machine;
mod program;
mod replay;
mod revive;
mod toml;
mod wire;

pub use io::{Command, Effect, Input, NextStep, Rest};
pub use lab::{LabSpec, ProgramSpec, Side};

use self::lab::FileSpec;
use crate::program::host::{FrameView, Token};
use crate::sorted::{Map, Set};
use crate::timeline::Timeline;
use program::{Program, Run};
use protocol::event::Level;
use protocol::recording::{RecordedFile, RecordedProgram};
use protocol::{
    CallId, Event, EventKind, Network, PacketId, ProgramId, Recording, SocketId, ThreadId, bounds,
};
use std::collections::VecDeque;

/// What a session must know of the world at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    /// The wall clock when `now` is 0: nanoseconds since 1970, UTC.
    pub unix_nanos: i64,
    /// Where the programs' randomness comes from: same seed, same random numbers.
    pub seed: u64,
}

/// A lab that runs.
pub struct Session {
    spec: LabSpec,
    world: World,
    now: u64,
    programs: Vec<Program>,
    timeline: Timeline,
    effects: VecDeque<Effect>,
    network: Option<NetworkIs>,
    lost: bool,
    full_told: bool,
    /// A recording: nothing runs, everything can be looked at.
    replayed: bool,
    mode: Mode,
    /// Calls that have been made and not answered.
    calls: Map<CallId, InFlight>,
    /// Calls that were withdrawn, or made for a program that has ended: their answers concern nobody.
    orphans: Map<CallId, Option<SocketId>>,
    next_call: u64,
    /// What was asked of the wire and is not answered, with the packet that leaves the wire by it.
    wire_requests: Map<CallId, Option<PacketId>>,
    /// Raised by everything that could make a waiting call go on.
    epoch: u64,
    /// What the network was asked, and the epoch of the asking.
    question: Option<(CallId, u64)>,
    /// The epoch of the last asking: nothing is asked twice.
    asked_in: Option<u64>,
    /// The epoch in which the network said that every call waits.
    quiet_at: Option<u64>,
    /// While running at full speed: when to ask whether all is quiet.
    ask_at: Option<u64>,
    /// Sleeps and deadlines inside programs.
    timers: Set<(u64, ProgramId, Token)>,
    /// Sockets with a deadline.
    deadlines: Map<SocketId, f64>,
    /// The WakeAt that the driver has.
    wake_at: Option<u64>,
    random: u64,
    /// Where to stand still in the middle of things; see [`Session::halt_at`].
    halt: Option<u64>,
    /// It stands there: the program, by its place, with which it goes on.
    halted: Option<usize>,
}

/// Where the sockets live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkIs {
    /// Which network.
    pub network: Network,
    /// The lab has it for itself.
    pub private: bool,
    /// The number that `wirelab exec` knows the lab by, if it does.
    pub number: Option<u32>,
}

/// How programs go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// From line to line, as the learner says.
    Stepping,
    /// All at full speed.
    Running,
    /// One step every so many nanoseconds; the next one is due at `next`.
    Walking { every: u64, next: u64 },
}

/// A call that has been made.
struct InFlight {
    program: ProgramId,
    thread: ThreadId,
    token: Token,
    /// The event of its entry.
    seq: u64,
    /// New sockets that it makes, if it works.
    makes: Vec<SocketId>,
    /// It gives up by itself after some time.
    deadline: bool,
    /// `Waiting` has been told.
    told_waiting: bool,
}

impl Session {
    /// A lab whose programs have not started. The driver opens a network for it and brings [`Input::Opened`].
    pub fn new(spec: LabSpec, world: World) -> Self {
        let programs = programs_of(&spec);
        Self {
            timeline: Timeline::new(programs.len(), bounds::TIMELINE).on_hosts(spec.hosts_of()),
            random: world.seed,
            programs,
            spec,
            world,
            now: 0,
            effects: VecDeque::new(),
            network: None,
            lost: false,
            full_told: false,
            replayed: false,
            mode: Mode::Stepping,
            calls: Map::new(),
            orphans: Map::new(),
            next_call: 1,
            wire_requests: Map::new(),
            epoch: 0,
            question: None,
            asked_in: None,
            quiet_at: None,
            ask_at: None,
            timers: Set::new(),
            deadlines: Map::new(),
            wake_at: None,
            halt: None,
            halted: None,
        }
    }

    /// What it was told of the world at its beginning.
    pub const fn world(&self) -> World {
        self.world
    }

    /// Programs start only when [`Command::Start`] says so, not by Next or Run: for scripts.
    pub fn start_by_command_only(&mut self) {
        for program in &mut self.programs {
            program.starts_by_itself = false;
        }
    }

    /// Takes one input. `now` counts nanoseconds from the session's beginning and never goes back.
    pub fn handle(&mut self, now: u64, input: Input) {
        self.now = self.now.max(now);
        if self.replayed {
            return;
        }
        match input {
            Input::Opened {
                network,
                private,
                hosts,
                number,
            } => self.opened(
                NetworkIs {
                    network,
                    private,
                    number,
                },
                hosts,
            ),
            Input::Wired {
                id,
                at,
                order,
                news,
                samples,
                embryos,
            } => self.wired(id, at, order, news, samples, embryos),
            Input::WireRefused { id, text } => self.wire_refused(id, text),
            Input::Reply {
                id,
                at,
                order,
                outcome,
                samples,
            } => self.reply(id, at, order, outcome, samples),
            Input::Confirmed {
                id,
                at,
                order,
                waiting,
                samples,
            } => {
                self.confirmed(id, at, order, &waiting, samples);
            }
            Input::Changed { at, order, samples } => self.sampled(at, order, samples, None),
            Input::Trouble { text, lost } => self.trouble(text, lost),
            Input::Command(command) => self.command(command),
            Input::Tick => {}
        }
        self.due_timers();
        self.drive();
        self.finish();
    }

    /// Where to stand still: at the first place from event `seq` on where a learner could come between, be it in the middle
    /// of what one input sets going. What one input tells belongs together, and so does what a program does between two
    /// stops of its VM: nobody can come between.
    pub fn halt_at(&mut self, seq: Option<u64>) {
        self.halt = seq;
    }

    /// Does it stand still in the middle of things? The driver carries out no effect then: it brings a command, which takes
    /// the lab on from here, or calls [`Self::resume`].
    pub const fn is_halted(&self) -> bool {
        self.halted.is_some()
    }

    /// Goes on as if it had not stood still.
    pub fn resume(&mut self) {
        if let Some(place) = self.halted.take() {
            self.drive_from(place);
            self.finish();
        }
    }

    /// The end of an input, and of what it set going.
    fn finish(&mut self) {
        if !self.is_halted() {
            self.settle();
        }
        if !self.is_halted() {
            self.set_alarm();
        }
    }

    /// What the driver must do next; ask until it says `None`.
    pub fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// The lab's history.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// What the lab is made of, with the sources as they are now.
    pub fn spec(&self) -> &LabSpec {
        &self.spec
    }

    /// The lab's history as a file.
    pub fn recording(&self) -> Recording {
        Recording {
            events: self.timeline.events().to_vec(),
            ..self.recording_head()
        }
    }

    /// The same without its events.
    pub fn recording_head(&self) -> Recording {
        let program = |p: &Program| RecordedProgram {
            name: p.spec.name.clone(),
            file: p.spec.file.clone(),
            source: p.spec.source.clone(),
            given: p.given_so_far(),
        };
        let file = |f: &FileSpec| RecordedFile {
            name: f.name.clone(),
            text: f.text.clone(),
        };
        Recording {
            version: protocol::VERSION,
            title: self.spec.title.clone(),
            network: self.network.map(|n| n.network),
            private: self.network.is_some_and(|n| n.private),
            began: self.world.unix_nanos,
            programs: self.programs.iter().map(program).collect(),
            files: self.spec.files.iter().map(file).collect(),
            events: Vec::new(),
        }
    }

    /// Where the sockets live; `None` while the network is being opened.
    pub fn network(&self) -> Option<NetworkIs> {
        self.network
    }

    /// Do the programs run by themselves (at full speed or step by step)?
    pub fn is_running(&self) -> bool {
        self.mode != Mode::Stepping
    }

    /// Do the programs run at full speed?
    pub fn is_at_full_speed(&self) -> bool {
        self.mode == Mode::Running
    }

    /// The source that a program had at event `seq`.
    pub fn source_at(&self, program: ProgramId, seq: u64) -> &str {
        let Some(program) = self.programs.get(usize::from(program.0)) else {
            return "";
        };
        match program.run_at(seq) {
            // Nothing has been run yet, or the run is over and the source was edited since.
            Some(run) if seq < self.timeline.len() || run.pace != program::Pace::Ended => &run.source,
            _ => &program.spec.source,
        }
    }

    /// Is the prompt of this program in the middle of a statement (`...` instead of `>>>`)?
    pub fn prompt_incomplete(&self, program: ProgramId) -> bool {
        self.programs
            .get(usize::from(program.0))
            .and_then(|p| p.run.as_ref())
            .is_some_and(|run| run.incomplete)
    }

    /// A program's threads with their frames, outermost first: now, or (`at`) as they were after that event.
    pub fn variables(&self, program: ProgramId, at: Option<u64>) -> Vec<(ThreadId, Vec<FrameView>)> {
        let Some(program) = self.programs.get(usize::from(program.0)) else {
            return Vec::new();
        };
        let frames_of = |vm: &crate::program::Vm| {
            vm.threads()
                .into_iter()
                .map(|thread| (thread.id, vm.frames(thread.id)))
                .collect::<Vec<_>>()
        };
        match at.filter(|seq| *seq < self.timeline.len()) {
            None => match program.run.as_ref().filter(|run| run.known == u64::MAX) {
                Some(Run {
                    machine: Some(machine),
                    ..
                }) => frames_of(machine.vm()),
                _ => Vec::new(),
            },
            Some(seq) => {
                let Some(run) = program.run_at(seq) else {
                    return Vec::new();
                };
                let Some(machine) = &run.machine else {
                    return Vec::new();
                };
                let tick = self.tick_at(program.id, run.first, seq);
                let past = (tick <= run.known).then(|| machine.past(tick)).flatten();
                past.map_or_else(Vec::new, |vm| frames_of(&vm))
            }
        }
    }

    /// Are the program's variables after event `seq` known? Of a recording that does not hold all that the program was
    /// given they are known only so far.
    pub fn knows_variables(&self, program: ProgramId, seq: u64) -> bool {
        let Some(program) = self.programs.get(usize::from(program.0)) else {
            return false;
        };
        match program.run_at(seq) {
            Some(run) => {
                run.machine.is_some()
                    && self.tick_at(program.id, run.first, seq.min(self.timeline.len())) <= run.known
            }
            // Nothing of it has run: there is nothing to know.
            None => !self.replayed || program.run.is_some(),
        }
    }

    /// The program's clock at event `seq` of a run that began with event `first`.
    fn tick_at(&self, program: ProgramId, first: u64, seq: u64) -> u64 {
        let mut at = seq;
        while at > first {
            if let Some(event) = self.timeline.event(at).filter(|e| e.program == Some(program)) {
                match &event.kind {
                    EventKind::Line { tick, .. }
                    | EventKind::Lines { tick, .. }
                    | EventKind::Returned { tick, .. }
                    | EventKind::Resumed { tick } => return *tick,
                    _ => {}
                }
            }
            at -= 1;
        }
        0
    }

    fn push(
        &mut self,
        program: Option<ProgramId>,
        thread: ThreadId,
        cause: Option<u64>,
        kind: EventKind,
    ) -> u64 {
        self.timeline.push(Event {
            seq: 0,
            t: self.now,
            program,
            thread,
            cause,
            kind,
        })
    }

    fn notice(&mut self, level: Level, text: impl Into<String>) {
        self.push(
            None,
            ThreadId(0),
            None,
            EventKind::Notice {
                level,
                text: text.into(),
            },
        );
    }

    fn new_call(&mut self) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        id
    }

    fn program(&mut self, id: ProgramId) -> Option<&mut Program> {
        self.programs.get_mut(usize::from(id.0))
    }

    /// splitmix64: one number after the other from the seed.
    fn random_bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.random;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bytes.extend_from_slice(&(z ^ (z >> 31)).to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }
}

fn programs_of(spec: &LabSpec) -> Vec<Program> {
    (0u16..)
        .zip(&spec.programs)
        .map(|(i, p)| Program::new(ProgramId(i), p.clone()))
        .collect()
}
