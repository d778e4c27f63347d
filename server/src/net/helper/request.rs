//! What the server and its helper say to each other: small fixed messages on a SOCK_SEQPACKET pair, little-endian.

use super::shape::Device;
use crate::sys::Errno;

/// From the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// A new namespace. Answer: its number and a NETLINK_SOCK_DIAG descriptor in it.
    Open,
    /// A host on a wire: its place among the lab's hosts, whether (1) it is the only one, and its interface (see [`Device`]).
    /// Answer: the namespace's number, a NETLINK_SOCK_DIAG descriptor in it and the wire's end.
    OpenHost([i32; 3]),
    /// socket(2) in a namespace. Answer: the descriptor.
    Socket(u32, [i32; 3]),
    /// socketpair(2) in a namespace. Answer: both descriptors.
    Pair(u32, [i32; 3]),
    /// Nothing; the answer says that all before it is done.
    Settle,
    /// A program of the user's wants to go into a namespace. Answer: its descriptor, then that of the user namespace that it
    /// belongs to, if it belongs to one of ours.
    Enter(u32),
    /// Destroy what is left in the namespace and forget it. No answer.
    Close(u32),
}

/// A host's interface, as it is sent.
pub(super) const fn device_number(device: Device) -> i32 {
    match device {
        Device::Tun => 0,
        Device::Veth => 1,
    }
}

/// As it came.
pub(super) const fn device_from(number: i32) -> Device {
    match number {
        0 => Device::Tun,
        _ => Device::Veth,
    }
}

/// The longest message of either side, bytes.
pub(super) const MESSAGE: usize = 256;

/// Comes with descriptors; the answer that they belong to follows.
pub(super) const DESCRIPTORS: &[u8] = b"+";

impl Request {
    /// As it is sent.
    pub(super) fn to_bytes(self) -> [u8; 20] {
        let (op, namespace, numbers) = match self {
            Self::Open => (1, 0, [0; 3]),
            Self::Socket(namespace, numbers) => (2, namespace, numbers),
            Self::Pair(namespace, numbers) => (3, namespace, numbers),
            Self::Close(namespace) => (4, namespace, [0; 3]),
            Self::OpenHost(numbers) => (5, 0, numbers),
            Self::Settle => (6, 0, [0; 3]),
            Self::Enter(namespace) => (7, namespace, [0; 3]),
        };
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&u32::to_le_bytes(op));
        bytes[4..8].copy_from_slice(&namespace.to_le_bytes());
        for (i, number) in numbers.iter().enumerate() {
            bytes[8 + 4 * i..12 + 4 * i].copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// `None` for something that no server sends.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut words = bytes.as_chunks::<4>().0.iter().map(|w| i32::from_le_bytes(*w));
        let (op, namespace) = (words.next()?, words.next()?.cast_unsigned());
        let numbers = [words.next()?, words.next()?, words.next()?];
        Some(match op {
            1 => Self::Open,
            2 => Self::Socket(namespace, numbers),
            3 => Self::Pair(namespace, numbers),
            4 => Self::Close(namespace),
            5 => Self::OpenHost(numbers),
            6 => Self::Settle,
            7 => Self::Enter(namespace),
            _ => return None,
        })
    }
}

/// A call that failed in the helper: which, and the kernel's reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailedCall {
    /// `unshare(CLONE_NEWNET)`.
    pub(crate) call: String,
    /// Why.
    pub(crate) errno: Errno,
}

/// From the helper: a number, or the call that failed.
pub(super) type Answer = Result<u32, FailedCall>;

/// As it is sent: errno (0: it worked), the number, the failed call's name.
pub(super) fn answer_to_bytes(answer: &Answer) -> Vec<u8> {
    let (errno, number, call) = match answer {
        Ok(number) => (0, *number, ""),
        Err(failed) => (failed.errno.0, 0, failed.call.as_str()),
    };
    let mut bytes = Vec::with_capacity(8 + call.len());
    bytes.extend_from_slice(&errno.to_le_bytes());
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend(call.bytes().take(MESSAGE - 8));
    bytes
}

/// `None` for something that no helper sends.
pub(super) fn answer_from_bytes(bytes: &[u8]) -> Option<Answer> {
    let (errno, rest) = bytes.split_first_chunk::<4>()?;
    let (number, call) = rest.split_first_chunk::<4>()?;
    Some(match i32::from_le_bytes(*errno) {
        0 => Ok(u32::from_le_bytes(*number)),
        errno => Err(FailedCall {
            call: String::from_utf8_lossy(call).into_owned(),
            errno: Errno(errno),
        }),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_arrives() {
        for request in [
            Request::Open,
            Request::OpenHost([3, 1, device_number(Device::Veth)]),
            Request::Settle,
            Request::Enter(8),
            Request::Socket(7, [2, 1, -1]),
            Request::Pair(u32::MAX, [1, 2, 0]),
            Request::Close(9),
        ] {
            assert_eq!(Request::from_bytes(&request.to_bytes()), Some(request));
        }
        assert_eq!(Request::from_bytes(&[0; 20]), None);
        assert_eq!(Request::from_bytes(&[1; 7]), None);
        let failed = Err(FailedCall {
            call: "unshare(CLONE_NEWNET)".into(),
            errno: Errno(1),
        });
        for answer in [Ok(5), failed] {
            assert_eq!(answer_from_bytes(&answer_to_bytes(&answer)).unwrap(), answer);
        }
        assert_eq!(answer_from_bytes(&[0; 7]), None);
    }
}
