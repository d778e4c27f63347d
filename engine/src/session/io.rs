//! What goes into a session and what comes out: data, so that the browser, the command line and a simulated network drive
//! the same code.

use protocol::wire::{Embryo, Host};
use protocol::{Call, CallId, HostId, Network, Outcome, PacketId, ProgramId, Sample, WireAction, WireNews};

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The network is open (or open again after a reset): calls can be made.
    Opened {
        /// Where the sockets live.
        network: Network,
        /// A network of its own?
        private: bool,
        /// Its hosts with their addresses, at least one.
        hosts: Vec<Host>,
        /// The number that `wirelab exec` knows the lab by, if it does.
        number: Option<u32>,
    },
    /// A call has ended.
    Reply {
        /// Which.
        id: CallId,
        /// The network's clock, nanoseconds.
        at: u64,
        /// Its count of what it told.
        order: u64,
        /// How it ended.
        outcome: Outcome,
        /// Sockets that have changed.
        samples: Vec<Sample>,
    },
    /// The answer to [`Effect::Confirm`].
    Confirmed {
        /// Which question.
        id: CallId,
        /// The network's clock, nanoseconds.
        at: u64,
        /// Its count of what it told.
        order: u64,
        /// Calls that really wait.
        waiting: Vec<CallId>,
        /// Sockets that have changed.
        samples: Vec<Sample>,
    },
    /// Sockets have changed by themselves.
    Changed {
        /// The network's clock, nanoseconds.
        at: u64,
        /// Its count of what it told.
        order: u64,
        /// What they are now.
        samples: Vec<Sample>,
    },
    /// Something happened on the wire, or in the kernel because of it.
    Wired {
        /// The [`Effect::Wire`] that is hereby answered, if it is one's answer.
        id: Option<CallId>,
        /// The network's clock, nanoseconds.
        at: u64,
        /// Its count of what it told.
        order: u64,
        /// What happened, in order.
        news: Vec<WireNews>,
        /// Sockets that have changed.
        samples: Vec<Sample>,
        /// All connections that wait for accept(), if they have changed.
        embryos: Option<Vec<Embryo>>,
    },
    /// An [`Effect::Wire`] was refused.
    WireRefused {
        /// Which.
        id: CallId,
        /// One plain sentence.
        text: String,
    },
    /// Something to be told to the learner; with `lost`, the network is gone and the lab can only be reset.
    Trouble {
        /// One plain sentence.
        text: String,
        /// Nothing can go on.
        lost: bool,
    },
    /// What the learner wants.
    Command(Command),
    /// Time has passed; also: go on running (see [`super::Session::busy`]).
    Tick,
}

/// What a learner (or a script) wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The next sensible step, in the lab's order.
    Next,
    /// One line of this program.
    Step(ProgramId),
    /// All programs run; `Some(n)`: one step every n nanoseconds instead of at full speed.
    Run(Option<u64>),
    /// Every program stops at its next line.
    Pause,
    /// Start this program (again), with other arguments if given.
    Start(ProgramId, Option<Vec<String>>),
    /// End this program and close its sockets.
    Stop(ProgramId),
    /// A line for the program's terminal (or its prompt); `None`: the end of input.
    Type(ProgramId, Option<String>),
    /// Ctrl-C.
    Interrupt(ProgramId),
    /// Another source; the program is stopped if it runs, and can be started again.
    Edit(ProgramId, String),
    /// Do something with the wire.
    Wire(WireAction),
    /// Back to the beginning: all sockets closed, a new empty network, an empty timeline.
    Reset,
}

/// Something that the driver must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Make this call; bring [`Input::Reply`].
    Call {
        /// Its number.
        id: CallId,
        /// The host that the program runs on.
        host: HostId,
        /// The call.
        call: Call,
    },
    /// Do something with the wire; bring [`Input::Wired`] with this id, or [`Input::WireRefused`].
    Wire {
        /// Its number.
        id: CallId,
        /// What.
        action: WireAction,
    },
    /// Withdraw this call; its reply still comes.
    Cancel {
        /// Which.
        id: CallId,
    },
    /// Ask the network which of these calls really wait; bring [`Input::Confirmed`].
    Confirm {
        /// The question's number.
        id: CallId,
        /// The calls.
        calls: Vec<CallId>,
    },
    /// Close all sockets and give the lab a new network; bring [`Input::Opened`].
    Reset,
    /// Bring [`Input::Tick`] at this time (nanoseconds, the clock of `now`); a later one replaces an earlier one.
    WakeAt(u64),
}

/// Where a lab stands: what the page offers, what scripts wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The network is not open yet.
    Opening,
    /// Something is under way: an answer, or a program that runs.
    Working,
    /// All is quiet, and this is what Next would do.
    Ready(NextStep),
    /// All is quiet until a sleep or a deadline is over.
    Sleeping,
    /// All is quiet; these programs wait for a line from the learner, nothing else can go on.
    AwaitingInput(Vec<ProgramId>),
    /// All programs that are left wait in calls for one another or for a visitor from outside.
    Blocked,
    /// All programs have ended.
    Ended,
    /// The timeline is full: save or reset.
    Full,
    /// The network is lost: reset.
    Lost,
}

/// What Next would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// A packet that waits on the wire is delivered.
    Packet(PacketId),
    /// A program goes on.
    Program {
        /// Which.
        program: ProgramId,
        /// The line it runs, from 1; `None` if the program is only started by this.
        line: Option<u32>,
    },
}

impl NextStep {
    /// The program that goes on, if one does.
    pub const fn program(&self) -> Option<ProgramId> {
        match self {
            Self::Program { program, .. } => Some(*program),
            Self::Packet(_) => None,
        }
    }

    /// The line that it runs, from 1, if one does.
    pub const fn line(&self) -> Option<u32> {
        match self {
            Self::Program { line, .. } => *line,
            Self::Packet(_) => None,
        }
    }
}
