//! The Python engine: learners' programs, line by line.

pub mod host;
