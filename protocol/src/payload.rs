//! Bytes that a program sent or received.

use crate::base64::{self, Alphabet};
use crate::read::{Read, Unread, Value};
use crate::write::{Write, Writer};
use std::fmt;

/// Bytes; base64 in JSON. On the WebSocket a large one travels beside the JSON instead (see [`crate::frame`]).
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Payload(pub Vec<u8>);

impl Payload {
    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No bytes at all?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Payload {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

impl Read for Payload {
    fn read(value: &mut Value) -> Result<Self, Unread> {
        let text = String::read(value)?;
        base64::decode(&text, Alphabet::Standard)
            .map(Self)
            .ok_or_else(|| Unread::new("not base64"))
    }
}

impl Write for Payload {
    fn write(&self, to: &mut Writer) {
        // Nothing in it has to be escaped.
        to.plain("\"");
        to.plain(&base64::encode(&self.0, Alphabet::Standard));
        to.plain("\"");
    }
}
