//! Our dissection before its judge: tshark reads the same packets from our own pcapng, and says the same of every field,
//! its place and its value, and of every segment's part in its conversation.

mod packets;

use engine::packet::head;
use engine::packet::{Field, Flows, Notes, Summary, Tracked, fields, pcapng};
use packets::Sent;
use protocol::{EventKind, WireNews};
use std::collections::{BTreeMap, BTreeSet};
use wirelab_tests::{captured, judge, pdml};

/// When the captures begin: nanoseconds since 1970.
const BEGAN: u64 = 1_800_000_000_123_456_789;

/// tshark's fields of these packets; `None` without tshark.
fn judged(packets: &[Sent]) -> Option<Vec<Vec<pdml::Field>>> {
    let tshark = judge::tshark()?;
    let mut writer = pcapng::Writer::new(["client", "server"]);
    for (n, sent) in packets.iter().enumerate() {
        let comments = [format!("packet {n}"), "é and \"quotes\"".to_owned()];
        writer.packet(u32::from(sent.back), BEGAN + sent.at, &sent.packet, &comments);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("some.pcapng");
    std::fs::write(&file, writer.finish()).expect("a file");
    let (read, complaint) = pdml::read(&tshark, &file);
    assert_eq!(complaint, "");
    assert_eq!(read.len(), packets.len());
    Some(read)
}

/// The number in it, if it is one; true and false are numbers too.
fn number(text: &str) -> Option<u64> {
    match text.split(' ').next()? {
        "True" => Some(1),
        "False" => Some(0),
        hex if hex.starts_with("0x") => u64::from_str_radix(&hex[2..], 16).ok(),
        other => other.parse().ok(),
    }
}

/// What tshark says against one of our fields.
fn against(ours: &Field, theirs: &[pdml::Field]) -> Option<String> {
    let same = |t: &&pdml::Field| t.name == ours.key;
    let placed = |t: &&pdml::Field| match t.name.starts_with("ipv6.tclass.") {
        // tshark shows the four bytes around it.
        true => t.pos <= ours.range.start && ours.range.end <= t.pos + t.size,
        // What belongs to a header is a matter of taste: extension headers, what a message is about.
        false if matches!(ours.key, "icmp" | "icmpv6" | "ipv6") => t.pos == ours.range.start,
        false => (t.pos, t.pos + t.size) == (ours.range.start, ours.range.end),
    };
    let reset = theirs
        .iter()
        .any(|t| t.name == "tcp.flags.reset" && number(&t.show) == Some(1));
    if reset && ours.key == "tcp.payload" {
        // tshark takes it for the reset's reason (RFC 9293 3.5.3), which has another name.
        return None;
    }
    let named: Vec<_> = theirs.iter().filter(same).collect();
    let Some(_) = named.iter().copied().find(placed) else {
        return Some(format!("{ours:?}: tshark has {named:?}"));
    };
    // Headers and payloads say something in words here, and all their bytes there.
    let words = !ours.key.contains('.') || ours.key.ends_with(".payload") || ours.key.ends_with("data");
    let flag = ours.value.is_empty();
    if words || flag {
        return None;
    }
    let agrees = |t: &&&pdml::Field| {
        placed(t)
            && match (number(&ours.value), number(&t.show)) {
                (Some(a), Some(b)) => a == b,
                _ => ours.value == t.show,
            }
    };
    let agreed = named.iter().any(|t| agrees(&t));
    (!agreed).then(|| format!("{ours:?}: tshark says {named:?}"))
}

#[test]
fn every_field_is_what_tshark_says() {
    let packets = packets::many_kinds();
    assert!(packets.len() >= 300, "{} packets", packets.len());
    let Some(judged) = judged(&packets) else { return };
    let keys = compare(&packets, &judged);
    assert!(keys.len() > 60, "only {} kinds of fields: {keys:?}", keys.len());
}

/// The same of packets that the kernel made.
#[test]
fn every_field_of_a_kernel_lab_is_what_tshark_says() {
    let Some((timeline, _)) = captured::echo() else {
        return;
    };
    let sent = timeline.events().iter().filter_map(|e| match &e.kind {
        EventKind::Wire {
            news: WireNews::Sent { data, from, .. },
            at,
            ..
        } => Some(Sent {
            at: *at,
            back: from.0 == 1,
            packet: data.0.clone(),
        }),
        _ => None,
    });
    let packets: Vec<Sent> = sent.collect();
    assert!(packets.len() >= 20, "{} packets", packets.len());
    let Some(judged) = judged(&packets) else { return };
    compare(&packets, &judged);
}

/// All fields with one of Wireshark's names, which must agree; gives the names.
fn compare(packets: &[Sent], judged: &[Vec<pdml::Field>]) -> BTreeSet<&'static str> {
    let mut flows = Flows::default();
    let (mut wrong, mut compared, mut keys) = (Vec::new(), 0, BTreeSet::new());
    for (n, (sent, theirs)) in packets.iter().zip(judged).enumerate() {
        let tracked = flows.summary(sent.at, &sent.packet).tracked;
        for ours in fields(&sent.packet, tracked).iter().filter(|f| !f.key.is_empty()) {
            compared += 1;
            keys.insert(ours.key);
            wrong.extend(against(ours, theirs).map(|why| format!("packet {n}: {why}")));
        }
        wrong.extend(checksums(&sent.packet, tracked, theirs).map(|why| format!("packet {n}: {why}")));
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    keys
}

/// Our judgment of checksums against tshark's (1: good, 0: bad).
fn checksums(packet: &[u8], tracked: Option<Tracked>, theirs: &[pdml::Field]) -> Option<String> {
    for ours in fields(packet, tracked)
        .iter()
        .filter(|f| f.key.ends_with(".checksum") && f.depth == 1)
    {
        let status = format!("{}.status", ours.key);
        let Some(theirs) = theirs.iter().find(|t| t.name == status) else {
            continue;
        };
        let said = match (ours.value.contains("[correct]"), ours.value.contains("[wrong]")) {
            (true, _) => "1",
            (_, true) => "0",
            _ => continue,
        };
        if number(&theirs.show) != number(said) {
            return Some(format!("{ours:?} but tshark says {theirs:?}"));
        }
    }
    None
}

#[test]
fn every_segment_is_what_tshark_says() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let packets = packets::conversations(120);
    let Some(judged) = judged(&packets) else { return };
    let mut flows = Flows::default();
    let mut wrong = Vec::new();
    let (mut before, mut probed) = (Vec::new(), BTreeSet::new());
    for (n, (sent, theirs)) in packets.iter().zip(&judged).enumerate() {
        let ours = flows.summary(sent.at, &sent.packet);
        let piece = ours
            .head
            .as_ref()
            .and_then(|h| h.tcp())
            .map(|t| (t.source, t.target, t.seq, t.end()));
        let (source, target, start, end) = piece.expect("TCP only");
        let covers = |&(s, t, from, to): &(u16, u16, u32, u32)| {
            (s, t) == (source, target) && head::until(from, start) && head::until(end, to)
        };
        let again = before.iter().any(covers);
        before.push((source, target, start, end));
        let show = |name: &str| {
            theirs
                .iter()
                .find(|t| t.name == name)
                .and_then(|t| number(&t.show))
        };
        for (note, key, _) in Notes::ALL {
            let there = theirs.iter().any(|t| t.name == *key);
            // tshark says of every special retransmission that it is one, too.
            let has = ours.notes().has(*note) || *note == Notes::RETRANSMISSION && ours.notes().is_again();
            // It takes what is sent again soon for out of order; we know that it was sent before.
            let order = [Notes::RETRANSMISSION, Notes::OUT_OF_ORDER].contains(note) && again;
            // After probes (of a closed window, of a silent peer) tshark counts duplicates in a way of its own.
            let fast = [
                Notes::RETRANSMISSION,
                Notes::FAST_RETRANSMISSION,
                Notes::OUT_OF_ORDER,
            ]
            .contains(note)
                && probed.contains(&source.max(target));
            if there != has && !order && !fast {
                wrong.push(format!("packet {n}, {ours}: {key} is {there} for tshark"));
            }
            *seen.entry(key).or_default() += usize::from(there);
        }
        if [Notes::ZERO_WINDOW_PROBE, Notes::KEEP_ALIVE]
            .iter()
            .any(|n| ours.notes().has(*n))
        {
            probed.insert(source.max(target));
        }
        let counted = !probed.contains(&source.max(target));
        wrong.extend(numbers(&ours, counted, show).map(|why| format!("packet {n}, {ours}: {why}")));
    }
    assert!(
        wrong.is_empty(),
        "{} among {} packets:\n{}",
        wrong.len(),
        packets.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    let never: Vec<_> = seen.iter().filter(|(_, n)| **n == 0).collect();
    assert!(never.is_empty(), "never happened: {never:?}");
}

fn numbers(ours: &Summary<'_>, counted: bool, theirs: impl Fn(&str) -> Option<u64>) -> Option<String> {
    let tcp = ours.head.as_ref().and_then(|h| h.tcp())?;
    let tracked = ours.tracked?;
    let mut pairs = vec![("tcp.seq", u64::from(tcp.seq.wrapping_sub(tracked.base)))];
    if tcp.has(head::flag::ACK) {
        pairs.push(("tcp.ack", tcp.ack.wrapping_sub(tracked.back).into()));
    }
    if tracked.scale != Tracked::UNKNOWN {
        pairs.push(("tcp.window_size", tracked.window(tcp).into()));
    }
    if tracked.duplicate > 0 && counted {
        // tshark begins to count anew now and then (after what, its documentation does not say).
        let theirs = theirs("tcp.analysis.duplicate_ack_num");
        if theirs.is_none_or(|n| n > tracked.duplicate.into()) {
            return Some(format!(
                "duplicate {} is {theirs:?} for tshark",
                tracked.duplicate
            ));
        }
    }
    pairs
        .into_iter()
        .find(|(key, ours)| theirs(key) != Some(*ours))
        .map(|(key, ours)| format!("{key} is {:?} for tshark, {ours} for us", theirs(key)))
}
