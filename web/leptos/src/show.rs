//! The component `Show`.

#![expect(missing_docs, unreachable_pub, reason = "what the macro writes")]

use crate::signal::Memo;
use crate::view::{Children, IntoView};

/// Shows its children while `when` says so.
#[leptos::component(transparent)]
pub fn Show<W>(children: Children, when: W) -> impl IntoView
where
    W: Fn() -> bool + Send + Sync + 'static,
{
    let when = Memo::new(move |_| when());
    move || when.get().then(|| (children.0)())
}
