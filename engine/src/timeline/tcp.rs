//! TCP's state machine as data: RFC 9293, section 3.3.2 (figure 5), with the resets and timeouts that its text adds.
//!
//! The kernel is looked at now and then, so a state may come and go between two looks. What lies between is found here and
//! is inferred, never sampled: whoever shows it says so.

use protocol::TcpState;
use protocol::TcpState::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent,
    TimeWait,
};

/// What makes a connection change its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program calls this.
    Call(&'static str),
    /// A segment with this arrives.
    Segment(&'static str),
    /// A timer of the kernel ends.
    Timer,
}

/// One arrow of the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: TcpState,
    /// What happens.
    pub event: Event,
    /// What the connection sends then; empty: nothing.
    pub sends: &'static str,
    /// The state after.
    pub to: TcpState,
    /// Why, in one plain sentence.
    pub why: &'static str,
}

const fn arrow(
    from: TcpState,
    event: Event,
    sends: &'static str,
    to: TcpState,
    why: &'static str,
) -> Transition {
    Transition {
        from,
        event,
        sends,
        to,
        why,
    }
}

use Event::{Call, Segment, Timer};

/// Every arrow; of two between the same states the usual one stands first.
pub const TRANSITIONS: [Transition; 28] = [
    arrow(
        Closed,
        Call("listen"),
        "",
        Listen,
        "listen() makes the socket wait for connections.",
    ),
    arrow(
        Closed,
        Call("connect"),
        "SYN",
        SynSent,
        "connect() sends a SYN: it asks for a connection.",
    ),
    arrow(
        Listen,
        Segment("SYN"),
        "SYN-ACK",
        SynReceived,
        "A SYN has come and is answered; the last ACK of the handshake is missing.",
    ),
    arrow(Listen, Call("close"), "", Closed, "close() ends the listening."),
    arrow(
        SynSent,
        Segment("SYN-ACK"),
        "ACK",
        Established,
        "The peer's SYN-ACK has come and is acknowledged: the connection is open.",
    ),
    arrow(
        SynSent,
        Segment("SYN"),
        "SYN-ACK",
        SynReceived,
        "Both sides have sent a SYN at the same time.",
    ),
    arrow(
        SynSent,
        Segment("RST"),
        "",
        Closed,
        "The peer refuses: nobody listens on that port.",
    ),
    arrow(
        SynSent,
        Timer,
        "",
        Closed,
        "No answer has come to the SYN, however often it was sent.",
    ),
    arrow(
        SynSent,
        Call("close"),
        "",
        Closed,
        "close() gives the attempt up.",
    ),
    arrow(
        SynReceived,
        Segment("ACK"),
        "",
        Established,
        "The last ACK of the handshake has come: the connection is open.",
    ),
    arrow(
        SynReceived,
        Call("close"),
        "FIN",
        FinWait1,
        "close() sends a FIN before the handshake has ended.",
    ),
    arrow(
        SynReceived,
        Segment("RST"),
        "",
        Closed,
        "The peer has given up the handshake.",
    ),
    arrow(
        Established,
        Call("close"),
        "FIN",
        FinWait1,
        "close() or shutdown() sends a FIN: no more bytes come from here.",
    ),
    arrow(
        Established,
        Segment("FIN"),
        "ACK",
        CloseWait,
        "The peer's FIN has come: it sends no more; this side may still send.",
    ),
    arrow(
        Established,
        Segment("RST"),
        "",
        Closed,
        "The peer has ended the connection at once.",
    ),
    arrow(
        Established,
        Timer,
        "",
        Closed,
        "The peer has not answered for too long.",
    ),
    arrow(
        FinWait1,
        Segment("ACK"),
        "",
        FinWait2,
        "The peer has acknowledged the FIN, and has not closed yet itself.",
    ),
    arrow(
        FinWait1,
        Segment("FIN-ACK"),
        "ACK",
        TimeWait,
        "The peer has acknowledged the FIN and sent its own: both have closed.",
    ),
    arrow(
        FinWait1,
        Segment("FIN"),
        "ACK",
        Closing,
        "Both sides have closed at the same time: the FINs have crossed.",
    ),
    arrow(
        FinWait1,
        Segment("RST"),
        "",
        Closed,
        "The peer has ended the connection at once.",
    ),
    arrow(
        FinWait2,
        Segment("FIN"),
        "ACK",
        TimeWait,
        "The peer's FIN has come too: both have closed; strays are waited for.",
    ),
    arrow(
        FinWait2,
        Timer,
        "",
        Closed,
        "The peer has not closed for too long, and nobody waits for it.",
    ),
    arrow(
        CloseWait,
        Call("close"),
        "FIN",
        LastAck,
        "close() or shutdown() sends the FIN that the peer waits for.",
    ),
    arrow(
        CloseWait,
        Segment("RST"),
        "",
        Closed,
        "The peer has ended the connection at once.",
    ),
    arrow(
        LastAck,
        Segment("ACK"),
        "",
        Closed,
        "The last FIN is acknowledged: nothing is left.",
    ),
    arrow(
        LastAck,
        Segment("RST"),
        "",
        Closed,
        "The peer has nothing left of the connection.",
    ),
    arrow(
        Closing,
        Segment("ACK"),
        "",
        TimeWait,
        "The FIN is acknowledged; strays are waited for.",
    ),
    arrow(
        TimeWait,
        Timer,
        "",
        Closed,
        "The waiting for strays is over: the addresses may be used again.",
    ),
];

/// The one arrow between two states, if there is one.
pub fn transition(before: TcpState, after: TcpState) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|t| (t.from, t.to) == (before, after))
}

/// The shortest way from one state to another; all but its last state were not seen, only inferred. `None` where the
/// diagram has no way; empty for the same state.
pub fn path(before: TcpState, after: TcpState) -> Option<Vec<&'static Transition>> {
    path_by(before, after, false)
}

/// The same, where packets may tell more: `acked`, the peer has acknowledged the FIN in a segment without its own. Then
/// FIN-WAIT-2 was gone through on the way to TIME-WAIT.
pub fn path_by(before: TcpState, after: TcpState, acked: bool) -> Option<Vec<&'static Transition>> {
    // Breadth first; there are eleven states.
    let mut ways: Vec<(TcpState, Vec<&'static Transition>)> = vec![(before, Vec::new())];
    let mut at = 0;
    while let Some((state, way)) = ways.get(at).cloned() {
        if state == after {
            return Some(way);
        }
        for step in TRANSITIONS.iter().filter(|t| t.from == state) {
            // Through CLOSED a connection does not go on.
            let ends = step.to == Closed && after != Closed;
            let other = acked && (step.from, step.to) == (FinWait1, TimeWait);
            if !ends && !other && ways.iter().all(|(known, _)| *known != step.to) {
                let mut longer = way.clone();
                longer.push(step);
                ways.push((step.to, longer));
            }
        }
        at += 1;
    }
    None
}

/// A state that a connection was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The state.
    pub state: TcpState,
    /// True: the kernel said so. False: it follows from the states around it.
    pub sampled: bool,
    /// What led to it; `None`: the first, or the diagram has no way.
    pub by: Option<&'static Transition>,
}

/// The states that were sampled, with those that must have been between them. `accepted`: the connection came out of
/// accept(), so it began in LISTEN's hands.
pub fn steps(sampled: &[TcpState], accepted: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut before = accepted.then_some(Listen);
    for &state in sampled {
        let way = before.and_then(|before| path(before, state));
        let mut way = way.unwrap_or_default();
        let last = way.pop();
        steps.extend(way.into_iter().map(|by| Step {
            state: by.to,
            sampled: false,
            by: Some(by),
        }));
        steps.push(Step {
            state,
            sampled: true,
            by: last,
        });
        before = Some(state);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [TcpState; 11] = [
        Established,
        SynSent,
        SynReceived,
        FinWait1,
        FinWait2,
        TimeWait,
        Closed,
        CloseWait,
        LastAck,
        Listen,
        Closing,
    ];

    fn shown(sampled: &[TcpState], accepted: bool) -> String {
        let one = |s: Step| match s.sampled {
            true => s.state.to_string(),
            false => format!("({})", s.state),
        };
        steps(sampled, accepted)
            .into_iter()
            .map(one)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_lies_between_is_inferred() {
        assert_eq!(shown(&[Established], true), "(SYN-RECEIVED) ESTABLISHED");
        assert_eq!(
            shown(&[SynReceived, Established], true),
            "SYN-RECEIVED ESTABLISHED"
        );
        assert_eq!(
            shown(&[Closed, Established], false),
            "CLOSED (SYN-SENT) ESTABLISHED"
        );
        assert_eq!(
            shown(&[Established, TimeWait], false),
            "ESTABLISHED (FIN-WAIT-1) TIME-WAIT"
        );
        assert_eq!(
            shown(&[Established, LastAck], false),
            "ESTABLISHED (CLOSE-WAIT) LAST-ACK"
        );
        assert_eq!(shown(&[Established], false), "ESTABLISHED");
    }

    #[test]
    fn packets_tell_which_way_it_closed() {
        let way = |acked| {
            let way = path_by(Established, TimeWait, acked).unwrap_or_default();
            way.iter().map(|t| t.to.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(way(false), ["FIN-WAIT-1", "TIME-WAIT"]);
        assert_eq!(way(true), ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"]);
    }

    #[test]
    fn every_state_is_reached_from_closed_and_comes_back() {
        for state in ALL {
            assert!(path(Closed, state).is_some(), "{state}");
            assert!(path(state, Closed).is_some(), "{state}");
            // A connection does not become another one.
            if state != Closed && state != Listen {
                assert!(path(state, Listen).is_none(), "{state}");
            }
        }
        assert!(path(TimeWait, Established).is_none());
        assert_eq!(
            transition(Established, FinWait1).map(|t| t.event),
            Some(Call("close"))
        );
        assert_eq!(transition(Established, TimeWait), None);
    }
}
