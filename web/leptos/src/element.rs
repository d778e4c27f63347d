//! An element before it is in the page: what `view!` writes.

use crate::names::Event;
use crate::signal::RwSignal;
use crate::value::{IntoAttributeValue, Source};
use crate::view::{AnyView, IntoView, Node};
use reactive_graph::owner::Owner;
use send_wrapper::SendWrapper;
use std::marker::PhantomData;
use wasm_bindgen::JsCast;

/// An element with its attributes and children.
pub struct Element {
    pub(crate) tag: &'static str,
    pub(crate) svg: bool,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) children: Vec<AnyView>,
    pub(crate) known_as: Option<RwSignal<Place>>,
}

/// What an attribute sets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Attribute,
    /// One class among others.
    Class,
    /// A property of the element's object.
    Property,
    /// What stands inside.
    Html,
}

/// An attribute.
pub(crate) struct Attribute {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) source: Source,
}

/// What is done at an event.
pub(crate) struct Listener {
    pub(crate) event: &'static str,
    pub(crate) run: Box<dyn FnMut(web_sys::Event)>,
}

/// What `class=` and `style=` take: the whole value, or one class and whether it is set.
pub trait IntoClass {
    /// Adds it.
    fn add(self, element: Element, name: &'static str) -> Element;
}

impl<V: IntoAttributeValue> IntoClass for V {
    fn add(self, element: Element, name: &'static str) -> Element {
        element.with(Kind::Attribute, name, self)
    }
}

/// One class and whether it is set.
impl<V: IntoAttributeValue> IntoClass for (&'static str, V) {
    fn add(self, element: Element, _: &'static str) -> Element {
        element.with(Kind::Class, self.0, self.1)
    }
}

impl Element {
    pub(crate) fn new(tag: &'static str, svg: bool) -> Self {
        Self {
            tag,
            svg,
            attributes: Vec::new(),
            listeners: Vec::new(),
            children: Vec::new(),
            known_as: None,
        }
    }

    fn with(self, kind: Kind, name: &'static str, value: impl IntoAttributeValue) -> Self {
        self.with_source(kind, name, value.into_attribute_value())
    }

    fn with_source(mut self, kind: Kind, name: &'static str, source: Source) -> Self {
        self.attributes.push(Attribute { kind, name, source });
        self
    }

    /// An attribute.
    #[must_use]
    pub fn attr(self, name: &'static str, value: impl IntoAttributeValue) -> Self {
        self.with(Kind::Attribute, name, value)
    }

    /// The classes, or one of them.
    #[must_use]
    pub fn class(self, class: impl IntoClass) -> Self {
        class.add(self, "class")
    }

    /// The style.
    #[must_use]
    pub fn style(self, style: impl IntoAttributeValue) -> Self {
        self.with(Kind::Attribute, "style", style)
    }

    /// A property of the element's object.
    #[must_use]
    pub fn prop(self, name: &'static str, value: impl IntoAttributeValue) -> Self {
        self.with(Kind::Property, name, value)
    }

    /// What stands inside, as HTML.
    #[must_use]
    pub fn inner_html(self, html: impl IntoAttributeValue) -> Self {
        self.with(Kind::Html, "", html)
    }

    /// Where the element is known once it is in the page.
    #[must_use]
    pub fn node_ref<E>(mut self, node: NodeRef<E>) -> Self {
        self.known_as = Some(node.0);
        self
    }

    /// What is done at an event. What `run` makes belongs to the owner in which the view is made.
    #[must_use]
    pub fn on<E: JsCast>(self, event: Event<E>, mut run: impl FnMut(E) + 'static) -> Self {
        self.listen(event.name, Box::new(move |event| run(event.unchecked_into())))
    }

    fn listen(mut self, event: &'static str, mut run: Box<dyn FnMut(web_sys::Event)>) -> Self {
        let owner = Owner::current().unwrap_or_default();
        let run = Box::new(move |event| owner.with(|| run(event)));
        self.listeners.push(Listener { event, run });
        self
    }

    /// What stands inside.
    #[must_use]
    pub fn child(self, child: impl IntoView) -> Self {
        self.with_child(child.into_any())
    }

    fn with_child(mut self, child: AnyView) -> Self {
        match child.0 {
            Node::Many(children) if self.children.is_empty() => self.children = children,
            other => self.children.push(AnyView(other)),
        }
        self
    }
}

/// The element of a [`NodeRef`], once it is there.
pub(crate) type Place = Option<SendWrapper<web_sys::Element>>;

/// An element of the page that a view has made.
pub struct NodeRef<E>(RwSignal<Place>, PhantomData<fn() -> E>);

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E: ElementType> NodeRef<E> {
    /// Not there yet.
    #[expect(clippy::new_without_default, reason = "made by name, as with Leptos")]
    pub fn new() -> Self {
        Self(RwSignal::new(None), PhantomData)
    }

    /// The element, once it is there; whoever runs now is told.
    pub fn get(&self) -> Option<E::Output> {
        self.0.track();
        self.get_untracked()
    }

    /// The same without being told; `None` too when the view is gone.
    pub fn get_untracked(&self) -> Option<E::Output> {
        let element = self.0.try_get_untracked()??;
        Some(element.take().unchecked_into())
    }
}

/// The name of a kind of elements.
pub trait ElementType {
    /// What the browser calls it.
    type Output: JsCast;
}

macro_rules! types {
    ($($name:ident: $output:ident;)*) => {$(
        /// The element of this name.
        pub struct $name;

        impl ElementType for $name {
            type Output = web_sys::$output;
        }
    )*};
}

types! {
    Dialog: HtmlDialogElement;
    Div: HtmlElement;
    Input: HtmlInputElement;
    Ol: HtmlElement;
    Textarea: HtmlTextAreaElement;
}
