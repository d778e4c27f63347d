//! The binary `wirelab`: the site, the WebSocket bridge, loopback networks, the command line.
//!
//! ```text
//! net/     networks and labs: real sockets, in process
//! sys/     the system calls (the only unsafe code)
//! ```

pub mod net;
#[allow(unsafe_code)]
mod sys;
