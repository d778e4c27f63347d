//! Ways out of a lab, all of them tried: the machine's services must not be reached, by address, name, AF_UNIX path, socket option or
//! family.
//!
//! The whole test runs in an outer network namespace of its own, without a route: even a failure sends nothing out. There it
//! lays baits on every kind of address that a lab must not reach, and looks whether anything has come.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use protocol::{Address, Call, HostId, Network, OptionValue, Outcome, Plan};
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::process::Command;

const INSIDE: &str = "WIRELAB_TEST_OUTER_NAMESPACE";
const PORT: u16 = 18080;

/// Addresses of the outer namespace, as numbers and as whatever else a program may write for them.
const OUTER: &[&str] = &[
    "169.254.169.254/32",
    "100.100.100.200/32",
    "192.168.77.1/24",
    "172.17.0.1/16",
    "8.8.8.8/32",
    "10.0.0.77/32",
    "2001:db8::1/128",
    "fd00:ec2::254/128",
    "fd00::77/128",
];
const FOUR: &[&str] = &[
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "0x7f000001",
    "017700000001",
    "localhost",
    "wirelab",
    "",
    "0.0.0.0",
    "169.254.169.254",
    "169.254.0.1",
    "0xa9fea9fe",
    "100.100.100.200",
    "192.168.77.1",
    "172.17.0.1",
    "8.8.8.8",
    "10.0.0.77",
    "224.0.0.1",
    "<broadcast>",
    "metadata.google.internal",
    "example.org",
    "host.docker.internal",
];
const SIX: &[&str] = &[
    "::1",
    "::",
    "localhost",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "2001:db8::1",
    "fd00:ec2::254",
    "fd00::77",
    "64:ff9b::8.8.8.8",
    "fe80::1",
    "ff02::1",
    "ff05::2",
];

/// What must stay alone.
struct Baits {
    streams: Vec<TcpListener>,
    datagrams: Vec<UdpSocket>,
    unix: UnixListener,
    abstract_stream: UnixListener,
    abstract_datagram: UnixDatagram,
    _dir: tempfile::TempDir,
    path: String,
}

const ABSTRACT_STREAM: &[u8] = b"bait-stream";
const ABSTRACT_DATAGRAM: &[u8] = b"bait-datagram";

impl Baits {
    fn lay() -> Self {
        run("ip", &["link", "set", "lo", "up"]);
        for address in OUTER {
            run("ip", &["address", "add", address, "dev", "lo", "nodad"]);
        }
        let all = [format!("0.0.0.0:{PORT}"), format!("[::]:{PORT}")];
        // The IPv6 one is made for IPv6 alone: the IPv4 one has the port already.
        run("sysctl", &["-qw", "net.ipv6.bindv6only=1"]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bait");
        let name = |name| std::os::unix::net::SocketAddr::from_abstract_name(name).unwrap();
        let baits = Self {
            streams: all.iter().map(|a| TcpListener::bind(a).unwrap()).collect(),
            datagrams: all.iter().map(|a| UdpSocket::bind(a).unwrap()).collect(),
            unix: UnixListener::bind(&path).unwrap(),
            abstract_stream: UnixListener::bind_addr(&name(ABSTRACT_STREAM)).unwrap(),
            abstract_datagram: UnixDatagram::bind_addr(&name(ABSTRACT_DATAGRAM)).unwrap(),
            path: path.to_str().unwrap().to_owned(),
            _dir: dir,
        };
        baits
            .streams
            .iter()
            .for_each(|s| s.set_nonblocking(true).unwrap());
        baits
            .datagrams
            .iter()
            .for_each(|s| s.set_nonblocking(true).unwrap());
        baits.unix.set_nonblocking(true).unwrap();
        baits.abstract_stream.set_nonblocking(true).unwrap();
        baits.abstract_datagram.set_nonblocking(true).unwrap();
        baits
    }

    /// The kinds of what has come to a bait.
    fn taken(&self) -> Vec<&'static str> {
        let mut taken = Vec::new();
        let nobody = |kind: ErrorKind| kind == ErrorKind::WouldBlock;
        if self
            .streams
            .iter()
            .any(|s| s.accept().err().is_none_or(|e| !nobody(e.kind())))
        {
            taken.push("TCP");
        }
        if self
            .datagrams
            .iter()
            .any(|s| s.recv_from(&mut [0; 9]).err().is_none_or(|e| !nobody(e.kind())))
        {
            taken.push("UDP");
        }
        if [&self.unix, &self.abstract_stream]
            .iter()
            .any(|s| s.accept().err().is_none_or(|e| !nobody(e.kind())))
        {
            taken.push("AF_UNIX");
        }
        if self
            .abstract_datagram
            .recv(&mut [0; 9])
            .err()
            .is_none_or(|e| !nobody(e.kind()))
        {
            taken.push("AF_UNIX datagrams");
        }
        taken
    }
}

fn run(program: &str, args: &[&str]) {
    let done = Command::new(program).args(args).output().unwrap();
    assert!(
        done.status.success(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[tokio::test]
async fn no_way_leads_out_of_a_lab() {
    if std::env::var_os(INSIDE).is_none() {
        let out = Command::new("unshare")
            .args(["--user", "--map-root-user", "--net"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "no_way_leads_out_of_a_lab", "--nocapture"])
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success() && said.contains("ways tried"), "{said}");
        return;
    }
    let baits = Baits::lay();
    // The baits work: else nothing would be proven.
    for to in ["127.0.0.1", "169.254.169.254", "8.8.8.8"] {
        std::net::TcpStream::connect((to, PORT)).unwrap();
        assert_eq!(baits.taken(), ["TCP"], "{to}");
    }
    let networks = networks().await;
    let plans = [
        (Network::Kernel, &[][..]),
        (Network::Kernel, &["a", "b"][..]),
        (Network::Loopback, &[][..]),
    ];
    let mut tried = 0;
    for (network, hosts) in plans {
        let plan = Plan {
            network,
            hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
            held: false,
        };
        let mut lab = Bench::with(&networks, &plan).await;
        tried += by_address(&mut lab, &baits, network).await;
        tried += by_option(&mut lab, &baits).await;
        tried += by_family(&mut lab).await;
        tried += by_unix_name(&mut lab, &baits).await;
        tried += by_binding(&mut lab).await;
    }
    println!("{tried} ways tried");
    assert!(tried >= 3 * 40, "{tried}");
}

/// Tries all addresses in all families, by connect() and by sendto().
async fn by_address(lab: &mut Bench, baits: &Baits, network: Network) -> usize {
    let mut tried = 0;
    for (family, names) in [(INET, FOUR), (INET6, SIX)] {
        for to in names {
            let stream = lab.socket(family, STREAM).await;
            lab.timeout(stream, Some(0.02)).await;
            let connected = lab.connect(stream, name(to, PORT)).await;
            assert_ne!(connected, Outcome::Done, "connect to {to:?} on {network:?}");
            lab.close(stream).await;
            let datagram = lab.socket(family, DGRAM).await;
            let broadcast = option(
                datagram,
                libc::SOL_SOCKET,
                libc::SO_BROADCAST,
                &1_i32.to_ne_bytes(),
            );
            lab.call(broadcast).await;
            lab.call(Call::SendTo {
                sock: datagram,
                flags: 0,
                data: b"bait".as_slice().into(),
                addr: name(to, PORT),
            })
            .await;
            lab.close(datagram).await;
            tried += 2;
        }
    }
    assert_eq!(baits.taken(), Vec::<&str>::new(), "{network:?}");
    tried
}

fn option(sock: protocol::SocketId, level: i32, name: i32, value: &[u8]) -> Call {
    Call::SetSockOpt {
        sock,
        level,
        name,
        value: OptionValue::Bytes(value.into()),
    }
}

/// Options that would choose another device, route, source or namespace.
async fn by_option(lab: &mut Bench, baits: &Baits) -> usize {
    const IP_FREEBIND: i32 = 15;
    const IP_OPTIONS: i32 = 4;
    const SO_BINDTOIFINDEX: i32 = 62;
    const TCP_REPAIR: i32 = 19;
    const TCP_FASTOPEN_CONNECT: i32 = 30;
    const TCP_ULP: i32 = 31;
    let one = 1_i32.to_ne_bytes();
    let route = [libc::IPOPT_LSRR, 7, 4, 8, 8, 8, 8, 0];
    let options: &[(i32, i32, &[u8])] = &[
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE, b"lo\0"),
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE, b"eth0\0"),
        (libc::SOL_SOCKET, SO_BINDTOIFINDEX, &one),
        (libc::SOL_SOCKET, libc::SO_MARK, &one),
        (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &[0; 16]),
        (libc::IPPROTO_IP, libc::IP_TRANSPARENT, &one),
        (libc::IPPROTO_IP, IP_FREEBIND, &one),
        (libc::IPPROTO_IP, IP_OPTIONS, &route),
        (libc::IPPROTO_IP, libc::IP_HDRINCL, &one),
        (libc::IPPROTO_IPV6, libc::IPV6_TRANSPARENT, &one),
        (libc::IPPROTO_TCP, TCP_REPAIR, &one),
        (libc::IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one),
        (libc::IPPROTO_TCP, TCP_ULP, b"tls\0"),
    ];
    for (level, name_of, value) in options {
        let family = if *level == libc::IPPROTO_IPV6 { INET6 } else { INET };
        let sock = lab.socket(family, STREAM).await;
        let set = lab.call(option(sock, *level, *name_of, value)).await;
        assert!(
            matches!(set, Outcome::Failed { .. }),
            "option {name_of} of {level}: {set:?}"
        );
        lab.timeout(sock, Some(0.02)).await;
        assert_ne!(lab.connect(sock, name("8.8.8.8", PORT)).await, Outcome::Done);
        lab.close(sock).await;
    }
    // A connection that is made by sending.
    let sock = lab.socket(INET, STREAM).await;
    let fast = lab.call(Call::SendTo {
        sock,
        flags: libc::MSG_FASTOPEN,
        data: b"bait".as_slice().into(),
        addr: name("127.0.0.1", PORT),
    });
    assert!(matches!(fast.await, Outcome::Failed { .. }));
    lab.close(sock).await;
    assert_eq!(baits.taken(), Vec::<&str>::new());
    options.len() + 1
}

/// Families and kinds that see more than a lab's own sockets.
async fn by_family(lab: &mut Bench) -> usize {
    const AF_ALG: i32 = 38;
    const SOCK_PACKET: i32 = 10;
    const AF_XDP: i32 = 44;
    const AF_SMC: i32 = 43;
    let kinds = [
        (INET, libc::SOCK_RAW, libc::IPPROTO_ICMP),
        (INET, libc::SOCK_RAW, libc::IPPROTO_RAW),
        (INET, libc::SOCK_DGRAM, libc::IPPROTO_ICMP),
        (INET, STREAM, libc::IPPROTO_SCTP),
        (INET, STREAM, 262),
        (INET6, libc::SOCK_RAW, libc::IPPROTO_ICMPV6),
        (INET, SOCK_PACKET, 0),
        (libc::AF_PACKET, libc::SOCK_RAW, 0),
        (libc::AF_PACKET, libc::SOCK_DGRAM, 0),
        (libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE),
        (libc::AF_NETLINK, libc::SOCK_DGRAM, 0),
        (libc::AF_VSOCK, STREAM, 0),
        (libc::AF_BLUETOOTH, libc::SOCK_RAW, 1),
        (libc::AF_CAN, libc::SOCK_RAW, 1),
        (AF_ALG, libc::SOCK_SEQPACKET, 0),
        (AF_XDP, libc::SOCK_RAW, 0),
        (AF_SMC, STREAM, 0),
        (libc::AF_TIPC, libc::SOCK_RDM, 0),
        (libc::AF_KEY, libc::SOCK_RAW, 2),
        (UNIX, libc::SOCK_SEQPACKET, 0),
    ];
    for (family, kind, proto) in kinds {
        let sock = lab.new_sock();
        let call = Call::Socket {
            sock,
            family,
            kind,
            proto,
        };
        let made = lab.call(call).await;
        assert!(
            matches!(made, Outcome::Failed { .. }),
            "socket({family}, {kind}, {proto}): {made:?}"
        );
    }
    kinds.len()
}

/// Sockets of the machine that have a path or an abstract name.
async fn by_unix_name(lab: &mut Bench, baits: &Baits) -> usize {
    let paths: [&[u8]; 6] = [
        baits.path.as_bytes(),
        b"/run/docker.sock",
        b"/proc/self/root/run/docker.sock",
        b"../../../../../../../../run/systemd/notify",
        b"\0bait-stream",
        b"\0bait-datagram",
    ];
    for path in paths {
        for kind in [STREAM, DGRAM] {
            let sock = lab.socket(UNIX, kind).await;
            let addr = Address::Unix { path: path.into() };
            let connected = lab.connect(sock, addr.clone()).await;
            assert!(
                matches!(connected, Outcome::Failed { .. }),
                "{path:?}: {connected:?}"
            );
            // Nor is anything made in the machine's file system.
            let there = std::fs::exists("/tmp/wirelab-isolation").unwrap();
            let own = path_of("/tmp/wirelab-isolation");
            lab.bind(sock, own).await;
            assert_eq!(std::fs::exists("/tmp/wirelab-isolation").unwrap(), there);
            lab.close(sock).await;
        }
    }
    assert_eq!(baits.taken(), Vec::<&str>::new());
    paths.len() * 2
}

fn path_of(path: &str) -> Address {
    Address::Unix {
        path: path.as_bytes().into(),
    }
}

/// Addresses of the machine, to listen on.
async fn by_binding(lab: &mut Bench) -> usize {
    let addresses = ["169.254.169.254", "192.168.77.1", "8.8.8.8", "10.0.0.77"];
    for host in 0..lab.lab.hosts().len() as u8 {
        lab.host = HostId(host);
        for address in addresses {
            let sock = lab.socket(INET, STREAM).await;
            assert_eq!(
                lab.bind(sock, ip(address, 9000)).await,
                errno("EADDRNOTAVAIL"),
                "{address}"
            );
            lab.close(sock).await;
        }
        // A port that the lab listens on is not one of the machine's.
        let sock = lab.socket(INET, STREAM).await;
        assert_eq!(lab.bind(sock, name("", 9000)).await, Outcome::Done);
        assert_eq!(lab.listen(sock, 1).await, Outcome::Done);
        assert!(std::net::TcpStream::connect(("127.0.0.1", 9000)).is_err());
        lab.close(sock).await;
    }
    lab.host = HostId(0);
    addresses.len() + 1
}
