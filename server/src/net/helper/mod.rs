//! The helper: a second, single-threaded process of this binary that makes network namespaces and sockets in them.
//!
//! ```text
//! server (tokio, many threads)                       helper (one thread)
//!   Helper::open()      ── Open ───────────────────▶   unshare(CLONE_NEWNET), lo up, sysctls
//!   Namespace           ◀─ id, NETLINK_SOCK_DIAG ──    setns(home)
//!   Helper::open_host() ── OpenHost ───────────────▶   the same with an interface `eth0` that is the end of a wire
//!                       ◀─ id, SOCK_DIAG, wire's end
//!   Namespace::socket() ── Socket ─────────────────▶   setns(lab), socket(), setns(home)
//!                       ◀─ descriptor (SCM_RIGHTS) ─
//!   drop(Namespace)     ── Close ──────────────────▶   SOCK_DESTROY of what is left, forget the namespace
//!   (server gone)       ── end of file ────────────▶   the same for all of them, exit
//! ```
//!
//! A socket stays for ever in the namespace that it was created in, so the server drives it like any other; only
//! creating one needs the helper. Namespaces belong to threads, and the server's threads belong to tokio: that is why
//! this is a process of its own. It is the same file executed again, so nothing has to be installed or found.

pub(crate) mod client;
mod host;
mod netlink;
pub(crate) mod process;
mod request;
mod shape;
pub(crate) mod sockdiag;
mod visitors;

pub(crate) use client::{Door, Helper, HelperError, Namespace};
pub(crate) use shape::{Device, addresses};

/// The hidden argument that makes this binary the helper.
pub const ARGUMENT: &str = "namespace-helper";
