//! What crosses the WebSocket or is saved in a recording, and nothing else.
//!
//! ```text
//! ids, address, payload      the small words
//! call, outcome              one socket call of a program and its one answer
//! sample                     what the kernel says about a socket at one moment
//! event                      the timeline's entries: recordings, `--timeline` and pages share them
//! message, frame             what a page and the server say to each other, and how it lies in a WebSocket message
//! wire                       packets, what is done with them, the rules
//! recording                  a lab's history as a file
//! json, read, write          from JSON to these types, and back
//! errno                      numbers, names and plain words of Linux's errors
//! bounds                     every limit that a stranger could run into
//! ```
//!
//! Both ends compile this crate, so they cannot disagree about a field. [`VERSION`] counts incompatible changes: a page
//! and a server of different versions say so and stop, they never guess.

// `derive(Read)` and `derive(Write)` name this crate from outside, here too.
extern crate self as protocol;

pub mod address;
pub mod base64;
pub mod bounds;
pub mod call;
pub mod errno;
pub mod event;
pub mod frame;
pub mod ids;
pub mod json;
pub mod message;
pub mod outcome;
pub mod payload;
pub mod read;
pub mod recording;
pub mod sample;
pub mod wire;
pub mod write;

pub use address::Address;
pub use call::{Call, OptionValue};
pub use event::{Event, EventKind, Stream};
pub use ids::{CallId, ProgramId, SessionId, SocketId, ThreadId};
pub use message::{FromPage, FromServer, Network, NetworkInfo, Plan};
pub use outcome::Outcome;
pub use payload::Payload;
pub use recording::Recording;
pub use sample::{Sample, TcpState};
pub use wire::{End, HostId, PacketId, WireAction, WireNews, WireRule};

/// The version of everything in this crate. A change that an older page or recording would misread raises it.
pub const VERSION: u32 = 2;
