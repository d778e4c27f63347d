//! Carries effects of a session to a lab's network and brings its answers back; on the simulated network that is done
//! already, and only the clock is moved.

use crate::net::{Lab, Networks, Told};
use engine::net::Simulation;
use engine::session::{Command, Effect, Input, LabSpec, Session, World};
use protocol::{Network, ProgramId};
use std::time::Duration;
use tokio::time::Instant;

/// A session and its network.
pub struct Driver(On);

enum On {
    Lab(Box<OnLab>),
    /// Until this time of its clock.
    Simulation(Box<Simulation>, u64),
}

/// A session on a network of a real kernel.
struct OnLab {
    session: Session,
    lab: Lab,
    began: Instant,
    wake: Option<Instant>,
    reset_due: bool,
    until: u64,
}

/// What [`Driver::turn`] has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// Something has happened.
    On,
    /// The time that the turn was given has come before anything did.
    Due,
    /// The time of the whole run is up.
    Over,
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Driver {
    /// Opens a network for the lab.
    ///
    /// # Errors
    /// Which call failed.
    pub async fn open(networks: &Networks, spec: LabSpec, world: World) -> anyhow::Result<Self> {
        let plan = spec.plan();
        let session = Session::new(spec, world);
        let lab = networks.open_lab(&plan).await?;
        let mut on = OnLab {
            session,
            lab,
            began: Instant::now(),
            wake: None,
            reset_due: false,
            until: u64::MAX,
        };
        on.opened();
        Ok(Self(On::Lab(Box::new(on))))
    }

    /// A lab on the simulated network.
    pub fn simulate(mut spec: LabSpec, world: World) -> Self {
        spec.network = Some(Network::Simulated);
        Self(On::Simulation(Box::new(Simulation::open(spec, world)), u64::MAX))
    }

    /// The run is over after so long.
    pub fn end_after(&mut self, time: Duration) {
        match &mut self.0 {
            On::Lab(on) => on.until = nanos(time),
            On::Simulation(_, until) => *until = nanos(time),
        }
    }

    /// The session.
    pub const fn session(&self) -> &Session {
        match &self.0 {
            On::Lab(on) => &on.session,
            On::Simulation(simulation, _) => simulation.session(),
        }
    }

    /// See [`Session::start_by_command_only`].
    pub fn start_by_command_only(&mut self) {
        match &mut self.0 {
            On::Lab(on) => on.session.start_by_command_only(),
            On::Simulation(simulation, _) => simulation.session_mut().start_by_command_only(),
        }
    }

    /// The program with this name; scripts are checked before.
    pub fn program(&self, name: &str) -> ProgramId {
        let place = self.session().spec().programs.iter().position(|p| p.name == name);
        ProgramId(u16::try_from(place.unwrap_or(usize::MAX)).unwrap_or(u16::MAX))
    }

    /// Does what a learner would.
    pub fn command(&mut self, command: Command) {
        match &mut self.0 {
            On::Lab(on) => on.input(Input::Command(command)),
            On::Simulation(simulation, _) => simulation.command(command),
        }
    }

    /// Ends every program that still runs.
    pub fn stop_all(&mut self) {
        for i in 0..self.session().spec().programs.len() {
            self.command(Command::Stop(ProgramId(u16::try_from(i).unwrap_or(u16::MAX))));
        }
    }

    /// The clock of the session.
    pub fn now(&self) -> Duration {
        match &self.0 {
            On::Lab(on) => on.began.elapsed(),
            On::Simulation(simulation, _) => Duration::from_nanos(simulation.now()),
        }
    }

    /// Lets one thing happen, if one does before `until` (of [`Driver::now`]).
    ///
    /// # Errors
    /// The network is gone.
    pub async fn turn(&mut self, until: Option<Duration>) -> anyhow::Result<Turned> {
        let until = until.map_or(u64::MAX, nanos);
        match &mut self.0 {
            On::Lab(on) => on.turn(until).await,
            On::Simulation(simulation, end) => {
                // Somebody may want to stop a program that never waits.
                tokio::task::yield_now().await;
                Ok(if simulation.turn(until.min(*end)) {
                    Turned::On
                } else if until < *end {
                    Turned::Due
                } else {
                    Turned::Over
                })
            }
        }
    }
}

impl OnLab {
    fn opened(&mut self) {
        let (private, network, hosts) = (self.lab.is_private(), self.lab.network(), self.lab.hosts());
        self.input(Input::Opened {
            network,
            private,
            hosts,
            number: None,
        });
    }

    fn input(&mut self, input: Input) {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.session.handle(now, input);
        while let Some(effect) = self.session.next_effect() {
            match effect {
                Effect::Call { id, host, call } => self.lab.submit(id, host, call),
                Effect::Wire { id, action } => self.lab.act(id, &action),
                Effect::Cancel { id } => self.lab.cancel(id),
                Effect::Confirm { id, calls } => self.lab.confirm(id, &calls),
                Effect::Reset => self.reset_due = true,
                Effect::WakeAt(at) => self.wake = self.began.checked_add(Duration::from_nanos(at)),
            }
        }
    }

    async fn turn(&mut self, until: u64) -> anyhow::Result<Turned> {
        let (due, over) = (self.at(until), self.at(self.until));
        if std::mem::take(&mut self.reset_due) {
            self.lab.reset()?;
            self.opened();
            return Ok(Turned::On);
        }
        if self.session.busy() {
            tokio::task::yield_now().await;
            match self.lab.try_next() {
                Some(told) => self.told(told),
                None => self.input(Input::Tick),
            }
            let now = Instant::now();
            return Ok(match (now < over, now < due) {
                (false, _) => Turned::Over,
                (true, false) => Turned::Due,
                (true, true) => Turned::On,
            });
        }
        tokio::select! {
            told = self.lab.next() => {
                self.told(told);
                Ok(Turned::On)
            }
            () = tokio::time::sleep_until(self.wake.unwrap_or(over)) => {
                if Instant::now() >= over {
                    return Ok(Turned::Over);
                }
                self.wake = None;
                self.input(Input::Tick);
                Ok(Turned::On)
            }
            () = tokio::time::sleep_until(over) => Ok(Turned::Over),
            () = tokio::time::sleep_until(due) => Ok(Turned::Due),
        }
    }

    /// A time of the session's clock.
    fn at(&self, time: u64) -> Instant {
        let far = || Instant::now() + Duration::from_secs(365 * 24 * 3600);
        self.began
            .checked_add(Duration::from_nanos(time))
            .filter(|at| *at < far())
            .unwrap_or_else(far)
    }

    fn told(&mut self, told: Told) {
        self.input(match told {
            Told::Reply {
                id,
                at,
                order,
                outcome,
                samples,
            } => Input::Reply {
                id,
                at,
                order,
                outcome,
                samples,
            },
            Told::Confirmed {
                id,
                at,
                order,
                waiting,
                samples,
            } => Input::Confirmed {
                id,
                at,
                order,
                waiting,
                samples,
            },
            Told::Changed { at, order, samples } => Input::Changed { at, order, samples },
            Told::Wired {
                id,
                at,
                order,
                news,
                samples,
                embryos,
            } => Input::Wired {
                id,
                at,
                order,
                news,
                samples,
                embryos,
            },
            Told::Refused { id, text } => Input::WireRefused { id, text },
            Told::Lost { text } => Input::Trouble { text, lost: true },
        });
    }
}
