//! The engine's own tests: what the VM does with a world that answers from inside the test. What programs print is judged by
//! python3 in `engine/tests/differential.rs`.

mod bounds;
mod compiled;
mod replay;
mod steps;
mod world;
