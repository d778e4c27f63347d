//! The networks that labs' sockets live in.
//!
//! ```text
//! Networks ── open_lab() ──▶ Lab ── submit(id, call) ──▶ the kernel
//!    │                        ▲ └─ next() ◀── Reply { outcome, samples }
//!    ├── helper/    a process that makes network namespaces and sockets in them
//!    ├── place      where a lab's sockets are made: a namespace of its own, or the machine's loopback
//!    ├── lab/       one lab: its sockets, the calls that wait, what was told about them
//!    ├── policy     what the live network allows
//!    ├── unix_names AF_UNIX names inside the lab
//!    └── budget     bytes that are held for all labs and sessions together
//! ```
//!
//! Names ([`engine::net::names`]) and the options that programs may use ([`engine::net::options`]) are those of the simulated
//! network, too. A [`Lab`] knows nothing of WebSockets: the command line drives the same one in process.

pub(crate) mod budget;
#[cfg_attr(not(namespaces), path = "no_helper.rs")]
mod helper;
mod lab;
mod networks;
mod place;
mod policy;
mod unix_names;

#[cfg(namespaces)]
pub(crate) use helper::Door;
pub use helper::{ARGUMENT as HELPER_ARGUMENT, process::run as run_helper};
#[cfg(namespaces)]
pub(crate) use lab::Guest;
pub use lab::{Dialer, Lab, Told};
pub use networks::{Networks, OpenError};
pub use policy::{Allow, NotARule};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; a thread that panicked while it held one of our locks has left nothing half-done behind it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
