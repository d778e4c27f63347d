//! From source to bytecode.
//!
//! ```text
//! error      what is wrong with a source, in CPython's words
//! messages   the parser's messages -> CPython's
//! scope      which name is local, shared, global
//! emit       instructions, constants, jumps
//! stmt       statements
//! blocks     try, with, loops: what break, continue and return must leave
//! pattern    match
//! expr       expressions
//! call       calls, functions, classes
//! comp       comprehensions
//! text       string literals and f-strings
//! ```

mod blocks;
mod call;
mod comp;
mod emit;
pub mod error;
mod expr;
mod messages;
mod pattern;
mod scope;
mod stmt;
mod text;

use ruff_python_ast as ast;
use std::rc::Rc;

use super::code::{Code, Op, Source};
pub use error::CompileError;

/// How a source is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A program: a stop before each line.
    Program,
    /// One of the engine's own modules: no stops.
    Frozen,
    /// A statement typed at the prompt: values of expressions are shown.
    Interactive,
    /// An expression: eval().
    Eval,
}

/// Parses and compiles a source.
pub fn compile(source: &Rc<Source>, mode: Mode) -> Result<Rc<Code>, CompileError> {
    let text = &source.text;
    if text.len() > protocol::bounds::SOURCE {
        return Err(CompileError::refused(
            "This program is larger than the 256 KiB that a lab takes.",
            0..0,
        ));
    }
    error::check_depth(source)?;
    let mut module = ruff_python_parser::parse_module(text)
        .map_err(|e| messages::translate(source, &e))?
        .into_syntax();
    error::check_versions(source)?;
    if mode == Mode::Eval {
        match module.body.pop() {
            Some(ast::Stmt::Expr(e)) if module.body.is_empty() => {
                let range = e.range;
                module.body.push(ast::Stmt::Return(ast::StmtReturn {
                    node_index: ast::AtomicNodeIndex::default(),
                    range,
                    value: Some(e.value),
                }));
            }
            _ => return Err(CompileError::syntax("invalid syntax", 0..1)),
        }
    }
    let scopes = scope::analyze(&module.body)?;
    let mut c = emit::Compiler::new(source.clone(), mode, scopes);
    c.enter_module();
    // At a prompt a text alone is a value to be shown.
    let (body, doc) = match mode {
        Mode::Interactive => (&module.body[..], None),
        _ => call::docstring(&module.body),
    };
    if let Some(doc) = doc
        && mode == Mode::Program
    {
        let k = c.constant(doc);
        c.emit(Op::Const(k));
        c.store_global("__doc__")?;
    }
    c.body(body)?;
    c.emit(Op::None);
    c.emit(Op::Return);
    c.finish()
}
