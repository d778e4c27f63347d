//! One packet: a line that says what it is, its fields, its bytes. A field lights its bytes up, a byte its field.

use super::Ui;
use super::icons::{self, icon};
use crate::model::packet::{self, PacketView, ROW};
use engine::packet::fields::Field;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The tab "Packet".
#[component]
pub fn Packet(ui: Ui) -> impl IntoView {
    let view = Memo::new(move |old: Option<&Option<PacketView>>| {
        let picked = ui.picked.get();
        // Nobody reads a packet that is another one with every picture: the last one follows when the programs rest.
        if let Some(old) = old.filter(|_| picked.is_none() && ui.is_at_full_speed()) {
            ui.read_last(|_| ());
            return old.clone();
        }
        let driver = ui.driver();
        // Not chosen: the one that waits, else the last one that was sent.
        let waits = ui.waiting().map(|w| w.id);
        ui.read_last(|m| {
            let waits = waits.and_then(|id| m.state.wire.packet(id)).map(|p| p.seq);
            let last = || m.state.wire.packets.iter().map(|p| p.seq).max();
            let seq = picked.or(waits).or_else(last)?;
            packet::packet(m, &driver.diagram(), seq)
        })
    });
    let step = move |hook: &'static str, label: &'static str, path: &'static str, to: Option<u64>| {
        view! {
            <button type="button" class="btn flat i" aria-label=label title=label data-do=hook disabled=to.is_none()
                on:click=move |_| to.into_iter().for_each(|seq| ui.pick(seq))>{icon(path)}</button>
        }
    };
    // The field whose bytes are lit: the one that the pointer or the focus is on.
    let lit = RwSignal::new(None::<usize>);
    move || match view.get() {
        None => view! { <p class="none big">{move || if ui.has_wire() {
            "No packet yet. Here stands the last one, or the one that you choose in the diagram."
        } else {
            "This network shows no packets."
        }}</p> }
        .into_any(),
        Some(p) => view! {
            <div class="call-d" data-packet-shown=p.id.0.to_string()>
                <p class="pn">
                    {step("packet-before", "The packet before", icons::BACK, p.before)}
                    {step("packet-after", "The packet after", icons::NEXT, p.after)}
                    <b>{format!("{}: {}", p.id.0, p.title)}</b><span>{p.place.clone()}</span>
                </p>
                <div class="fb">
                    {table(&p, lit)}
                    {hex(&p, lit)}
                </div>
            </div>
        }
        .into_any(),
    }
}

type Lit = RwSignal<Option<usize>>;

/// The fields; arrow keys go from one to the next.
fn table(p: &PacketView, lit: Lit) -> impl IntoView + use<> {
    let count = p.fields.len();
    let key = move |event: leptos::ev::KeyboardEvent| {
        let to = match (event.key().as_str(), lit.get_untracked()) {
            ("ArrowDown", at) => at.map_or(0, |i| (i + 1).min(count.saturating_sub(1))),
            ("ArrowUp", at) => at.unwrap_or(0).saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        lit.set(Some(to));
        let list = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        request_animation_frame(move || {
            let Some(list) = list else { return };
            let Ok(Some(row)) = list.query_selector("tr.lit") else {
                return;
            };
            let (view, row) = (list.get_bounding_client_rect(), row.get_bounding_client_rect());
            if row.top() < view.top() || row.bottom() > view.bottom() {
                let top = f64::from(list.scroll_top()) + row.top() - view.top() - view.height() / 3.0;
                list.set_scroll_top(top.max(0.0) as i32);
            }
        });
    };
    let row = move |(i, f): (usize, Field)| {
        let style = format!("padding-left:{}px", 16 + usize::from(f.depth) * 12);
        view! {
            <tr class:lit=move || lit.get() == Some(i) on:mouseenter=move |_| lit.set(Some(i)) on:click=move |_| lit.set(Some(i))>
                <th scope="row" style=style>{f.name.into_owned()}</th><td>{f.value}</td><td class="w">{f.meaning.into_owned()}</td>
            </tr>
        }
    };
    let said = {
        let fields = p.fields.clone();
        move || {
            lit.get()
                .and_then(|i| fields.get(i))
                .map(|f| format!("{}: {}. {}", f.name, f.value, f.meaning))
        }
    };
    view! {
        <div class="fl pf" tabindex="0" role="group" aria-label="Fields; arrow keys go through them" on:keydown=key>
            <span class="sr" role="status">{said}</span>
            <table><tbody>{p.fields.iter().cloned().enumerate().map(row).collect_view()}</tbody></table>
        </div>
    }
}

fn hex(p: &PacketView, lit: Lit) -> impl IntoView + use<> {
    let ranges = StoredValue::new(p.fields.iter().map(|f| f.range.clone()).collect::<Vec<_>>());
    // The smallest field that a byte is in.
    let field_at = move |at: usize| {
        ranges.with_value(|r| {
            (0..r.len())
                .filter(|i| r[*i].contains(&at))
                .min_by_key(|i| r[*i].len())
        })
    };
    let is_lit = move |at: usize| {
        lit.get()
            .is_some_and(|i| ranges.with_value(|r| r.get(i).is_some_and(|r| r.contains(&at))))
    };
    let rows: Vec<_> = p
        .bytes
        .chunks(ROW)
        .enumerate()
        .map(|(row, chunk)| {
            let cells = chunk.iter().map(|b| packet::cell(*b)).collect::<String>();
            let hex: Vec<_> = chunk
                .iter()
                .enumerate()
                .map(|(i, b)| {
                    let at = row * ROW + i;
                    view! { <span class:lit=move || is_lit(at) on:mouseenter=move |_| lit.set(field_at(at))>{format!("{b:02x}")}</span> }
                })
                .collect();
            view! { <div><span class="of">{format!("{:04}", row * ROW)}</span><span class="hx">{hex}</span><span class="as">{cells}</span></div> }
        })
        .collect();
    let more = (p.more > 0).then(|| view! { <div class="of">{format!("and {} bytes more", p.more)}</div> });
    view! { <div class="hex" tabindex="0" role="group" aria-label="bytes">{rows}{more}</div> }
}
