//! The virtual machine: frames on the heap, threads in one scheduler, stops anywhere.
//!
//! ```text
//! frame      one call of Python code
//! control    how natives raise, call back, and ask the world
//! run        run(), answers, interrupts: the door to the driver
//! dispatch   the loop over instructions
//! call       calling anything; binding arguments
//! class      making classes and instances
//! attribute  reading and writing attributes
//! operator   + - * == < ...; text and sequences beside numbers
//! iterate    for, unpacking, generators
//! item       obj[index], in, with, f-string fields
//! keys       keys of dicts and sets whose equality the program decides
//! unwind     exceptions on their way through frames
//! threads    the scheduler and locks
//! import     modules
//! burial     sockets, `__del__` and generators whose last reference has gone
//! copy       a deep copy of the whole, and how much memory it holds
//! view       frames and variables as the page shows them
//! ```

pub mod attribute;
pub mod burial;
pub mod call;
pub mod class;
pub mod control;
pub mod copy;

pub mod dispatch;
pub mod frame;
pub mod import;
pub mod item;
pub mod iterate;
pub mod keys;
pub mod operator;
pub mod run;
pub mod threads;
pub mod unwind;
pub mod view;

use crate::sorted::Map;
use std::rc::Rc;

use super::host::{Config, Output, OutputStream, Raised, Token};
use super::value::func::Graveyard;
use super::value::{Module, Name, Value};
pub use control::{Ctl, Res};
use frame::Frame;
use protocol::{SocketId, ThreadId};
use threads::Thread;

/// A Python program that runs, stands or waits. See [`crate::program`].
pub struct Vm {
    /// How it was started.
    pub(crate) config: Rc<Config>,
    /// The frames of the current thread below the running one; while nothing runs, all of them.
    pub(crate) frames: Vec<Frame>,
    /// All threads; the current one's frames are in `frames`.
    pub(crate) threads: Vec<Thread>,
    /// Which thread runs.
    pub(crate) current: usize,
    /// sys.modules, in order of import.
    pub(crate) modules: Vec<(Rc<str>, Value)>,
    /// The built-ins.
    pub(crate) builtins: Rc<Module>,
    /// The Python half of the built-ins.
    pub(crate) prelude: Rc<Module>,
    /// `__main__`
    pub(crate) main: Rc<Module>,
    /// Output that the driver has not taken.
    pub(crate) output: Vec<Output>,
    /// Its bytes.
    pub(crate) output_bytes: usize,
    /// Work done so far.
    pub(crate) ticks: u64,
    /// Line marks passed.
    pub(crate) lines: u64,
    /// When to look up from the instructions: end of fuel, quantum, or target.
    pub(crate) look_up: u64,
    /// When the current thread's turn ends.
    pub(crate) turn_ends: u64,
    /// When `run` must come back.
    pub(crate) fuel_ends: u64,
    /// Stop before each line.
    pub(crate) line_stops: bool,
    /// The line that runs (for output).
    pub(crate) line: u32,
    /// The next token.
    pub(crate) next_token: u64,
    /// Tokens of questions that were withdrawn.
    pub(crate) cancelled: Vec<Token>,
    /// Number of the next object.
    pub(crate) next_id: u64,
    /// Number of the next socket of this program.
    pub(crate) next_socket: u32,
    /// Descriptors in use.
    pub(crate) fds: Map<i32, Option<SocketId>>,
    /// Things whose last reference has gone.
    pub(crate) graveyard: Rc<Graveyard>,
    /// How the program ended.
    pub(crate) ended: Option<i32>,
    /// The exit status, as far as it is known.
    pub(crate) status: i32,
    /// What ended it badly.
    pub(crate) raised: Option<Raised>,
    /// Rough count of bytes made since memory was last measured.
    pub(crate) made: usize,
    /// How much must be made before memory is measured again.
    pub(crate) measure_at: usize,
    /// Nested calls from Rust.
    pub(crate) nested: u32,
    /// Files of the program's directory.
    pub(crate) files: Map<String, Rc<Vec<u8>>>,
    /// What modules keep for the whole program.
    pub(crate) state: Map<&'static str, Value>,
    /// Frames kept for the next call.
    pub(crate) spare: Vec<Vec<Value>>,
    /// How deep repr() and comparisons are nested.
    pub(crate) depth: u32,
    /// KeyboardInterrupt is due in the main thread.
    pub(crate) interrupted: bool,
    /// How far the end is.
    pub(crate) finishing: run::Finishing,
    /// The next class that is called is made as `type.__call__` makes it.
    pub(crate) plain_construct: bool,
    /// What id() has given for objects that have no number of their own.
    pub(crate) ids: std::collections::HashMap<usize, u64>,
    /// Lines typed at the prompt.
    pub(crate) typed: String,
    /// Names that the VM itself looks up.
    pub(crate) names: Names,
}

/// Names that the VM itself looks up.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Names {
    pub init: Name,
    pub new: Name,
    pub call: Name,
    pub iter: Name,
    pub next: Name,
    pub len: Name,
    pub bool: Name,
    pub getattr: Name,
    pub getattribute: Name,
    pub setattr: Name,
    pub delattr: Name,
    pub get: Name,
    pub set: Name,
    pub delete: Name,
    pub eq: Name,
    pub hash: Name,
    pub repr: Name,
    pub str: Name,
    pub format: Name,
    pub enter: Name,
    pub exit: Name,
    pub contains: Name,
    pub getitem: Name,
    pub setitem: Name,
    pub delitem: Name,
    pub missing: Name,
    pub class: Name,
    pub dict: Name,
    pub name: Name,
    pub doc: Name,
    pub index: Name,
}

impl Names {
    fn new() -> Self {
        let n = Name::new;
        Self {
            init: n("__init__"),
            new: n("__new__"),
            call: n("__call__"),
            iter: n("__iter__"),
            next: n("__next__"),
            len: n("__len__"),
            bool: n("__bool__"),
            getattr: n("__getattr__"),
            getattribute: n("__getattribute__"),
            setattr: n("__setattr__"),
            delattr: n("__delattr__"),
            get: n("__get__"),
            set: n("__set__"),
            delete: n("__delete__"),
            eq: n("__eq__"),
            hash: n("__hash__"),
            repr: n("__repr__"),
            str: n("__str__"),
            format: n("__format__"),
            enter: n("__enter__"),
            exit: n("__exit__"),
            contains: n("__contains__"),
            getitem: n("__getitem__"),
            setitem: n("__setitem__"),
            delitem: n("__delitem__"),
            missing: n("__missing__"),
            class: n("__class__"),
            dict: n("__dict__"),
            name: n("__name__"),
            doc: n("__doc__"),
            index: n("__index__"),
        }
    }
}

/// How deep Python calls may be nested.
pub const RECURSION_LIMIT: usize = 1000;
/// Output that may pile up before `run` comes back.
pub const OUTPUT_BOUND: usize = 256 << 10;
/// Ticks of one thread's turn while others are ready.
const TURN: u64 = 2_000;
/// The largest object that one operation makes, bytes.
pub const MAX_OBJECT: usize = 64 << 20;
/// The memory that a program may hold, bytes.
pub const MAX_MEMORY: usize = 256 << 20;

impl Vm {
    /// Writes to one of the two streams.
    pub(crate) fn write(&mut self, stream: OutputStream, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.output_bytes += bytes.len();
        self.charge(bytes.len() / 64);
        let thread = self.thread_id();
        let line = if self.ended.is_some() { 0 } else { self.line };
        if self.output_bytes > OUTPUT_BOUND {
            self.look_up = 0;
        }
        if let Some(last) = self.output.last_mut()
            && last.stream == stream
            && last.line == line
            && last.thread == thread
            && last.bytes.len() < 4096
        {
            last.bytes.extend_from_slice(bytes);
            return;
        }
        self.output.push(Output {
            stream,
            bytes: bytes.to_vec(),
            line,
            thread,
        });
    }

    /// The current thread's id.
    pub(crate) fn thread_id(&self) -> ThreadId {
        ThreadId(self.current as u32)
    }

    /// Counts work of a built-in that grows with its data.
    #[inline]
    pub(crate) fn charge(&mut self, work: usize) {
        self.ticks += work as u64;
    }

    /// Counts bytes that a built-in makes.
    #[inline]
    pub(crate) fn made(&mut self, bytes: usize) {
        self.made += bytes;
        self.ticks += (bytes >> 10) as u64;
    }

    /// Refuses to make an object of so many bytes if it is too large; counts it otherwise. What all objects hold is
    /// measured where the running frame is at hand: at calls and at the ends of loops.
    pub(crate) fn claim(&mut self, bytes: usize) -> Res<()> {
        if bytes > MAX_OBJECT {
            return Err(crate::program::exceptions::raise("MemoryError", ""));
        }
        self.made(bytes);
        Ok(())
    }

    /// Measures what the program holds when it has made much since the last time.
    pub(crate) fn check_memory(&mut self, running: &[Value]) -> Res<()> {
        if self.made < self.measure_at {
            return Ok(());
        }
        let size = self.size_with(running);
        self.made = 0;
        // Measured again when the program can have reached the bound at the earliest.
        self.measure_at = MAX_MEMORY.saturating_sub(size).max(MAX_MEMORY / 16);
        self.ticks += (size >> 12) as u64;
        if size > MAX_MEMORY {
            return Err(crate::program::exceptions::raise("MemoryError", ""));
        }
        Ok(())
    }

    /// The number of a new object.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}
