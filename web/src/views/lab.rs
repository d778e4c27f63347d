//! A whole lab.

use super::Ui;
use super::caption::{Bars, CaptionRow};
use super::diagram::DiagramColumn;
use super::dock::Dock;
use super::lane::LaneColumn;
use super::part::LaterDialogs;
use super::phone::{Minis, PaneTabs};
use super::toolbar::Toolbar;
use crate::playground::Desk;
use engine::session::Side;
use leptos::prelude::*;

/// The lab; in the playground with its desk.
#[component]
pub fn LabView(ui: Ui, desk: Option<Desk>) -> impl IntoView {
    ui.begin_to_follow();
    let label = ui.peek(|m| format!("Lab: {}", m.spec.title));
    let loading = Memo::new(move |_| ui.is_loading());
    view! {
        <section class="lab" aria-label=label class:past=move || ui.in_past() class:present=move || ui.present.get() data-p=move || ui.pane.get().name()>
            <Toolbar ui desk/>
            <CaptionRow ui/>
            <Bars ui/>
            <p class="sr" role="status" data-lit>{move || ui.lit_in_words()}</p>
            <PaneTabs ui/>
            <p class="coming" role="status" data-coming>{move || loading.get().then_some("A part of the page is loading.")}</p>
            <div class="main" aria-busy=move || loading.get().then_some("true")>
                <LaneColumn ui side=Side::Left/>
                <DiagramColumn ui/>
                <LaneColumn ui side=Side::Right/>
                <Dock ui/>
            </div>
            <Minis ui/>
            <LaterDialogs ui desk/>
            {desk.map(|desk| desk.dialogs(ui))}
        </section>
    }
}
