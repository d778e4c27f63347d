//! The browser's clocks and timers as values: dropping one ends it (also from inside its own run: wasm-bindgen keeps a
//! closure until it has returned).

use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

fn window() -> web_sys::Window {
    // A page always has one; workers are not ours.
    web_sys::window().unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into())
}

thread_local! {
    /// What the browser's clock showed last, and by how much it has gone back so far.
    static CLOCK: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
}

/// Milliseconds since the page began; never goes back, whatever the browser's clock does.
pub fn millis() -> f64 {
    let now = window().performance().map_or(0.0, |p| p.now());
    let (last, mut back) = CLOCK.get();
    back += (last - now).max(0.0);
    CLOCK.set((now, back));
    now + back
}

/// The wall clock, nanoseconds since 1970, UTC.
pub fn unix_nanos() -> i64 {
    (js_sys::Date::now() * 1e6) as i64
}

/// A timer that has not run yet.
#[derive(Debug)]
pub struct Timer {
    id: i32,
    kind: Kind,
    _run: Closure<dyn FnMut()>,
}

/// What the browser was asked for.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Once,
    Repeats,
    Frame,
    Idle,
}

impl Timer {
    /// Runs once after so many milliseconds (at most about 24 days).
    pub fn after(ms: f64, run: impl FnOnce() + 'static) -> Self {
        let run = once(run);
        let ms = ms.clamp(0.0, f64::from(i32::MAX)).ceil() as i32;
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(run.as_ref().unchecked_ref(), ms)
            .unwrap_or(0);
        Self {
            id,
            kind: Kind::Once,
            _run: run,
        }
    }

    /// Runs again and again.
    pub fn every(ms: i32, run: impl FnMut() + 'static) -> Self {
        let run = Closure::new(run);
        let id = window()
            .set_interval_with_callback_and_timeout_and_arguments_0(run.as_ref().unchecked_ref(), ms)
            .unwrap_or(0);
        Self {
            id,
            kind: Kind::Repeats,
            _run: run,
        }
    }

    /// Runs once before the next picture is drawn.
    pub fn frame(run: impl FnOnce() + 'static) -> Self {
        let run = once(run);
        let id = window()
            .request_animation_frame(run.as_ref().unchecked_ref())
            .unwrap_or(0);
        Self {
            id,
            kind: Kind::Frame,
            _run: run,
        }
    }

    /// Runs once when the page has nothing else to do, and at the latest after so many milliseconds; `None`: this browser
    /// does not say when that is.
    pub fn idle(latest: u32, run: impl FnOnce() + 'static) -> Option<Self> {
        let run = once(run);
        let options = web_sys::IdleRequestOptions::new();
        options.set_timeout(latest);
        let id = window()
            .request_idle_callback_with_options(run.as_ref().unchecked_ref(), &options)
            .ok()?;
        Some(Self {
            id: id.cast_signed(),
            kind: Kind::Idle,
            _run: run,
        })
    }
}

fn once(run: impl FnOnce() + 'static) -> Closure<dyn FnMut()> {
    let run = Cell::new(Some(run));
    Closure::new(move || {
        if let Some(run) = run.take() {
            run();
        }
    })
}

impl Drop for Timer {
    fn drop(&mut self) {
        // Ending one that has run does nothing.
        match self.kind {
            Kind::Once => window().clear_timeout_with_handle(self.id),
            Kind::Repeats => window().clear_interval_with_handle(self.id),
            Kind::Frame => {
                let _ = window().cancel_animation_frame(self.id);
            }
            Kind::Idle => window().cancel_idle_callback(self.id.cast_unsigned()),
        }
    }
}

/// Something that others wait for, again and again.
#[derive(Debug, Default)]
pub struct Bell {
    waiting: std::cell::RefCell<Vec<js_sys::Function>>,
}

impl Bell {
    /// Wakes everybody who waits.
    pub fn ring(&self) {
        for wake in self.waiting.take() {
            let _ = wake.call0(&JsValue::UNDEFINED);
        }
    }

    /// Waits for the next ring.
    pub fn wait(&self) -> impl Future<Output = ()> + use<> {
        let promise = js_sys::Promise::new(&mut |wake, _| self.waiting.borrow_mut().push(wake));
        async move {
            let _ = JsFuture::from(promise).await;
        }
    }
}
