//! The timeline's entries. A lab's whole history is one list of them, and everything on a page is a fold over that list.
//!
//! The session alone numbers events. A call's entry stands before every server event that it caused, its return after;
//! nothing is ever put in before an existing event.

use crate::wire::{Embryo, Host, WireNews};
use crate::{Call, CallId, Outcome, Payload, ProgramId, Sample, ThreadId};
use protocol_derive::{Read, Write};

/// One entry.
#[derive(Clone, Debug, PartialEq, Read, Write)]
pub struct Event {
    /// Its place in the timeline, from 1, without gaps.
    pub seq: u64,
    /// When the session learned of it: nanoseconds since the lab began.
    pub t: u64,
    /// The program it belongs to, if it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ProgramId>,
    /// The thread of that program.
    #[serde(default, skip_serializing_if = "is_main")]
    pub thread: ThreadId,
    /// The event that caused this one, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

// skip_serializing_if asks for a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_main(thread: &ThreadId) -> bool {
    thread.0 == 0
}

/// What happened. `tick` is the program's own clock (see the engine's VM): with it a program can be run again to the
/// same place.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A program was started.
    Started {
        /// sys.argv[1:].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        args: Vec<String>,
    },
    /// A thread stands before a line (from 1) and has not begun it.
    Line {
        /// The line.
        line: u32,
        /// The program's clock.
        tick: u64,
    },
    /// While running: so many lines went by since the last event of this program, and this is where it stands.
    Lines {
        /// How many.
        count: u64,
        /// The last of them.
        line: u32,
        /// The program's clock.
        tick: u64,
    },
    /// A socket call was made.
    Called {
        /// Its number.
        call: CallId,
        /// What the learner wrote: `sendall` for a send() that is part of one.
        api: String,
        /// The descriptor that it is made on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fd: Option<i32>,
        /// The line that makes it, from 1.
        line: u32,
        /// The call.
        what: Call,
    },
    /// The server was asked and says that the call is really waiting in the kernel.
    Waiting {
        /// Which call.
        call: CallId,
    },
    /// A socket call returned, or raised.
    Returned {
        /// Which call.
        call: CallId,
        /// How it ended.
        outcome: Outcome,
        /// New descriptors that the program now has (socket, accept, socketpair), in the order of the call's new ids.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fds: Vec<i32>,
        /// The server's clock: nanoseconds since it opened the lab; 0 where no server was asked.
        #[serde(default)]
        at: u64,
        /// The program's clock.
        tick: u64,
    },
    /// The program waits for something that is not a socket.
    Pausing {
        /// What for.
        wait: Wait,
        /// The line that waits.
        line: u32,
    },
    /// That wait is over.
    Resumed {
        /// The program's clock.
        tick: u64,
    },
    /// The program wrote something.
    Output {
        /// Where.
        stream: Stream,
        /// The bytes.
        data: Payload,
        /// The line that wrote it last (0: after the end).
        line: u32,
    },
    /// The learner typed a line, without its newline; `None` is the end of input (Ctrl-D).
    Typed {
        /// The line.
        text: Option<String>,
    },
    /// The learner interrupted the program (Ctrl-C).
    Interrupted,
    /// An exception ended the program, or its source has a syntax error.
    Raised {
        /// `ConnectionRefusedError`.
        exception: String,
        /// `[Errno 111] Connection refused`.
        message: String,
        /// An OSError's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<i32>,
        /// The line, from 1; 0 if none is known.
        line: u32,
        /// The column, from 1, of a syntax error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<u32>,
    },
    /// The program has ended.
    Ended {
        /// The exit status.
        status: i32,
        /// True: it was stopped from outside (the lab was reset, the program was edited).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stopped: bool,
    },
    /// The kernel's state of a socket changed: this is what it says now.
    Socket {
        /// What it says.
        sample: Sample,
        /// The server's clock: nanoseconds since it opened the lab.
        at: u64,
        /// The server's own count of what it told about this lab.
        order: u64,
    },
    /// The network is there: these are its hosts.
    Hosts {
        /// In order; one or several.
        hosts: Vec<Host>,
    },
    /// Something happened on the wire. `program` is the one whose socket sent the packet, `cause` the call whose bytes (or
    /// SYN, or FIN) it carries, where they are known.
    Wire {
        /// What.
        news: WireNews,
        /// The server's clock: nanoseconds since it opened the lab.
        at: u64,
        /// The server's own count of what it told about this lab.
        order: u64,
    },
    /// Connections that wait for accept() have changed: these are all that there are now.
    Embryos {
        /// All of them.
        all: Vec<Embryo>,
        /// The server's clock: nanoseconds since it opened the lab.
        at: u64,
        /// The server's own count of what it told about this lab.
        order: u64,
    },
    /// Something that concerns the whole lab, in one plain sentence.
    Notice {
        /// How grave it is.
        level: Level,
        /// The sentence.
        text: String,
    },
}

/// What a program waits for besides sockets.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Wait {
    /// time.sleep(), or a wait with a deadline inside the program.
    Time {
        /// Seconds.
        seconds: f64,
        /// `sleep`, `Event.wait`, ...
        api: String,
    },
    /// A line from the terminal.
    Input,
    /// Another thread of the same program: all its threads wait for one another.
    Threads,
}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// The lab goes on, but differently from what was asked.
    Warning,
    /// The lab cannot go on by itself.
    Error,
}

/// Where output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// sys.stdout.
    Stdout,
    /// sys.stderr.
    Stderr,
}

impl Event {
    /// About how much memory the event takes, bytes: for the timeline's cap.
    pub fn size(&self) -> usize {
        let inner = match &self.kind {
            EventKind::Called { what, .. } => what.payload().map_or(0, Payload::len),
            EventKind::Returned { outcome, .. } => outcome.payload().map_or(0, Payload::len),
            EventKind::Output { data, .. } => data.len(),
            EventKind::Typed { text } => text.as_ref().map_or(0, String::len),
            EventKind::Raised { message, .. } => message.len(),
            EventKind::Notice { text, .. } => text.len(),
            EventKind::Wire {
                news: WireNews::Sent { data, .. },
                ..
            } => data.len(),
            EventKind::Embryos { all, .. } => all.len() * size_of::<Embryo>(),
            EventKind::Socket { sample, .. } => sample.recv_head.len() + 128,
            _ => 0,
        };
        inner + size_of::<Self>()
    }
}
