//! How much the bridge costs beside the plain things that it is made of: `cargo xtask bench` prints the lines.
//!
//! Each line of output is `name<TAB>figure<TAB>limit<TAB>ok|over`. Servers are processes of their own. Everything that is
//! compared is pinned to one and the same core, so that the scheduler's luck is not what is measured:
//!
//! ```text
//! this program ──ws──▶ wirelab serve ──▶ a lab's sockets ──▶ back        against
//! this program ──ws──▶ this program as `echo` ──▶ back                   (a small message there and back)
//! this program ──ws──▶ this program as `relay` ──tcp──tcp──▶ back        (bulk)
//! ```
//!
//! A call takes until its answer has arrived as a message; what a page makes of it afterwards is the page's own cost.

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::frame::{self, Frame};
use protocol::{Address, Call, CallId, FromPage, FromServer, Outcome, SocketId, VERSION};
use std::io::{BufRead as _, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_async, connect_async_with_config};
use wirelab_tests::server::binary;

/// A small message, bytes.
const SMALL: usize = 64;
/// Small messages there and back.
const ROUNDS: usize = 10_000;
/// So many of one kind, then so many of the other: what slows the machine for a while slows both.
const TURN: usize = 250;
/// Bytes of the bulk transfer.
const BULK: usize = 64 << 20;
/// How often.
const BULK_ROUNDS: usize = 10;
/// One send() of it, and one message to the relay.
const CHUNK: usize = 256 << 10;
/// One recv() of it, and one read of the relay.
const READ: usize = 65536;
/// Idle sessions.
const IDLE: usize = 500;
/// The core that everything runs on.
const CORE: &str = "0";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn main() -> Result<()> {
    let role = std::env::args().nth(1);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    match role.as_deref() {
        Some("echo") => runtime.block_on(plain(false)),
        Some("relay") => runtime.block_on(plain(true)),
        Some("pinned") => runtime.block_on(measure()),
        _ => {
            // The same program again, pinned; its children are pinned with it.
            let this = std::env::current_exe()?;
            let status = Command::new("taskset")
                .args(["-c", CORE])
                .arg(this)
                .arg("pinned")
                .status();
            ensure!(
                status.context("taskset (util-linux) is needed")?.success(),
                "the measuring has failed"
            );
            Ok(())
        }
    }
}

async fn measure() -> Result<()> {
    let site = tempfile::tempdir()?;
    std::fs::write(site.path().join("index.html"), "")?;

    // Three times, with the other measurements between: what slows the machine for some seconds is not what counts.
    let mut small = vec![small_messages(site.path()).await?];

    let bridge = Server::wirelab(site.path())?;
    let relay = Server::plain("relay")?;
    // By turns; the best of each counts.
    let (mut ours, mut plain) = (Duration::MAX, Duration::MAX);
    for _ in 0..BULK_ROUNDS {
        ours = ours.min(bulk_calls(&bridge).await?);
        plain = plain.min(bulk_relay(&relay).await?);
    }
    let speed = |t: Duration| BULK as f64 / t.as_secs_f64() / 1e6;
    report(
        &format!(
            "bulk: plain relay ({:.0} MB/s) / over /ws ({:.0} MB/s)",
            speed(plain),
            speed(ours)
        ),
        ours.as_secs_f64() / plain.as_secs_f64(),
        2.0,
    );
    drop((bridge, relay));
    small.push(small_messages(site.path()).await?);

    let bridge = Server::wirelab(site.path())?;
    let (each, kernel) = idle_sessions(&bridge).await?;
    report(
        &format!("KB of server memory for an idle session with two sockets (kernel: {kernel:.0} KB)"),
        each,
        64.0,
    );
    drop(bridge);
    small.push(small_messages(site.path()).await?);

    let ratio = |(ours, plain): &(Duration, Duration)| ours.as_secs_f64() / plain.as_secs_f64();
    small.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let middle = small[small.len() / 2];
    let micros = |t: Duration| t.as_secs_f64() * 1e6;
    report(
        &format!(
            "64-byte send() over /ws ({:.1} us) / bare echo ({:.1} us), the middle one of {} sets",
            micros(middle.0),
            micros(middle.1),
            small.len()
        ),
        ratio(&middle),
        1.5,
    );
    Ok(())
}

/// The medians of [`ROUNDS`] small calls and of as many small echoes, by turns.
async fn small_messages(site: &Path) -> Result<(Duration, Duration)> {
    let bridge = Server::wirelab(site)?;
    let echo = Server::plain("echo")?;
    let mut page = Page::open(&bridge).await?;
    page.connection().await?;
    let mut socket = echo.connect().await?;
    let (mut ours, mut plain) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS / TURN {
        small_calls(&mut page, &mut ours).await?;
        small_echoes(&mut socket, &mut plain).await?;
    }
    Ok((median(ours), median(plain)))
}

fn report(name: &str, figure: f64, limit: f64) {
    let verdict = if figure <= limit { "ok" } else { "over" };
    println!("{name}\t{figure:.2}\t{limit}\t{verdict}");
}

/// A process to be measured.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn wirelab(site: &Path) -> Result<Self> {
        let mut command = Command::new(binary());
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(site);
        Self::start(command)
    }

    fn plain(role: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(role);
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self> {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let out = process.stdout.take().context("piped")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line
            .trim()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        ensure!(!address.is_empty(), "a server has not started: build it first");
        Ok(Self { process, address })
    }

    /// Resident memory, KB.
    fn memory(&self) -> Result<f64> {
        kilobytes(&format!("/proc/{}/status", self.process.id()), "VmRSS:")
    }

    async fn connect(&self) -> Result<Socket> {
        let config = WebSocketConfig::default()
            .read_buffer_size(8 << 10)
            .write_buffer_size(0);
        let (socket, _) =
            connect_async_with_config(format!("ws://{}/ws", self.address), Some(config), true).await?;
        Ok(socket)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn kilobytes(file: &str, name: &str) -> Result<f64> {
    let text = std::fs::read_to_string(file)?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .context("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The plain servers: a bare echo, or a relay between the WebSocket and a TCP connection that ends in itself.
async fn plain(relay: bool) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let Ok(socket) = accept_async(stream).await else {
                return;
            };
            let _ = if relay {
                serve_relay(socket).await
            } else {
                serve_echo(socket).await
            };
        });
    }
}

async fn serve_echo(mut socket: WebSocketStream<TcpStream>) -> Result<()> {
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn serve_relay(socket: WebSocketStream<TcpStream>) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut near = TcpStream::connect(listener.local_addr()?).await?;
    let (mut far, _) = listener.accept().await?;
    let (mut out, mut incoming) = socket.split();
    let down = tokio::spawn(async move {
        let mut buffer = vec![0; READ];
        loop {
            let n = far.read(&mut buffer).await?;
            if n == 0 {
                return Ok::<(), anyhow::Error>(());
            }
            out.send(Message::binary(buffer[..n].to_vec())).await?;
        }
    });
    while let Some(message) = incoming.next().await {
        if let Message::Binary(bytes) = message? {
            near.write_all(&bytes).await?;
        }
    }
    drop(near);
    down.await?
}

async fn small_echoes(socket: &mut Socket, times: &mut Vec<Duration>) -> Result<()> {
    let data = Bytes::from(vec![b'x'; SMALL]);
    for _ in 0..TURN {
        let began = Instant::now();
        socket.send(Message::Binary(data.clone())).await?;
        socket.next().await.context("no echo")??;
        times.push(began.elapsed());
    }
    Ok(())
}

async fn small_calls(page: &mut Page, times: &mut Vec<Duration>) -> Result<()> {
    for round in 0..TURN {
        let call = Call::Send {
            sock: CLIENT,
            flags: 0,
            data: vec![b'x'; SMALL].into(),
        };
        let mut began = Instant::now();
        page.start(call).await?;
        loop {
            let message = page.message().await?;
            let time = began.elapsed();
            match page.read(&message).await? {
                FromServer::Reply { outcome, .. } => {
                    times.push(time);
                    ensure!(outcome == Outcome::Sent { n: SMALL as u64 }, "send: {outcome:?}");
                    break;
                }
                // Not what was asked for: what comes next is.
                _ => began = Instant::now(),
            }
        }
        if round % 50 == 49 {
            let (sock, max, flags) = (SERVER, 1 << 20, 0);
            page.call(Call::Recv { sock, max, flags }).await?;
        }
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn bulk_relay(server: &Server) -> Result<Duration> {
    let (mut out, mut incoming) = server.connect().await?.split();
    let began = Instant::now();
    let sending = tokio::spawn(async move {
        let chunk = vec![7; CHUNK];
        for _ in 0..BULK / CHUNK {
            out.send(Message::binary(chunk.clone())).await?;
        }
        Ok::<_, anyhow::Error>(out)
    });
    let mut bytes = 0;
    while bytes < BULK {
        bytes += incoming.next().await.context("the relay has ended")??.len();
    }
    let time = began.elapsed();
    drop(sending.await??);
    Ok(time)
}

/// One send() and one recv() under way at any time, as two programs do it.
async fn bulk_calls(server: &Server) -> Result<Duration> {
    let mut page = Page::open(server).await?;
    page.connection().await?;
    let data = vec![7; CHUNK];
    let recv = || Call::Recv {
        sock: SERVER,
        max: READ as u64,
        flags: 0,
    };
    let began = Instant::now();
    let (mut sent, mut received) = (CHUNK, 0);
    page.send(&data).await?;
    page.start(recv()).await?;
    while received < BULK {
        let message = page.message().await?;
        let Message::Binary(bytes) = &message else {
            if let FromServer::Reply { outcome, .. } = page.read(&message).await? {
                match outcome {
                    Outcome::Sent { n } if n == CHUNK as u64 => {}
                    // A small one, with its bytes inside the JSON.
                    Outcome::Received { data, .. } => {
                        received += data.len();
                        page.start(recv()).await?;
                        continue;
                    }
                    other => bail!("{other:?}"),
                }
                if sent < BULK {
                    page.send(&data).await?;
                    sent += CHUNK;
                }
            }
            continue;
        };
        // The bytes lie behind the JSON, and are taken from there.
        let json = bytes
            .first_chunk::<4>()
            .map_or(0, |n| u32::from_le_bytes(*n) as usize);
        let head = bytes.get(4..4 + json).context("a binary message is cut")?;
        let reply = page.read(&Message::text(std::str::from_utf8(head)?)).await?;
        ensure!(matches!(reply, FromServer::Reply { .. }), "no reply: {reply:?}");
        received += bytes.len() - 4 - json;
        if received < BULK {
            page.start(recv()).await?;
        }
    }
    Ok(began.elapsed())
}

/// KB a session, in the server and in the kernel.
async fn idle_sessions(server: &Server) -> Result<(f64, f64)> {
    // What the first session alone brings is not counted.
    let first = Page::open(server).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (before, slab) = (server.memory()?, kilobytes("/proc/meminfo", "Slab:")?);
    let mut pages = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        let mut page = Page::open(server).await?;
        for sock in [LISTENER, CLIENT] {
            ensure!(
                page.call(socket(sock)).await? == Outcome::Done,
                "socket() was refused"
            );
        }
        pages.push(page);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (after, slab_after) = (server.memory()?, kilobytes("/proc/meminfo", "Slab:")?);
    drop((pages, first));
    Ok(((after - before) / IDLE as f64, (slab_after - slab) / IDLE as f64))
}

const LAB: u32 = 1;
const LISTENER: SocketId = SocketId(1);
const CLIENT: SocketId = SocketId(2);
const SERVER: SocketId = SocketId(3);

fn socket(sock: SocketId) -> Call {
    Call::Socket {
        sock,
        family: 2,
        kind: 1,
        proto: 0,
    }
}

/// A page with one lab.
struct Page {
    socket: Socket,
    id: u64,
}

impl Page {
    async fn open(server: &Server) -> Result<Self> {
        let mut page = Self {
            socket: server.connect().await?,
            id: 1,
        };
        page.say(FromPage::Hello {
            version: VERSION,
            resume: None,
        })
        .await?;
        page.say(FromPage::Open {
            id: CallId(1),
            lab: LAB,
            plan: protocol::Plan::simple(protocol::Network::Loopback),
        })
        .await?;
        while !matches!(page.hear().await?, FromServer::Opened { .. }) {}
        Ok(page)
    }

    /// A connection inside the lab, from [`CLIENT`] to [`SERVER`].
    async fn connection(&mut self) -> Result<()> {
        let addr = Address::V4 {
            ip: Ipv4Addr::LOCALHOST,
            port: 8080,
        };
        for call in [
            socket(LISTENER),
            Call::Bind {
                sock: LISTENER,
                addr: addr.clone(),
            },
            Call::Listen {
                sock: LISTENER,
                backlog: 1,
            },
            socket(CLIENT),
            Call::Connect { sock: CLIENT, addr },
            Call::Accept {
                sock: LISTENER,
                new: SERVER,
            },
        ] {
            let (name, outcome) = (call.name(), self.call(call).await?);
            ensure!(outcome.is_ok(), "{name}: {outcome:?}");
        }
        Ok(())
    }

    async fn say(&mut self, message: FromPage) -> Result<()> {
        let message = match frame::encode(message) {
            Frame::Text(text) => Message::text(text),
            Frame::Binary(bytes) => Message::binary(bytes),
        };
        Ok(self.socket.send(message).await?)
    }

    /// The next message, as it came.
    async fn message(&mut self) -> Result<Message> {
        loop {
            let message = self.socket.next().await.context("the server has closed")??;
            if message.is_text() || message.is_binary() {
                return Ok(message);
            }
        }
    }

    /// Reads a message, and acknowledges every sixteenth.
    async fn read(&mut self, message: &Message) -> Result<FromServer> {
        let message: FromServer = match message {
            Message::Text(text) => frame::decode_text(text.as_str())?,
            other => frame::decode_binary(&other.clone().into_data())?,
        };
        if let FromServer::Problem { text, .. } = message {
            bail!("the server says: {text}");
        }
        if let Some(seq) = message.seq().filter(|seq| seq % 16 == 0) {
            self.say(FromPage::Ack { seq }).await?;
        }
        Ok(message)
    }

    async fn hear(&mut self) -> Result<FromServer> {
        let message = self.message().await?;
        self.read(&message).await
    }

    /// A large send(), its bytes put behind the JSON as they are.
    async fn send(&mut self, data: &[u8]) -> Result<()> {
        self.id += 1;
        let (id, lab) = (CallId(self.id), LAB);
        let call = Call::Send {
            sock: CLIENT,
            flags: 0,
            data: Vec::new().into(),
        };
        let Frame::Text(json) = frame::encode(FromPage::Call {
            id,
            lab,
            host: protocol::HostId(0),
            call,
        }) else {
            bail!("a message without bytes is text")
        };
        let mut packed = Vec::with_capacity(4 + json.len() + data.len());
        packed.extend_from_slice(&u32::try_from(json.len())?.to_le_bytes());
        packed.extend_from_slice(json.as_bytes());
        packed.extend_from_slice(data);
        Ok(self.socket.send(Message::binary(packed)).await?)
    }

    async fn start(&mut self, call: Call) -> Result<CallId> {
        self.id += 1;
        let id = CallId(self.id);
        self.say(FromPage::Call {
            id,
            lab: LAB,
            host: protocol::HostId(0),
            call,
        })
        .await?;
        Ok(id)
    }

    async fn reply(&mut self) -> Result<(CallId, Outcome)> {
        loop {
            if let FromServer::Reply { id, outcome, .. } = self.hear().await? {
                return Ok((id, outcome));
            }
        }
    }

    async fn call(&mut self, call: Call) -> Result<Outcome> {
        let id = self.start(call).await?;
        loop {
            let (answered, outcome) = self.reply().await?;
            if answered == id {
                return Ok(outcome);
            }
        }
    }
}
