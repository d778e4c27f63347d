//! The same lab in process and over `/ws`: one timeline. And over a connection that is cut after every message: the same
//! one again, nothing lost, nothing doubled.

use anyhow::{Context as _, Result, ensure};
use engine::session::{Command, LabSpec, Rest, Session, World};
use protocol::{CallId, Event, EventKind};
use std::collections::BTreeMap;
use wirelab_tests::native_page::NativePage;
use wirelab_tests::{root, server::Wirelab};

const WORLD: World = World {
    unix_nanos: 1_700_000_000_000_000_000,
    seed: 7,
};

fn lab(name: &str) -> Result<LabSpec> {
    let folder = root().join("book/labs").join(name);
    let text = std::fs::read_to_string(folder.join("lab.toml"))?;
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|e| format!("{file}: {e}"));
    Ok(LabSpec::from_toml(&text, read)?)
}

/// Each program's own story, one line an event: without clocks, ports that the kernel picked, and the samples of
/// buffers, which depend on when the kernel was looked at; TCP's states are in it.
fn story(session: &Session) -> Vec<Vec<String>> {
    let mut stories = vec![Vec::new(); session.spec().programs.len()];
    let mut numbers: BTreeMap<CallId, usize> = BTreeMap::new();
    let mut states = BTreeMap::new();
    for event in session.timeline().events() {
        let Some(program) = event.program else { continue };
        let line = match &event.kind {
            EventKind::Waiting { .. } => continue,
            // Packets have numbers that the kernel rolls dice for, and when it acknowledges is a matter of moments.
            EventKind::Wire { .. } => continue,
            // A closed connection is the kernel's alone: how far it is with its last segments is a matter of moments.
            EventKind::Socket { sample, .. } if sample.closed => continue,
            EventKind::Socket { sample, .. } => match sample.state {
                Some(state) if states.insert(sample.sock, state) != Some(state) => {
                    format!("socket {:?} {state}", sample.sock)
                }
                _ => continue,
            },
            kind => {
                let event = Event {
                    seq: 0,
                    t: 0,
                    cause: None,
                    ..event.clone()
                };
                let mut value: serde_json::Value =
                    serde_json::from_str(&protocol::write::to_json(&event)).unwrap_or_default();
                if let EventKind::Called { call, .. } | EventKind::Returned { call, .. } = kind {
                    let next = numbers.len();
                    value["call"] = (*numbers.entry(*call).or_insert(next)).into();
                    value["at"] = 0.into();
                }
                without_ports(&mut value);
                value.to_string()
            }
        };
        stories[usize::from(program.0)].push(line);
    }
    stories
}

fn without_ports(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            if map
                .get("port")
                .and_then(serde_json::Value::as_u64)
                .is_some_and(|p| p >= 32768)
            {
                map.insert("port".into(), "PORT".into());
            }
            // Printed ports are in the output, as base64.
            if map.get("kind").and_then(serde_json::Value::as_str) == Some("output") {
                map.remove("data");
            }
            map.values_mut().for_each(without_ports);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(without_ports),
        _ => {}
    }
}

async fn in_process(spec: LabSpec) -> Result<Vec<Vec<String>>> {
    let networks = ::server::net::Networks::start_with(&wirelab_tests::server::binary()).await;
    let mut driver = ::server::run::Driver::open(&networks, spec, WORLD).await?;
    loop {
        driver.command(Command::Next);
        while matches!(
            driver.session().rest(),
            Rest::Opening | Rest::Working | Rest::Sleeping
        ) {
            driver.turn(None).await?;
        }
        if !matches!(driver.session().rest(), Rest::Ready(_)) {
            return Ok(story(driver.session()));
        }
    }
}

async fn over_ws(address: &str, spec: LabSpec, cut: bool) -> Result<Vec<Vec<String>>> {
    let mut page = NativePage::open(address, spec, WORLD).await?;
    loop {
        page.command(Command::Next).await?;
        while matches!(
            page.session().rest(),
            Rest::Opening | Rest::Working | Rest::Sleeping
        ) {
            let before = page.arrived;
            page.turn().await?;
            if cut && page.arrived > before {
                page.cut().await?;
            }
        }
        if !matches!(page.session().rest(), Rest::Ready(_)) {
            return Ok(story(page.session()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lab_has_one_timeline_wherever_it_is_driven_from() -> Result<()> {
    let server = Wirelab::start(&[])?;
    let address = server
        .url()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    for name in [
        "tcp-echo",
        "greeting",
        "udp-hello-sendto",
        "udp-hello-connect",
        "skeleton-tcp-ipv6",
    ] {
        let here = in_process(lab(name)?).await.context(name)?;
        let there = over_ws(&address, lab(name)?, false).await.context(name)?;
        let cut = over_ws(&address, lab(name)?, true).await.context(name)?;
        ensure!(
            here.iter().all(|program| program.len() > 10),
            "{name} has a story: {here:#?}"
        );
        ensure!(here == there, "{name}: in process {here:#?}\nover /ws {there:#?}");
        ensure!(here == cut, "{name}: in process {here:#?}\ncut {cut:#?}");
    }
    Ok(())
}
