//! A lab in process for tests: calls are made one by one and their answers waited for.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use protocol::wire::Embryo;
use protocol::{
    Address, Call, CallId, HostId, Network, Outcome, Plan, Sample, SocketId, TcpState, WireAction, WireNews,
};
use server::net::{Lab, Networks, Told};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

pub const INET: i32 = libc::AF_INET;
pub const INET6: i32 = libc::AF_INET6;
pub const UNIX: i32 = libc::AF_UNIX;
pub const STREAM: i32 = libc::SOCK_STREAM;
pub const DGRAM: i32 = libc::SOCK_DGRAM;

/// Names another copy of `wirelab`, for a test that runs itself again as somebody who cannot read this one.
pub const BINARY: &str = "WIRELAB_TEST_BINARY";

pub async fn networks() -> Networks {
    let other = std::env::var_os(BINARY);
    let here = || Path::new(env!("CARGO_BIN_EXE_wirelab")).to_owned();
    Networks::start_with(&other.map_or_else(here, Into::into)).await
}

/// A lab and what it has told.
pub struct Bench {
    pub lab: Lab,
    /// What every socket was last.
    pub state: HashMap<SocketId, Sample>,
    pub told: VecDeque<(CallId, Outcome)>,
    waiting: Vec<CallId>,
    next_call: u64,
    next_sock: u32,
    /// The host that new sockets are on.
    pub host: HostId,
    /// What happened on the wire.
    pub news: Vec<WireNews>,
    /// Connections without a descriptor.
    pub embryos: Vec<Embryo>,
    /// States of each socket, in the order in which they were told.
    pub story: Vec<(SocketId, TcpState)>,
    pub refused: Option<String>,
}

impl Bench {
    pub async fn open() -> Self {
        Self::on(&networks().await).await
    }

    /// On loopback.
    pub async fn on(networks: &Networks) -> Self {
        Self::with(networks, &Plan::simple(Network::Loopback)).await
    }

    pub async fn with(networks: &Networks, plan: &Plan) -> Self {
        let lab = networks.open_lab(plan).await.unwrap();
        assert!(
            lab.network() == plan.network || !networks.private(),
            "these tests need network namespaces and /dev/net/tun"
        );
        Self {
            lab,
            state: HashMap::new(),
            told: VecDeque::new(),
            waiting: Vec::new(),
            next_call: 0,
            next_sock: 0,
            host: HostId(0),
            news: Vec::new(),
            embryos: Vec::new(),
            story: Vec::new(),
            refused: None,
        }
    }

    /// Makes a call and does not wait.
    pub fn start(&mut self, call: Call) -> CallId {
        self.next_call += 1;
        let id = CallId(self.next_call);
        self.lab.submit(id, self.host, call);
        id
    }

    /// Does something with the wire and takes what has been told.
    pub fn act(&mut self, action: WireAction) {
        self.next_call += 1;
        self.lab.act(CallId(self.next_call), &action);
        self.take();
    }

    /// Takes what has been told.
    pub fn take(&mut self) {
        while let Some(told) = self.lab.try_next() {
            self.note(told);
        }
    }

    /// Waits for a call's answer.
    pub async fn finish(&mut self, id: CallId) -> Outcome {
        loop {
            if let Some(at) = self.told.iter().position(|reply| reply.0 == id) {
                return self.told.remove(at).unwrap().1;
            }
            let next = tokio::time::timeout(Duration::from_secs(20), self.lab.next()).await;
            self.note(next.unwrap_or_else(|_| panic!("no answer to {id:?}")));
        }
    }

    fn note(&mut self, told: Told) {
        let samples = match told {
            Told::Reply {
                id, outcome, samples, ..
            } => {
                self.told.push_back((id, outcome));
                samples
            }
            Told::Changed { samples, .. } => samples,
            Told::Wired {
                news,
                samples,
                embryos,
                ..
            } => {
                self.news.extend(news);
                self.embryos = embryos.unwrap_or_else(|| std::mem::take(&mut self.embryos));
                samples
            }
            Told::Refused { text, .. } => {
                self.refused = Some(text);
                Vec::new()
            }
            Told::Confirmed { waiting, samples, .. } => {
                self.waiting = waiting;
                samples
            }
            Told::Lost { text } => panic!("the lab is lost: {text}"),
        };
        for sample in samples {
            if let Some(state) = sample.state
                && self.state.get(&sample.sock).and_then(|s| s.state) != Some(state)
            {
                self.story.push((sample.sock, state));
            }
            self.state.insert(sample.sock, sample);
        }
    }

    /// Asks which calls wait; takes what has been told before.
    pub fn confirm(&mut self, ids: &[CallId]) -> Vec<CallId> {
        self.next_call += 1;
        self.lab.confirm(CallId(self.next_call), ids);
        self.take();
        self.waiting.clone()
    }

    pub fn is_waiting(&mut self, id: CallId) -> bool {
        self.confirm(&[id]) == [id]
    }

    /// Waits until the kernel is so far.
    pub async fn until(&mut self, sock: SocketId, state: TcpState) {
        for _ in 0..2000 {
            if self.state[&sock].state == Some(state) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.take();
        }
        panic!("{sock:?} is {:?}, not {state}", self.state[&sock].state);
    }

    /// Makes a call and waits for its answer.
    pub async fn call(&mut self, call: Call) -> Outcome {
        let id = self.start(call);
        self.finish(id).await
    }

    pub fn new_sock(&mut self) -> SocketId {
        self.next_sock += 1;
        SocketId(self.next_sock)
    }

    pub async fn socket(&mut self, family: i32, kind: i32) -> SocketId {
        let sock = self.new_sock();
        let call = Call::Socket {
            sock,
            family,
            kind,
            proto: 0,
        };
        assert_eq!(self.call(call).await, Outcome::Done);
        sock
    }

    pub async fn pair(&mut self, kind: i32) -> (SocketId, SocketId) {
        let (first, second) = (self.new_sock(), self.new_sock());
        let call = Call::SocketPair {
            first,
            second,
            family: UNIX,
            kind,
            proto: 0,
        };
        assert_eq!(self.call(call).await, Outcome::Done);
        (first, second)
    }

    pub async fn bind(&mut self, sock: SocketId, addr: Address) -> Outcome {
        self.call(Call::Bind { sock, addr }).await
    }

    pub async fn listen(&mut self, sock: SocketId, backlog: i32) -> Outcome {
        self.call(Call::Listen { sock, backlog }).await
    }

    pub async fn connect(&mut self, sock: SocketId, addr: Address) -> Outcome {
        self.call(Call::Connect { sock, addr }).await
    }

    pub async fn accept(&mut self, sock: SocketId) -> (SocketId, Outcome) {
        let new = self.new_sock();
        let outcome = self.call(Call::Accept { sock, new }).await;
        (new, outcome)
    }

    pub async fn send(&mut self, sock: SocketId, data: &[u8]) -> Outcome {
        self.call(send(sock, data)).await
    }

    pub async fn recv(&mut self, sock: SocketId, max: u64) -> Outcome {
        self.call(recv(sock, max)).await
    }

    pub async fn timeout(&mut self, sock: SocketId, timeout: Option<f64>) {
        assert_eq!(self.call(Call::SetTimeout { sock, timeout }).await, Outcome::Done);
    }

    pub async fn close(&mut self, sock: SocketId) {
        assert_eq!(self.call(Call::Close { sock }).await, Outcome::Done);
    }

    pub async fn local(&mut self, sock: SocketId) -> Address {
        match self.call(Call::GetSockName { sock }).await {
            Outcome::Name { addr } => addr,
            other => panic!("getsockname: {other:?}"),
        }
    }

    /// A listening TCP socket on a port.
    pub async fn listener(&mut self, port: u16, backlog: i32) -> SocketId {
        let sock = self.socket(INET, STREAM).await;
        assert_eq!(self.bind(sock, v4(port)).await, Outcome::Done);
        assert_eq!(self.listen(sock, backlog).await, Outcome::Done);
        sock
    }

    /// A connection to a listening socket: both ends, the connecting one first.
    pub async fn connection(&mut self, listener: SocketId) -> (SocketId, SocketId) {
        let client = self.socket(INET, STREAM).await;
        let to = self.local(listener).await;
        assert_eq!(self.connect(client, v4(to.port().unwrap())).await, Outcome::Done);
        let (server, outcome) = self.accept(listener).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        (client, server)
    }
}

pub fn v4(port: u16) -> Address {
    let ip = Ipv4Addr::LOCALHOST;
    Address::V4 { ip, port }
}

pub fn v6(port: u16) -> Address {
    let ip = Ipv6Addr::LOCALHOST;
    Address::V6 {
        ip,
        port,
        flow: 0,
        scope: 0,
    }
}

pub fn ip(text: &str, port: u16) -> Address {
    Address::from_std((text.parse::<IpAddr>().unwrap(), port).into())
}

pub fn name(host: &str, port: u16) -> Address {
    Address::Name {
        host: host.into(),
        port,
        flow: 0,
        scope: 0,
    }
}

pub fn path(name: &str) -> Address {
    Address::Unix {
        path: name.as_bytes().into(),
    }
}

pub fn send(sock: SocketId, data: &[u8]) -> Call {
    Call::Send {
        sock,
        flags: 0,
        data: data.into(),
    }
}

pub fn recv(sock: SocketId, max: u64) -> Call {
    Call::Recv { sock, max, flags: 0 }
}

pub fn errno(name: &str) -> Outcome {
    Outcome::errno(protocol::errno::number(name).unwrap())
}

pub fn sent(n: u64) -> Outcome {
    Outcome::Sent { n }
}

pub fn bytes(data: &[u8]) -> Outcome {
    Outcome::Received {
        data: data.into(),
        addr: None,
    }
}
