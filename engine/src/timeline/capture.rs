//! What crossed the wire as a capture (pcapng), from the events alone. Comments on a packet say the call whose bytes it carries
//! and what became of it; Wireshark and tshark show them.

use super::words;
use crate::packet::pcapng::Writer;
use crate::sorted::Map;
use protocol::wire::{By, Fate, Host};
use protocol::{Event, EventKind, PacketId, Recording, WireNews};

/// The capture of a recording: empty of packets where its network showed none. Packets that were only counted are not in it.
///
/// A packet has the time at which the network saw it.
pub fn pcapng(recording: &Recording) -> Vec<u8> {
    let ends = ends(recording);
    let fates = fates(&recording.events);
    let opened = opened(recording);
    let mut writer = Writer::new(ends.iter().map(String::as_str));
    for event in &recording.events {
        let EventKind::Wire {
            news:
                WireNews::Sent {
                    packet,
                    from,
                    data,
                    copy_of,
                    ..
                },
            at,
            ..
        } = &event.kind
        else {
            continue;
        };
        let mut comments = vec![format!("Packet {}", packet.0)];
        comments.extend(cause(recording, event));
        comments.extend(copy_of.map(|other| format!("A copy of packet {}", other.0)));
        comments.extend(fates.get(packet).into_iter().flatten().cloned());
        let interface = usize::from(from.0).min(ends.len() - 1);
        let interface = u32::try_from(interface).unwrap_or(0);
        writer.packet(interface, opened.saturating_add(*at), &data.0, &comments);
    }
    writer.finish()
}

/// When the network's clock was 0: nanoseconds since 1970. Its news take a while to the session, whose clock the recording
/// goes by; those that came quickest tell it best.
fn opened(recording: &Recording) -> u64 {
    let ahead = recording.events.iter().filter_map(|event| match &event.kind {
        EventKind::Wire { at, .. } => Some(event.t.saturating_sub(*at)),
        _ => None,
    });
    let began = u64::try_from(recording.began).unwrap_or(0);
    began.saturating_add(ahead.min().unwrap_or(0))
}

/// The names of the wire's ends, at least two.
fn ends(recording: &Recording) -> Vec<String> {
    let hosts: &[Host] = recording
        .events
        .iter()
        .rev()
        .find_map(|event| match &event.kind {
            EventKind::Hosts { hosts, .. } => Some(hosts.as_slice()),
            _ => None,
        })
        .unwrap_or_default();
    match hosts {
        [] | [_] => vec!["opened".to_owned(), "other".to_owned()],
        several => several.iter().map(|host| host.name.clone()).collect(),
    }
}

/// The call that a packet comes from: `From client, line 4: sendall(b'hello') on fd 3`.
fn cause(recording: &Recording, event: &Event) -> Option<String> {
    let at = usize::try_from(event.cause?).ok()?.checked_sub(1)?;
    let cause = recording.events.get(at)?;
    let EventKind::Called {
        api, line, what, fd, ..
    } = &cause.kind
    else {
        return None;
    };
    let program = recording.programs.get(usize::from(cause.program?.0))?;
    let call = words::call_text(api, what, *fd);
    Some(format!("From {}, line {line}: {call}", program.name))
}

/// What became of each packet that did not simply cross, in words.
fn fates(events: &[Event]) -> Map<PacketId, Vec<String>> {
    let mut fates: Map<PacketId, Vec<String>> = Map::new();
    let mut since: Map<PacketId, u64> = Map::new();
    let mut again: Map<PacketId, u32> = Map::new();
    for event in events {
        let EventKind::Wire { news, .. } = &event.kind else {
            continue;
        };
        match news {
            WireNews::Sent { packet, fate, .. } => {
                since.insert(*packet, event.t);
                if let Fate::Dropped { by } = fate {
                    fates.or_default(*packet).push(lost(*by));
                }
            }
            WireNews::Now { packet, fate } => {
                let held = event
                    .t
                    .saturating_sub(since.get(packet).copied().unwrap_or(event.t));
                let text = match fate {
                    Fate::Delivered => format!("Waited on the wire for {} ms", held / 1_000_000),
                    Fate::Dropped { by } => lost(*by),
                    Fate::Held | Fate::Delayed { .. } => continue,
                };
                since.remove(packet);
                fates.or_default(*packet).push(text);
            }
            WireNews::Again { packet, count } => {
                again.insert(*packet, *count);
            }
            WireNews::Moved { packet, behind } => {
                let text = format!("Moved behind packet {}", behind.0);
                fates.or_default(*packet).push(text);
            }
            WireNews::Flood { .. } | WireNews::Ruled { .. } => {}
        }
    }
    for (packet, count) in again {
        let times = if count == 1 {
            "once".to_owned()
        } else {
            format!("{count} times")
        };
        let text = format!("Sent again {times} meanwhile, which is not in this file");
        fates.or_default(packet).push(text);
    }
    fates
}

fn lost(by: By) -> String {
    match by {
        By::Hand => "Dropped by hand: it never arrived".to_owned(),
        By::Rule(rule) => format!("Lost by rule {} of the wire: it never arrived", rule + 1),
        By::NoHost => "No host has its address: it never arrived".to_owned(),
        By::Full => "The wire was full: it never arrived".to_owned(),
    }
}
