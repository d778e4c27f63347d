//! The time-sequence diagram: drawn at the width that there is, only what is in sight.

use super::wire::{Acts, Capsules};
use super::{Ui, watch};
use crate::diagram::{Drawing, Geometry, Head, View};
use crate::model::{lane, network, time_text};
use engine::session::Side;
use engine::timeline::PacketState;
use engine::timeline::words::capital;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Pixels beyond what is in sight that are drawn too, and the grain of redrawing while scrolling.
const MARGIN: f64 = 240.0;
const GRAIN: f64 = 120.0;
/// What is nearer than this to the pane's edge is not well in sight, pixels.
const EDGE: f64 = 30.0;
/// Room for the buttons of the packet that waits, pixels.
const ACTS: f64 = 96.0;

/// The column in the middle.
#[component]
pub fn DiagramColumn(ui: Ui) -> impl IntoView {
    let pane = NodeRef::<html::Div>::new();
    let size = watch::size_of(pane);
    let scroll = RwSignal::new(0.0_f64);
    let geometry = Memo::new(move |_| {
        let width = size.get().0;
        let scale = if ui.present.get() && width >= 600.0 {
            1.38
        } else {
            1.0
        };
        Geometry { width, scale }
    });
    // The cursor's row stays in sight: at the live end the end, in the past the line "You are here".
    let aim = Memo::new(move |_| {
        let (cursor, waits) = ui.read(|m| {
            (
                m.seq(),
                m.is_live() && m.state.wire.packets.iter().any(PacketState::in_flight),
            )
        });
        let extent = ui.driver().diagram().extent(geometry.get(), cursor);
        let view = size.get().1;
        let height = if waits {
            extent.height.max(extent.acts + ACTS)
        } else {
            extent.height
        };
        let to = extent
            .here
            .map_or(height - view, |here| here - (view * 0.62).floor());
        to.min(height - view).max(0.0).floor() as i32
    });
    // What is drawn: around where the pane will stand, so that it is drawn once and not again when it has moved there.
    // While the bar is dragged or programs run at full speed it moves on with every picture: nothing around is drawn.
    let top = Memo::new(move |old: Option<&(i32, (f64, f64))>| {
        ui.version.track();
        let (aim, scroll) = (aim.get(), scroll.get());
        let moved = old.is_none_or(|(before, _)| *before != aim);
        let at = if moved { f64::from(aim) } else { scroll };
        let margin = if ui.is_in_a_hurry() { 0.0 } else { MARGIN };
        (aim, ((((at - margin) / GRAIN).floor() * GRAIN).max(0.0), margin))
    });
    let top = Memo::new(move |_| top.get().1);
    let drawing = Memo::new(move |_| {
        let ((top, margin), height) = (top.get(), size.get().1);
        draw(ui, geometry.get(), top, top + height + 2.0 * margin + GRAIN)
    });
    Effect::new(move |_| {
        let to = aim.get();
        when_drawn(move || {
            if let Some(pane) = pane.get_untracked() {
                pane.set_scroll_top(to);
            }
        });
    });
    // What is chosen elsewhere (a line, a state, a sentence) is brought into sight.
    Effect::new(move |_| {
        let Some(seq) = ui.picked.get() else { return };
        when_drawn(move || {
            let Some(pane) = pane.get_untracked() else { return };
            let (geometry, view) = (geometry.get_untracked(), size.get_untracked().1);
            let cursor = ui.peek(|m| m.seq());
            let y = ui.driver().diagram().place_of(geometry, cursor, seq);
            let top = f64::from(pane.scroll_top());
            if y < top + EDGE || y > top + view - EDGE {
                pane.set_scroll_top((y - view * 0.4).max(0.0) as i32);
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
                    let acts = if ui.can_act() && ui.waiting().is_some() { ACTS } else { 0.0 };
                    drawing.with(|d| format!("height:{}px;--f:{}", d.height.max(d.acts + acts), d.scale))
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
    let network = ui.driver().session().network();
    network.map_or("", |is| network::words(is.network, is.private).between)
}
