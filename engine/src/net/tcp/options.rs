//! The options of a segment (RFC 9293 3.2, RFC 7323, RFC 2018), in the order in which Linux writes them.

/// What a segment's options say.
#[derive(Default)]
pub(super) struct Options {
    pub(super) mss: Option<u16>,
    pub(super) scale: Option<u8>,
    pub(super) sack_ok: bool,
    /// The sender's clock, and ours that it echoes.
    pub(super) stamps: Option<(u32, u32)>,
    pub(super) sack: Vec<(u32, u32)>,
}

impl Options {
    /// Reads them; what is cut short ends the reading.
    pub(super) fn read(mut bytes: &[u8]) -> Self {
        let mut found = Self::default();
        while let [kind, rest @ ..] = bytes {
            match kind {
                0 => break,
                1 => {
                    bytes = rest;
                    continue;
                }
                _ => {}
            }
            let Some(length) = rest.first().map(|n| usize::from(*n)) else {
                break;
            };
            let Some(body) = bytes.get(2..length) else { break };
            let word = |at: usize| crate::packet::head::u32_at(body, at);
            match (kind, body) {
                (2, [a, b]) => found.mss = Some(u16::from_be_bytes([*a, *b])),
                (3, [shift]) => found.scale = Some((*shift).min(14)),
                (4, []) => found.sack_ok = true,
                (5, _) => {
                    let pairs = (0..body.len() / 8).filter_map(|n| word(n * 8).zip(word(n * 8 + 4)));
                    found.sack.extend(pairs);
                }
                (8, _) => found.stamps = word(0).zip(word(4)),
                _ => {}
            }
            bytes = &bytes[length..];
        }
        found
    }

    /// Their bytes, filled up to a multiple of four.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(mss) = self.mss {
            bytes.extend_from_slice(&[2, 4]);
            bytes.extend_from_slice(&mss.to_be_bytes());
        }
        if let Some((value, echo)) = self.stamps {
            bytes.extend_from_slice(if self.sack_ok { &[4, 2] } else { &[1, 1] });
            bytes.extend_from_slice(&[8, 10]);
            bytes.extend_from_slice(&value.to_be_bytes());
            bytes.extend_from_slice(&echo.to_be_bytes());
        } else if self.sack_ok {
            bytes.extend_from_slice(&[1, 1, 4, 2]);
        }
        if let Some(scale) = self.scale {
            bytes.extend_from_slice(&[1, 3, 3, scale]);
        }
        if !self.sack.is_empty() {
            bytes.extend_from_slice(&[1, 1, 5, 2 + 8 * self.sack.len() as u8]);
            for (start, end) in &self.sack {
                bytes.extend_from_slice(&start.to_be_bytes());
                bytes.extend_from_slice(&end.to_be_bytes());
            }
        }
        bytes
    }
}
