//! What `wirelab exec` and the server say to each other: one JSON value a line, descriptors beside it.
//!
//! ```text
//! exec    List ──────────────▶ server      exec    Enter { lab, host } ─────────────▶ server
//! exec    ◀───────────── Labs  server      exec    ◀── Entrance + namespaces ──────── server
//!                                          exec    Inside (it has gone in) ──────────▶ server
//!                                          exec    ◀── Go (the lab is still there) ── server
//! ```

use protocol::Network;
use protocol::wire::Host;
use protocol::write::{Write, to_json};
use protocol_derive::{Read, Write};

/// The longest line of the command's, bytes.
pub(super) const ASK: u64 = 4096;

/// From the command to the server.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    /// Which labs are there?
    List,
    /// A program wants to go into a host.
    Enter {
        /// The lab's number.
        lab: u32,
        /// The host's name; may be left out where there is one.
        host: Option<String>,
    },
    /// The process is in the namespaces now.
    Inside,
}

/// From the server to the command.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// To [`Ask::List`].
    Labs(Vec<KnownLab>),
    /// To [`Ask::Enter`]. The network namespace comes with it, and the user namespace if there is one.
    Entrance {
        /// All hosts of the lab.
        hosts: Vec<Host>,
        /// The place of the one that is entered.
        place: usize,
    },
    /// To [`Ask::Inside`].
    Go,
    /// It cannot be: one plain sentence.
    No(String),
}

/// A lab, as the list has it.
#[derive(Clone, Debug, PartialEq, Read, Write)]
pub(super) struct KnownLab {
    /// Its number.
    pub(super) number: u32,
    /// Where its sockets live.
    pub(super) network: Network,
    /// Its hosts.
    pub(super) hosts: Vec<Host>,
    /// How long it has been open.
    pub(super) seconds: u64,
}

/// As it is sent.
pub(super) fn line(message: &impl Write) -> Vec<u8> {
    let mut line = to_json(message).into_bytes();
    line.push(b'\n');
    line
}
