//! What runs a lab in a page: effects of the session to the server, answers and timers back, in slices that leave the
//! page its breath.
//!
//! ```text
//! ledger.rs    what was asked and not answered, over all labs of the page: pure, survives a lost connection
//! local.rs     a lab on the simulated network: everything here, no server
//! link.rs      the page's one WebSocket: connects, takes the session up again, acknowledges
//! lab.rs       one lab: the session, its slices and alarms
//! kept.rs      the run that another one is compared with
//! journal.rs   what has happened, kept where it outlives a fault of the page
//! fault.rs     such faults on purpose, for tests
//! python.rs    the parts of Python that are fetched when a program needs them
//! timer.rs     the browser's clocks as values
//! ```

#[cfg(debug_assertions)]
pub mod fault;
pub mod journal;
pub mod kept;
pub mod lab;
pub mod ledger;
pub mod link;
pub mod local;
pub mod python;
pub mod timer;

pub use lab::Driver;
pub use link::{Link, Status};
