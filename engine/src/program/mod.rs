//! The Python engine: learners' programs, line by line.

pub mod host;
mod stub;
pub mod text;
pub use stub::*;
