//! What each panel of the page shows, as plain data made from the timeline's state at the cursor. No browser in here:
//! everything is tested natively, and the views only draw it.
//!
//! ```text
//! moment.rs    the state at the cursor and what is needed to read it
//! steps.rs     where Back and Next stop in the past
//! caption.rs   what has just happened, what Next will do
//! lane.rs      a program: its lines, what it waits for, how it ended
//! advice.rs    an error in one sentence, and what to try
//! lit.rs       what belongs together: line, call, bytes, buffer
//! sockets.rs   the kernel's side: states, addresses, buffers, accept queue
//! terminal.rs  what a program wrote and was told
//! scrub.rs     the bar of events
//! words.rs     the timeline in words
//! details.rs   one call, in full
//! compare.rs   two runs side by side
//! network.rs   where the sockets can live, in words
//! join.rs      how a real program joins the lab
//! packet.rs    one packet, in full
//! states.rs    TCP's states and the sockets' way through them
//! wire.rs      what waits on the wire; the rules that packets go by
//! syntax.rs    Python coloured; markup.rs: text that is safe as HTML; bytes.rs: bytes as text
//! ```

pub mod advice;
pub mod bytes;
pub mod caption;
pub mod compare;
pub mod details;
pub mod join;
pub mod lane;
pub mod lit;
pub mod markup;
pub mod moment;
pub mod network;
pub mod packet;
pub mod scrub;
pub mod sockets;
pub mod states;
pub mod steps;
pub mod syntax;
pub mod terminal;
pub mod wire;
pub mod words;

#[cfg(test)]
pub(crate) mod story;
#[cfg(test)]
pub(crate) mod tests;

pub use moment::Moment;

/// A time of the lab as the page shows it: `8.9 s`, from ten minutes on `12:05` and `1:00:00`; counted from the first event (`began`), so that it does not matter how
/// long the page was open before.
pub fn time_text(nanos: u64, began: u64) -> String {
    let nanos = nanos.saturating_sub(began);
    let tenths = nanos / 100_000_000;
    if tenths < 6000 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else if tenths < 36_000 {
        format!("{}:{:02}", tenths / 600, tenths / 10 % 60)
    } else {
        format!(
            "{}:{:02}:{:02}",
            tenths / 36_000,
            tenths / 600 % 60,
            tenths / 10 % 60
        )
    }
}

/// A span of time as a learner reads it: `0.4 s`, `12 s`, `3 min`.
pub fn span_text(nanos: u64) -> String {
    let tenths = nanos / 100_000_000;
    match tenths {
        0..100 => format!("{}.{} s", tenths / 10, tenths % 10),
        100..1200 => format!("{} s", tenths / 10),
        _ => format!("{} min", tenths / 600),
    }
}
