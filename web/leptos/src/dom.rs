//! What stands in the page, and how it is brought to what a view says now. Elements stay where a view of the same shape takes
//! the place of the one before, so that the focus, the scroll position and what a screen reader reads stay too.

use crate::element::{Attribute, Element, Kind, Listener, Place};
use crate::page::document;
use crate::signal::RwSignal;
use crate::value::{Source, Text, Value};
use crate::view::{AnyView, Node};
use reactive_graph::effect::RenderEffect;
use send_wrapper::SendWrapper;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Node as DomNode;

const SVG: &str = "http://www.w3.org/2000/svg";

/// A view in the page. Each has at least one node there: a comment where nothing is seen.
pub(crate) enum State {
    Nothing(DomNode),
    Text(DomNode, Text),
    Html(DomNode, &'static str),
    Element(Box<InPage>),
    /// Views one after the other, and a comment behind them.
    Many(Vec<State>, DomNode),
    Live(Rc<RefCell<Option<State>>>, RenderEffect<()>),
}

/// An element in the page.
pub(crate) struct InPage {
    tag: &'static str,
    node: web_sys::Element,
    attributes: Vec<Set>,
    listeners: Vec<Listening>,
    children: Vec<State>,
}

/// An attribute in the page.
struct Set {
    kind: Kind,
    name: &'static str,
    /// What was written last; `None`: nothing yet.
    last: Rc<RefCell<Option<Value>>>,
    effect: Option<RenderEffect<()>>,
}

/// What is done at an event, until this is dropped.
struct Listening {
    node: web_sys::Element,
    event: &'static str,
    run: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listening {
    fn new(node: &web_sys::Element, listener: Listener) -> Self {
        let run = Closure::wrap(listener.run);
        let _ = node.add_event_listener_with_callback(listener.event, run.as_ref().unchecked_ref());
        Self {
            node: node.clone(),
            event: listener.event,
            run,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let run = self.run.as_ref().unchecked_ref();
        let _ = self.node.remove_event_listener_with_callback(self.event, run);
    }
}

fn comment() -> DomNode {
    document().create_comment("").into()
}

/// Makes the nodes of a view.
pub(crate) fn build(view: AnyView) -> State {
    match view.0 {
        Node::Nothing => State::Nothing(comment()),
        Node::Text(text) => State::Text(document().create_text_node(&text).into(), text),
        Node::Html(html) => State::Html(inert(html), html),
        Node::Element(element) => State::Element(Box::new(build_element(*element))),
        Node::Many(views) => State::Many(views.into_iter().map(build).collect(), comment()),
        Node::Live(make) => build_live(make, None),
    }
}

fn inert(html: &str) -> DomNode {
    let node = document().create_element("template").ok();
    let template = node.map(JsCast::unchecked_into::<web_sys::HtmlTemplateElement>);
    let first = template.and_then(|t| {
        t.set_inner_html(html);
        t.content().first_child()
    });
    first.unwrap_or_else(comment)
}

/// `old` is what stands there from the view before.
fn build_live(mut make: Box<dyn FnMut() -> AnyView>, old: Option<State>) -> State {
    let place = Rc::new(RefCell::new(old));
    let shown = Rc::clone(&place);
    let effect = RenderEffect::new(move |_| {
        let view = make();
        let old = shown.borrow_mut().take();
        let new = match old {
            Some(old) => patch(old, view),
            None => build(view),
        };
        *shown.borrow_mut() = Some(new);
    });
    State::Live(place, effect)
}

impl State {
    /// The first of its nodes.
    fn first(&self) -> DomNode {
        match self {
            Self::Nothing(node) | Self::Text(node, _) | Self::Html(node, _) => node.clone(),
            Self::Element(element) => element.node.clone().into(),
            Self::Many(states, end) => states.first().map_or_else(|| end.clone(), Self::first),
            Self::Live(place, _) => place.borrow().as_ref().map_or_else(comment, Self::first),
        }
    }

    /// Does something with each of its nodes.
    fn each(&self, act: &mut dyn FnMut(&DomNode)) {
        match self {
            Self::Nothing(node) | Self::Text(node, _) | Self::Html(node, _) => act(node),
            Self::Element(element) => act(&element.node),
            Self::Many(states, end) => {
                states.iter().for_each(|state| state.each(act));
                act(end);
            }
            Self::Live(place, _) => place.borrow().iter().for_each(|state| state.each(act)),
        }
    }

    /// Puts it into an element, before a node of it or at its end.
    pub(crate) fn mount(&self, parent: &DomNode, before: Option<&DomNode>) {
        self.each(&mut |node| {
            let _ = parent.insert_before(node, before);
        });
    }

    /// Takes it out of the page.
    pub(crate) fn remove(&self) {
        self.each(&mut |node| {
            if let Some(parent) = node.parent_node() {
                let _ = parent.remove_child(node);
            }
        });
    }
}

/// Brings what stands in the page to what a view says.
fn patch(state: State, view: AnyView) -> State {
    match (state, view.0) {
        (State::Nothing(node), Node::Nothing) => State::Nothing(node),
        (State::Html(node, old), Node::Html(new)) if old == new => State::Html(node, old),
        (State::Text(node, old), Node::Text(new)) => {
            if old != new {
                node.set_node_value(Some(&new));
            }
            State::Text(node, new)
        }
        (State::Element(old), Node::Element(new)) if old.is_like(&new) => {
            State::Element(Box::new(patch_element(*old, *new)))
        }
        (State::Many(old, end), Node::Many(new)) => match end.parent_node() {
            Some(parent) => State::Many(patch_all(old, new, &parent, Some(&end)), end),
            None => State::Many(new.into_iter().map(build).collect(), end),
        },
        (State::Live(old, effect), Node::Live(new)) => {
            drop(effect);
            let old = old.borrow_mut().take();
            build_live(new, old)
        }
        (old, new) => {
            let new = build(AnyView(new));
            let place = old.first();
            if let Some(parent) = place.parent_node() {
                new.mount(&parent, Some(&place));
            }
            old.remove();
            new
        }
    }
}

/// The same for views one after the other; further ones are put before `end`.
fn patch_all(old: Vec<State>, new: Vec<AnyView>, parent: &DomNode, end: Option<&DomNode>) -> Vec<State> {
    let mut old = old.into_iter();
    let mut states = Vec::with_capacity(new.len());
    for view in new {
        states.push(match old.next() {
            Some(state) => patch(state, view),
            None => {
                let state = build(view);
                state.mount(parent, end);
                state
            }
        });
    }
    old.for_each(|state| state.remove());
    states
}

fn build_element(element: Element) -> InPage {
    let node = if element.svg {
        document().create_element_ns(Some(SVG), element.tag)
    } else {
        document().create_element(element.tag)
    };
    let node = node.unwrap_or_else(|_| unreachable!("tags are names"));
    let attributes = element.attributes.into_iter();
    let attributes = attributes.map(|a| set(&node, a, Rc::default())).collect();
    let listeners = element.listeners.into_iter();
    let listeners = listeners.map(|l| Listening::new(&node, l)).collect();
    let children: Vec<_> = element.children.into_iter().map(build).collect();
    children.iter().for_each(|child| child.mount(&node, None));
    known(&node, element.known_as);
    InPage {
        tag: element.tag,
        node,
        attributes,
        listeners,
        children,
    }
}

fn patch_element(old: InPage, new: Element) -> InPage {
    let node = old.node;
    let mut others_gone = false;
    let mut attributes = Vec::with_capacity(new.attributes.len());
    for (old, new) in old.attributes.into_iter().zip(new.attributes) {
        drop(old.effect);
        match (new.kind, &new.source) {
            // Single classes are gone with the whole value that is written now.
            (Kind::Attribute, Source::Fixed(value)) if new.name == "class" => {
                others_gone = old.last.borrow().as_ref() != Some(value);
            }
            (Kind::Class, _) if others_gone => *old.last.borrow_mut() = None,
            // Somebody may have typed into it.
            (Kind::Property, _) => *old.last.borrow_mut() = None,
            _ => {}
        }
        attributes.push(set(&node, new, old.last));
    }
    drop(old.listeners);
    let listeners = new.listeners.into_iter();
    let listeners = listeners.map(|l| Listening::new(&node, l)).collect();
    let children = patch_all(old.children, new.children, &node, None);
    known(&node, new.known_as);
    InPage {
        tag: old.tag,
        node,
        attributes,
        listeners,
        children,
    }
}

impl InPage {
    /// Can it become this element without being made anew?
    fn is_like(&self, new: &Element) -> bool {
        let same = |(old, new): (&Set, &Attribute)| old.kind == new.kind && old.name == new.name;
        self.tag == new.tag
            && self.attributes.len() == new.attributes.len()
            && self.attributes.iter().zip(&new.attributes).all(same)
    }
}

fn known(node: &web_sys::Element, place: Option<RwSignal<Place>>) {
    if let Some(place) = place {
        place.set(Some(SendWrapper::new(node.clone())));
    }
}

/// Sets an attribute, now and when its source changes.
fn set(node: &web_sys::Element, attribute: Attribute, last: Rc<RefCell<Option<Value>>>) -> Set {
    let Attribute { kind, name, source } = attribute;
    let effect = match source {
        Source::Fixed(value) => {
            write(node, kind, name, &last, value);
            None
        }
        Source::Live(mut compute) => {
            let (node, last) = (node.clone(), Rc::clone(&last));
            Some(RenderEffect::new(move |_| {
                let value = compute();
                write(&node, kind, name, &last, value);
            }))
        }
    };
    Set {
        kind,
        name,
        last,
        effect,
    }
}

fn write(node: &web_sys::Element, kind: Kind, name: &str, last: &RefCell<Option<Value>>, value: Value) {
    let mut last = last.borrow_mut();
    if last.as_ref() == Some(&value) {
        return;
    }
    // What has never been there need not be taken away.
    if last.is_some() || value.is_some() {
        // The browser refuses only names that are none.
        let _ = match (kind, &value) {
            (Kind::Attribute, Some(value)) => node.set_attribute(name, value),
            (Kind::Attribute, None) => node.remove_attribute(name),
            (Kind::Class, Some(_)) => node.class_list().add_1(name),
            (Kind::Class, None) => node.class_list().remove_1(name),
            (Kind::Property, value) => {
                let value = value.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str);
                js_sys::Reflect::set(node, &JsValue::from_str(name), &value).map(|_| ())
            }
            (Kind::Html, value) => {
                node.set_inner_html(value.as_deref().unwrap_or_default());
                Ok(())
            }
        };
    }
    *last = Some(value);
}
