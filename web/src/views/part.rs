//! Views whose code is a part of the wasm of its own: it comes when a learner first opens one of them. A lab that is only
//! stepped never loads it. While it is on its way the lab says so ([`Ui::is_loading`]).

use super::Ui;
use super::code::Code;
use super::ui::Tab;
use crate::model::lane::LaneView;
use crate::playground::Desk;
use leptos::prelude::*;
use protocol::ProgramId;
use std::cell::Cell;
use std::thread::LocalKey;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The dialogs of a lab.
type Dialogs = fn(Ui, Option<Desk>) -> AnyView;
/// The details under the diagram, but for the timeline in words.
type Details = fn(Ui, Tab) -> AnyView;
/// The editor of one program, opened at a line.
type Editor = fn(Ui, ProgramId, u32, Memo<LaneView>) -> AnyView;

#[wasm_split(tools, fallible)]
fn dialogs() -> Result<Dialogs, SplitLoaderError> {
    Ok(|ui, desk| {
        view! {
            <super::keys::Help ui/>
            <super::compare::Compare ui/>
            <super::wire::Rules ui/>
            <super::network::NetworkDialog ui desk/>
        }
        .into_any()
    })
}

#[wasm_split(details, fallible)]
fn details() -> Result<Details, SplitLoaderError> {
    Ok(super::dock::details)
}

#[wasm_split(tools, fallible)]
fn editor() -> Result<Editor, SplitLoaderError> {
    Ok(|ui, id, line, lane| view! { <super::editor::Editor ui id line lane/> }.into_any())
}

thread_local! {
    static DIALOGS: Cell<Option<Dialogs>> = const { Cell::new(None) };
    static DETAILS: Cell<Option<Details>> = const { Cell::new(None) };
    static EDITOR: Cell<Option<Editor>> = const { Cell::new(None) };
}

/// The dialogs, from when one is first wanted.
#[component]
pub fn LaterDialogs(ui: Ui, desk: Option<Desk>) -> impl IntoView {
    let wanted = move || ui.help.get() || ui.comparing.get() || ui.rules.get() || ui.choosing.get();
    later(ui, &DIALOGS, wanted, dialogs, move |part| {
        part.map(|make| make(ui, desk))
    })
}

/// One of the details.
#[component]
pub fn LaterDetails(ui: Ui, tab: Tab) -> impl IntoView {
    later(
        ui,
        &DETAILS,
        || true,
        details,
        move |part| part.map(|make| make(ui, tab)),
    )
}

/// The editor of one program; the program as it is until the editor has come.
#[component]
pub fn LaterEditor(ui: Ui, id: ProgramId, line: u32, lane: Memo<LaneView>) -> impl IntoView {
    later(
        ui,
        &EDITOR,
        || true,
        editor,
        move |part| match part {
            Some(make) => make(ui, id, line, lane),
            None => view! { <Code ui id lane/> }.into_any(),
        },
    )
}

/// What `make` makes of a part, which it gets once that is wanted and here.
fn later<T, F, V>(
    ui: Ui,
    here: &'static LocalKey<Cell<Option<T>>>,
    wanted: impl Fn() -> bool + 'static,
    bring: fn() -> F,
    make: impl Fn(Option<T>) -> V + 'static,
) -> impl IntoView
where
    T: Copy + Send + Sync + 'static,
    F: Future<Output = Result<T, SplitLoaderError>> + 'static,
    V: IntoView + 'static,
{
    // What has come for another view stands here at once.
    let part = RwSignal::new(here.get().filter(|_| untrack(&wanted)));
    Effect::new(move |_| {
        if !wanted() || part.get_untracked().is_some() {
            return;
        }
        if let Some(found) = here.get() {
            part.set(Some(found));
            return;
        }
        spawn_local(async move {
            match ui.awaited(bring()).await {
                Ok(found) => {
                    here.set(Some(found));
                    part.try_set(Some(found));
                }
                Err(_) => {
                    let text = "This part of the page could not be loaded. Reload the page to try again.";
                    ui.message.try_set(Some(text.into()));
                }
            }
        });
    });
    move || make(part.get())
}
