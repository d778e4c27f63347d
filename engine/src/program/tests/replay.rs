//! A run can be repeated: from the journal of answers, to any tick, and from a snapshot.

use super::world::{World, config};
use crate::program::Vm;
use crate::program::host::Stop;
use protocol::ThreadId;

const SOURCE: &str = "
import threading, time
done = []
def work(n):
    for i in range(30):
        done.append((n, i))
        if i % 10 == 0:
            time.sleep(0.01)
ts = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for t in ts:
    t.start()
class Node:
    def __init__(self, v):
        self.v = v
ring = Node(1)
ring.next = Node(ring)
gen = (x * x for x in range(1000))
next(gen)
seen = {Node: 1, work: 2, 'k': [ring]}
name = input('name? ')
for t in ts:
    t.join()
print(name, len(done), done[:5], next(gen), seen[Node], seen[work])
";

#[test]
fn ticks_do_not_depend_on_stops() {
    let mut a = World::new(SOURCE);
    let mut b = World::new(SOURCE);
    for w in [&mut a, &mut b] {
        w.input.push_back("Ada".to_owned());
    }
    assert_eq!(a.run(false), 0, "{}", a.err);
    assert_eq!(b.run(true), 0);
    assert_eq!(a.out, b.out);
    assert_eq!(a.vm.ticks(), b.vm.ticks());
    assert_eq!(a.vm.lines(), b.vm.lines());
    assert_eq!(a.journal, b.journal);
}

#[test]
fn the_journal_brings_back_every_line() {
    // The first run, stepped: what is seen at each line.
    let mut w = World::new(SOURCE);
    w.input.push_back("Ada".to_owned());
    assert_eq!(w.run(false), 0);
    let journal = w.journal.clone();
    let mut vm = Vm::new(config(SOURCE)).unwrap();
    let mut at = 0;
    let mut seen = Vec::new();
    loop {
        match vm.run(1_000_000, true) {
            Stop::Line { .. } => seen.push((vm.ticks(), vm.frames(ThreadId(0)))),
            Stop::Call { .. } | Stop::Blocked => {
                let (_, token, answer) = &journal[at];
                vm.answer(*token, answer.clone());
                at += 1;
            }
            Stop::OutOfFuel => {}
            Stop::Ended { .. } => break,
        }
        vm.take_output();
    }
    for (tick, frames) in seen.iter().step_by(17) {
        let mut again = Vm::new(config(SOURCE)).unwrap();
        for (when, token, answer) in &journal {
            if when > tick {
                break;
            }
            while again.ticks() < *when {
                again.run_until(*when);
            }
            again.answer(*token, answer.clone());
        }
        while again.ticks() < *tick {
            assert_ne!(again.run_until(*tick), Some(Stop::Blocked), "at {tick}");
        }
        assert_eq!(again.ticks(), *tick);
        assert_eq!(&again.frames(ThreadId(0)), frames, "at {tick}");
    }
}

#[test]
fn a_snapshot_runs_on_by_itself() {
    let mut vm = Vm::new(config(SOURCE)).unwrap();
    let token = loop {
        match vm.run(100, false) {
            Stop::Call { token, call, .. } => {
                if matches!(call, crate::program::host::HostCall::Input) {
                    break token;
                }
                vm.answer(token, crate::program::host::HostAnswer::Done);
            }
            Stop::OutOfFuel => {}
            other => panic!("{other:?}"),
        }
    };
    vm.take_output();
    let size = vm.size();
    assert!(size > 10_000 && size < 10_000_000, "{size}");
    let finish = |mut vm: Vm, name: &str| -> String {
        let mut out = String::new();
        vm.answer(
            token,
            crate::program::host::HostAnswer::Line(Some(name.to_owned())),
        );
        loop {
            let stop = vm.run(1000, false);
            for o in vm.take_output() {
                out.push_str(&String::from_utf8_lossy(&o.bytes));
            }
            match stop {
                Stop::Ended { .. } => return out,
                Stop::Call { token, .. } => vm.answer(token, crate::program::host::HostAnswer::Done),
                _ => {}
            }
        }
    };
    let copy = vm.snapshot();
    let other = copy.snapshot();
    let first = finish(copy, "Grace");
    let second = finish(vm, "Ada");
    let third = finish(other, "Ada");
    assert!(first.starts_with("Grace 90 "), "{first}");
    assert_eq!(second, third);
    assert_eq!(first.replace("Grace", "Ada"), second);
}
