//! The icons: strokes on a grid of 16, drawn in the text's colour.

use leptos::prelude::*;

/// `inside` is one of the paths below.
pub fn icon(inside: &'static str) -> impl IntoView {
    view! { <svg class="ic" viewBox="0 0 16 16" aria-hidden="true" inner_html=inside></svg> }
}

/// Back.
pub const BACK: &str = r#"<path d="M10 3L5 8l5 5"/>"#;
/// Next.
pub const NEXT: &str = r#"<path d="M6 3l5 5-5 5"/>"#;
/// Run.
pub const RUN: &str = r#"<path class="f" d="M4 3l9 5-9 5z"/>"#;
/// Pause.
pub const PAUSE: &str = r#"<path class="f" d="M4 3h3v10H4zM9 3h3v10H9z"/>"#;
/// One step of one program.
pub const STEP: &str = r#"<path d="M3 3.5v9M6.5 4l4.5 4-4.5 4"/>"#;
/// The line where a program stands.
pub const HERE: &str = r#"<path class="f" d="M4 3l8 5-8 5z"/>"#;
/// Blocked.
pub const WAIT: &str = r#"<path d="M4 2h8M4 14h8M5 2c0 4 6 4 6 6s-6 2-6 6M11 2c0 4-6 4-6 6s6 2 6 6"/>"#;
/// Changed by the last step.
pub const CHANGED: &str = r#"<path class="f" d="M8 3l5 9H3z"/>"#;
/// Failed.
pub const ERROR: &str = r#"<circle cx="8" cy="8" r="6.5"/><path d="M5.5 5.5l5 5m0-5l-5 5"/>"#;
/// The past.
pub const PAST: &str = r#"<path d="M2.5 8a5.5 5.5 0 1 0 2-4.2M2.5 2.5v3h3M8 5v3.5l2.5 1.5"/>"#;
/// To the live end.
pub const LIVE: &str = r#"<path d="M3 4l4 4-4 4M8 4l4 4-4 4M13.5 3.5v9"/>"#;
/// Reset.
pub const RESET: &str = r#"<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5.5h3"/>"#;
/// Share.
pub const SHARE: &str = r#"<path d="M8 10V2.5M5 5l3-3 3 3M3.5 8v5.5h9V8"/>"#;
/// Save to a file.
pub const SAVE: &str = r#"<path d="M8 2.5V10M5 7.5l3 3 3-3M3 13.5h10"/>"#;
/// What crossed the wire, to be saved.
pub const CAPTURE: &str = r#"<path d="M2 4.5h10M9.5 2L12 4.5 9.5 7M14 9H4M6.5 6.5L4 9l2.5 2.5M3 14h10"/>"#;
/// The timeline, to be saved.
pub const TIMELINE: &str = r#"<path d="M2 3v10h12M4.5 10l3-3 2 2 4-5"/>"#;
/// Open a file.
pub const OPEN: &str = r#"<path d="M2 4h4l1.5 2H14v7H2z"/>"#;
/// Add.
pub const ADD: &str = r#"<path d="M8 3v10M3 8h10"/>"#;
/// Take away.
pub const REMOVE: &str = r#"<path d="M4 4l8 8m0-8l-8 8"/>"#;
/// The loopback network.
pub const LOOPBACK: &str = r#"<path d="M12.5 8a4.5 4.5 0 1 1-1.5-3.3M11.5 1.5v3.5H8"/>"#;
/// Edit.
pub const EDIT: &str = r#"<path d="M3 13l.8-3L11 2.8l2.2 2.2L6 12.2z"/>"#;
/// In front of a class.
pub const PRESENT: &str = r#"<path d="M2 3h12v8H2zM8 11v3M5 14h6"/>"#;
/// The keys.
pub const KEYS: &str =
    r#"<path d="M1.5 4h13v8.5h-13zM4 6.5h.01M6.5 6.5h.01M9 6.5h.01M11.5 6.5h.01M5 10h6"/>"#;
/// A packet that waits.
pub const HELD: &str = r#"<path class="f" d="M5 3.5h2v9H5zM9 3.5h2v9H9z"/>"#;
/// A packet that arrives later.
pub const CLOCK: &str = r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3.2l2 1.3"/>"#;
/// The kernel lab: real packets.
pub const KERNEL: &str =
    r#"<path d="M4 4h8v8H4zM6.5 4V2M9.5 4V2M6.5 14v-2M9.5 14v-2M4 6.5H2M4 9.5H2M14 6.5h-2M14 9.5h-2"/>"#;
/// The wire's rules.
pub const RULES: &str = r#"<path d="M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7"/><circle cx="10.5" cy="4.5" r="1.7"/><circle cx="5.5" cy="11.5" r="1.7"/>"#;
/// Two runs side by side.
pub const COMPARE: &str =
    r#"<path d="M2 3h4.5v10H2zM9.5 3H14v10H9.5zM3.5 6h1.5M3.5 8.5h1.5M11 6h1.5M11 10.5h1.5"/>"#;
