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

pub use desk::Desk;

use crate::element::handle::Shared;
use std::pin::Pin;
use std::rc::Rc;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Opens the playground in an element.
type Open = fn(Rc<Shared>) -> Pin<Box<dyn Future<Output = ()>>>;

/// Fetches the playground's code: pages with a lesson's lab do without it.
#[wasm_split(playground, fallible)]
fn opener() -> Result<Open, SplitLoaderError> {
    Ok(|shared| Box::pin(desk::open(shared)))
}

/// Opens the playground: the link's lab, else the last work, else the starting points.
///
/// # Errors
/// One sentence, when its code cannot be had.
pub async fn open(shared: Rc<Shared>) -> Result<(), String> {
    let open = opener().await;
    let open = open.map_err(|_| "The playground could not be loaded: reload the page to try again.")?;
    open(shared).await;
    Ok(())
}
