//! Programs of the user's that were let into a lab's host by `wirelab exec`, and their end.
//!
//! A process that lives in a network namespace keeps it alive. So a lab that ends asks its visitors to end (SIGHUP, as a
//! closed terminal does), and two seconds later ends those that have not (SIGKILL). They are found by the namespace that they
//! are in: that also finds what they have started themselves, whoever its parent is.

use crate::sys;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::{Duration, Instant};

/// From SIGHUP to SIGKILL.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// Asks everything to end that lives in one of these network namespaces; after [`GRACE`] at most, ends what is left.
pub(super) fn end(namespaces: &[OwnedFd]) {
    /// kill(2): no signal, only the question whether one could be sent.
    const IS_THERE: i32 = 0;
    let began = Instant::now();
    signal(namespaces, libc::SIGHUP);
    while signal(namespaces, IS_THERE) > 0 {
        if began.elapsed() >= GRACE {
            signal(namespaces, libc::SIGKILL);
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Sends a signal to everything that lives in one of these network namespaces, but for this process; to how many.
///
/// The descriptors matter: while they are open, no other namespace gets the same number.
pub(super) fn signal(namespaces: &[OwnedFd], signal: i32) -> usize {
    let wanted: Vec<(u64, u64)> = namespaces.iter().filter_map(identity).collect();
    if wanted.is_empty() {
        return 0;
    }
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0;
    };
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let own = std::process::id().cast_signed();
    let mut count = 0;
    for pid in numbers.filter(|pid: &i32| *pid != own) {
        // The descriptor first: what is found out after that is about the process that gets the signal.
        let Ok(process) = sys::open_process(pid) else {
            continue;
        };
        let is_visitor = fs::metadata(format!("/proc/{pid}/ns/net"))
            .is_ok_and(|namespace| wanted.contains(&(namespace.dev(), namespace.ino())));
        if is_visitor && sys::signal_process(process.as_fd(), signal).is_ok() {
            count += 1;
        }
    }
    count
}

/// What tells one namespace from another.
fn identity(namespace: &OwnedFd) -> Option<(u64, u64)> {
    let file = fs::File::from(namespace.try_clone().ok()?);
    let metadata = file.metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}
