//! The wire at one moment: which packets are on it, by which rules it goes. A fold, like the rest of the state.

use protocol::wire::{Embryo, Fate, Host};
use protocol::{End, PacketId, ProgramId, WireNews, WireRule};

/// Packets that have arrived or were lost and stay in sight; older ones are only counted.
const GONE_KEPT: usize = 64;

/// The wire at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WireState {
    /// The lab's hosts; empty where the network has no wire.
    pub hosts: Vec<Host>,
    /// Every packet waits for the learner.
    pub held: bool,
    /// By which rules packets go.
    pub rules: Vec<WireRule>,
    /// Packets on the wire, in the order in which they would be delivered; and the last ones that are not there any more.
    pub packets: Vec<PacketState>,
    /// Packets that went by and are no longer in `packets`, floods included.
    pub gone: u64,
    /// Connections that wait for accept().
    pub embryos: Vec<Embryo>,
}

/// A packet at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct PacketState {
    /// Which.
    pub id: PacketId,
    /// The event in which it was sent: its bytes are there.
    pub seq: u64,
    /// The event that changed it last.
    pub last: u64,
    /// When it was sent: nanoseconds of the session's clock.
    pub since: u64,
    /// Where it comes from.
    pub from: End,
    /// Where it goes.
    pub to: End,
    /// The program whose socket sent it, where it is known.
    pub program: Option<ProgramId>,
    /// What became of it.
    pub fate: Fate,
    /// How often its sender sent the same again while it waited.
    pub again: u32,
}

impl PacketState {
    /// Is it still on the wire?
    pub const fn in_flight(&self) -> bool {
        matches!(self.fate, Fate::Held | Fate::Delayed { .. })
    }
}

impl WireState {
    /// Packets that wait for the learner, in the order in which they would be delivered.
    pub fn held_packets(&self) -> impl Iterator<Item = &PacketState> {
        self.packets.iter().filter(|p| p.fate == Fate::Held)
    }

    /// Packets that arrive by themselves later.
    pub fn delayed_packets(&self) -> impl Iterator<Item = &PacketState> {
        self.packets
            .iter()
            .filter(|p| matches!(p.fate, Fate::Delayed { .. }))
    }

    /// The packet with this id, if it is still in sight.
    pub fn packet(&self, id: PacketId) -> Option<&PacketState> {
        self.packets.iter().find(|p| p.id == id)
    }

    /// About how much memory it takes, bytes.
    pub fn size(&self) -> usize {
        self.packets.len() * size_of::<PacketState>()
            + self.embryos.len() * size_of::<Embryo>()
            + self.rules.len() * size_of::<WireRule>()
    }

    /// What one event changes.
    pub(super) fn apply(&mut self, seq: u64, t: u64, program: Option<ProgramId>, news: &WireNews) {
        match news {
            WireNews::Sent {
                packet,
                from,
                to,
                fate,
                ..
            } => {
                self.packets.push(PacketState {
                    id: *packet,
                    seq,
                    last: seq,
                    since: t,
                    from: *from,
                    to: *to,
                    program,
                    fate: *fate,
                    again: 0,
                });
                self.forget();
            }
            WireNews::Now { packet, fate } => {
                if let Some(packet) = self.find(*packet) {
                    packet.fate = *fate;
                    packet.last = seq;
                }
                self.forget();
            }
            WireNews::Again { packet, count } => {
                if let Some(packet) = self.find(*packet) {
                    packet.again = *count;
                    packet.last = seq;
                }
            }
            WireNews::Moved { packet, behind } => self.put_behind(*packet, *behind, seq),
            WireNews::Flood { count, .. } => self.gone += count,
            WireNews::Ruled { held, rules } => {
                self.held = *held;
                self.rules.clone_from(rules);
            }
        }
    }

    fn find(&mut self, id: PacketId) -> Option<&mut PacketState> {
        self.packets.iter_mut().rfind(|p| p.id == id)
    }

    fn put_behind(&mut self, id: PacketId, behind: PacketId, seq: u64) {
        let Some(at) = self.packets.iter().position(|p| p.id == id) else {
            return;
        };
        let mut packet = self.packets.remove(at);
        packet.last = seq;
        let place = self
            .packets
            .iter()
            .position(|p| p.id == behind)
            .map_or(at, |place| place + 1);
        self.packets.insert(place, packet);
    }

    /// Those that are gone longest are only counted from now on.
    fn forget(&mut self) {
        let gone = self.packets.iter().filter(|p| !p.in_flight()).count();
        // Not one by one: the list is moved as a whole each time.
        let Some(mut too_many) = gone.checked_sub(GONE_KEPT * 2).map(|over| over + GONE_KEPT) else {
            return;
        };
        self.gone += too_many as u64;
        self.packets.retain(|packet| {
            let forget = !packet.in_flight() && too_many > 0;
            too_many -= usize::from(forget);
            !forget
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(packet: u64, fate: Fate) -> WireNews {
        WireNews::Sent {
            packet: PacketId(packet),
            from: End(0),
            to: End(1),
            data: protocol::Payload::default(),
            fate,
            copy_of: None,
        }
    }

    #[test]
    fn a_held_packet_stays_until_it_goes_and_others_are_forgotten() {
        let mut wire = WireState::default();
        wire.apply(1, 0, None, &sent(1, Fate::Held));
        for n in 2..1000 {
            wire.apply(n, n, None, &sent(n, Fate::Delivered));
        }
        assert_eq!(wire.held_packets().map(|p| p.id.0).collect::<Vec<_>>(), [1]);
        assert!(wire.packets.len() <= GONE_KEPT * 2 + 1);
        assert_eq!(wire.gone + wire.packets.len() as u64, 999);
        let now = WireNews::Now {
            packet: PacketId(1),
            fate: Fate::Delivered,
        };
        wire.apply(1000, 1000, None, &now);
        assert_eq!(wire.held_packets().count(), 0);
    }

    #[test]
    fn a_packet_moves_behind_another() {
        let mut wire = WireState::default();
        for n in 1..=3 {
            wire.apply(n, 0, None, &sent(n, Fate::Held));
        }
        let moved = WireNews::Moved {
            packet: PacketId(1),
            behind: PacketId(2),
        };
        wire.apply(4, 0, None, &moved);
        assert_eq!(wire.held_packets().map(|p| p.id.0).collect::<Vec<_>>(), [2, 1, 3]);
    }
}
