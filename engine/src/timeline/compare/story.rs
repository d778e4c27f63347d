//! A timeline as the items that two runs are compared by. Two items are the same when a learner would read the same of them.

use super::super::packet_words;
use super::super::words::{self, Names};
use super::{MOST, Run};
use crate::sorted::{Map, Set};
use protocol::wire::Fate;
use protocol::{Address, Call, Event, EventKind, PacketId, Payload, Stream, WireNews};

/// Ports from here on are picked by the kernel (Linux: net.ipv4.ip_local_port_range), if no program has named them.
const PICKED: u16 = 32_768;

/// What is told in one order: a thread of a program, what is typed to one, or one direction of the wire. `program` is its
/// place in the first run's lab; programs that only the second run has come behind those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strand {
    /// Calls, answers, output and end of one thread.
    Program {
        /// Whose.
        program: u16,
        /// Which thread.
        thread: u32,
    },
    /// What the learner types and interrupts.
    Terminal {
        /// Whose.
        program: u16,
    },
    /// Packets in the order in which they arrive or are lost.
    Wire {
        /// The end of the wire that they come from.
        from: u8,
        /// The program whose socket sent them, where it is known.
        program: Option<u16>,
    },
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it belongs.
    pub strand: Strand,
    /// The event that tells of it.
    pub seq: u64,
    /// When: nanoseconds since the run's first event.
    pub t: u64,
    /// One plain sentence.
    pub text: String,
    /// The same for things that are the same.
    pub(super) key: u64,
}

/// The items of a run, and whether there were more than [`MOST`]. `programs`: for each program its number in strands.
pub(super) fn items(run: Run<'_>, programs: &[u16]) -> (Vec<Item>, bool) {
    let mut story = Story {
        run,
        programs,
        began: run.timeline.events().first().map_or(0, |e| e.t),
        picked: picked(run.timeline.events()),
        entries: Map::new(),
        sent: Map::new(),
        lines: Vec::new(),
        items: Vec::new(),
    };
    for event in run.timeline.events() {
        if story.items.len() >= MOST {
            return (story.items, true);
        }
        story.take(event);
    }
    for line in std::mem::take(&mut story.lines) {
        story.say(line);
    }
    (story.items, false)
}

/// A line that a program has begun to write.
struct Line<'a> {
    strand: Strand,
    stream: Stream,
    bytes: Vec<u8>,
    /// The event that wrote it last.
    event: &'a Event,
}

struct Story<'a> {
    run: Run<'a>,
    programs: &'a [u16],
    began: u64,
    /// Ports that the kernel picked.
    picked: Set<u16>,
    /// The entry of each call that has not returned.
    entries: Map<u64, &'a Event>,
    /// The event in which each packet was sent that is still on the wire.
    sent: Map<PacketId, &'a Event>,
    lines: Vec<Line<'a>>,
    items: Vec<Item>,
}

impl<'a> Story<'a> {
    fn names(&self) -> Names<'a> {
        self.run.names
    }

    fn program(&self, event: &Event) -> Option<u16> {
        self.programs.get(usize::from(event.program?.0)).copied()
    }

    fn take(&mut self, event: &'a Event) {
        if let EventKind::Wire { news, .. } = &event.kind {
            return self.packet(event, news);
        }
        let Some(program) = self.program(event) else {
            return;
        };
        let mut strand = Strand::Program {
            program,
            thread: event.thread.0,
        };
        let mut entry = None;
        let payload = match &event.kind {
            EventKind::Called { call, what, .. } => {
                self.entries.insert(call.0, event);
                what.payload()
            }
            EventKind::Returned { call, outcome, .. } => {
                entry = self.entries.remove(&call.0);
                outcome.payload()
            }
            EventKind::Output { stream, data, .. } => return self.output(event, strand, *stream, data),
            EventKind::Typed { .. } | EventKind::Interrupted => {
                strand = Strand::Terminal { program };
                None
            }
            EventKind::Pausing { .. }
            | EventKind::Started { .. }
            | EventKind::Raised { .. }
            | EventKind::Ended { .. } => None,
            _ => return,
        };
        self.end_lines(strand);
        let text = words::sentence(event, self.names(), entry);
        self.push(event, strand, text, payload.map_or(&[], |data| &data.0));
    }

    fn packet(&mut self, event: &'a Event, news: &WireNews) {
        let (packet, fate) = match news {
            WireNews::Sent { packet, fate, .. } => {
                self.sent.insert(*packet, event);
                (packet, fate)
            }
            WireNews::Now { packet, fate } => (packet, fate),
            _ => return,
        };
        if matches!(fate, Fate::Held | Fate::Delayed { .. }) {
            return;
        }
        let Some(first) = self.sent.remove(packet) else {
            return;
        };
        let EventKind::Wire {
            news: WireNews::Sent { from, copy_of, .. },
            ..
        } = &first.kind
        else {
            return;
        };
        let Some(met) = packet_words::met(self.run.timeline, first, *fate, self.names()) else {
            return;
        };
        let arrives = *fate == Fate::Delivered;
        if arrives && met.pure_ack {
            return;
        }
        let strand = Strand::Wire {
            from: from.0,
            program: self.program(first),
        };
        let sort = [
            if arrives { "arrives" } else { "lost" },
            if copy_of.is_some() { "copy" } else { "" },
        ];
        let payload = met.payload;
        let key = Key::of(&self.picked, &[&met.what, sort[0], sort[1]], payload);
        self.put(event, strand, met.text, key);
    }

    /// Output is compared line by line: how much of it one event holds depends on how the lab was run.
    fn output(&mut self, event: &'a Event, strand: Strand, stream: Stream, data: &Payload) {
        for piece in data.0.split_inclusive(|b| *b == b'\n') {
            let begun = self
                .lines
                .iter()
                .position(|l| l.strand == strand && l.stream == stream);
            let mut bytes = begun.map_or_else(Vec::new, |place| self.lines.remove(place).bytes);
            bytes.extend_from_slice(piece);
            let whole = bytes.ends_with(b"\n");
            let line = Line {
                strand,
                stream,
                bytes,
                event,
            };
            if whole {
                self.say(line);
            } else {
                self.lines.push(line);
            }
        }
    }

    /// What was begun on this strand is a line too, when something else comes.
    fn end_lines(&mut self, strand: Strand) {
        while let Some(place) = self.lines.iter().position(|l| l.strand == strand) {
            let line = self.lines.remove(place);
            self.say(line);
        }
    }

    fn say(&mut self, line: Line<'_>) {
        let event = Event {
            kind: EventKind::Output {
                stream: line.stream,
                data: Payload(line.bytes),
                line: 0,
            },
            ..line.event.clone()
        };
        let text = words::sentence(&event, self.names(), None);
        let EventKind::Output { data, .. } = &event.kind else {
            return;
        };
        // A prompt is the same line, whether or not its newline has come.
        let bytes = data.0.strip_suffix(b"\n").unwrap_or(&data.0);
        // The text itself is compared, not only what the sentence shows of it.
        let all = String::from_utf8_lossy(bytes);
        let key = Key::of(
            &self.picked,
            &[&all, if line.stream == Stream::Stderr { "2" } else { "1" }],
            &[],
        );
        self.put(&event, line.strand, text, key);
    }

    fn push(&mut self, event: &Event, strand: Strand, text: String, payload: &[u8]) {
        let key = Key::of(&self.picked, &[&text], payload);
        self.put(event, strand, text, key);
    }

    fn put(&mut self, event: &Event, strand: Strand, text: String, key: u64) {
        self.items.push(Item {
            strand,
            seq: event.seq,
            t: event.t.saturating_sub(self.began),
            text,
            key,
        });
    }
}

/// Ports of this run that the kernel picked: those of its sockets that no program has named.
fn picked(events: &[Event]) -> Set<u16> {
    let (mut picked, mut named) = (Set::<u16>::new(), Set::<u16>::new());
    for event in events {
        match &event.kind {
            EventKind::Called {
                what: Call::Bind { addr, .. } | Call::Connect { addr, .. },
                ..
            } => {
                if let Some(port) = addr.port() {
                    named.insert(port);
                }
            }
            EventKind::Socket { sample, .. } => {
                for port in [&sample.local, &sample.peer]
                    .into_iter()
                    .flatten()
                    .filter_map(Address::port)
                {
                    if port >= PICKED {
                        picked.insert(port);
                    }
                }
            }
            _ => {}
        }
    }
    picked.retain(|port| !named.contains(port));
    picked
}

/// FNV-1a of what a learner reads, with `#` for each port that the kernel picked.
struct Key(u64);

impl Key {
    fn of(picked: &Set<u16>, texts: &[&str], payload: &[u8]) -> u64 {
        let mut key = Self(0xcbf2_9ce4_8422_2325);
        for text in texts {
            key.text(picked, text.as_bytes());
            key.byte(0);
        }
        key.text(picked, payload);
        key.0
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn text(&mut self, picked: &Set<u16>, text: &[u8]) {
        let mut rest = text;
        while let [first, behind @ ..] = rest {
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                self.byte(*first);
                rest = behind;
                continue;
            }
            let (number, behind) = rest.split_at(digits);
            let value = number.iter().fold(0_u32, |n, d| {
                n.saturating_mul(10).saturating_add(u32::from(d - b'0'))
            });
            if u16::try_from(value).is_ok_and(|port| picked.contains(&port)) {
                self.byte(b'#');
            } else {
                number.iter().for_each(|digit| self.byte(*digit));
            }
            rest = behind;
        }
    }
}
