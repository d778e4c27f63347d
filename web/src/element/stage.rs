//! A lab put into the page: its driver, its views, its clock, its keys. Everything ends when it is dropped.

use crate::driver::Driver;
use crate::driver::timer::{Timer, millis};
use crate::playground::Desk;
use crate::views::lab::LabView;
use crate::views::ui::Again;
use crate::views::{Ui, keys};
use engine::session::Session;
use leptos::prelude::*;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventTarget, HtmlElement, KeyboardEvent};

/// A lab in the page.
pub struct Stage {
    /// The lab.
    pub driver: Rc<Driver>,
    /// Its views' state.
    pub ui: Ui,
    version: RwSignal<u32>,
    _clock: Timer,
    _keys: Keys,
    _views: Box<dyn Any>,
}

impl Stage {
    /// Puts a lab into `host`. With the attribute `page` its keys work in the whole window. `journal` keeps what happens.
    pub fn new(
        host: &HtmlElement,
        session: Session,
        journal: js_sys::Array,
        present: bool,
        home: &str,
        desk: Option<Desk>,
        again: Again,
    ) -> Self {
        let owner = Owner::new();
        let pictures = Rc::new(Pictures::default());
        let asking = Rc::clone(&pictures);
        let (driver, version, ui) = owner.with(|| {
            let version = RwSignal::new(0_u32);
            let driver = Driver::open(session, journal, move || asking.ask(version));
            let ui = Ui::new(Rc::clone(&driver), version, present, home.to_owned(), again);
            (driver, version, ui)
        });
        host.set_inner_html("");
        let views = leptos::mount::mount_to(host.clone(), move || {
            provide_context(ui);
            if let Some(desk) = desk {
                provide_context(desk);
            }
            view! { <LabView ui desk/> }
        });
        let ticking = Rc::downgrade(&driver);
        let clock = Timer::every(1000, move || {
            if let Some(driver) = ticking.upgrade() {
                let _ = ui.clock.try_set(driver.now());
                if driver.working_for() > 0.0 {
                    pictures.ask(version);
                }
            }
        });
        let target: EventTarget = match web_sys::window() {
            Some(window) if host.has_attribute("page") => window.into(),
            _ => host.clone().into(),
        };
        Self {
            driver,
            ui,
            version,
            _clock: clock,
            _keys: Keys::listen(target, ui),
            _views: Box::new((views, owner)),
        }
    }

    /// Brings the views up to date now, not at the next frame.
    pub async fn show_now(&self) {
        self.ui.clock.set(self.driver.now());
        self.version.update(|v| *v = v.wrapping_add(1));
        self.ui.show_later();
        leptos::task::tick().await;
    }
}

/// The longest pause after a picture, milliseconds.
const LONGEST_PAUSE: f64 = 250.0;

/// When the views are brought up to date. After a picture (it takes two frames of about the same work) there is a pause twice as
/// long as that one took: the answers to programs that run come between pictures, and have at least two thirds of the time.
#[derive(Default)]
struct Pictures {
    /// One is asked for already.
    due: Cell<bool>,
    /// No other before this time (the page's clock, milliseconds).
    free: Cell<f64>,
    /// The pause before the next one.
    pause: RefCell<Option<Timer>>,
    frame: RefCell<Option<Timer>>,
    /// Notes when the last one was done: the first task behind it.
    done: RefCell<Option<Timer>>,
}

impl Pictures {
    /// Raises `version` before the next picture, however often it is called until then.
    fn ask(self: &Rc<Self>, version: RwSignal<u32>) {
        if self.due.replace(true) {
            return;
        }
        let wait = self.free.get() - millis();
        let this = Rc::clone(self);
        if wait > 0.0 {
            *self.pause.borrow_mut() = Some(Timer::after(wait, move || this.at_next_frame(version)));
        } else {
            this.at_next_frame(version);
        }
    }

    fn at_next_frame(self: &Rc<Self>, version: RwSignal<u32>) {
        let this = Rc::clone(self);
        *self.frame.borrow_mut() = Some(Timer::frame(move || this.draw(version)));
    }

    fn draw(self: &Rc<Self>, version: RwSignal<u32>) {
        self.due.set(false);
        let began = millis();
        let _ = version.try_update(|v| *v = v.wrapping_add(1));
        let this = Rc::clone(self);
        *self.done.borrow_mut() = Some(Timer::after(0.0, move || {
            let now = millis();
            this.free.set(now + (4.0 * (now - began)).min(LONGEST_PAUSE));
        }));
    }
}

struct Keys {
    target: EventTarget,
    run: Closure<dyn FnMut(KeyboardEvent)>,
}

impl Keys {
    fn listen(target: EventTarget, ui: Ui) -> Self {
        let run = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            if keys::press(ui, &event) {
                event.prevent_default();
            }
        });
        let _ = target.add_event_listener_with_callback("keydown", run.as_ref().unchecked_ref());
        Self { target, run }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback("keydown", self.run.as_ref().unchecked_ref());
    }
}
