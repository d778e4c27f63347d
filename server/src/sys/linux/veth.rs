//! The far end of a veth interface: what its host sends is read from a packet socket (packet(7)), and what is written there
//! arrives.

use super::errno::{Errno, Result, check};
use super::socket;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// The link address of every host's `eth0`: the kernel takes in what is addressed to it. Locally administered.
pub(crate) const LINK_ADDRESS: [u8; 6] = [2, 0, 0, 0, 0, 1];

/// PACKET_IGNORE_OUTGOING (Linux 4.20): what is sent here is not received here. (PACKET_QDISC_BYPASS matters, too: for some
/// milliseconds after the other end is up, until the kernel's link watch has run, the queue in between drops everything.)
const PACKET_IGNORE_OUTGOING: i32 = 23;
/// Bytes of packets that may wait to be read, the kernel's own accounting included.
const RECEIVE_BUFFER: i32 = 8 << 20;

/// A socket for bare IP packets on the interface with this number. It does not block.
///
/// # Errors
/// The call that failed, and why.
pub(crate) fn packet_socket(index: i32) -> std::result::Result<OwnedFd, (&'static str, Errno)> {
    // Of no protocol until it is bound: nothing of other interfaces is received.
    let fd =
        socket::socket(libc::AF_PACKET, libc::SOCK_DGRAM, 0).map_err(|errno| ("socket(AF_PACKET)", errno))?;
    for option in [PACKET_IGNORE_OUTGOING, libc::PACKET_QDISC_BYPASS] {
        let _ = socket::set_option(fd.as_fd(), libc::SOL_PACKET, option, &1_i32.to_ne_bytes());
    }
    // By force where that is allowed, else as much as others get.
    for option in [libc::SO_RCVBUF, libc::SO_RCVBUFFORCE] {
        let _ = socket::set_option(
            fd.as_fd(),
            libc::SOL_SOCKET,
            option,
            &RECEIVE_BUFFER.to_ne_bytes(),
        );
    }
    let address = link_address(index, libc::ETH_P_ALL as u16);
    let (ptr, len) = raw(&address);
    // SAFETY: `ptr` points to `len` initialised bytes that live through the call.
    check(unsafe { libc::bind(fd.as_raw_fd(), ptr, len) }).map_err(|errno| ("bind(AF_PACKET)", errno))?;
    Ok(fd)
}

/// The interface that a packet socket is bound to; `None` if it is another descriptor.
pub(super) fn bound_interface(fd: BorrowedFd<'_>) -> Option<i32> {
    let mut address = link_address(0, 0);
    let mut len = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
    let ptr = (&raw mut address).cast();
    // SAFETY: `address` has `len` writable bytes; both live through the call.
    check(unsafe { libc::getsockname(fd.as_raw_fd(), ptr, &raw mut len) }).ok()?;
    (i32::from(address.sll_family) == libc::AF_PACKET).then_some(address.sll_ifindex)
}

/// sendto(2) of one IP packet to the host at the other end.
pub(super) fn send(fd: BorrowedFd<'_>, index: i32, packet: &[u8]) -> Result<()> {
    let protocol = match packet.first().map(|byte| byte >> 4) {
        Some(6) => libc::ETH_P_IPV6,
        _ => libc::ETH_P_IP,
    };
    let address = link_address(index, protocol as u16);
    let (ptr, len) = raw(&address);
    // SAFETY: the pointers and lengths are those of a slice and of a whole address.
    let sent = unsafe { libc::sendto(fd.as_raw_fd(), packet.as_ptr().cast(), packet.len(), 0, ptr, len) };
    super::errno::check_len(sent).map(drop)
}

fn link_address(index: i32, protocol: u16) -> libc::sockaddr_ll {
    let mut sll_addr = [0; 8];
    sll_addr[..LINK_ADDRESS.len()].copy_from_slice(&LINK_ADDRESS);
    libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: protocol.to_be(),
        sll_ifindex: index,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: LINK_ADDRESS.len() as u8,
        sll_addr,
    }
}

/// Packet sockets that may wait to be closed, and as many that are closed at once.
const CLOSING: usize = 32;

/// close(2) of a packet socket, in threads of its own: the call waits until nobody in the kernel reads the lists any more that
/// the socket stood in (packet_release() in net/packet/af_packet.c calls synchronize_net()), some 10 ms, however many do at the
/// same time. Whoever comes when [`CLOSING`] others are waiting waits, too: what has ended is never more than twice that.
pub(super) fn close_behind(socket: OwnedFd) {
    static CLOSER: OnceLock<Option<SyncSender<OwnedFd>>> = OnceLock::new();
    let closer = CLOSER.get_or_init(|| {
        let (give, take) = sync_channel(CLOSING);
        let closing = named().spawn(move || {
            while let Ok(first) = take.recv() {
                let others: Vec<OwnedFd> = take.try_iter().take(CLOSING - 1).collect();
                thread::scope(|scope| {
                    for socket in others {
                        // Without another thread it is closed in this one.
                        let _ = named().spawn_scoped(scope, move || drop(socket));
                    }
                    drop(first);
                });
            }
        });
        closing.ok().map(|_| give)
    });
    // Without the thread it is closed here.
    if let Some(closer) = closer {
        let _ = closer.send(socket);
    }
}

fn named() -> thread::Builder {
    thread::Builder::new().name("closer".into())
}

const fn raw(address: &libc::sockaddr_ll) -> (*const libc::sockaddr, libc::socklen_t) {
    let ptr = std::ptr::from_ref(address).cast();
    (ptr, size_of::<libc::sockaddr_ll>() as libc::socklen_t)
}

/// The part of `struct ifreq` that SIOCETHTOOL reads.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; libc::IFNAMSIZ],
    data: *mut EthtoolValue,
    rest: [u8; 16],
}

/// `struct ethtool_value`.
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// Makes the kernel write checksums and cut segments itself before it hands packets to the interface with this name.
pub(crate) fn without_offloads(name: &str) -> Result<()> {
    /// ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_STXCSUM (include/uapi/linux/ethtool.h).
    const COMMANDS: [u32; 3] = [0x1f, 0x24, 0x17];
    const SIOCETHTOOL: libc::Ioctl = 0x8946;
    const { assert!(size_of::<InterfaceRequest>() >= size_of::<libc::ifreq>()) };
    if name.len() >= libc::IFNAMSIZ {
        return Err(Errno(libc::EINVAL));
    }
    let any = socket::socket(libc::AF_INET, libc::SOCK_DGRAM, 0)?;
    for command in COMMANDS {
        let mut value = EthtoolValue { command, data: 0 };
        let mut request = InterfaceRequest {
            name: [0; libc::IFNAMSIZ],
            data: &raw mut value,
            rest: [0; 16],
        };
        request.name[..name.len()].copy_from_slice(name.as_bytes());
        // SAFETY: the kernel reads one `struct ifreq`, which `request` is at least as long as, and reads and writes the
        // `struct ethtool_value` that it points to; both live through the call.
        check(unsafe { libc::ioctl(any.as_raw_fd(), SIOCETHTOOL, &raw mut request) })?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    #[test]
    fn more_sockets_than_may_wait_are_all_closed_behind() {
        let pairs = (0..3 * CLOSING).map(|_| UnixStream::pair().unwrap());
        let (ours, theirs): (Vec<_>, Vec<_>) = pairs.unzip();
        theirs.into_iter().for_each(|end| close_behind(end.into()));
        for mut end in ours {
            // The end of the stream comes when the other end is closed, and not before.
            assert_eq!(end.read(&mut [0]).unwrap(), 0);
        }
    }
}
