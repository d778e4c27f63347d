//! Programs run until they must wait: what the VM says becomes events and effects.

use super::program::{Pace, Run};
use super::{Effect, InFlight, Mode, Session};
use crate::program::host::{Clock, HostAnswer, HostCall, Output, OutputStream, Stop, Token};
use protocol::event::{Level, Wait};
use protocol::{Call, EventKind, HostId, Outcome, Payload, ProgramId, SocketId, Stream, ThreadId};

/// Fuel for one program before the others and the page have their turn; a few milliseconds.
const SLICE: u64 = 150_000;

impl Session {
    /// Is there work left that only needs time? Then the driver gives the page a breath and brings
    /// [`super::Input::Tick`].
    pub fn busy(&self) -> bool {
        !self.timeline.is_full() && self.programs.iter().any(|p| p.pace() == Some(Pace::Going))
    }

    /// Gives every program that can go on one slice.
    pub(super) fn drive(&mut self) {
        self.drive_from(0);
    }

    /// The same for the programs from this place on.
    pub(super) fn drive_from(&mut self, first: usize) {
        self.halted = None;
        if self.network.is_none() || self.lost {
            return;
        }
        for i in first..self.programs.len() {
            if self.timeline.is_full() {
                self.tell_full();
                return;
            }
            self.drive_program(i);
            if self.is_halted() {
                return;
            }
        }
        self.halts(self.programs.len());
    }

    /// Is this where to stand still? Then it goes on with the program at `place`.
    fn halts(&mut self, place: usize) -> bool {
        let reached = self.halt.is_some_and(|seq| self.timeline.len() >= seq);
        if reached {
            self.halt = None;
            self.halted = Some(place);
        }
        reached
    }

    fn tell_full(&mut self) {
        if !std::mem::replace(&mut self.full_told, true) {
            self.mode = Mode::Stepping;
            self.notice(
                Level::Error,
                "The timeline is full (64 MiB), so the lab has stopped here. Save it to a file, or reset the lab.",
            );
        }
    }

    fn run_of(&mut self, id: ProgramId) -> Option<&mut Run> {
        self.program(id)?.run.as_mut()
    }

    fn drive_program(&mut self, place: usize) {
        let id = self.programs[place].id;
        let stepping = self.mode != Mode::Running;
        while !self.halts(place)
            && let Some(run) = self.run_of(id).filter(|run| run.pace == Pace::Going)
        {
            let Some(machine) = &mut run.machine else { return };
            let stop = machine.run(SLICE, stepping);
            let output = machine.take_output();
            let (lines, tick) = (machine.vm().lines(), machine.vm().ticks());
            if let Stop::Line { thread, line } = stop {
                // The mark at which it stops is told as such; those before it went by.
                let count = lines.saturating_sub(run.lines_told + 1);
                run.lines_told = lines;
                if count > 0 {
                    self.push(Some(id), thread, None, EventKind::Lines { count, line, tick });
                }
            }
            self.output(id, output);
            match stop {
                Stop::Line { thread, line } => {
                    if !self.at_line(id, thread, line) {
                        return;
                    }
                }
                Stop::Call { thread, token, call } => self.host_call(id, thread, token, call),
                Stop::OutOfFuel => return,
                Stop::Blocked => {
                    self.blocked(id);
                    return;
                }
                Stop::Ended { status } => {
                    self.ended(id, status);
                    return;
                }
            }
        }
    }

    /// A line stop; true: go on at once.
    fn at_line(&mut self, id: ProgramId, thread: ThreadId, line: u32) -> bool {
        let Some(run) = self.run_of(id) else { return false };
        let Some(machine) = &run.machine else { return false };
        let tick = machine.vm().ticks();
        let pass = std::mem::replace(&mut run.pass_line, false);
        if !pass {
            run.pace = Pace::Parked;
        }
        self.push(Some(id), thread, None, EventKind::Line { line, tick });
        pass
    }

    /// Tells of the lines that went by since the last event of this program.
    pub(super) fn tell_lines(&mut self, id: ProgramId, thread: ThreadId) {
        let Some(run) = self.run_of(id) else { return };
        let Some(machine) = &run.machine else { return };
        let (lines, tick, line) = (machine.vm().lines(), machine.vm().ticks(), machine.line(thread));
        let count = lines.saturating_sub(run.lines_told);
        run.lines_told = lines;
        if count > 0 && line > 0 {
            self.push(Some(id), thread, None, EventKind::Lines { count, line, tick });
        }
    }

    fn output(&mut self, id: ProgramId, pieces: Vec<Output>) {
        let mut pieces = pieces.into_iter().peekable();
        while let Some(Output {
            stream,
            mut bytes,
            mut line,
            thread,
        }) = pieces.next()
        {
            while let Some(next) = pieces.next_if(|p| p.stream == stream && p.thread == thread) {
                bytes.extend_from_slice(&next.bytes);
                line = next.line;
            }
            self.tell_lines(id, thread);
            let stream = match stream {
                OutputStream::Stdout => Stream::Stdout,
                OutputStream::Stderr => Stream::Stderr,
            };
            self.push(
                Some(id),
                thread,
                None,
                EventKind::Output {
                    stream,
                    data: Payload(bytes),
                    line,
                },
            );
        }
    }

    fn host_call(&mut self, id: ProgramId, thread: ThreadId, token: Token, call: HostCall) {
        match call {
            HostCall::Net { call, fd, api } => self.net_call(id, thread, token, call, fd, api),
            HostCall::Sleep { seconds, api } => {
                self.tell_lines(id, thread);
                let line = self.line_of(id, thread);
                let wait = Wait::Time {
                    seconds,
                    api: api.to_owned(),
                };
                self.push(Some(id), thread, None, EventKind::Pausing { wait, line });
                self.timers
                    .insert((self.now.saturating_add(nanos(seconds)), id, token));
            }
            HostCall::Clock(clock) => {
                let nanos = self.clock(id, clock);
                self.answer(id, token, HostAnswer::Nanos(nanos));
            }
            HostCall::Random { len } => {
                let bytes = self.random_bytes(len);
                self.answer(id, token, HostAnswer::Bytes(bytes));
            }
            HostCall::Input => {
                self.tell_lines(id, thread);
                let line = self.line_of(id, thread);
                self.push(
                    Some(id),
                    thread,
                    None,
                    EventKind::Pausing {
                        wait: Wait::Input,
                        line,
                    },
                );
                if let Some(run) = self.run_of(id) {
                    run.asking = Some((token, thread));
                }
                self.serve_input(id);
            }
        }
    }

    /// Gives a typed line to the program that asks for one.
    pub(super) fn serve_input(&mut self, id: ProgramId) {
        let Some(program) = self.program(id) else { return };
        let Some((token, thread)) = program.run.as_ref().and_then(|run| run.asking) else {
            return;
        };
        let Some(line) = program.take_typed() else { return };
        if let Some(run) = &mut program.run {
            run.asking = None;
        }
        self.answer(id, token, HostAnswer::Line(line));
        self.resumed(id, thread);
    }

    pub(super) fn resumed(&mut self, id: ProgramId, thread: ThreadId) {
        let tick = self.ticks_of(id);
        self.push(Some(id), thread, None, EventKind::Resumed { tick });
    }

    pub(super) fn ticks_of(&mut self, id: ProgramId) -> u64 {
        self.run_of(id)
            .and_then(|run| run.machine.as_ref())
            .map_or(0, |machine| machine.vm().ticks())
    }

    fn line_of(&mut self, id: ProgramId, thread: ThreadId) -> u32 {
        self.run_of(id)
            .and_then(|run| run.machine.as_ref())
            .map_or(0, |machine| machine.line(thread))
    }

    fn clock(&mut self, id: ProgramId, clock: Clock) -> i64 {
        let now = i64::try_from(self.now).unwrap_or(i64::MAX);
        match clock {
            Clock::Realtime => self.world.unix_nanos.saturating_add(now),
            Clock::Monotonic => now,
            // The program's own work: about ten nanoseconds an instruction.
            Clock::Process => i64::try_from(self.ticks_of(id))
                .unwrap_or(i64::MAX / 10)
                .saturating_mul(10),
        }
    }

    /// Brings an answer to a program, which then can go on.
    pub(super) fn answer(&mut self, id: ProgramId, token: Token, answer: HostAnswer) {
        let Some(run) = self.run_of(id) else { return };
        let Some(machine) = &mut run.machine else { return };
        let bytes = machine.answer(token, answer);
        if run.pace == Pace::Blocked {
            run.pace = Pace::Going;
        }
        self.timeline.charge(bytes);
    }

    fn net_call(
        &mut self,
        id: ProgramId,
        thread: ThreadId,
        token: Token,
        call: Call,
        fd: Option<i32>,
        api: &'static str,
    ) {
        self.tell_lines(id, thread);
        let line = self.line_of(id, thread);
        let number = self.new_call();
        let seq = self.push(
            Some(id),
            thread,
            None,
            EventKind::Called {
                call: number,
                api: api.to_owned(),
                fd,
                line,
                what: call.clone(),
            },
        );
        if self.calls.len() >= protocol::bounds::CALLS_IN_FLIGHT {
            let why = Some("This lab has as many calls waiting as it may have.".to_owned());
            let outcome = Outcome::Failed { errno: 11, why };
            let tick = self.ticks_of(id);
            self.answer(id, token, HostAnswer::Net(outcome.clone()));
            let kind = EventKind::Returned {
                call: number,
                outcome,
                fds: Vec::new(),
                at: 0,
                tick,
            };
            self.push(Some(id), thread, Some(seq), kind);
            return;
        }
        let in_flight = InFlight {
            program: id,
            thread,
            token,
            seq,
            makes: makes(&call),
            deadline: self.has_deadline(&call),
            told_waiting: false,
        };
        if let Call::SetTimeout { sock, timeout } = &call {
            match timeout {
                Some(seconds) if *seconds > 0.0 => self.deadlines.insert(*sock, *seconds),
                _ => self.deadlines.remove(sock),
            };
        }
        self.calls.insert(number, in_flight);
        self.epoch += 1;
        let host = self.host_of(id);
        self.effects.push_back(Effect::Call {
            id: number,
            host,
            call,
        });
    }

    /// The host that a program runs on: the one that the lab names, else the first.
    pub(super) fn host_of(&self, id: ProgramId) -> HostId {
        self.spec.host_of(usize::from(id.0))
    }

    fn has_deadline(&self, call: &Call) -> bool {
        match call {
            Call::Select { timeout, .. } => timeout.is_some(),
            Call::Accept { sock, .. }
            | Call::Connect { sock, .. }
            | Call::Recv { sock, .. }
            | Call::RecvFrom { sock, .. }
            | Call::Send { sock, .. }
            | Call::SendTo { sock, .. } => self.deadlines.contains_key(sock),
            _ => false,
        }
    }

    fn blocked(&mut self, id: ProgramId) {
        let Some(run) = self.run_of(id) else { return };
        run.pace = Pace::Blocked;
        let deadlocked = run
            .machine
            .as_ref()
            .is_some_and(|machine| machine.vm().deadlocked());
        self.tell_lines(id, ThreadId(0));
        if deadlocked
            && self
                .run_of(id)
                .is_some_and(|run| !std::mem::replace(&mut run.deadlock_told, true))
        {
            let line = self.line_of(id, ThreadId(0));
            self.push(
                Some(id),
                ThreadId(0),
                None,
                EventKind::Pausing {
                    wait: Wait::Threads,
                    line,
                },
            );
        }
        self.feed_prompt(id);
    }

    fn ended(&mut self, id: ProgramId, status: i32) {
        self.tell_lines(id, ThreadId(0));
        let raised = self
            .run_of(id)
            .and_then(|run| run.machine.as_ref())
            .and_then(|m| m.vm().raised());
        if let Some(raised) = raised {
            let kind = EventKind::Raised {
                exception: raised.type_name,
                message: raised.message,
                errno: raised.errno,
                line: raised.line,
                column: raised.column,
            };
            self.push(Some(id), ThreadId(0), None, kind);
        }
        self.end_run(id, status, false);
    }

    /// The run is over: its descriptors are closed, its calls withdrawn.
    pub(super) fn end_run(&mut self, id: ProgramId, status: i32, stopped: bool) {
        let Some(program) = self.program(id) else { return };
        let Some(run) = &mut program.run else { return };
        run.pace = Pace::Ended;
        run.asking = None;
        if let Some(machine) = &run.machine {
            program.next_socket = machine.vm().next_socket();
        }
        let calls: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, c)| c.program == id)
            .map(|(id, _)| *id)
            .collect();
        for call in calls {
            self.withdraw(call);
        }
        self.timers.retain(|(_, program, _)| *program != id);
        let open: Vec<SocketId> = self
            .timeline
            .live()
            .sockets_of(id)
            .filter(|s| s.closed.is_none() && s.fd.is_some())
            .map(|s| s.id)
            .collect();
        self.push(Some(id), ThreadId(0), None, EventKind::Ended { status, stopped });
        for sock in open {
            self.close_orphan(sock);
        }
        self.epoch += 1;
    }

    /// Closes a socket that no program has any more.
    pub(super) fn close_orphan(&mut self, sock: SocketId) {
        self.deadlines.remove(&sock);
        let id = self.new_call();
        self.orphans.insert(id, None);
        self.effects.push_back(Effect::Call {
            id,
            host: self.host_of(sock.program()),
            call: Call::Close { sock },
        });
    }
}

/// The sockets that a call makes.
pub(super) fn makes(call: &Call) -> Vec<SocketId> {
    match call {
        Call::Socket { sock, .. } => vec![*sock],
        Call::SocketPair { first, second, .. } => vec![*first, *second],
        Call::Accept { new, .. } => vec![*new],
        _ => Vec::new(),
    }
}

/// Seconds as nanoseconds; very long ones become the longest.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the cast from float saturates
pub(super) fn nanos(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1e9) as u64
}
