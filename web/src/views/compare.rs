//! The window that lays two runs side by side: the kept one and the lab as it is now.

use super::Ui;
use crate::driver::kept;
use crate::model::compare::{self, Panel, Stage};
use crate::playground::file;
use engine::session::Command;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Room above the first difference, pixels: for the table's head and what both runs did before.
const ABOVE: f64 = 140.0;

/// See above.
#[component]
pub fn Compare(ui: Ui) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let picker = NodeRef::<html::Input>::new();
    let panel = RwSignal::new(Panel::default());
    let fault = RwSignal::new(None::<String>);
    let look = move |whole: bool| {
        let driver = ui.driver();
        panel.set(compare::panel(kept::get().as_deref(), &driver.session(), whole));
    };
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if !ui.comparing.get() {
            dialog.close();
        } else if !dialog.open() {
            fault.set(None);
            look(false);
            let _ = dialog.show_modal();
        }
    });
    let empty = Memo::new(move |_| ui.comparing.get() && ui.driver().session().timeline().is_empty());
    let keep = move |_| {
        fault.set(kept::keep(&ui.driver().session()).err());
        look(false);
    };
    let chosen = move |_| {
        let Some(input) = picker.get_untracked() else {
            return;
        };
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        let Some(file) = file else { return };
        spawn_local(async move {
            match ui.awaited(file::read_recording(&file)).await {
                Ok(recording) => {
                    kept::put(recording);
                    fault.set(None);
                    look(false);
                }
                Err(text) => fault.set(Some(text)),
            }
        });
    };
    let pick = move |_| {
        if let Some(input) = picker.get_untracked() {
            input.click();
        }
    };
    let again = move |_| {
        ui.comparing.set(false);
        ui.command(Command::Reset);
    };
    let show = move |_| {
        if let Some(seq) = panel.with_untracked(|p| p.show) {
            ui.comparing.set(false);
            ui.go_to(seq);
        }
    };
    let replay = ui.driver().session().is_replay();
    let stage = Memo::new(move |_| panel.with(|p| p.stage));
    // The first difference stays in sight, however many rows stand before it.
    let both = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        panel.with(|_| ());
        request_animation_frame(move || {
            // The lab can have left the page since.
            if ui.comparing.try_get_untracked() != Some(true) {
                return;
            }
            let Some(both) = both.get_untracked() else { return };
            if let Ok(Some(part)) = both.query_selector(".part") {
                let down = part.get_bounding_client_rect().top() - both.get_bounding_client_rect().top();
                both.set_scroll_top((f64::from(both.scroll_top()) + down - ABOVE).max(0.0) as i32);
            }
        });
    });
    view! {
        <dialog class="compare" node_ref=dialog aria-label="Compare two runs" on:close=move |_| ui.comparing.set(false) data-compare>
            <h2>"Compare two runs"</h2>
            {move || fault.get().map(|text| view! { <p role="alert" class="fault">{text}</p> })}
            {move || match stage.get() {
                Stage::Nothing => view! {
                    <p>"Run the lab and keep this run. Then change one thing, a packet, a rule of the wire, a line of a program or what you type, run it again, and see where the two runs part."</p>
                }.into_any(),
                Stage::Kept => view! {
                    <p data-kept>"This run is kept: it is run A. Now begin again, change one thing, a packet, a rule of the wire, a line of a program or what you type, run the lab, and open this window once more."</p>
                }.into_any(),
                Stage::Two => laid(panel, both, look).into_any(),
            }}
            <input type="file" hidden accept=".json" node_ref=picker on:change=chosen data-compare-file/>
            <div class="row2">
                <button type="button" class="btn" data-compare-do="open" on:click=pick>"Open a saved timeline as run A"</button>
                <Show when=move || stage.get() != Stage::Kept>
                    <button type="button" class="btn" data-compare-do="keep" disabled=move || empty.get() on:click=keep>
                        {move || if stage.get() == Stage::Two { "Keep this run as run A" } else { "Keep this run" }}</button>
                </Show>
                <Show when=move || stage.get() == Stage::Kept && !replay>
                    <button type="button" class="btn strong" data-compare-do="again" on:click=again>"Begin again"</button>
                </Show>
                <Show when=move || panel.with(|p| p.show.is_some())>
                    <button type="button" class="btn strong" data-compare-do="show" on:click=show>"Show it in the lab"</button>
                </Show>
                <button type="button" class="btn" on:click=move |_| ui.comparing.set(false)>"Close"</button>
            </div>
        </dialog>
    }
}

/// Both runs, row by row.
fn laid(
    panel: RwSignal<Panel>,
    both: NodeRef<html::Div>,
    look: impl Fn(bool) + Copy + 'static,
) -> impl IntoView {
    let hidden = Memo::new(move |_| panel.with(|p| p.hidden));
    let door = move |count: usize, what: &'static str| {
        (count > 0).then(|| {
            view! { <div class="more"><button type="button" class="btn" data-compare-do="all" on:click=move |_| look(true)>{format!("{count} {what}")}</button></div> }
        })
    };
    view! {
        <p class="verdict" role="status" data-verdict>{move || panel.with(|p| p.verdict.clone())}</p>
        <p class="notes">{move || panel.with(|p| p.notes.clone())}</p>
        <div class="both" tabindex="0" role="group" aria-label="Both runs" node_ref=both>
            {move || door(hidden.get().0, "rows before, the same in both")}
            <table>
                <thead><tr>
                    <th scope="col" class="t">"Clock"</th>
                    <th scope="col"><b>"Run A"</b>", kept: "{move || panel.with(|p| p.kept.clone())}</th>
                    <th scope="col"><b>"Run B"</b>", this lab: "{move || panel.with(|p| p.now.clone())}</th>
                    <th scope="col" class="t">"Clock"</th>
                </tr></thead>
                <tbody inner_html=move || panel.with(|p| p.rows.clone())></tbody>
            </table>
            {move || door(hidden.get().1, "rows behind")}
        </div>
        <p class="notes">"Not compared: the time, lines, ports that the kernel picks, ACKs that only acknowledge and arrive."</p>
    }
}
