//! An error where it happened: its name, one sentence, what to try, and buttons that do it.

use super::Moment;
use engine::program::text::unicode;
use engine::timeline::SocketState;
use engine::timeline::state::RaisedState;
use engine::timeline::words;
use protocol::{Address, Call, ProgramId, TcpState, errno};

/// What an error says and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The line, from 1; 0 if none is known.
    pub line: u32,
    /// The column of a syntax error, from 1.
    pub column: Option<u32>,
    /// `ECONNREFUSED`, or the exception's class.
    pub name: String,
    /// What happened, in one sentence.
    pub what: String,
    /// What to try, in one sentence.
    pub try_this: String,
    /// Buttons.
    pub actions: Vec<Action>,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Step this program until it listens.
    RunToListen(ProgramId),
    /// Start this program again.
    Again(ProgramId),
    /// Open its editor at this line.
    Edit(ProgramId, u32),
    /// Reset the lab.
    Reset,
}

impl Action {
    /// The button's words.
    pub fn label(&self, names: &[String]) -> String {
        let name = |p: &ProgramId| names.get(usize::from(p.0)).map_or("program", String::as_str);
        match self {
            Self::RunToListen(p) => format!("Run {} to listen()", name(p)),
            Self::Again(p) => format!("Run {} again", name(p)),
            Self::Edit(_, line) if *line > 0 => format!("Edit line {line}"),
            Self::Edit(..) => "Edit".into(),
            Self::Reset => "Reset the lab".into(),
        }
    }
}

/// Advice on what ended a program.
pub fn advise(moment: &Moment<'_>, program: ProgramId, raised: &RaisedState) -> Advice {
    let number = raised.errno.filter(|e| *e > 0);
    let name = number
        .and_then(errno::name)
        .map_or_else(|| raised.exception.clone(), str::to_owned);
    let plain = number.and_then(errno::plain).map(str::to_owned);
    let what = plain.unwrap_or_else(|| said(raised));
    let edit = Action::Edit(program, raised.line);
    let mut advice = Advice {
        line: raised.line,
        column: raised.column,
        name,
        what,
        try_this: "change the line and run the program again.".into(),
        actions: vec![edit.clone(), Action::Again(program)],
    };
    match (advice.name.as_str(), &raised.call) {
        ("ECONNREFUSED", call) => refused(moment, program, call.as_ref(), &mut advice),
        ("EADDRINUSE", call) => {
            if let Some(Call::Bind { addr, .. }) = call {
                advice.what = format!("{} is taken: another socket of this lab has it.", place(addr));
            }
            advice.try_this = "another port, SO_REUSEADDR before bind(), or a reset of the lab.".into();
            advice.actions = vec![edit, Action::Reset];
        }
        ("EDESTADDRREQ", _) => {
            advice.what = "This socket has no peer, so the kernel does not know whom to send to.".into();
            advice.try_this = "sendto(data, address), or connect(address) before send().".into();
        }
        ("ENOTCONN", _) => {
            advice.try_this = "connect() first; on a server, use the socket that accept() returned.".into();
        }
        ("EPIPE" | "ECONNRESET", _) => {
            advice.try_this =
                "look at what the peer did last: it closed while this side still wanted to talk.".into();
        }
        ("EBADF", _) => {
            advice.try_this = "look for a close() of this socket on an earlier line.".into();
        }
        ("EADDRNOTAVAIL", _) => {
            advice.try_this =
                "bind to '127.0.0.1', 'localhost' or '': this host has no other address.".into();
        }
        ("ENETUNREACH" | "EHOSTUNREACH", _) => {
            advice.try_this = "an address of the lab itself: 127.0.0.1, ::1 or localhost.".into();
        }
        ("EAGAIN", _) => {
            advice.try_this = "wait with select() first, or let the socket block.".into();
        }
        ("TimeoutError", _) => {
            advice.what = "The socket's own timeout has passed before the call was done.".into();
            advice.try_this = "catch it with try / except TimeoutError, or give the peer more time.".into();
        }
        ("gaierror", _) => {
            advice.what = "This name stands for no address in the lab.".into();
            let hosts = &moment.state.wire.hosts;
            advice.try_this = if hosts.len() > 1 {
                let names: Vec<_> = hosts.iter().map(|h| format!("'{}'", h.name)).collect();
                format!("one of the lab's hosts: {}.", names.join(", "))
            } else {
                "'localhost', '127.0.0.1' or the host's own name.".into()
            };
        }
        ("KeyboardInterrupt", _) => {
            advice.what = "You interrupted the program with Ctrl-C.".into();
            advice.try_this = "run it again.".into();
            advice.actions = vec![Action::Again(program)];
        }
        ("SyntaxError" | "IndentationError" | "TabError", _) => {
            advice.try_this = "mend the line and run the program again.".into();
            advice.actions = vec![edit];
        }
        _ => {}
    }
    advice
}

fn said(raised: &RaisedState) -> String {
    let text = raised.message.trim();
    if text.is_empty() {
        return "The program raised it and did not catch it.".into();
    }
    // A sentence begins with a capital, but a name of the program's is left as it is.
    let word = text.split(' ').next().unwrap_or_default();
    let begun = if word.chars().all(unicode::is_lower) {
        words::capital(text)
    } else {
        text.to_owned()
    };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{begun}{stop}")
}

fn refused(moment: &Moment<'_>, program: ProgramId, call: Option<&Call>, advice: &mut Advice) {
    if let Some(Call::Connect { addr, .. }) = call {
        advice.what = format!("Nothing listens on {}.", place(addr));
    } else {
        advice.what = "Nothing listens there.".into();
    }
    if let Some(Call::Connect { addr, .. }) = call
        && let Some((what, try_this, edit)) = elsewhere(moment, program, addr)
    {
        (advice.what, advice.try_this) = (what, try_this);
        let line = edit.map_or(Action::Edit(program, advice.line), |p| Action::Edit(p, 0));
        advice.actions = vec![line, Action::Again(program)];
        return;
    }
    let listens = |p: ProgramId| {
        moment
            .state
            .sockets_of(p)
            .any(|s| s.state() == Some(TcpState::Listen))
    };
    let could = |p: &ProgramId| {
        let source = moment
            .spec
            .programs
            .get(usize::from(p.0))
            .map_or("", |s| s.source.as_str());
        *p != program && source.contains("listen(") && !listens(*p)
    };
    let server = moment.programs().find(could);
    advice.actions = server
        .map(Action::RunToListen)
        .into_iter()
        .chain([Action::Again(program)])
        .collect();
    advice.try_this = match server {
        Some(server) => {
            format!(
                "run {} first, as far as listen(), and check the port number.",
                moment.name(server)
            )
        }
        None => "check the address and the port number on both sides.".into(),
    };
}

/// Where the lab has several hosts: somebody listens on that port, but on another host, or only for its own host. What it
/// is, what to try, and whose program to change if it is not the caller's.
fn elsewhere(
    moment: &Moment<'_>,
    program: ProgramId,
    to: &Address,
) -> Option<(String, String, Option<ProgramId>)> {
    let here = moment.host_of(program)?;
    let port = to.port()?;
    let listener = |s: &&SocketState| {
        let local = s.sample.as_ref().and_then(|s| s.local.as_ref());
        s.closed.is_none()
            && s.state() == Some(TcpState::Listen)
            && local.and_then(Address::port) == Some(port)
    };
    let mut listeners = moment.state.sockets.iter().filter(listener);
    let other = listeners.find(|s| moment.host_of(s.program).is_some_and(|h| h.name != here.name))?;
    let (name, there) = (moment.name(other.program), &moment.host_of(other.program)?.name);
    if is_loopback(to) {
        return Some((
            format!(
                "{} is always the program's own host, here {}. Nothing listens there on port {port}: {name} listens on host {there}.",
                words::capital(&said_host(to)),
                here.name
            ),
            format!("the other host's name: ('{there}', {port})."),
            None,
        ));
    }
    let local = other.sample.as_ref().and_then(|s| s.local.as_ref())?;
    is_loopback(local).then(|| {
        (
            format!(
                "{} listens on port {port}, but only for its own host: it is bound to {local}.",
                words::capital(name)
            ),
            format!("bind {name} to ('', {port}), which is every address of host {there}."),
            Some(other.program),
        )
    })
}

fn is_loopback(address: &Address) -> bool {
    match address {
        Address::Name { host, .. } => host == "localhost",
        other => other.ip().is_some_and(|ip| ip.is_loopback()),
    }
}

fn said_host(address: &Address) -> String {
    match address {
        Address::Name { host, .. } => host.clone(),
        other => other.ip().map_or_else(String::new, |ip| ip.to_string()),
    }
}

/// `127.0.0.1 port 8888`.
fn place(address: &Address) -> String {
    match (address, address.port()) {
        (Address::Name { host, .. }, Some(port)) if host.is_empty() => format!("port {port}"),
        (Address::Name { host, .. }, Some(port)) => format!("{host} port {port}"),
        (_, Some(port)) => address.ip().map_or_else(
            || words::python_address(address),
            |ip| format!("{ip} port {port}"),
        ),
        (_, None) => words::python_address(address),
    }
}
