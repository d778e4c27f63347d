//! The wire of `wirelab run`: how it begins (`--wire`), and what a script does with it.

use anyhow::{Context as _, bail};
use protocol::read::{Read as _, Value, from_json};
use protocol::{PacketId, WireAction, WireRule};
use protocol_derive::Read;
use std::path::Path;

/// The file of `--wire`.
#[derive(Clone, Debug, PartialEq, Read)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    /// Every packet waits.
    #[serde(default)]
    pub(super) held: bool,
    #[serde(default)]
    rules: Vec<WireRule>,
    #[serde(default)]
    seed: u64,
}

/// Reads the file.
///
/// # Errors
/// One sentence: which file, and what is wrong.
pub(super) fn read(path: &Path) -> anyhow::Result<Begin> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

fn parse(text: &str) -> anyhow::Result<Begin> {
    from_json(text.as_bytes()).context("the rules of a wire, such as {\"held\":true}")
}

impl Begin {
    /// The rules as something to do, if there are any.
    pub(super) fn rules(self) -> Option<WireAction> {
        let Self { rules, seed, .. } = self;
        (!rules.is_empty()).then_some(WireAction::Rules { rules, seed })
    }
}

/// What a script does with the wire. It may leave open with which packet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Act(Value);

impl Act {
    /// # Errors
    /// One sentence: what is wrong.
    pub(super) fn read(value: Value) -> anyhow::Result<Self> {
        let act = Self(value);
        act.on(Some(PacketId(0)))?;
        Ok(act)
    }

    /// The action, on `first` where no packet is named.
    ///
    /// # Errors
    /// No packet waits, and none is named.
    pub(super) fn on(&self, first: Option<PacketId>) -> anyhow::Result<WireAction> {
        let mut value = self.0.clone();
        let needs = matches!(
            value.get("wire").and_then(Value::as_str),
            Some("deliver" | "drop" | "duplicate" | "delay" | "behind")
        );
        let named = value.get("packet").is_some();
        let Value::Object(members) = &mut value else {
            bail!("\"wire\" needs an object as its word 1, such as {{\"wire\":\"deliver\"}}");
        };
        if needs && !named {
            let PacketId(first) = first.context("no packet waits on the wire")?;
            members.push(("packet".to_owned(), Value::Whole(first)));
        }
        WireAction::read(&mut value).context("what to do with the wire")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use protocol::wire::{Effect, Which};

    #[test]
    fn a_wire_begins_as_the_file_says() {
        let begin = parse(r#"{"held":true}"#).unwrap();
        assert!(begin.held && begin.rules().is_none());
        let begin = parse(r#"{"rules":[{"which":{"percent":10},"what":"lose","to":1}],"seed":7}"#).unwrap();
        let Some(WireAction::Rules { rules, seed }) = begin.rules() else {
            panic!("no rules");
        };
        assert_eq!(
            (seed, rules[0].which, rules[0].what),
            (7, Which::Percent(10.0), Effect::Lose)
        );
        for (bad, word) in [
            ("[]", "object"),
            ("{", "JSON"),
            (r#"{"held":1}"#, "held"),
            (r#"{"hold":true}"#, "hold"),
            (r#"{"seed":-1}"#, "seed"),
            (r#"{"rules":[{"what":"eat"}]}"#, "eat"),
        ] {
            let error = format!("{:#}", parse(bad).unwrap_err());
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn an_action_without_a_packet_is_for_the_first() {
        let act = |json: &str| Act::read(from_json(json.as_bytes()).unwrap());
        let first = act(r#"{"wire":"deliver"}"#).unwrap();
        let packet = PacketId(5);
        assert_eq!(first.on(Some(packet)).unwrap(), WireAction::Deliver { packet });
        assert!(first.on(None).is_err());
        let hold = act(r#"{"wire":"hold","held":false}"#).unwrap();
        assert_eq!(hold.on(None).unwrap(), WireAction::Hold { held: false });
        assert!(act(r#"{"wire":"cut"}"#).is_err());
    }
}
