//! A lab on the simulated network: no server, no WebSocket. Session and network stand on one virtual clock, which moves only
//! when something happens; the page's clock says when that is shown, so that a sleep of a second takes a second.
//!
//! The virtual clock jumps to each event's own time and never to the page's: the same steps give the same timeline, however
//! fast they were clicked.
//!
//! The network's code is a part of the wasm of its own, which is fetched for the page's first such lab: pages whose labs run
//! on a server never load it.

use super::timer::millis;
use engine::net::Simulation;
use engine::session::{Command, Session};
use std::cell::{Cell, Ref, RefCell};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// See above.
pub struct Local {
    inside: RefCell<Inside>,
    /// What the page's clock showed when the virtual one last moved, milliseconds.
    moved: Cell<f64>,
}

enum Inside {
    /// The network's code is not here yet; nobody commands the session before. `None` only while one becomes the other.
    Waiting(Option<Box<Session>>),
    Running(Box<dyn Network>),
}

/// What is asked of the network's code.
trait Network {
    fn session(&self) -> &Session;
    fn now(&self) -> u64;
    fn command(&mut self, command: Command);
    fn rewind(&mut self, seq: u64) -> bool;
    fn next_due(&self) -> Option<u64>;
    fn turn(&mut self);
}

impl Network for Simulation {
    fn session(&self) -> &Session {
        Self::session(self)
    }

    fn now(&self) -> u64 {
        Self::now(self)
    }

    fn command(&mut self, command: Command) {
        Self::command(self, command);
    }

    fn rewind(&mut self, seq: u64) -> bool {
        Self::rewind(self, seq)
    }

    fn next_due(&self) -> Option<u64> {
        Self::next_due(self)
    }

    fn turn(&mut self) {
        Self::turn(self, u64::MAX);
    }
}

/// Makes a network for a session, from a seed.
type Make = fn(Session, u64) -> Box<dyn Network>;

/// Fetches the network's code.
#[wasm_split(network, fallible)]
fn network() -> Result<Make, SplitLoaderError> {
    Ok(|session, seed| Box::new(Simulation::of(session, seed)))
}

impl Local {
    /// A network of its own for this session: it is there after [`Local::start`].
    pub fn open(session: Session) -> Self {
        Self {
            inside: RefCell::new(Inside::Waiting(Some(Box::new(session)))),
            moved: Cell::new(millis()),
        }
    }

    /// Waits for the network's code.
    ///
    /// # Errors
    /// One sentence, when it cannot be had.
    pub async fn start(&self) -> Result<(), &'static str> {
        let made = network().await;
        let make =
            made.map_err(|_| "The simulated network could not be loaded. Reload the page to try again.")?;
        let seed = js_sys::Math::random().to_bits();
        let mut inside = self.inside.borrow_mut();
        if let Inside::Waiting(session) = &mut *inside
            && let Some(session) = session.take()
        {
            *inside = Inside::Running(make(*session, seed));
        }
        Ok(())
    }

    /// The session, to be read.
    pub fn session(&self) -> Ref<'_, Session> {
        Ref::map(self.inside.borrow(), Inside::session)
    }

    /// The virtual clock: nanoseconds since the lab was opened.
    pub fn now(&self) -> u64 {
        match &*self.inside.borrow() {
            Inside::Waiting(_) => 0,
            Inside::Running(network) => network.now(),
        }
    }

    /// What the learner wants.
    pub fn command(&self, command: Command) {
        self.watch(|network| network.command(command));
    }

    /// Goes back to event `seq` and forgets what came later; see [`Simulation::rewind`]. There the lab pauses, whatever its
    /// programs were about to do.
    pub fn rewind(&self, seq: u64) -> bool {
        self.moved.set(millis());
        let mut inside = self.inside.borrow_mut();
        let Inside::Running(network) = &mut *inside else {
            return false;
        };
        let done = network.rewind(seq);
        if done {
            network.command(Command::Pause);
        }
        done
    }

    /// After how many milliseconds of the page something happens by itself: 0 is at once, `None` never.
    pub fn wait(&self) -> Option<f64> {
        let inside = self.inside.borrow();
        let Inside::Running(network) = &*inside else {
            return None;
        };
        let ahead = network.next_due()?.saturating_sub(network.now());
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
            self.watch(|network| network.turn());
            if millis() >= end {
                return;
            }
        }
    }

    fn watch(&self, act: impl FnOnce(&mut dyn Network)) {
        if let Inside::Running(network) = &mut *self.inside.borrow_mut() {
            let before = network.now();
            #[cfg(debug_assertions)]
            super::fault::strike();
            act(&mut **network);
            if network.now() != before {
                self.moved.set(millis());
            }
        }
    }
}

impl Inside {
    fn session(&self) -> &Session {
        match self {
            Self::Waiting(session) => session.as_deref().expect("only within start()"),
            Self::Running(network) => network.session(),
        }
    }
}
