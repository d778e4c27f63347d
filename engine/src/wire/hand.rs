//! What a learner does with the wire and with a packet that waits on it.

use super::rule::{self, Ruled};
use super::{MS, Out, Waiting, When, Wire};
use protocol::bounds::DELAY_MS;
use protocol::wire::{By, Fate};
use protocol::{PacketId, WireAction, WireNews};

impl Wire {
    /// Does what the learner asks for.
    ///
    /// # Errors
    /// One plain sentence: why it cannot be done. Nothing has changed then.
    pub fn act(&mut self, now: u64, action: &WireAction) -> Result<(), String> {
        self.due(now);
        match action {
            WireAction::Hold { held } => {
                self.held = *held;
                self.tell_ruled();
                if !held {
                    self.let_all_go();
                }
            }
            WireAction::Deliver { packet } => {
                let place = self.place(*packet)?;
                let packet = self.waiting.remove(place);
                self.arrive(packet);
            }
            WireAction::Drop { packet } => {
                let place = self.place(*packet)?;
                let packet = self.waiting.remove(place);
                self.segments.lost(&packet);
                self.tell_now(packet.id, Fate::Dropped { by: By::Hand });
            }
            WireAction::Duplicate { packet } => {
                let waiting = &self.waiting[self.place(*packet)?];
                let (from, to, segment) = (waiting.from, waiting.to, waiting.segment);
                let bytes = waiting.packet.clone();
                let copy = self.numbered(from, to, bytes, segment, true);
                self.cross(copy, Some(*packet));
            }
            WireAction::Delay { packet, ms } => {
                if *ms > DELAY_MS {
                    return Err(rule::too_long("A packet's delay", *ms));
                }
                let place = self.place(*packet)?;
                let when = When::At {
                    until: now + u64::from(*ms) * MS,
                    by: By::Hand,
                };
                let waiting = &mut self.waiting[place];
                waiting.when = when;
                self.segments.waits(waiting, true);
                self.tell_now(*packet, when.fate());
                self.due(now);
            }
            WireAction::Behind { packet } => self.put_behind(*packet)?,
            WireAction::Rules { rules, seed } => {
                self.rules = Ruled::all(rules, *seed)?;
                self.tell_ruled();
            }
        }
        Ok(())
    }

    fn place(&self, id: PacketId) -> Result<usize, String> {
        let place = self.waiting.iter().position(|w| w.id == id);
        place.ok_or_else(|| format!("Packet {} does not wait on the wire.", id.0))
    }

    fn tell_now(&mut self, packet: PacketId, fate: Fate) {
        self.out.push_back(Out::News(WireNews::Now { packet, fate }));
    }

    /// Everything that waits for the learner arrives, in order. What is delayed keeps its time.
    fn let_all_go(&mut self) {
        while let Some(place) = self.waiting.iter().position(|w| w.when == When::Asked) {
            let packet = self.waiting.remove(place);
            self.arrive(packet);
        }
    }

    fn put_behind(&mut self, id: PacketId) -> Result<(), String> {
        let place = self.place(id)?;
        let one = &self.waiting[place];
        if one.when != When::Asked {
            return Err(format!(
                "Packet {} is on its way already: only one that waits can be put behind another.",
                id.0
            ));
        }
        let direction = |w: &Waiting| (w.from, w.to);
        let next = self.waiting[place + 1..]
            .iter()
            .position(|w| direction(w) == direction(one) && w.when == When::Asked);
        let Some(next) = next.map(|n| place + 1 + n) else {
            return Err(format!(
                "No packet waits behind packet {} in its direction: there is none to put it behind.",
                id.0
            ));
        };
        let behind = self.waiting[next].id;
        // The one that moves leaves its place, and all between move up by one.
        self.waiting[place..=next].rotate_left(1);
        self.out
            .push_back(Out::News(WireNews::Moved { packet: id, behind }));
        Ok(())
    }
}
