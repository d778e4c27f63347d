//! How quickly packets are put in words: `cargo xtask bench` prints the lines.
//!
//! Each line of output is `name<TAB>figure<TAB>limit<TAB>ok|over`. One core, packets as an ordinary lab has them: data,
//! acknowledgments, datagrams, over a hundred conversations.

use engine::packet::Flows;
use std::fmt::Write as _;
use std::time::Instant;

/// Packets of one round.
const PACKETS: usize = 200_000;
/// Rounds; the best counts.
const ROUNDS: usize = 5;
/// Microseconds a summary may take: one million a second.
const LIMIT: f64 = 1.0;

fn main() {
    let packets: Vec<Vec<u8>> = (0..PACKETS).map(packet).collect();
    let mut best = f64::INFINITY;
    let mut length = 0;
    for _ in 0..ROUNDS {
        let mut flows = Flows::default();
        let mut line = String::new();
        let began = Instant::now();
        for (n, packet) in packets.iter().enumerate() {
            line.clear();
            let summary = flows.summary(n as u64 * 1000, packet);
            // Writing to a string does not fail.
            let _ = write!(line, "{summary}");
            length += line.len();
        }
        best = best.min(began.elapsed().as_secs_f64());
    }
    let each = best / PACKETS as f64 * 1e6;
    let verdict = if each <= LIMIT { "ok" } else { "over" };
    let million = 1.0 / each;
    let mean = length / PACKETS / ROUNDS;
    println!(
        "us for a packet's summary of {mean} letters ({million:.1} million/s)\t{each:.3}\t{LIMIT}\t{verdict}"
    );
}

/// The n-th packet: of every five, two with data, two acknowledgments, one datagram.
fn packet(n: usize) -> Vec<u8> {
    let conversation = n / 5 % 100;
    let turn = n / 500;
    let port = 40_000 + u16::try_from(conversation).unwrap_or_default();
    let (protocol, back) = (if n % 5 == 4 { 17 } else { 6 }, n % 5 % 2 == 1);
    let data = b"some bytes of a program, as it may be\r\n";
    let payload: &[u8] = if back { b"" } else { data };
    let header = if protocol == 6 { 20 } else { 8 };
    let total = u16::try_from(20 + header + payload.len()).unwrap_or_default();
    let mut packet = vec![0x45, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 1, 0x40, 0, 64, protocol, 0, 0]);
    let addresses = if back { [2, 1] } else { [1, 2] };
    packet.extend(addresses.iter().flat_map(|last| [10, 0, 0, *last]));
    let ports = if back { [8080, port] } else { [port, 8080] };
    packet.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    if protocol == 6 {
        let sent = u32::try_from((turn * 2 + n % 5 / 2) * data.len()).unwrap_or_default();
        let numbers = if back {
            [1, sent + data.len() as u32]
        } else {
            [sent, 1]
        };
        packet.extend(numbers.iter().flat_map(|n| n.to_be_bytes()));
        packet.extend([0x50, if back { 0x10 } else { 0x18 }, 1, 0xf5, 0, 0, 0, 0]);
    } else {
        packet.extend((8 + payload.len() as u16).to_be_bytes());
        packet.extend([0, 0]);
    }
    packet.extend_from_slice(payload);
    packet
}
