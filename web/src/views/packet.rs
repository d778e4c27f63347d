//! One packet: a line that says what it is, its fields, its bytes. A field lights its bytes up, a byte its field.

use super::Ui;
use super::icons::{self, icon};
use crate::model::packet::{self, PacketView, ROW};
use leptos::prelude::*;

/// The tab "Packet".
#[component]
pub fn Packet(ui: Ui) -> impl IntoView {
    let view = Memo::new(move |_| {
        let picked = ui.picked.get();
        let driver = ui.driver();
        ui.read(|m| packet::packet(m, &driver.diagram(), picked.unwrap_or_else(|| m.seq())))
    });
    let step = move |hook: &'static str, label: &'static str, path: &'static str, to: Option<u64>| {
        view! {
            <button type="button" class="btn flat i" aria-label=label title=label data-do=hook disabled=to.is_none()
                on:click=move |_| to.into_iter().for_each(|seq| ui.pick(seq))>{icon(path)}</button>
        }
    };
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
                    <div class="fl" tabindex="0" role="group" aria-label="fields"></div>
                    {hex(&p)}
                </div>
            </div>
        }
        .into_any(),
    }
}

fn hex(p: &PacketView) -> impl IntoView + use<> {
    let rows: Vec<_> = p
        .bytes
        .chunks(ROW)
        .enumerate()
        .map(|(row, chunk)| {
            let cells = chunk.iter().map(|b| packet::cell(*b)).collect::<String>();
            let hex: Vec<_> = chunk.iter().map(|b| view! { <span>{format!("{b:02x}")}</span> }).collect();
            view! { <div><span class="of">{format!("{:04}", row * ROW)}</span><span class="hx">{hex}</span><span class="as">{cells}</span></div> }
        })
        .collect();
    let more = (p.more > 0).then(|| view! { <div class="of">{format!("and {} bytes more", p.more)}</div> });
    view! { <div class="hex" tabindex="0" role="group" aria-label="bytes">{rows}{more}</div> }
}
