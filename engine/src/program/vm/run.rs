//! The door to the driver: making a VM, running it, answering it.

use crate::sorted::Map;
use std::rc::Rc;

use super::control::Ctl;
use super::dispatch::Flow;
use super::frame::Then;
use super::threads::{State, Thread, ThreadState};
use super::{Names, OUTPUT_BOUND, TURN, Vm};
use crate::program::code::{Code, Op, Source};
use crate::program::compile::Mode;
use crate::program::compiled;
use crate::program::exceptions::{is_a, new};
use crate::program::host::{Config, HostAnswer, Output, OutputStream, Raised, Stop, Token};
use crate::program::value::func::Graveyard;
use crate::program::value::object::Module;
use crate::program::value::{NameMap, Value};
use crate::program::{CompileError, modules, traceback};
use protocol::{SocketId, ThreadId};

/// A thread as the page lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadView {
    /// Its id.
    pub id: ThreadId,
    /// As `threading` calls it.
    pub name: String,
    /// What it does.
    pub state: ThreadState,
}

/// What became of a line typed at the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The statement goes on: show `...` and bring the next line.
    Incomplete,
    /// The statement is complete: `run` runs it.
    Ready,
    /// It cannot be compiled; the error is in the output.
    Error,
}

impl Vm {
    /// Compiles a program; nothing of it runs yet.
    ///
    /// # Errors
    /// A SyntaxError, or a construct that the engine does not run: what python3 would print on stderr, and where.
    pub fn new(config: Config) -> Result<Self, CompileError> {
        let config = Rc::new(config);
        let file = if config.interactive {
            "<stdin>"
        } else {
            &config.file
        };
        let text = config
            .source
            .strip_prefix('\u{feff}')
            .unwrap_or(&config.source)
            .replace("\r\n", "\n");
        let source = Rc::new(Source::new(file, &text, false));
        let code = if config.interactive {
            compiled::code(&Rc::new(Source::new(file, "", false)), Mode::Interactive)
        } else {
            compiled::code(&source, Mode::Program)
        };
        let code = code.map_err(|e| CompileError::new(&e, &source))?;
        let builtins = Rc::new(module("builtins", None));
        let main = Rc::new(module("__main__", Some(builtins.clone())));
        let prelude = Rc::new(module("wirelab_prelude", Some(builtins.clone())));
        let mut vm = Self {
            files: config
                .files
                .iter()
                .map(|(n, b)| (n.clone(), Rc::new(b.clone())))
                .collect(),
            next_socket: config.first_socket,
            config,
            frames: Vec::new(),
            threads: vec![Thread::new("MainThread".to_owned(), false, Vec::new())],
            current: 0,
            modules: vec![
                ("builtins".into(), Value::Module(builtins.clone())),
                ("__main__".into(), Value::Module(main.clone())),
            ],
            builtins,
            prelude,
            main: main.clone(),
            output: Vec::new(),
            output_bytes: 0,
            ticks: 0,
            lines: 0,
            look_up: 0,
            turn_ends: TURN,
            fuel_ends: 0,
            line_stops: false,
            line: 0,
            next_token: 1,
            cancelled: Vec::new(),
            next_id: 0,
            fds: Map::new(),
            graveyard: Rc::new(Graveyard::default()),
            ended: None,
            raised: None,
            status: 0,
            made: 0,
            measure_at: super::MAX_MEMORY,
            nested: 0,
            state: Map::new(),
            spare: Vec::new(),
            depth: 0,
            interrupted: false,
            finishing: Finishing::No,
            plain_construct: false,
            ids: std::collections::HashMap::new(),
            typed: String::new(),
            names: Names::new(),
        };
        modules::prepare(&mut vm);
        if !vm.config.interactive {
            let frame = vm.code_frame(code, main, Then::Thread);
            vm.frames.push(frame);
        } else {
            vm.threads[0].state = State::Done;
        }
        Ok(vm)
    }

    /// Runs until something must be said: see [`Stop`]. `fuel` bounds the work in ticks (about one for each line, call and
    /// turn of a loop, more inside built-ins by the size of their data).
    pub fn run(&mut self, fuel: u64, stop_at_lines: bool) -> Stop {
        self.line_stops = stop_at_lines;
        self.fuel_ends = self.ticks.saturating_add(fuel.max(1));
        self.go()
    }

    /// Runs without line stops until `ticks()` is `tick`, for a replay: the answers that were given at that tick come
    /// next. `None` when it is reached; a stop when the program asks, is blocked or has ended before.
    pub fn run_until(&mut self, tick: u64) -> Option<Stop> {
        if self.ticks >= tick {
            return None;
        }
        self.line_stops = false;
        self.fuel_ends = tick;
        let bound = std::mem::replace(&mut self.output_bytes, 0);
        let stop = self.go();
        self.output_bytes += bound;
        match stop {
            Stop::OutOfFuel if self.ticks >= tick => None,
            Stop::OutOfFuel => {
                self.output_bytes = 0;
                self.run_until(tick)
            }
            other => Some(other),
        }
    }

    fn go(&mut self) -> Stop {
        loop {
            if let Some(status) = self.ended {
                return Stop::Ended { status };
            }
            if self.output_bytes > OUTPUT_BOUND || self.ticks >= self.fuel_ends {
                if self.output_bytes > OUTPUT_BOUND {
                    return Stop::OutOfFuel;
                }
                if self.threads[self.current].is_ready() {
                    return Stop::OutOfFuel;
                }
            }
            let ready = self.threads[self.current].is_ready();
            if !ready || self.ticks >= self.turn_ends {
                match self.next_ready() {
                    Some(i) => self.switch_to(i),
                    None if self.all_done() => {
                        self.finish();
                        continue;
                    }
                    None => return Stop::Blocked,
                }
            }
            self.look_up = self.turn_ends.min(self.fuel_ends);
            if let Some(stop) = self.turn() {
                return stop;
            }
        }
    }

    /// Runs the current thread for a while.
    fn turn(&mut self) -> Option<Stop> {
        let Some(mut f) = self.frames.pop() else {
            self.threads[self.current].state = State::Done;
            return None;
        };
        self.line = f.line.max(1).min(if f.line == 0 { self.line } else { f.line });
        let state = std::mem::replace(&mut self.threads[self.current].state, State::Ready);
        let after = std::mem::take(&mut self.threads[self.current].after);
        let mut first = match state {
            State::Answered(then, kept, answer) => match then(self, kept, answer) {
                Ok(v) => Some(self.go_on(after, v)),
                Err(mut e) => {
                    e.and_then(after);
                    Some(Err(e))
                }
            },
            State::Given(v) => Some(self.go_on(after, v)),
            _ => None,
        };
        if self.interrupted && self.current == 0 {
            self.interrupted = false;
            first = Some(Err(crate::program::exceptions::throw(new(
                "KeyboardInterrupt",
                Vec::new(),
            ))));
        }
        let result = match first {
            Some(Ok(v)) => {
                f.push(v);
                self.execute(&mut f)
            }
            Some(Err(e)) => match self.handle(&mut f, e) {
                Ok(()) => self.execute(&mut f),
                Err(e) => Err(e),
            },
            None => self.execute(&mut f),
        };
        match result {
            Ok(Flow::Line(line)) => {
                self.frames.push(f);
                Some(Stop::Line {
                    thread: self.thread_id(),
                    line,
                })
            }
            Ok(Flow::LookUp) => {
                self.frames.push(f);
                None
            }
            Ok(Flow::ThreadDone | Flow::Sync(_)) => {
                drop(f);
                self.thread_done(None);
                None
            }
            Err(ctl) => match *ctl {
                Ctl::Host(req) => {
                    self.frames.push(f);
                    Some(self.wait_for(req.call, req.then, req.state, req.after))
                }
                Ctl::Lock(req) => {
                    self.frames.push(f);
                    self.wait_for_lock(req)
                }
                Ctl::Yield(v, after) => {
                    self.frames.push(f);
                    let next = self.threads.len() - 1;
                    let t = &mut self.threads[self.current];
                    t.state = State::Given(v);
                    t.after = after;
                    // A thread that was just started goes first.
                    if self.threads[next].is_ready() {
                        self.switch_to(next);
                    }
                    None
                }
                Ctl::Raise(e) | Ctl::Reraise(e) => {
                    drop(f);
                    self.thread_done(Some(e));
                    None
                }
                Ctl::Call(_) | Ctl::Resume(..) | Ctl::Import(..) | Ctl::Enter(..) => None,
            },
        }
    }

    fn all_done(&self) -> bool {
        matches!(self.threads[0].state, State::Done)
            && self
                .threads
                .iter()
                .all(|t| t.daemon || matches!(t.state, State::Done))
    }

    /// The current thread has ended, perhaps by an exception.
    fn thread_done(&mut self, e: Option<Value>) {
        self.frames.clear();
        self.threads[self.current].state = State::Done;
        self.turn_ends = 0;
        if self.current != 0 {
            if let Some(e) = e
                && !is_a(&e, "SystemExit")
            {
                let name = self.threads[self.current].name.clone();
                let text = format!("Exception in thread {name}:\n{}", traceback::format(self, &e));
                self.write(OutputStream::Stderr, text.as_bytes());
            }
            return;
        }
        if self.finishing == Finishing::Burying {
            return;
        }
        if let Some(e) = e {
            self.uncaught(&e);
        }
    }

    /// An exception has left the main thread.
    fn uncaught(&mut self, e: &Value) {
        let args = e.exc().map(|d| d.borrow().args.clone()).unwrap_or_default();
        if is_a(e, "SystemExit") {
            let code = match args.as_slice() {
                [] => Value::None,
                [one] => one.clone(),
                many => Value::tuple(many.to_vec()),
            };
            self.status = match code.inner() {
                Value::None => 0,
                Value::Int(n) => (*n & 0xff) as i32,
                Value::Bool(b) => i32::from(*b),
                other => {
                    let text = crate::program::builtins::repr::str_plain(other);
                    self.write(OutputStream::Stderr, format!("{text}\n").as_bytes());
                    1
                }
            };
            if self.config.interactive {
                self.finishing = Finishing::Exit;
            }
            return;
        }
        let text = traceback::format(self, e);
        self.write(OutputStream::Stderr, text.as_bytes());
        self.raised = Some(traceback::raised(e));
        self.status = if is_a(e, "KeyboardInterrupt") { 130 } else { 1 };
    }

    /// All threads that the program waits for have ended: what is left of it goes, then it is over. Called until nothing
    /// is left to bury.
    fn finish(&mut self) {
        match self.finishing {
            Finishing::No | Finishing::Exit if self.config.interactive && self.finishing == Finishing::No => {
                // At the prompt the next statement follows.
                self.threads[0].state = State::Idle;
                return;
            }
            Finishing::No | Finishing::Exit => {
                self.finishing = Finishing::Burying;
                // Daemon threads stop where they are.
                for t in &mut self.threads {
                    if !matches!(t.state, State::Done) {
                        if let State::Waiting(token, ..) | State::Blocked(_, Some(token), _) = &t.state {
                            self.cancelled.push(*token);
                        }
                        t.state = State::Done;
                    }
                    t.frames.clear();
                }
                let names = self.main.names.borrow_mut().take();
                for (_, v) in names {
                    drop(v);
                }
            }
            Finishing::Burying => {}
        }
        if self.graveyard.dead.borrow().is_empty() {
            self.ended = Some(self.status);
            return;
        }
        self.switch_to(0);
        let main = self.main.clone();
        let frame = self.code_frame(burial_code(), main, Then::Thread);
        self.frames.push(frame);
        self.threads[0].state = State::Ready;
    }

    /// Gives the answer to a question. One that was withdrawn or answered already is ignored.
    pub fn answer(&mut self, token: Token, answer: HostAnswer) {
        for t in &mut self.threads {
            match &mut t.state {
                State::Waiting(own, _, then, kept) if *own == token => {
                    let (then, kept) = (*then, std::mem::take(kept));
                    t.state = State::Answered(then, kept, answer);
                    return;
                }
                State::Blocked(_, Some(own), _) if *own == token => {
                    t.state = State::Given(Value::Bool(false));
                    return;
                }
                _ => {}
            }
        }
    }

    /// Ctrl-C: KeyboardInterrupt in the main thread. What it waits for is withdrawn.
    pub fn interrupt(&mut self) {
        if self.ended.is_some() {
            return;
        }
        if self.config.interactive && matches!(self.threads[0].state, State::Idle | State::Done) {
            self.typed.clear();
            self.write(OutputStream::Stderr, b"\nKeyboardInterrupt\n");
            return;
        }
        match &self.threads[0].state {
            State::Done | State::Idle => {
                // The main thread is over and waits for the others: a second way out.
                for t in &mut self.threads {
                    t.daemon = true;
                }
                self.status = 130;
                return;
            }
            State::Waiting(token, ..) | State::Blocked(_, Some(token), _) => self.cancelled.push(*token),
            _ => {}
        }
        if matches!(self.threads[0].state, State::Waiting(..) | State::Blocked(..)) {
            self.threads[0].state = State::Ready;
            self.threads[0].after.clear();
        }
        self.interrupted = true;
    }

    /// Takes the tokens of withdrawn questions: the driver withdraws the calls.
    pub fn take_cancelled(&mut self) -> Vec<Token> {
        std::mem::take(&mut self.cancelled)
    }

    /// Takes the output that has piled up.
    pub fn take_output(&mut self) -> Vec<Output> {
        self.output_bytes = 0;
        std::mem::take(&mut self.output)
    }

    /// What ended the program badly.
    pub fn raised(&self) -> Option<Raised> {
        self.raised.clone()
    }

    /// Work done so far. Two runs with the same answers at the same ticks have the same ticks.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// How many line marks were passed.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The number after the last socket id given.
    pub fn next_socket(&self) -> u32 {
        self.next_socket
    }

    /// The thread that waits for this token.
    pub fn asker(&self, token: Token) -> Option<ThreadId> {
        self.threads
            .iter()
            .position(|t| match &t.state {
                State::Waiting(own, ..) | State::Blocked(_, Some(own), _) => *own == token,
                _ => false,
            })
            .map(|i| ThreadId(i as u32))
    }

    /// Is it a prompt that waits for a line?
    pub fn wants_source(&self) -> bool {
        self.config.interactive
            && self.ended.is_none()
            && matches!(self.threads[0].state, State::Idle | State::Done)
    }

    /// The files of the program's directory as they are now.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.files.iter().map(|(n, b)| (n.clone(), b.to_vec())).collect()
    }

    /// A line typed at the prompt.
    pub fn feed(&mut self, line: &str) -> Feed {
        let more = !self.typed.is_empty();
        self.typed.push_str(line);
        self.typed.push('\n');
        if self.typed.trim().is_empty() {
            self.typed.clear();
            return Feed::Ready;
        }
        let source = Rc::new(Source::new("<stdin>", &self.typed, false));
        let compound = self.typed.trim_end().ends_with(':')
            || self.typed.lines().any(|l| l.starts_with([' ', '\t']))
            || self.typed.trim_start().starts_with('@');
        match compiled::code(&source, Mode::Interactive) {
            // A compound statement ends with an empty line.
            Ok(_) if compound && !(more && line.trim().is_empty()) => Feed::Incomplete,
            Ok(code) => {
                self.typed.clear();
                let main = self.main.clone();
                self.switch_to(0);
                let frame = self.code_frame(code, main, Then::Thread);
                self.frames.push(frame);
                self.threads[0].state = State::Ready;
                Feed::Ready
            }
            // As CPython's prompt: an open bracket, an open text or a block without a body wait for more lines.
            Err(e)
                if (e.incomplete || e.message.ends_with("was never closed"))
                    && !(more && line.trim().is_empty()) =>
            {
                Feed::Incomplete
            }
            Err(e) => {
                self.typed.clear();
                let report = e.report(&source);
                self.write(OutputStream::Stderr, report.as_bytes());
                Feed::Error
            }
        }
    }

    /// Names one of this program's new sockets.
    pub(crate) fn new_socket_id(&mut self) -> SocketId {
        let n = self.next_socket;
        self.next_socket += 1;
        SocketId::of(self.config.program, n)
    }

    /// Keeps the lowest free descriptor for a socket that the next answer makes: so the driver knows it before the
    /// program runs on.
    pub fn reserve_fd(&mut self, socket: SocketId) -> i32 {
        self.new_fd(Some(socket))
    }

    /// The lowest free descriptor, or the one that was kept for this socket.
    pub(crate) fn new_fd(&mut self, socket: Option<SocketId>) -> i32 {
        if let Some(kept) = socket.and_then(|socket| self.fd_of(socket)) {
            return kept;
        }
        let mut fd = 3;
        while self.fds.contains_key(&fd) {
            fd += 1;
        }
        self.fds.insert(fd, socket);
        fd
    }

    /// A function of the Python half of the built-ins.
    pub(crate) fn prelude_function(&self, name: &str) -> Value {
        self.prelude
            .names
            .borrow()
            .get_str(name)
            .cloned()
            .unwrap_or(Value::None)
    }
}

/// How far the end of the program is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Finishing {
    No,
    /// exit() at the prompt.
    Exit,
    /// Sockets are closed and `__del__` runs.
    Burying,
}

fn module(name: &str, builtins: Option<Rc<Module>>) -> Module {
    let mut names = NameMap::new();
    names.put("__name__", Value::str(name));
    Module {
        name: name.into(),
        names: names.into(),
        builtins,
        absent: false,
        dict: None.into(),
    }
}

/// Code that buries until nothing is left.
fn burial_code() -> Rc<Code> {
    small_code("<end>", &[Op::Bury, Op::None, Op::Return])
}

/// Code of a few instructions.
pub(crate) fn small_code(name: &str, ops: &[Op]) -> Rc<Code> {
    Rc::new(Code {
        name: crate::program::value::Name::new(name),
        qualname: name.into(),
        source: Rc::new(Source::new(name, "", true)),
        ops: ops.into(),
        spans: ops.iter().map(|_| (0, 0)).collect(),
        anchors: Box::default(),
        consts: Box::default(),
        names: Box::default(),
        caches: Box::default(),
        locals: Box::default(),
        posonly: 0,
        argc: 0,
        kwonly: 0,
        varargs: false,
        varkw: false,
        cells: Box::default(),
        free: Box::default(),
        generator: false,
        class_body: false,
        line: 0,
        doc: None,
        stack: 1,
    })
}
