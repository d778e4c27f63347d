//! The pure heart of Wirelab: no socket, no clock, no thread, no randomness.
//!
//! ```text
//! program/    a learner's Python source, run line by line       -> host calls
//! session/    a lab: programs, calls, guided stepping           -> effects, events
//! wire/       the queue of packets on their way and its rules   -> deliveries, news
//! packet/     dissection: a packet's bytes                      -> summary, fields
//! timeline/   events -> the state at a cursor
//! sorted.rs   small maps and sets
//! ```

pub mod net;
pub mod packet;
pub mod program;
pub mod session;
pub mod sorted;
pub mod timeline;
pub mod wire;
