//! What waits on the wire, in words, and the rules that packets go by.

use super::Moment;
use crate::diagram::labels;
use engine::timeline::{PacketState, words};
use protocol::json::nearest;
use protocol::wire::{Effect, Fate, Which};
use protocol::{End, EventKind, PacketId, WireNews, WireRule, bounds};

/// A packet that is on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: PacketId,
    /// `SYN`, `22 bytes`.
    pub what: String,
    /// `the client`; empty where it is not known.
    pub who: String,
    /// What there is to know while it waits: `sent again 4 times while you held it`.
    pub note: String,
    /// It waits for the learner; false: it arrives by itself.
    pub held: bool,
    /// When it was sent, nanoseconds since the lab began.
    pub since: u64,
    /// Another packet of its direction waits, so that it can be put behind it.
    pub can_wait_behind: bool,
}

impl Waiting {
    /// `packet 3, SYN from client`.
    pub fn name(&self) -> String {
        let from = if self.who.is_empty() {
            String::new()
        } else {
            format!(" from {}", self.who)
        };
        format!("packet {}, {}{from}", self.id.0, self.what)
    }
}

/// What a packet is, in two words: `SYN`, `22 bytes`, `UDP, 5 bytes`.
pub fn what(moment: &Moment<'_>, packet: &PacketState) -> String {
    match moment.timeline.event(packet.seq).map(|e| &e.kind) {
        Some(EventKind::Wire {
            news: WireNews::Sent { data, .. },
            ..
        }) => labels::in_short(data),
        _ => "packet".into(),
    }
}

/// The packet with this number while it is on the wire at the cursor.
pub fn waiting(moment: &Moment<'_>, id: PacketId) -> Option<Waiting> {
    let wire = &moment.state.wire;
    let packet = wire.packet(id).filter(|p| p.in_flight())?;
    let note = match (packet.again, packet.fate) {
        (_, Fate::Delayed { .. }) => "on its way, arrives by itself".into(),
        (0, _) => String::new(),
        (n, _) => format!("sent again {} while you held it", times(n)),
    };
    Some(Waiting {
        id,
        what: what(moment, packet),
        who: packet
            .program
            .map_or_else(String::new, |p| moment.name(p).to_owned()),
        note,
        held: packet.fate == Fate::Held,
        since: packet.since,
        can_wait_behind: wire
            .held_packets()
            .filter(|p| p.to == packet.to)
            .last()
            .map(|p| p.id)
            != Some(id),
    })
}

/// The first packet that waits for the learner.
pub fn first_held(moment: &Moment<'_>) -> Option<PacketId> {
    moment.state.wire.held_packets().next().map(|p| p.id)
}

fn times(count: u32) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        n => format!("{n} times"),
    }
}

/// What Next says of a packet: `deliver the SYN of the client`.
pub fn next_text(moment: &Moment<'_>, id: PacketId) -> String {
    waiting(moment, id).map_or_else(
        || "deliver the packet that waits".into(),
        |w| {
            let of = if w.who.is_empty() {
                String::new()
            } else {
                format!(" of the {}", w.who)
            };
            format!("deliver the {}{of}", w.what)
        },
    )
}

/// A rule as a learner fills it in: texts of fields, checked by [`Draft::rule`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// `lose`, `double`, `delay`, `behind`, `rate`, `hold`.
    pub what: String,
    /// `all`, `syn`, `data`, `fin`, `ack`, `udp`, `nth`, `datanumber`, `percent`.
    pub which: String,
    /// The n of every n-th, or the percentage.
    pub n: String,
    /// ``, `0`, `1`: the end that packets go to.
    pub to: String,
    /// Milliseconds, or bytes a second.
    pub amount: String,
    /// More or less by so many milliseconds.
    pub jitter: String,
}

/// What a rule can do, and how the dialog calls it.
pub const WHATS: [(&str, &str); 6] = [
    ("lose", "lose them"),
    ("double", "deliver them twice"),
    ("delay", "delay them by so many ms"),
    ("behind", "let the next one overtake"),
    ("rate", "pass so many bytes a second"),
    ("hold", "hold them for me"),
];

/// Which packets a rule is for, and how the dialog calls them.
pub const WHICHES: [(&str, &str); 9] = [
    ("all", "all packets"),
    ("syn", "SYN and SYN-ACK"),
    ("data", "packets with data"),
    ("fin", "FIN"),
    ("ack", "ACK without data"),
    ("udp", "UDP datagrams"),
    ("nth", "every n-th packet"),
    ("datanumber", "the n-th packet with data"),
    ("percent", "so many of a hundred"),
];

impl Draft {
    /// A new rule: one packet of ten is lost.
    pub fn new() -> Self {
        Self {
            what: "lose".into(),
            which: "percent".into(),
            n: "10".into(),
            amount: "500".into(),
            jitter: "0".into(),
            ..Self::default()
        }
    }

    /// The rule as the dialog shows it.
    pub fn of(rule: &WireRule) -> Self {
        let mut draft = Self::new();
        draft.to = rule.to.map_or_else(String::new, |end| end.0.to_string());
        let (which, n) = match rule.which {
            Which::All => ("all", None),
            Which::Syn => ("syn", None),
            Which::Data => ("data", None),
            Which::Fin => ("fin", None),
            Which::Ack => ("ack", None),
            Which::Udp => ("udp", None),
            Which::Nth(n) => ("nth", Some(n.to_string())),
            Which::Percent(p) => ("percent", Some(p.to_string())),
            Which::DataNumber(n) => ("datanumber", Some(n.to_string())),
        };
        draft.which = which.into();
        draft.n = n.unwrap_or(draft.n);
        let what = match rule.what {
            Effect::Hold => "hold",
            Effect::Lose => "lose",
            Effect::Double => "double",
            Effect::Behind => "behind",
            Effect::Delay { ms, jitter } => {
                (draft.amount, draft.jitter) = (ms.to_string(), jitter.to_string());
                "delay"
            }
            Effect::Rate { bytes } => {
                draft.amount = bytes.to_string();
                "rate"
            }
        };
        draft.what = what.into();
        draft
    }

    /// The rule.
    ///
    /// # Errors
    /// One sentence: which number does not fit, and which would.
    pub fn rule(&self) -> Result<WireRule, String> {
        let whole = |text: &str, name: &str, range: std::ops::RangeInclusive<u32>| {
            let (low, high) = (*range.start(), *range.end());
            let fits = text.trim().parse::<u32>().ok().filter(|n| range.contains(n));
            fits.ok_or_else(|| format!("{name} is a whole number from {low} to {high}."))
        };
        let which = match self.which.as_str() {
            "syn" => Which::Syn,
            "data" => Which::Data,
            "fin" => Which::Fin,
            "ack" => Which::Ack,
            "udp" => Which::Udp,
            "nth" => Which::Nth(whole(&self.n, "The n of every n-th packet", 1..=1_000_000)?),
            "datanumber" => Which::DataNumber(whole(
                &self.n,
                "The n of the n-th packet with data",
                1..=1_000_000,
            )?),
            "percent" => {
                let percent = nearest(self.n.trim()).filter(|p| (0.0..=100.0).contains(p));
                Which::Percent(percent.ok_or("How many of a hundred is a number from 0 to 100.")?)
            }
            _ => Which::All,
        };
        let what = match self.what.as_str() {
            "double" => Effect::Double,
            "behind" => Effect::Behind,
            "hold" => Effect::Hold,
            "delay" => Effect::Delay {
                ms: whole(&self.amount, "The delay in ms", 0..=bounds::DELAY_MS)?,
                jitter: whole(&self.jitter, "The jitter in ms", 0..=bounds::DELAY_MS)?,
            },
            "rate" => Effect::Rate {
                bytes: whole(&self.amount, "The rate in bytes a second", 1..=u32::MAX)?,
            },
            _ => Effect::Lose,
        };
        Ok(WireRule {
            to: self.to.parse().ok().map(End),
            which,
            what,
        })
    }
}

/// The number that the dice of rules begin with.
///
/// # Errors
/// One sentence: which numbers it takes.
pub fn seed(text: &str) -> Result<u64, String> {
    let number = text.trim().parse::<u32>().map(u64::from);
    number.map_err(|_| format!("The dice begin with a whole number from 0 to {}.", u32::MAX))
}

/// All rules of the dialog, or the first that does not fit: its place and what is wrong.
///
/// # Errors
/// One sentence.
pub fn rules(drafts: &[Draft]) -> Result<Vec<WireRule>, (usize, String)> {
    if drafts.len() > bounds::WIRE_RULES {
        let text = format!("A wire goes by {} rules at most.", bounds::WIRE_RULES);
        return Err((bounds::WIRE_RULES, text));
    }
    let one = |(i, draft): (usize, &Draft)| draft.rule().map_err(|e| (i, e));
    drafts.iter().enumerate().map(one).collect()
}

/// A moment's rules in a few words, for the toolbar: `held`, `2 rules`, `automatic`.
pub fn goes_by(moment: &Moment<'_>) -> String {
    let wire = &moment.state.wire;
    match (wire.held, wire.rules.len()) {
        (true, _) => "every packet waits".into(),
        (_, 0) => "packets cross by themselves".into(),
        (_, 1) => "1 rule".into(),
        (_, n) => format!("{n} rules"),
    }
}

/// How many bytes something has, for labels of packets.
pub fn bytes_text(n: usize) -> String {
    words::bytes_count(n as u64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::story;
    use crate::model::tests::at;

    #[test]
    fn a_held_packet_is_named_and_its_retransmissions_are_counted() {
        let story = story::handshake_held();
        at(&story, u64::MAX, |m| {
            assert_eq!(first_held(m), Some(PacketId(2)));
            let waiting = waiting(m, PacketId(2)).unwrap();
            assert_eq!(waiting.what, "SYN-ACK");
            assert_eq!(waiting.note, "sent again twice while you held it");
            assert!(waiting.held && !waiting.can_wait_behind);
            assert!(super::waiting(m, PacketId(1)).is_none(), "it has arrived");
            assert!(next_text(m, PacketId(2)).starts_with("deliver the SYN-ACK"));
        });
    }

    #[test]
    fn rules_come_back_from_the_dialog_as_they_went_in() {
        let rule = |to, which, what| WireRule { to, which, what };
        for rule in [
            rule(None, Which::Percent(12.5), Effect::Lose),
            rule(Some(End(1)), Which::Nth(3), Effect::Delay { ms: 10, jitter: 5 }),
            rule(Some(End(0)), Which::Udp, Effect::Rate { bytes: 1000 }),
            rule(None, Which::Syn, Effect::Hold),
            rule(None, Which::DataNumber(2), Effect::Lose),
        ] {
            assert_eq!(Draft::of(&rule).rule().unwrap(), rule);
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused_with_the_range() {
        let draft = |what: &str, which: &str, n: &str, amount: &str| Draft {
            what: what.into(),
            which: which.into(),
            n: n.into(),
            amount: amount.into(),
            ..Draft::new()
        };
        for (draft, word) in [
            (draft("lose", "percent", "101", ""), "0 to 100"),
            (draft("lose", "percent", "NaN", ""), "0 to 100"),
            (draft("lose", "nth", "0", ""), "from 1"),
            (draft("lose", "datanumber", "x", ""), "from 1"),
            (draft("delay", "all", "", "600001"), "600000"),
            (draft("delay", "all", "", "-1"), "from 0"),
            (draft("rate", "all", "", "0"), "from 1"),
        ] {
            let refused = rules(&[Draft::new(), draft.clone()]).unwrap_err();
            assert_eq!(refused.0, 1);
            assert!(refused.1.contains(word), "{draft:?}: {}", refused.1);
        }
        assert!(rules(&vec![Draft::new(); bounds::WIRE_RULES + 1]).is_err());
        assert_eq!(seed(" 7 "), Ok(7));
        assert!(seed("-1").is_err() && seed("").is_err());
    }
}
