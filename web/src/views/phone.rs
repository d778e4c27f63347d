//! Small screens: tabs instead of columns, and both ends at a glance above the scrub bar.

use super::Ui;
use super::ui::Pane;
use crate::model::lane;
use crate::model::markup::source_line;
use crate::model::syntax;
use engine::session::Side;
use engine::timeline::words::capital;
use leptos::prelude::*;

/// The tabs.
#[component]
pub fn PaneTabs(ui: Ui) -> impl IntoView {
    let name = move |side: Side| {
        move || {
            let id = ui.shown[side as usize].get();
            id.map_or_else(
                || {
                    if side == Side::Left {
                        "Left".into()
                    } else {
                        "Right".to_owned()
                    }
                },
                |id| capital(&super::code::name(ui, id)),
            )
        }
    };
    let tab = move |pane: Pane, text: AnyView| {
        view! {
            <button type="button" role="tab" aria-selected=move || (ui.pane.get() == pane).to_string()
                on:click=move |_| ui.pane.set(pane)>{text}</button>
        }
    };
    view! {
        <div role="tablist" class="ptabs" aria-label="Panes">
            {tab(Pane::Wire, "Wire".into_any())}
            {tab(Pane::Left, name(Side::Left).into_any())}
            {tab(Pane::Right, name(Side::Right).into_any())}
            {tab(Pane::Details, "Details".into_any())}
        </div>
    }
}

/// Both ends in three lines each.
#[component]
pub fn Minis(ui: Ui) -> impl IntoView {
    let mini = move |side: Side| {
        let shown = ui.shown[side as usize];
        let view = Memo::new(move |_| shown.get().map(|id| (id, ui.read(|m| lane::lane(m, id)))));
        move || {
            let (id, lane) = view.get()?;
            let line = lane
                .marks
                .iter()
                .find(|m| m.next)
                .or(lane.marks.first())
                .map(|m| m.line);
            let code = line.and_then(|n| {
                let source = ui.source(id);
                let text = source.lines().nth((n as usize).checked_sub(1)?)?;
                Some((n, source_line(syntax::lines(text.trim()).first()?, false)))
            });
            let pane = if side == Side::Left {
                Pane::Left
            } else {
                Pane::Right
            };
            Some(view! {
                <button type="button" class="mini" class:next=lane.next on:click=move |_| ui.pane.set(pane)>
                    <span class="m1"><b>{capital(&super::code::name(ui, id))}</b><span class="stt">{lane.socket.unwrap_or("no socket")}</span></span>
                    <code>{code.map(|(n, html)| view! { <i class="no">{n}</i><span inner_html=html></span> })}</code>
                    <small>{lane.status}</small>
                </button>
            })
        }
    };
    view! { <div class="foot"><div class="minis">{mini(Side::Left)}{mini(Side::Right)}</div></div> }
}
