//! The helper's own side: what runs when this binary is started again as the helper.
//!
//! One thread, no runtime. It must not outlive the server: it sees the end of its channel (also when the server was
//! killed), ends what is left in every namespace and exits. PR_SET_PDEATHSIG would not do: it follows the parent's
//! *thread*, and a runtime's threads come and go.

use super::host::{self, Site};
use super::request::{self, Answer, FailedCall, MESSAGE, Request};
use super::sockdiag;
use super::visitors::{self, GRACE};
use crate::sys::{self, Errno};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

/// Serves the channel on standard input until its other end is gone.
///
/// # Errors
/// When the channel breaks in another way, or there is none.
pub fn run() -> anyhow::Result<()> {
    let channel = std::io::stdin();
    let channel = channel.as_fd();
    let (home, user) = match leave_home() {
        Ok(homes) => homes,
        Err(failed) => {
            answer(channel, &Err(failed))?;
            return Ok(());
        }
    };
    answer(channel, &Ok(0))?;
    let mut helper = Process {
        home,
        user,
        namespaces: HashMap::new(),
        visited: HashSet::new(),
        dying: Vec::new(),
        next: 1,
    };
    let mut buffer = [0; MESSAGE];
    loop {
        helper.end_dying(channel);
        let n = match sys::receive_with_fds(channel, &mut buffer) {
            Ok((0, _)) | Err(Errno(libc::ECONNRESET)) => break,
            Ok((n, _)) => n,
            Err(Errno(libc::EINTR | libc::EAGAIN)) => continue,
            Err(errno) => anyhow::bail!("the helper cannot hear its server: {errno}"),
        };
        let result = match Request::from_bytes(&buffer[..n]) {
            Some(Request::Close(number)) => {
                helper.close(number, channel);
                continue;
            }
            Some(request) => helper.serve(request),
            None => Err(failed("request")(Errno(libc::EINVAL))),
        };
        match result {
            Ok((number, fds)) => {
                if !fds.is_empty() {
                    give(channel, fds)?;
                }
                answer(channel, &Ok(number))?;
            }
            Err(failed) => answer(channel, &Err(failed))?,
        }
    }
    let all: Vec<u32> = helper.namespaces.keys().copied().collect();
    all.into_iter().for_each(|number| helper.close(number, channel));
    let dying = helper.dying.into_iter().map(|(_, namespace)| namespace);
    visitors::end(&dying.collect::<Vec<_>>());
    Ok(())
}

/// Passes descriptors on and closes our own copies, before the answer: while a copy is open here, a close() in the
/// server would not be the last one, and no FIN would be sent.
fn give(channel: BorrowedFd<'_>, fds: Vec<OwnedFd>) -> anyhow::Result<()> {
    let borrowed: Vec<BorrowedFd<'_>> = fds.iter().map(AsFd::as_fd).collect();
    sys::send_with_fds(channel, request::DESCRIPTORS, &borrowed)
        .map_err(|errno| anyhow::anyhow!("the helper cannot pass descriptors to its server: {errno}"))
}

fn answer(channel: BorrowedFd<'_>, answer: &Answer) -> anyhow::Result<()> {
    sys::send_with_fds(channel, &request::answer_to_bytes(answer), &[])
        .map_err(|errno| anyhow::anyhow!("the helper cannot answer its server: {errno}"))
}

pub(super) fn failed(call: &str) -> impl Fn(Errno) -> FailedCall {
    move |errno| FailedCall {
        call: call.to_owned(),
        errno,
    }
}

/// Goes into an empty network namespace of its own, which is where the helper waits between requests: nothing that it
/// does can touch the machine's network. Gives that namespace, and the user namespace if it took one.
fn leave_home() -> Result<(OwnedFd, Option<OwnedFd>), FailedCall> {
    // Root has the right already; in a container root may lack it and a user namespace may still give it.
    let as_root = sys::has_all_capabilities() && sys::unshare_network().is_ok();
    let mut user = None;
    if !as_root {
        let (uid, gid) = sys::own_user();
        sys::unshare_user().map_err(failed("unshare(CLONE_NEWUSER)"))?;
        map_user(uid, gid);
        user = fs::File::open("/proc/self/ns/user").ok().map(OwnedFd::from);
        sys::unshare_network().map_err(failed("unshare(CLONE_NEWNET)"))?;
    }
    // Namespaces made from here get a small table of connections of their own, so that looking one up or listing them
    // is quick. Older kernels do not have the setting.
    let _ = fs::write("/proc/sys/net/ipv4/tcp_child_ehash_entries", "256");
    // The far ends of hosts' interfaces may lie here (see `host`): IPv6 shall not greet on them.
    let _ = fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    Ok((own_namespace()?, user))
}

/// The user is the same user inside, with the same number; everybody else, root too, has none there and appears as 65534
/// (nobody). The helper does not need it, but programs that are let in (`wirelab exec`) shall know who they are.
fn map_user(uid: u32, gid: u32) {
    let _ = fs::write("/proc/self/setgroups", "deny");
    let _ = fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"));
    let _ = fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"));
}

fn own_namespace() -> Result<OwnedFd, FailedCall> {
    fs::File::open("/proc/self/ns/net")
        .map(OwnedFd::from)
        .map_err(|e| failed("open(/proc/self/ns/net)")(e.into()))
}

struct Process {
    /// Where the helper is between requests.
    home: OwnedFd,
    /// The user namespace that everything is in, unless that is the machine's.
    user: Option<OwnedFd>,
    /// One a lab.
    namespaces: HashMap<u32, OwnedFd>,
    /// Those that a program of the user's may have gone into.
    visited: HashSet<u32>,
    /// Closed ones whose visitors were asked to end, and since when.
    dying: Vec<(Instant, OwnedFd)>,
    /// The next lab's number.
    next: u32,
}

impl Process {
    fn serve(&mut self, request: Request) -> Result<(u32, Vec<OwnedFd>), FailedCall> {
        match request {
            Request::Open => self.open(|_| host::with_loopback()),
            Request::OpenHost([place, alone, device]) => self.open(|site| {
                let place = u8::try_from(place).map_err(|_| failed("host")(Errno(libc::EINVAL)))?;
                host::on_a_wire(site, place, alone != 0, request::device_from(device))
            }),
            Request::Socket(number, [family, kind, protocol]) => self
                .inside(number, || sys::socket(family, kind, protocol))
                .and_then(|made| made.map_err(failed("socket")))
                .map(|fd| (0, vec![fd])),
            Request::Pair(number, [family, kind, protocol]) => self
                .inside(number, || sys::socket_pair(family, kind, protocol))
                .and_then(|made| made.map_err(failed("socketpair")))
                .map(|(first, second)| (0, vec![first, second])),
            Request::Enter(number) => self.door(number),
            // Close has no answer and is dealt with before.
            Request::Close(_) | Request::Settle => Ok((0, Vec::new())),
        }
    }

    /// A new namespace, and what makes it a place to live.
    fn open(
        &mut self,
        furnish: impl FnOnce(&Site<'_>) -> Result<Vec<OwnedFd>, FailedCall>,
    ) -> Result<(u32, Vec<OwnedFd>), FailedCall> {
        sys::unshare_network().map_err(failed("unshare(CLONE_NEWNET)"))?;
        let made = own_namespace().and_then(|namespace| {
            let site = Site {
                here: namespace.as_fd(),
                home: self.home.as_fd(),
                number: self.next,
            };
            let fds = furnish(&site)?;
            Ok((namespace, fds))
        });
        sys::enter_network(self.home.as_fd()).map_err(failed("setns"))?;
        let (namespace, fds) = made?;
        let number = self.next;
        self.next += 1;
        self.namespaces.insert(number, namespace);
        Ok((number, fds))
    }

    /// Does something inside a lab's namespace.
    fn inside<T>(&self, number: u32, what: impl FnOnce() -> T) -> Result<T, FailedCall> {
        let namespace = self
            .namespaces
            .get(&number)
            .ok_or_else(|| failed("namespace")(Errno(libc::ENOENT)))?;
        sys::enter_network(namespace.as_fd()).map_err(failed("setns"))?;
        let done = what();
        sys::enter_network(self.home.as_fd()).map_err(failed("setns"))?;
        Ok(done)
    }

    /// What a program needs to go into a namespace.
    fn door(&mut self, number: u32) -> Result<(u32, Vec<OwnedFd>), FailedCall> {
        let namespace = self
            .namespaces
            .get(&number)
            .ok_or_else(|| failed("namespace")(Errno(libc::ENOENT)))?;
        let copies = [Some(namespace), self.user.as_ref()].into_iter().flatten();
        let copies = copies.map(OwnedFd::try_clone).collect::<Result<_, _>>();
        let copies = copies.map_err(|e: std::io::Error| failed("dup")(e.into()))?;
        self.visited.insert(number);
        Ok((0, copies))
    }

    fn close(&mut self, number: u32, channel: BorrowedFd<'_>) {
        // Where the kernel cannot destroy sockets, they end by themselves after some minutes.
        let _ = self.inside(number, sockdiag::destroy_all);
        let namespace = self.namespaces.remove(&number);
        if self.visited.remove(&number)
            && let Some(namespace) = namespace
        {
            visitors::signal(std::slice::from_ref(&namespace), libc::SIGHUP);
            self.dying.push((Instant::now(), namespace));
            wake_every(channel, GRACE.as_secs());
        }
    }

    /// Ends visitors that did not end when they were asked to.
    fn end_dying(&mut self, channel: BorrowedFd<'_>) {
        if self.dying.is_empty() {
            return;
        }
        let (late, dying) = std::mem::take(&mut self.dying)
            .into_iter()
            .partition(|(since, _)| since.elapsed() >= GRACE);
        self.dying = dying;
        let late: Vec<OwnedFd> = Vec::into_iter(late).map(|(_, namespace)| namespace).collect();
        visitors::signal(&late, libc::SIGKILL);
        if self.dying.is_empty() {
            wake_every(channel, 0);
        }
    }
}

/// Ends a wait for requests after so many seconds with EAGAIN; 0: never.
fn wake_every(channel: BorrowedFd<'_>, seconds: u64) {
    let time = [seconds.cast_signed().to_ne_bytes(), 0_i64.to_ne_bytes()].concat();
    let _ = sys::set_option(channel, libc::SOL_SOCKET, libc::SO_RCVTIMEO, &time);
}
