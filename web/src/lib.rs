//! The pages: views over the engine's sessions and timelines.
//!
//! ```text
//! element/     <wire-lab>: attributes, scripting interface        static/wire-lab.js calls it
//! driver/      runs a lab: WebSocket, answers, timers, slices     session -> server -> session
//! model/       what each panel shows, as plain data               timeline at the cursor -> data
//! diagram/     the time-sequence diagram as data and as SVG       timeline -> marks -> SVG
//! views/       the panels                                         data -> page
//! playground/  a lab of one's own: share, save, keep
//! ```
//!
//! `model/` and `diagram/` know no browser and are tested natively; `driver/ledger.rs` too. Everything on the page is a
//! fold over the timeline up to the cursor: nothing is drawn that no event says.

pub mod diagram;
pub mod driver;
pub mod element;
pub mod model;
pub mod playground;
pub mod views;
