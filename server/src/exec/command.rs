//! The command itself: it looks for the server of the same user, goes into the lab and becomes the program.

use super::ExecArgs;
use super::inside;
use super::meet::{self, Found};
use super::talk::{self, Answer, Ask, KnownLab};
use crate::sys;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

pub(super) const OTHER_VERSION: &str =
    "The server speaks another version of Wirelab: start it again with this one.";

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Becomes the program; comes back only if that cannot be. The process must have one thread: a user namespace cannot be
/// entered by several.
pub fn run(args: &ExecArgs) -> ExitCode {
    match enter(args) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("wirelab: {why}");
            ExitCode::from(2)
        }
    }
}

fn enter(args: &ExecArgs) -> Result<ExitCode, String> {
    let mut servers = meet::servers();
    if let Some(port) = args.port {
        servers.retain(|server| server.port == port);
    }
    if servers.is_empty() {
        return Err(match args.port {
            Some(port) => format!("No wirelab serve of yours has its pages on port {port}."),
            None => "No wirelab serve of yours runs on this machine.".to_owned(),
        });
    }
    let Some(lab) = args.lab else {
        return list(servers);
    };
    let mut server = Talk::with(choose(servers, lab)?)?;
    let host = args.host.clone();
    server.say(&Ask::Enter { lab, host })?;
    let (hosts, place) = inside::entrance(server.hear()?)?;
    let mut namespaces = std::mem::take(&mut server.fds).into_iter();
    let network = namespaces.next().ok_or(OTHER_VERSION)?;
    let user = namespaces.next();
    inside::enter(&network, user.as_ref())
        .map_err(|(call, errno)| format!("The lab cannot be entered: {call} failed: {errno}."))?;
    if let Err((call, errno)) = inside::know_names(&hosts, place, &server.directory)
        && hosts.len() > 1
    {
        eprintln!(
            "wirelab: hosts have no names in there, because {call} failed: {errno}. {}.",
            inside::addresses_in_words(&hosts)
        );
    }
    server.say(&Ask::Inside)?;
    match server.hear()? {
        Answer::Go => {}
        Answer::No(why) => return Err(why),
        _ => return Err(OTHER_VERSION.to_owned()),
    }
    drop(server);
    Ok(become_program(&args.command))
}

/// Executes the program in this process. What comes back is the exit status that shells have for the failure.
fn become_program(command: &[OsString]) -> ExitCode {
    let Some((program, arguments)) = command.split_first() else {
        return ExitCode::from(2);
    };
    let error = Command::new(program).args(arguments).exec();
    let name = program.to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound {
        eprintln!("wirelab: {name}: command not found");
        return ExitCode::from(127);
    }
    eprintln!("wirelab: {name} cannot be executed: {error}");
    ExitCode::from(126)
}

/// The server that has this lab.
fn choose(mut servers: Vec<Found>, lab: u32) -> Result<Found, String> {
    if servers.len() > 1 {
        let all: Vec<String> = servers.iter().map(|server| server.port.to_string()).collect();
        let mut having = Vec::new();
        for server in servers {
            let (port, directory) = (server.port, server.directory.clone());
            let known = Talk::with(server)?.labs()?;
            if known.iter().any(|known| known.number == lab) {
                having.push((port, directory));
            }
        }
        let [(port, _)] = having.as_slice() else {
            return Err(format!(
                "Several servers of yours run here; say which one by --port: {}.",
                all.join(", ")
            ));
        };
        servers = meet::servers();
        servers.retain(|server| server.port == *port);
    }
    let gone = || "The server has just ended.".to_owned();
    servers.pop().ok_or_else(gone)
}

fn list(servers: Vec<Found>) -> Result<ExitCode, String> {
    let several = servers.len() > 1;
    let mut text = String::new();
    for server in servers {
        let port = server.port;
        let labs = Talk::with(server)?.labs()?;
        if several {
            text.push_str(&format!("port {port}:\n"));
        }
        if labs.is_empty() {
            text.push_str("No lab is open.\n");
        }
        for lab in labs {
            text.push_str(&in_words(&lab));
        }
    }
    // A reader that has gone away (head) is no error.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

/// `lab 3   kernel     open for 12 min   client (10.0.0.1, fd00::1), server (10.0.0.2, fd00::2)`
fn in_words(lab: &KnownLab) -> String {
    let hosts = lab.hosts.iter().map(|host| match host.addresses.as_slice() {
        [] => host.name.clone(),
        some => format!("{} ({})", host.name, some.join(", ")),
    });
    let hosts: Vec<String> = hosts.collect();
    let open = match lab.seconds {
        seconds @ 0..=99 => format!("{seconds} s"),
        seconds @ 100..=5999 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    };
    format!(
        "lab {:<3} {:<9} open for {open:<7} {}\n",
        lab.number,
        lab.network.name(),
        hosts.join(", ")
    )
}

/// A conversation with a server.
struct Talk {
    stream: std::os::unix::net::UnixStream,
    directory: std::path::PathBuf,
    /// Read and not yet a whole line.
    rest: Vec<u8>,
    /// What came beside the lines.
    fds: Vec<OwnedFd>,
}

impl Talk {
    fn with(server: Found) -> Result<Self, String> {
        let failed = |error: io::Error| format!("The server cannot be spoken to: {error}.");
        let peer = sys::peer_user(server.stream.as_fd()).map_err(|errno| failed(errno.into()))?;
        if peer != sys::own_user().0 {
            return Err("What listens there is not a server of yours.".to_owned());
        }
        server.stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        Ok(Self {
            stream: server.stream,
            directory: server.directory,
            rest: Vec::new(),
            fds: Vec::new(),
        })
    }

    fn say(&mut self, ask: &Ask) -> Result<(), String> {
        let said = self.stream.write_all(&talk::line(ask));
        said.map_err(|error| format!("The server has gone: {error}."))
    }

    fn hear(&mut self) -> Result<Answer, String> {
        let mut room = [0; 4096];
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return protocol::read::from_json(&line).map_err(|_| OTHER_VERSION.to_owned());
            }
            let (n, fds) = sys::receive_with_fds(self.stream.as_fd(), &mut room)
                .map_err(|errno| format!("The server does not answer: {errno}."))?;
            if n == 0 {
                return Err("The server has gone.".to_owned());
            }
            self.fds.extend(fds);
            self.rest.extend_from_slice(&room[..n]);
        }
    }

    fn labs(&mut self) -> Result<Vec<KnownLab>, String> {
        self.say(&Ask::List)?;
        match self.hear()? {
            Answer::Labs(labs) => Ok(labs),
            Answer::No(why) => Err(why),
            _ => Err(OTHER_VERSION.to_owned()),
        }
    }
}
