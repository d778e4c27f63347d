//! A session and the simulated network on one virtual clock, which moves only when something can happen: the driver of the
//! command line, of tests, and of a page without a server.
//!
//! A socket call takes [`CALL`] of the clock, and a program that only computes moves it by what its instructions take; so
//! that what measures time measures something, and what waits for a time to pass sees it pass.

use super::Net;
use crate::session::{Command, Effect, Input, LabSpec, Session, World};
use protocol::ProgramId;

/// What a socket call takes, nanoseconds.
const CALL: u64 = 10_000;
/// What a slice of a program that only computes takes: as its own clock has it.
const SLICE: u64 = 1_500_000;

/// Commands and runs of turns that are kept for going back; beyond, there is no way back.
const KEPT: usize = 100_000;

/// A lab that runs on the simulated network.
pub struct Simulation {
    session: Session,
    /// How it began, and everything that was done to it since: what happens is decided by these alone.
    origin: Origin,
    done: Vec<Did>,
    net: Net,
    seed: u64,
    now: u64,
    /// When the network was opened.
    opened: u64,
    wake: Option<u64>,
    reset_due: bool,
    /// The network has not been told yet that the clock has moved.
    net_due: bool,
}

/// How a simulation began.
#[derive(Clone)]
struct Origin {
    spec: LabSpec,
    world: World,
    seed: u64,
}

/// What was done to a simulation.
#[derive(Clone)]
enum Did {
    Command(Command),
    /// So many turns up to this time.
    Turns(u64, u32),
    /// What comes next was cut short as soon as the timeline was so long: there the learner went back to.
    Halt(u64),
}

impl Simulation {
    /// Opens a network for the lab. The world's seed is also the network's.
    pub fn open(spec: LabSpec, world: World) -> Self {
        Self::of(Session::new(spec, world), world.seed)
    }

    /// Opens a network for a session that has none yet.
    pub fn of(session: Session, seed: u64) -> Self {
        let net = Net::new(&session.spec().plan(), seed);
        let origin = Origin {
            spec: session.spec().clone(),
            world: session.world(),
            seed,
        };
        let mut simulation = Self {
            session,
            origin,
            done: Vec::new(),
            net,
            seed,
            now: 0,
            opened: 0,
            wake: None,
            reset_due: false,
            net_due: false,
        };
        simulation.begin();
        simulation
    }

    fn begin(&mut self) {
        let opened = self.net.opened();
        self.input(opened);
        self.take_told();
    }

    /// The session.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The session, to be changed by somebody who knows what belongs into it.
    pub const fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The clock: nanoseconds since the lab was opened.
    pub const fn now(&self) -> u64 {
        self.now
    }

    /// Goes back to where event `seq` had just happened and forgets what came later: the lab is run again from its
    /// beginning, with the same commands. Where nobody can come between two events (see [`Session::halt_at`]), it goes back
    /// to the end of what belongs together. False: too much has happened for that, and nothing has changed.
    ///
    /// Without a further command the lab goes on as it did.
    pub fn rewind(&mut self, seq: u64) -> bool {
        if self.done.len() >= KEPT {
            return false;
        }
        let Origin { spec, world, seed } = self.origin.clone();
        let mut again = Self::of(Session::new(spec, world), seed);
        // A reset begins the timeline anew: what was before it is lived through whole.
        let is_reset = |did: &Did| matches!(did, Did::Command(Command::Reset));
        let begin = self.done.iter().rposition(is_reset).map_or(0, |place| place + 1);
        // Where what comes next was cut short, the last time.
        let mut cut = None;
        for (place, did) in std::mem::take(&mut self.done).into_iter().enumerate() {
            let aim = (place >= begin).then_some(seq);
            let (times, did) = match did {
                Did::Halt(at) => {
                    cut = Some(at);
                    continue;
                }
                Did::Turns(until, times) => (times, Did::Turns(until, 1)),
                command @ Did::Command(_) => (1, command),
            };
            for _ in 0..times {
                if aim.is_some_and(|seq| again.session.timeline().len() >= seq) {
                    break;
                }
                again.session.halt_at([aim, cut].into_iter().flatten().min());
                match &did {
                    Did::Turns(until, _) => drop(again.turn(*until)),
                    Did::Command(command) => again.command(command.clone()),
                    Did::Halt(_) => {}
                }
                if again.session.is_halted() {
                    again.note_halt();
                    cut = None;
                }
            }
        }
        again.session.halt_at(None);
        *self = again;
        true
    }

    /// The last thing that was done was cut short here.
    fn note_halt(&mut self) {
        let cut = match self.done.last_mut() {
            Some(Did::Turns(until, count)) if *count > 1 => {
                *count -= 1;
                Some(Did::Turns(*until, 1))
            }
            _ => self.done.pop(),
        };
        self.done.push(Did::Halt(self.session.timeline().len()));
        self.done.extend(cut);
    }

    fn note(&mut self, did: Did) {
        let full = self.done.len() >= KEPT;
        match (self.done.last_mut(), &did) {
            _ if full => {}
            (Some(Did::Turns(until, count)), Did::Turns(same, _)) if until == same && *count < u32::MAX => {
                *count += 1;
            }
            _ => self.done.push(did),
        }
    }

    /// Does what a learner would.
    pub fn command(&mut self, command: Command) {
        self.note(Did::Command(command.clone()));
        self.input(Input::Command(command));
        self.take_told();
    }

    /// Ends every program that still runs.
    pub fn stop_all(&mut self) {
        for i in 0..self.session.spec().programs.len() {
            self.command(Command::Stop(ProgramId(u16::try_from(i).unwrap_or(u16::MAX))));
        }
    }

    fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.carry();
    }

    /// Carries the session's effects out.
    fn carry(&mut self) {
        while !self.session.is_halted()
            && let Some(effect) = self.session.next_effect()
        {
            match effect {
                Effect::Reset => self.reset_due = true,
                Effect::WakeAt(at) => self.wake = Some(at),
                effect => {
                    if matches!(effect, Effect::Call { .. }) {
                        self.now += CALL;
                    }
                    self.net.handle(self.now - self.opened, effect);
                }
            }
        }
    }

    fn take_told(&mut self) {
        if !self.session.is_halted() && std::mem::take(&mut self.net_due) {
            self.net.due(self.now - self.opened);
        }
        while !self.session.is_halted()
            && let Some(told) = self.net.poll()
        {
            self.input(told);
        }
    }

    /// When something happens by itself: at once, later, or never (`None`) unless somebody does something.
    pub fn next_due(&self) -> Option<u64> {
        if self.reset_due || self.session.is_halted() || self.session.busy() {
            return Some(self.now);
        }
        let net = self.net.next_due().map(|at| at.saturating_add(self.opened));
        [self.wake, net].into_iter().flatten().min()
    }

    /// Lets one thing happen and moves the clock to its time; false when nothing happens up to `until`, which the clock
    /// shows then.
    pub fn turn(&mut self, until: u64) -> bool {
        self.note(Did::Turns(until, 1));
        if self.session.is_halted() {
            self.session.resume();
            self.carry();
            self.take_told();
            return true;
        }
        if std::mem::take(&mut self.reset_due) {
            self.seed = self.seed.wrapping_add(1);
            self.net = Net::new(&self.session.spec().plan(), self.seed);
            self.opened = self.now;
            self.begin();
            return true;
        }
        if self.session.busy() {
            if self.now >= until {
                return false;
            }
            self.now += SLICE;
            self.input(Input::Tick);
            self.take_told();
            return true;
        }
        let Some(at) = self.next_due().filter(|at| *at <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(at);
        self.net_due = true;
        if self.wake.is_some_and(|wake| wake <= self.now) {
            self.wake = None;
            self.input(Input::Tick);
        }
        self.take_told();
        true
    }
}
