//! TCP's options (RFC 9293 3.2, RFC 7323, RFC 2018), one after the other.

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TcpOption<'a> {
    /// Where it begins among the options' bytes.
    pub(super) at: usize,
    /// Its kind.
    pub(super) kind: u8,
    /// All its bytes, kind and length included.
    pub(super) bytes: &'a [u8],
    /// Its length contradicts the header: the rest cannot be read.
    pub(super) broken: bool,
}

/// The end of the list.
pub(super) const END: u8 = 0;
/// Nothing, one byte: it puts the next one where its sender likes it.
pub(super) const NOP: u8 = 1;
/// Maximum segment size.
pub(super) const MSS: u8 = 2;
/// Window scale.
pub(super) const SCALE: u8 = 3;
/// SACK permitted.
pub(super) const SACK_PERMITTED: u8 = 4;
/// SACK blocks.
pub(super) const SACK: u8 = 5;
/// Timestamps.
pub(super) const TIMESTAMPS: u8 = 8;

/// The options in these bytes.
pub(super) fn all(bytes: &[u8]) -> impl Iterator<Item = TcpOption<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let kind = *bytes.get(at)?;
        let stated = match kind {
            END | NOP => 1,
            _ => bytes.get(at + 1).map_or(0, |n| usize::from(*n)),
        };
        let fits = stated > usize::from(kind > NOP) && at + stated <= bytes.len();
        let length = if fits && kind != END {
            stated
        } else {
            bytes.len() - at
        };
        let option = TcpOption {
            at,
            kind,
            bytes: &bytes[at..at + length],
            broken: !fits,
        };
        at += length;
        Some(option)
    })
}

/// The window scale of a SYN.
pub(super) fn window_scale(options: &[u8]) -> Option<u8> {
    all(options)
        .find(|o| o.kind == SCALE && !o.broken)
        .and_then(|o| o.bytes.get(2).copied())
}
