//! The panels of a lab. Each reads its own piece of [`crate::model`] and draws it; none knows how events come about.
//!
//! ```text
//! ui.rs          what they share: the lab, the cursor, what is open
//! lab.rs         the whole: toolbar, caption, three columns, dock, keys
//! toolbar.rs     Back, Next, Run, the scrub bar, speed, network, Reset
//! caption.rs     what has just happened; the bars of the past and of a lost connection
//! lane.rs        a program: code.rs, editor.rs, variables.rs, terminal.rs, sockets.rs
//! diagram.rs     the time-sequence diagram
//! dock.rs        in words, TCP states, one call
//! phone.rs       tabs and both ends at a glance
//! network.rs     on which network the lab is, and the choice of another one
//! wire.rs        packets that wait, what can be done with them, the wire's rules
//! packet.rs      one packet, field by field
//! compare.rs     two runs side by side
//! part.rs        those of them whose code comes later
//! copy.rs        a line of text with a button that copies it
//! keys.rs        the keyboard
//! icons.rs       the icons
//! ```

// A component's properties are its function's arguments; its comment says what they are.
#![expect(missing_docs)]

pub mod caption;
pub mod code;
pub mod compare;
pub mod copy;
pub mod diagram;
pub mod dock;
pub mod editor;
pub mod icons;
pub mod keys;
pub mod lab;
pub mod lane;
pub mod network;
pub mod packet;
pub mod part;
pub mod phone;
pub mod sockets;
pub mod terminal;
pub mod toolbar;
pub mod ui;
pub mod variables;
pub mod watch;
pub mod wire;

pub use ui::Ui;
