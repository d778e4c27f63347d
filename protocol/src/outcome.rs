//! How a call ended.

use crate::{Address, OptionValue, Payload, SocketId};
use protocol_derive::{Read, Write};

/// The one answer to a [`crate::Call`].
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Outcome {
    /// It worked and there is nothing more to say.
    Done,
    /// accept(): the peer's address; the new socket has the id that the call gave it.
    Accepted {
        /// The peer.
        addr: Address,
    },
    /// send(), sendto(): so many bytes are queued.
    Sent {
        /// Bytes.
        n: u64,
    },
    /// recv(), recvfrom(): empty on a stream means that the peer has closed its side.
    Received {
        /// The bytes.
        data: Payload,
        /// The sender, for recvfrom() where the family names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        addr: Option<Address>,
    },
    /// getsockname(), getpeername().
    Name {
        /// The address.
        addr: Address,
    },
    /// getsockopt().
    Option {
        /// The value.
        value: OptionValue,
    },
    /// select(): what is ready; three empty lists mean that the time is up.
    Ready {
        /// These can be read.
        read: Vec<SocketId>,
        /// These can be written.
        write: Vec<SocketId>,
        /// These have something exceptional.
        except: Vec<SocketId>,
    },
    /// getaddrinfo(): in the order in which to try them.
    AddrInfo {
        /// The entries.
        list: Vec<AddrInfo>,
    },
    /// gethostname(), gethostbyname(), the name of an address.
    Host {
        /// A name or a number, as the call gives it.
        name: String,
    },
    /// OSError: the kernel said no.
    Failed {
        /// Linux's number ([`crate::errno`]).
        errno: i32,
        /// Where it was Wirelab's bounds that said no, not the kernel: why, in one plain sentence for the page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// TimeoutError('timed out'): the socket's own deadline has passed; nothing was consumed.
    TimedOut,
    /// socket.gaierror: the name is not in the lab's table.
    Unresolved {
        /// EAI_*, negative as in glibc (EAI_NONAME is -2).
        code: i32,
    },
    /// The call was withdrawn (KeyboardInterrupt, the program was ended, the lab was reset); nothing was consumed.
    Cancelled,
}

impl Outcome {
    /// A kernel's error without a remark.
    pub const fn errno(errno: i32) -> Self {
        Self::Failed { errno, why: None }
    }

    /// Did the call do what it was asked for?
    pub const fn is_ok(&self) -> bool {
        !matches!(
            self,
            Self::Failed { .. } | Self::TimedOut | Self::Unresolved { .. } | Self::Cancelled
        )
    }

    /// The bytes that the answer carries, if it carries any.
    pub const fn payload(&self) -> Option<&Payload> {
        match self {
            Self::Received { data, .. } => Some(data),
            _ => None,
        }
    }

    /// The same, to be taken out or put back by [`crate::frame`].
    pub const fn payload_mut(&mut self) -> Option<&mut Payload> {
        match self {
            Self::Received { data, .. } => Some(data),
            _ => None,
        }
    }
}

/// One entry of getaddrinfo()'s list.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct AddrInfo {
    /// AF_*.
    pub family: i32,
    /// SOCK_*.
    pub kind: i32,
    /// IPPROTO_*.
    pub proto: i32,
    /// The canonical name, only where AI_CANONNAME asked for it.
    #[serde(default)]
    pub canonical: String,
    /// The address.
    pub addr: Address,
}
