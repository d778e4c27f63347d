//! A stand-in for the crate `leptos`: its macros and its reactive system as they are, and a renderer of our own in the place of
//! tachys. Leptos makes a type, and with it a copy of its code, for each value of a signal, each closure and each element with its
//! attributes: 600 KB of the page. Here a view is one type, and closures and values stand behind pointers.
//!
//! ```text
//! signal.rs   signals, memos, effects, stored values: one of Leptos's own for all types of values
//! view.rs     what can stand in a view, and AnyView, which all of it becomes
//! value.rs    what can be the value of an attribute, a class, a property
//! element.rs  an element before it is in the page: what `view!` writes
//! dom.rs      what stands in the page, and how it is brought to what a view says now
//! names.rs    the tags, attributes and events that `view!` knows; a new one is a line there
//! show.rs     the component `Show`
//! page.rs     the browser's frames and events, and putting a view into the page
//! ```
//!
//! Paths such as `tachys::html::element` are those that the macros write.

#![expect(clippy::module_name_repetitions, reason = "names are Leptos's own")]

// The macros write paths from here.
extern crate self as leptos;

mod dom;
mod element;
mod names;
mod page;
mod show;
mod signal;
mod value;
mod view;

pub use leptos_macro::{component, view};
pub use view::live as __as_shared_reactive_fn;
pub use {typed_builder, typed_builder_macro};

/// What a file of views needs.
pub mod prelude {
    pub use crate::element::NodeRef;
    pub use crate::page::{document, event_target_value, request_animation_frame, when_drawn};
    pub use crate::show::{Show, ShowProps};
    pub use crate::signal::{Effect, LocalStorage, Memo, RwSignal, StoredValue};
    pub use crate::value::IntoAttributeValue;
    pub use crate::view::{AnyView, CollectView, IntoMaybeErased, IntoRender, IntoView, View};
    pub use leptos_macro::{component, view};
    pub use reactive_graph::graph::untrack;
    pub use reactive_graph::owner::{Owner, expect_context, on_cleanup, provide_context, use_context};
}

/// The types of events.
pub mod ev {
    pub use web_sys::{Event, KeyboardEvent, MouseEvent, PointerEvent, SubmitEvent};
}

/// The types of elements that a [`NodeRef`](prelude::NodeRef) can be for.
pub mod html {
    pub use crate::element::{Dialog, Div, Input, Ol, Textarea};
}

/// Putting views into the page.
pub mod mount {
    pub use crate::page::{Mounted, mount_to};
}

/// Tasks.
pub mod task {
    pub use any_spawner::Executor;
    use std::future::Future;

    /// Runs a task.
    pub fn spawn_local(task: impl Future<Output = ()> + 'static) {
        Executor::spawn_local(task);
    }

    /// Waits until what is ready to run has run.
    pub async fn tick() {
        Executor::tick().await;
    }
}

/// How `#[component]` makes and reads a component's properties.
pub mod component {
    pub use crate::view::{Component, Props, component_props_builder, component_view};
}

/// How `view!` hands on what stands inside a component.
pub mod children {
    pub use crate::view::{Children, ToChildren};
}

/// Leptos's reactive system.
pub mod reactive {
    /// What it knows of who reads what.
    pub mod graph {
        pub use reactive_graph::graph::untrack as untrack_with_diagnostics;
    }
}

/// Where `view!` looks for elements and their parts.
pub mod tachys {
    /// HTML.
    pub mod html {
        pub use crate::view::InertElement;
        /// Elements.
        pub mod element {
            pub use crate::names::html::*;
        }
        /// Events.
        pub mod event {
            pub use crate::names::events::*;
        }
    }
    /// SVG.
    pub mod svg {
        pub use crate::names::svg::*;
    }
    /// Views.
    pub mod view {
        /// More than one child.
        pub mod iterators {
            pub use crate::view::StaticVec;
        }
    }
}
