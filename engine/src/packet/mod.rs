//! Dissection: the bytes of a packet in words.
//!
//! ```text
//! head.rs      headers without copying: addresses, ports, sequence numbers, payload
//! ```
//!
//! Everything here takes bytes that a stranger may have made: what is cut short or contradicts itself is shown as far as it
//! goes, and never a panic.

pub mod head;

pub use head::Head;
