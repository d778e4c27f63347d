//! The browser's frames and events, and putting a view into the page.

use crate::dom::{self, State};
use crate::view::{AnyView, IntoView};
use any_spawner::Executor;
use reactive_graph::owner::Owner;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, HtmlInputElement};

/// The page's document.
pub fn document() -> web_sys::Document {
    let document = web_sys::window().and_then(|w| w.document());
    document.unwrap_or_else(|| unreachable!("views are for pages"))
}

/// Runs `run` before the next picture.
pub fn request_animation_frame(run: impl FnOnce() + 'static) {
    at_next_frame(Box::new(run));
}

fn at_next_frame(run: Box<dyn FnOnce()>) {
    if let Some(window) = web_sys::window() {
        let run = Closure::once_into_js(run);
        let _ = window.request_animation_frame(run.unchecked_ref());
    }
}

/// Runs `run` when the views are what the signals say now, and before the picture: what it asks of the layout is computed for
/// that picture anyway, and what it scrolls is seen in its place from the first one on. Inside an effect.
pub fn when_drawn(run: impl FnOnce() + 'static) {
    after_effects(Box::new(run));
}

fn after_effects(run: Box<dyn FnOnce()>) {
    // All effects of one change are tasks that were there before this one.
    Executor::spawn_local(async move { run() });
}

/// What the field has in which an event has happened.
pub fn event_target_value(event: &web_sys::Event) -> String {
    let target = event.target().map(JsCast::unchecked_into::<HtmlInputElement>);
    target.map_or_else(String::new, |field| field.value())
}

/// A view in the page. It goes when this is dropped.
pub struct Mounted {
    state: State,
    owner: Owner,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.state.remove();
        self.owner.cleanup();
    }
}

/// Puts a view into an element.
pub fn mount_to<V: IntoView>(parent: HtmlElement, make: impl FnOnce() -> V) -> Mounted {
    // The answer only says whether it has been done before.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let state = owner.with(|| put(&parent, make().into_any()));
    Mounted { state, owner }
}

fn put(parent: &HtmlElement, view: AnyView) -> State {
    let state = dom::build(view);
    state.mount(parent, None);
    state
}
