//! What a program asks of the world, and what the world may answer: the only door of the VM.
//!
//! The VM has no clock, no socket, no randomness and no terminal. Whatever it needs of them is a [`HostCall`], handed out
//! by [`Stop::Call`] with a [`Token`]; the driver (the session) gives the answer back with the same token, at once or
//! much later. The same source, the same configuration and the same answers at the same ticks make the same run: that is
//! how the past is shown again.

use protocol::{Call, Outcome, SocketId, ThreadId};

/// Names one question of the VM; its answer must bring it back. Never used twice in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub u64);

/// Why the VM has come to rest.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// The thread stands before this line (from 1) and has not begun it. Only when line stops are on.
    Line {
        /// Whose turn it is.
        thread: ThreadId,
        /// The line, from 1.
        line: u32,
    },
    /// The thread asks for something and is blocked until [`super::Vm::answer`] brings it. Other threads may go on.
    Call {
        /// Who asks.
        thread: ThreadId,
        /// To be given back.
        token: Token,
        /// What is asked.
        call: HostCall,
    },
    /// The fuel is used up in the middle of things; call `run` again.
    OutOfFuel,
    /// Nothing can go on: every thread waits for an answer (or for another thread: see [`super::Vm::deadlocked`]).
    Blocked,
    /// The program has ended, with this exit status; it cannot be run again. What it printed last, a traceback perhaps,
    /// is in the output.
    Ended {
        /// As python3's: 0, 1 after an uncaught exception, or sys.exit()'s; 130 after an uncaught KeyboardInterrupt.
        status: i32,
    },
}

/// A question of the VM.
#[derive(Clone, Debug, PartialEq)]
pub enum HostCall {
    /// A socket call. Answer: [`HostAnswer::Net`].
    Net {
        /// The call, with the socket ids that the VM gave.
        call: Call,
        /// The descriptor that the program knows the socket by, where there is one.
        fd: Option<i32>,
        /// The Python name of what the learner called: `sendall`, `connect_ex`, `create_server`; else as `call.name()`.
        api: &'static str,
    },
    /// time.sleep(), and every wait with a deadline inside the program (Event.wait(2), join(1), queue.get(timeout=...)).
    /// Answer: [`HostAnswer::Done`] when the time is up. If the thread went on before (the event was set), the VM has
    /// forgotten the token and the late answer does nothing.
    Sleep {
        /// Not negative, finite.
        seconds: f64,
        /// `sleep`, `Event.wait`, `Thread.join`, `Lock.acquire`, ...
        api: &'static str,
    },
    /// A clock is read. Answer: [`HostAnswer::Nanos`].
    Clock(Clock),
    /// input() or a read of sys.stdin: one line. Answer: [`HostAnswer::Line`]. The prompt is in the output already.
    Input,
    /// Bytes to seed `random` (asked once, at the first unseeded use) or for os.urandom. Answer: [`HostAnswer::Bytes`].
    Random {
        /// How many.
        len: usize,
    },
}

/// Clocks of Python's `time` module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Since 1970, UTC: time.time().
    Realtime,
    /// Since some moment, never back: time.monotonic(), time.perf_counter().
    Monotonic,
    /// The CPU time of the program: time.process_time().
    Process,
}

/// An answer to a [`HostCall`].
#[derive(Clone, Debug, PartialEq)]
pub enum HostAnswer {
    /// How the socket call ended.
    Net(Outcome),
    /// Done; also: the time is up.
    Done,
    /// A clock's time, nanoseconds.
    Nanos(i64),
    /// A line without its newline; `None` at the end of input (EOFError, or '' from readline()).
    Line(Option<String>),
    /// Random bytes.
    Bytes(Vec<u8>),
}

/// Where output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputStream {
    /// sys.stdout.
    Stdout,
    /// sys.stderr.
    Stderr,
}

/// A piece of output, in order, unbuffered as under `python3 -u`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Which stream.
    pub stream: OutputStream,
    /// The bytes as written (UTF-8 unless the program wrote to `sys.stdout.buffer`).
    pub bytes: Vec<u8>,
    /// The line that wrote it (0 for tracebacks at the end).
    pub line: u32,
    /// The thread that wrote it.
    pub thread: ThreadId,
}

/// How a program is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file's name, as tracebacks and `sys.argv[0]` show it: `server.py`.
    pub file: String,
    /// The source.
    pub source: String,
    /// sys.argv[1:].
    pub args: Vec<String>,
    /// Text files that the program finds in its directory: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// os.getpid().
    pub pid: u32,
    /// The lab's place for this program: its sockets get the ids `SocketId::of(program, first_socket..)`.
    pub program: protocol::ProgramId,
    /// The number of its first socket: a program that is started again in the same lab goes on where its last run
    /// stopped, so that no id is used twice.
    pub first_socket: u32,
    /// True: a `>>>` prompt. The source is empty; statements come by [`super::Vm::feed`].
    pub interactive: bool,
}

/// One frame of a thread as a learner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameView {
    /// `<module>` or the function's name.
    pub function: String,
    /// The line it stands at, from 1.
    pub line: u32,
    /// Names and values, in order of first assignment; modules, functions, classes and dunder names of `<module>` are
    /// left out.
    pub variables: Vec<Variable>,
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// repr(), made without running any of the program's own code, cut to at most 200 characters (then ending in `…`).
    pub value: String,
    /// type(value).__name__
    pub type_name: String,
    /// If the value is a socket: which.
    pub socket: Option<SocketId>,
}

/// What ended a program badly, for the page: the traceback itself is in the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// `ConnectionRefusedError`.
    pub type_name: String,
    /// str(exception): `[Errno 111] Connection refused`.
    pub message: String,
    /// errno, if it is an OSError that has one.
    pub errno: Option<i32>,
    /// The line of the innermost frame of the program's own source, from 1.
    pub line: u32,
    /// Its column, from 1, where it is known (syntax errors).
    pub column: Option<u32>,
}
