//! A timeline as a test asks about it: who printed what, who called what, what the kernel said.

use protocol::{Event, EventKind, ProgramId, Stream};

/// The events of a lab, in order, with the programs' names.
pub struct Story {
    /// The events.
    pub events: Vec<Event>,
    /// Names in the lab's order.
    pub programs: Vec<String>,
}

impl Story {
    /// The number of the program with this name.
    ///
    /// # Panics
    /// When the lab has none: the test names it wrongly.
    #[must_use]
    pub fn program(&self, name: &str) -> ProgramId {
        let place = self.programs.iter().position(|known| known == name);
        let place = place.unwrap_or_else(|| panic!("no program {name} among {:?}", self.programs));
        ProgramId(place.try_into().expect("few programs"))
    }

    /// The events of one program.
    pub fn of<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a EventKind> + use<'a> {
        let id = self.program(name);
        self.events
            .iter()
            .filter(move |event| event.program == Some(id))
            .map(|event| &event.kind)
    }

    /// What a program has printed, errors included.
    #[must_use]
    pub fn printed(&self, name: &str) -> String {
        self.stream(name, |_| true)
    }

    /// What a program has written to its standard error.
    #[must_use]
    pub fn complained(&self, name: &str) -> String {
        self.stream(name, |stream| stream == Stream::Stderr)
    }

    fn stream(&self, name: &str, wanted: impl Fn(Stream) -> bool) -> String {
        let mut bytes = Vec::new();
        for kind in self.of(name) {
            if let EventKind::Output { stream, data, .. } = kind
                && wanted(*stream)
            {
                bytes.extend_from_slice(&data.0);
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The socket functions that a program has called so far, in order, as the learner wrote them.
    #[must_use]
    pub fn calls(&self, name: &str) -> Vec<&str> {
        self.of(name)
            .filter_map(|kind| match kind {
                EventKind::Called { api, .. } => Some(api.as_str()),
                _ => None,
            })
            .collect()
    }

    /// How a program has ended: its exit status, `None` while it has not.
    #[must_use]
    pub fn ended(&self, name: &str) -> Option<i32> {
        self.of(name).fold(None, |last, kind| match kind {
            EventKind::Started { .. } => None,
            EventKind::Ended { status, .. } => Some(*status),
            _ => last,
        })
    }

    /// The line that a program stands before, as last told.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<u32> {
        self.of(name).fold(None, |last, kind| match kind {
            EventKind::Line { line, .. } | EventKind::Lines { line, .. } => Some(*line),
            _ => last,
        })
    }

    /// The most bytes that the kernel has held unread for a program at one time.
    #[must_use]
    pub fn most_unread(&self, name: &str) -> u32 {
        let unread = self.of(name).map(|kind| match kind {
            EventKind::Socket { sample, .. } => sample.recv_queue,
            _ => 0,
        });
        unread.max().unwrap_or(0)
    }
}
