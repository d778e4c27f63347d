//! What all views of one lab share: the lab itself, the cursor, what is open. Handles are `Copy`; the lab's data stay in
//! the driver and are read at the cursor.

use crate::diagram::Lit;
use crate::driver::{Driver, Status};
use crate::model::advice::Action;
use crate::model::lane::{self, LaneView};
use crate::model::{Moment, lit, steps, wire};
use engine::session::{Command, LabSpec, Rest, Side};
use leptos::prelude::*;
use protocol::{EventKind, PacketId, ProgramId, SocketId, WireAction};
use std::rc::Rc;

/// The tabs under the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// The timeline in words.
    Words,
    /// A packet, field by field.
    Packet,
    /// TCP's states.
    States,
    /// One call in full.
    Call,
}

/// What a phone shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The diagram.
    Wire,
    /// The left lane.
    Left,
    /// The right lane.
    Right,
    /// The tabs.
    Details,
}

impl Pane {
    /// Its name in lab.css.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Left => "left",
            Self::Right => "right",
            Self::Details => "details",
        }
    }
}

/// What puts another lab into the element.
pub type Again = Rc<dyn Fn(LabSpec)>;

/// Milliseconds after which a step is said to be under way.
const LONG: f64 = 300.0;

/// One lab as its views know it.
#[derive(Clone, Copy)]
pub struct Ui {
    driver: StoredValue<Rc<Driver>, LocalStorage>,
    /// What belongs together in the last step: a call, its bytes, the buffer they arrived in.
    lit: Memo<Option<lit::Chain>>,
    /// The events that belong to the chosen one, and what they light up beside the diagram.
    related: Memo<Vec<u64>>,
    belongs: Memo<lit::Related>,
    /// Raised (once a frame) when anything of the lab may have changed.
    pub version: RwSignal<u32>,
    /// The event that is shown; `None`: the live end.
    pub cursor: RwSignal<Option<u64>>,
    /// What the panels that follow a frame later show: see [`Ui::read_later`].
    later: RwSignal<(u32, Option<u64>)>,
    /// The same for the dock, which follows last: see [`Ui::read_last`].
    last: RwSignal<(u32, Option<u64>)>,
    /// Those panels follow at the next frame; and the event that the bar was dragged to meanwhile.
    follows: StoredValue<(bool, Option<u64>)>,
    /// The bar is being dragged.
    drags: RwSignal<bool>,
    /// How much of what a hurry leaves out is still to come: 2 the rows around, 1 what surrounds the diagram, 0 nothing.
    left_out: RwSignal<u8>,
    /// The lab's clock, nanoseconds; raised every second while something waits.
    pub clock: RwSignal<u64>,
    /// The open tab.
    pub tab: RwSignal<Tab>,
    /// What a phone shows.
    pub pane: RwSignal<Pane>,
    /// The program that is shown in each lane.
    pub shown: [RwSignal<Option<ProgramId>>; 2],
    /// The call that the tab "Call" shows; `None`: the last one.
    pub picked: RwSignal<Option<u64>>,
    /// Something was chosen that nothing has happened to yet.
    in_vain: RwSignal<bool>,
    /// The packet on the wire that keys and buttons are for; `None`: the first that waits.
    pub packet: RwSignal<Option<PacketId>>,
    /// Sockets show what TCP_INFO tells.
    pub deep: RwSignal<bool>,
    /// The dialog of the wire's rules is open.
    pub rules: RwSignal<bool>,
    /// What the dice of the wire's rules begin with, as it is typed.
    pub seed: RwSignal<String>,
    /// The program that is being edited, and the line where the editor opens.
    pub editing: RwSignal<Option<(ProgramId, u32)>>,
    /// Larger, for a class.
    pub present: RwSignal<bool>,
    /// Nanoseconds a step while running; `None`: full speed.
    pub speed: RwSignal<Option<u64>>,
    /// A sentence for the learner that belongs to the page, not to the lab.
    pub message: RwSignal<Option<String>>,
    /// How many parts of the page's code are on their way for views that the learner has opened.
    pub coming: RwSignal<u32>,
    /// The window that lays two runs side by side is open.
    pub comparing: RwSignal<bool>,
    /// The dialog that chooses a network is open.
    pub choosing: RwSignal<bool>,
    /// Puts another lab into the element in place of this one.
    again: StoredValue<Again, LocalStorage>,
    /// The keys are shown.
    pub help: RwSignal<bool>,
    /// Where the site's home page is.
    pub home: StoredValue<String>,
}

impl Ui {
    /// The views' state of a lab.
    pub fn new(
        driver: Rc<Driver>,
        version: RwSignal<u32>,
        present: bool,
        home: String,
        again: Again,
    ) -> Self {
        let first = |side: Side| {
            let place = driver.sides().iter().position(|s| *s == side)?;
            u16::try_from(place).ok().map(ProgramId)
        };
        let shown = [
            RwSignal::new(first(Side::Left)),
            RwSignal::new(first(Side::Right)),
        ];
        // A recording is looked at from its beginning.
        let cursor = RwSignal::new(driver.session().is_replay().then_some(0));
        let driver = StoredValue::new_local(driver);
        let lit = Memo::new(move |_| {
            version.track();
            let (cursor, driver) = (cursor.get(), driver.get_value());
            read_at(&driver, cursor, |m| lit::chain(m, driver.diagram().marks()))
        });
        let picked = RwSignal::new(None::<u64>);
        let related = Memo::new(move |_| {
            let seq = picked.get()?;
            version.track();
            let driver = driver.get_value();
            Some(driver.session().timeline().related(seq))
        });
        let related = Memo::new(move |_| related.get().unwrap_or_default());
        let belongs = Memo::new(move |_| {
            let events = related.get();
            if events.is_empty() {
                return lit::Related::default();
            }
            let (cursor, driver) = (cursor.get(), driver.get_value());
            read_at(&driver, cursor, |m| lit::related(m, &events))
        });
        Self {
            driver,
            lit,
            related,
            belongs,
            version,
            cursor,
            later: RwSignal::new((0, cursor.get_untracked())),
            last: RwSignal::new((0, cursor.get_untracked())),
            follows: StoredValue::new((false, None)),
            drags: RwSignal::new(false),
            left_out: RwSignal::new(0),
            clock: RwSignal::new(0),
            tab: RwSignal::new(Tab::Words),
            pane: RwSignal::new(Pane::Wire),
            shown,
            picked,
            in_vain: RwSignal::new(false),
            packet: RwSignal::new(None),
            deep: RwSignal::new(false),
            rules: RwSignal::new(false),
            seed: RwSignal::new("1".into()),
            editing: RwSignal::new(None),
            present: RwSignal::new(present),
            speed: RwSignal::new(None),
            message: RwSignal::new(None),
            coming: RwSignal::new(0),
            comparing: RwSignal::new(false),
            choosing: RwSignal::new(false),
            again: StoredValue::new_local(again),
            help: RwSignal::new(false),
            home: StoredValue::new(home),
        }
    }

    /// From now on (the views are being made) the panels that come later follow every change.
    pub fn begin_to_follow(self) {
        Effect::new(move |_| {
            self.version.track();
            self.cursor.track();
            self.drags.track();
            if self.hurries() && self.left_out.get_untracked() < 2 {
                self.left_out.set(2);
            }
            self.follow();
        });
    }

    /// They follow at the next frame; while programs run at full speed the dock has the frame after that for itself.
    fn follow(self) {
        if self.follows.with_value(|f| f.0) {
            return;
        }
        self.follows.update_value(|f| f.0 = true);
        request_animation_frame(move || {
            Self::show_in(self.later, self);
            if self.left_out.try_get_untracked().is_some_and(|left| left > 1) && !self.drags.get_untracked() {
                request_animation_frame(move || self.followed());
            } else {
                self.followed();
            }
        });
    }

    /// The dock follows as the last one, then the place that the bar was dragged to meanwhile.
    fn followed(self) {
        Self::show_in(self.last, self);
        let dragged = self.follows.try_update_value(|f| {
            f.0 = f.1.is_some();
            f.0
        });
        match dragged {
            Some(true) => request_animation_frame(move || {
                let dragged = self.follows.try_update_value(std::mem::take);
                // The lab can have left the page since.
                if let Some((_, Some(seq))) = dragged {
                    self.go_to(seq);
                }
            }),
            Some(false) => self.calm_down(),
            None => {}
        }
    }

    /// When the hurry is over, what was left out comes with one picture after the other: all at once takes too long.
    fn calm_down(self) {
        if self.left_out.try_get_untracked().is_none_or(|left| left == 0) || self.hurries() {
            return;
        }
        request_animation_frame(move || {
            let left = self.left_out.try_get_untracked();
            if let Some(left) = left.filter(|left| *left > 0 && !self.hurries()) {
                self.left_out.set(left - 1);
                self.calm_down();
            }
        });
    }

    fn show_in(panels: RwSignal<(u32, Option<u64>)>, ui: Self) {
        if let (Some(version), Some(cursor)) = (ui.version.try_get_untracked(), ui.cursor.try_get_untracked())
        {
            let _ = panels.try_update(|shown| *shown = (version, cursor));
        }
    }

    /// Brings the panels that follow up to date now.
    pub fn show_later(&self) {
        Self::show_in(self.later, *self);
        Self::show_in(self.last, *self);
    }

    /// Does more pass than anybody reads, because the bar is dragged or programs run at full speed?
    fn hurries(self) -> bool {
        self.drags.try_get_untracked() == Some(true) || self.is_at_full_speed()
    }

    /// Is the list in words shown with a few rows only, because of a hurry?
    pub fn glances(&self) -> bool {
        self.drags.get() || self.is_at_full_speed() || self.left_out.get() > 1
    }

    /// Is what surrounds the diagram's pane not drawn, because of a hurry?
    pub fn is_in_a_hurry(&self) -> bool {
        self.drags.get() || self.is_at_full_speed() || self.left_out.get() > 0
    }

    /// Do programs run at full speed now, so that more happens than anybody reads?
    pub fn is_at_full_speed(&self) -> bool {
        // The lab can have left the page since.
        let driver = self.driver.try_update_value(|driver| Rc::clone(driver));
        driver.is_some_and(|driver| {
            let session = driver.session();
            session.is_at_full_speed() && matches!(session.rest(), Rest::Working | Rest::Sleeping)
        })
    }

    /// The lab.
    pub fn driver(&self) -> Rc<Driver> {
        self.driver.get_value()
    }

    /// Reads the lab at the cursor; whoever reads is told when it changes.
    pub fn read<R>(&self, read: impl FnOnce(&Moment<'_>) -> R) -> R {
        self.version.track();
        let cursor = self.cursor.get();
        self.read_at(cursor, read)
    }

    /// The same for the panels that can follow a frame later than the diagram, the lines and the caption: a picture of all
    /// at once would take too long where the bar is dragged through thousands of events, or where much happens.
    pub fn read_later<R>(&self, read: impl FnOnce(&Moment<'_>) -> R) -> R {
        let (_, cursor) = self.later.get();
        self.read_at(cursor, read)
    }

    /// The same for the dock, which comes a frame later still while programs run at full speed.
    pub fn read_last<R>(&self, read: impl FnOnce(&Moment<'_>) -> R) -> R {
        let (_, cursor) = self.last.get();
        self.read_at(cursor, read)
    }

    /// The same without being told.
    pub fn peek<R>(&self, read: impl FnOnce(&Moment<'_>) -> R) -> R {
        self.read_at(self.cursor.get_untracked(), read)
    }

    fn read_at<R>(&self, cursor: Option<u64>, read: impl FnOnce(&Moment<'_>) -> R) -> R {
        read_at(&self.driver(), cursor, read)
    }

    /// A step is under way, as it is after every press of Next: what can be pressed next stays as it was, so that buttons
    /// do not flicker and keep the focus.
    pub fn in_step(&self) -> bool {
        self.version.track();
        let driver = self.driver();
        let session = driver.session();
        self.cursor.get().is_none()
            && !session.is_running()
            && driver.working_for() < LONG
            && session.rest() == Rest::Working
    }

    /// Is the past shown?
    pub fn in_past(&self) -> bool {
        self.version.track();
        self.cursor.get().is_some()
    }

    /// The moment that durations run to: the clock at the live end, the event's time in the past.
    pub fn now(&self) -> u64 {
        if self.in_past() {
            self.read(|m| m.state.t)
        } else {
            self.clock.get()
        }
    }

    /// The same for a panel that follows a frame later.
    pub fn now_later(&self) -> u64 {
        if self.later.get().1.is_some() {
            self.read_later(|m| m.state.t)
        } else {
            self.clock.get()
        }
    }

    /// Shows event `seq`; at or behind the last one is the live end.
    pub fn go_to(&self, seq: u64) {
        let len = self.peek(|m| m.timeline.len());
        self.picked.set(None);
        self.cursor.set((seq < len).then_some(seq));
    }

    /// The same where the bar is dragged: at the pace of the pictures, however fast the pointer comes along.
    pub fn drag_to(&self, seq: u64) {
        if !self.drags.get_untracked() {
            self.drags.set(true);
        }
        if self.follows.with_value(|f| f.0) {
            self.follows.update_value(|f| f.1 = Some(seq));
        } else {
            self.go_to(seq);
        }
    }

    /// The bar is let go.
    pub fn drop_bar(&self) {
        if self.drags.get_untracked() {
            self.drags.set(false);
        }
    }

    /// Back to the live end.
    pub fn go_live(&self) {
        self.picked.set(None);
        self.cursor.set(None);
    }

    /// From the place in the past that is shown, the lab goes on anew.
    pub fn rewind(&self) {
        let seq = self.peek(|m| m.seq());
        if self.driver().rewind(seq) {
            self.go_live();
        } else {
            let why = "Too much has happened in this lab to go on from the past. Reset begins again.";
            self.message.set(Some(why.into()));
        }
    }

    /// One step back into the past; false: this is the beginning.
    pub fn back(&self) -> bool {
        let (at, to) = self.peek(|m| (m.seq(), steps::before(m.timeline.events(), m.seq())));
        self.go_to(to);
        at > 0
    }

    /// Next: in the past the next step again, at the live end the next step of the lab.
    pub fn next(&self) {
        if self.cursor.get_untracked().is_some() {
            let to = self.peek(|m| steps::after(m.timeline.events(), m.seq()));
            return self.go_to(to);
        }
        self.picked.set(None);
        if self.peek(|m| matches!(m.rest, Rest::Ready(_))) {
            self.command(Command::Next);
        }
    }

    /// A command, at the live end.
    pub fn command(&self, command: Command) {
        self.cursor.set(None);
        self.picked.set(None);
        self.follows.update_value(|f| f.1 = None);
        if command == Command::Reset {
            self.editing.set(None);
        }
        self.driver().command(command);
    }

    /// Another lab, or this one as it shall be from now on, in place of this one.
    pub fn begin_again(&self, spec: LabSpec) {
        (self.again.get_value())(spec);
    }

    /// Run, or pause.
    pub fn run_or_pause(&self) {
        if self.cursor.get_untracked().is_some() {
            return;
        }
        let running = self.driver().session().is_running();
        self.command(if running {
            Command::Pause
        } else {
            Command::Run(self.speed.get_untracked())
        });
    }

    /// One line of one program, or its start.
    pub fn step(&self, program: ProgramId) {
        if self.cursor.get_untracked().is_none() && self.driver().session().can_step(program) {
            self.show(program);
            self.command(Command::Step(program));
        }
    }

    /// Brings a program into its lane.
    pub fn show(&self, program: ProgramId) {
        let side = self.driver().sides().get(usize::from(program.0)).copied();
        // Only if another one is there: a lane that is made anew takes the focus away from whoever steps by keys.
        if let Some(side) = side
            && self.shown[side as usize].get_untracked() != Some(program)
        {
            self.shown[side as usize].set(Some(program));
        }
    }

    /// Does the lab's network have a wire that packets can be held on?
    pub fn has_wire(&self) -> bool {
        self.version.track();
        let driver = self.driver();
        let session = driver.session();
        session.network().is_some_and(|n| n.network.has_wire())
    }

    /// Can something be done with the wire now: at the live end of a lab that runs?
    pub fn can_act(&self) -> bool {
        self.has_wire() && self.cursor.get().is_none() && !self.driver().session().is_replay()
    }

    /// The packet that keys and buttons are for, at the cursor: the chosen one while it waits, else the first.
    pub fn waiting(&self) -> Option<wire::Waiting> {
        let chosen = self.packet.get();
        self.read(|m| {
            let chosen = chosen.and_then(|id| wire::waiting(m, id));
            chosen.or_else(|| wire::waiting(m, wire::first_held(m)?))
        })
    }

    /// The events that belong to the chosen one: its line, call, packets, states.
    pub fn related(&self) -> Vec<u64> {
        self.related.get()
    }

    /// The lines, states and buffers that belong to it.
    pub fn belongs(&self) -> lit::Related {
        self.belongs.get()
    }

    /// What has been chosen and what belongs to it, for those who do not see it lit.
    pub fn lit_in_words(&self) -> String {
        let Some(seq) = self.picked.get() else {
            let none = "Nothing has happened there yet.";
            return if self.in_vain.get() {
                none.into()
            } else {
                String::new()
            };
        };
        let events = self.related();
        self.peek(|m| lit::in_words(m, seq, &events))
    }

    /// The line of a program whose call belongs to it.
    pub fn related_line(&self, program: ProgramId) -> Option<u32> {
        let lines = self.belongs.get().lines;
        lines.iter().find(|(p, _)| *p == program).map(|(_, line)| *line)
    }

    /// Lights up what belongs to an event that a panel finds; the same once more: nothing is chosen any more.
    pub fn light(&self, find: impl FnOnce(&Moment<'_>) -> Option<u64>) {
        let found = self.peek(find);
        self.in_vain.set(found.is_none());
        let again = found == self.picked.get_untracked();
        self.packet.set(None);
        self.picked.set(found.filter(|_| !again));
    }

    /// Chooses an event in the diagram: its packet, or its call, is shown in the dock.
    pub fn pick(&self, seq: u64) {
        let packet = self.peek(|m| m.state.wire.packets.iter().find(|p| p.seq == seq).map(|p| p.id));
        let is_packet = self.peek(|m| {
            m.timeline
                .event(seq)
                .is_some_and(|e| matches!(e.kind, EventKind::Wire { .. }))
        });
        self.packet.set(packet);
        self.picked.set(Some(seq));
        self.tab.set(if is_packet { Tab::Packet } else { Tab::Call });
        // On a phone the dock is a pane of its own; where all stands side by side this changes nothing.
        self.pane.set(Pane::Details);
    }

    /// Chooses a packet: keys and buttons are for it, and the dock shows it.
    pub fn choose(&self, id: PacketId) {
        self.packet.set(Some(id));
        let seq = self.peek(|m| m.state.wire.packet(id).map(|p| p.seq));
        self.picked.set(seq);
        self.tab.set(Tab::Packet);
    }

    /// Does something with the wire; false: not in the past, not in a recording, not without a wire.
    pub fn wire(&self, action: WireAction) -> bool {
        let can = untrack(|| self.can_act());
        if can {
            self.command(Command::Wire(action));
        }
        can
    }

    /// Does something with the packet that keys are for; false: none waits.
    pub fn wire_packet(&self, action: impl FnOnce(PacketId) -> WireAction) -> bool {
        let waiting = untrack(|| self.waiting());
        waiting.is_some_and(|w| self.wire(action(w.id)))
    }

    /// Every packet waits from now on, or none.
    pub fn hold_or_not(&self) -> bool {
        let held = self.driver().session().timeline().live().wire.held;
        self.wire(WireAction::Hold { held: !held })
    }

    /// What a button of an error does.
    pub fn act(&self, action: &Action) {
        match action {
            Action::RunToListen(program) => {
                let (driver, program) = (self.driver(), *program);
                self.go_live();
                self.show(program);
                leptos::task::spawn_local(async move { driver.run_to_listen(program).await });
            }
            Action::Again(program) => self.command(Command::Start(*program, None)),
            Action::Edit(program, line) => {
                self.go_live();
                self.show(*program);
                self.editing.set(Some((*program, *line)));
            }
            Action::Reset => self.command(Command::Reset),
        }
    }

    /// Is it in front of a class now?
    pub fn is_present(&self) -> bool {
        self.present.get_untracked()
    }

    /// A program at the live end.
    pub fn live_lane(&self, program: ProgramId) -> LaneView {
        self.read_at(None, |m| lane::lane(m, program))
    }

    /// How the connection is.
    pub fn status(&self) -> Status {
        self.version.track();
        self.driver().status_now()
    }

    /// Is something on its way that the learner waits for: views, a program's modules, the network?
    pub fn is_loading(&self) -> bool {
        self.version.track();
        self.coming.get() > 0 || self.driver().is_bringing()
    }

    /// Awaits something that the learner waits for: the lab says so meanwhile.
    pub async fn awaited<T>(self, what: impl Future<Output = T>) -> T {
        self.coming.update(|parts| *parts += 1);
        let came = what.await;
        // The lab can have left the page since.
        self.coming.try_update(|parts| *parts -= 1);
        came
    }

    /// A program's source at the cursor.
    pub fn source(&self, program: ProgramId) -> String {
        self.version.track();
        let seq = self.cursor.get().unwrap_or(u64::MAX);
        self.driver().session().source_at(program, seq).to_owned()
    }

    /// What belongs together in the last step.
    pub fn lit(&self) -> Option<lit::Chain> {
        self.lit.get()
    }

    /// The same for the diagram.
    pub fn lit_marks(&self) -> Option<Lit> {
        self.lit().map(|chain| chain.marks)
    }

    /// The socket whose receive buffer is lit.
    pub fn lit_socket(&self) -> Option<SocketId> {
        self.lit().map(|chain| chain.to)
    }
}

fn read_at<R>(driver: &Rc<Driver>, cursor: Option<u64>, read: impl FnOnce(&Moment<'_>) -> R) -> R {
    let state = driver.state_at(cursor.unwrap_or(u64::MAX));
    let session = driver.session();
    let rest = session.rest();
    read(&Moment {
        spec: session.spec(),
        names: driver.names(),
        sides: driver.sides(),
        timeline: session.timeline(),
        state: &state,
        rest: &rest,
        replay: session.is_replay(),
    })
}
