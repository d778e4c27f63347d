//! The scripting interface of `<wire-lab>`: what the book, teachers' pages and the tests drive. A script's step is in the
//! timeline like any other.

use super::load;
use super::stage::Stage;
use crate::driver::Driver;
use crate::driver::link;
use crate::driver::timer::Bell;
use crate::playground;
use engine::program::text::quote::str_repr;
use engine::session::{Command, LabSpec, Rest, Session, Side};
use engine::timeline::words::capital;
use leptos::prelude::Owner;
use protocol::write::to_json;
use protocol::{Network, ProgramId, WireAction, bounds};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// One lab of the page.
#[wasm_bindgen]
pub struct LabHandle {
    shared: Rc<Shared>,
}

/// What stands in the element now.
enum Shown {
    Loading,
    Failed(String),
    Lab(Rc<Stage>),
}

/// A program, as `programs()` tells it.
#[derive(protocol_derive::Write)]
struct ToldProgram {
    error: Option<String>,
    exit: Option<i32>,
    file: String,
    line: Option<u32>,
    name: String,
    side: &'static str,
    state: &'static str,
    status: String,
}

/// What the element and the tasks that fill it share.
pub struct Shared {
    host: HtmlElement,
    /// Where the site is: `https://host/`.
    pub base: String,
    /// What has happened in the lab, where it outlives a fault of this code.
    journal: js_sys::Array,
    shown: RefCell<Shown>,
    moved: Bell,
    /// Owns what outlives each lab that is put into the element.
    owner: Owner,
}

impl Shared {
    /// Makes signals that live as long as the element.
    pub fn own<T>(&self, make: impl FnOnce() -> T) -> T {
        self.owner.with(make)
    }

    fn stage(&self) -> Option<Rc<Stage>> {
        match &*self.shown.borrow() {
            Shown::Lab(stage) => Some(Rc::clone(stage)),
            _ => None,
        }
    }

    /// Puts a lab into the element, in place of the one before.
    pub fn put(self: &Rc<Self>, spec: LabSpec, desk: Option<playground::Desk>) -> Rc<Stage> {
        let mut spec = spec;
        if !link::is_served() {
            // Whatever it wishes for: here it is this one or none.
            spec.network = Some(Network::Simulated);
        }
        self.put_session(Driver::fresh(spec), desk)
    }

    /// The same for a session: a recording, or a lab that begins.
    pub fn put_session(self: &Rc<Self>, session: Session, desk: Option<playground::Desk>) -> Rc<Stage> {
        let has = |name| self.host.has_attribute(name);
        let present = match self.stage() {
            Some(old) => old.ui.is_present(),
            None => has("present"),
        };
        // The old lab goes first: it has the element's content.
        *self.shown.borrow_mut() = Shown::Loading;
        let shared = Rc::downgrade(self);
        let again = Rc::new(move |spec| {
            if let Some(shared) = shared.upgrade() {
                // Later: this runs inside a view that is about to go.
                wasm_bindgen_futures::spawn_local(async move { drop(shared.put(spec, desk)) });
            }
        });
        let journal = self.journal.clone();
        let stage = Rc::new(Stage::new(
            &self.host, session, journal, present, &self.base, desk, again,
        ));
        *self.shown.borrow_mut() = Shown::Lab(Rc::clone(&stage));
        self.moved.ring();
        stage
    }

    fn fail(&self, text: String) {
        self.host.set_inner_html("");
        if let Some(document) = web_sys::window().and_then(|w| w.document())
            && let Ok(line) = document.create_element("p")
        {
            line.set_class_name("loading");
            let _ = line.set_attribute("role", "alert");
            line.set_text_content(Some(&format!("This lab cannot be opened. {text}")));
            let _ = self.host.append_child(&line);
        }
        *self.shown.borrow_mut() = Shown::Failed(text);
        self.moved.ring();
    }

    /// The lab on the network that the element's attribute `network` names, if it names one.
    fn on_network(&self, mut spec: LabSpec) -> Result<LabSpec, String> {
        if let Some(name) = self.host.get_attribute("network") {
            spec.network = Some(Network::named(&name).ok_or_else(|| {
                let all = Network::ALL.map(Network::name).join(", ");
                let name = str_repr(&name);
                format!("There is no network {name}: the attribute network is one of {all}.")
            })?);
        }
        Ok(spec)
    }

    async fn fill(self: Rc<Self>) {
        if self.host.has_attribute("playground") {
            if let Err(text) = playground::open(Rc::clone(&self)).await {
                self.fail(text);
            }
            return;
        }
        if let Some(url) = self.host.get_attribute("recording") {
            let session = match load::text(url, bounds::TIMELINE).await {
                Ok(text) => load::recording(&text).await,
                Err(text) => Err(text),
            };
            match session {
                Ok(session) => drop(self.put_session(session, None)),
                Err(text) => self.fail(text),
            }
            return;
        }
        let spec = match (self.host.get_attribute("src"), self.host.get_attribute("lab")) {
            (Some(src), _) => load::lab(&src).await,
            (None, Some(name)) => load::of_site(&self.base, &name).await,
            (None, None) => Err("The element <wire-lab> needs the attribute lab or src.".into()),
        };
        match spec.and_then(|spec| self.on_network(spec)) {
            Ok(spec) => {
                if self.host.has_attribute("page")
                    && let Some(document) = web_sys::window().and_then(|w| w.document())
                {
                    document.set_title(&format!("{} · Wirelab", spec.title));
                }
                let stage = self.put(spec, None);
                let step = self
                    .host
                    .get_attribute("step")
                    .and_then(|s| s.parse::<u64>().ok());
                if let Some(step) = step {
                    go_to_step(&stage, step).await;
                }
            }
            Err(text) => self.fail(text),
        }
    }
}

/// Steps the lab as far as event `step` and shows it.
async fn go_to_step(stage: &Stage, step: u64) {
    loop {
        let rest = stage.driver.quiet().await;
        let len = stage.driver.session().timeline().len();
        if len >= step || !matches!(rest, Rest::Ready(_)) {
            break;
        }
        stage.driver.command(Command::Next);
    }
    stage.show_now().await;
    stage.ui.go_to(step);
}

fn sentence(text: impl AsRef<str>) -> JsError {
    JsError::new(text.as_ref())
}

impl LabHandle {
    pub(super) fn mount(host: HtmlElement, base: String, journal: js_sys::Array) -> Self {
        let shared = Rc::new(Shared {
            host,
            base,
            journal,
            shown: RefCell::new(Shown::Loading),
            moved: Bell::default(),
            owner: Owner::new(),
        });
        let filling = Rc::clone(&shared);
        wasm_bindgen_futures::spawn_local(filling.fill());
        Self { shared }
    }

    fn stage(&self) -> Result<Rc<Stage>, JsError> {
        match &*self.shared.shown.borrow() {
            Shown::Lab(stage) => Ok(Rc::clone(stage)),
            Shown::Loading => Err(sentence("The lab is not ready: await lab.ready first.")),
            Shown::Failed(text) => Err(sentence(text)),
        }
    }
}

async fn loaded(shared: Rc<Shared>) -> Result<Rc<Stage>, JsError> {
    loop {
        match &*shared.shown.borrow() {
            Shown::Lab(stage) => return Ok(Rc::clone(stage)),
            Shown::Failed(text) => return Err(sentence(text)),
            Shown::Loading => {}
        }
        shared.moved.wait().await;
    }
}

/// May there be a further step?
fn goes_on(rest: &Rest) -> bool {
    matches!(rest, Rest::Ready(_))
}

#[wasm_bindgen]
impl LabHandle {
    /// Waits until the lab is loaded, its network is open, and it can be stepped.
    pub async fn ready(&self) -> Result<(), JsError> {
        let stage = loaded(Rc::clone(&self.shared)).await?;
        if stage.driver.quiet().await == Rest::Lost {
            let notice = stage.driver.session().timeline().live().notice.clone();
            return Err(sentence(notice.map_or_else(
                || "The server does not answer, so the lab has no network.".into(),
                |(_, text)| text,
            )));
        }
        stage.show_now().await;
        Ok(())
    }

    /// One step, as the button Next takes it; waits until all is quiet again, through sleeps and deadlines too. True if
    /// there may be a further step.
    pub async fn next(&self) -> Result<bool, JsError> {
        let stage = loaded(Rc::clone(&self.shared)).await?;
        stage.ui.go_live();
        let rest = stage.driver.quiet().await;
        let rest = if goes_on(&rest) {
            stage.driver.command(Command::Next);
            stage.driver.quiet().await
        } else {
            rest
        };
        stage.show_now().await;
        Ok(goes_on(&rest))
    }

    /// Lets all programs run until all have ended, await input or are blocked, or a packet waits on the wire.
    pub async fn run(&self) -> Result<(), JsError> {
        let stage = loaded(Rc::clone(&self.shared)).await?;
        stage.ui.go_live();
        if goes_on(&stage.driver.quiet().await) {
            stage.driver.command(Command::Run(None));
            stage.driver.quiet().await;
        }
        stage.show_now().await;
        Ok(())
    }

    /// Back to the beginning: all sockets closed, a new network.
    pub fn reset(&self) -> Result<(), JsError> {
        self.stage()?.ui.command(Command::Reset);
        Ok(())
    }

    /// One step back into the past; false at the beginning.
    pub fn back(&self) -> Result<bool, JsError> {
        Ok(self.stage()?.ui.back())
    }

    /// Does something with the wire (an action as JSON); waits until all is quiet again.
    pub async fn wire(&self, action: String) -> Result<(), JsError> {
        let stage = loaded(Rc::clone(&self.shared)).await?;
        let action: WireAction = protocol::read::from_json(action.as_bytes()).map_err(|e| {
            sentence(format!(
                "This is not something that can be done with a wire: {e}."
            ))
        })?;
        stage.ui.go_live();
        stage.driver.quiet().await;
        if !stage.ui.wire(action) {
            return Err(sentence(
                "This lab's network has no wire: packets can be held on the kernel and the simulated network.",
            ));
        }
        stage.driver.quiet().await;
        stage.show_now().await;
        Ok(())
    }

    /// Types a line, with Enter at its end, into the terminal of the program with this name.
    #[wasm_bindgen(js_name = type)]
    pub fn type_line(&self, program: &str, line: &str) -> Result<(), JsError> {
        let stage = self.stage()?;
        let Some(id) = stage.driver.program(program) else {
            let names = stage.driver.names().join(", ");
            return Err(sentence(format!(
                "This lab has no program {}: it has {names}.",
                str_repr(program)
            )));
        };
        if line.contains('\n') {
            return Err(sentence("One line at a time: Enter is pressed at its end."));
        }
        stage.ui.command(Command::Type(id, Some(line.to_owned())));
        Ok(())
    }

    /// The programs in the lab's order, as JSON.
    pub fn programs(&self) -> Result<String, JsError> {
        let stage = self.stage()?;
        let driver = &stage.driver;
        let session = driver.session();
        let live = session.timeline().live();
        let list: Vec<_> = (0u16..)
            .zip(&session.spec().programs)
            .map(|(i, spec)| {
                let id = ProgramId(i);
                let lane = stage.ui.live_lane(id);
                let program = live.program(id);
                let side = driver.sides().get(usize::from(i)).copied();
                ToldProgram {
                    error: lane.error.as_ref().map(|e| e.name.clone()),
                    exit: program.and_then(|p| p.ended).map(|(status, _)| status),
                    file: spec.file.clone(),
                    line: program.and_then(|p| p.line).filter(|_| lane.alive),
                    name: spec.name.clone(),
                    side: if side == Some(Side::Left) { "left" } else { "right" },
                    state: lane.state_word(),
                    status: capital(&lane.status),
                }
            })
            .collect();
        Ok(to_json(&list))
    }

    /// Everything that has happened so far: the events in order, as JSON.
    pub fn timeline(&self) -> Result<String, JsError> {
        let stage = self.stage()?;
        let session = stage.driver.session();
        Ok(to_json(session.timeline().events()))
    }

    /// The whole history as a file's text: what "Save the timeline" saves, and what the attribute `recording` opens.
    pub fn recording(&self) -> Result<String, JsError> {
        Ok(to_json(&self.stage()?.driver.session().recording()))
    }

    /// Takes the lab out of the page and closes its sockets.
    pub fn unmount(&self) {
        *self.shared.shown.borrow_mut() = Shown::Failed("The lab was taken out of the page.".into());
        self.shared.moved.ring();
    }
}
