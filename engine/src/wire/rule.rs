//! The wire's rules: which packets each is for, what it does to them, and its dice.
//!
//! Every rule throws dice of its own, made from the seed and its place: the same seed and the same packets give the same
//! losses, and another rule more or less does not change them.

use super::MS;
use crate::packet::Head;
use crate::packet::head::{Transport, flag, protocol_number};
use protocol::bounds::{DELAY_MS, WIRE_RULES};
use protocol::wire::{Effect, Which};
use protocol::{End, WireRule};

/// A rule, and what it remembers.
#[derive(Debug)]
pub(super) struct Ruled {
    pub(super) rule: WireRule,
    dice: Dice,
    /// Packets that it counted.
    seen: u64,
    /// For each end, when the bytes that are on their way to it will all have gone by ([`Effect::Rate`]).
    busy: Vec<(End, u64)>,
}

/// What the rules together say of one packet.
#[derive(Debug)]
pub(super) struct Verdict {
    /// The rule that loses it.
    pub(super) lost: Option<u16>,
    /// It waits for the learner.
    pub(super) hold: bool,
    /// It arrives twice.
    pub(super) double: bool,
    /// The rule that puts it behind the next one.
    pub(super) behind: Option<u16>,
    /// When it arrives, and the first rule that made that later.
    pub(super) at: u64,
    pub(super) delayed: Option<u16>,
}

impl Verdict {
    pub(super) const fn new(now: u64) -> Self {
        Self {
            lost: None,
            hold: false,
            double: false,
            behind: None,
            at: now,
            delayed: None,
        }
    }
}

pub(super) fn too_long(what: &str, ms: u32) -> String {
    format!("{what} is at most {DELAY_MS} milliseconds, not {ms}.")
}

impl Ruled {
    /// All the rules, ready to be asked.
    ///
    /// # Errors
    /// One plain sentence: which rule is out of range, and what its range is.
    pub(super) fn all(rules: &[WireRule], seed: u64) -> Result<Vec<Self>, String> {
        if rules.len() > WIRE_RULES {
            return Err(format!(
                "A wire goes by at most {WIRE_RULES} rules, not {}.",
                rules.len()
            ));
        }
        let one = |(place, rule): (usize, &WireRule)| {
            check(rule).map_err(|why| format!("Rule {} of the wire is out of range. {why}", place + 1))?;
            Ok(Self {
                rule: rule.clone(),
                dice: Dice::new(seed, place as u64),
                seen: 0,
                busy: Vec::new(),
            })
        };
        rules.iter().enumerate().map(one).collect()
    }

    /// What this rule does to a packet of `bytes` that goes to `to`. `place` is the rule's own; `nobody_behind`: no packet of
    /// this direction waits already because of this rule (the next one has to go by, or none ever would).
    pub(super) fn ask(
        &mut self,
        place: u16,
        to: End,
        head: Option<&Head<'_>>,
        bytes: usize,
        nobody_behind: bool,
        verdict: &mut Verdict,
    ) {
        if self.rule.to.is_some_and(|end| end != to) || !self.fits(head) {
            return;
        }
        match self.rule.what {
            Effect::Hold => verdict.hold = true,
            Effect::Lose => verdict.lost = Some(place),
            Effect::Double => verdict.double = true,
            Effect::Delay { ms, jitter } => {
                let spread = u64::from(jitter) * MS;
                let shift = if spread == 0 {
                    0
                } else {
                    self.dice.throw() % (2 * spread + 1)
                };
                verdict.at += (u64::from(ms) * MS + shift).saturating_sub(spread);
                verdict.delayed.get_or_insert(place);
            }
            Effect::Behind if nobody_behind => verdict.behind = Some(place),
            Effect::Behind => {}
            Effect::Rate { bytes: rate } => {
                let takes = (bytes as u64).saturating_mul(super::SECOND) / u64::from(rate.max(1));
                let slot = self.busy.iter().position(|(end, _)| *end == to);
                let slot = slot.unwrap_or_else(|| {
                    self.busy.push((to, 0));
                    self.busy.len() - 1
                });
                let busy = &mut self.busy[slot].1;
                *busy = verdict.at.max(*busy).saturating_add(takes);
                verdict.at = *busy;
                verdict.delayed.get_or_insert(place);
            }
        }
    }

    fn fits(&mut self, head: Option<&Head<'_>>) -> bool {
        let tcp = head.and_then(Head::tcp);
        match self.rule.which {
            Which::All => true,
            Which::Syn => tcp.is_some_and(|t| t.has(flag::SYN)),
            Which::Data => head.is_some_and(Head::has_data),
            Which::Fin => tcp.is_some_and(|t| t.has(flag::FIN)),
            Which::Ack => tcp.is_some_and(|t| t.is_pure_ack()),
            Which::Udp => head.is_some_and(|h| {
                h.protocol == protocol_number::UDP || matches!(h.transport, Transport::Udp(_))
            }),
            Which::Nth(n) => {
                self.seen += 1;
                self.seen.is_multiple_of(n.max(1).into())
            }
            Which::Percent(percent) => self.dice.of_a_hundred() < percent,
            Which::DataNumber(n) => {
                let data = head.is_some_and(Head::has_data);
                self.seen += u64::from(data);
                data && self.seen == u64::from(n)
            }
        }
    }
}

fn check(rule: &WireRule) -> Result<(), String> {
    match rule.which {
        Which::Nth(0) => return Err("Every n-th packet: n is at least 1.".to_owned()),
        Which::DataNumber(0) => return Err("Packets with data are counted from 1.".to_owned()),
        Which::Percent(percent) if !(0.0..=100.0).contains(&percent) => {
            return Err(format!(
                "Of a hundred packets it can be for 0 to 100, not {percent}."
            ));
        }
        _ => {}
    }
    match rule.what {
        Effect::Delay { ms, .. } if ms > DELAY_MS => Err(too_long("A delay", ms)),
        Effect::Delay { jitter, .. } if jitter > DELAY_MS => Err(too_long("A jitter", jitter)),
        Effect::Rate { bytes: 0 } => Err("A rate is at least 1 byte a second.".to_owned()),
        _ => Ok(()),
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64: Steele, Lea and Flood, 2014).
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    fn new(seed: u64, place: u64) -> Self {
        // Far apart, so that two rules with the same seed do not throw the same.
        let mut dice = Self(seed ^ place.wrapping_mul(0xd134_2543_de82_ef95));
        dice.throw();
        dice
    }

    const fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 or more, less than 100.
    fn of_a_hundred(&mut self) -> f64 {
        // 53 bits: as many as an f64 holds exactly.
        (self.throw() >> 11) as f64 / (1u64 << 53) as f64 * 100.0
    }
}
