//! The pure heart of Wirelab: no socket, no clock, no thread, no randomness.
//!
//! ```text
//! program/    a learner's Python source, run line by line       -> host calls
//! session/    a lab: programs, calls, guided stepping           -> effects, events
//! timeline/   events -> the state at a cursor
//! ```

pub mod program;
pub mod session;
pub mod timeline;
