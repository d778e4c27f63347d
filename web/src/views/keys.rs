//! The keyboard, for learners and for a presenter's clicker (Page Down, Page Up).

use super::Ui;
use super::ui::Tab;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const KEYS: [(&str, &str); 15] = [
    ("Space → PgDn", "Next"),
    ("← PgUp", "Back"),
    ("R", "Run, pause"),
    ("1", "Step the left program"),
    ("2", "Step the right program"),
    ("End", "To the live end"),
    ("Home", "To the first step"),
    ("W P S C", "In words, Packet, TCP states, Call"),
    ("H", "Hold packets, or let them cross by themselves"),
    ("D X U", "The packet that waits: deliver, drop, duplicate"),
    ("L B", "The same: delay, put behind the next"),
    (
        "↑ ↓ Enter",
        "In a source: from line to line, and what belongs to it",
    ),
    ("F", "Present: fewer things, larger"),
    ("Esc", "Leave a field or the editor"),
    ("?", "This list"),
];

/// Does this element take keys itself?
fn takes_keys(element: &web_sys::Element, key: &str) -> bool {
    let name = element.tag_name();
    match name.as_str() {
        "INPUT" | "TEXTAREA" | "SELECT" => true,
        "BUTTON" | "A" | "SUMMARY" => key == " ",
        _ => false,
    }
}

/// What a key does; true if it did something.
pub fn press(ui: Ui, event: &web_sys::KeyboardEvent) -> bool {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return false;
    }
    let key = event.key();
    let inside = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    if inside.is_some_and(|e| takes_keys(&e, &key) || e.closest("dialog").ok().flatten().is_some()) {
        return false;
    }
    let shown = |i: usize| ui.shown[i].get_untracked();
    match key.as_str() {
        " " | "ArrowRight" | "PageDown" => ui.next(),
        "ArrowLeft" | "PageUp" => {
            ui.back();
        }
        "End" => ui.go_live(),
        "Home" => ui.go_to(0),
        "r" | "R" => ui.run_or_pause(),
        "1" => shown(0).into_iter().for_each(|p| ui.step(p)),
        "2" => shown(1).into_iter().for_each(|p| ui.step(p)),
        "w" | "W" => ui.tab.set(Tab::Words),
        "s" | "S" => ui.tab.set(Tab::States),
        "c" | "C" => ui.tab.set(Tab::Call),
        "p" | "P" if untrack(|| ui.has_wire()) => ui.tab.set(Tab::Packet),
        "h" | "H" => return ui.hold_or_not(),
        "f" | "F" => ui.present.update(|p| *p = !*p),
        "?" => ui.help.update(|h| *h = !*h),
        key => {
            let Some(action) = super::wire::action_of(key) else {
                return false;
            };
            return ui.wire_packet(action);
        }
    }
    true
}

/// The list of keys.
#[component]
pub fn Help(ui: Ui) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if ui.help.get() {
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=dialog aria-label="Keys" on:close=move |_| ui.help.set(false)>
            <h2>"Keys"</h2>
            <table><tbody>
                {KEYS.map(|(keys, what)| view! {
                    <tr><th scope="row">{keys.split(' ').map(|k| view! { <kbd>{k}</kbd> }).collect_view()}</th><td>{what}</td></tr>
                }).into_iter().collect::<Vec<_>>()}
            </tbody></table>
            <div class="row2"><button type="button" class="btn" on:click=move |_| ui.help.set(false)>"Close"</button></div>
        </dialog>
    }
}
