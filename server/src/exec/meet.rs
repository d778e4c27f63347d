//! Where a server's socket lies, so that `wirelab exec` of the same user finds it and nobody else does.
//!
//! `$XDG_RUNTIME_DIR/wirelab`, or `wirelab-UID` in the folder for temporary files: a directory of the user's that nobody
//! else may even look into. Each server has one socket there, `PORT-PID.sock`.

use crate::sys;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Bits of a mode that would let others in.
const OTHERS: u32 = 0o077;

/// The directory for new sockets, made if need be.
///
/// # Errors
/// It cannot be made, or what is there is not ours alone.
pub(super) fn directory() -> io::Result<PathBuf> {
    let mut why = io::Error::from(io::ErrorKind::NotFound);
    for directory in candidates() {
        let made = DirBuilder::new().mode(0o700).create(&directory);
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => why = error,
            _ if is_ours_alone(&directory) => return Ok(directory),
            _ => {
                let text = format!("{} is not a directory of yours alone", directory.display());
                why = io::Error::other(text);
            }
        }
    }
    Err(why)
}

/// The directories where servers of this user may be, the best one first.
fn candidates() -> Vec<PathBuf> {
    let (uid, _) = sys::own_user();
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    // After su(1) the variable may still name the directory of somebody else.
    let runtime = runtime.filter(|path| path.is_absolute() && is_ours_alone(path));
    let temporary = std::env::temp_dir().join(format!("wirelab-{uid}"));
    let mut all: Vec<PathBuf> = runtime.map(|path| path.join("wirelab")).into_iter().collect();
    all.push(temporary);
    all
}

/// A directory, not a link to one, that belongs to us and that nobody else may use.
fn is_ours_alone(path: &Path) -> bool {
    let (uid, _) = sys::own_user();
    fs::symlink_metadata(path).is_ok_and(|m| m.is_dir() && m.uid() == uid && m.mode() & OTHERS == 0)
}

/// A server that was found.
pub(super) struct Found {
    /// The port that its pages are on.
    pub(super) port: u16,
    /// A connection to it; the other end runs as this user.
    pub(super) stream: UnixStream,
    /// Where the socket lies.
    pub(super) directory: PathBuf,
}

/// The servers of this user that are alive, by port.
pub(super) fn servers() -> Vec<Found> {
    let mut found = Vec::new();
    for directory in candidates() {
        if !is_ours_alone(&directory) {
            continue;
        }
        for (path, port) in sockets(&directory) {
            if let Ok(stream) = UnixStream::connect(&path) {
                let directory = directory.clone();
                found.push(Found {
                    port,
                    stream,
                    directory,
                });
            }
        }
    }
    found.sort_by_key(|server| server.port);
    found
}

/// Removes the sockets of servers that were killed. A socket appears under its name when it is listened on, so one that
/// refuses is dead.
pub(super) fn sweep(directory: &Path) {
    for (path, _) in sockets(directory) {
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if UnixStream::connect(&path).is_err_and(|error| refused(&error)) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The name of a server's socket.
pub(super) fn socket_name(port: u16) -> String {
    format!("{port}-{}.sock", std::process::id())
}

/// Everything in the directory that is called like a server's socket, and the port in its name.
fn sockets(directory: &Path) -> Vec<(PathBuf, u16)> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let named = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name();
        let (port, _) = name.to_str()?.strip_suffix(".sock")?.split_once('-')?;
        Some((entry.path(), port.parse().ok()?))
    });
    named.collect()
}
