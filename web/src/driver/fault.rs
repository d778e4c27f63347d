//! Faults made on purpose, for the tests of what a page does when its own code fails. Only in development builds.

use std::cell::Cell;
use std::hint::black_box;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static DUE: Cell<Option<Fault>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
enum Fault {
    Panic,
    Stack,
    Memory,
}

/// The next thing that happens in any lab of the page fails in the middle: with a `panic`, by a full `stack`, or because
/// `memory` is used up.
#[wasm_bindgen(js_name = failNext)]
pub fn fail_next(how: &str) {
    DUE.set(match how {
        "panic" => Some(Fault::Panic),
        "stack" => Some(Fault::Stack),
        "memory" => Some(Fault::Memory),
        _ => None,
    });
}

/// Fails if that is due.
pub fn strike() {
    match DUE.take() {
        None => {}
        #[allow(clippy::panic, reason = "this is what it is for")]
        Some(Fault::Panic) => panic!("a fault made on purpose"),
        Some(Fault::Stack) => {
            black_box(deeper(1));
        }
        Some(Fault::Memory) => {
            let mut all = Vec::new();
            loop {
                all.push(black_box(vec![0_u8; 64 << 20]));
            }
        }
    }
}

fn deeper(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    if black_box(depth) == 0 {
        return 0;
    }
    deeper(depth + 1) + here[0]
}
