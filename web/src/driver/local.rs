//! A lab on the simulated network: no server, no WebSocket. Session and network stand on one virtual clock, which moves only
//! when something happens; the page's clock says when that is shown, so that a sleep of a second takes a second.
//!
//! The virtual clock jumps to each event's own time and never to the page's: the same steps give the same timeline, however
//! fast they were clicked.

use super::timer::millis;
use engine::net::Simulation;
use engine::session::{Command, Session};
use std::cell::{Cell, Ref, RefCell};

/// See above.
pub struct Local {
    simulation: RefCell<Simulation>,
    /// What the page's clock showed when the virtual one last moved, milliseconds.
    moved: Cell<f64>,
}

impl Local {
    /// A network of its own for this session.
    pub fn open(session: Session) -> Self {
        let seed = js_sys::Math::random().to_bits();
        Self {
            simulation: RefCell::new(Simulation::of(session, seed)),
            moved: Cell::new(millis()),
        }
    }

    /// The session, to be read.
    pub fn session(&self) -> Ref<'_, Session> {
        Ref::map(self.simulation.borrow(), Simulation::session)
    }

    /// The virtual clock: nanoseconds since the lab was opened.
    pub fn now(&self) -> u64 {
        self.simulation.borrow().now()
    }

    /// What the learner wants.
    pub fn command(&self, command: Command) {
        self.watch(|simulation| simulation.command(command));
    }

    /// Goes back to event `seq` and forgets what came later; see [`Simulation::rewind`]. There the lab pauses, whatever its
    /// programs were about to do.
    pub fn rewind(&self, seq: u64) -> bool {
        self.moved.set(millis());
        let mut simulation = self.simulation.borrow_mut();
        let done = simulation.rewind(seq);
        if done {
            simulation.command(Command::Pause);
        }
        done
    }

    /// After how many milliseconds of the page something happens by itself: 0 is at once, `None` never.
    pub fn wait(&self) -> Option<f64> {
        let simulation = self.simulation.borrow();
        let ahead = simulation.next_due()?.saturating_sub(simulation.now());
        // What takes no time of the virtual clock takes none of the page's.
        if ahead == 0 {
            return Some(0.0);
        }
        let passed = millis() - self.moved.get();
        Some((ahead as f64 / 1e6 - passed).max(0.0))
    }

    /// Lets the next thing happen now, without the wait.
    pub fn jump(&self) {
        self.moved.set(f64::NEG_INFINITY);
        self.go_on(millis());
    }

    /// Lets happen what is due, until `end` of the page's clock at most.
    pub fn go_on(&self, end: f64) {
        while self.wait() == Some(0.0) {
            self.watch(|simulation| {
                simulation.turn(u64::MAX);
            });
            if millis() >= end {
                return;
            }
        }
    }

    fn watch(&self, act: impl FnOnce(&mut Simulation)) {
        let mut simulation = self.simulation.borrow_mut();
        let before = simulation.now();
        #[cfg(debug_assertions)]
        super::fault::strike();
        act(&mut simulation);
        if simulation.now() != before {
            self.moved.set(millis());
        }
    }
}
