//! The run that is kept to be compared with another one. There is one for the whole page, so that it outlives the lab that it
//! was a run of, and labs of one lesson can be compared with each other.

use engine::session::Session;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static KEPT: RefCell<Option<Rc<Session>>> = const { RefCell::new(None) };
}

/// Keeps this run, as a recording, in place of the one before.
///
/// # Errors
/// One sentence, if it cannot be recorded.
pub fn keep(session: &Session) -> Result<(), String> {
    let recording = session.recording();
    put(Session::replay(recording).map_err(|e| e.0)?);
    Ok(())
}

/// The same for a recording that was opened.
pub fn put(recording: Session) {
    KEPT.set(Some(Rc::new(recording)));
}

/// The run that is kept.
pub fn get() -> Option<Rc<Session>> {
    KEPT.with_borrow(Clone::clone)
}
