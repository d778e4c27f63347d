//! Messages to the kernel's routing tables (rtnetlink(7)) and socket tables (sock_diag(7)).

use crate::sys::{self, Errno, Result};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_DUMP: u16 = 0x300;
/// NLM_F_CREATE | NLM_F_EXCL.
const CREATE: u16 = 0x600;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;

const RTM_NEWLINK: u16 = 16;
const RTM_NEWROUTE: u16 = 24;
const IFF_UP: u32 = 1;
const IFF_MULTICAST: u32 = 0x1000;

/// One message: header, fixed body, attributes.
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A request with its fixed body.
    pub(super) fn new(kind: u16, flags: u16, body: &[u8]) -> Self {
        let mut bytes = vec![0; 16];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&(flags | NLM_F_REQUEST).to_ne_bytes());
        bytes.extend_from_slice(body);
        Self(bytes)
    }

    /// Appends an attribute (struct rtattr), padded to four bytes.
    fn attribute(mut self, kind: u16, value: &[u8]) -> Self {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let len = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&len.to_ne_bytes());
        self.0.extend_from_slice(&kind.to_ne_bytes());
        self.0.extend_from_slice(value);
        self
    }

    /// The bytes, with the length in the header.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        let len = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&len.to_ne_bytes());
        self.0
    }
}

/// A netlink socket in the namespace that this thread was in when it was opened.
pub(super) struct Netlink(OwnedFd);

impl Netlink {
    /// NETLINK_ROUTE.
    pub(super) fn route() -> Result<Self> {
        sys::blocking_socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE).map(Self)
    }

    /// NETLINK_SOCK_DIAG.
    pub(super) fn sock_diag() -> Result<Self> {
        sys::blocking_socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_SOCK_DIAG).map(Self)
    }

    /// The descriptor, to be given away.
    pub(super) fn into_fd(self) -> OwnedFd {
        self.0
    }

    /// Sends a request and waits for the kernel's verdict.
    pub(super) fn request(&self, mut message: Message) -> Result<()> {
        let flags = u16::from_ne_bytes([message.0[6], message.0[7]]) | NLM_F_ACK;
        message.0[6..8].copy_from_slice(&flags.to_ne_bytes());
        sys::send(self.0.as_fd(), &message.finish(), 0)?;
        let mut verdict = None;
        while verdict.is_none() {
            receive(self.0.as_fd(), &mut |kind, body| {
                if kind == NLMSG_ERROR {
                    verdict = Some(error_of(body));
                }
            })?;
        }
        match verdict {
            Some(Errno(0)) | None => Ok(()),
            Some(errno) => Err(errno),
        }
    }

    /// Sends a dump request and calls `each` with every answer's body.
    pub(super) fn dump(&self, mut message: Message, mut each: impl FnMut(&[u8])) -> Result<()> {
        message.0[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
        sys::send(self.0.as_fd(), &message.finish(), 0)?;
        let mut end = None;
        while end.is_none() {
            receive(self.0.as_fd(), &mut |kind, body| match kind {
                NLMSG_DONE => end = Some(Errno(0)),
                NLMSG_ERROR => end = Some(error_of(body)),
                _ => each(body),
            })?;
        }
        match end {
            Some(Errno(0)) | None => Ok(()),
            Some(errno) => Err(errno),
        }
    }
}

/// The errno of an NLMSG_ERROR; 0 is an acknowledgement.
pub(super) fn error_of(body: &[u8]) -> Errno {
    let number = body
        .first_chunk::<4>()
        .map_or(-libc::EIO, |n| i32::from_ne_bytes(*n));
    Errno(number.saturating_neg())
}

/// Receives one batch of messages and hands out each one's type and body.
pub(super) fn receive(fd: BorrowedFd<'_>, each: &mut dyn FnMut(u16, &[u8])) -> Result<()> {
    let mut batch = Vec::new();
    sys::receive(fd, &mut batch, 32 << 10, 0)?;
    let mut rest = batch.as_slice();
    while let Some(header) = rest.first_chunk::<16>() {
        let len = u32::from_ne_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let kind = u16::from_ne_bytes([header[4], header[5]]);
        let Some(body) = rest.get(16..len) else { break };
        each(kind, body);
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(())
}

/// Brings the interface up and lets it carry multicast, which `lo` does not by itself.
pub(super) fn bring_up(netlink: &Netlink, index: i32) -> Result<()> {
    let flags = IFF_UP | IFF_MULTICAST;
    let mut body = [0; 16];
    body[4..8].copy_from_slice(&index.to_ne_bytes());
    body[8..12].copy_from_slice(&flags.to_ne_bytes());
    body[12..16].copy_from_slice(&flags.to_ne_bytes());
    netlink.request(Message::new(RTM_NEWLINK, 0, &body))
}

/// Routes 224.0.0.0/4 to the interface, so that joining a group works as on a machine with a network.
pub(super) fn route_multicast(netlink: &Netlink, index: i32) -> Result<()> {
    const RTA_DST: u16 = 1;
    const RTA_OIF: u16 = 4;
    // struct rtmsg: family, destination's and source's length, TOS, table main, protocol boot, scope link, unicast.
    let body = [libc::AF_INET as u8, 4, 0, 0, 254, 3, 253, 1, 0, 0, 0, 0];
    let message = Message::new(RTM_NEWROUTE, CREATE, &body)
        .attribute(RTA_DST, &[224, 0, 0, 0])
        .attribute(RTA_OIF, &index.to_ne_bytes());
    netlink.request(message)
}
