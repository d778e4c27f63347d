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
            live.wire.packet(packet).is_some_and(|p| p.in_flight())
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
            // A second click on the same button: the first one has done it.
            return;
        }
        if self.network.is_none_or(|is| !is.network.has_wire()) {
            self.notice(
                Level::Warning,
                "This network has no wire that packets could be held on: choose the kernel network.",
            );
            return;
        }
        let id = self.new_call();
        self.wire_requests.insert(id);
        self.epoch += 1;
        self.effects.push_back(Effect::Wire { id, action });
    }

    /// The wire refused it.
    pub(super) fn wire_refused(&mut self, id: CallId, text: String) {
        if self.wire_requests.remove(&id) {
            self.epoch += 1;
            self.notice(Level::Warning, text);
        }
    }

    /// The packet that Next lets go: the first that waits.
    pub(super) fn next_packet(&self) -> Option<PacketId> {
        self.timeline.live().wire.held_packets().next().map(|p| p.id)
    }

    /// Will a kernel send something again by itself, or ask a closed window? Only a network with a wire is sure to tell when
    /// that is over.
    pub(super) fn kernel_will_send(&self) -> bool {
        let sends = |timer: &Timer| matches!(timer.what, TimerKind::Retransmit | TimerKind::ZeroWindowProbe);
        let live = self.timeline.live();
        self.network.is_some_and(|is| is.network.has_wire())
            && (live
                .wire
                .embryos
                .iter()
                .any(|e| e.timer.as_ref().is_some_and(sends))
                || live
                    .sockets
                    .iter()
                    .filter_map(|s| s.sample.as_ref()?.timer.as_ref())
                    .any(sends))
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
