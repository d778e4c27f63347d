//! The server's side of the helper.

use super::request::{self, Answer, FailedCall, MESSAGE, Request};
use super::shape::Device;
use super::visitors;
use crate::net::lock;
use crate::sys::{self, Errno, WireEnd};
use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

/// Why there is no namespace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HelperError {
    /// A call that makes namespaces failed.
    #[error("{call} failed: {errno}", call = .0.call, errno = .0.errno)]
    Call(FailedCall),
    /// The helper did not start.
    #[error("the helper process could not be started: {0}")]
    Start(String),
    /// It is not there any more, or does not answer.
    #[error("the helper process has ended")]
    Gone,
}

/// What somebody wants to do when the helper dies.
type OnDeath = Box<dyn FnOnce() + Send>;

/// A running helper. It ends when the last user drops it.
pub(crate) struct Helper {
    /// `None` once the helper is gone. Held through a request and its answer.
    channel: Mutex<Option<OwnedFd>>,
    /// By namespace.
    on_death: Mutex<HashMap<u32, OnDeath>>,
    /// The process id, for messages and tests.
    pid: u32,
}

/// How long the helper may take for one request, seconds. It takes milliseconds.
const PATIENCE: i64 = 10;

impl Helper {
    /// Starts `executable` as the helper and waits until it says that it can work.
    pub(crate) fn start(executable: &Path) -> Result<Arc<Self>, HelperError> {
        let (ours, theirs) = sys::seqpacket_pair().map_err(|errno| HelperError::Start(errno.to_string()))?;
        let patience = [PATIENCE.to_ne_bytes(), 0_i64.to_ne_bytes()].concat();
        let _ = sys::set_option(ours.as_fd(), libc::SOL_SOCKET, libc::SO_RCVTIMEO, &patience);
        let child = Command::new(executable)
            .arg(super::ARGUMENT)
            .env_clear()
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            // Ctrl-C in a terminal goes to the whole group; the helper shall end after the server, not before.
            .process_group(0)
            .spawn()
            .map_err(|e| HelperError::Start(format!("{}: {e}", executable.display())))?;
        let pid = child.id();
        let helper = Arc::new(Self {
            channel: Mutex::new(Some(ours)),
            on_death: Mutex::default(),
            pid,
        });
        // Heard before it is waited for: one that cannot work says why, and ends at once.
        let heard = helper.hear();
        reap(child, Arc::downgrade(&helper));
        heard.map(|()| helper)
    }

    /// Its process id.
    pub(crate) const fn pid(&self) -> u32 {
        self.pid
    }

    /// Is it still there?
    pub(crate) fn is_alive(&self) -> bool {
        lock(&self.channel).is_some()
    }

    /// A new namespace with only `lo` in it.
    pub(crate) fn open(self: &Arc<Self>) -> Result<Namespace, HelperError> {
        let (number, fds) = self.ask(Request::Open)?;
        let diag = fds.into_iter().next().ok_or(HelperError::Gone)?;
        Ok(self.namespace(number, diag))
    }

    /// A host on a wire, and the wire's end: its `place` among the lab's hosts, and whether it is the only one.
    pub(crate) fn open_host(
        self: &Arc<Self>,
        place: u8,
        alone: bool,
        device: Device,
    ) -> Result<(Namespace, WireEnd), HelperError> {
        let numbers = [i32::from(place), i32::from(alone), request::device_number(device)];
        let (number, fds) = self.ask(Request::OpenHost(numbers))?;
        let mut fds = fds.into_iter();
        let (diag, wire) = fds.next().zip(fds.next()).ok_or(HelperError::Gone)?;
        Ok((self.namespace(number, diag), WireEnd::from(wire)))
    }

    /// Waits until everything that it was told before is done.
    pub(crate) fn settle(&self) -> Result<(), HelperError> {
        self.ask(Request::Settle).map(drop)
    }

    fn namespace(self: &Arc<Self>, number: u32, diag: OwnedFd) -> Namespace {
        Namespace {
            helper: Arc::clone(self),
            number,
            diag,
            visited: OnceLock::new(),
        }
    }

    fn ask(&self, request: Request) -> Result<(u32, Vec<OwnedFd>), HelperError> {
        let mut channel = lock(&self.channel);
        let asked = match channel.as_ref() {
            None => Err(HelperError::Gone),
            Some(fd) => sys::send_with_fds(fd.as_fd(), &request.to_bytes(), &[])
                .map_err(|_| HelperError::Gone)
                .and_then(|()| answer(fd.as_fd())),
        };
        if matches!(asked, Err(HelperError::Gone)) {
            // Never read a late answer as the answer to the next request.
            *channel = None;
        }
        asked
    }

    /// The first word of a new helper.
    fn hear(&self) -> Result<(), HelperError> {
        let channel = lock(&self.channel);
        channel
            .as_ref()
            .ok_or(HelperError::Gone)
            .and_then(|fd| answer(fd.as_fd()))
            .map(drop)
    }

    fn tell(&self, request: Request) {
        if let Some(fd) = lock(&self.channel).as_ref() {
            let _ = sys::send_with_fds(fd.as_fd(), &request.to_bytes(), &[]);
        }
    }

    fn died(&self) {
        *lock(&self.channel) = None;
        let all = std::mem::take(&mut *lock(&self.on_death));
        all.into_values().for_each(|act| act());
    }
}

/// Waits for the child in a thread of its own, so that it never stays a zombie and its death is known at once.
fn reap(mut child: Child, helper: std::sync::Weak<Helper>) {
    let waiting = thread::Builder::new()
        .name("helper-reaper".into())
        .spawn(move || {
            let _ = child.wait();
            if let Some(helper) = helper.upgrade() {
                helper.died();
            }
        });
    // Without the thread only the notice comes later: at the next request.
    drop(waiting);
}

fn answer(channel: BorrowedFd<'_>) -> Result<(u32, Vec<OwnedFd>), HelperError> {
    let mut buffer = [0; MESSAGE];
    let mut all = Vec::new();
    loop {
        let (n, fds) = match sys::receive_with_fds(channel, &mut buffer) {
            Ok(received) => received,
            Err(Errno(libc::EINTR)) => continue,
            Err(_) => return Err(HelperError::Gone),
        };
        all.extend(fds);
        if &buffer[..n] == request::DESCRIPTORS {
            continue;
        }
        let answer: Answer = request::answer_from_bytes(&buffer[..n]).ok_or(HelperError::Gone)?;
        return answer.map(|number| (number, all)).map_err(HelperError::Call);
    }
}

/// A lab's network namespace. Dropping it ends everything that is left in it.
pub(crate) struct Namespace {
    helper: Arc<Helper>,
    number: u32,
    /// NETLINK_SOCK_DIAG inside.
    diag: OwnedFd,
    /// The namespace itself, once somebody was let in.
    visited: OnceLock<OwnedFd>,
}

/// What a program needs to go into a namespace.
pub(crate) struct Door {
    pub(crate) network: OwnedFd,
    /// The user namespace that has to be entered before, unless the helper is root.
    pub(crate) user: Option<OwnedFd>,
}

impl Namespace {
    /// socket(2) inside.
    pub(crate) fn socket(&self, family: i32, kind: i32, protocol: i32) -> Result<OwnedFd, HelperError> {
        let (_, fds) = self
            .helper
            .ask(Request::Socket(self.number, [family, kind, protocol]))?;
        fds.into_iter().next().ok_or(HelperError::Gone)
    }

    /// socketpair(2) inside.
    pub(crate) fn pair(
        &self,
        family: i32,
        kind: i32,
        protocol: i32,
    ) -> Result<(OwnedFd, OwnedFd), HelperError> {
        let (_, fds) = self
            .helper
            .ask(Request::Pair(self.number, [family, kind, protocol]))?;
        let mut fds = fds.into_iter();
        fds.next().zip(fds.next()).ok_or(HelperError::Gone)
    }

    /// The way in for a program of the user's. It will be ended with the namespace.
    pub(crate) fn door(&self) -> Result<Door, HelperError> {
        let (_, fds) = self.helper.ask(Request::Enter(self.number))?;
        let mut fds = fds.into_iter();
        let network = fds.next().ok_or(HelperError::Gone)?;
        if let Ok(copy) = network.try_clone() {
            // Visited before: it is the same one.
            let _ = self.visited.set(copy);
        }
        Ok(Door {
            network,
            user: fds.next(),
        })
    }

    /// A netlink socket that sees the sockets inside.
    pub(crate) fn diag(&self) -> BorrowedFd<'_> {
        self.diag.as_fd()
    }

    /// Does this when the helper dies, unless the namespace is dropped before. False: it is dead already, and nothing
    /// will be done.
    pub(crate) fn on_death(&self, act: impl FnOnce() + Send + 'static) -> bool {
        lock(&self.helper.on_death).insert(self.number, Box::new(act));
        self.helper.is_alive()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        lock(&self.helper.on_death).remove(&self.number);
        self.helper.tell(Request::Close(self.number));
        // The helper ends visitors by itself; without it nobody else does.
        if let Some(visited) = self.visited.take()
            && !self.helper.is_alive()
        {
            let ending = thread::Builder::new().name("visitors".into());
            drop(ending.spawn(move || visitors::end(&[visited])));
        }
    }
}
