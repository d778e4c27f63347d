//! The simulated network is held to the kernel's truth: the same scenarios on both, and the same story. Nothing that is
//! expected is stored; the kernel of the machine is the judge.
//!
//! Scenarios are the book's labs with the scripts of `tests/judge/scripts`, and the cases in `tests/conformance/*.txt`. A story
//! is what each program prints, how it ends, the states of its TCP sockets in order, and every conversation's packets: kinds,
//! flags, relative numbers, bytes, fates.
//!
//! Made equal before comparing, because they are matters of moments or dice:
//! - ports that the kernel picks, initial sequence numbers, options, windows, timers, times;
//! - pure acknowledgments (how many, and where), and so FIN-WAIT-2 and CLOSING, which one of them begins or ends;
//! - the order of packets of different directions;
//! - what happens to a connection after its program has ended: the shorter story is compared;
//! - PSH on full segments, which tells how the kernel has cut its work;
//! - how more than 20,000 bytes of one direction are cut into segments, and which of them are sent again;
//! - states that the kernel went through unseen, in a flood of packets;
//! - how often a SYN-ACK is sent again in a row: the client's timer and the server's run at the same time.
//!
//! Where two timers of the kernel run at the same time, it has more than one story: ours has to be one that it tells in a few
//! runs. Whatever else differs stands in `tests/conformance/differences.txt` with its reason, and must differ: the list can only
//! shrink.

use anyhow::{Context as _, Result, bail, ensure};
use engine::packet::Head;
use engine::packet::head::{Transport, flag};
use protocol::wire::Fate;
use protocol::{EventKind, PacketId, Recording, SocketId, TcpState, WireNews};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use wirelab_tests::{judge, root, server, without_ports};

/// Seconds that a scenario may take.
const LIMIT: &str = "25";
/// Where timers of the kernel race, it does not always tell the same story: so often it is asked for ours.
const TRIES: usize = 4;
/// A segment with so many bytes is a full one.
const FULL: usize = 1400;
/// A direction with more bytes than this is compared by their number.
const BULK: usize = 20_000;
/// With more packets than this, the kernel network does not look at its sockets around each of them.
const SEEN: usize = 150;
/// At least so many scenarios there are,
const SCENARIOS: usize = 80;
/// and so many known differences: this number may only become smaller.
const DIFFERENCES: usize = 0;

/// A scenario.
struct Case {
    name: String,
    /// Arguments of `wirelab run` besides the network and the outputs; files lie in its folder.
    args: Vec<String>,
    files: Vec<(String, String)>,
}

#[test]
fn the_simulated_network_tells_the_kernels_story() -> Result<()> {
    let mut cases = labs()?;
    for file in entries(&root().join("tests/conformance"))? {
        if file.file_stem().is_some_and(|stem| stem != "differences") {
            cases.extend(read_cases(&file).with_context(|| file.display().to_string())?);
        }
    }
    ensure!(cases.len() >= SCENARIOS, "only {} scenarios", cases.len());
    if let Ok(only) = std::env::var("WIRELAB_CASE") {
        cases.retain(|case| case.name.contains(&only));
    }
    let count = cases.len();
    let queue = Mutex::new(cases.into_iter());
    let differ = Mutex::new(BTreeMap::new());
    let skipped = Mutex::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                    let differences = match compare(&case) {
                        Ok(Some(differences)) => differences,
                        Ok(None) => {
                            if let Ok(mut skipped) = skipped.lock() {
                                *skipped = true;
                            }
                            continue;
                        }
                        Err(e) => vec![format!("cannot be run: {e:#}")],
                    };
                    if let Ok(mut differ) = differ.lock()
                        && !differences.is_empty()
                    {
                        differ.insert(case.name.clone(), differences);
                    }
                }
            });
        }
    });
    if skipped.into_inner()? {
        ensure!(!judge::demanded(), "no kernel network here");
        println!("skipped: no kernel network here");
        return Ok(());
    }
    let differ: BTreeMap<String, Vec<String>> = differ.into_inner()?;
    let known = known_differences()?;
    let mut wrong = String::new();
    for (name, differences) in differ.iter().filter(|(name, _)| !known.contains_key(*name)) {
        writeln!(wrong, "{name}:\n  {}", differences.join("\n  "))?;
    }
    if std::env::var_os("WIRELAB_CASE").is_none() {
        for name in known.keys().filter(|name| !differ.contains_key(*name)) {
            writeln!(
                wrong,
                "{name} does not differ (any more): take it off differences.txt"
            )?;
        }
        ensure!(
            known.len() == DIFFERENCES,
            "the list of differences has {} entries",
            known.len()
        );
    }
    ensure!(wrong.is_empty(), "\n{wrong}");
    println!("{count} scenarios, {} known differences", known.len());
    Ok(())
}

#[test]
fn the_same_seed_gives_the_same_timeline_to_the_byte() -> Result<()> {
    let case = labs()?
        .into_iter()
        .find(|case| case.name == "tcp-echo")
        .context("the echo")?;
    let mut lossy = case;
    lossy.args.extend(["--wire".into(), "loss.json".into()]);
    lossy.files.push((
        "loss.json".into(),
        r#"{"rules":[{"which":{"percent":30},"what":"lose"}],"seed":5}"#.into(),
    ));
    let timeline = |seed: &str| -> Result<String> {
        let (_, text) = run(&lossy, "simulated", seed)?.context("it runs everywhere")?;
        Ok(text)
    };
    let (first, again, other) = (timeline("7")?, timeline("7")?, timeline("8")?);
    ensure!(first == again, "the same seed, another timeline");
    ensure!(first != other, "the seed changes nothing");
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    entries.sort();
    Ok(entries)
}

/// The book's labs, each with its scripts.
fn labs() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for script in entries(&root().join("tests/judge/scripts"))? {
        let name = script
            .file_stem()
            .and_then(|s| s.to_str())
            .context("a name")?
            .to_owned();
        let lab = name.split('.').next().unwrap_or(&name);
        let place = ["book/labs", "book/solutions"]
            .iter()
            .map(|place| root().join(place).join(lab).join("lab.toml"))
            .find(|path| path.exists())
            .with_context(|| format!("no lab {lab}"))?;
        let path = |path: &Path| path.display().to_string();
        cases.push(Case {
            args: vec![path(&place), "--script".into(), path(&script)],
            files: Vec::new(),
            name,
        });
    }
    Ok(cases)
}

/// A file of cases:
///
/// ```text
/// == name [hosts]          hosts: each program has a host of its own
/// wire {"held":true}       optional, as `wirelab run --wire`
/// -- program               its source follows
/// -- script                optional, as `wirelab run --script`
/// ```
fn read_cases(path: &Path) -> Result<Vec<Case>> {
    let text = fs::read_to_string(path)?;
    let mut cases: Vec<Case> = Vec::new();
    for (n, line) in (1..).zip(text.lines()) {
        if let Some(title) = line.strip_prefix("== ") {
            let (name, hosts) = match title.strip_suffix(" hosts") {
                Some(name) => (name, true),
                None => (title, false),
            };
            let args = if hosts {
                vec!["--hosts".into(), "each".into()]
            } else {
                Vec::new()
            };
            cases.push(Case {
                name: name.to_owned(),
                args,
                files: Vec::new(),
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            ensure!(
                line.starts_with('#') || line.is_empty(),
                "line {n}: no case begins here"
            );
            continue;
        };
        if let Some(wire) = line.strip_prefix("wire ") {
            case.files.push(("wire.json".into(), wire.into()));
            case.args.extend(["--wire".into(), "wire.json".into()]);
        } else if line == "-- script" {
            case.files.push(("script".into(), String::new()));
            case.args.extend(["--script".into(), "script".into()]);
        } else if let Some(program) = line.strip_prefix("-- ") {
            let file = format!("{program}.py");
            case.files.push((file.clone(), String::new()));
            case.args.push(file);
        } else if let Some((_, file)) = case.files.last_mut() {
            file.push_str(line);
            file.push('\n');
        } else {
            ensure!(line.is_empty(), "line {n}: to which file does this belong?");
        }
    }
    Ok(cases)
}

/// Names of cases that differ, each with its reason.
fn known_differences() -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(root().join("tests/conformance/differences.txt"))?;
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line
                .split_once(": ")
                .with_context(|| format!("no reason: {line}"))?;
            Ok((name.to_owned(), reason.to_owned()))
        })
        .collect()
}

/// Runs a case on both networks: what differs. `None`: there is no kernel network here.
fn compare(case: &Case) -> Result<Option<Vec<String>>> {
    let (simulated, _) = run(case, "simulated", "1")
        .context("simulated")?
        .context("it runs everywhere")?;
    let mut differences = Vec::new();
    for _ in 0..TRIES {
        let Some((kernel, _)) = run(case, "kernel", "1").context("kernel")? else {
            return Ok(None);
        };
        differences = kernel.differences(&simulated);
        if differences.is_empty() {
            break;
        }
    }
    Ok(Some(differences))
}

fn run(case: &Case, network: &str, seed: &str) -> Result<Option<(Story, String)>> {
    let folder = tempfile::tempdir()?;
    for (name, text) in &case.files {
        fs::write(folder.path().join(name), text)?;
    }
    let done = Command::new(server::binary())
        .current_dir(folder.path())
        .arg("run")
        .args(&case.args)
        .args([
            "--seed",
            seed,
            "--network",
            network,
            "--timeout",
            LIMIT,
            "--timeline",
            "timeline.json",
        ])
        .stdin(Stdio::null())
        .output()
        .context("wirelab cannot be run: cargo build -p server")?;
    if done.status.code() == Some(2) {
        let why = String::from_utf8_lossy(&done.stderr);
        if why.contains("network") && network == "kernel" {
            return Ok(None);
        }
        bail!("{why}");
    }
    let text = fs::read_to_string(folder.path().join("timeline.json"))?;
    let recording = Recording::from_json(&text).map_err(anyhow::Error::msg)?;
    Ok(Some((Story::of(&recording), text)))
}

/// What is compared.
#[derive(Default)]
struct Story {
    /// By program: what it prints, how it ends.
    programs: Vec<(String, String)>,
    /// By socket: the states, and whether the socket was closed in each.
    states: BTreeMap<SocketId, Vec<TcpState>>,
    /// By conversation in the order in which they began, and direction: packets and bytes.
    flows: BTreeMap<(usize, u8), Flow>,
}

#[derive(Default)]
struct Flow {
    packets: Vec<String>,
    bytes: usize,
}

/// A conversation while its packets are read: its two ends, and where their numbers begin.
struct Conversation {
    ends: [(std::net::IpAddr, u16); 2],
    protocol: u8,
    first: [Option<u32>; 2],
}

impl Story {
    fn of(recording: &Recording) -> Self {
        let mut story = Self {
            programs: recording
                .programs
                .iter()
                .map(|p| (format!("{}:\n", p.name), String::new()))
                .collect(),
            ..Self::default()
        };
        let mut conversations: Vec<Conversation> = Vec::new();
        let mut places: BTreeMap<PacketId, ((usize, u8), usize)> = BTreeMap::new();
        for event in &recording.events {
            let program = event.program.map(|p| usize::from(p.0));
            match &event.kind {
                EventKind::Output { data, .. } => {
                    if let Some((output, _)) = program.and_then(|p| story.programs.get_mut(p)) {
                        output.push_str(&without_ports(&String::from_utf8_lossy(&data.0)));
                    }
                }
                EventKind::Ended { status, stopped } => {
                    if let Some((_, end)) = program.and_then(|p| story.programs.get_mut(p)) {
                        *end = if *stopped {
                            "stopped".into()
                        } else {
                            format!("exit {status}")
                        };
                    }
                }
                EventKind::Socket { sample, .. } => {
                    let states = story.states.entry(sample.sock).or_default();
                    let passing = matches!(sample.state, Some(TcpState::FinWait2 | TcpState::Closing));
                    if let Some(state) = sample.state
                        && !passing
                        && states.last() != Some(&state)
                    {
                        states.push(state);
                    }
                }
                EventKind::Wire { news, .. } => match news {
                    WireNews::Sent {
                        packet, data, fate, ..
                    } => {
                        if let Some((flow, text, bytes)) = describe(&mut conversations, &data.0) {
                            let flow_story = story.flows.entry(flow).or_default();
                            places.insert(*packet, (flow, flow_story.packets.len()));
                            let text = format!("{text} {}", words(fate));
                            let again =
                                text.starts_with("SYN ACK") && flow_story.packets.last() == Some(&text);
                            if !again {
                                flow_story.packets.push(text);
                            }
                            flow_story.bytes = flow_story.bytes.max(bytes);
                        }
                    }
                    WireNews::Now { packet, fate } => {
                        let place = places.get(packet);
                        if let Some((flow, n)) = place
                            && let Some(text) = story.flows.get_mut(flow).and_then(|f| f.packets.get_mut(*n))
                        {
                            let _ = write!(text, ", {}", words(fate));
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        story
    }

    fn differences(&self, simulated: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (ours, theirs) in simulated.programs.iter().zip(&self.programs) {
            if ours != theirs {
                found.push(format!("kernel:    {theirs:?}\n  simulated: {ours:?}"));
            }
        }
        let sockets: std::collections::BTreeSet<&SocketId> =
            self.states.keys().chain(simulated.states.keys()).collect();
        for sock in sockets {
            let empty = Vec::new();
            let (theirs, ours) = (
                self.states.get(sock).unwrap_or(&empty),
                simulated.states.get(sock).unwrap_or(&empty),
            );
            if self.flows.values().map(|flow| flow.packets.len()).sum::<usize>() > SEEN {
                // The kernel was not looked at after every packet: what it showed is in it, in order.
                let mut rest = ours.iter();
                if !theirs.iter().all(|state| rest.any(|own| own == state)) {
                    found.push(format!(
                        "states of {sock:?}: kernel {theirs:?}, simulated {ours:?}"
                    ));
                }
                continue;
            }
            let n = theirs.len().min(ours.len());
            // What is left of a connection when its program has ended goes on unseen.
            let rest = |states: &[TcpState]| {
                states.iter().all(|s| {
                    matches!(
                        s,
                        TcpState::TimeWait | TcpState::Closed | TcpState::LastAck | TcpState::FinWait1
                    )
                })
            };
            if theirs[..n] != ours[..n] || !rest(&theirs[n..]) || !rest(&ours[n..]) {
                found.push(format!(
                    "states of {sock:?}: kernel {theirs:?}, simulated {ours:?}"
                ));
            }
        }
        let flows: std::collections::BTreeSet<_> = self.flows.keys().chain(simulated.flows.keys()).collect();
        for flow in flows {
            let empty = Flow::default();
            let (theirs, ours) = (
                self.flows.get(flow).unwrap_or(&empty),
                simulated.flows.get(flow).unwrap_or(&empty),
            );
            let same = if theirs.bytes > BULK {
                theirs.bytes == ours.bytes
            } else {
                theirs.packets == ours.packets
            };
            if !same {
                found.push(format!(
                    "packets of conversation {} from end {}:\n    kernel:    {:#?}\n    simulated: {:#?}",
                    flow.0, flow.1, theirs.packets, ours.packets
                ));
            }
        }
        found
    }
}

fn words(fate: &Fate) -> String {
    match fate {
        Fate::Delivered => "delivered".to_owned(),
        Fate::Held => "held".to_owned(),
        Fate::Delayed { by, .. } => format!("delayed by {by:?}"),
        Fate::Dropped { by } => format!("dropped by {by:?}"),
    }
}

/// Where a packet belongs, what it is, and how far its bytes reach; nothing for a pure acknowledgment.
fn describe(conversations: &mut Vec<Conversation>, packet: &[u8]) -> Option<((usize, u8), String, usize)> {
    let head = Head::parse(packet)?;
    let (from, to) = head.ports().unwrap_or_default();
    let ends = [(head.source, from), (head.target, to)];
    let known = conversations.iter().position(|c| {
        c.protocol == head.protocol && (c.ends == ends || (c.ends[0] == ends[1] && c.ends[1] == ends[0]))
    });
    let syn = head
        .tcp()
        .is_some_and(|tcp| tcp.flags & (flag::SYN | flag::ACK) == flag::SYN);
    let number = match known {
        Some(number) => number,
        None => {
            conversations.push(Conversation {
                ends,
                protocol: head.protocol,
                first: [None; 2],
            });
            conversations.len() - 1
        }
    };
    let conversation = &mut conversations[number];
    let side = usize::from(conversation.ends[0] != ends[0]);
    let mut text = String::new();
    let bytes = match &head.transport {
        Transport::Tcp(tcp) => {
            if tcp.is_pure_ack() {
                return None;
            }
            if syn {
                conversation.first[side] = Some(tcp.seq);
            }
            let own = *conversation.first[side].get_or_insert(tcp.seq);
            let names = [
                (flag::SYN, "SYN "),
                (flag::FIN, "FIN "),
                (flag::RST, "RST "),
                (flag::PSH, "PSH "),
                (flag::ACK, "ACK "),
            ];
            for (bit, name) in names {
                if tcp.has(bit) && (bit != flag::PSH || tcp.payload.len() < FULL) {
                    text.push_str(name);
                }
            }
            let _ = write!(
                text,
                "seq {} len {}",
                tcp.seq.wrapping_sub(own),
                tcp.payload.len()
            );
            if tcp.has(flag::ACK) {
                let theirs = conversation.first[1 - side].unwrap_or(tcp.ack);
                let _ = write!(text, " ack {}", tcp.ack.wrapping_sub(theirs));
            }
            tcp.seq.wrapping_sub(own) as usize + tcp.payload.len()
        }
        Transport::Udp(udp) => {
            let _ = write!(text, "UDP len {}", udp.payload.len());
            udp.payload.len()
        }
        Transport::Icmp { kind, code, rest } => {
            let _ = write!(text, "ICMP {kind} {code} len {}", rest.len());
            0
        }
        Transport::Other => {
            let piece = head.fragment.map(|f| (f.offset, f.more));
            let _ = write!(text, "piece {piece:?} len {}", head.inside.len());
            0
        }
    };
    Some(((number, side as u8), text, bytes))
}
