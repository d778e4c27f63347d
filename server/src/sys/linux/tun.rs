//! TUN devices: a network interface whose other end is a descriptor (Documentation/networking/tuntap.rst); and that end,
//! whatever it is.

use super::errno::{Errno, Result, check, check_len};
use super::veth;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

const TUNSETIFF: libc::Ioctl = 0x4004_54ca_u32 as libc::Ioctl;
const TUNSETPERSIST: libc::Ioctl = 0x4004_54cb_u32 as libc::Ioctl;
/// Bare IP packets, no header of the driver's before them.
const FLAGS: libc::c_short = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;

/// The part of `struct ifreq` that TUNSETIFF reads.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; libc::IFNAMSIZ],
    flags: libc::c_short,
    rest: [u8; 22],
}

/// A new TUN interface in the namespace of this thread. The descriptor does not block.
///
/// # Errors
/// The call that failed, and why.
pub(crate) fn open_tun(name: &str) -> std::result::Result<OwnedFd, (&'static str, Errno)> {
    let fd = open_device().map_err(|errno| ("open(/dev/net/tun)", errno))?;
    make_interface(fd.as_fd(), name).map_err(|errno| ("ioctl(TUNSETIFF)", errno))?;
    Ok(fd)
}

fn open_device() -> Result<OwnedFd> {
    let flags = libc::O_RDWR | libc::O_NONBLOCK | libc::O_CLOEXEC;
    // SAFETY: the path ends with a zero byte.
    let fd = check(unsafe { libc::open(c"/dev/net/tun".as_ptr(), flags) })?;
    // SAFETY: the kernel has just given us this descriptor; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn make_interface(fd: BorrowedFd<'_>, name: &str) -> Result<()> {
    let mut request = InterfaceRequest {
        name: [0; libc::IFNAMSIZ],
        flags: FLAGS,
        rest: [0; 22],
    };
    const { assert!(size_of::<InterfaceRequest>() == size_of::<libc::ifreq>()) };
    if name.len() >= libc::IFNAMSIZ {
        return Err(Errno(libc::EINVAL));
    }
    request.name[..name.len()].copy_from_slice(name.as_bytes());
    // SAFETY: the kernel reads and writes one `struct ifreq`, which `request` is as long as.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), TUNSETIFF, &raw mut request) })?;
    // Not for its lasting (the interface goes with its namespace): without it close(2) waits some 26 ms for readers of
    // the interface's lists.
    // SAFETY: no pointers.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), TUNSETPERSIST, 1) }).map(drop)
}

/// The other end of a host's interface: what the host sends is read here, and what is written here arrives there.
pub(crate) struct WireEnd {
    fd: OwnedFd,
    /// The interface that a packet socket is bound to; none for a TUN device's descriptor.
    interface: Option<i32>,
}

impl WireEnd {
    /// read(2) of one packet into `room`; how long it is. EAGAIN: none is there.
    pub(crate) fn read(&self, room: &mut [u8]) -> Result<usize> {
        // SAFETY: the pointer and the length are those of a slice.
        check_len(unsafe { libc::read(self.fd.as_raw_fd(), room.as_mut_ptr().cast(), room.len()) })
    }

    /// write(2) of one packet. The kernel has dealt with it when this returns, up to what it sends in answer. (Behind a veth
    /// interface a busy kernel may take some of that up a moment later.)
    pub(crate) fn write(&self, packet: &[u8]) -> Result<()> {
        if let Some(interface) = self.interface {
            return veth::send(self.fd.as_fd(), interface, packet);
        }
        // SAFETY: the pointer and the length are those of a slice.
        check_len(unsafe { libc::write(self.fd.as_raw_fd(), packet.as_ptr().cast(), packet.len()) }).map(drop)
    }

    /// close(2), for which nobody has to wait.
    pub(crate) fn close(self) {
        if self.interface.is_some() {
            veth::close_behind(self.fd);
        }
    }
}

impl From<OwnedFd> for WireEnd {
    fn from(fd: OwnedFd) -> Self {
        let interface = veth::bound_interface(fd.as_fd());
        Self { fd, interface }
    }
}

impl AsFd for WireEnd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
