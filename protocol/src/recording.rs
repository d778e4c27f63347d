//! A lab's history as a file: what `--timeline` writes, `lab.timeline()` gives and a page can open again.

use crate::{Event, Network, Payload};
use protocol_derive::Read;
use serde::{Deserialize, Serialize};

/// A recorded lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Read)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Read)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Read)]
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
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let head: Head = serde_json::from_str(text)
            .map_err(|e| format!("this is not a recording of Wirelab, or it is cut off: {e}"))?;
        if head.version != crate::VERSION {
            return Err(format!(
                "this recording has version {}, and this Wirelab reads version {}: open it with the version that wrote it",
                head.version,
                crate::VERSION
            ));
        }
        serde_json::from_str(text).map_err(|e| format!("this recording is damaged: {e}"))
    }
}
