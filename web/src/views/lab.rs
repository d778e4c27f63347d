//! A whole lab.

use super::Ui;
use super::caption::{Bars, CaptionRow};
use super::diagram::DiagramColumn;
use super::dock::Dock;
use super::keys::Help;
use super::lane::LaneColumn;
use super::phone::{Minis, PaneTabs};
use super::toolbar::Toolbar;
use engine::session::Side;
use leptos::prelude::*;

/// The lab. `more` are further buttons of the toolbar.
#[component]
pub fn LabView(ui: Ui, #[prop(optional_no_strip)] more: Option<ViewFn>) -> impl IntoView {
    let toolbar = match more {
        Some(more) => view! { <Toolbar ui more/> }.into_any(),
        None => view! { <Toolbar ui/> }.into_any(),
    };
    view! {
        <div class="lab" class:past=move || ui.in_past() class:present=move || ui.present.get() data-p=move || ui.pane.get().name()>
            {toolbar}
            <CaptionRow ui/>
            <Bars ui/>
            <PaneTabs ui/>
            <div class="main">
                <LaneColumn ui side=Side::Left/>
                <DiagramColumn ui/>
                <LaneColumn ui side=Side::Right/>
                <Dock ui/>
            </div>
            <Minis ui/>
            <Help ui/>
        </div>
    }
}
