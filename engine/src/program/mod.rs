//! The Python engine: learners' programs, line by line.

pub mod host;
pub mod text;
