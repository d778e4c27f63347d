//! The script of `wirelab run --script`: one JSON array a line.

use super::wire::Act;
use anyhow::{Context as _, bail};
use protocol::read::{Value, from_json};

/// One line of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// `["start","client","arg", ...]`
    Start(String, Vec<String>),
    /// `["type","client","text"]`
    Type(String, String),
    /// `["sleep",0.5]`
    Sleep(f64),
    /// `["interrupt","server"]`
    Interrupt(String),
    /// `["eof","client"]`
    Eof(String),
    /// `["wait","client",5]`: until it ends, at most so many seconds.
    Wait(String, f64),
    /// `["wire",{"wire":"deliver","packet":3}]`
    Wire(Act),
}

/// Reads a whole script. Empty lines and lines that begin with `#` are passed over.
///
/// # Errors
/// One sentence with the number of the line.
pub(super) fn parse(text: &str, programs: &[String]) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (n, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        lines.push(parse_line(line, programs).with_context(|| format!("line {n} of the script"))?);
    }
    Ok(lines)
}

fn parse_line(line: &str, programs: &[String]) -> anyhow::Result<Line> {
    let words: Vec<Value> =
        from_json(line.as_bytes()).context("not a JSON array, such as [\"start\",\"server\"]")?;
    let Some(verb) = words.first().and_then(Value::as_str) else {
        bail!("a line begins with a word, such as \"start\"")
    };
    let text = |i: usize| -> anyhow::Result<String> {
        let word = words.get(i).and_then(Value::as_str);
        Ok(word
            .with_context(|| format!("{verb:?} needs a text as its word {i}"))?
            .to_owned())
    };
    let program = || -> anyhow::Result<String> {
        let name = text(1)?;
        if !programs.contains(&name) {
            bail!(
                "there is no program {name:?}; this lab has {}",
                programs.join(", ")
            );
        }
        Ok(name)
    };
    let seconds = |i: usize| -> anyhow::Result<f64> {
        let seconds = words.get(i).and_then(Value::as_f64);
        seconds
            .filter(|s| s.is_finite() && (0.0..=86_400.0).contains(s))
            .with_context(|| format!("{verb:?} needs seconds from 0 to 86400 as its word {i}"))
    };
    let most = match verb {
        "start" => usize::MAX,
        "type" | "wait" => 3,
        "sleep" | "interrupt" | "eof" | "wire" => 2,
        _ => bail!("{verb:?} is not one of start, type, sleep, interrupt, eof, wait, wire"),
    };
    if words.len() > most {
        bail!("{verb:?} has {} words, at most {most} fit", words.len());
    }
    Ok(match verb {
        "start" => Line::Start(
            program()?,
            (2..words.len()).map(text).collect::<anyhow::Result<_>>()?,
        ),
        "type" => Line::Type(program()?, text(2)?),
        "sleep" => Line::Sleep(seconds(1)?),
        "interrupt" => Line::Interrupt(program()?),
        "eof" => Line::Eof(program()?),
        "wire" => Line::Wire(Act::read(words.get(1).cloned().unwrap_or_default())?),
        _ => Line::Wait(program()?, seconds(2)?),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn programs() -> Vec<String> {
        vec!["server".into(), "client".into()]
    }

    #[test]
    fn every_kind_of_line_is_read() {
        let script = "# a script\n[\"start\",\"server\"]\n\n[\"start\",\"client\",\"a\",\"b\"]\n[\"type\",\"client\",\"hi\"]\n\
                      [\"sleep\",0.5]\n[\"interrupt\",\"server\"]\n[\"eof\",\"client\"]\n[\"wait\",\"client\",5]";
        let lines = parse(script, &programs()).unwrap();
        assert_eq!(lines.len(), 7);
        assert_eq!(
            lines[1],
            Line::Start("client".into(), vec!["a".into(), "b".into()])
        );
        assert_eq!(lines[6], Line::Wait("client".into(), 5.0));
    }

    #[test]
    fn a_bad_line_is_named() {
        for (bad, word) in [
            ("start server", "JSON"),
            ("[\"start\",\"nobody\"]", "nobody"),
            ("[\"sleep\",-1]", "seconds"),
            ("[\"jump\"]", "jump"),
            ("[\"eof\",\"client\",1]", "at most"),
            ("[\"type\",\"client\",5]", "text"),
            ("[\"wire\",{\"wire\":\"cut\"}]", "cut"),
            ("[\"wire\"]", "wire"),
        ] {
            let error = format!("{:#}", parse(&format!("\n{bad}"), &programs()).unwrap_err());
            assert!(
                error.starts_with("line 2 of the script") && error.contains(word),
                "{error}"
            );
        }
    }
}
