//! Dissection: the bytes of a packet in words.
//!
//! ```text
//! head.rs      headers without copying: addresses, ports, sequence numbers, payload
//! track.rs     conversations: relative numbers, what is sent again, out of order, ...
//! summary.rs   a packet in one line
//! fields/      every field with its bytes, name, value and meaning
//! pcapng.rs    captures as files
//! option.rs, icmp.rs, dns.rs   what both of them know of these
//! ```
//!
//! Everything here takes bytes that a stranger may have made: what is cut short or contradicts itself is shown as far as it
//! goes, and never a panic. The parser is our own: it runs for every packet of a flood, and the fields need the byte range of
//! each. etherparse and tshark judge it in the tests.

mod dns;
pub mod fields;
pub mod head;
mod icmp;
mod option;
pub mod pcapng;
mod summary;
pub mod track;

pub use fields::{Field, fields};
pub use head::Head;
pub use summary::Summary;
pub use track::{Flows, Notes, Tracked};

#[cfg(test)]
mod tests;
