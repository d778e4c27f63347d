//! AF_UNIX names of a lab. A path is a name in this table, never opened in the machine's file system: a pathname socket
//! can be reached from any network namespace, so `connect('/var/run/docker.sock')` must not even look.
//!
//! Each name of a program stands for an abstract name that nobody else can guess, which the kernel knows instead. As on Linux,
//! a bound path stays when its socket is closed (the file is still there), an abstract name goes.

use crate::linux;
use crate::sys::RawAddr;
use engine::net::paths::{is_abstract, key};
use protocol::{Address, SocketId};
use std::collections::HashMap;

/// How many names a lab may ever bind, those that were unlinked included: sockets may still have them.
const NAMES: usize = 4096;

/// The table of one lab.
#[derive(Debug)]
pub(crate) struct UnixNames {
    /// Begins every alias: 64 random bits, so that labs that share a namespace do not meet.
    prefix: String,
    /// By the program's name; paths in their plain form.
    by_name: HashMap<Vec<u8>, Entry>,
    /// The program's name by its alias.
    by_alias: HashMap<Vec<u8>, Vec<u8>>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// The abstract name without its leading zero byte.
    alias: Vec<u8>,
    /// SOCK_*, and who bound it: only for paths.
    file: Option<(i32, SocketId)>,
}

/// Why a name cannot be used; the errno that Linux gives.
pub(crate) type Refused = i32;

/// A name about to be bound: the kernel's address, and what to remember if that works.
pub(crate) struct Binding {
    /// For bind(2).
    pub(crate) raw: RawAddr,
    /// As the program wrote it, and in plain form.
    remember: Option<(Vec<u8>, Vec<u8>, Entry)>,
}

impl UnixNames {
    /// An empty table. `secret` keeps the aliases apart from everybody else's.
    pub(crate) fn new(secret: u64) -> Self {
        Self {
            prefix: format!("wirelab-{secret:016x}-"),
            by_name: HashMap::new(),
            by_alias: HashMap::new(),
        }
    }

    /// The address to bind `sock` to.
    ///
    /// # Errors
    /// EADDRINUSE for a path that is bound already, EINVAL for one that is too long, ENOSPC for too many.
    pub(crate) fn to_bind(&self, name: &[u8], kind: i32, sock: SocketId) -> Result<Binding, Refused> {
        if name.is_empty() {
            // The kernel chooses an abstract name (unix(7), autobind).
            let raw = RawAddr::abstract_unix(b"").ok_or(linux::EINVAL)?;
            return Ok(Binding { raw, remember: None });
        }
        if name.len() > 108 {
            return Err(linux::EINVAL);
        }
        let file = (!is_abstract(name)).then_some((kind, sock));
        let key = key(name);
        let entry = match self.by_name.get(&key) {
            Some(_) if file.is_some() => return Err(linux::EADDRINUSE),
            Some(entry) => entry.clone(),
            None if self.by_alias.len() >= NAMES => return Err(linux::ENOSPC),
            None => Entry {
                alias: format!("{}{}", self.prefix, self.by_alias.len()).into_bytes(),
                file,
            },
        };
        let raw = RawAddr::abstract_unix(&entry.alias).ok_or(linux::EINVAL)?;
        Ok(Binding {
            raw,
            remember: Some((name.to_vec(), key, entry)),
        })
    }

    /// The kernel has bound it.
    pub(crate) fn bound(&mut self, binding: Binding) {
        if let Some((name, key, entry)) = binding.remember {
            self.by_alias.insert(entry.alias.clone(), name);
            self.by_name.insert(key, entry);
        }
    }

    /// Is a socket's file there?
    ///
    /// # Errors
    /// ENOENT.
    pub(crate) fn stat(&self, path: &[u8]) -> Result<(), Refused> {
        let there = self.by_name.get(&key(path)).is_some_and(|e| e.file.is_some());
        if there { Ok(()) } else { Err(linux::ENOENT) }
    }

    /// Takes a socket's file away. The socket keeps its name, and getsockname() tells it.
    ///
    /// # Errors
    /// ENOENT.
    pub(crate) fn unlink(&mut self, path: &[u8]) -> Result<(), Refused> {
        self.stat(path)?;
        self.by_name.remove(&key(path));
        Ok(())
    }

    /// The address to connect or send to. `is_open` tells whether a socket is still there.
    ///
    /// # Errors
    /// ENOENT for a path that nobody bound, ECONNREFUSED for an abstract name, EPROTOTYPE for the other kind of socket.
    pub(crate) fn to_reach(
        &self,
        name: &[u8],
        kind: i32,
        is_open: impl Fn(SocketId) -> bool,
    ) -> Result<RawAddr, Refused> {
        let Some(entry) = self.by_name.get(&key(name)) else {
            return Err(match name {
                [] => linux::EINVAL,
                name if is_abstract(name) => linux::ECONNREFUSED,
                _ => linux::ENOENT,
            });
        };
        match entry.file {
            Some((other, owner)) if other != kind && is_open(owner) => Err(linux::EPROTOTYPE),
            _ => RawAddr::abstract_unix(&entry.alias).ok_or(linux::EINVAL),
        }
    }

    /// The program's name for an address that the kernel told.
    pub(crate) fn address(&self, raw: &RawAddr) -> Option<Address> {
        let path = raw.unix_path()?;
        let alias = path.strip_prefix(&[0]).unwrap_or_default();
        let name = self.by_alias.get(alias).cloned().unwrap_or(path);
        Some(Address::Unix { path: name.into() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_bound_again_only_after_its_file_is_gone() {
        let (first, second) = (SocketId(1), SocketId(2));
        let mut names = UnixNames::new(7);
        let binding = names.to_bind(b"./a", linux::SOCK_STREAM, first).unwrap();
        names.bound(binding);
        let again = names.to_bind(b"a", linux::SOCK_STREAM, second).map(drop);
        assert_eq!(again, Err(linux::EADDRINUSE));
        assert_eq!(names.unlink(b"b"), Err(linux::ENOENT));
        assert_eq!(names.unlink(b"/home/learner/a"), Ok(()));
        assert_eq!(names.stat(b"a"), Err(linux::ENOENT));
        let other = names.to_bind(b"b", linux::SOCK_STREAM, second).unwrap();
        names.bound(other);
        let binding = names.to_bind(b"a", linux::SOCK_STREAM, second).unwrap();
        names.bound(binding);
        let aliases: std::collections::HashSet<_> = names.by_alias.keys().collect();
        assert_eq!(aliases.len(), 3, "no alias is given twice");
    }
}
