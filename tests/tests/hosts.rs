//! Several hosts in a real browser: lanes say on which host a program runs, IPv6 goes between them packet by packet, and
//! `localhost` fails between hosts as in life, with the page saying why.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use wirelab_tests::{Look, in_browser, playground, until};

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
    playground(&lab)
}

#[test]
fn two_hosts_talk_by_ipv6_and_lanes_say_where_they_are() -> Result<()> {
    in_browser(async |page| {
        page.open(&link(SERVER, CLIENT, &["server", "client"])).await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        let story = page.to_the_end(0).await?;
        assert_eq!(story.printed("client"), "b'by IPv6'\n");
        let hosts = page.texts("[data-host]").await?;
        assert_eq!(
            hosts,
            [" · host client", " · host server"],
            "the client's lane is the left one"
        );
        // Addresses of both families stand where the kernel does, and the server saw the client's.
        let kernels = page.texts("[data-sockets] h3").await?;
        let from = story.printed("server").trim().to_owned();
        ensure!(from.contains(':'), "{from}");
        ensure!(
            kernels[0].contains(&from) && kernels[0].contains("of host client"),
            "{kernels:?}"
        );
        // What went over the wire is IPv6.
        page.click(".dock [role=tab]:nth-of-type(2)").await?;
        until(
            async || page.texts(".pf th").await,
            |fields| {
                fields
                    .iter()
                    .any(|name| name.contains("Internet Protocol Version 6"))
            },
        )
        .await?;
        page.check_accessible_in_every_look().await?;
        page.screenshots("hosts-ipv6").await
    })
}

#[test]
fn localhost_fails_between_hosts_and_the_page_says_why() -> Result<()> {
    let server = "import socket\ns = socket.socket()\ns.bind(('', 8888))\ns.listen()\ns.accept()\n";
    let client = "import socket\ns = socket.socket()\ns.connect(('localhost', 8888))\n";
    in_browser(async |page| {
        page.open(&link(server, client, &["server", "client"])).await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        page.step_to_end(0).await?;
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
        if !page.has_wire().await? {
            return Ok(());
        }
        for (choice, hosts) in [("each", 2), ("one", 0)] {
            page.click("[data-network]").await?;
            page.check_accessible().await?;
            page.screenshots(&format!("hosts-choice-{choice}")).await?;
            page.click(&format!("[data-hosts={choice}]")).await?;
            // Another lab comes into the element.
            until(
                async || page.texts("[data-host]").await,
                |shown| shown.len() == hosts,
            )
            .await
            .context(choice)?;
            page.lab(0, "").await?;
        }
        Ok(())
    })
}

/// Is every one of these in sight as a whole, and the whole text in it? What is not is told.
const CUT: &str = "
    return args.flatMap(css => [...document.querySelectorAll(css)]).filter(e => {
        const box = e.getBoundingClientRect();
        const around = e.closest('.lh, .dia').getBoundingClientRect();
        return e instanceof HTMLElement && e.scrollWidth > e.clientWidth + 1
            || box.left < around.left || box.right > around.right + 0.5;
    }).map(e => e.textContent);";

#[test]
fn four_hosts_have_room_in_the_playground() -> Result<()> {
    in_browser(async |page| {
        let program = |name: &str, source: &str, side: &str| json!({ "name": name, "file": format!("{name}.py"), "source": source, "side": side, "host": name });
        let client = "import socket\ns = socket.create_connection(('server', 8888))\ns.sendall(b'x')\ns.recv(1)\ns.close()\n";
        let server = "import socket\ns = socket.create_server(('', 8888))\nwhile True:\n    c, a = s.accept()\n    c.sendall(c.recv(9))\n    c.close()\n";
        let lab = json!({
            "version": 1, "title": "Four", "hosts": ["server", "alice", "bobby", "observer"], "held": true,
            "program": [program("server", server, "right"), program("alice", client, "left"),
                        program("bobby", client, "left"), program("observer", client, "right")],
        });
        page.open(&playground(&lab)).await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        // Both lanes have a program that runs, and a packet waits.
        let waits = "return document.querySelector('[data-acts]') !== null && lab.timeline().filter(e => e.news?.wire === 'sent').length > 7";
        page.step_until_seen(0, waits).await?;
        for look in [Look::Projector, Look::Phone] {
            page.look(look).await?;
            let cut = page.script(CUT, json!([".lh .file", ".dw text"])).await?;
            assert_eq!(cut, json!([]), "{look:?}");
        }
        page.look(Look::Projector).await?;
        // Two rows: who it is with the buttons, and where it runs.
        let heights =
            "return [...document.querySelectorAll('.lh')].map(e => e.getBoundingClientRect().height < 64)";
        assert_eq!(page.script(heights, Value::Null).await?, json!([true, true]));
        // What the buttons stand on hides no text.
        let hidden = "
            const acts = [...document.querySelectorAll('.acts .btn')].map(e => e.getBoundingClientRect());
            return [...document.querySelectorAll('.dw text')].filter(e => {
                const box = e.getBoundingClientRect();
                return acts.some(a => box.left < a.right && a.left < box.right && box.top < a.bottom - 2 && a.top + 2 < box.bottom);
            }).map(e => e.textContent);";
        assert_eq!(page.script(hidden, Value::Null).await?, json!([]));
        page.check_accessible().await?;
        page.screenshots("four-hosts").await
    })
}

#[test]
fn another_network_is_chosen_and_stays_for_the_page() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        page.click("[data-network]").await?;
        let offered = page.texts("[data-choose]").await?;
        ensure!(offered[0].starts_with("Kernel lab (now)"), "{offered:?}");
        page.click("[data-choose=loopback]").await?;
        // The lab runs there, says so, and a reset does not change it.
        for _ in 0..2 {
            until(
                async || page.text("[data-network]").await,
                |said| said.starts_with("loopback: no packets"),
            )
            .await?;
            let story = page.to_the_end(0).await?;
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
