//! The server's side: a socket of this user's, which lets programs of the same user into labs.
//!
//! What it gives away (a descriptor of a lab's network namespace, and of the user namespace that the lab lives in) is nothing
//! that this user could not have anyway, but it must not be had by others: the directory and the socket are the user's
//! alone, the kernel says who connects (SO_PEERCRED), and no page and no other machine can speak to an AF_UNIX socket.

use super::meet;
use super::registry::{Entry, Registry};
use super::talk::{self, Answer, Ask};
use crate::net::{Door, Guest};
use crate::sys;
use protocol::{HostId, Network};
use std::fs::{self, Permissions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Interest};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Conversations at once; each takes milliseconds.
const CONVERSATIONS: usize = 32;
/// How long a conversation may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The open socket. Dropping it closes and removes it; programs that are in a lab already stay there.
pub(crate) struct Doorkeeper {
    path: PathBuf,
    task: JoinHandle<()>,
    registry: Registry,
}

impl Doorkeeper {
    /// Opens the socket of the server whose pages are on this port. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// There is no place for it.
    pub(crate) fn open(port: u16, registry: &Registry) -> io::Result<Self> {
        let directory = meet::directory()?;
        meet::sweep(&directory);
        let name = meet::socket_name(port);
        let (path, new) = (directory.join(&name), directory.join(format!(".{name}")));
        // Left by a process that had the same number.
        let _ = fs::remove_file(&new);
        let listener = UnixListener::bind(&new)?;
        fs::set_permissions(&new, Permissions::from_mode(0o600))?;
        fs::rename(&new, &path)?;
        registry.is_asked(true);
        Ok(Self {
            path,
            task: tokio::spawn(accept(listener, registry.clone())),
            registry: registry.clone(),
        })
    }
}

impl Drop for Doorkeeper {
    fn drop(&mut self) {
        self.registry.is_asked(false);
        self.task.abort();
        let _ = fs::remove_file(&self.path);
    }
}

async fn accept(listener: UnixListener, registry: Registry) {
    let free = Arc::new(Semaphore::new(CONVERSATIONS));
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptors left.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let registry = registry.clone();
        tokio::spawn(async move {
            let talked = timeout(PATIENCE, converse(stream, &registry)).await;
            drop(permit);
            if let Ok(Ok(Some((process, guest)))) = talked {
                sys::ended(process).await;
                drop(guest);
            }
        });
    }
}

/// One conversation; the program that has gone in and what keeps it known to the lab.
async fn converse(stream: UnixStream, registry: &Registry) -> io::Result<Option<(OwnedFd, Guest)>> {
    let peer = stream.peer_cred()?;
    if peer.uid() != sys::own_user().0 {
        // The socket's mode keeps others out already.
        return Ok(None);
    }
    let mut stream = BufReader::new(stream);
    let (lab, host) = match hear(&mut stream).await? {
        Some(Ask::List) => {
            answer(&mut stream, &Answer::Labs(registry.list())).await?;
            return Ok(None);
        }
        Some(Ask::Enter { lab, host }) => (lab, host),
        Some(Ask::Inside) | None => return Ok(None),
    };
    let found = find(registry, lab, host.as_deref());
    let (entry, place) = match found {
        Ok(found) => found,
        Err(why) => {
            answer(&mut stream, &Answer::No(why)).await?;
            return Ok(None);
        }
    };
    let dialer = entry.dialer.clone();
    // The helper is asked, which takes some tenths of a millisecond.
    let door = tokio::task::spawn_blocking(move || {
        let host = HostId(u8::try_from(place).unwrap_or(u8::MAX));
        dialer.door(host)
    });
    let door = match door.await.map_err(io::Error::other)? {
        Ok(Some(door)) => door,
        Ok(None) => {
            answer(&mut stream, &Answer::No(no_door(lab, entry.network))).await?;
            return Ok(None);
        }
        Err(why) => {
            answer(&mut stream, &Answer::No(why)).await?;
            return Ok(None);
        }
    };
    let hosts = entry.hosts.clone();
    let entrance = talk::line(&Answer::Entrance { hosts, place });
    give(stream.get_ref(), &entrance, &door).await?;
    drop(door);
    if hear(&mut stream).await? != Some(Ask::Inside) {
        return Ok(None);
    }
    // Asked only now: whoever is inside when the lab ends is ended with it, and whoever comes later is stopped here.
    if !entry.dialer.is_open() {
        let ended = format!("Lab {lab} has just ended.");
        answer(&mut stream, &Answer::No(ended)).await?;
        return Ok(None);
    }
    let guest = entry.dialer.guest();
    let process = peer.pid().and_then(|pid| sys::open_process(pid).ok());
    answer(&mut stream, &Answer::Go).await?;
    Ok(process.map(|process| (process, guest)))
}

/// The lab and the host's place in it.
fn find(registry: &Registry, lab: u32, host: Option<&str>) -> Result<(Entry, usize), String> {
    let Some(entry) = registry.get(lab) else {
        let open: Vec<String> = registry.list().iter().map(|lab| lab.number.to_string()).collect();
        return Err(match open.as_slice() {
            [] => format!("There is no lab {lab}: no lab is open. Open one in the page first."),
            [one] => format!("There is no lab {lab}; lab {one} is open."),
            several => format!("There is no lab {lab}; open ones are {}.", several.join(", ")),
        });
    };
    let names: Vec<&str> = entry.hosts.iter().map(|host| host.name.as_str()).collect();
    let place = match host {
        Some(name) => names.iter().position(|known| known.eq_ignore_ascii_case(name)),
        None if names.len() == 1 => Some(0),
        None => {
            return Err(format!(
                "Lab {lab} has several hosts; say which one: {}.",
                names.join(", ")
            ));
        }
    };
    match place {
        Some(place) => Ok((entry, place)),
        None => Err(format!(
            "Lab {lab} has no host {:?}; it has {}.",
            host.unwrap_or_default(),
            names.join(", ")
        )),
    }
}

/// Why a lab has no way in.
fn no_door(lab: u32, network: Network) -> String {
    match network {
        Network::Live => format!(
            "Lab {lab} is on the live network, which is this machine's own: run the program without wirelab exec."
        ),
        _ => format!(
            "Lab {lab} shares this machine's loopback, because it could have no network of its own (wirelab check says why); \
             a program of yours cannot be told from others there."
        ),
    }
}

/// The next line; `None` when the other end has gone, or says nothing that could be understood.
async fn hear(stream: &mut BufReader<UnixStream>) -> io::Result<Option<Ask>> {
    let mut line = String::new();
    stream.take(talk::ASK).read_line(&mut line).await?;
    Ok(protocol::read::from_json(line.as_bytes()).ok())
}

async fn answer(stream: &mut BufReader<UnixStream>, answer: &Answer) -> io::Result<()> {
    stream.write_all(&talk::line(answer)).await
}

/// A line with descriptors beside it.
async fn give(stream: &UnixStream, line: &[u8], door: &Door) -> io::Result<()> {
    let namespaces = [Some(&door.network), door.user.as_ref()];
    let namespaces: Vec<_> = namespaces.into_iter().flatten().map(AsFd::as_fd).collect();
    let send = || sys::send_with_fds(stream.as_fd(), line, &namespaces).map_err(io::Error::from);
    stream.async_io(Interest::WRITABLE, send).await
}
