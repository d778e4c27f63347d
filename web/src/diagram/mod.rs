//! The time-sequence diagram of calls, bytes and states.
//!
//! ```text
//! packets.rs   packets: from lane to lane, with every stop on the way
//! flows.rs     which bytes given by one program are those that arrived at another
//! model.rs     events in, marks with rows out: what is drawn, for any width
//! labels.rs    calls in few words
//! draw.rs      marks in, SVG out: where it is drawn, at one width
//! draw_packet.rs  a packet on its way
//! pen.rs       strokes, labels and arrowheads
//! ```
//!
//! Where packets are seen, they are the arrows. The loopback network shows none, so none are drawn: an arrow is bytes there
//! that a call gave to the kernel and that were observed at the other end.

pub mod draw;
mod draw_packet;
pub mod flows;
pub mod labels;
pub mod model;
pub mod packets;
mod pen;

#[cfg(test)]
mod tests;

pub use draw::{Capsule, Drawing, Extent, Geometry, Head, Lit, View};
pub use model::Diagram;
pub use packets::Place;
