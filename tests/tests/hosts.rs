//! Several hosts in a real browser: lanes say on which host a program runs, IPv6 goes between them packet by packet, and
//! `localhost` fails between hosts as in life, with the page saying why.

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use wirelab_tests::{Look, Page, in_browser};

const SERVER: &str = "\
import socket
s = socket.socket(socket.AF_INET6)
s.bind(('::', 8888))
s.listen()
c, peer = s.accept()
print(peer[0])
c.sendall(c.recv(100))
c.close()
s.close()
";
const CLIENT: &str = "\
import socket
s = socket.socket(socket.AF_INET6)
s.connect(('server', 8888))
s.sendall(b'by IPv6')
print(s.recv(100))
s.close()
";

/// A link into the playground with these two programs, as one host or as a host each.
fn link(server: &str, client: &str, hosts: &[&str]) -> String {
    let program =
        |name: &str, source: &str| json!({ "name": name, "file": format!("{name}.py"), "source": source });
    let mut lab = json!({
        "version": 1, "title": "Hosts", "program": [program("server", server), program("client", client)],
    });
    if !hosts.is_empty() {
        lab["hosts"] = json!(hosts);
    }
    let packed = URL_SAFE_NO_PAD.encode(lab.to_string());
    format!("/playground.html?hosts={}#lab={packed}", hosts.len())
}

async fn has_wire(page: &Page) -> Result<bool> {
    let text = page
        .lab(0, "return lab.querySelector('[data-network]').textContent")
        .await?;
    let there = text.as_str().context("a word")?.contains("real packets");
    if !there {
        eprintln!("skipped: this machine gives no kernel lab");
    }
    Ok(there)
}

async fn texts(page: &Page, css: &str) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll(args)].map(e => e.textContent)";
    Ok(serde_json::from_value(page.script(script, json!(css)).await?)?)
}

#[test]
fn two_hosts_talk_by_ipv6_and_lanes_say_where_they_are() -> Result<()> {
    in_browser(async |page| {
        page.open(&link(SERVER, CLIENT, &["server", "client"])).await?;
        if !has_wire(&page).await? {
            return Ok(());
        }
        page.step_to_end(0, 200).await?;
        let story = page.story(0).await?;
        assert_eq!(story.printed("client"), "b'by IPv6'\n");
        let hosts = texts(&page, "[data-host]").await?;
        assert_eq!(
            hosts,
            [" · host client", " · host server"],
            "the client's lane is the left one"
        );
        // Addresses of both families stand where the kernel does, and the server saw the client's.
        let kernels = texts(&page, "[data-sockets] h3").await?;
        let from = story.printed("server").trim().to_owned();
        ensure!(from.contains(':'), "{from}");
        ensure!(
            kernels[0].contains(&from) && kernels[0].contains("of host client"),
            "{kernels:?}"
        );
        // What went over the wire is IPv6.
        let shown = page
            .lab(
                0,
                "lab.querySelector('.dock [role=tab]:nth-of-type(2)').click();
                 await new Promise(go => setTimeout(go, 200));
                 return [...lab.querySelectorAll('.pf th')].map(e => e.textContent).join(' ')",
            )
            .await?;
        ensure!(
            shown
                .as_str()
                .is_some_and(|s| s.contains("Internet Protocol Version 6")),
            "{shown}"
        );
        for look in Look::ALL {
            page.look(look).await?;
            page.check_accessible()
                .await
                .with_context(|| format!("{look:?}"))?;
        }
        page.look(Look::Projector).await?;
        page.screenshots("hosts-ipv6").await
    })
}

#[test]
fn localhost_fails_between_hosts_and_the_page_says_why() -> Result<()> {
    let server = "import socket\ns = socket.socket()\ns.bind(('', 8888))\ns.listen()\ns.accept()\n";
    let client = "import socket\ns = socket.socket()\ns.connect(('localhost', 8888))\n";
    in_browser(async |page| {
        page.open(&link(server, client, &["server", "client"])).await?;
        if !has_wire(&page).await? {
            return Ok(());
        }
        page.step_to_end(0, 200).await?;
        let fault = page.text("[data-lane=left] [data-error]").await?;
        ensure!(fault.contains("ECONNREFUSED"), "{fault}");
        ensure!(fault.contains("own host, here client"), "{fault}");
        ensure!(fault.contains("server listens on host server"), "{fault}");
        ensure!(fault.contains("('server', 8888)"), "{fault}");
        page.check_accessible().await?;
        page.screenshots("hosts-localhost").await
    })
}

#[test]
fn the_playground_gives_each_program_a_host_and_takes_it_back() -> Result<()> {
    in_browser(async |page| {
        page.open(&link("print('server')\n", "print('client')\n", &[]))
            .await?;
        if !has_wire(&page).await? {
            return Ok(());
        }
        for (choice, hosts) in [("each", 2), ("one", 0)] {
            page.click("[data-network]").await?;
            page.check_accessible().await?;
            page.screenshots(&format!("hosts-choice-{choice}")).await?;
            page.click(&format!("[data-hosts={choice}]")).await?;
            page.script("await new Promise(go => setTimeout(go, 300))", Value::Null)
                .await?;
            page.lab(0, "").await?;
            assert_eq!(texts(&page, "[data-host]").await?.len(), hosts, "{choice}");
        }
        Ok(())
    })
}

#[test]
fn another_network_is_chosen_and_stays_for_the_page() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        if !has_wire(&page).await? {
            return Ok(());
        }
        page.click("[data-network]").await?;
        let offered = texts(&page, "[data-choose]").await?;
        ensure!(offered[0].starts_with("Kernel lab (now)"), "{offered:?}");
        page.click("[data-choose=loopback]").await?;
        page.script("await new Promise(go => setTimeout(go, 300))", Value::Null)
            .await?;
        // The lab runs there, says so, and a reset does not change it.
        for _ in 0..2 {
            page.step_to_end(0, 200).await?;
            let said = texts(&page, "[data-network]").await?;
            ensure!(said[0].starts_with("loopback: no packets"), "{said:?}");
            let story = page.story(0).await?;
            assert_eq!(story.ended("client"), Some(0));
            ensure!(
                story
                    .events
                    .iter()
                    .all(|e| !matches!(e.kind, protocol::EventKind::Wire { .. }))
            );
            page.click("[data-do=reset]").await?;
            page.lab(0, "").await?;
        }
        Ok(())
    })
}
