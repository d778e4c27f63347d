//! A lab's history: events in, the state at any cursor out.
//!
//! ```text
//! log.rs       the list of events, its cap, snapshots, the state at a cursor
//! state.rs     what a lab looks like at one moment, and how one event changes it
//! wire.rs      the part of it that is the wire: packets on their way
//! capture.rs   what crossed the wire as a pcapng file
//! arrivals.rs  which datagram a recvfrom() took
//! causes/      what caused what: line, call, packets, states
//! tcp.rs       TCP's state machine as data
//! words.rs     each event in one plain sentence
//! packet_words.rs   and each packet, with what it is for and why it was sent
//! compare/     two runs side by side, and their first difference
//! ```
//!
//! Nothing here knows how events come about; nothing that is drawn comes from anywhere else.

mod arrivals;
pub mod capture;
pub mod causes;
pub mod compare;
pub mod log;
mod packet_words;
pub mod state;
pub mod tcp;
pub mod wire;
pub mod words;

pub use causes::Causes;
pub use log::Timeline;
pub use packet_words::tell;
pub use state::{Doing, ProgramState, SocketState, State, ThreadState};
pub use wire::{PacketState, WireState};

#[cfg(test)]
mod tests;

#[cfg(test)]
mod causes_tests;
