//! A lane: the programs of one side, one of them shown. Above the rule the program, below it the kernel.

use super::Ui;
use super::code::{Code, Fault};
use super::icons::{self, icon};
use super::part::LaterEditor;
use super::sockets::Sockets;
use super::terminal::Terminal;
use super::variables::Variables;
use crate::model::lane;
use crate::playground::Desk;
use engine::session::{Command, Side};
use engine::timeline::words::capital;
use leptos::prelude::*;
use protocol::ProgramId;

/// One side.
#[component]
pub fn LaneColumn(ui: Ui, side: Side) -> impl IntoView {
    let driver = ui.driver();
    let programs: Vec<_> = (0u16..)
        .zip(driver.sides())
        .filter(|(_, s)| **s == side)
        .map(|(i, _)| ProgramId(i))
        .collect();
    let shown = ui.shown[side as usize];
    let (class, label) = match side {
        Side::Left => ("lane left", "Left lane"),
        Side::Right => ("lane right", "Right lane"),
    };
    let tabs = (programs.len() > 1).then(|| {
        let tabs: Vec<_> = programs
            .iter()
            .map(|&id| {
                let name = super::code::name(ui, id);
                view! {
                    <button type="button" role="tab" aria-selected=move || (shown.get() == Some(id)).to_string()
                        on:click=move |_| shown.set(Some(id))>{name}</button>
                }
            })
            .collect();
        view! { <div class="who" role="tablist" aria-label="Programs">{tabs}</div> }
    });
    view! {
        <div class=class role="group" aria-label=label data-lane=if side == Side::Left { "left" } else { "right" }>
            {tabs}
            {move || match shown.get() {
                Some(id) => view! { <Program ui id/> }.into_any(),
                None => view! {
                    <div class="none big">
                        <p>"No program on this side."</p>
                        {use_context::<Desk>().map(|desk| desk.add_button())}
                    </div>
                }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Program(ui: Ui, id: ProgramId) -> impl IntoView {
    let view = Memo::new(move |_| ui.read(|m| lane::lane(m, id)));
    let (name, file, prompt) = ui.peek(|m| {
        let spec = m.spec.programs.get(usize::from(id.0));
        (
            m.name(id).to_owned(),
            spec.map_or_else(String::new, |s| {
                if s.prompt {
                    "a prompt".into()
                } else {
                    s.file.clone()
                }
            }),
            spec.is_some_and(|s| s.prompt),
        )
    });
    let can_step = Memo::new(move |old: Option<&bool>| {
        if let Some(old) = old.filter(|_| ui.in_step()) {
            return *old;
        }
        let possible = view.with(|v| v.can_step);
        possible && !ui.in_past() && ui.driver().session().can_step(id)
    });
    let alive = Memo::new(move |_| view.with(|v| v.alive));
    let editing = Memo::new(move |_| ui.editing.get().filter(|(p, _)| *p == id).map(|(_, line)| line));
    let host = Memo::new(move |_| ui.read(|m| m.host_of(id).map(|h| h.name.clone())));
    let key = key_of(ui, id);
    let desk = use_context::<Desk>();
    let title = match desk {
        Some(desk) => view! { <h2 class="sr">{capital(&name)}</h2>{desk.name_field(id, &name)} }.into_any(),
        None => view! { <h2>{capital(&name)}</h2> }.into_any(),
    };
    let body = move || match editing.get() {
        Some(line) => view! { <LaterEditor ui id line lane=view/> }.into_any(),
        None if prompt => ().into_any(),
        None => view! { <Code ui id lane=view/> }.into_any(),
    };
    // A fault whose line is not known, or that has no source to stand in.
    let loose = Memo::new(move |_| view.with(|v| v.error.as_ref().is_some_and(|e| e.line == 0 || prompt)));
    view! {
        <header class="lh" class:two=move || desk.is_some() && host.with(Option::is_some) data-program=name.clone()>
            {title}<span class="file">{file}{move || host.get().map(|host| view! { <span data-host>{format!(" · host {host}")}</span> })}</span>
            <Show when=move || !prompt>
                <button type="button" class="btn flat pg" title="Edit" aria-label=format!("Edit {}", super::code::name(ui, id)) data-do="edit"
                    disabled=move || ui.in_past() || ui.driver().session().is_replay() on:click=move |_| ui.editing.set(Some((id, 1)))>{icon(icons::EDIT)}</button>
            </Show>
            <Show when=move || alive.get()>
                <button type="button" class="btn flat pg" title="Interrupt (Ctrl-C)" data-do="interrupt" disabled=move || ui.in_past()
                    on:click=move |_| ui.command(Command::Interrupt(id))>"Ctrl-C"</button>
            </Show>
            {desk.map(|desk| desk.remove_button(id))}
            <button type="button" class="btn step" data-do="step" disabled=move || !can_step.get() on:click=move |_| ui.step(id)>
                {icon(icons::STEP)}"Step"{key.map(|k| view! { <kbd>{k}</kbd> })}
            </button>
        </header>
        {body}
        {move || loose.get().then(|| view! { <ul class="code"><Fault ui lane=view/></ul> })}
        <div class="mid" class:prompt=prompt>
            <Show when=move || editing.get().is_none()><Variables ui id/></Show>
            <Terminal ui id lane=view prompt/>
        </div>
        <Sockets ui id/>
    }
}

/// The key that steps a program: 1 is the left lane's, 2 the right lane's.
fn key_of(ui: Ui, id: ProgramId) -> Option<&'static str> {
    let side = ui.driver().sides().get(usize::from(id.0)).copied()?;
    Some(match side {
        Side::Left => "1",
        Side::Right => "2",
    })
}
