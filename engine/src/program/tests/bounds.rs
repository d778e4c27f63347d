//! Programs that would go on for ever, or eat everything.

use super::world::{World, config, run};
use crate::program::Vm;
use crate::program::host::Stop;

#[test]
fn an_endless_loop_gives_the_page_its_turn() {
    let mut vm = Vm::new(config("while True:\n    pass\n")).unwrap();
    for _ in 0..5 {
        assert!(matches!(vm.run(10_000, false), Stop::OutOfFuel));
    }
    vm.interrupt();
    let mut w = 0;
    let status = loop {
        match vm.run(10_000, false) {
            Stop::Ended { status } => break status,
            _ => w += 1,
        }
        assert!(w < 10);
    };
    assert_eq!(status, 130);
}

#[test]
fn a_print_flood_is_bounded() {
    let mut vm = Vm::new(config("while True:\n    print('x' * 100)\n")).unwrap();
    for _ in 0..3 {
        assert!(matches!(vm.run(u64::MAX, false), Stop::OutOfFuel));
        let bytes: usize = vm.take_output().iter().map(|o| o.bytes.len()).sum();
        assert!(bytes < 300 << 10, "{bytes}");
    }
}

#[test]
fn huge_objects_are_memory_errors() {
    for source in [
        "'x' * 10**10",
        "[0] * 10**9",
        "bytes(10**10)",
        "list(range(10**9))",
        "10 ** 10 ** 10",
        "1 << 10**10",
        "'a'.ljust(10**10)",
        "'%1000000000d' % 1",
        "f'{1:1000000000}'",
        "tuple(range(10**9))",
        "(b'ab' * 10**7).replace(b'a', b'x' * 1000)",
    ] {
        let (status, _, err) = run(&format!("x = {source}\n"));
        assert_eq!(status, 1, "{source}");
        assert!(err.ends_with("MemoryError\n"), "{source}: {err}");
    }
}

#[test]
fn growth_ends_in_a_memory_error() {
    let (_, out, err) = run("
def grow():
    all = []
    while True:
        all.append('x' * 100000 + str(len(all)))
try:
    grow()
except MemoryError:
    print('caught')
");
    assert_eq!(out, "caught\n", "{err}");
}

#[test]
fn recursion_and_deep_structures_do_not_exhaust_the_stack() {
    let source = "
def f(n):
    return f(n + 1)
try:
    f(0)
except RecursionError as e:
    print(e)
class Node:
    def __init__(self, next):
        self.next = next
n = None
for i in range(50000):
    n = Node(n)
l = t = ()
for i in range(50000):
    l = [l]
    t = (t,)
n = l = t = None
class R:
    def __eq__(self, other):
        return self == other
try:
    R() == R()
except RecursionError:
    print('eq')
try:
    R() in [R()]
except RecursionError:
    print('in')
x = []
x.append(x)
print(x)
";
    let mut w = World::new(source);
    assert_eq!(w.run(false), 0, "{}", w.err);
    assert_eq!(w.out, "maximum recursion depth exceeded\neq\nin\n[[...]]\n");
}

#[test]
fn nested_source_is_refused_not_crashed() {
    for source in [
        "(".repeat(5000),
        format!("x = {}1{}", "(".repeat(500), ")".repeat(500)),
        format!("x = {}1", "-".repeat(5000)),
        format!("x = {}1", "not ".repeat(5000)),
        format!("x = {}1", "lambda: ".repeat(5000)),
    ] {
        assert!(Vm::new(config(&source)).is_err(), "{}", &source[..20]);
    }
}
