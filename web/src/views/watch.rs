//! The size of an element as a signal.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

/// Width and height of an element's inner box, CSS pixels; (0, 0) until it is there.
pub fn size_of(node: NodeRef<html::Div>) -> RwSignal<(f64, f64)> {
    let size = RwSignal::new((0.0, 0.0));
    let kept = StoredValue::new_local(None::<Watch>);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let measured = element.clone();
        let measure = move || {
            let new = (
                f64::from(measured.client_width()),
                f64::from(measured.client_height()),
            );
            size.try_update(|old| *old = new);
        };
        measure();
        let run = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = web_sys::ResizeObserver::new(run.as_ref().unchecked_ref()) {
            observer.observe(&element);
            kept.set_value(Some(Watch { observer, _run: run }));
        }
    });
    on_cleanup(move || {
        kept.try_update_value(Option::take);
    });
    size
}

struct Watch {
    observer: web_sys::ResizeObserver,
    _run: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
