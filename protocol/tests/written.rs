//! What crosses the WebSocket or is saved does not change by a byte: `written.txt` has each variant of each type, with and
//! without what may be left out, as serde_json wrote it when that was still how it was written.
#![allow(clippy::unwrap_used)]

use protocol::read::{Read, from_json};
use protocol::write::{Write, to_json};
use protocol::{Event, FromPage, FromServer, Recording};

fn again<T: Read + Write>(json: &str) -> String {
    to_json(&from_json::<T>(json.as_bytes()).unwrap())
}

#[test]
fn every_variant_is_written_as_ever() {
    for line in include_str!("written.txt").lines() {
        let (name, json) = line.split_once(' ').unwrap();
        let written = match name {
            "FromPage" => again::<FromPage>(json),
            "FromServer" => again::<FromServer>(json),
            "Event" => again::<Event>(json),
            "Recording" => to_json(&Recording::from_json(json).unwrap()),
            _ => panic!("{name}"),
        };
        assert_eq!(written, json);
    }
}
