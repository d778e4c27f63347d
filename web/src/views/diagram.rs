//! The time-sequence diagram: drawn at the width that there is, only what is in sight.

use super::wire::{Acts, Capsules};
use super::{Ui, watch};
use crate::diagram::{Drawing, Geometry, Head, View};
use crate::model::{lane, time_text};
use engine::session::Side;
use engine::timeline::words::capital;
use leptos::html;
use leptos::prelude::*;
use protocol::Network;
use wasm_bindgen::JsCast;

/// Pixels beyond what is in sight that are drawn too, and the grain of redrawing while scrolling.
const MARGIN: f64 = 240.0;
const GRAIN: f64 = 120.0;

/// The column in the middle.
#[component]
pub fn DiagramColumn(ui: Ui) -> impl IntoView {
    let pane = NodeRef::<html::Div>::new();
    let size = watch::size_of(pane);
    let scroll = RwSignal::new(0.0_f64);
    let drawing = Memo::new(move |_| {
        let (width, height) = size.get();
        let top = ((scroll.get() - MARGIN) / GRAIN).floor() * GRAIN;
        let scale = if ui.present.get() && width >= 600.0 {
            1.38
        } else {
            1.0
        };
        draw(
            ui,
            Geometry { width, scale },
            top.max(0.0),
            top + height + 2.0 * MARGIN + GRAIN,
        )
    });
    // The cursor's row stays in sight: at the live end the end, in the past the line "You are here".
    let place = Memo::new(move |_| {
        (
            drawing.with(|d| (d.height as i32, d.here.map(|h| h as i32), !d.capsules.is_empty())),
            size.get().1 as i32,
        )
    });
    Effect::new(move |_| {
        let ((height, here, waits), view) = place.get();
        let height = if waits { height + 96 } else { height };
        request_animation_frame(move || {
            if let Some(pane) = pane.get_untracked() {
                let to = here.map_or(height, |here| here - view * 62 / 100);
                pane.set_scroll_top(to.max(0));
            }
        });
    });
    let scrolled = move |event: leptos::ev::Event| {
        if let Some(pane) = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) {
            let top = f64::from(pane.scroll_top());
            if (top - scroll.get_untracked()).abs() >= 1.0 {
                scroll.set(top);
            }
        }
    };
    let picked = move |event: leptos::ev::MouseEvent| {
        let mark = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let seq = mark
            .and_then(|e| e.closest("[data-seq]").ok().flatten())
            .and_then(|e| e.get_attribute("data-seq"));
        if let Some(seq) = seq.and_then(|s| s.parse::<u64>().ok()) {
            ui.pick(seq);
        }
    };
    let svg = move |f: fn(&Drawing, (f64, f64)) -> String| move || drawing.with(|d| f(d, size.get()));
    let here = move || {
        let (at, len, t) = ui.read(|m| (m.seq(), m.timeline.len(), time_text(m.state.t, m.began())));
        drawing.with(|d| d.here).map(|y| {
            view! {
                <div class="curl" style=format!("top:{y:.0}px")></div>
                <div class="curt" style=format!("top:{y:.0}px")>{format!("You are here: step {at} of {len} · {}", t)}</div>
            }
        })
    };
    let top = Memo::new(move |_| drawing.with(|d| d.top));
    view! {
        <div class="mid-col" role="group" aria-label="Diagram" data-diagram>
            <Ends ui/>
            <div class="dia" node_ref=pane tabindex="0" role="group" aria-label="Time-sequence diagram; the same in words under In words"
                on:scroll=scrolled on:click=picked>
                <div class="dw" style=move || {
                    // Room for the buttons of the packet that waits; they belong to the live end.
                    let acts = if ui.can_act() && ui.waiting().is_some() { 96.0 } else { 0.0 };
                    drawing.with(|d| format!("height:{}px;--f:{}", d.height.max(d.end + acts), d.scale))
                }>
                    <svg aria-hidden="true" style=move || format!("top:{}px", top.get())
                        width=svg(|_, (w, _)| w.to_string()) height=svg(|d, (_, _)| (d.bottom - d.top).max(0.0).to_string())
                        viewBox=svg(|d, (w, _)| format!("0 {} {w} {}", d.top, (d.bottom - d.top).max(1.0)))
                        inner_html=move || drawing.with(|d| d.svg.clone())></svg>
                    {here}
                    <Capsules ui drawing/>
                    <Acts ui drawing/>
                </div>
                <Show when=move || ui.read(|m| m.timeline.is_empty())>
                    <div class="empty">"Press Next. Calls, bytes and states appear here, in the order in which they happen."</div>
                </Show>
            </div>
        </div>
    }
}

fn draw(ui: Ui, geometry: Geometry, top: f64, bottom: f64) -> Drawing {
    let lit = ui.lit_marks();
    let (cursor, heads) = ui.read(|m| {
        // A program that has ended has said so on its lifeline.
        let head = |program| {
            let lane = lane::lane(m, program);
            (lane.alive || !lane.started || lane.next).then_some(Head {
                program,
                text: lane.head,
                next: lane.next,
            })
        };
        (m.seq(), m.programs().filter_map(head).collect())
    });
    let driver = ui.driver();
    let diagram = driver.diagram();
    diagram.draw(
        geometry,
        &View {
            top,
            bottom,
            cursor,
            lit,
            related: ui.related(),
            heads,
        },
    )
}

/// Who stands at the two ends, with their addresses.
#[component]
fn Ends(ui: Ui) -> impl IntoView {
    let end = move |side: Side| {
        let shown = ui.shown[side as usize];
        Memo::new(move |_| {
            let Some(id) = shown.get() else {
                return (String::new(), String::new());
            };
            ui.read(|m| {
                let samples = m
                    .state
                    .sockets_of(id)
                    .filter(|s| s.closed.is_none())
                    .filter_map(|s| s.sample.as_ref());
                let address = samples
                    .filter_map(|s| s.local.as_ref())
                    .filter(|a| a.port() != Some(0))
                    .last();
                (
                    capital(m.name(id)),
                    address.map_or_else(String::new, ToString::to_string),
                )
            })
        })
    };
    let (left, right) = (end(Side::Left), end(Side::Right));
    view! {
        <div class="ends">
            <span>{move || left.get().0}" "<i>{move || left.get().1}</i></span>
            <span class="between">{move || between(ui)}</span>
            <span>{move || right.get().0}" "<i>{move || right.get().1}</i></span>
        </div>
    }
}

/// What is seen between the two ends on this network.
fn between(ui: Ui) -> &'static str {
    ui.version.track();
    match ui.driver().session().network().map(|n| n.network) {
        Some(Network::Kernel) => "wire: the kernel's real packets",
        Some(Network::Live) => "live: calls and bytes, no packets",
        _ => "calls and bytes, no packets",
    }
}
