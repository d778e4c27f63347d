//! The toolbar: one Next that says what it will do, Back, Run, the bar of events, and what belongs to the whole lab.

use super::icons::{self, icon};
use super::{Ui, watch};
use crate::model::{caption, scrub};
use crate::playground::Desk;
use crate::playground::file::{save_bytes, save_file};
use engine::session::{Command, Rest};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const SPEEDS: [(&str, &str, Option<u64>); 3] = [
    ("full", "full speed", None),
    ("four", "4 a second", Some(250_000_000)),
    ("one", "1 a second", Some(1_000_000_000)),
];

/// The toolbar.
#[component]
pub fn Toolbar(ui: Ui, desk: Option<Desk>) -> impl IntoView {
    let title = Memo::new(move |_| ui.read(|m| m.spec.title.clone()));
    let can_next = Memo::new(move |old: Option<&bool>| match old {
        Some(old) if ui.in_step() => *old,
        _ => ui.read(caption::caption).can_next,
    });
    let running = Memo::new(move |_| {
        let over = ui.read(|m| matches!(m.rest, Rest::Ended | Rest::Full | Rest::Lost));
        !over && ui.driver().session().is_running()
    });
    let at_start = Memo::new(move |_| ui.read(|m| m.seq() == 0));
    let can_run = Memo::new(move |old: Option<&bool>| match old {
        Some(old) if ui.in_step() => *old,
        _ => running.get() || ui.read(|m| m.is_live() && matches!(m.rest, Rest::Ready(_))),
    });
    let at_live_start = Memo::new(move |_| ui.read(|m| m.timeline.is_empty()));
    let ended = Memo::new(move |_| ui.read(|m| matches!(m.rest, Rest::Ended | Rest::Full | Rest::Lost)));
    let replay = ui.driver().session().is_replay();
    let speed = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        let chosen = SPEEDS.iter().find(|s| s.0 == value).and_then(|s| s.2);
        ui.speed.set(chosen);
        if running.get_untracked() {
            ui.command(Command::Run(chosen));
        }
    };
    view! {
        <div class="tbar" role="toolbar" aria-label="Lab">
            <a class="brand" href=ui.home.get_value()>"Wirelab"<span>{move || title.get()}</span></a>
            <span class="ctl">
                <button type="button" class="btn back" data-do="back" disabled=move || at_start.get()
                    on:click=move |_| { ui.back(); }>{icon(icons::BACK)}<span>"Back"</span></button>
                <button type="button" class="btn nextb" data-do="next" disabled=move || !can_next.get()
                    on:click=move |_| ui.next()>"Next"{icon(icons::NEXT)}</button>
                <button type="button" class="btn run" data-do="run" disabled=move || ui.in_past() || !can_run.get()
                    on:click=move |_| ui.run_or_pause()>
                    {move || if running.get() {
                        view! { {icon(icons::PAUSE)}"Pause" }.into_any()
                    } else {
                        view! { {icon(icons::RUN)}"Run" }.into_any()
                    }}
                </button>
            </span>
            <Scrub ui/>
            <span class="rt">
                <select class="speed" aria-label="Speed of Run" on:change=speed>
                    {SPEEDS.map(|(value, text, _)| view! { <option value=value>{text}</option> }).into_iter().collect::<Vec<_>>()}
                </select>
                <super::wire::WireControl ui/>
                <super::network::NetworkButton ui/>
                <Show when=move || !replay>
                    <button type="button" class="btn flat i keep" class:strong=move || ended.get() aria-label="Reset" title="Reset"
                        data-do="reset" on:click=move |_| ui.command(Command::Reset)>{icon(icons::RESET)}<span>"Reset"</span></button>
                </Show>
                <button type="button" class="btn flat i" aria-label="Save the timeline" title="Save the timeline" data-do="export"
                    disabled=move || at_live_start.get() on:click=move |_| save_timeline(ui)>{icon(icons::TIMELINE)}</button>
                <Show when=move || ui.has_wire()>
                    <button type="button" class="btn flat i" aria-label="Save the packets (pcapng)" title="Save the packets (pcapng)" data-do="pcapng"
                        disabled=move || at_live_start.get() on:click=move |_| save_packets(ui)>{icon(icons::CAPTURE)}</button>
                </Show>
                <button type="button" class="btn flat i keep" aria-label="Compare two runs" title="Compare two runs" data-do="compare"
                    on:click=move |_| ui.comparing.set(true)>{icon(icons::COMPARE)}</button>
                {desk.map(|desk| desk.buttons(ui))}
                <button type="button" class="btn flat i" aria-label="Present" title="Present (F)"
                    aria-pressed=move || ui.present.get().to_string()
                    on:click=move |_| ui.present.update(|p| *p = !*p)>{icon(icons::PRESENT)}</button>
                <button type="button" class="btn flat i" aria-label="Keys" title="Keys (?)"
                    on:click=move |_| ui.help.set(true)>{icon(icons::KEYS)}</button>
            </span>
        </div>
    }
}

/// The whole history as a file: what `wirelab run --timeline` writes.
fn save_timeline(ui: Ui) {
    let recording = ui.driver().session().recording();
    save_file("timeline.json", &protocol::write::to_json(&recording));
}

/// What crossed the wire, for Wireshark.
fn save_packets(ui: Ui) {
    let recording = ui.driver().session().recording();
    save_bytes("packets.pcapng", &engine::timeline::capture::pcapng(&recording));
}

#[component]
fn Scrub(ui: Ui) -> impl IntoView {
    let bar = NodeRef::<html::Div>::new();
    let size = watch::size_of(bar);
    let drawing = Memo::new(move |_| {
        let width = size.get().0.max(60.0);
        let cursor = ui.read(|m| m.seq());
        ui.driver().signs().draw(cursor, width)
    });
    let place = Memo::new(move |_| ui.read(|m| (m.seq(), m.timeline.len(), m.is_live())));
    let replay = ui.driver().session().is_replay();
    let drag = move |event: &leptos::ev::PointerEvent| {
        let Some(element) = bar.get_untracked() else {
            return;
        };
        let x = f64::from(event.client_x()) - element.get_bounding_client_rect().left();
        let scale = scrub::Scale::new(place.get_untracked().1, size.get_untracked().0.max(60.0));
        ui.drag_to(scale.seq(x));
    };
    let down = move |event: leptos::ev::PointerEvent| {
        if let Some(element) = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        drag(&event);
    };
    let moved = move |event: leptos::ev::PointerEvent| {
        if event.buttons() & 1 == 1 {
            drag(&event);
        }
    };
    // One that was pressed elsewhere and only passes is not captured: it leaves.
    let let_go = move |_| ui.drop_bar();
    let key = move |event: leptos::ev::KeyboardEvent| {
        let (seq, len, _) = place.get_untracked();
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => seq.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => seq + 1,
            "Home" => 0,
            "End" => len,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        ui.go_to(to);
    };
    view! {
        <span class="sc">
            <div class="scrub" node_ref=bar role="slider" tabindex="0" aria-label="Steps" aria-valuemin="0"
                aria-valuemax=move || place.get().1.to_string() aria-valuenow=move || place.get().0.to_string()
                aria-valuetext=move || format!("step {} of {}", place.get().0, place.get().1)
                on:pointerdown=down on:pointermove=moved on:lostpointercapture=let_go on:pointerleave=let_go
                on:keydown=key>
                <svg aria-hidden="true" inner_html=move || drawing.get()></svg>
            </div>
            <span class="pos" data-position><b>{move || place.get().0}</b>"/"{move || place.get().1}
                <span>{move || if place.get().2 && !replay { "live" } else if replay { "recorded" } else { "past" }}</span></span>
        </span>
    }
}
