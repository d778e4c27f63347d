//! What a lab looks like at one moment, and how one event changes it. A pure fold: same events, same state.

use super::wire::WireState;
use protocol::event::{Level, Wait};
use protocol::{
    Call, CallId, Event, EventKind, Outcome, Payload, ProgramId, Sample, SocketId, TcpState, ThreadId,
};

/// Closed sockets that stay in sight, for each program; older ones are only counted.
const CLOSED_KEPT: usize = 8;
/// How much of what was sent last a socket shows.
const SENT_SHOWN: usize = 64;

/// A lab at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The last event that is in this state; 0 at the beginning.
    pub seq: u64,
    /// The time of that event, nanoseconds since the lab began.
    pub t: u64,
    /// In the lab's order.
    pub programs: Vec<ProgramState>,
    /// In the order in which they were made.
    pub sockets: Vec<SocketState>,
    /// The wire and its hosts.
    pub wire: WireState,
    /// The last notice, if it is grave enough to stay.
    pub notice: Option<(Level, String)>,
}

/// A program at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgramState {
    /// How often it was started.
    pub runs: u32,
    /// The event of its last start.
    pub started: Option<u64>,
    /// Its threads, the main thread first; those that have ended are gone.
    pub threads: Vec<ThreadState>,
    /// Exit status, once it has ended; and whether it was stopped from outside.
    pub ended: Option<(i32, bool)>,
    /// What ended it badly.
    pub raised: Option<RaisedState>,
    /// The line that ran last.
    pub line: Option<u32>,
    /// The event that this program had last.
    pub last: u64,
    /// Sockets that were closed and are no longer shown.
    pub closed_sockets: u32,
    /// The socket call that failed last, and its errno: what ended the program, if it ends with that errno.
    failed: Option<(Call, i32)>,
}

/// What ended a program badly.
#[derive(Clone, Debug, PartialEq)]
pub struct RaisedState {
    /// The event.
    pub seq: u64,
    /// The class.
    pub exception: String,
    /// str(exception).
    pub message: String,
    /// An OSError's number.
    pub errno: Option<i32>,
    /// The line, from 1; 0 if none is known.
    pub line: u32,
    /// The column of a syntax error, from 1.
    pub column: Option<u32>,
    /// The socket call that failed, if it was one.
    pub call: Option<Call>,
}

/// A thread at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadState {
    /// Which.
    pub id: ThreadId,
    /// What it does.
    pub doing: Doing,
}

/// What a thread does.
#[derive(Clone, Debug, PartialEq)]
pub enum Doing {
    /// It stands before a line and has not begun it.
    AtLine {
        /// The line, from 1.
        line: u32,
    },
    /// It runs; this is where it was seen last.
    Running {
        /// The line, from 1.
        line: u32,
    },
    /// It is inside a socket call.
    Calling {
        /// The event of the call's entry.
        seq: u64,
        /// The call's number.
        call: CallId,
        /// What the learner wrote.
        api: String,
        /// The line, from 1.
        line: u32,
        /// When it began, nanoseconds.
        since: u64,
        /// The server has said that it waits in the kernel.
        waiting: bool,
        /// The call.
        what: Call,
    },
    /// It waits for something that is not a socket.
    Pausing {
        /// The event.
        seq: u64,
        /// For what.
        wait: Wait,
        /// The line, from 1.
        line: u32,
        /// When it began, nanoseconds.
        since: u64,
    },
}

impl Doing {
    /// The line that the thread is at.
    pub const fn line(&self) -> u32 {
        match self {
            Self::AtLine { line }
            | Self::Running { line }
            | Self::Calling { line, .. }
            | Self::Pausing { line, .. } => *line,
        }
    }
}

/// A socket at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SocketState {
    /// Which.
    pub id: SocketId,
    /// Whose.
    pub program: ProgramId,
    /// Its descriptor, while it is open.
    pub fd: Option<i32>,
    /// What the kernel said last; `None` before it said anything.
    pub sample: Option<Sample>,
    /// When it said so, nanoseconds since the lab began.
    pub sampled_at: u64,
    /// TCP's state before the last change, and the event of that change.
    pub was: Option<(TcpState, u64)>,
    /// The event that told its TCP state first, or another one than before.
    pub changed: Option<u64>,
    /// Every TCP state it has been seen in, in order (at most the eleven that there are, and repeats).
    pub path: Vec<TcpState>,
    /// The event that made it.
    pub made: u64,
    /// The event that closed it.
    pub closed: Option<u64>,
    /// Bytes that the program has given to the kernel.
    pub sent: u64,
    /// Bytes that the program has taken from the kernel.
    pub received: u64,
    /// The first of the bytes of the last send (at most 64).
    pub last_sent: Payload,
    /// listen()'s backlog, if it listens.
    pub backlog: Option<i32>,
}

impl State {
    /// Before anything has happened.
    pub fn new(programs: usize) -> Self {
        Self {
            seq: 0,
            t: 0,
            programs: vec![ProgramState::default(); programs],
            sockets: Vec::new(),
            wire: WireState::default(),
            notice: None,
        }
    }

    /// About how much memory it takes, bytes.
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + self.programs.len() * (size_of::<ProgramState>() + size_of::<ThreadState>())
            + self.sockets.len() * (size_of::<SocketState>() + 160)
            + self.wire.size()
    }

    /// The program with this id.
    pub fn program(&self, id: ProgramId) -> Option<&ProgramState> {
        self.programs.get(usize::from(id.0))
    }

    /// The socket with this id, if it is still in sight.
    pub fn socket(&self, id: SocketId) -> Option<&SocketState> {
        self.sockets.iter().find(|s| s.id == id)
    }

    /// The other end of a connection inside the lab, recognised by the addresses that the kernel told of both.
    pub fn peer_of(&self, socket: &SocketState) -> Option<&SocketState> {
        let sample = socket.sample.as_ref()?;
        let (local, peer) = (sample.local.as_ref()?, sample.peer.as_ref()?);
        self.sockets.iter().find(|other| {
            other.id != socket.id
                && other.sample.as_ref().is_some_and(|s| {
                    s.kind == sample.kind && s.local.as_ref() == Some(peer) && s.peer.as_ref() == Some(local)
                })
        })
    }

    /// A program's sockets, in the order in which they were made.
    pub fn sockets_of(&self, program: ProgramId) -> impl Iterator<Item = &SocketState> {
        self.sockets.iter().filter(move |s| s.program == program)
    }

    /// What one event changes.
    pub fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        self.t = event.t;
        match &event.kind {
            EventKind::Socket { sample, .. } => self.sampled(event.seq, event.t, sample),
            EventKind::Hosts { hosts } => self.wire.hosts.clone_from(hosts),
            EventKind::Wire { news, .. } => self.wire.apply(event.seq, event.t, event.program, news),
            EventKind::Embryos { all, .. } => self.wire.embryos.clone_from(all),
            EventKind::Notice { level, text } => {
                self.notice = (*level != Level::Info).then(|| (*level, text.clone()));
            }
            _ => self.program_event(event),
        }
    }

    fn program_event(&mut self, event: &Event) {
        let Some(id) = event.program else { return };
        if let EventKind::Returned {
            call, outcome, fds, ..
        } = &event.kind
        {
            self.returned(event, id, *call, outcome, fds);
        }
        let Some(program) = self.programs.get_mut(usize::from(id.0)) else {
            return;
        };
        program.last = event.seq;
        match &event.kind {
            EventKind::Started { .. } => program.start(event.seq),
            EventKind::Line { line, .. } => program.thread(event.thread, Doing::AtLine { line: *line }),
            EventKind::Lines { line, .. } => program.thread(event.thread, Doing::Running { line: *line }),
            EventKind::Called {
                call,
                api,
                line,
                what,
                ..
            } => program.thread(
                event.thread,
                Doing::Calling {
                    seq: event.seq,
                    call: *call,
                    api: api.clone(),
                    line: *line,
                    since: event.t,
                    waiting: false,
                    what: brief(what),
                },
            ),
            EventKind::Waiting { call } => program.waiting(*call),
            EventKind::Pausing { wait, line } => program.thread(
                event.thread,
                Doing::Pausing {
                    seq: event.seq,
                    wait: wait.clone(),
                    line: *line,
                    since: event.t,
                },
            ),
            EventKind::Resumed { .. } => program.go_on(event.thread),
            EventKind::Raised {
                exception,
                message,
                errno,
                line,
                column,
            } => {
                let failed = program.failed.take();
                let call = failed.filter(|(_, e)| *errno == Some(*e)).map(|(call, _)| call);
                program.raised = Some(RaisedState {
                    seq: event.seq,
                    exception: exception.clone(),
                    message: message.clone(),
                    errno: *errno,
                    line: *line,
                    column: *column,
                    call,
                });
            }
            EventKind::Ended { status, stopped } => {
                program.ended = Some((*status, *stopped));
                program.threads.clear();
                self.end(id, event.seq);
            }
            EventKind::Returned { .. }
            | EventKind::Output { .. }
            | EventKind::Typed { .. }
            | EventKind::Interrupted
            | EventKind::Socket { .. }
            | EventKind::Hosts { .. }
            | EventKind::Wire { .. }
            | EventKind::Embryos { .. }
            | EventKind::Notice { .. } => {}
        }
    }

    /// A program's end closes its descriptors.
    fn end(&mut self, id: ProgramId, seq: u64) {
        for socket in self
            .sockets
            .iter_mut()
            .filter(|s| s.program == id && s.closed.is_none())
        {
            socket.fd = None;
            socket.closed = Some(seq);
        }
        self.forget_closed(id);
    }

    fn returned(&mut self, event: &Event, id: ProgramId, call: CallId, outcome: &Outcome, fds: &[i32]) {
        let Some(program) = self.programs.get_mut(usize::from(id.0)) else {
            return;
        };
        let Some(what) = program.take_call(event.thread, call) else {
            return;
        };
        if let Outcome::Failed { errno, .. } = outcome {
            program.failed = Some((what.clone(), *errno));
        }
        match (&what, outcome) {
            (Call::Socket { sock, .. }, Outcome::Done) => self.make(*sock, id, fds.first(), event.seq),
            (Call::SocketPair { first, second, .. }, Outcome::Done) => {
                self.make(*first, id, fds.first(), event.seq);
                self.make(*second, id, fds.get(1), event.seq);
            }
            (Call::Accept { new, .. }, Outcome::Accepted { .. }) => {
                self.make(*new, id, fds.first(), event.seq)
            }
            (Call::Send { sock, data, .. } | Call::SendTo { sock, data, .. }, Outcome::Sent { n }) => {
                if let Some(socket) = self.socket_mut(*sock) {
                    socket.sent += n;
                    let shown = data.len().min(usize::try_from(*n).unwrap_or(usize::MAX));
                    socket.last_sent = data.0[..shown].into();
                }
            }
            (
                Call::Recv { sock, flags, .. } | Call::RecvFrom { sock, flags, .. },
                Outcome::Received { data, .. },
            ) => {
                const MSG_PEEK: i32 = 2;
                if let Some(socket) = self.socket_mut(*sock).filter(|_| flags & MSG_PEEK == 0) {
                    socket.received += data.len() as u64;
                }
            }
            (Call::Listen { sock, backlog }, Outcome::Done) => {
                if let Some(socket) = self.socket_mut(*sock) {
                    socket.backlog = Some((*backlog).max(0));
                }
            }
            (Call::Close { sock }, _) => {
                if let Some(socket) = self.socket_mut(*sock) {
                    socket.fd = None;
                    socket.closed = Some(event.seq);
                }
                self.forget_closed(id);
            }
            _ => {}
        }
    }

    fn make(&mut self, id: SocketId, program: ProgramId, fd: Option<&i32>, seq: u64) {
        // The kernel may have spoken of an accepted connection before accept() gave it a descriptor.
        if let Some(socket) = self.socket_mut(id) {
            socket.fd = fd.copied();
            socket.made = seq;
            return;
        }
        let mut socket = SocketState::new(id, program, seq);
        socket.fd = fd.copied();
        self.sockets.push(socket);
    }

    fn sampled(&mut self, seq: u64, t: u64, sample: &Sample) {
        let place = self.sockets.iter().position(|s| s.id == sample.sock);
        let place = place.unwrap_or_else(|| {
            self.sockets
                .push(SocketState::new(sample.sock, sample.sock.program(), seq));
            self.sockets.len() - 1
        });
        let socket = &mut self.sockets[place];
        if let Some(new) = sample.state {
            let old = socket.sample.as_ref().and_then(|s| s.state);
            if old != Some(new) {
                if let Some(old) = old {
                    socket.was = Some((old, seq));
                }
                socket.changed = Some(seq);
                socket.path.push(new);
            }
        }
        socket.sample = Some(sample.clone());
        socket.sampled_at = t;
    }

    fn socket_mut(&mut self, id: SocketId) -> Option<&mut SocketState> {
        self.sockets.iter_mut().find(|s| s.id == id)
    }

    fn forget_closed(&mut self, id: ProgramId) {
        let closed = self
            .sockets
            .iter()
            .filter(|s| s.program == id && s.closed.is_some())
            .count();
        let mut surplus = closed.saturating_sub(CLOSED_KEPT);
        if surplus == 0 {
            return;
        }
        if let Some(program) = self.programs.get_mut(usize::from(id.0)) {
            program.closed_sockets += u32::try_from(surplus).unwrap_or(u32::MAX);
        }
        self.sockets.retain(|s| {
            let goes = surplus > 0 && s.program == id && s.closed.is_some();
            surplus -= usize::from(goes);
            !goes
        });
    }
}

/// The call without the bulk of its bytes: the event has them.
fn brief(call: &Call) -> Call {
    let cut = |data: &Payload| Payload::from(&data.0[..data.len().min(SENT_SHOWN)]);
    match call {
        Call::Send { sock, flags, data } => Call::Send {
            sock: *sock,
            flags: *flags,
            data: cut(data),
        },
        Call::SendTo {
            sock,
            flags,
            data,
            addr,
        } => Call::SendTo {
            sock: *sock,
            flags: *flags,
            data: cut(data),
            addr: addr.clone(),
        },
        other => other.clone(),
    }
}

impl SocketState {
    fn new(id: SocketId, program: ProgramId, seq: u64) -> Self {
        Self {
            id,
            program,
            fd: None,
            sample: None,
            sampled_at: 0,
            was: None,
            changed: None,
            path: Vec::new(),
            made: seq,
            closed: None,
            sent: 0,
            received: 0,
            last_sent: Payload::default(),
            backlog: None,
        }
    }

    /// TCP's state as the kernel told it last.
    pub fn state(&self) -> Option<TcpState> {
        self.sample.as_ref().and_then(|s| s.state)
    }
}

impl ProgramState {
    fn start(&mut self, seq: u64) {
        *self = Self {
            runs: self.runs + 1,
            started: Some(seq),
            last: seq,
            closed_sockets: self.closed_sockets,
            ..Self::default()
        };
    }

    fn thread(&mut self, id: ThreadId, doing: Doing) {
        self.line = Some(doing.line());
        match self.threads.iter_mut().find(|t| t.id == id) {
            Some(thread) => thread.doing = doing,
            None => self.threads.push(ThreadState { id, doing }),
        }
    }

    fn go_on(&mut self, id: ThreadId) {
        if let Some(thread) = self.threads.iter_mut().find(|t| t.id == id) {
            thread.doing = Doing::Running {
                line: thread.doing.line(),
            };
        }
    }

    fn waiting(&mut self, which: CallId) {
        for thread in &mut self.threads {
            if let Doing::Calling { call, waiting, .. } = &mut thread.doing
                && *call == which
            {
                *waiting = true;
            }
        }
    }

    /// The call that has now returned; its thread runs on.
    fn take_call(&mut self, id: ThreadId, which: CallId) -> Option<Call> {
        let thread = self.threads.iter_mut().find(|t| t.id == id)?;
        match &thread.doing {
            Doing::Calling { call, line, what, .. } if *call == which => {
                let what = what.clone();
                thread.doing = Doing::Running { line: *line };
                Some(what)
            }
            _ => None,
        }
    }

    /// Is it running or waiting, that is: started and not ended?
    pub const fn is_alive(&self) -> bool {
        self.started.is_some() && self.ended.is_none()
    }
}
