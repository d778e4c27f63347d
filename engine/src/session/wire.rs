//! The wire's part of a session: what the network tells of packets, and what a learner does with them.

use super::{Effect, Session};
use protocol::event::Level;
use protocol::wire::{Embryo, Fate, Timer, TimerKind};
use protocol::{CallId, EventKind, PacketId, Sample, ThreadId, WireAction, WireNews};

impl Session {
    /// Something happened on the wire, or a [`Effect::Wire`] (`id`) is answered by it.
    pub(super) fn wired(
        &mut self,
        id: Option<CallId>,
        at: u64,
        order: u64,
        news: Vec<WireNews>,
        samples: Vec<Sample>,
        embryos: Option<Vec<Embryo>>,
    ) {
        if self.network.is_none() || self.timeline.is_full() {
            return;
        }
        if let Some(id) = id {
            self.wire_requests.remove(&id);
        }
        // What arrives can let a waiting call go on.
        self.epoch += 1;
        for news in news {
            let kind = EventKind::Wire { news, at, order };
            let (program, cause) = self.timeline.causes().of(&kind, self.timeline.events());
            self.push(program, ThreadId(0), cause, kind);
        }
        self.sampled(at, order, samples, None);
        if let Some(all) = embryos {
            self.push(None, ThreadId(0), None, EventKind::Embryos { all, at, order });
        }
    }

    /// Does something with the wire.
    pub(super) fn act_on_wire(&mut self, action: WireAction) {
        let waits = |packet: PacketId| {
            let live = self.timeline.live();
            let goes = self.wire_requests.values().any(|going| *going == Some(packet));
            !goes && live.wire.packet(packet).is_some_and(|p| p.in_flight())
        };
        let fits = match &action {
            WireAction::Deliver { packet }
            | WireAction::Drop { packet }
            | WireAction::Duplicate { packet }
            | WireAction::Delay { packet, .. }
            | WireAction::Behind { packet } => waits(*packet),
            WireAction::Hold { .. } | WireAction::Rules { .. } => true,
        };
        if !fits {
            // A second click on the same button: the first one has done it, or is about to.
            return;
        }
        if self.network.is_none_or(|is| !is.network.has_wire()) {
            self.notice(
                Level::Warning,
                "This network has no wire that packets could be held on: choose the kernel network.",
            );
            return;
        }
        let goes = match &action {
            WireAction::Deliver { packet } | WireAction::Drop { packet } => Some(*packet),
            _ => None,
        };
        let id = self.new_call();
        self.wire_requests.insert(id, goes);
        self.epoch += 1;
        self.effects.push_back(Effect::Wire { id, action });
    }

    /// The wire refused it.
    pub(super) fn wire_refused(&mut self, id: CallId, text: String) {
        if self.wire_requests.remove(&id).is_some() {
            self.epoch += 1;
            self.notice(Level::Warning, text);
        }
    }

    /// The packet that Next lets go: the first that waits.
    pub(super) fn next_packet(&self) -> Option<PacketId> {
        self.timeline.live().wire.held_packets().next().map(|p| p.id)
    }

    /// Will a kernel send something again by itself? Only a network with a wire is sure to tell when that is over.
    pub(super) fn kernel_will_send(&self) -> bool {
        self.kernel_has(TimerKind::Retransmit)
    }

    /// Does a kernel ask again and again whether a closed window has opened? It does so for as long as the reader does not
    /// read.
    pub(super) fn kernel_asks_window(&self) -> bool {
        self.kernel_has(TimerKind::ZeroWindowProbe)
    }

    fn kernel_has(&self, what: TimerKind) -> bool {
        let runs = |timer: &Timer| timer.what == what;
        let live = self.timeline.live();
        self.network.is_some_and(|is| is.network.has_wire())
            && (live
                .wire
                .embryos
                .iter()
                .any(|e| e.timer.as_ref().is_some_and(runs))
                || live
                    .sockets
                    .iter()
                    .filter_map(|s| s.sample.as_ref()?.timer.as_ref())
                    .any(runs))
    }

    /// Does a packet arrive by itself later?
    pub(super) fn packets_under_way(&self) -> bool {
        let live = self.timeline.live();
        live.wire
            .packets
            .iter()
            .any(|p| matches!(p.fate, Fate::Delayed { .. }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::session::{Command, Input, LabSpec, World};
    use protocol::{End, Network, Payload};

    /// A lab whose first packet waits on the wire.
    fn held() -> Session {
        let program = ("client".into(), "client.py".into(), "print()\n".into());
        let spec = LabSpec::from_programs([program]).unwrap();
        let world = World {
            unix_nanos: 0,
            seed: 1,
        };
        let mut session = Session::new(spec, world);
        session.handle(
            0,
            Input::Opened {
                network: Network::Kernel,
                private: true,
                hosts: Vec::new(),
                number: None,
            },
        );
        let sent = WireNews::Sent {
            packet: PacketId(1),
            from: End(0),
            to: End(1),
            data: Payload::default(),
            fate: Fate::Held,
            copy_of: None,
        };
        wired(&mut session, None, sent);
        while session.next_effect().is_some() {}
        session
    }

    fn wired(session: &mut Session, id: Option<CallId>, news: WireNews) {
        let input = Input::Wired {
            id,
            at: 0,
            order: 0,
            news: vec![news],
            samples: Vec::new(),
            embryos: None,
        };
        session.handle(0, input);
    }

    fn asked(session: &mut Session, action: WireAction) -> Vec<CallId> {
        session.handle(0, Input::Command(Command::Wire(action)));
        std::iter::from_fn(|| session.next_effect())
            .filter_map(|effect| match effect {
                Effect::Wire { id, .. } => Some(id),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_packet_that_is_dropped_twice_is_dropped_once() {
        let (mut session, packet) = (held(), PacketId(1));
        // Twice the same is two copies.
        for _ in 0..2 {
            assert_eq!(asked(&mut session, WireAction::Duplicate { packet }).len(), 1);
        }
        let first = asked(&mut session, WireAction::Drop { packet });
        assert_eq!(first.len(), 1);
        // The network has not answered yet.
        assert_eq!(asked(&mut session, WireAction::Drop { packet }), []);
        assert_eq!(asked(&mut session, WireAction::Delay { packet, ms: 1 }), []);
        let by = protocol::wire::By::Hand;
        let fate = Fate::Dropped { by };
        wired(&mut session, Some(first[0]), WireNews::Now { packet, fate });
        assert_eq!(asked(&mut session, WireAction::Drop { packet }), []);
        let told = |e: &protocol::Event| matches!(e.kind, EventKind::Notice { .. });
        assert!(!session.timeline().events().iter().any(told));
    }

    #[test]
    fn what_was_refused_can_be_asked_again() {
        let (mut session, packet) = (held(), PacketId(1));
        let first = asked(&mut session, WireAction::Drop { packet });
        session.handle(
            0,
            Input::WireRefused {
                id: first[0],
                text: "No.".into(),
            },
        );
        assert_eq!(asked(&mut session, WireAction::Drop { packet }).len(), 1);
    }
}
