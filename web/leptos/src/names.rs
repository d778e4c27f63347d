//! The tags, attributes and events that `view!` knows. A new one is a line here.

#![expect(non_upper_case_globals, reason = "the names of events are HTML's")]

use crate::element::Element;
use crate::value::IntoAttributeValue;
use std::marker::PhantomData;

macro_rules! tags {
    ($svg:literal: $($tag:ident)*) => {$(
        /// The element of this name.
        pub fn $tag() -> crate::element::Element {
            crate::element::Element::new(stringify!($tag), $svg)
        }
    )*};
}

/// HTML.
pub(crate) mod html {
    tags! { false:
        a article aside b br button caption code details dialog div em fieldset footer form h1 h2 h3 h4 header hr i img input kbd
        label legend li main nav ol option p pre progress section select small span strong summary table tbody td textarea tfoot
        th thead tr ul wbr
    }
}

/// SVG.
pub(crate) mod svg {
    tags! { true: circle g line path rect svg text }
}

macro_rules! attributes {
    ($($method:ident $name:literal)*) => {
        /// An attribute of this name.
        impl Element {$(
            #[doc = $name]
            #[must_use]
            pub fn $method(self, value: impl IntoAttributeValue) -> Self {
                self.attr($name, value)
            }
        )*}
    };
}

attributes! {
    accept "accept"
    aria_busy "aria-busy"
    aria_controls "aria-controls"
    aria_current "aria-current"
    aria_expanded "aria-expanded"
    aria_hidden "aria-hidden"
    aria_label "aria-label"
    aria_labelledby "aria-labelledby"
    aria_live "aria-live"
    aria_pressed "aria-pressed"
    aria_selected "aria-selected"
    aria_valuemax "aria-valuemax"
    aria_valuemin "aria-valuemin"
    aria_valuenow "aria-valuenow"
    aria_valuetext "aria-valuetext"
    autocapitalize "autocapitalize"
    autocomplete "autocomplete"
    checked "checked"
    colspan "colspan"
    disabled "disabled"
    download "download"
    enterkeyhint "enterkeyhint"
    r#for "for"
    hidden "hidden"
    href "href"
    id "id"
    inputmode "inputmode"
    lang "lang"
    max "max"
    maxlength "maxlength"
    min "min"
    name "name"
    open "open"
    placeholder "placeholder"
    readonly "readonly"
    rel "rel"
    role "role"
    rows "rows"
    scope "scope"
    selected "selected"
    size "size"
    spellcheck "spellcheck"
    src "src"
    step "step"
    tabindex "tabindex"
    target "target"
    title "title"
    r#type "type"
    value "value"
    wrap "wrap"
}

/// An event and the type of its object.
pub struct Event<E> {
    pub(crate) name: &'static str,
    object: PhantomData<fn() -> E>,
}

macro_rules! events {
    ($($event:ident: $object:ident;)*) => {
        /// Events.
        pub(crate) mod events {
            use super::{Event, PhantomData};

            $(
                /// The event of this name.
                pub const $event: Event<web_sys::$object> = Event {
                    name: stringify!($event),
                    object: PhantomData,
                };
            )*
        }
    };
}

events! {
    blur: Event;
    change: Event;
    click: MouseEvent;
    close: Event;
    focus: Event;
    focusin: Event;
    focusout: Event;
    input: Event;
    keydown: KeyboardEvent;
    keyup: KeyboardEvent;
    lostpointercapture: PointerEvent;
    mouseenter: MouseEvent;
    mouseleave: MouseEvent;
    pointerdown: PointerEvent;
    pointerleave: PointerEvent;
    pointermove: PointerEvent;
    pointerup: PointerEvent;
    scroll: Event;
    submit: SubmitEvent;
    toggle: Event;
}
