//! A lab that runs: programs, their calls, the timeline, guided stepping. Pure: `(now, Input)` in, [`Effect`]s out.
//!
//! ```text
//! lab.rs       what a lab is made of (lab.toml)
//! io.rs        Input, Command, Effect, Rest
//! ```

pub mod io;
pub mod lab;

pub use io::{Command, Effect, Input, NextStep, Rest};
pub use lab::{LabSpec, ProgramSpec, Side};
