//! A recording opened again: its programs and its timeline, without a network. Nothing is sent, and nothing new happens;
//! [`super::revive`] runs the programs again on what they were told then.

use super::lab::{FileSpec, LabError};
use super::{LabSpec, NetworkIs, ProgramSpec, Session, World};
use crate::timeline::Timeline;
use protocol::{EventKind, Recording, bounds};

impl Session {
    /// The lab that a recording holds, at its end. Every command but looking back is ignored.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    pub fn replay(recording: Recording) -> Result<Self, LabError> {
        let program = |p: &protocol::recording::RecordedProgram| ProgramSpec {
            name: p.name.clone(),
            file: p.file.clone(),
            source: p.source.clone(),
            ..ProgramSpec::default()
        };
        let file = |f: protocol::recording::RecordedFile| FileSpec {
            name: f.name,
            text: f.text,
        };
        let hosts = recording.events.iter().find_map(|e| match &e.kind {
            EventKind::Hosts { hosts } if hosts.len() > 1 => {
                Some(hosts.iter().map(|h| h.name.clone()).collect())
            }
            _ => None,
        });
        let spec = LabSpec {
            version: 1,
            title: recording.title,
            about: "A recording: every step can be seen again, nothing is sent.".into(),
            network: recording.network,
            hosts: hosts.unwrap_or_default(),
            held: false,
            programs: recording.programs.iter().map(program).collect(),
            files: recording.files.into_iter().map(file).collect(),
        };
        spec.check()?;
        let timeline = Timeline::new(spec.programs.len(), bounds::TIMELINE)
            .on_hosts(spec.hosts_of())
            .with_events(recording.events)
            .map_err(LabError)?;
        let world = World {
            unix_nanos: recording.began,
            seed: 0,
        };
        let mut session = Self::new(spec, world);
        session.timeline = timeline;
        session.network = recording.network.map(|network| NetworkIs {
            network,
            private: recording.private,
            number: None,
        });
        session.replayed = true;
        for (program, recorded) in session.programs.iter_mut().zip(recording.programs) {
            program.given = recorded.given;
        }
        Ok(session)
    }

    /// Is this a recording, where nothing runs?
    pub fn is_replay(&self) -> bool {
        self.replayed
    }
}
