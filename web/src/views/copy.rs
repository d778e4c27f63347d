//! A line of text to be taken elsewhere, with a button that copies it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// The line; `label` names it, `hook` is for tests and styles.
#[component]
pub fn CopyLine(text: String, label: &'static str, hook: &'static str) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        field.select();
        // Works over plain http in a class too, where the newer clipboard interface does not exist.
        let document: JsValue = document().into();
        let run = js_sys::Reflect::get(&document, &"execCommand".into());
        if let Some(run) = run.ok().and_then(|r| r.dyn_into::<js_sys::Function>().ok()) {
            copied.set(run.call1(&document, &"copy".into()).is_ok_and(|d| d.is_truthy()));
        }
    };
    view! {
        <div class="copy">
            <input type="text" readonly node_ref=field aria-label=label prop:value=text data-copy=hook/>
            <button type="button" class="btn" on:click=copy>"Copy"</button>
            <span role="status">{move || copied.get().then_some("Copied.")}</span>
        </div>
    }
}
