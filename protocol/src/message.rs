//! What a page and the server say to each other on one WebSocket.
//!
//! ```text
//! page    Hello ─────────────────────────────▶  server
//! page    ◀───────────────────────────── Welcome server
//! page    Open, Call, Confirm, ... (id) ─────▶  server
//! page    ◀──────── Opened, Reply, ... (seq, id) server
//! page    Ack (seq) ─────────────────────────▶  server
//! ```
//!
//! Everything the server says after `Welcome` has a `seq`, counted up from 1 without gaps over the whole session, however
//! many connections it has lived through; it is kept until the page acknowledges it. Every request has an `id`, counted
//! up by the page; a request that the server has seen already does not run again.

use crate::wire::{Embryo, Host};
use crate::{Call, CallId, HostId, Outcome, Sample, SessionId, WireAction, WireNews};
use protocol_derive::{Read, Write};

/// A lab of a session, numbered by the page.
pub type LabNumber = u32;

/// From the page to the server.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum FromPage {
    /// The first message of every connection.
    Hello {
        /// [`crate::VERSION`].
        version: u32,
        /// The session to be taken up again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
    },
    /// Open a lab. Answer: [`FromServer::Opened`] or [`FromServer::Problem`].
    Open {
        /// The request.
        id: CallId,
        /// The number that the page gives it.
        lab: LabNumber,
        /// What it shall be.
        plan: Plan,
    },
    /// Close all sockets of the lab and give it a new, empty network. Answer: [`FromServer::Opened`].
    Reset {
        /// The request.
        id: CallId,
        /// Which lab.
        lab: LabNumber,
    },
    /// The lab is not needed any more. No answer.
    CloseLab {
        /// Which lab.
        lab: LabNumber,
    },
    /// A socket call. Answer: [`FromServer::Reply`].
    Call {
        /// The request.
        id: CallId,
        /// In which lab.
        lab: LabNumber,
        /// On which of its hosts.
        #[serde(default, skip_serializing_if = "HostId::is_first")]
        host: HostId,
        /// The call.
        call: Call,
    },
    /// Do something with the wire. Answer: [`FromServer::Wired`] with the id, or a problem.
    Wire {
        /// The request.
        id: CallId,
        /// In which lab.
        lab: LabNumber,
        /// What.
        action: WireAction,
    },
    /// Withdraw a call: it is answered with [`Outcome::Cancelled`], unless it had ended before.
    Cancel {
        /// The call's id.
        call: CallId,
    },
    /// Are these calls really waiting in the kernel? Answer: [`FromServer::Confirmed`].
    Confirm {
        /// The request.
        id: CallId,
        /// In which lab.
        lab: LabNumber,
        /// The calls.
        calls: Vec<CallId>,
    },
    /// Publish a port of the lab on the server machine's loopback. Answer: [`FromServer::Published`] or a problem.
    Publish {
        /// The request.
        id: CallId,
        /// Which lab.
        lab: LabNumber,
        /// The TCP port that a program of the lab listens on.
        port: u16,
    },
    /// Everything up to this `seq` has arrived.
    Ack {
        /// The last one.
        seq: u64,
    },
}

/// Which session to take up again.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct Resume {
    /// Its number.
    pub session: SessionId,
    /// Its secret, 32 hexadecimal digits (128 bits).
    pub secret: String,
    /// The last `seq` that arrived.
    pub received: u64,
}

/// From the server to the page.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum FromServer {
    /// The answer to `Hello`. After a resume, everything with a `seq` above `received` follows once more.
    Welcome {
        /// [`crate::VERSION`].
        version: u32,
        /// The session's number.
        session: SessionId,
        /// Its secret: 32 hexadecimal digits, never to be put into a URL.
        secret: String,
        /// True: this is the session that `resume` named. False: it was not there any more, this is a new one.
        resumed: bool,
        /// What this server offers.
        networks: Vec<NetworkInfo>,
        /// True: ports of labs can be published.
        can_publish: bool,
    },
    /// A lab is open (again).
    Opened {
        /// See above.
        seq: u64,
        /// The request.
        id: CallId,
        /// Which lab.
        lab: LabNumber,
        /// Where its sockets live now: perhaps not where the page wished.
        network: Network,
        /// True: a network of its own. False: the machine's loopback, shared with other labs.
        private: bool,
        /// Its hosts with their addresses, at least one.
        hosts: Vec<Host>,
        /// The number that `wirelab exec` knows it by, where the page and the server are on one machine. A reset keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<u32>,
    },
    /// A call has ended.
    Reply {
        /// See above.
        seq: u64,
        /// The call.
        id: CallId,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab.
        order: u64,
        /// How it ended.
        outcome: Outcome,
        /// Sockets whose state changed since it was last told, the called one first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        samples: Vec<Sample>,
    },
    /// The answer to `Confirm`.
    Confirmed {
        /// See above.
        seq: u64,
        /// The request.
        id: CallId,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab.
        order: u64,
        /// Those that wait. The others have been answered, or will be at once.
        waiting: Vec<CallId>,
        /// Sockets whose state changed since it was last told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        samples: Vec<Sample>,
    },
    /// Sockets changed without a call's answer (a peer outside the lab, a timer of the kernel).
    Changed {
        /// See above.
        seq: u64,
        /// Which lab.
        lab: LabNumber,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab.
        order: u64,
        /// What they are now.
        samples: Vec<Sample>,
    },
    /// Something happened on a lab's wire, or in the kernel because of it. Told before the reply of the call that caused it.
    Wired {
        /// See above.
        seq: u64,
        /// The [`FromPage::Wire`] that is hereby answered, if it is one's answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<CallId>,
        /// Which lab.
        lab: LabNumber,
        /// Nanoseconds since the lab was opened.
        at: u64,
        /// The count of what was told about this lab.
        order: u64,
        /// What happened, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        news: Vec<WireNews>,
        /// Sockets whose state changed since it was last told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        samples: Vec<Sample>,
        /// All connections that wait for accept(), if they have changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embryos: Option<Vec<Embryo>>,
    },
    /// A port is published.
    Published {
        /// See above.
        seq: u64,
        /// The request.
        id: CallId,
        /// The lab's port.
        port: u16,
        /// Where it can be reached on the server's machine: `127.0.0.1:8080`.
        address: String,
    },
    /// Something could not be done. The session goes on unless `fatal`.
    Problem {
        /// See above; 0 for a problem that ends the connection.
        seq: u64,
        /// The request it answers, if it answers one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<CallId>,
        /// Which lab has ended with it, if one has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lab: Option<LabNumber>,
        /// One plain sentence: what, where, and the way out.
        text: String,
        /// The connection ends with this message.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fatal: bool,
    },
}

impl FromServer {
    /// Its place in the session; `None` for `Welcome`.
    pub const fn seq(&self) -> Option<u64> {
        match self {
            Self::Welcome { .. } => None,
            Self::Opened { seq, .. }
            | Self::Reply { seq, .. }
            | Self::Confirmed { seq, .. }
            | Self::Changed { seq, .. }
            | Self::Wired { seq, .. }
            | Self::Published { seq, .. }
            | Self::Problem { seq, .. } => Some(*seq),
        }
    }
}

impl FromPage {
    /// The request's id, for those that have one.
    pub const fn id(&self) -> Option<CallId> {
        match self {
            Self::Open { id, .. }
            | Self::Reset { id, .. }
            | Self::Call { id, .. }
            | Self::Confirm { id, .. }
            | Self::Wire { id, .. }
            | Self::Publish { id, .. } => Some(*id),
            Self::Hello { .. } | Self::CloseLab { .. } | Self::Cancel { .. } | Self::Ack { .. } => None,
        }
    }
}

/// What a lab wishes for. The server gives what it can and says what it gave.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct Plan {
    /// Where its sockets shall live.
    pub network: Network,
    /// The hosts' names, two to [`crate::bounds::HOSTS`]; none: one host, where all programs run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Every packet waits on the wire from the beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

impl Plan {
    /// One host on this network, and packets that cross by themselves.
    pub const fn simple(network: Network) -> Self {
        Self {
            network,
            hosts: Vec::new(),
            held: false,
        }
    }
}

/// Where a lab's sockets live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Hosts of the Linux kernel, joined by a wire of ours: real sockets, real packets, each of which can be held.
    Kernel,
    /// The kernel's own loopback: real sockets, no packets to be seen.
    Loopback,
    /// Real addresses that the server's owner has allowed: no packets to be seen.
    Live,
    /// Hosts simulated where the programs run, joined by the same wire, on a virtual clock. No server has any part in it.
    Simulated,
}

impl Network {
    /// Every network.
    pub const ALL: [Self; 4] = [Self::Kernel, Self::Loopback, Self::Live, Self::Simulated];

    /// The network with this [`Network::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.name() == name)
    }

    /// The word that pages, lab.toml and the command line use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Loopback => "loopback",
            Self::Live => "live",
            Self::Simulated => "simulated",
        }
    }

    /// Are packets seen, and can they be held?
    pub const fn has_wire(self) -> bool {
        matches!(self, Self::Kernel | Self::Simulated)
    }
}

/// What a server offers.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct NetworkInfo {
    /// Which network.
    pub network: Network,
    /// True: each lab has one of its own.
    pub private: bool,
    /// One plain sentence: what it is here, or which call failed.
    pub note: String,
}
