//! What can be done in the playground: its buttons, its dialogs, and the browser's store that keeps the last work.

use super::{file, share};
use crate::element::handle::Shared;
use crate::element::load::{self, Listed};
use crate::model::network;
use crate::views::Ui;
use crate::views::copy::CopyLine;
use crate::views::icons::{self, icon};
use engine::session::{LabSpec, ProgramSpec, Session, Side};
use leptos::html;
use leptos::prelude::*;
use protocol::{ProgramId, bounds};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

const KEY: &str = "wirelab.playground";

/// A way to add a program: hook, title, what it is for, and what it makes of a name.
type Choice = (&'static str, &'static str, &'static str, fn(&str) -> ProgramSpec);

/// What is open over the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialog {
    Start,
    Add,
    Share,
}

/// The playground around a lab. It outlives each lab that is put into the element.
#[derive(Clone, Copy)]
pub struct Desk {
    shared: StoredValue<Rc<Shared>, LocalStorage>,
    /// What the browser's store has.
    kept: StoredValue<Option<LabSpec>, LocalStorage>,
    /// The work before the last starting point, file or link.
    before: StoredValue<Option<LabSpec>, LocalStorage>,
    labs: RwSignal<Result<Vec<Listed>, String>>,
    dialog: RwSignal<Option<Dialog>>,
    link: RwSignal<Result<String, String>>,
    /// The store has refused once: that is said once.
    refused: RwSignal<bool>,
    views: &'static Views,
}

/// What the desk shows in a lab. A lab without one never loads it, so labs reach it by these pointers alone.
struct Views {
    name_field: fn(Desk, ProgramId, &str) -> AnyView,
    remove_button: fn(Desk, ProgramId) -> AnyView,
    hosts: fn(Desk, Ui) -> AnyView,
    add_button: fn(Desk) -> AnyView,
    buttons: fn(Desk, Ui) -> AnyView,
    dialogs: fn(Desk, Ui) -> AnyView,
}

static VIEWS: Views = Views {
    name_field: |desk, id, name| desk.draw_name_field(id, name).into_any(),
    remove_button: |desk, id| desk.draw_remove_button(id).into_any(),
    hosts: |desk, ui| desk.draw_hosts(ui).into_any(),
    add_button: |desk| desk.draw_add_button().into_any(),
    buttons: |desk, ui| desk.draw_buttons(ui).into_any(),
    dialogs: |desk, ui| desk.draw_dialogs(ui).into_any(),
};

impl Desk {
    /// A program's name, to be changed.
    pub fn name_field(self, id: ProgramId, name: &str) -> AnyView {
        (self.views.name_field)(self, id, name)
    }

    /// Takes a program away.
    pub fn remove_button(self, id: ProgramId) -> AnyView {
        (self.views.remove_button)(self, id)
    }

    /// How many hosts the lab has, to be changed.
    pub fn hosts(self, ui: Ui) -> AnyView {
        (self.views.hosts)(self, ui)
    }

    /// Opens the dialog that adds a program.
    pub fn add_button(self) -> AnyView {
        (self.views.add_button)(self)
    }

    /// The toolbar's buttons.
    pub fn buttons(self, ui: Ui) -> AnyView {
        (self.views.buttons)(self, ui)
    }

    /// The dialogs.
    pub fn dialogs(self, ui: Ui) -> AnyView {
        (self.views.dialogs)(self, ui)
    }
}

/// Opens the playground: the link's lab, else the last work, else the starting points.
pub async fn open(shared: Rc<Shared>) {
    let base = shared.base.clone();
    let desk = shared.own(|| Desk::new(Rc::clone(&shared)));
    let hash = web_sys::window()
        .and_then(|w| w.location().hash().ok())
        .unwrap_or_default();
    let mut said = None;
    let spec = match share::lab(&hash) {
        Some(Ok(spec)) => {
            desk.before.set_value(stored());
            Some(spec)
        }
        Some(Err(text)) => {
            said = Some(text);
            stored()
        }
        None => stored(),
    };
    if !hash.is_empty()
        && let Some(history) = web_sys::window().and_then(|w| w.history().ok())
    {
        // What is edited from now on is the last work, not the link.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some("playground.html"));
    }
    desk.dialog.set(spec.is_none().then_some(Dialog::Start));
    let stage = shared.put(spec.unwrap_or_else(|| of_programs(Vec::new())), Some(desk));
    stage.ui.message.set(said);
    desk.labs.set(load::list(&base).await);
}

fn of_programs(programs: Vec<ProgramSpec>) -> LabSpec {
    LabSpec {
        version: 1,
        title: "Playground".into(),
        about: "Programs of your own.".into(),
        network: None,
        hosts: Vec::new(),
        held: false,
        programs,
        files: Vec::new(),
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn stored() -> Option<LabSpec> {
    let json = storage()?.get_item(KEY).ok()??;
    let spec: LabSpec = protocol::read::from_json(json.as_bytes()).ok()?;
    spec.check().is_ok().then_some(spec)
}

impl Desk {
    fn new(shared: Rc<Shared>) -> Self {
        Self {
            shared: StoredValue::new_local(shared),
            kept: StoredValue::new_local(None),
            before: StoredValue::new_local(None),
            labs: RwSignal::new(Ok(Vec::new())),
            dialog: RwSignal::new(None),
            link: RwSignal::new(Err(String::new())),
            refused: RwSignal::new(false),
            views: &VIEWS,
        }
    }

    fn spec(self, ui: Ui) -> LabSpec {
        ui.driver().session().spec().clone()
    }

    /// Another set of programs: a new lab takes the old one's place.
    fn put(self, ui: Ui, spec: LabSpec) {
        if let Err(e) = spec.check() {
            ui.message
                .set(Some(format!("{}.", engine::timeline::words::capital(&e.0))));
            return;
        }
        let shared = self.shared.get_value();
        self.dialog.set(None);
        // Later: this runs inside a view that is about to go.
        spawn_local(async move {
            shared.put(spec, Some(self));
        });
    }

    fn change(self, ui: Ui, change: impl FnOnce(&mut LabSpec)) {
        let mut spec = self.spec(ui);
        // Sides stay where they are, whatever a program's new name or place would suggest.
        for (program, side) in spec.programs.iter_mut().zip(ui.driver().sides()) {
            program.side = Some(*side);
        }
        let each = spec.hosts.len() > 1;
        change(&mut spec);
        // A program that came has a host too, and one that went leaves none behind.
        if each && spec.hosts.len() > 1 && spec.on_a_host_each().is_err() {
            spec.on_one_host();
        }
        self.put(ui, spec);
    }

    /// A whole other lab; the one before can be brought back.
    fn replace(self, ui: Ui, spec: LabSpec) {
        let old = self.spec(ui);
        if !old.programs.is_empty() {
            self.before.set_value(Some(old));
        }
        self.put(ui, spec);
    }

    /// Keeps the work in the browser.
    fn keep(self, ui: Ui) {
        let spec = self.spec(ui);
        if self.kept.with_value(|kept| kept.as_ref() == Some(&spec)) {
            return;
        }
        let json = protocol::write::to_json(&spec);
        let done = storage().is_some_and(|s| s.set_item(KEY, &json).is_ok());
        if !done && !self.refused.get_untracked() {
            self.refused.set(true);
            let text = "This browser's store is full or switched off, so the work is not kept here: save it as a file.";
            ui.message.set(Some(text.into()));
        }
        self.kept.set_value(Some(spec));
    }

    /// The name of a program, to be changed in place.
    fn draw_name_field(self, id: ProgramId, name: &str) -> impl IntoView + use<> {
        let ui = expect_context::<Ui>();
        let old = name.to_owned();
        let label = format!("Name of {name}");
        let rename = move |event: leptos::ev::Event| {
            let new = event_target_value(&event).trim().to_owned();
            if new != old {
                self.change(ui, |spec| {
                    if let Some(program) = spec.programs.get_mut(usize::from(id.0)) {
                        if program.file == format!("{}.py", program.name) {
                            program.file = format!("{new}.py");
                        }
                        program.name = new;
                    }
                });
            }
        };
        view! { <input class="name" type="text" maxlength="32" spellcheck="false" aria-label=label prop:value=name.to_owned() on:change=rename/> }
    }

    /// Takes a program away.
    fn draw_remove_button(self, id: ProgramId) -> impl IntoView {
        let ui = expect_context::<Ui>();
        let remove = move |_| {
            self.change(ui, |spec| {
                if usize::from(id.0) < spec.programs.len() {
                    spec.programs.remove(usize::from(id.0));
                }
            });
        };
        let label = format!("Take {} away", crate::views::code::name(ui, id));
        view! { <button type="button" class="btn flat pg" aria-label=label title="Take away" data-do="remove" on:click=remove>{icon(icons::REMOVE)}</button> }
    }

    /// One host, or one for each program.
    fn draw_hosts(self, ui: Ui) -> impl IntoView {
        let spec = self.spec(ui);
        let each = spec.hosts.len() > 1;
        let none = (!each).then(|| spec.clone().on_a_host_each().err()).flatten();
        let why = none
            .as_ref()
            .map(|e| format!(" {}.", engine::timeline::words::capital(&e.0)));
        let choose = move |to_each: bool| {
            ui.choosing.set(false);
            if to_each == each {
                return;
            }
            self.change(ui, |spec| {
                if !to_each {
                    return spec.on_one_host();
                }
                // It is offered only where it fits.
                let _ = spec.on_a_host_each();
                spec.network = spec.network.filter(|n| network::has_hosts(*n));
            });
        };
        view! {
            <li><button type="button" aria-pressed=(!each).to_string() data-hosts="one" on:click=move |_| choose(false)>
                "One host for all"{(!each).then_some(" (now)")}
                <small>"As the tutorials assume: programs reach each other as localhost."</small>
            </button></li>
            <li><button type="button" aria-pressed=each.to_string() disabled=none.is_some() data-hosts="each" on:click=move |_| choose(true)>
                "A host each"{each.then_some(" (now)")}
                <small>"Each program has a host with a name and addresses of its own: they reach each other by name, and localhost is only one's own host. It needs the kernel or the simulated network."{why}</small>
            </button></li>
        }
    }

    /// Opens the list of programs that can be added.
    fn draw_add_button(self) -> impl IntoView {
        let add = move |_| self.dialog.set(Some(Dialog::Add));
        view! { <button type="button" class="btn" on:click=add>{icon(icons::ADD)}"Add a program"</button> }
    }

    /// The toolbar's further buttons.
    fn draw_buttons(self, ui: Ui) -> impl IntoView {
        Effect::new(move |_| {
            ui.version.track();
            let driver = ui.driver();
            if !driver.session().is_running() && !driver.session().is_replay() {
                self.keep(ui);
            }
        });
        let picker = NodeRef::<html::Input>::new();
        let share = move |_| {
            let place = web_sys::window().map(|w| w.location());
            let origin = place.as_ref().and_then(|l| l.origin().ok()).unwrap_or_default();
            let path = place.and_then(|l| l.pathname().ok()).unwrap_or_default();
            self.link
                .set(share::fragment(&self.spec(ui)).map(|f| format!("{origin}{path}#{f}")));
            self.dialog.set(Some(Dialog::Share));
        };
        let chosen = move |_| {
            let Some(file) = picker
                .get_untracked()
                .and_then(|p| p.files())
                .and_then(|f| f.get(0))
            else {
                return;
            };
            if let Some(picker) = picker.get_untracked() {
                picker.set_value("");
            }
            spawn_local(async move {
                match ui.awaited(read_file(&file)).await {
                    Ok(Opened::Lab(spec)) => self.replace(ui, spec),
                    Ok(Opened::Recording(session)) => {
                        let old = self.spec(ui);
                        if !old.programs.is_empty() && !ui.driver().session().is_replay() {
                            self.before.set_value(Some(old));
                        }
                        self.dialog.set(None);
                        self.shared.get_value().put_session(*session, Some(self));
                    }
                    Err(text) => ui.message.set(Some(text)),
                }
            });
        };
        let button = move |path: &'static str,
                           label: &'static str,
                           hook: &'static str,
                           run: Box<dyn Fn()>| {
            view! { <button type="button" class="btn flat i keep" aria-label=label title=label data-do=hook on:click=move |_| run()>{icon(path)}</button> }
        };
        view! {
            {button(icons::ADD, "Add a program", "add", Box::new(move || self.dialog.set(Some(Dialog::Add))))}
            {button(icons::OPEN, "Starting points and files", "start", Box::new(move || self.dialog.set(Some(Dialog::Start))))}
            {button(icons::SAVE, "Save as a file", "save", Box::new(move || file::save_file("lab.toml", &file::to_toml(&self.spec(ui)))))}
            <button type="button" class="btn flat i" aria-label="Share" title="Share" data-do="share" on:click=share>{icon(icons::SHARE)}</button>
            <input type="file" hidden accept=".toml,.py,.json" node_ref=picker on:change=chosen data-picker/>
        }
    }

    /// The dialogs.
    fn draw_dialogs(self, ui: Ui) -> impl IntoView {
        let dialog = NodeRef::<html::Dialog>::new();
        Effect::new(move |_| {
            let Some(dialog) = dialog.get() else { return };
            if self.dialog.get().is_some() {
                if !dialog.open() {
                    let _ = dialog.show_modal();
                }
            } else {
                dialog.close();
            }
        });
        view! {
            <dialog node_ref=dialog aria-label="Playground" on:close=move |_| self.dialog.set(None)>
                {move || match self.dialog.get() {
                    Some(Dialog::Start) => self.start(ui).into_any(),
                    Some(Dialog::Add) => self.add(ui).into_any(),
                    Some(Dialog::Share) => self.share().into_any(),
                    None => ().into_any(),
                }}
                <div class="row2"><button type="button" class="btn" on:click=move |_| self.dialog.set(None)>"Close"</button></div>
            </dialog>
        }
    }

    fn start(self, ui: Ui) -> impl IntoView {
        let base = self.shared.get_value().base.clone();
        let pick = move |lab: Listed| {
            let (base, name) = (base.clone(), lab.name.clone());
            let open = move |_| {
                let (base, name) = (base.clone(), name.clone());
                spawn_local(async move {
                    match load::of_site(&base, &name).await {
                        Ok(spec) => self.replace(ui, spec),
                        Err(text) => ui.message.set(Some(text)),
                    }
                });
            };
            view! { <li><button type="button" data-start=lab.name on:click=open>{lab.title}<small>{lab.about}</small></button></li> }
        };
        let empty = move |_| {
            self.replace(
                ui,
                of_programs(vec![
                    skeleton("server", Side::Right),
                    skeleton("client", Side::Left),
                ]),
            )
        };
        let prompts = move |_| {
            self.replace(
                ui,
                of_programs(vec![prompt("right", Side::Right), prompt("left", Side::Left)]),
            )
        };
        let file = move |_| {
            self.dialog.set(None);
            let picker = web_sys::window()
                .and_then(|w| w.document())
                .and_then(|d| d.query_selector("[data-picker]").ok().flatten());
            if let Some(picker) = picker.and_then(|p| p.dyn_into::<web_sys::HtmlElement>().ok()) {
                picker.click();
            }
        };
        let back = self.before.get_value().map(|spec| {
            let title = spec.programs.iter().map(|p| p.name.clone()).collect::<Vec<_>>().join(", ");
            view! { <li><button type="button" data-start="before" on:click=move |_| self.replace(ui, spec.clone())>"The work before"<small>{title}</small></button></li> }
        });
        view! {
            <h2>"Where to start"</h2>
            <ul class="picks">
                {back}
                <li><button type="button" data-start="empty" on:click=empty>"Two empty programs"<small>"A server on the right, a client on the left."</small></button></li>
                <li><button type="button" data-start="prompts" on:click=prompts>"Two prompts"<small>"Type Python at >>> on both sides, call by call."</small></button></li>
                <li><button type="button" data-start="file" on:click=file>"A file"<small>"A lab that was saved, a .py program to add, or a timeline to look at again."</small></button></li>
                {move || match self.labs.get() {
                    Ok(labs) => labs.into_iter().map(pick.clone()).collect_view().into_any(),
                    Err(text) => view! { <li>{text}</li> }.into_any(),
                }}
            </ul>
        }
    }

    fn add(self, ui: Ui) -> impl IntoView {
        let choices: [Choice; 4] = [
            ("server", "A program on the right", "as a server", |name| {
                skeleton(name, Side::Right)
            }),
            ("client", "A program on the left", "as a client", |name| {
                skeleton(name, Side::Left)
            }),
            (
                "prompt-right",
                "A prompt on the right",
                "type Python at >>>",
                |name| prompt(name, Side::Right),
            ),
            (
                "prompt-left",
                "A prompt on the left",
                "type Python at >>>",
                |name| prompt(name, Side::Left),
            ),
        ];
        let choice = move |(name, title, about, make): Choice| {
            let add = move |_| {
                self.change(ui, |spec| {
                    let name = free_name(spec, name);
                    spec.programs.push(make(&name));
                });
            };
            view! { <li><button type="button" data-add=name on:click=add>{title}<small>{about}</small></button></li> }
        };
        let full = ui.peek(|m| m.names.len() >= bounds::PROGRAMS);
        let body = if full {
            view! { <p>{format!("This lab has {} programs, the most that a lab takes.", bounds::PROGRAMS)}</p> }.into_any()
        } else {
            view! { <ul class="picks">{choices.map(choice).into_iter().collect::<Vec<_>>()}</ul> }.into_any()
        };
        view! { <h2>"Add a program"</h2>{body} }
    }

    fn share(self) -> impl IntoView {
        let body = match self.link.get_untracked() {
            Ok(link) => view! {
                <p>"The programs lie in the link itself; nothing is stored on the server."</p>
                <CopyLine text=link label="Link to this lab" hook="link"/>
            }
            .into_any(),
            Err(text) => view! { <p role="alert">{text}</p> }.into_any(),
        };
        view! { <h2>"Share this lab"</h2>{body} }
    }
}

fn skeleton(name: &str, side: Side) -> ProgramSpec {
    ProgramSpec {
        name: name.into(),
        file: format!("{name}.py"),
        source: "import socket\n\n".into(),
        side: Some(side),
        ..ProgramSpec::default()
    }
}

fn prompt(name: &str, side: Side) -> ProgramSpec {
    ProgramSpec {
        name: name.into(),
        file: "<stdin>".into(),
        side: Some(side),
        prompt: true,
        ..ProgramSpec::default()
    }
}

fn free_name(spec: &LabSpec, wish: &str) -> String {
    let taken = |name: &str| spec.programs.iter().any(|p| p.name == name);
    if !taken(wish) {
        return wish.to_owned();
    }
    (2..)
        .map(|n| format!("{wish}{n}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// What a file held.
enum Opened {
    Lab(LabSpec),
    Recording(Box<Session>),
}

/// A saved lab, one program, or a recording.
async fn read_file(chosen: &web_sys::File) -> Result<Opened, String> {
    let name = chosen.name();
    if name.ends_with(".json") {
        return file::read_recording(chosen)
            .await
            .map(|session| Opened::Recording(Box::new(session)));
    }
    let text = file::read_text(chosen, bounds::SOURCE * 4).await?;
    let said = |e: engine::session::lab::LabError| {
        format!("{name} cannot be opened: {}.", e.0.trim_end_matches('.'))
    };
    if let Some(stem) = name.strip_suffix(".py") {
        return LabSpec::from_programs([(stem.to_owned(), name.clone(), text)])
            .map(Opened::Lab)
            .map_err(said);
    }
    LabSpec::from_toml(&text, |file| {
        Err(format!(
            "it names {file}, which is another file: open labs that were saved here"
        ))
    })
    .map(Opened::Lab)
    .map_err(said)
}
