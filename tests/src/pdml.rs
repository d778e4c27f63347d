//! What tshark says of a capture, field by field (its PDML).

use std::path::Path;
use std::process::Command;

/// One field of one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in display filters.
    pub name: String,
    /// Where its bytes are in the packet.
    pub pos: usize,
    /// How many they are.
    pub size: usize,
    /// What it says.
    pub show: String,
}

/// Reads a capture with tshark: the fields of each packet, and what tshark had to say against the file.
///
/// # Panics
/// When tshark cannot be run or its answer is not what PDML is.
#[must_use]
pub fn read(tshark: &Path, capture: &Path) -> (Vec<Vec<Field>>, String) {
    let output = Command::new(tshark)
        .args(["-n", "-T", "pdml", "-r"])
        .arg(capture)
        .args([
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
            "-o",
            "ip.defragment:FALSE",
            "-o",
            "ipv6.defragment:FALSE",
            "-o",
            "tcp.desegment_tcp_streams:FALSE",
        ])
        .output()
        .expect("tshark runs");
    let text = String::from_utf8(output.stdout).expect("PDML is UTF-8");
    let complaint = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| !line.contains("Running as user"))
        .collect::<Vec<_>>()
        .join("\n");
    let packets = text.split("<packet>").skip(1).map(fields).collect();
    (packets, complaint)
}

fn fields(packet: &str) -> Vec<Field> {
    let tags = packet
        .split('<')
        .filter(|t| t.starts_with("field ") || t.starts_with("proto "));
    tags.filter_map(|tag| {
        Some(Field {
            name: attribute(tag, "name")?,
            pos: attribute(tag, "pos")
                .and_then(|n| n.parse().ok())
                .unwrap_or_default(),
            size: attribute(tag, "size")
                .and_then(|n| n.parse().ok())
                .unwrap_or_default(),
            show: attribute(tag, "show").unwrap_or_default(),
        })
    })
    .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let plain = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    Some(plain.replace("&apos;", "'").replace("&amp;", "&"))
}
