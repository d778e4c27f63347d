//! WebSocket sessions: [`protocol::message`] over one connection after the other.
//!
//! ```text
//! serve ── /ws ──▶ connection   one WebSocket: frames in and out, pings, backpressure
//!   (inlet: reads)     └─ session   what outlives a connection: labs, request ids, answers not acknowledged
//!                         ├─ store    those answers
//!                         └─ net::Lab ...
//!                  hub          all sessions: bounds, secrets, who takes up which again (limits: how many, how long)
//! ```
//!
//! A session belongs to one connection at a time. When that is lost without a Close frame, the session rests in the hub
//! for [`protocol::bounds::RESUME_SECONDS`]; its labs go on meanwhile, what they tell stays in their queues.

mod connection;
mod hub;
mod inlet;
mod limits;
mod session;
mod store;

pub(crate) use connection::{config, serve};
pub use hub::Hub;
pub(crate) use inlet::Inlet;
pub use limits::Limits;
