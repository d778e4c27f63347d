//! `wirelab check`: which networks work on this machine, told by trying.

use crate::linux;
use crate::net::{Networks, Told};
use protocol::{Address, Call, CallId, HostId, Network, Outcome, Plan, SocketId};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::process::ExitCode;

/// Prints one line a matter; fails when sockets do not work at all.
///
/// # Errors
/// When nothing can be printed, or no lab can be opened.
pub async fn run() -> anyhow::Result<ExitCode> {
    let networks = Networks::start().await;
    if let Some(why) = networks.no_wire() {
        println!("{}: not here, because {why}.", Network::Kernel.name());
    }
    for offer in networks.offers() {
        println!("{}: {}", offer.network.name(), offer.note);
    }
    println!(
        "{}: Sockets and packets without a kernel, on every system: in a page, or by wirelab run --network simulated.",
        Network::Simulated.name()
    );
    if cfg!(not(namespaces)) {
        println!(
            "This system: sockets are real, and errors and options have Linux's numbers. TCP's states and timers, AF_UNIX names, \
             other Linux options and wirelab exec are to be had on Linux only."
        );
    }
    match (networks.no_wire(), networks.no_tun()) {
        (Some(_), _) => {}
        (None, None) => println!("wire: hosts have {} interfaces.", networks.wire_device()),
        (None, Some(why)) => println!(
            "wire: hosts have {} interfaces, because {why}.",
            networks.wire_device()
        ),
    }
    let mut works = true;
    let v4 = Address::V4 {
        ip: Ipv4Addr::LOCALHOST,
        port: 0,
    };
    let v6 = Address::V6 {
        ip: Ipv6Addr::LOCALHOST,
        port: 0,
        flow: 0,
        scope: 0,
    };
    for (name, family, address) in [("IPv4", linux::AF_INET, v4), ("IPv6", linux::AF_INET6, v6)] {
        match connection(&networks, family, address).await? {
            Ok(()) => println!("{name}: a connection inside a lab works."),
            Err((call, errno)) => {
                works &= family != linux::AF_INET;
                let (text, number) = (protocol::errno::strerror(errno), protocol::errno::name(errno));
                println!("{name}: {call} failed: {} ({text}).", number.unwrap_or("?"));
            }
        }
    }
    Ok(if works {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Connects two sockets of a new lab; the failed call and its errno.
async fn connection(
    networks: &Networks,
    family: i32,
    address: Address,
) -> anyhow::Result<Result<(), (&'static str, i32)>> {
    let mut lab = networks
        .open_lab(&Plan::simple(networks.default_network()))
        .await?;
    let (listener, client, accepted) = (SocketId(1), SocketId(2), SocketId(3));
    let kind = linux::SOCK_STREAM;
    let socket = |sock| Call::Socket {
        sock,
        family,
        kind,
        proto: 0,
    };
    let mut calls = vec![
        socket(listener),
        Call::Bind {
            sock: listener,
            addr: address,
        },
        Call::Listen {
            sock: listener,
            backlog: 1,
        },
        Call::GetSockName { sock: listener },
        socket(client),
    ]
    .into_iter();
    let mut number = 0;
    let mut where_to = None;
    while let Some(call) = calls.next().or_else(|| where_to.take()) {
        let name = call.name();
        number += 1;
        lab.submit(CallId(number), HostId(0), call);
        let outcome = loop {
            if let Told::Reply { outcome, .. } = lab.next().await {
                break outcome;
            }
        };
        match outcome {
            Outcome::Failed { errno, .. } => return Ok(Err((name, errno))),
            Outcome::Name { addr } => where_to = Some(Call::Connect { sock: client, addr }),
            _ => {}
        }
    }
    lab.submit(
        CallId(number + 1),
        HostId(0),
        Call::Accept {
            sock: listener,
            new: accepted,
        },
    );
    Ok(Ok(()))
}
