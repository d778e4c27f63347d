//! `wirelab exec`: a real program (python3, nc, curl, anything) inside a lab's host.
//!
//! ```text
//! command.rs   the command: finds the server, goes in, becomes the program
//! meet.rs      where the server's socket lies                      both sides
//! talk.rs      what they say to each other                         both sides
//! inside.rs    namespaces, the hosts' names                        command
//! door.rs      lets programs of the same user in                   server
//! registry.rs  labs by number                                      server
//! elsewhere.rs says so where the system has no network namespaces
//! ```
//!
//! The program is an ordinary process of the user who runs it: same files, same terminal, same user and group number, all else
//! as in the shell. Only its network is the lab's host, and it has no more rights there than the lab's own programs: under an
//! ordinary user's server the lab lives in a user namespace where that user and group are mapped to themselves and
//! nobody else exists (files of others appear to belong to 65534, nobody; set-user-ID programs such as sudo have no effect). Under
//! root's server there is no user namespace, and the program is root.
//!
//! The process that was `wirelab exec` becomes the program, so its exit status, signals and terminal need no care. When the lab
//! ends, whatever runs in it gets SIGHUP, and two seconds later SIGKILL (`net/helper/visitors.rs`): a process would keep the
//! lab's namespace alive.

#[cfg(namespaces)]
mod command;
#[cfg(namespaces)]
mod door;
#[cfg(not(namespaces))]
mod elsewhere;
#[cfg(namespaces)]
mod inside;
#[cfg(namespaces)]
mod meet;
#[cfg_attr(not(namespaces), allow(dead_code))]
mod registry;
#[cfg_attr(not(namespaces), allow(dead_code))]
mod talk;

#[cfg(namespaces)]
pub use command::run;
#[cfg(namespaces)]
pub(crate) use door::Doorkeeper;
#[cfg(not(namespaces))]
pub(crate) use elsewhere::Doorkeeper;
#[cfg(not(namespaces))]
pub use elsewhere::run;
pub(crate) use registry::{Registered, Registry};

use std::ffi::OsString;

/// The arguments of `wirelab exec`.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = HELP)]
pub struct ExecArgs {
    /// The lab's number: the page shows it where it names the network, and --list does
    #[arg(value_name = "LAB", required_unless_present = "list")]
    pub lab: Option<u32>,
    /// The lab's host to run in; may be left out where there is only one
    #[arg(value_name = "HOST")]
    pub host: Option<String>,
    /// The program and its arguments
    #[arg(value_name = "CMD", last = true, required_unless_present = "list")]
    pub command: Vec<OsString>,
    /// Say which labs are open, their hosts and addresses, and for how long
    #[arg(long, conflicts_with_all = ["lab", "host", "command"])]
    pub list: bool,
    /// Which server, if several of yours run here: the port of its pages
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
}

const HELP: &str = "\
Only the user who runs wirelab serve can do this, on the same machine. The program has that user's files, terminal and \
rights as always; only its network is the lab's. Names of the lab's hosts resolve, localhost is the lab's host itself, and \
nothing outside of the lab can be reached. When the lab is closed or reset, the program gets SIGHUP, and SIGKILL two \
seconds later if it goes on.

Exit status: the program's; 126 if it cannot be executed, 127 if there is none, 2 if there is no such lab.

Examples:
  wirelab exec --list
  wirelab exec 3 -- python3 server.py
  wirelab exec 3 client -- curl http://server:8000/";
