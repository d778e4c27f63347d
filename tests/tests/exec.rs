//! Programs that are not ours inside a lab, by `wirelab exec`: python3 talks to the page's programs over the lab's wire.
//!
//! As root everything is done a second time as an ordinary user, whose labs live in a user namespace.

use anyhow::{Context as _, Result, bail, ensure};
use engine::session::{Command as Do, LabSpec, Rest, World};
use protocol::wire::Fate;
use protocol::{EventKind, Network, PacketId, WireAction, WireNews};
use std::fs::{self, Permissions};
use std::future::Future;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use wirelab_tests::native_page::NativePage;
use wirelab_tests::server::{Wirelab, binary};
use wirelab_tests::{judge, root};

/// A user that nobody else is.
const ORDINARY: u32 = 61433;

/// Who runs the server and the command.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// Whoever runs this test.
    We,
    /// Somebody without any rights.
    Ordinary,
}

fn own_uid() -> u32 {
    fs::metadata("/proc/self").map_or(0, |m| m.uid())
}

/// Us, and as root the ordinary user too.
fn everybody() -> Vec<Who> {
    match own_uid() {
        0 => vec![Who::We, Who::Ordinary],
        _ => vec![Who::We],
    }
}

impl Who {
    fn uid(self) -> u32 {
        match self {
            Self::We => own_uid(),
            Self::Ordinary => ORDINARY,
        }
    }

    /// Runs a program as this user, with `home` as the place for sockets.
    fn command(self, program: &Path, home: &Path) -> Command {
        let mut command = match self {
            Self::We => Command::new(program),
            Self::Ordinary => {
                let mut command = Command::new("setpriv");
                command
                    .args([format!("--reuid={ORDINARY}"), format!("--regid={ORDINARY}")])
                    .args(["--clear-groups", "--inh-caps=-all", "--bounding-set=-all"])
                    .arg(program)
                    // Where everybody may look for python3.
                    .env("PATH", "/usr/local/bin:/usr/bin:/bin");
                command
            }
        };
        command
            .current_dir("/")
            .env("XDG_RUNTIME_DIR", home)
            // Where it would be looked for otherwise: other tests have servers there.
            .env("TMPDIR", home)
            .stdin(Stdio::null());
        command
    }
}

/// A server of somebody's with a folder for its socket.
struct Ground {
    who: Who,
    server: Wirelab,
    binary: PathBuf,
    home: PathBuf,
    /// Also holds an empty site: no page is asked for.
    _folder: TempDir,
}

impl Ground {
    fn new(who: Who) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (home, site, copy) = (
            folder.path().join("run"),
            folder.path().join("site"),
            folder.path().join("wirelab"),
        );
        fs::create_dir(&home)?;
        fs::create_dir(&site)?;
        // A copy that everybody may read, wherever this was built.
        fs::copy(binary(), &copy)?;
        for open in [folder.path(), &site, &copy] {
            fs::set_permissions(open, Permissions::from_mode(0o755))?;
        }
        fs::set_permissions(&home, Permissions::from_mode(0o700))?;
        if who == Who::Ordinary {
            std::os::unix::fs::chown(&home, Some(ORDINARY), Some(ORDINARY))?;
        }
        Ok(Self {
            who,
            server: Wirelab::launch(who.command(&copy, &home), Some(&site), &[])?,
            binary: copy,
            home,
            _folder: folder,
        })
    }

    /// Opens a page with these programs; the lab's number.
    async fn page(&self, spec: LabSpec) -> Result<(NativePage, u32)> {
        let address = self.server.url().trim_start_matches("http://");
        let page = NativePage::open(address, spec, world()).await?;
        let network = page.session().network().context("the lab has a network")?;
        let number = network.number.context("the page is told the lab's number")?;
        Ok((page, number))
    }

    /// `wirelab exec ARGS` by somebody.
    fn exec_as(&self, who: Who, args: &[&str]) -> tokio::process::Command {
        let mut command = who.command(&self.binary, &self.home);
        command.arg("exec").args(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true);
        command
    }

    /// `wirelab exec ARGS`, while the page goes on.
    async fn exec(&self, page: &mut NativePage, args: &[&str]) -> Result<Output> {
        let mut command = self.exec_as(self.who, args);
        Ok(meanwhile(page, command.output()).await??)
    }

    /// Where the server's socket lies.
    fn socket(&self) -> Result<PathBuf> {
        let mut found = fs::read_dir(self.home.join("wirelab"))?;
        let entry = found.next().context("the server has a socket")??;
        ensure!(found.next().is_none(), "and only one");
        Ok(entry.path())
    }
}

const fn world() -> World {
    World {
        unix_nanos: 0,
        seed: 1,
    }
}

/// Waits for something else while the page goes on.
async fn meanwhile<T>(page: &mut NativePage, what: impl Future<Output = T>) -> Result<T> {
    let mut what = std::pin::pin!(what);
    loop {
        tokio::select! {
            done = &mut what => return Ok(done),
            turned = page.turn() => turned?,
        }
    }
}

/// Programs of the lab with this name in the book.
fn book(lab: &str, programs: &[&str]) -> Result<LabSpec> {
    let mut all = Vec::new();
    for name in programs {
        all.push((
            (*name).to_owned(),
            format!("{name}.py"),
            source(&format!("{lab}/{name}.py"))?,
        ));
    }
    Ok(LabSpec::from_programs(all)?)
}

fn source(path: &str) -> Result<String> {
    Ok(fs::read_to_string(root().join("book/labs").join(path))?)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// It went well and printed this.
fn succeeded(out: &Output) -> Result<String> {
    ensure!(
        out.status.success(),
        "{}: {}{}",
        out.status,
        text(&out.stdout),
        text(&out.stderr)
    );
    Ok(text(&out.stdout))
}

/// It failed with this status, and one sentence that has this in it.
fn failed(out: &Output, status: i32, words: &str) -> Result<()> {
    let said = text(&out.stderr);
    ensure!(out.status.code() == Some(status), "{}: {said}", out.status);
    ensure!(said.lines().count() == 1 && said.contains(words), "{said:?}");
    Ok(())
}

/// The packets that the page was told of: number and what became of it at once.
fn packets(page: &NativePage) -> Vec<(PacketId, Fate)> {
    let events = page.session().timeline().events();
    let sent = events.iter().filter_map(|event| match &event.kind {
        EventKind::Wire {
            news: WireNews::Sent { packet, fate, .. },
            ..
        } => Some((*packet, *fate)),
        _ => None,
    });
    sent.collect()
}

/// What the page's program has printed.
fn printed(page: &NativePage) -> String {
    let events = page.session().timeline().events();
    let output = events.iter().filter_map(|event| match &event.kind {
        EventKind::Output { data, .. } => Some(String::from_utf8_lossy(&data.0)),
        _ => None,
    });
    output.collect()
}

/// Lets the lab's echo server run until it waits, and python3 be its client, to both ends.
async fn echo(ground: &Ground, page: &mut NativePage, lab: u32) -> Result<()> {
    page.command(Do::Run(None)).await?;
    page.until(|rest| *rest == Rest::Blocked).await?;
    let client = source("tcp-echo/client.py")?;
    let out = ground
        .exec(page, &[&lab.to_string(), "--", "python3", "-c", &client])
        .await?;
    ensure!(
        succeeded(&out)?.contains("Received b'Is anybody out there?'"),
        "{out:?}"
    );
    page.until(|rest| *rest == Rest::Ended).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_talks_to_a_server_of_the_page() -> Result<()> {
    let Some(_) = judge::python() else { return Ok(()) };
    for who in everybody() {
        let ground = Ground::new(who)?;
        let (mut page, lab) = ground.page(book("tcp-echo", &["server"])?).await?;
        echo(&ground, &mut page, lab)
            .await
            .with_context(|| format!("{who:?}"))?;
        ensure!(
            printed(&page).contains("Received b'Is anybody out there?'"),
            "{}",
            printed(&page)
        );
        // Handshake, text and echo with their acknowledgements, close: all of it crossed the wire.
        ensure!(packets(&page).len() >= 9, "{:?}", packets(&page));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_the_page_talks_to_python_and_its_packets_are_held() -> Result<()> {
    let Some(_) = judge::python() else { return Ok(()) };
    for who in everybody() {
        let ground = Ground::new(who)?;
        let mut spec = book("tcp-echo", &["client"])?;
        spec.held = true;
        let (mut page, lab) = ground.page(spec).await?;
        let server = source("tcp-echo/server.py")?;
        let mut command = ground.exec_as(who, &[&lab.to_string(), "--", "python3", "-u", "-c", &server]);
        let mut server = command.spawn()?;
        let out = server.stdout.take().context("piped")?;
        let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(out));
        let mut heard = String::new();
        while !heard.contains("Waiting for a client") {
            let line = meanwhile(&mut page, lines.next_line()).await??;
            heard += &line.context("the server has ended")?;
        }
        page.command(Do::Run(None)).await?;
        // Whatever waits is let go, one packet after the other, until both programs have ended.
        let mut delivered = 0;
        let began = Instant::now();
        loop {
            let events = page.session().timeline().events();
            if let Some(packet) = waiting(events) {
                page.command(Do::Wire(WireAction::Deliver { packet })).await?;
                while waiting(page.session().timeline().events()) == Some(packet) {
                    page.turn().await?;
                }
                delivered += 1;
                continue;
            }
            if server.try_wait()?.is_some() && page.session().rest() == Rest::Ended {
                break;
            }
            ensure!(began.elapsed() < Duration::from_secs(30), "{delivered} packets");
            let _ = tokio::time::timeout(Duration::from_millis(20), page.turn()).await;
        }
        while let Some(line) = lines.next_line().await? {
            heard += &line;
        }
        ensure!(heard.contains("A client has come from ('127.0.0.1'"), "{heard}");
        ensure!(heard.contains("Received b'Is anybody out there?'"), "{heard}");
        ensure!(
            printed(&page).contains("Received b'Is anybody out there?'"),
            "{}",
            printed(&page)
        );
        ensure!(delivered >= 9, "{delivered} packets were held");
        // Those of the page's program have its name, those of python3 have none.
        let named: Vec<bool> = page
            .session()
            .timeline()
            .events()
            .iter()
            .filter(|event| {
                let EventKind::Wire { news, .. } = &event.kind else {
                    return false;
                };
                matches!(news, WireNews::Sent { .. })
            })
            .map(|event| event.program.is_some())
            .collect();
        ensure!(
            named.len() == delivered && named.starts_with(&[true, false, true]),
            "{named:?}"
        );
    }
    Ok(())
}

/// The first packet that waits on the wire.
fn waiting(events: &[protocol::Event]) -> Option<PacketId> {
    let mut waiting = Vec::new();
    for event in events {
        match &event.kind {
            EventKind::Wire {
                news:
                    WireNews::Sent {
                        packet,
                        fate: Fate::Held,
                        ..
                    },
                ..
            } => waiting.push(*packet),
            EventKind::Wire {
                news: WireNews::Now { packet, .. },
                ..
            } => waiting.retain(|id| id != packet),
            _ => {}
        }
    }
    waiting.first().copied()
}

/// Two hosts; the page's server listens on its own.
fn two_hosts() -> Result<LabSpec> {
    let source = "import socket\ns = socket.create_server(('', 9000))\nwhile True:\n    c, _ = s.accept()\n    \
                  c.sendall(socket.gethostname().encode())\n    c.close()\n";
    let program = ("server".to_owned(), "server.py".to_owned(), source.to_owned());
    let mut spec = LabSpec::from_programs([program])?;
    spec.network = Some(Network::Kernel);
    spec.hosts = vec!["client".to_owned(), "server".to_owned()];
    Ok(spec)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_have_names_inside_and_nothing_else_can_be_reached() -> Result<()> {
    let Some(_) = judge::python() else { return Ok(()) };
    for who in everybody() {
        let ground = Ground::new(who)?;
        let (mut page, lab) = ground.page(two_hosts()?).await?;
        page.command(Do::Run(None)).await?;
        page.until(|rest| *rest == Rest::Blocked).await?;
        let lab = lab.to_string();
        let port = ground.server.port();
        let script = format!(
            "import errno, os, socket\n\
             print(socket.gethostname(), os.getuid(), os.getgid())\n\
             c = socket.create_connection(('server', 9000)); print(c.getpeername()[0], c.recv(99)); c.close()\n\
             print(sorted(set(a[4][0] for a in socket.getaddrinfo('server', 9000))))\n\
             def refused(to):\n\
             \x20   try: socket.create_connection(to, timeout=5); return 'connected'\n\
             \x20   except socket.gaierror as e: return 'no name' if e.errno == socket.EAI_NONAME else repr(e)\n\
             \x20   except OSError as e: return errno.errorcode.get(e.errno, repr(e))\n\
             print(refused(('127.0.0.1', {port})), refused(('192.0.2.1', 80)), refused(('169.254.169.254', 80)),\n\
             \x20     refused(('example.org', 80)))\n\
             try: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); print('raw')\n\
             except PermissionError: print('no raw socket')\n"
        );
        let out = ground
            .exec(
                &mut page,
                &["--port", port, &lab, "client", "--", "python3", "-c", &script],
            )
            .await?;
        let said = succeeded(&out)?;
        let lines: Vec<&str> = said.lines().collect();
        ensure!(text(&out.stderr).is_empty(), "{}", text(&out.stderr));
        // Root is root in there; everybody else has no rights at all.
        let raw = if who.uid() == 0 { "raw" } else { "no raw socket" };
        let group = if who == Who::Ordinary {
            ORDINARY
        } else {
            fs::metadata("/proc/self")?.gid()
        };
        assert_eq!(
            lines,
            [
                format!("client {} {group}", who.uid()),
                "10.0.0.2 b'server'".to_owned(),
                "['10.0.0.2', 'fd00::2']".to_owned(),
                "ECONNREFUSED ENETUNREACH ENETUNREACH no name".to_owned(),
                raw.to_owned(),
            ],
            "{who:?}"
        );
        // The machine's own files are as they were.
        let hosts = fs::read_to_string("/etc/hosts")?;
        ensure!(!hosts.contains("fd00::2 server"), "{hosts}");
        let left: Vec<_> = fs::read_dir(ground.home.join("wirelab"))?.collect::<Result<_, _>>()?;
        ensure!(left.len() == 1, "only the socket: {left:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_one_sentence_and_the_status_is_the_program_s() -> Result<()> {
    for who in everybody() {
        let ground = Ground::new(who)?;
        let before = ground.exec_as(who, &["1", "--", "true"]).output().await?;
        failed(&before, 2, "There is no lab 1: no lab is open.")?;
        let (mut page, lab) = ground.page(two_hosts()?).await?;
        let lab = lab.to_string();
        let other = (lab.parse::<u32>()? + 1).to_string();
        let two = ["client", "server"];
        let cases: &[(&[&str], i32, &str)] = &[
            (&[&other, "--", "true"], 2, "is open."),
            (
                &[&lab, "--", "true"],
                2,
                "several hosts; say which one: client, server.",
            ),
            (
                &[&lab, "nobody", "--", "true"],
                2,
                "has no host \"nobody\"; it has client, server.",
            ),
            (
                &["--port", "1", &lab, "--", "true"],
                2,
                "has its pages on port 1.",
            ),
            (
                &[&lab, two[0], "--", "no-such-program"],
                127,
                "no-such-program: command not found",
            ),
            (&[&lab, two[0], "--", "/etc"], 126, "/etc cannot be executed"),
        ];
        for (args, status, words) in cases {
            failed(&ground.exec(&mut page, args).await?, *status, words)?;
        }
        let out = ground
            .exec(&mut page, &[&lab, two[1], "--", "sh", "-c", "exit 7"])
            .await?;
        ensure!(out.status.code() == Some(7), "{out:?}");
        let out = ground
            .exec(&mut page, &[&lab, two[1], "--", "sh", "-c", "kill -TERM $$"])
            .await?;
        ensure!(out.status.signal() == Some(15), "{out:?}");
        let list = succeeded(&ground.exec(&mut page, &["--list"]).await?)?;
        ensure!(
            list.contains(&format!("lab {lab} "))
                && list.contains("client (10.0.0.1, fd00::1), server (10.0.0.2, fd00::2)"),
            "{list}"
        );
        ensure!(list.contains(" kernel ") && list.contains("open for "), "{list}");
        // Reset: the number stays.
        page.command(Do::Reset).await?;
        page.until(|rest| *rest != Rest::Opening).await?;
        succeeded(&ground.exec(&mut page, &[&lab, "server", "--", "true"]).await?)?;
        drop(page);
        drop(ground.server);
        let mut command = Command::new(&ground.binary);
        command
            .env("XDG_RUNTIME_DIR", &ground.home)
            .env("TMPDIR", &ground.home)
            .args(["exec", &lab, "--", "true"]);
        if who == Who::We {
            // It was killed and could not remove its socket.
            let out = command.output()?;
            failed(&out, 2, "No wirelab serve of yours runs on this machine.")?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lab_without_a_wire_can_be_entered_too() -> Result<()> {
    let Some(_) = judge::python() else { return Ok(()) };
    let ground = Ground::new(Who::We)?;
    let mut spec = book("tcp-echo", &["server"])?;
    spec.network = Some(Network::Loopback);
    let (mut page, lab) = ground.page(spec).await?;
    echo(&ground, &mut page, lab).await?;
    ensure!(packets(&page).is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_reads_a_page_of_the_lab() -> Result<()> {
    let Some(_) = judge::curl() else { return Ok(()) };
    for who in everybody() {
        let ground = Ground::new(who)?;
        let (mut page, lab) = ground.page(book("http-by-hand", &["server"])?).await?;
        page.command(Do::Run(None)).await?;
        page.until(|rest| *rest == Rest::Blocked).await?;
        let lab = lab.to_string();
        let visit = ["curl", "--silent", "--noproxy", "*", "http://localhost:8080/"];
        let out = ground
            .exec(
                &mut page,
                &[&[lab.as_str(), "wirelab", "--"], &visit[..]].concat(),
            )
            .await?;
        assert_eq!(succeeded(&out)?, "This page was written by hand.");
    }
    Ok(())
}

/// Runs a line of a shell in a lab, with `nc` where the test has found it.
fn in_shell<'a>(lab: &'a str, line: &'a str, nc: &'a str) -> [&'a str; 7] {
    [lab, "--", "sh", "-c", line, "sh", nc]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nc_talks_to_a_server_of_the_page() -> Result<()> {
    let Some(nc) = judge::nc() else { return Ok(()) };
    let nc = nc.to_string_lossy();
    for who in everybody() {
        let ground = Ground::new(who)?;
        let (mut page, lab) = ground.page(book("tcp-echo", &["server"])?).await?;
        page.command(Do::Run(None)).await?;
        page.until(|rest| *rest == Rest::Blocked).await?;
        let lab = lab.to_string();
        // As the book has it, but for a line that nobody types here.
        let line = "echo Hello | \"$1\" -N localhost 8888";
        let out = ground.exec(&mut page, &in_shell(&lab, line, &nc)).await?;
        assert_eq!(succeeded(&out)?, "Hello\n", "{who:?}");
        page.until(|rest| *rest == Rest::Ended).await?;
        let printed = printed(&page);
        ensure!(printed.contains(r"Received b'Hello\n'"), "{printed}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_page_talks_to_nc() -> Result<()> {
    let Some(nc) = judge::nc() else { return Ok(()) };
    let nc = nc.to_string_lossy();
    let ground = Ground::new(Who::We)?;
    let (mut page, lab) = ground.page(book("tcp-echo", &["client"])?).await?;
    let lab = lab.to_string();
    let line = "echo Here | \"$1\" -N -l 8888";
    let server = ground.exec_as(Who::We, &in_shell(&lab, line, &nc)).spawn()?;
    // A socket in state 0A listens; 22B8 is 8888.
    let listens = "until grep -q ':22B8 .* 0A ' /proc/net/tcp /proc/net/tcp6; do sleep 0.05; done";
    let out = ground.exec(&mut page, &in_shell(&lab, listens, &nc)).await?;
    succeeded(&out)?;
    page.command(Do::Run(None)).await?;
    let out = meanwhile(&mut page, server.wait_with_output()).await??;
    assert_eq!(succeeded(&out)?, "Is anybody out there?");
    page.until(|rest| *rest == Rest::Ended).await?;
    let printed = printed(&page);
    ensure!(printed.contains(r"Received b'Here\n'"), "{printed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_is_let_in() -> Result<()> {
    if own_uid() != 0 {
        eprintln!("skipped: only root can be two users");
        return Ok(());
    }
    for (owner, other) in [(Who::We, Who::Ordinary), (Who::Ordinary, Who::We)] {
        let ground = Ground::new(owner)?;
        let (mut page, lab) = ground.page(two_hosts()?).await?;
        let enter = [&lab.to_string(), "client", "--", "true"];
        let out = meanwhile(&mut page, ground.exec_as(other, &enter).output()).await??;
        failed(&out, 2, "No wirelab serve of yours runs")?;
        // Even where the files stand open, the kernel says who it is.
        let socket = ground.socket()?;
        ensure!(fs::metadata(&socket)?.mode() & 0o777 == 0o600);
        let folder = socket.parent().context("a folder")?;
        ensure!(fs::metadata(folder)?.mode() & 0o777 == 0o700);
        for open in [&ground.home, folder, &socket] {
            fs::set_permissions(open, Permissions::from_mode(0o777))?;
        }
        let script = format!(
            "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect({:?})\ns.settimeout(10)\n\
             try:\n    s.sendall(b'\"list\"\\n')\n    print(s.recv(99))\nexcept OSError as e: print(b'', e)\n",
            socket.to_str().context("a name")?
        );
        if let Some(python) = judge::python() {
            // The ordinary user may not be able to read another one.
            let python = match other {
                Who::Ordinary => PathBuf::from("/usr/bin/python3"),
                Who::We => python,
            };
            let mut command = other.command(&python, &ground.home);
            command.args(["-c", &script]);
            let mut command = tokio::process::Command::from(command);
            let out = meanwhile(&mut page, command.output()).await??;
            ensure!(succeeded(&out)?.starts_with("b''"), "{out:?}");
        }
    }
    Ok(())
}

/// A connection that says nothing, or nonsense, costs nobody anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_at_the_door_is_not_answered() -> Result<()> {
    let ground = Ground::new(Who::We)?;
    let (mut page, lab) = ground.page(two_hosts()?).await?;
    let socket = ground.socket()?;
    let _silent: Vec<UnixStream> = (0..8)
        .map(|_| UnixStream::connect(&socket))
        .collect::<Result<_, _>>()?;
    for nonsense in [
        "\n",
        "\"inside\"\n",
        "{\"enter\":{\"lab\":-1}}\n",
        &"x".repeat(20_000),
    ] {
        let mut stream = UnixStream::connect(&socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        // It may be closed before all of it is written.
        let _ = std::io::Write::write_all(&mut stream, nonsense.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        ensure!(answer.is_empty(), "{nonsense:.20}: {}", text(&answer));
    }
    let enter = [&lab.to_string(), "client", "--", "echo", "in"];
    assert_eq!(succeeded(&ground.exec(&mut page, &enter).await?)?, "in\n");
    Ok(())
}

/// Processes that live in the network namespace of this one.
fn neighbours(of: u32) -> Result<Vec<u32>> {
    let namespace = fs::metadata(format!("/proc/{of}/ns/net"))?.ino();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        if let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok())
            && fs::metadata(format!("/proc/{pid}/ns/net")).is_ok_and(|m| m.ino() == namespace)
        {
            found.push(pid);
        }
    }
    Ok(found)
}

/// Starts a program that ends when it is asked to, and leaves two that do not: one ignores it, one has another parent.
async fn stubborn(
    ground: &Ground,
    page: &mut NativePage,
    lab: u32,
) -> Result<(tokio::process::Child, Vec<u32>)> {
    let script = "trap '' HUP; sleep 1000 & setsid sleep 1001 & trap - HUP; exec sleep 1002";
    let mut command = ground.exec_as(
        ground.who,
        &[&lab.to_string(), "client", "--", "sh", "-c", script],
    );
    let child = command.spawn()?;
    let pid = child.id().context("it runs")?;
    for _ in 0..500 {
        let commands = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        let all = neighbours(pid)?;
        let asleep = all.iter().filter(|pid| commands(pid) == "sleep\n").count();
        if asleep == 3 && all.len() == 3 {
            return Ok((child, all));
        }
        let pause = tokio::time::sleep(Duration::from_millis(10));
        meanwhile(page, pause).await?;
    }
    bail!("the programs have not started: {:?}", neighbours(pid)?)
}

/// Waits until none of these is there.
async fn gone(pids: &[u32]) -> Result<()> {
    for _ in 0..1000 {
        let is_there = |pid: &&u32| {
            let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            !(state.is_empty() || state.contains(") Z "))
        };
        if pids.iter().find(is_there).is_none() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("some of {pids:?} are still there")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_end_with_the_lab_whatever_ends_it() -> Result<()> {
    for who in everybody() {
        let ground = Ground::new(who)?;
        let (mut page, lab) = ground.page(two_hosts()?).await?;
        let (mut child, all) = stubborn(&ground, &mut page, lab).await?;
        page.command(Do::Reset).await?;
        page.until(|rest| *rest != Rest::Opening).await?;
        gone(&all).await?;
        ensure!(child.wait().await?.signal() == Some(1), "it was asked first");

        // The helper is killed: the lab is lost, and nobody but the server could end them.
        let (_child, all) = stubborn(&ground, &mut page, lab).await?;
        let helper = child_of(ground.server.pid(), "namespace-helper")?;
        kill(helper)?;
        gone(&all).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_end_with_a_server_that_was_killed() -> Result<()> {
    for who in everybody() {
        let ground = Ground::new(who)?;
        let (mut page, lab) = ground.page(two_hosts()?).await?;
        let (_child, all) = stubborn(&ground, &mut page, lab).await?;
        drop(ground.server);
        gone(&all).await?;
        drop(page);
    }
    Ok(())
}

/// The process that this one has started with this argument. (Whoever starts `setpriv` gets what it executes.)
fn child_of(parent: u32, argument: &str) -> Result<u32> {
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if status.contains(&format!("PPid:\t{parent}\n")) && command.contains(argument) {
            return Ok(pid);
        }
    }
    bail!("process {parent} has no child {argument}")
}

fn kill(pid: u32) -> Result<()> {
    let done = Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    ensure!(done.success());
    Ok(())
}
