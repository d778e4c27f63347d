//! What native modules compute, on plain Rust data and without the VM: random numbers, packed structures, digests.
//!
//! As in [`super::text`], CPython is the judge: the tests ask python3.

pub mod digest;
pub mod mersenne;
pub mod packing;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
