//! What can stand in a view, and [`AnyView`], which all of it becomes.

use crate::element::Element;
use crate::value::Text;

/// A view.
pub struct AnyView(pub(crate) Node);

/// What a view is.
pub(crate) enum Node {
    Nothing,
    Text(Text),
    /// One element, as HTML.
    Html(&'static str),
    Element(Box<Element>),
    Many(Vec<AnyView>),
    /// Made again when a signal changes.
    Live(Box<dyn FnMut() -> AnyView>),
}

/// More than one child.
pub type StaticVec = Vec<AnyView>;

/// A closure in a view: behind a pointer, so that all with the same answer are one type.
pub struct Live<T>(pub(crate) Box<dyn FnMut() -> T>);

/// What `view!` makes of a closure.
pub fn live<T>(make: impl FnMut() -> T + 'static) -> Live<T> {
    Live(Box::new(make))
}

/// What can stand in a view.
pub trait IntoView: Sized {
    /// The view.
    fn into_any(self) -> AnyView;
}

impl IntoView for AnyView {
    fn into_any(self) -> AnyView {
        self
    }
}

impl IntoView for () {
    fn into_any(self) -> AnyView {
        AnyView(Node::Nothing)
    }
}

impl IntoView for &'static str {
    fn into_any(self) -> AnyView {
        AnyView(Node::Text(self.into()))
    }
}

impl IntoView for String {
    fn into_any(self) -> AnyView {
        AnyView(Node::Text(self.into()))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl IntoView for $number {
            fn into_any(self) -> AnyView {
                self.to_string().into_any()
            }
        }
    )*};
}

numbers! { u32 u64 usize }

impl IntoView for Element {
    fn into_any(self) -> AnyView {
        AnyView(Node::Element(Box::new(self)))
    }
}

impl<V: IntoView> IntoView for Option<V> {
    fn into_any(self) -> AnyView {
        self.map_or(AnyView(Node::Nothing), V::into_any)
    }
}

impl<V: IntoView> IntoView for Vec<V> {
    fn into_any(self) -> AnyView {
        AnyView(Node::Many(self.into_iter().map(V::into_any).collect()))
    }
}

impl<V: IntoView, F: FnMut() -> V + 'static> IntoView for F {
    fn into_any(mut self) -> AnyView {
        AnyView(Node::Live(Box::new(move || self().into_any())))
    }
}

impl<V: IntoView + 'static> IntoView for Live<V> {
    fn into_any(mut self) -> AnyView {
        AnyView(Node::Live(Box::new(move || (self.0)().into_any())))
    }
}

/// Views one after the other.
pub trait CollectView {
    /// All of them as one.
    fn collect_view(self) -> AnyView;
}

impl<I: Iterator<Item: IntoView>> CollectView for I {
    fn collect_view(self) -> AnyView {
        AnyView(Node::Many(self.map(IntoView::into_any).collect()))
    }
}

/// What `view!` makes of a block.
pub trait IntoRender {
    /// The view.
    fn into_render(self) -> AnyView;
}

impl<V: IntoView> IntoRender for V {
    fn into_render(self) -> AnyView {
        self.into_any()
    }
}

/// What `view!` makes of one child among others, and `#[component]` of its answer.
pub trait IntoMaybeErased {
    /// The view.
    type Output;
    /// The view.
    fn into_maybe_erased(self) -> Self::Output;
}

impl<V: IntoView> IntoMaybeErased for V {
    type Output = AnyView;

    fn into_maybe_erased(self) -> AnyView {
        self.into_any()
    }
}

/// What `view!` makes of the whole.
pub struct View;

impl View {
    /// The view.
    #[expect(clippy::new_ret_no_self, reason = "the name that the macro writes")]
    pub fn new(view: impl IntoView) -> AnyView {
        view.into_any()
    }
}

impl AnyView {
    /// Where the view stands in the source: nobody asks here.
    pub fn with_view_marker(self, _place: &'static str) -> Self {
        self
    }
}

/// What `view!` makes of an element without anything that is computed.
pub struct InertElement;

impl InertElement {
    /// The element.
    #[expect(clippy::new_ret_no_self, reason = "the name that the macro writes")]
    pub fn new(html: &'static str) -> AnyView {
        AnyView(Node::Html(html))
    }
}

/// What stands inside a component; made each time that it is shown.
pub struct Children(pub(crate) Box<dyn Fn() -> AnyView + Send + Sync>);

/// What can stand inside a component.
pub trait ToChildren<F> {
    /// The children.
    fn to_children(make: F) -> Self;
}

impl<V: IntoView, F: Fn() -> V + Send + Sync + 'static> ToChildren<F> for Children {
    fn to_children(make: F) -> Self {
        Self(Box::new(move || make().into_any()))
    }
}

/// A component's properties.
pub trait Props {
    /// What makes them.
    type Builder;
    /// What makes them.
    fn builder() -> Self::Builder;
}

/// A component: a function of its properties.
pub trait Component<P> {}

impl<P: Props, R, F: FnOnce(P) -> R> Component<P> for F {}

/// What makes the properties of a component.
pub fn component_props_builder<P: Props>(_component: &impl Component<P>) -> P::Builder {
    P::builder()
}

/// The view of a component.
pub fn component_view<P, R>(component: impl FnOnce(P) -> R, props: P) -> R {
    component(props)
}
