//! A lab's history as a file: what `--timeline` writes, `lab.recording()` gives and a page can open again.

use crate::json::Parser;
use crate::read::{Fields, Read as _, Unread, Value};
use crate::{Event, Network, Payload};
use protocol_derive::{Read, Write};

/// A recorded lab.
#[derive(Clone, Debug, PartialEq, Write)]
pub struct Recording {
    /// [`crate::VERSION`] of the program that wrote it.
    pub version: u32,
    /// The lab's title.
    pub title: String,
    /// The network that its sockets lived in; `None`: it was never open.
    pub network: Option<Network>,
    /// The lab had that network for itself.
    pub private: bool,
    /// The wall clock when the lab began: nanoseconds since 1970, UTC.
    pub began: i64,
    /// Its programs, in the lab's order; events name them by their place here.
    pub programs: Vec<RecordedProgram>,
    /// The files that they found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<RecordedFile>,
    /// All events, numbered from 1 without gaps.
    pub events: Vec<Event>,
}

/// A program of a recorded lab.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct RecordedProgram {
    /// Its name in the lab.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Its source, as it was last.
    pub source: String,
    /// What it was given that no event tells, in order; with it the program can be run again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<Given>,
}

/// The answer to a question of a program that no event tells of: a clock's time, or random bytes.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct Given {
    /// The event that started the run which asked.
    pub run: u64,
    /// The program's clock when it asked.
    pub tick: u64,
    /// The time that a clock showed, nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nanos: Option<i64>,
    /// Random bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Payload>,
}

/// A file that every program found in its directory.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
pub struct RecordedFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// One plain sentence: what is wrong, and the way out.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let not_ours = |e: Unread| format!("this is not a recording of Wirelab, or it is cut off: {e}");
        let (mut beside, events) = parts(text).map_err(not_ours)?;
        let mut fields = Fields::of(&mut beside).map_err(not_ours)?;
        let version: u32 = fields.take("version").map_err(not_ours)?;
        if version != crate::VERSION {
            return Err(format!(
                "this recording has version {version}, and this Wirelab reads version {}: open it with the version that wrote it",
                crate::VERSION
            ));
        }
        let read = || {
            Ok(Self {
                version,
                title: fields.take("title")?,
                network: fields.take("network")?,
                private: fields.take("private")?,
                began: fields.take("began")?,
                programs: fields.take("programs")?,
                files: fields.take_or_default("files")?,
                events: events?,
            })
        };
        read().map_err(|e: Unread| format!("this recording is damaged: {e}"))
    }
}

/// The events, and what stands beside them. One event after the other becomes what it is: as one JSON value, all of them
/// would take several times the file's length.
fn parts(text: &str) -> Result<(Value, Result<Vec<Event>, Unread>), Unread> {
    let mut parser = Parser::new(text.as_bytes())?;
    let mut beside = Vec::new();
    let mut events = Err(Unread::missing("events"));
    parser.members(|name, parser| {
        if name != "events" {
            beside.push((name, parser.value()?));
            return Ok(());
        }
        events = Ok(Vec::new());
        parser.elements(|mut event| {
            if let Ok(list) = &mut events {
                // Of another version perhaps: the first that cannot be read is told when that is known.
                match Event::read(&mut event) {
                    Ok(event) => list.push(event),
                    Err(e) => events = Err(e.within("events")),
                }
            }
        })
    })?;
    parser.end()?;
    Ok((Value::Object(beside), events))
}
