//! What the network says becomes events, and programs go on.

use super::{Effect, InFlight, NetworkIs, Session};
use crate::program::host::HostAnswer;
use protocol::event::Level;
use protocol::wire::Host;
use protocol::{CallId, EventKind, Outcome, Sample, SocketId, ThreadId};

impl Session {
    pub(super) fn opened(&mut self, network: NetworkIs, hosts: Vec<Host>) {
        self.network = Some(network);
        self.epoch += 1;
        if network.network.has_wire() {
            self.push(None, ThreadId(0), None, EventKind::Hosts { hosts });
        }
        if !network.private {
            self.notice(
                Level::Warning,
                "This server cannot give the lab a network of its own: it shares the machine's loopback with other labs, \
                 so a port may be taken.",
            );
        }
        self.start_prompts();
    }

    pub(super) fn trouble(&mut self, text: String, lost: bool) {
        self.notice(if lost { Level::Error } else { Level::Warning }, text);
        if lost {
            self.lost = true;
            self.calls.clear();
            self.orphans.clear();
            self.timers.clear();
            self.wire_requests.clear();
        }
    }

    /// A call has ended: first what it did to sockets, then its return.
    pub(super) fn reply(&mut self, id: CallId, at: u64, order: u64, outcome: Outcome, samples: Vec<Sample>) {
        if self.network.is_none() || self.timeline.is_full() {
            return;
        }
        if let Some(new) = self.orphans.remove(&id) {
            self.sampled(at, order, samples, None);
            // A connection that was accepted after its program had gone belongs to nobody.
            if let (Some(new), Outcome::Accepted { .. }) = (new, &outcome) {
                self.close_orphan(new);
            }
            return;
        }
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        self.sampled(at, order, samples, Some(call.seq));
        self.epoch += 1;
        let tick = self.ticks_of(call.program);
        let fds = if outcome.is_ok() {
            self.fds(&call)
        } else {
            Vec::new()
        };
        self.answer(call.program, call.token, HostAnswer::Net(outcome.clone()));
        let kind = EventKind::Returned {
            call: id,
            outcome,
            fds,
            at,
            tick,
        };
        self.push(Some(call.program), call.thread, Some(call.seq), kind);
    }

    /// The descriptors of the sockets that the call has made.
    fn fds(&mut self, call: &InFlight) -> Vec<i32> {
        let Some(program) = self.program(call.program) else {
            return Vec::new();
        };
        let Some(machine) = program.run.as_mut().and_then(|run| run.machine.as_mut()) else {
            return Vec::new();
        };
        call.makes.iter().map(|sock| machine.reserve_fd(*sock)).collect()
    }

    /// Sockets have changed.
    pub(super) fn sampled(&mut self, at: u64, order: u64, samples: Vec<Sample>, cause: Option<u64>) {
        if self.network.is_none() {
            return;
        }
        for sample in samples {
            let program = sample.sock.program();
            if usize::from(program.0) < self.programs.len() {
                let kind = EventKind::Socket { sample, at, order };
                self.push(Some(program), protocol::ThreadId(0), cause, kind);
            }
        }
    }

    /// The network has said which calls wait.
    pub(super) fn confirmed(
        &mut self,
        id: CallId,
        at: u64,
        order: u64,
        waiting: &[CallId],
        samples: Vec<Sample>,
    ) {
        self.sampled(at, order, samples, None);
        let Some((_, epoch)) = self.question.take_if(|(question, _)| *question == id) else {
            return;
        };
        for call in waiting {
            let Some(in_flight) = self.calls.get_mut(call) else {
                continue;
            };
            if !std::mem::replace(&mut in_flight.told_waiting, true) {
                let (program, thread, seq) = (in_flight.program, in_flight.thread, in_flight.seq);
                self.push(
                    Some(program),
                    thread,
                    Some(seq),
                    EventKind::Waiting { call: *call },
                );
            }
        }
        let all = self.calls.keys().all(|call| waiting.contains(call));
        if epoch == self.epoch && all {
            self.quiet_at = Some(epoch);
        }
    }

    /// The program does not wait for this call any more.
    pub(super) fn withdraw(&mut self, id: CallId) {
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        let new: Option<SocketId> = call.makes.first().copied();
        self.orphans.insert(id, new);
        self.effects.push_back(Effect::Cancel { id });
        let tick = self.ticks_of(call.program);
        let kind = EventKind::Returned {
            call: id,
            outcome: Outcome::Cancelled,
            fds: Vec::new(),
            at: 0,
            tick,
        };
        self.push(Some(call.program), call.thread, Some(call.seq), kind);
        self.epoch += 1;
    }

    /// Sleeps that are over, the next step of a walk, the question of a run.
    pub(super) fn due_timers(&mut self) {
        while let Some((due, program, token)) = self.timers.first().copied() {
            if due > self.now {
                break;
            }
            self.timers.pop_first();
            let thread = self.thread_of(program, token);
            self.answer(program, token, HostAnswer::Done);
            if let Some(thread) = thread {
                self.resumed(program, thread);
            }
            self.epoch += 1;
        }
        self.walk();
    }
}
