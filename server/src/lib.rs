//! The binary `wirelab`: the site, the WebSocket bridge, loopback networks, the command line.
//!
//! ```text
//! serve/   wirelab serve: pages, who may talk to us, published ports
//!   ws/    sessions over WebSockets: labs for pages
//!     net/ networks and labs: real sockets, in process
//!       sys/ the system calls (the only unsafe code)
//! run/     wirelab run: a lab without a browser, on net/
//! exec/    wirelab exec: real programs inside a lab's host, and the server's door for them
//! check    wirelab check: what works here
//! ```

pub mod check;
pub mod exec;
mod linux;
pub mod net;
pub mod run;
pub mod serve;
#[allow(unsafe_code)]
mod sys;
pub mod ws;
