//! One lab that runs: its session, fed with answers, commands and time. A program that never stops gets slices of a few
//! milliseconds, so the page always answers.

use super::journal::Journal;
use super::link::{Link, Listener, Status};
use super::local::Local;
use super::python::Wanted;
use super::timer::{Bell, Timer, millis, unix_nanos};
use crate::diagram::Diagram;
use crate::model::network;
use crate::model::scrub::Signs;
use engine::program::modules;
use engine::session::{Command, Effect, Input, LabSpec, Rest, Session, Side, World};
use engine::sorted::Map;
use engine::timeline::State;
use protocol::message::LabNumber;
use protocol::{Network, ProgramId, TcpState};
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

/// The longest time that a session runs before the page has its turn, milliseconds.
const SLICE: f64 = 8.0;
/// Each part of getting the engine ready is done at the latest after so many milliseconds.
const WARM_BY: u32 = 50;
/// Steps that "run it to listen()" takes at most.
const TO_LISTEN: u32 = 2000;

/// A lab of the page.
pub struct Driver {
    body: Body,
    names: Vec<String>,
    sides: Vec<Side>,
    diagram: RefCell<Diagram>,
    signs: RefCell<Signs>,
    began: f64,
    link: Rc<Link>,
    status: RefCell<Status>,
    slice: RefCell<Option<Timer>>,
    alarm: RefCell<Option<Timer>>,
    /// Gets the engine ready for the first step.
    warming: RefCell<Option<Timer>>,
    /// Counts how often the timeline began anew.
    generation: Cell<u32>,
    known: Cell<u64>,
    /// Since when something is under way, milliseconds.
    working: Cell<Option<f64>>,
    /// The state at the cursor that was asked for last.
    state: RefCell<Option<Kept>>,
    /// Ports that can be reached on the server's machine, and where.
    published: RefCell<Map<u16, String>>,
    /// Commands that wait until everything is here that was fetched for them.
    shelf: RefCell<Option<Vec<Command>>>,
    changed: Box<dyn Fn()>,
    moved: Bell,
    journal: Journal,
    /// How often a program was edited.
    edits: Cell<u32>,
}

/// Where the session is, and who makes its calls.
enum Body {
    /// A recording: nobody.
    Recording(RefCell<Session>),
    /// A server; the number is the lab's on the page's link.
    Server(RefCell<Session>, Cell<LabNumber>),
    /// The simulated network, here in the page.
    Local(Box<Local>),
}

/// A state that was folded: at which cursor, of how long a timeline, of which generation.
type Kept = ((u64, u64, u32), Rc<State>);

impl Driver {
    /// A session that begins now.
    pub fn fresh(spec: LabSpec) -> Session {
        let seed = js_sys::Math::random().to_bits() ^ unix_nanos().cast_unsigned();
        Session::new(
            spec,
            World {
                unix_nanos: unix_nanos(),
                seed,
            },
        )
    }

    /// A lab; its network is asked for at once, unless it is a recording. `changed` is called whenever something can look
    /// different; `journal` keeps what has happened.
    pub fn open(session: Session, journal: js_sys::Array, changed: impl Fn() + 'static) -> Rc<Self> {
        let (names, sides, plan) = (
            session.spec().names(),
            session.spec().sides(),
            session.spec().plan(),
        );
        let link = Link::page();
        let diagram = RefCell::new(new_diagram(&session));
        let body = if session.is_replay() {
            Body::Recording(RefCell::new(session))
        } else if plan.network == Network::Simulated {
            Body::Local(Box::new(Local::open(session)))
        } else {
            Body::Server(RefCell::new(session), Cell::new(0))
        };
        let status = match body {
            Body::Server(..) => link.status(),
            _ => Status::Open,
        };
        let driver = Rc::new(Self {
            diagram,
            signs: RefCell::default(),
            body,
            names,
            sides,
            began: millis(),
            status: RefCell::new(status),
            link,
            slice: RefCell::default(),
            alarm: RefCell::default(),
            warming: RefCell::default(),
            generation: Cell::new(0),
            known: Cell::new(0),
            working: Cell::new(None),
            state: RefCell::default(),
            published: RefCell::default(),
            shelf: RefCell::default(),
            changed: Box::new(changed),
            moved: Bell::default(),
            journal: Journal::new(journal),
            edits: Cell::new(0),
        });
        let wanted = wanted_by(&driver.session());
        if wanted.any() || matches!(driver.body, Body::Local(_)) {
            driver.bring(wanted);
        }
        match &driver.body {
            Body::Server(_, number) => {
                let listener: Rc<dyn Listener> = driver.clone();
                number.set(driver.link.open(plan, Rc::downgrade(&listener)));
            }
            Body::Local(_) => {
                // What a server offers is known only once it has been asked.
                driver.link.greet();
                driver.settle();
            }
            Body::Recording(_) => {}
        }
        match &driver.body {
            // The page comes first; where the programs need Python's library, it has to be here.
            Body::Recording(_) if driver.shelf.borrow().is_none() => {
                *driver.slice.borrow_mut() = Some(driver.later(0.0, Self::revive));
            }
            Body::Recording(_) => {}
            _ => driver.warm(0),
        }
        driver
    }

    /// The programs of a recording are run again, so that their variables can be shown.
    fn revive(self: &Rc<Self>) {
        if let Body::Recording(session) = &self.body {
            session.borrow_mut().revive();
            (self.changed)();
        }
    }

    /// While the learner reads, the engine gets ready: the first step does not wait for what all programs need.
    fn warm(self: &Rc<Self>, n: usize) {
        let weak = Rc::downgrade(self);
        let go_on = move || {
            if let Some(driver) = weak.upgrade().filter(|_| modules::warm(n)) {
                driver.warm(n + 1);
            }
        };
        *self.warming.borrow_mut() = Timer::idle(WARM_BY, go_on);
    }

    /// Nanoseconds since the lab was opened: the session's clock, and that of its events.
    pub fn now(&self) -> u64 {
        match &self.body {
            Body::Local(local) => local.now(),
            _ => ((millis() - self.began).max(0.0) * 1e6) as u64,
        }
    }

    /// How long something has been under way, milliseconds; 0: all is quiet.
    pub fn working_for(&self) -> f64 {
        self.working
            .get()
            .map_or(0.0, |since| (millis() - since).max(f64::MIN_POSITIVE))
    }

    /// The session, to be read.
    pub fn session(&self) -> Ref<'_, Session> {
        match &self.body {
            Body::Recording(session) | Body::Server(session, _) => session.borrow(),
            Body::Local(local) => local.session(),
        }
    }

    /// The programs' names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The programs' lanes in order.
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// The program with this name.
    pub fn program(&self, name: &str) -> Option<ProgramId> {
        let place = self.names.iter().position(|n| n == name)?;
        u16::try_from(place).ok().map(ProgramId)
    }

    /// How the connection is.
    pub fn status_now(&self) -> Status {
        self.status.borrow().clone()
    }

    /// How often the timeline began anew.
    pub fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// The state after event `seq`; the last one asked for is kept.
    pub fn state_at(&self, seq: u64) -> Rc<State> {
        let session = self.session();
        let (len, generation) = (session.timeline().len(), self.generation.get());
        let mut kept = self.state.borrow_mut();
        let seq = seq.min(len);
        match &*kept {
            Some((key, state)) if *key == (seq, len, generation) => Rc::clone(state),
            _ => {
                let state = Rc::new(session.timeline().at(seq));
                *kept = Some(((seq, len, generation), Rc::clone(&state)));
                state
            }
        }
    }

    /// The diagram, with everything that has happened so far.
    pub fn diagram(&self) -> Ref<'_, Diagram> {
        let session = self.session();
        self.diagram.borrow_mut().extend(session.timeline().events());
        drop(session);
        self.diagram.borrow()
    }

    /// The signs of the bar of events, of everything that has happened so far.
    pub fn signs(&self) -> Ref<'_, Signs> {
        let session = self.session();
        self.signs.borrow_mut().extend(session.timeline().events());
        drop(session);
        self.signs.borrow()
    }

    /// What the learner wants.
    pub fn command(self: &Rc<Self>, command: Command) {
        let wanted = match &command {
            Command::Edit(_, source) => Wanted::by(source),
            Command::Type(_, Some(line)) => Wanted::named_in(line),
            _ => Wanted::default(),
        };
        if self.shelf.borrow().is_none() && wanted.any() {
            self.bring(wanted);
        }
        if let Some(waiting) = &mut *self.shelf.borrow_mut() {
            waiting.push(command);
            return;
        }
        self.obey(command);
    }

    fn obey(self: &Rc<Self>, command: Command) {
        // What a first step needs it does itself.
        *self.warming.borrow_mut() = None;
        if command == Command::Reset {
            self.begin_anew();
        }
        if matches!(command, Command::Edit(..)) {
            self.edits.set(self.edits.get() + 1);
        }
        match &self.body {
            Body::Local(local) => {
                local.command(command);
                self.settle();
            }
            _ => self.feed(Input::Command(command)),
        }
    }

    /// On a clock of its own, a lab may wait for time to pass: for how many milliseconds yet.
    pub fn waits(&self) -> Option<f64> {
        match &self.body {
            Body::Local(local) if self.session().rest() == Rest::Sleeping => local.wait(),
            _ => None,
        }
    }

    /// Ends such a wait: the lab's clock jumps to the next thing that happens.
    pub fn jump(self: &Rc<Self>) {
        if let Body::Local(local) = &self.body {
            local.jump();
            self.settle();
        }
    }

    /// Can the lab be taken up again from the past?
    pub fn can_rewind(&self) -> bool {
        matches!(self.body, Body::Local(_))
    }

    /// Takes the lab up again from event `seq`: what came later is forgotten. False: that cannot be done.
    pub fn rewind(self: &Rc<Self>, seq: u64) -> bool {
        let Body::Local(local) = &self.body else {
            return false;
        };
        let done = local.rewind(seq);
        if done {
            self.begin_anew();
            self.settle();
        }
        done
    }

    /// Fetches what the programs want, and the network's code, if that is one of the page; what the learner wants meanwhile
    /// is done when they are here.
    fn bring(self: &Rc<Self>, wanted: Wanted) {
        *self.shelf.borrow_mut() = Some(Vec::new());
        (self.changed)();
        let weak = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            let mut brought = wanted.bring().await;
            if let Some(driver) = weak.upgrade() {
                if let Body::Local(local) = &driver.body
                    && brought.is_ok()
                {
                    brought = local.start().await;
                }
                if let Err(text) = brought {
                    *driver.status.borrow_mut() = Status::Dead {
                        text: text.into(),
                        reload: true,
                    };
                }
                let waiting = driver.shelf.take().unwrap_or_default();
                driver.revive();
                for command in waiting {
                    driver.obey(command);
                }
                (driver.changed)();
                driver.moved.ring();
            }
        });
    }

    /// Is something on its way that commands wait for?
    pub fn is_bringing(&self) -> bool {
        self.shelf.borrow().is_some()
    }

    fn begin_anew(&self) {
        self.generation.set(self.generation.get() + 1);
        *self.diagram.borrow_mut() = new_diagram(&self.session());
        *self.signs.borrow_mut() = Signs::default();
        self.known.set(0);
        self.published.borrow_mut().clear();
    }

    fn feed(self: &Rc<Self>, input: Input) {
        if let Body::Recording(session) | Body::Server(session, _) = &self.body {
            let mut session = session.borrow_mut();
            #[cfg(debug_assertions)]
            super::fault::strike();
            session.handle(self.now(), input);
        }
        self.settle();
    }

    /// Carries effects out, and goes on later if the session has more to do.
    fn settle(self: &Rc<Self>) {
        match &self.body {
            Body::Server(session, number) => loop {
                let effect = session.borrow_mut().next_effect();
                match effect {
                    None => break,
                    Some(Effect::WakeAt(at)) => self.wake_at(at),
                    Some(effect) => self.link.effect(number.get(), effect),
                }
            },
            Body::Local(local) => {
                let alarm = local
                    .wait()
                    .filter(|wait| *wait > 0.0)
                    .map(|wait| self.later(wait, Self::slice));
                *self.alarm.borrow_mut() = alarm;
            }
            Body::Recording(_) => {}
        }
        let (len, working) = {
            let session = self.session();
            (session.timeline().len(), session.rest() == Rest::Working)
        };
        if len < self.known.get() {
            self.begin_anew();
        }
        self.known.set(len);
        if !matches!(self.body, Body::Recording(_)) {
            self.journal
                .follow(&self.session(), self.generation.get(), self.edits.get());
        }
        let since = self.working.get().unwrap_or_else(millis);
        self.working.set(working.then_some(since));
        if self.more_at_once() && self.slice.borrow().is_none() {
            *self.slice.borrow_mut() = Some(self.later(0.0, Self::slice));
        }
        (self.changed)();
        self.moved.ring();
    }

    /// Brings a tick when the session's clock shows `at`, however the browser's clocks have gone meanwhile.
    fn wake_at(self: &Rc<Self>, at: u64) {
        let wait = (at as f64 - self.now() as f64) / 1e6;
        *self.alarm.borrow_mut() = Some(self.later(wait, move |driver| {
            if driver.now() < at {
                driver.wake_at(at);
            } else {
                driver.feed(Input::Tick);
            }
        }));
    }

    /// Is there something to be done that waits for nobody?
    fn more_at_once(&self) -> bool {
        match &self.body {
            Body::Local(local) => local.wait() == Some(0.0),
            _ => self.session().busy(),
        }
    }

    fn slice(self: &Rc<Self>) {
        *self.slice.borrow_mut() = None;
        let end = millis() + SLICE;
        match &self.body {
            Body::Local(local) => local.go_on(end),
            Body::Recording(session) | Body::Server(session, _) => {
                while session.borrow().busy() && millis() < end {
                    session.borrow_mut().handle(self.now(), Input::Tick);
                }
            }
        }
        self.settle();
    }

    fn later(self: &Rc<Self>, ms: f64, run: impl FnOnce(&Rc<Self>) + 'static) -> Timer {
        let weak = Rc::downgrade(self);
        Timer::after(ms, move || {
            if let Some(driver) = weak.upgrade() {
                run(&driver);
            }
        })
    }

    /// The networks that a lab of this page can have.
    pub fn networks(&self) -> Vec<(Network, bool)> {
        network::offers(&self.link.networks())
    }

    /// Can a port be published?
    pub fn can_publish(&self) -> bool {
        matches!(self.body, Body::Server(..)) && self.link.can_publish()
    }

    /// Where a port of the lab can be reached from outside, if it is published.
    pub fn published(&self, port: u16) -> Option<String> {
        self.published.borrow().get(&port).cloned()
    }

    /// Asks for a port to be published.
    pub fn publish(&self, port: u16) {
        if let Body::Server(_, number) = &self.body {
            self.link.publish(number.get(), port);
        }
    }

    /// Waits until the lab is quiet, also through sleeps and deadlines; gives where it stands then.
    pub async fn quiet(self: &Rc<Self>) -> Rest {
        loop {
            let (rest, by_steps) = {
                let session = self.session();
                (
                    session.rest(),
                    session.is_running() && !session.is_at_full_speed(),
                )
            };
            match rest {
                Rest::Opening
                    if matches!(*self.status.borrow(), Status::Dead { .. }) || self.link.is_silent() =>
                {
                    return Rest::Lost;
                }
                Rest::Opening | Rest::Working | Rest::Sleeping => {}
                _ if self.shelf.borrow().is_some() => {}
                // While all run step by step, a pause between two steps is not the end.
                Rest::Ready(_) if by_steps => {}
                rest => return rest,
            }
            self.moved.wait().await;
        }
    }

    /// Runs one program alone until it listens, has ended or waits.
    pub async fn run_to_listen(self: &Rc<Self>, program: ProgramId) {
        for _ in 0..TO_LISTEN {
            let (listens, can) = {
                let session = self.session();
                let live = session.timeline().live();
                let listens = live
                    .sockets_of(program)
                    .any(|s| s.state() == Some(TcpState::Listen));
                (listens, session.can_step(program))
            };
            if listens || !can {
                return;
            }
            self.command(Command::Step(program));
            self.quiet().await;
            if self
                .session()
                .timeline()
                .live()
                .program(program)
                .is_none_or(|p| p.ended.is_some())
            {
                return;
            }
        }
    }
}

fn new_diagram(session: &Session) -> Diagram {
    let spec = session.spec();
    Diagram::new(&spec.names(), &spec.sides()).on_hosts(spec.hosts_of())
}

impl Listener for Driver {
    fn input(self: Rc<Self>, input: Input) {
        self.feed(input);
    }

    fn published(&self, port: u16, address: String) {
        self.published.borrow_mut().insert(port, address);
        (self.changed)();
    }

    fn status(&self, status: &Status) {
        *self.status.borrow_mut() = status.clone();
        (self.changed)();
        self.moved.ring();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Body::Server(_, number) = &self.body {
            self.link.close(number.get());
        }
    }
}

/// What the programs of a lab want. What is typed or replayed is not known yet.
fn wanted_by(session: &Session) -> Wanted {
    let spec = session.spec();
    let mut all = Wanted::default();
    if session.is_replay() || spec.programs.iter().any(|p| p.prompt) {
        all = Wanted::by_the_unknown();
    }
    for program in spec.programs.iter().filter(|p| !p.prompt) {
        all = all.and(Wanted::by(&program.source));
    }
    for file in &spec.files {
        let wanted = if file.name.ends_with(".py") {
            Wanted::by(&file.text)
        } else {
            Wanted::named_in(&file.text)
        };
        all = all.and(wanted);
    }
    all
}
