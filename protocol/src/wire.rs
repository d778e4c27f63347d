//! The wire that joins a lab's hosts: what crosses it, what learners do with it, and by which rules it goes.
//!
//! ```text
//! page    Wire(WireAction) ─▶ server      hold, deliver, drop, ...
//! page    ◀─ Wired(WireNews) server       a packet was sent, delivered, dropped, ...
//! ```
//!
//! The pure queue that does this is the engine's; kernel labs and the simulated network run the same one.

use crate::{Address, Payload, TcpState};
use protocol_derive::{Read, Write};

/// A packet of one lab: numbered from 1 in the order in which the wire saw them. A copy that was duplicated has a number of
/// its own; a retransmission that the kernel sends is another packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Read, Write)]
#[serde(transparent)]
pub struct PacketId(pub u64);

/// A host of a lab: its place in the lab's list, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Read, Write)]
#[serde(transparent)]
pub struct HostId(pub u8);

impl HostId {
    /// The first, and in most labs the only one. (skip_serializing_if asks for a reference.)
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub const fn is_first(&self) -> bool {
        self.0 == 0
    }
}

/// An end of the wire. With several hosts: the host with this number. With one host, whose packets leave and come back at
/// the same door: 0 is the end that opened the conversation (sent its first packet), 1 the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Read, Write)]
#[serde(transparent)]
pub struct End(pub u8);

// skip_serializing_if asks for a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A host, as a lab wishes for it.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct Host {
    /// What gethostname() says there, and what the others call it: a letter, then letters, digits and `-`.
    pub name: String,
    /// Its addresses on the wire; empty until the network gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// What happened on the wire.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "wire", rename_all = "snake_case")]
pub enum WireNews {
    /// A host sent a packet: the wire has it now. The same message says what became of it at once.
    Sent {
        /// Its number.
        packet: PacketId,
        /// Where it comes from.
        from: End,
        /// Where it goes.
        to: End,
        /// The packet, from the first byte of its IP header.
        data: Payload,
        /// What the wire did with it.
        fate: Fate,
        /// The copy of this packet that this one is, if it was duplicated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_of: Option<PacketId>,
    },
    /// A packet that waited on the wire waits no more, or differently.
    Now {
        /// Which.
        packet: PacketId,
        /// What became of it.
        fate: Fate,
    },
    /// While a packet waited, or the acknowledgment of one that has arrived, its sender sent the same again: swallowed, and
    /// counted here.
    Again {
        /// The packet that was sent again.
        packet: PacketId,
        /// How many times so far.
        count: u32,
    },
    /// A learner moved a packet behind the next one of its direction.
    Moved {
        /// Which.
        packet: PacketId,
        /// It stands behind this one now.
        behind: PacketId,
    },
    /// So many packets that nobody could look at them: more than [`crate::bounds::PACKETS_PER_SECOND`]. The wire's rules held
    /// for them too.
    Flood {
        /// Where they came from.
        from: End,
        /// Where they went.
        to: End,
        /// How many.
        count: u64,
        /// Their bytes.
        bytes: u64,
        /// How many of them the wire lost.
        #[serde(default, skip_serializing_if = "is_zero")]
        lost: u64,
    },
    /// The wire goes by other rules from now on.
    Ruled {
        /// Every packet waits for the learner.
        held: bool,
        /// The rules, in order.
        rules: Vec<WireRule>,
    },
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It has arrived at the other end.
    Delivered,
    /// It waits until the learner lets it go.
    Held,
    /// It is on its way until this time: nanoseconds of the network's clock.
    Delayed {
        /// When it arrives.
        until: u64,
        /// Why.
        by: By,
    },
    /// It is lost.
    Dropped {
        /// Why.
        by: By,
    },
}

/// Why the wire did something to a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The learner.
    Hand,
    /// A rule: its place in the list, from 0.
    Rule(u16),
    /// No host has the address that it goes to.
    NoHost,
    /// The wire was full ([`crate::bounds::PACKETS_HELD`]).
    Full,
}

/// What a learner does with the wire.
#[derive(Clone, Debug, PartialEq, Read, Write)]
#[serde(tag = "wire", rename_all = "snake_case")]
pub enum WireAction {
    /// From now on every packet waits (true), or none; those that wait are then delivered in their order.
    Hold {
        /// Shall they wait?
        held: bool,
    },
    /// Let it arrive now.
    Deliver {
        /// Which.
        packet: PacketId,
    },
    /// Lose it. When its sender sends it again, that one is shown like any other packet.
    Drop {
        /// Which.
        packet: PacketId,
    },
    /// Let a copy arrive now; the packet itself still waits.
    Duplicate {
        /// Which.
        packet: PacketId,
    },
    /// Let it arrive after so many milliseconds.
    Delay {
        /// Which.
        packet: PacketId,
        /// Milliseconds, at most [`crate::bounds::DELAY_MS`].
        ms: u32,
    },
    /// Put it behind the next packet of its direction.
    Behind {
        /// Which.
        packet: PacketId,
    },
    /// Go by these rules from now on, at most [`crate::bounds::WIRE_RULES`].
    Rules {
        /// In order; for each packet every rule that fits is asked, and the first that drops it ends that.
        rules: Vec<WireRule>,
        /// Where their dice begin: same seed and same packets, same losses.
        #[serde(default)]
        seed: u64,
    },
}

/// One rule of the wire.
#[derive(Clone, Debug, PartialEq, Read, Write)]
pub struct WireRule {
    /// Packets that go to this end only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<End>,
    /// Which of them.
    #[serde(default)]
    pub which: Which,
    /// What happens to them.
    pub what: Effect,
}

/// Which packets a rule is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// All.
    #[default]
    All,
    /// TCP segments that open a connection (SYN, with or without ACK).
    Syn,
    /// Packets with bytes of a program in them.
    Data,
    /// TCP segments with FIN.
    Fin,
    /// TCP segments with nothing but an acknowledgment.
    Ack,
    /// UDP datagrams.
    Udp,
    /// Every n-th packet (n at least 1), counted by the rule.
    Nth(u32),
    /// So many of a hundred, by dice with the seed (0 to 100).
    Percent(f64),
    /// The n-th packet with bytes of a program, from 1, and no other.
    DataNumber(u32),
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The packet waits for the learner.
    Hold,
    /// It is lost.
    Lose,
    /// It arrives twice.
    Double,
    /// It takes so long.
    Delay {
        /// Milliseconds, at most [`crate::bounds::DELAY_MS`].
        ms: u32,
        /// More or less by up to so many milliseconds, by dice; packets may overtake each other then.
        #[serde(default)]
        jitter: u32,
    },
    /// It waits until the next packet of its direction has gone by (at most [`crate::bounds::BEHIND_MS`]).
    Behind,
    /// No more than so many bytes a second; what is too much waits.
    Rate {
        /// Bytes a second, at least 1.
        bytes: u32,
    },
}

/// A connection that the kernel has and that no program has a descriptor of yet: between the SYN and accept().
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct Embryo {
    /// The host that it is on.
    #[serde(default, skip_serializing_if = "HostId::is_first")]
    pub host: HostId,
    /// The local address.
    pub local: Address,
    /// The peer.
    pub peer: Address,
    /// SYN-RECEIVED, or ESTABLISHED and waiting for accept() (or what became of it there).
    pub state: TcpState,
    /// Bytes that have arrived already.
    #[serde(default)]
    pub recv_queue: u32,
    /// The kernel's timer for it, if one runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<Timer>,
}

/// A timer of the kernel, as sock_diag(7) tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read, Write)]
pub struct Timer {
    /// What for.
    pub what: TimerKind,
    /// Milliseconds until it ends.
    pub left: u32,
    /// How many times it has ended already.
    #[serde(default)]
    pub times: u8,
}

/// What a timer of the kernel is for (`idiag_timer`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Read, Write)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// 1: what was sent will be sent again.
    Retransmit,
    /// 2: keep-alive.
    KeepAlive,
    /// 3: TIME-WAIT ends.
    TimeWait,
    /// 4: a closed window is asked again.
    ZeroWindowProbe,
}
