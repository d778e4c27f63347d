//! What a run writes: the programs' output, the transcript, the timeline, the packets.

use super::RunArgs;
use anyhow::Context as _;
use engine::session::Session;
use engine::timeline::capture;
use engine::timeline::words::{self, Names};
use protocol::{CallId, EventKind, Stream};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Everything that is written while the lab runs; the timeline is written at its end.
pub(super) struct Outputs {
    names: Vec<String>,
    /// `NAME.stdout` and `NAME.stderr` of each program.
    files: Option<Vec<[File; 2]>>,
    transcript: Option<Box<dyn Write>>,
    timeline: Option<PathBuf>,
    pcapng: Option<PathBuf>,
    /// Programs' output goes to the terminal, each line with its program's name.
    terminal: bool,
    /// What each program has begun to print to the terminal and not ended with a newline.
    begun: Vec<[Vec<u8>; 2]>,
    seen: usize,
    /// Entries of calls that have not returned: their place in the timeline.
    calls: HashMap<CallId, usize>,
}

impl Outputs {
    pub(super) fn new(args: &RunArgs, names: &[String]) -> anyhow::Result<Self> {
        let files = match &args.out {
            None => None,
            Some(dir) => {
                std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
                let pair = |name: &String| -> anyhow::Result<[File; 2]> {
                    Ok([
                        create(&dir.join(format!("{name}.stdout")))?,
                        create(&dir.join(format!("{name}.stderr")))?,
                    ])
                };
                Some(names.iter().map(pair).collect::<anyhow::Result<_>>()?)
            }
        };
        let to_stdout = args.transcript.as_deref() == Some(Path::new("-"));
        let transcript: Option<Box<dyn Write>> = match &args.transcript {
            None => None,
            Some(_) if to_stdout => Some(Box::new(std::io::stdout())),
            Some(path) => Some(Box::new(std::io::BufWriter::new(create(path)?))),
        };
        for path in [&args.timeline, &args.pcapng].into_iter().flatten() {
            // Better now than after the run.
            create(path)?;
        }
        Ok(Self {
            names: names.to_vec(),
            files,
            transcript,
            timeline: args.timeline.clone(),
            pcapng: args.pcapng.clone(),
            terminal: !to_stdout,
            begun: vec![Default::default(); names.len()],
            seen: 0,
            calls: HashMap::new(),
        })
    }

    /// Writes what the timeline has more than before.
    pub(super) fn catch_up(&mut self, session: &Session) -> anyhow::Result<()> {
        let events = session.timeline().events();
        for (i, event) in (self.seen..).zip(&events[self.seen..]) {
            if let (EventKind::Output { stream, data, .. }, Some(program)) = (&event.kind, event.program) {
                self.output(usize::from(program.0), *stream, &data.0)?;
            }
            if let EventKind::Notice { text, .. } = &event.kind {
                eprintln!("wirelab: {text}");
            }
            let call = match &event.kind {
                EventKind::Called { call, .. } => {
                    self.calls.insert(*call, i);
                    None
                }
                EventKind::Waiting { call } => self.calls.get(call).map(|i| &events[*i]),
                EventKind::Returned { call, .. } => self.calls.remove(call).map(|i| &events[i]),
                _ => None,
            };
            if let Some(transcript) = &mut self.transcript {
                let sentence = words::sentence(
                    event,
                    Names {
                        programs: &self.names,
                    },
                    call,
                );
                let (s, us) = (event.t / 1_000_000_000, event.t / 1000 % 1_000_000);
                writeln!(
                    transcript,
                    "{:>5} {s:>4}.{us:06} {:<8} {sentence}",
                    event.seq,
                    words::kind(event)
                )?;
            }
        }
        self.seen = events.len();
        Ok(())
    }

    fn output(&mut self, program: usize, stream: Stream, bytes: &[u8]) -> anyhow::Result<()> {
        let which = usize::from(stream == Stream::Stderr);
        if let Some(files) = &mut self.files {
            files[program][which]
                .write_all(bytes)
                .context("cannot write the output of a program")?;
        }
        if self.terminal {
            self.begun[program][which].extend_from_slice(bytes);
            while let Some(end) = self.begun[program][which].iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.begun[program][which].drain(..=end).collect();
                self.print(program, stream, &line);
            }
        }
        Ok(())
    }

    fn print(&self, program: usize, stream: Stream, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let text = format!("{}: {}", self.names[program], line.trim_end_matches('\n'));
        match stream {
            Stream::Stdout => println!("{text}"),
            Stream::Stderr => eprintln!("{text}"),
        }
    }

    /// The end: what was begun, and the timeline.
    pub(super) fn finish(&mut self, session: &Session) -> anyhow::Result<()> {
        for program in 0..self.names.len() {
            for (which, stream) in [Stream::Stdout, Stream::Stderr].into_iter().enumerate() {
                let rest = std::mem::take(&mut self.begun[program][which]);
                if !rest.is_empty() {
                    self.print(program, stream, &rest);
                }
            }
        }
        if let Some(transcript) = &mut self.transcript {
            transcript.flush().context("cannot write the transcript")?;
        }
        if let Some(path) = &self.timeline {
            let json = protocol::write::to_json(&session.recording());
            std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(path) = &self.pcapng {
            std::fs::write(path, capture::pcapng(&session.recording()))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

fn create(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| format!("cannot write {}", path.display()))
}
