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

/// A lab that runs on the simulated network.
pub struct Simulation {
    session: Session,
    net: Net,
    seed: u64,
    now: u64,
    /// When the network was opened.
    opened: u64,
    wake: Option<u64>,
    reset_due: bool,
}

impl Simulation {
    /// Opens a network for the lab. The world's seed is also the network's.
    pub fn open(spec: LabSpec, world: World) -> Self {
        Self::of(Session::new(spec, world), world.seed)
    }

    /// Opens a network for a session that has none yet.
    pub fn of(session: Session, seed: u64) -> Self {
        let net = Net::new(&session.spec().plan(), seed);
        let mut simulation = Self {
            session,
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

    /// Does what a learner would.
    pub fn command(&mut self, command: Command) {
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
