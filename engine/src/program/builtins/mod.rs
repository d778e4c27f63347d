//! The built-in functions and the methods of the built-in types.
//!
//! A native takes its arguments apart, calls a pure function ([`crate::program::text`] for everything about characters), and
//! wraps what comes back. What must call the program's code lies in `prelude.py`, or names a continuation.
//!
//! ```text
//! args       arity and types of arguments, in CPython's words
//! functions  print, len, sorted, isinstance, ...
//! repr       repr(), str(), format()
//! object     object, type, super, property
//! int float str bytes list dict set iter exception
//! prelude    those written in Python
//! ```

pub mod args;
pub mod bytes;
pub mod dict;
pub mod exception;
pub mod float;
pub mod functions;
pub mod int;
pub mod iter;
pub mod list;
pub mod object;
pub mod repr;
pub mod set;
pub mod str;

/// The Python half.
#[cfg(feature = "library")]
pub const PRELUDE: &str = include_str!("prelude.py");
/// Pages have its code.
#[cfg(not(feature = "library"))]
pub const PRELUDE: &str = "";
