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

    /// Goes back to where event `seq` had just happened (or the first moment after it at which the lab can be taken up
    /// again) and forgets what came later: the lab is run again from its beginning, with the same commands. False: too much
    /// has happened for that, and nothing has changed.
    pub fn rewind(&mut self, seq: u64) -> bool {
        if self.done.len() >= KEPT {
            return false;
        }
        let Origin { spec, world, seed } = self.origin.clone();
        let mut again = Self::of(Session::new(spec, world), seed);
        // A reset begins the timeline anew: what was before it is lived through whole.
        let is_reset = |did: &Did| matches!(did, Did::Command(Command::Reset));
        let begin = self.done.iter().rposition(is_reset).map_or(0, |place| place + 1);
        let done = std::mem::take(&mut self.done);
        'all: for (place, did) in done.into_iter().enumerate() {
            let there = |again: &Self| place >= begin && again.session.timeline().len() >= seq;
            match did {
                _ if there(&again) => break,
                Did::Command(command) => again.command(command),
                Did::Turns(until, count) => {
                    for _ in 0..count {
                        again.turn(until);
                        if there(&again) {
                            break 'all;
                        }
                    }
                }
            }
        }
        // The programs stand still, whatever they were about to do.
        again.command(Command::Pause);
        *self = again;
        true
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
        while let Some(effect) = self.session.next_effect() {
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
        while let Some(told) = self.net.poll() {
            self.input(told);
        }
    }

    /// When something happens by itself: at once, later, or never (`None`) unless somebody does something.
    pub fn next_due(&self) -> Option<u64> {
        if self.reset_due || self.session.busy() {
            return Some(self.now);
        }
        let net = self.net.next_due().map(|at| at.saturating_add(self.opened));
        [self.wake, net].into_iter().flatten().min()
    }

    /// Lets one thing happen and moves the clock to its time; false when nothing happens up to `until`, which the clock
    /// shows then.
    pub fn turn(&mut self, until: u64) -> bool {
        self.note(Did::Turns(until, 1));
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
        if self.wake.is_some_and(|wake| wake <= self.now) {
            self.wake = None;
            self.input(Input::Tick);
        }
        self.net.due(self.now - self.opened);
        self.take_told();
        true
    }
}
