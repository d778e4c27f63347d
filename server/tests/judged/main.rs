//! The same calls in a lab and by python3 in a namespace of its own: the results are the same. No expected result is
//! stored here; CPython on this very kernel is the judge.
//!
//! ```text
//! main.rs        the same steps here and there, and the first difference
//! judge.rs       python3, and calls as data
//! answer.rs      answers in words
//! scenarios.rs   scenarios by hand
//! random.rs      scenarios by dice
//! ```
#![allow(clippy::unwrap_used)]

mod answer;
#[path = "../common/mod.rs"]
mod common;
mod judge;
mod random;
mod scenarios;

use answer::words;
use common::*;
use engine::net::Net;
use engine::session::{Effect, Input};
use judge::{Judge, call};
use protocol::{CallId, HostId, Network, Plan};
use random::random_steps;
use scenarios::scenarios;
use serde_json::Value;
use std::time::Duration;

/// The networks whose sockets are a lab's own.
const NETWORKS: [Network; 3] = [Network::Loopback, Network::Kernel, Network::Simulated];

/// Runs a scenario on the simulated network: its clock goes on until each step has ended.
fn simulated(steps: &[Value]) -> Vec<String> {
    let mut net = Net::new(&Plan::simple(Network::Simulated), 7);
    let mut now = 0;
    let mut results = Vec::new();
    for (n, step) in (1..).zip(steps) {
        let (id, host) = (CallId(n), HostId(0));
        net.handle(
            now,
            Effect::Call {
                id,
                host,
                call: call(step),
            },
        );
        let outcome = loop {
            let ended = std::iter::from_fn(|| net.poll()).find_map(|told| match told {
                Input::Reply { id: of, outcome, .. } if of == id => Some(outcome),
                _ => None,
            });
            if let Some(outcome) = ended {
                break outcome;
            }
            now = net.next_due().expect("a call that waits for ever");
            net.due(now);
        };
        results.push(words(step, &outcome));
        now += 500_000;
        net.due(now);
    }
    results
}

/// Runs a scenario in a lab.
async fn in_lab(networks: &server::net::Networks, network: Network, steps: &[Value]) -> Vec<String> {
    let mut bench = Bench::with(networks, &Plan::simple(network)).await;
    let mut results = Vec::new();
    for step in steps {
        let outcome = bench.call(call(step)).await;
        results.push(words(step, &outcome));
        // As the judge: what is under way on lo has arrived before the next step.
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    results
}

/// Both, side by side, on each network: the first step that ends differently.
async fn difference(
    judge: &mut Judge,
    networks: &server::net::Networks,
    title: &str,
    steps: &[Value],
) -> Vec<String> {
    let theirs = judge.run(steps);
    let mut differences = Vec::new();
    for network in NETWORKS {
        let ours = match network {
            Network::Simulated => simulated(steps),
            network => in_lab(networks, network, steps).await,
        };
        let title = format!("{title} ({})", network.name());
        differences.extend(compare(&title, steps, &ours, &theirs));
    }
    differences
}

fn compare(title: &str, steps: &[Value], ours: &[String], theirs: &[String]) -> Option<String> {
    let n = (0..steps.len()).find(|n| ours[*n] != theirs[*n])?;
    let before = steps[..n].iter().zip(theirs);
    let before: String = before
        .map(|(step, result)| format!("    {step} -> {result}\n"))
        .collect();
    let (step, ours, theirs) = (&steps[n], &ours[n], &theirs[n]);
    Some(format!(
        "{title}:\n{before}  {step}\n    lab:     {ours}\n    python3: {theirs}\n"
    ))
}

#[tokio::test]
async fn scenarios_end_as_under_python3() {
    let networks = networks().await;
    let mut judge = Judge::start();
    let mut differences = Vec::new();
    for (title, steps) in scenarios() {
        differences.extend(difference(&mut judge, &networks, title, &steps).await);
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[tokio::test]
async fn whatever_programs_do_ends_as_under_python3() {
    let networks = networks().await;
    let mut judge = Judge::start();
    let mut differences = Vec::new();
    let (first, count) = match std::env::var("WIRELAB_SEEDS") {
        Ok(range) => range
            .split_once('+')
            .map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap()))
            .unwrap(),
        Err(_) => (1, 60_u64),
    };
    for seed in first..first + count {
        let steps = random_steps(seed);
        differences.extend(difference(&mut judge, &networks, &format!("seed {seed}"), &steps).await);
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
