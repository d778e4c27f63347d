//! Socket addresses as the kernel lays them out.

use std::mem::{offset_of, size_of};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// A `struct sockaddr_storage` and how much of it is filled.
#[derive(Clone, Copy)]
pub(crate) struct RawAddr {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

/// Where the path begins in `struct sockaddr_un`.
const UNIX_PATH: usize = offset_of!(libc::sockaddr_un, sun_path);
/// How many bytes a path may have.
const UNIX_PATH_LEN: usize = size_of::<libc::sockaddr_un>() - UNIX_PATH;

impl RawAddr {
    /// Room for the kernel to write any address into.
    pub(super) fn room() -> Self {
        // SAFETY: sockaddr_storage is plain data; all zeroes is a value of it (AF_UNSPEC).
        let storage = unsafe { std::mem::zeroed() };
        Self {
            storage,
            len: size_of::<libc::sockaddr_storage>() as libc::socklen_t,
        }
    }

    /// AF_INET or AF_INET6.
    pub(crate) fn from_std(address: SocketAddr) -> Self {
        let mut raw = Self::room();
        match address {
            SocketAddr::V4(a) => {
                let v4 = libc::sockaddr_in {
                    sin_family: libc::AF_INET as libc::sa_family_t,
                    sin_port: a.port().to_be(),
                    sin_addr: libc::in_addr {
                        s_addr: u32::from_ne_bytes(a.ip().octets()),
                    },
                    sin_zero: [0; 8],
                };
                // SAFETY: sockaddr_storage is larger than sockaddr_in and at least as strictly aligned.
                unsafe { (&raw mut raw.storage).cast::<libc::sockaddr_in>().write(v4) };
                raw.len = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            }
            SocketAddr::V6(a) => {
                let v6 = libc::sockaddr_in6 {
                    sin6_family: libc::AF_INET6 as libc::sa_family_t,
                    sin6_port: a.port().to_be(),
                    sin6_flowinfo: a.flowinfo().to_be(),
                    sin6_addr: libc::in6_addr {
                        s6_addr: a.ip().octets(),
                    },
                    sin6_scope_id: a.scope_id(),
                };
                // SAFETY: as above, for sockaddr_in6.
                unsafe { (&raw mut raw.storage).cast::<libc::sockaddr_in6>().write(v6) };
                raw.len = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
            }
        }
        raw
    }

    /// Copies an address of AF_INET or AF_INET6; `None` for null and other families.
    ///
    /// # Safety
    /// `from` is null or points to a whole `struct sockaddr_*` of the family that it says.
    pub(super) unsafe fn copy_internet(from: *const libc::sockaddr) -> Option<SocketAddr> {
        if from.is_null() {
            return None;
        }
        // SAFETY: every sockaddr begins with its family.
        let len = match i32::from(unsafe { (*from).sa_family }) {
            libc::AF_INET => size_of::<libc::sockaddr_in>(),
            libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
            _ => return None,
        };
        let mut raw = Self::room();
        // SAFETY: the caller promises `len` readable bytes; the storage is larger than either structure.
        unsafe { std::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut raw.storage).cast::<u8>(), len) };
        raw.len = len as libc::socklen_t;
        raw.to_std()
    }

    /// AF_UNIX in the abstract namespace: `name` without its leading zero byte. An empty name asks bind(2) to choose one.
    /// `None` if it is too long (107 bytes).
    pub(crate) fn abstract_unix(name: &[u8]) -> Option<Self> {
        let mut raw = Self::room();
        // SAFETY: sockaddr_storage is larger than sockaddr_un, at least as strictly aligned, and all zeroes is a value
        // of it.
        let un = unsafe { &mut *(&raw mut raw.storage).cast::<libc::sockaddr_un>() };
        un.sun_family = libc::AF_UNIX as libc::sa_family_t;
        if name.is_empty() {
            raw.len = UNIX_PATH as libc::socklen_t;
            return Some(raw);
        }
        if name.len() + 1 > UNIX_PATH_LEN {
            return None;
        }
        for (to, from) in un.sun_path[1..].iter_mut().zip(name) {
            *to = *from as libc::c_char;
        }
        raw.len = (UNIX_PATH + 1 + name.len()) as libc::socklen_t;
        Some(raw)
    }

    /// AF_*.
    pub(crate) fn family(&self) -> i32 {
        if (self.len as usize) < size_of::<libc::sa_family_t>() {
            return libc::AF_UNSPEC;
        }
        i32::from(self.storage.ss_family)
    }

    /// The address and port of AF_INET and AF_INET6.
    pub(crate) fn to_std(self) -> Option<SocketAddr> {
        let len = self.len as usize;
        match self.family() {
            libc::AF_INET if len >= size_of::<libc::sockaddr_in>() => {
                // SAFETY: the family says that it is a sockaddr_in, and the kernel filled all of it.
                let a = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_in>() };
                let ip = Ipv4Addr::from(a.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddrV4::new(ip, u16::from_be(a.sin_port)).into())
            }
            libc::AF_INET6 if len >= size_of::<libc::sockaddr_in6>() => {
                // SAFETY: the family says that it is a sockaddr_in6, and the kernel filled all of it.
                let a = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_in6>() };
                let ip = Ipv6Addr::from(a.sin6_addr.s6_addr);
                let (flow, scope) = (u32::from_be(a.sin6_flowinfo), a.sin6_scope_id);
                Some(SocketAddrV6::new(ip, u16::from_be(a.sin6_port), flow, scope).into())
            }
            _ => None,
        }
    }

    /// The bytes of sun_path, for AF_UNIX: empty for a socket without a name, a leading zero byte for an abstract one.
    pub(crate) fn unix_path(&self) -> Option<Vec<u8>> {
        if self.family() != libc::AF_UNIX {
            return None;
        }
        let len = (self.len as usize).clamp(UNIX_PATH, UNIX_PATH + UNIX_PATH_LEN) - UNIX_PATH;
        // SAFETY: sockaddr_storage is larger than sockaddr_un, at least as strictly aligned, and was zeroed at first.
        let un = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_un>() };
        let bytes: Vec<u8> = un.sun_path[..len].iter().map(|c| *c as u8).collect();
        match bytes.first() {
            None | Some(0) => Some(bytes),
            Some(_) => Some(bytes.split(|b| *b == 0).next().unwrap_or_default().to_vec()),
        }
    }

    /// For calls that read it.
    pub(super) const fn as_ptr(&self) -> (*const libc::sockaddr, libc::socklen_t) {
        ((&raw const self.storage).cast(), self.len)
    }

    /// For calls that fill it.
    pub(super) const fn as_mut_ptr(&mut self) -> (*mut libc::sockaddr, *mut libc::socklen_t) {
        ((&raw mut self.storage).cast(), &raw mut self.len)
    }

    /// Did the kernel write an address at all? (recvfrom() on a connected stream does not.)
    pub(super) const fn is_filled(&self) -> bool {
        self.len > 0
    }
}
