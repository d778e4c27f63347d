//! What has happened in a lab so far, kept outside of wasm: when the page's code fails, nothing in its memory can be relied on
//! any more, but this can still be saved. `static/fallen.js` makes a recording's file of it.

use engine::session::Session;
use js_sys::{Array, Uint8Array};
use protocol::write::to_json;
use std::cell::Cell;

/// Events of one piece at most.
const PIECE: usize = 4096;

/// A list of the page's: first the recording's beginning, up to its events, then the events in pieces, as JSON in UTF-8.
/// `head,piece,piece` with `]}` behind it is the whole recording.
pub struct Journal {
    list: Array,
    /// Events that the list has.
    told: Cell<usize>,
    /// What the head was written for: the timeline's generation, how often a program was edited, whether there was a network.
    head: Cell<Option<(u32, u32, bool)>>,
}

impl Journal {
    /// Writes to this list, from its beginning.
    pub fn new(list: Array) -> Self {
        list.set_length(0);
        Self {
            list,
            told: Cell::new(0),
            head: Cell::new(None),
        }
    }

    /// Takes in what is new. `generation` counts how often the timeline began anew, `edits` how often a program was edited.
    pub fn follow(&self, session: &Session, generation: u32, edits: u32) {
        let head = (generation, edits, session.network().is_some());
        let before = self.head.replace(Some(head));
        if before != Some(head) {
            if before.is_none_or(|(before, ..)| before != generation) {
                self.list.set_length(1);
                self.told.set(0);
            }
            // It ends with an empty list: `[]}`.
            let json = to_json(&session.recording_head());
            let json = json.strip_suffix("]}").unwrap_or_default();
            self.list.set(0, Uint8Array::from(json.as_bytes()).into());
        }
        let events = session.timeline().events();
        for piece in events.get(self.told.get()..).unwrap_or_default().chunks(PIECE) {
            let json = to_json(piece);
            // Without its brackets.
            let inside = json.get(1..json.len() - 1).unwrap_or_default();
            self.list.push(&Uint8Array::from(inside.as_bytes()));
        }
        self.told.set(events.len());
    }
}
