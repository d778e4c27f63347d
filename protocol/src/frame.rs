//! How a message lies in a WebSocket message.
//!
//! A text message is the JSON. A binary one is for large payloads: four bytes with the length of the JSON (little
//! endian), the JSON with its payload left empty, then the payload's bytes as they are. A message has at most one.

use crate::read::{self, Read};
use crate::write::{Write, to_json};
use crate::{FromPage, FromServer, Payload};

/// Payloads up to this many bytes stay in the JSON as base64; larger ones travel beside it.
const INLINE: usize = 192;

/// A WebSocket message's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// JSON alone.
    Text(String),
    /// JSON and a payload.
    Binary(Vec<u8>),
}

impl Frame {
    /// Bytes on the wire.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Nothing at all?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A message that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The JSON is not one of ours.
    #[error("the message is not one that Wirelab knows: {0}")]
    Json(#[from] read::Unread),
    /// A binary message whose lengths do not fit.
    #[error("a binary message says its JSON has {said} bytes, but only {there} are there")]
    Length {
        /// What it says.
        said: usize,
        /// What is there.
        there: usize,
    },
    /// Bytes behind a message that carries none.
    #[error("a message without a payload has {0} bytes behind it")]
    Stray(usize),
}

/// Messages that may carry bytes.
pub trait Message: Write + Read {
    /// The place of the bytes, if this message has one.
    fn payload_mut(&mut self) -> Option<&mut Payload>;
}

impl Message for FromPage {
    fn payload_mut(&mut self) -> Option<&mut Payload> {
        match self {
            Self::Call { call, .. } => call.payload_mut(),
            _ => None,
        }
    }
}

impl Message for FromServer {
    fn payload_mut(&mut self) -> Option<&mut Payload> {
        match self {
            Self::Reply { outcome, .. } => outcome.payload_mut(),
            _ => None,
        }
    }
}

/// Packs a message.
pub fn encode<M: Message>(mut message: M) -> Frame {
    let bytes = match message.payload_mut() {
        Some(payload) if payload.len() > INLINE => std::mem::take(&mut payload.0),
        _ => Vec::new(),
    };
    let json = to_json(&message);
    if bytes.is_empty() {
        return Frame::Text(json);
    }
    let mut packed = Vec::with_capacity(4 + json.len() + bytes.len());
    packed.extend_from_slice(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes());
    packed.extend_from_slice(json.as_bytes());
    packed.extend_from_slice(&bytes);
    Frame::Binary(packed)
}

/// Unpacks a text message.
///
/// # Errors
/// [`FrameError::Json`].
pub fn decode_text<M: Message>(text: &str) -> Result<M, FrameError> {
    Ok(read::from_json(text.as_bytes())?)
}

/// Unpacks a binary message.
///
/// # Errors
/// [`FrameError`], one sentence each.
pub fn decode_binary<M: Message>(bytes: &[u8]) -> Result<M, FrameError> {
    let there = bytes.len().saturating_sub(4);
    let said = match bytes.first_chunk::<4>() {
        Some(length) => u32::from_le_bytes(*length) as usize,
        None => return Err(FrameError::Length { said: 4, there: 0 }),
    };
    if said > there {
        return Err(FrameError::Length { said, there });
    }
    let (json, rest) = bytes[4..].split_at(said);
    let mut message: M = read::from_json(json)?;
    match message.payload_mut() {
        Some(payload) if payload.is_empty() => payload.0 = rest.to_vec(),
        _ if rest.is_empty() => {}
        _ => return Err(FrameError::Stray(rest.len())),
    }
    Ok(message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Call, CallId, Outcome, SocketId};

    fn sent(bytes: &[u8]) -> FromPage {
        let call = Call::Send {
            sock: SocketId(3),
            flags: 0,
            data: bytes.into(),
        };
        FromPage::Call {
            id: CallId(7),
            lab: 1,
            host: crate::HostId(0),
            call,
        }
    }

    #[test]
    fn small_and_large_payloads_come_back() {
        for n in [0, 1, INLINE, INLINE + 1, 70_000] {
            let message = sent(&vec![0xfe; n]);
            let back: FromPage = match encode(message.clone()) {
                Frame::Text(text) => decode_text(&text).unwrap(),
                Frame::Binary(bytes) => decode_binary(&bytes).unwrap(),
            };
            assert_eq!(back, message, "{n} bytes");
        }
    }

    #[test]
    fn cut_and_stretched_messages_are_refused() {
        let Frame::Binary(bytes) = encode(sent(&[1; 500])) else {
            panic!("binary expected")
        };
        for n in 0..bytes.len() - 500 {
            assert!(decode_binary::<FromPage>(&bytes[..n]).is_err(), "cut to {n}");
        }
        let reply = FromServer::Reply {
            seq: 1,
            id: CallId(1),
            at: 0,
            order: 1,
            outcome: Outcome::Done,
            samples: Vec::new(),
        };
        let Frame::Text(json) = encode(reply) else {
            panic!("text expected")
        };
        let mut stray = u32::try_from(json.len()).unwrap().to_le_bytes().to_vec();
        stray.extend_from_slice(json.as_bytes());
        stray.push(0);
        assert!(matches!(
            decode_binary::<FromServer>(&stray),
            Err(FrameError::Stray(1))
        ));
    }
}
