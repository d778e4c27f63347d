//! The time-sequence diagram of calls, bytes and states.
//!
//! ```text
//! flows.rs     which bytes given by one program are those that arrived at another
//! model.rs     events in, marks with rows out: what is drawn, for any width
//! labels.rs    calls in few words
//! draw.rs      marks in, SVG out: where it is drawn, at one width
//! pen.rs       strokes, labels and arrowheads
//! ```
//!
//! The sockets of the loopback network show no packets, so none are drawn: an arrow is bytes that a call gave to the
//! kernel and that were observed at the other end.

pub mod draw;
pub mod flows;
mod labels;
pub mod model;
mod pen;

#[cfg(test)]
mod tests;

pub use draw::{Drawing, Geometry, Head, Lit, View};
pub use model::Diagram;
