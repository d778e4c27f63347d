//! Carries effects of a session to a lab's network and brings its answers back.

use crate::net::{Lab, Networks, Told};
use engine::session::{Command, Effect, Input, LabSpec, Session, World};
use protocol::ProgramId;
use std::time::Duration;
use tokio::time::Instant;

/// A session and its network.
pub struct Driver {
    session: Session,
    lab: Lab,
    began: Instant,
    wake: Option<Instant>,
    reset_due: bool,
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
        let mut driver = Self {
            session,
            lab,
            began: Instant::now(),
            wake: None,
            reset_due: false,
        };
        driver.opened();
        Ok(driver)
    }

    /// The session.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// See [`Session::start_by_command_only`].
    pub fn start_by_command_only(&mut self) {
        self.session.start_by_command_only();
    }

    /// The program with this name; scripts are checked before.
    pub fn program(&self, name: &str) -> ProgramId {
        let place = self.session.spec().programs.iter().position(|p| p.name == name);
        ProgramId(u16::try_from(place.unwrap_or(usize::MAX)).unwrap_or(u16::MAX))
    }

    /// Does what a learner would.
    pub fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    /// Ends every program that still runs.
    pub fn stop_all(&mut self) {
        for i in 0..self.session.spec().programs.len() {
            self.command(Command::Stop(ProgramId(u16::try_from(i).unwrap_or(u16::MAX))));
        }
    }

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

    /// Lets one thing happen; false when `until` has come before anything did.
    ///
    /// # Errors
    /// The network is gone.
    pub async fn turn(&mut self, until: Option<Instant>) -> anyhow::Result<bool> {
        if std::mem::take(&mut self.reset_due) {
            self.lab.reset()?;
            self.opened();
            return Ok(true);
        }
        if self.session.busy() {
            tokio::task::yield_now().await;
            match self.lab.try_next() {
                Some(told) => self.told(told),
                None => self.input(Input::Tick),
            }
            return Ok(until.is_none_or(|until| Instant::now() < until));
        }
        let far = Instant::now() + Duration::from_secs(3600);
        tokio::select! {
            told = self.lab.next() => {
                self.told(told);
                Ok(true)
            }
            () = tokio::time::sleep_until(self.wake.unwrap_or(far)) => {
                self.wake = None;
                self.input(Input::Tick);
                Ok(true)
            }
            () = tokio::time::sleep_until(until.unwrap_or(far)) => Ok(until.is_none()),
        }
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
