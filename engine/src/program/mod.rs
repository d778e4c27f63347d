//! The Python engine: learners' programs, line by line.
//!
//! ```text
//! host        what a program asks of the world: the only door
//! compile/    source -> bytecode
//! compiled    bytecode made beforehand, for pages; packed: its bytes
//! code        the bytecode
//! value/      values
//! vm/         frames, threads, the loop over instructions
//! builtins/   functions and methods of the built-in types
//! modules/    the library, native and in Python; how to add to it
//! text/       characters and numbers as pure functions
//! exceptions, types, traceback
//! ```
//!
//! A driver makes a [`Vm`], calls [`Vm::run`] again and again, shows what it stops for, and answers its questions:
//! ```text
//! Vm::new(config) -> run(fuel, stop_at_lines) -> Line | Call | OutOfFuel | Blocked | Ended
//!                    answer(token, answer), interrupt(), take_output(), frames(thread), snapshot(), run_until(tick)
//! ```

pub mod builtins;
pub mod code;
pub mod compile;
pub mod compiled;
pub mod exceptions;
pub mod host;
pub mod modules;
pub mod packed;
pub mod pure;
pub mod text;
pub mod traceback;
pub mod types;
pub mod value;
pub mod vm;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use vm::Vm;
pub use vm::run::{Feed, ThreadView};
pub use vm::threads::ThreadState;

use code::Source;
use host::{Output, OutputStream, Raised};
use protocol::ThreadId;

/// A program that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", raised.type_name, raised.message)]
pub struct CompileError {
    /// What is wrong, and where.
    pub raised: Raised,
    /// What python3 would print.
    pub output: Vec<Output>,
}

impl CompileError {
    fn new(e: &compile::CompileError, source: &Source) -> Self {
        let (line, column) = e.position(source);
        Self {
            raised: Raised {
                type_name: e.kind.to_owned(),
                message: e.message.clone(),
                errno: None,
                line,
                column: Some(column),
            },
            output: vec![Output {
                stream: OutputStream::Stderr,
                bytes: e.report(source).into_bytes(),
                line: 0,
                thread: ThreadId(0),
            }],
        }
    }
}
