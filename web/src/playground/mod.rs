//! The playground: a lab of one's own. Programs are added, renamed and taken away; the work is kept in the browser, goes
//! into a link or a file, and nothing is stored on the server.
//!
//! ```text
//! share.rs     a lab as a link's fragment, and back
//! file.rs      a lab as one file that `wirelab run` takes too
//! desk.rs      what can be done: buttons, dialogs, the browser's store
//! ```

pub mod desk;
pub mod file;
pub mod share;

pub use desk::{Desk, open};
