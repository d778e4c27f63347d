//! What kernel labs cost: to make, to keep, to send through. `cargo xtask bench` prints the lines.
//!
//! Each line of output is `name<TAB>figure<TAB>limit<TAB>ok|over`. Labs are driven in process, as `wirelab run` drives them, so
//! that the bridge's own cost is not in the figures; loopback is measured by turns with the wire, in the same run.

use anyhow::{Context as _, Result, bail, ensure};
use protocol::{Address, Call, CallId, HostId, Network, Outcome, Plan, SocketId};
use server::net::{Lab, Networks, Told};
use std::fs;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use wirelab_tests::server::binary;

/// Labs that are timed, and others that are alive meanwhile.
const TIMED: usize = 100;
/// Labs alive at once.
const ALIVE: usize = 1000;
/// Labs made and ended one after the other.
const CYCLES: usize = 5000;
/// Small messages there and back.
const ROUNDS: usize = 3000;
/// Bytes of the stream.
const STREAM: usize = 48 << 20;
/// Bytes of one send().
const CHUNK: usize = 256 << 10;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<()> {
    let networks = Networks::start_with(&binary()).await;
    ensure!(
        networks.no_wire().is_none(),
        "no kernel labs here: {:?}",
        networks.no_wire()
    );
    let two = plan(Network::Kernel, &["client", "server"]);

    let before = available()?;
    let mut alive = Vec::with_capacity(ALIVE);
    for _ in 0..ALIVE - TIMED {
        alive.push(networks.open_lab(&two).await?);
    }
    let mut opening = Vec::with_capacity(TIMED);
    for _ in 0..TIMED {
        let start = Instant::now();
        alive.push(networks.open_lab(&two).await?);
        opening.push(start.elapsed());
    }
    let per_lab = before.saturating_sub(available()?) as f64 / ALIVE as f64 / 1024.0;
    at_most(
        "ms to open a lab of two hosts (median of 100, 900 others alive)",
        millis(median(&mut opening)),
        10.0,
    );
    at_most(
        "MB of the machine's memory for each of 1,000 labs of two hosts",
        per_lab,
        1.0,
    );
    let mut ending = Vec::with_capacity(TIMED);
    for lab in alive.drain(..TIMED) {
        let start = Instant::now();
        drop(lab);
        networks.settle().await?;
        ending.push(start.elapsed());
    }
    at_most(
        "ms to end a lab of two hosts (median of 100)",
        millis(median(&mut ending)),
        5.0,
    );
    drop(alive);
    networks.settle().await?;

    let helper = networks.helper_pid().context("a helper")?;
    let grown = cycles(&networks, &two, helper).await?;
    at_most(
        "KB that the server and its helper have grown by over 5,000 labs opened and ended",
        grown,
        4096.0,
    );

    let wire = Pair::on(&networks, &two).await?;
    let lo = Pair::on(&networks, &plan(Network::Loopback, &[])).await?;
    let (mut wire, mut lo) = (wire, lo);
    let (mut by_wire, mut by_lo) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        by_wire = by_wire.min(wire.ping_pong().await?);
        by_lo = by_lo.min(lo.ping_pong().await?);
    }
    at_most(
        &format!(
            "64 bytes there and back by the wire ({:.1} us) / by loopback ({:.1} us)",
            micros(by_wire),
            micros(by_lo)
        ),
        by_wire.as_secs_f64() / by_lo.as_secs_f64(),
        5.0,
    );
    let (mut by_wire, mut by_lo) = (0.0_f64, 0.0_f64);
    for _ in 0..3 {
        by_wire = by_wire.max(wire.stream().await?);
        by_lo = by_lo.max(lo.stream().await?);
    }
    at_least(
        &format!("MB/s of one stream by the wire (by loopback {by_lo:.0})"),
        by_wire,
        (by_lo / 10.0).min(150.0),
    );
    Ok(())
}

fn plan(network: Network, hosts: &[&str]) -> Plan {
    Plan {
        network,
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        held: false,
    }
}

/// Opens and ends labs; by how many KB this process and its helper have grown after the first fifth.
async fn cycles(networks: &Networks, plan: &Plan, helper: u32) -> Result<f64> {
    let both = || -> Result<u64> { Ok(resident(std::process::id())? + resident(helper)?) };
    let mut early = 0;
    for i in 0..CYCLES {
        if i == CYCLES / 5 {
            early = both()?;
        }
        drop(networks.open_lab(plan).await?);
    }
    networks.settle().await?;
    Ok(both()?.saturating_sub(early) as f64)
}

/// A connection, driven from here.
struct Pair {
    lab: Lab,
    server_host: HostId,
    last: u64,
}

const LISTENER: SocketId = SocketId(1);
const CLIENT: SocketId = SocketId(2);
const SERVER: SocketId = SocketId(3);

impl Pair {
    async fn on(networks: &Networks, plan: &Plan) -> Result<Self> {
        let lab = networks.open_lab(plan).await?;
        let several = plan.hosts.len() > 1;
        let server_host = HostId(u8::from(several));
        let ip = if several {
            Ipv4Addr::new(10, 0, 0, 2)
        } else {
            Ipv4Addr::LOCALHOST
        };
        let addr = Address::V4 { ip, port: 8080 };
        let mut pair = Self {
            lab,
            server_host,
            last: 0,
        };
        let socket = |sock| Call::Socket {
            sock,
            family: libc_inet(),
            kind: 1,
            proto: 0,
        };
        pair.call(server_host, socket(LISTENER)).await?;
        let bind = Call::Bind {
            sock: LISTENER,
            addr: addr.clone(),
        };
        pair.call(server_host, bind).await?;
        let listen = Call::Listen {
            sock: LISTENER,
            backlog: 1,
        };
        pair.call(server_host, listen).await?;
        pair.call(HostId(0), socket(CLIENT)).await?;
        pair.call(HostId(0), Call::Connect { sock: CLIENT, addr }).await?;
        let accept = Call::Accept {
            sock: LISTENER,
            new: SERVER,
        };
        pair.call(server_host, accept).await?;
        Ok(pair)
    }

    fn start(&mut self, host: HostId, call: Call) -> CallId {
        self.last += 1;
        let id = CallId(self.last);
        self.lab.submit(id, host, call);
        id
    }

    /// The answer to one of these calls.
    async fn answer(&mut self) -> Result<(CallId, Outcome)> {
        loop {
            match self.lab.next().await {
                Told::Reply {
                    outcome: Outcome::Failed { errno, why },
                    ..
                } => bail!("errno {errno}: {why:?}"),
                Told::Reply { id, outcome, .. } => return Ok((id, outcome)),
                Told::Lost { text } => bail!(text),
                _ => {}
            }
        }
    }

    async fn call(&mut self, host: HostId, call: Call) -> Result<Outcome> {
        self.start(host, call);
        Ok(self.answer().await?.1)
    }

    /// The time for one small message there and back.
    async fn ping_pong(&mut self) -> Result<Duration> {
        let ends = [
            (CLIENT, HostId(0), SERVER, self.server_host),
            (SERVER, self.server_host, CLIENT, HostId(0)),
        ];
        let start = Instant::now();
        for _ in 0..ROUNDS {
            for (from, from_host, to, to_host) in ends {
                let send = Call::Send {
                    sock: from,
                    flags: 0,
                    data: vec![7; 64].into(),
                };
                self.call(from_host, send).await?;
                let recv = Call::Recv {
                    sock: to,
                    max: 64,
                    flags: 0,
                };
                self.call(to_host, recv).await?;
            }
        }
        Ok(start.elapsed() / u32::try_from(ROUNDS)?)
    }

    /// Megabytes a second, from one end to the other.
    async fn stream(&mut self) -> Result<f64> {
        let start = Instant::now();
        let (mut sent, mut received) = (0, 0);
        let mut sending = None;
        let mut receiving = None;
        while received < STREAM {
            if sending.is_none() && sent < STREAM {
                let send = Call::Send {
                    sock: CLIENT,
                    flags: 0,
                    data: vec![7; CHUNK].into(),
                };
                sending = Some(self.start(HostId(0), send));
            }
            if receiving.is_none() {
                let recv = Call::Recv {
                    sock: SERVER,
                    max: 1 << 20,
                    flags: 0,
                };
                receiving = Some(self.start(self.server_host, recv));
            }
            let (id, outcome) = self.answer().await?;
            match outcome {
                Outcome::Sent { n } if sending == Some(id) => {
                    sent += usize::try_from(n)?;
                    sending = None;
                }
                Outcome::Received { data, .. } if receiving == Some(id) => {
                    received += data.len();
                    receiving = None;
                }
                other => bail!("unexpected: {other:?}"),
            }
        }
        if let Some(id) = sending {
            bail!("send() {id:?} is left over");
        }
        Ok(received as f64 / start.elapsed().as_secs_f64() / 1e6)
    }
}

/// AF_INET.
const fn libc_inet() -> i32 {
    2
}

/// Resident memory of a process, KB.
fn resident(pid: u32) -> Result<u64> {
    of_line(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmRSS:")
}

/// The machine's free memory, KB.
fn available() -> Result<u64> {
    of_line(&fs::read_to_string("/proc/meminfo")?, "MemAvailable:")
}

fn of_line(text: &str, name: &str) -> Result<u64> {
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .context("a line of /proc")?;
    let number = line.split_whitespace().nth(1).context("a number")?;
    Ok(number.parse()?)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn at_most(name: &str, figure: f64, limit: f64) {
    line(name, figure, limit, figure <= limit);
}

fn at_least(name: &str, figure: f64, limit: f64) {
    line(name, figure, limit, figure >= limit);
}

fn line(name: &str, figure: f64, limit: f64, holds: bool) {
    let verdict = if holds { "ok" } else { "over" };
    println!("{name}\t{figure:.2}\t{limit:.2}\t{verdict}");
}
