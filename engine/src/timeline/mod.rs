//! A lab's history: events in, the state at any cursor out.
//!
//! ```text
//! log.rs       the list of events, its cap, snapshots, the state at a cursor
//! state.rs     what a lab looks like at one moment, and how one event changes it
//! words.rs     each event in one plain sentence
//! ```
//!
//! Nothing here knows how events come about; nothing that is drawn comes from anywhere else.

pub mod log;
pub mod state;
pub mod words;

pub use log::Timeline;
pub use state::{Doing, ProgramState, SocketState, State, ThreadState};

#[cfg(test)]
mod tests;
