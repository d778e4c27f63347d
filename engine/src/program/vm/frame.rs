//! Frames: one for each call of Python code, on the heap.

use std::rc::Rc;

use super::control::Cont;
use super::{Res, Vm};
use crate::program::code::Code;
use crate::program::value::{Generator, Module, Value};

/// A running function, class body or module.
pub struct Frame {
    /// What runs.
    pub code: Rc<Code>,
    /// The next instruction.
    pub ip: usize,
    /// Locals, then the operand stack.
    pub slots: Vec<Value>,
    /// The module whose globals the code sees.
    pub globals: Rc<Module>,
    /// What becomes of the result.
    pub then: Then,
    /// What most frames never have. A call moves its frame several times, so frames are kept small.
    pub rare: Option<Box<Rare>>,
    /// The line that it stands at; 0 before the first.
    pub line: u32,
}

/// What a frame has that handles exceptions, is a generator's or a class body's, or has Rust code waiting for its result.
#[derive(Default)]
pub struct Rare {
    /// Open try blocks, innermost last.
    pub blocks: Vec<TryBlock>,
    /// Exceptions whose handlers are running, innermost last.
    pub handled: Vec<Value>,
    /// The names of a class body.
    pub names: Option<Rc<Module>>,
    /// The generator that this is the frame of.
    pub generator: Option<Rc<Generator>>,
    /// Rust code that goes on with the result before the caller gets it.
    pub after: Vec<Cont>,
}

/// An open try block.
#[derive(Clone, Copy, Debug)]
pub struct TryBlock {
    /// The handler's first instruction.
    pub handler: u32,
    /// How high `slots` was.
    pub height: u32,
    /// How many exceptions were being handled.
    pub handled: u32,
}

/// A continuation in Rust: gets the state kept for it and what the call gave.
pub type ThenFn = fn(&mut Vm, Vec<Value>, Value) -> Res<Value>;

/// What becomes of a frame's result.
pub enum Then {
    /// It is pushed on the caller's stack.
    Push,
    /// It is thrown away.
    Discard,
    /// `__init__`: must be None; the instance is pushed instead.
    Init(Value),
    /// A generator's or `__next__`'s step in a for loop: pushed, or the loop ends at this instruction.
    ForIter(u32),
    /// The same for `yield from`: at the end, the result is pushed and the jump taken.
    Send(u32),
    /// A step of a generator by next() and send(): the value is pushed; the end raises StopIteration.
    Next,
    /// The same with a default instead of StopIteration.
    NextOr(Value),
    /// generator.close(): GeneratorExit and StopIteration are swallowed.
    Close,
    /// The thread ends with this frame.
    Thread,
    /// A call from Rust that waits for the result: see [`Vm::call_sync`].
    Sync,
}

impl Frame {
    /// How many slots are locals.
    pub fn locals(&self) -> usize {
        self.code.locals.len()
    }

    /// Adds continuations for the frame's result.
    pub fn go_on(&mut self, then: Vec<Cont>) {
        if !then.is_empty() {
            self.rare().after.extend(then);
        }
    }

    /// What most frames never have; from now on this one has it.
    pub fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Exceptions whose handlers are running, innermost last.
    pub fn handled(&self) -> &[Value] {
        self.rare.as_ref().map_or(&[], |rare| &rare.handled)
    }

    /// The names of a class body.
    pub fn names(&self) -> Option<&Rc<Module>> {
        self.rare.as_ref().and_then(|rare| rare.names.as_ref())
    }

    /// The generator that this is the frame of.
    pub fn generator(&self) -> Option<&Rc<Generator>> {
        self.rare.as_ref().and_then(|rare| rare.generator.as_ref())
    }

    /// Takes the generator that this is the frame of.
    pub fn take_generator(&mut self) -> Option<Rc<Generator>> {
        self.rare.as_mut().and_then(|rare| rare.generator.take())
    }

    /// Takes the Rust code that waits for the result, if some does.
    pub fn take_after(&mut self) -> Option<Vec<Cont>> {
        let after = std::mem::take(&mut self.rare.as_mut()?.after);
        (!after.is_empty()).then_some(after)
    }

    /// Takes the top of the stack.
    #[inline]
    pub fn pop(&mut self) -> Value {
        self.slots.pop().unwrap_or(Value::Unbound)
    }

    /// Pushes a value.
    #[inline]
    pub fn push(&mut self, value: Value) {
        self.slots.push(value);
    }

    /// The top of the stack, without taking it.
    #[inline]
    pub fn top(&self) -> Option<&Value> {
        self.slots.last()
    }

    /// The instruction that runs now.
    pub fn at(&self) -> u32 {
        (self.ip as u32).saturating_sub(1)
    }
}
