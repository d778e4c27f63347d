//! Calls in any order, sensible or not.

use crate::common::*;
use serde_json::{Value, json};

/// A small generator (xorshift64*), so that every run makes the same scenarios.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())].clone()
    }
}

/// Forty calls on a few sockets, in any order, sensible or not. No call can wait for ever.
pub(super) fn random_steps(seed: u64) -> Vec<Value> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let family = dice.pick(&[INET, INET, INET, INET6, UNIX]);
    let kind = dice.pick(&[STREAM, STREAM, STREAM, DGRAM]);
    let mut steps = Vec::new();
    let mut socks = Vec::new();
    let mut next = 1;
    let places = match family {
        INET => vec![
            json!(["127.0.0.1", 5001]),
            json!(["localhost", 5002]),
            json!(["", 5001]),
            json!(["127.0.0.2", 5001]),
        ],
        INET6 => vec![json!(["::1", 5001]), json!(["::1", 5002]), json!(["", 5001])],
        _ => vec![json!("a.sock"), json!("b.sock"), json!("\0abstract")],
    };
    // Something to play with: a listener, or a bound socket.
    for _ in 0..3 {
        let other = dice.roll(12) == 0;
        steps.push(json!([
            "socket",
            next,
            family,
            if other { DGRAM } else { kind },
            0
        ]));
        steps.push(json!(["settimeout", next, dice.pick(&[0.0, 0.02])]));
        socks.push(next);
        next += 1;
    }
    steps.push(json!(["bind", 1, places[0]]));
    if kind == STREAM {
        steps.push(json!(["listen", 1, dice.roll(3)]));
        steps.push(json!(["connect", 2, places[0]]));
    }
    for _ in 0..40 {
        let sock = dice.pick(&socks);
        let place = dice.pick(&places);
        let text = dice.pick(&["", "a", "hello", "twelve bytes"]);
        let step = match dice.roll(24) {
            0 if socks.len() < 8 => {
                steps.push(json!(["socket", next, family, kind, 0]));
                socks.push(next);
                next += 1;
                json!(["settimeout", next - 1, dice.pick(&[0.0, 0.02])])
            }
            1 => json!(["bind", sock, place]),
            2 => json!(["listen", sock, dice.roll(3)]),
            3..=5 => json!(["connect", sock, place]),
            6..=8 if socks.len() < 12 => {
                let new = next;
                next += 1;
                steps.push(json!(["accept", sock, new]));
                socks.push(new);
                json!(["settimeout", new, dice.pick(&[0.0, 0.02])])
            }
            9..=12 => json!(["send", sock, text, dice.pick(&[0, 0, 0, libc::MSG_DONTWAIT])]),
            13 if kind == DGRAM => json!(["sendto", sock, text, 0, place]),
            13..=16 => json!([
                "recv",
                sock,
                dice.pick(&[1, 3, 100]),
                dice.pick(&[0, 0, libc::MSG_PEEK])
            ]),
            17 => json!(["recvfrom", sock, 100, 0]),
            18 => json!(["shutdown", sock, dice.roll(3)]),
            19 if dice.roll(2) == 0 => json!(["close", sock]),
            20 => json!(["getsockname", sock]),
            21 => json!(["getpeername", sock]),
            22 => json!([
                "getsockopt",
                sock,
                libc::SOL_SOCKET,
                dice.pick(&[libc::SO_ERROR, libc::SO_TYPE, libc::SO_ACCEPTCONN]),
                0
            ]),
            _ => json!(["select", socks, socks, socks, 0]),
        };
        steps.push(step);
    }
    steps
}
