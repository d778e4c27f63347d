//! The lessons about addresses, layers, levels, time and plain text, and the questions, in a real browser on both networks:
//! what a lesson's text says is what its lab does, to its end.

use anyhow::{Context, Result, ensure};
use protocol::{Call, EventKind, Outcome, TcpState};
use serde_json::json;
use wirelab_tests::{in_browser_on_each, until};

#[test]
fn addresses_the_calls_side_by_side() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("addresses/calls.html").await?;
        let tcp = page.to_the_end(0).await?;
        tcp.all_well();
        assert_eq!(
            tcp.calls("server"),
            [
                "socket", "bind", "listen", "accept", "recv", "send", "close", "close"
            ]
        );
        assert_eq!(
            tcp.calls("client"),
            ["socket", "connect", "send", "recv", "close"]
        );
        page.screenshots("lesson-addresses-calls").await?;
        let udp = page.to_the_end(1).await?;
        udp.all_well();
        assert_eq!(
            udp.calls("server"),
            ["socket", "bind", "recvfrom", "sendto", "close"]
        );
        assert_eq!(udp.calls("client"), ["socket", "sendto", "recvfrom", "close"]);
        Ok(())
    })
}

#[test]
fn addresses_ports_from_0_to_65535() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("addresses/ports.html").await?;
        let story = page.to_the_end(0).await?;
        let said = story.lines("ports");
        assert_eq!(
            said[..2],
            ["asked for 8080 and got 8080", "asked for 65535 and got 65535"]
        );
        for line in &said[2..4] {
            let got = line.strip_prefix("asked for 0 and got ").context("port 0")?;
            ensure!(got.parse::<u16>()? >= 1024, "{line}");
        }
        for line in &said[4..6] {
            ensure!(line.ends_with("port must be 0-65535."), "{line}");
        }
        // The kernel is not asked for what no header has room for.
        let binds = story.calls("ports").iter().filter(|api| **api == "bind").count();
        assert_eq!(binds, 4);
        page.screenshots("lesson-addresses-ports").await
    })
}

#[test]
fn addresses_who_has_the_port() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("addresses/taken.html").await?;
        let story = page.to_the_end(0).await?;
        let bound: Vec<bool> = story
            .lines("taken")
            .iter()
            .map(|l| l.ends_with("- bound"))
            .collect();
        assert_eq!(
            bound,
            [true, false, false, true, true],
            "{}",
            story.printed("taken")
        );
        ensure!(story.failed("taken", libc::EADDRINUSE), "no EADDRINUSE");
        page.screenshots("lesson-addresses-taken").await
    })
}

#[test]
fn addresses_families_and_the_wrong_door() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("addresses/families.html").await?;
        for lab in [0, 1] {
            let story = page.to_the_end(lab).await?;
            story.all_well();
            ensure!(
                story.printed("client").contains("Received: Hello, client!"),
                "lab {lab}"
            );
        }
        let story = page.to_the_end(2).await?;
        let said = story.lines("client");
        let refused = said
            .iter()
            .filter(|line| line.ends_with("[Errno 111] Connection refused"))
            .count();
        assert_eq!((said.len(), refused), (5, 4), "{said:#?}");
        assert_eq!(said[4], "the right one - connected");
        page.screenshots("lesson-addresses-families").await
    })
}

#[test]
fn addresses_on_one_machine_there_are_no_packets() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("addresses/unix.html").await?;
        let story = page.to_the_end(0).await?;
        story.all_well();
        assert_eq!(
            story.lines("server"),
            ["The client has the address ''", "Received: Is anybody at home?"]
        );
        ensure!(
            story.printed("client").contains("b'to the other end'"),
            "socketpair() is not there"
        );
        assert_eq!(story.packets(), [], "AF_UNIX has no packets");
        page.screenshots("lesson-addresses-unix").await
    })
}

#[test]
fn layers_a_page_and_a_name() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("layers/packet.html").await?;
        let story = page
            .step_until(0, |story| {
                story.payloads().iter().any(|p| p.starts_with(b"GET / "))
            })
            .await?;
        let request = story.payloads();
        assert_eq!(request[0].len(), 40, "the request has 40 bytes");
        // Its fields, in the inspector: IP's 20 bytes, TCP's 32, the program's 40.
        let sizes: Vec<usize> = story
            .events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Wire {
                    news: protocol::WireNews::Sent { data, .. },
                    ..
                } => Some(data.len()),
                _ => None,
            })
            .collect();
        ensure!(sizes.contains(&92), "no packet has 92 bytes: {sizes:?}");
        let story = page.to_the_end(0).await?;
        assert_eq!(story.printed("visitor").matches("written by hand").count(), 2);
        page.screenshots("lesson-layers-packet").await?;

        page.open_chapter("layers/name.html").await?;
        let story = page.to_the_end(0).await?;
        story.all_well();
        assert_eq!(story.lines("client"), ["the address is 10.0.0.1"]);
        assert_eq!(story.payloads()[0].len(), 30, "the question has 30 bytes");
        let story = page.to_the_end(1).await?;
        ensure!(
            story.packets().iter().any(|seen| seen.what == "ICMP"),
            "no ICMP message"
        );
        page.screenshots("lesson-layers-name").await
    })
}

#[test]
fn levels_a_function_that_fetches_and_a_mailbox_by_hand() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("levels/fetch.html").await?;
        let story = page.to_the_end(0).await?;
        story.all_well();
        assert_eq!(story.lines("client"), ["This page was written by hand."]);
        assert_eq!(story.lines("server"), ["Asked for: /hello.html"]);
        page.screenshots("lesson-levels-fetch").await?;
        // Nobody listens: the upper level cannot hide that.
        page.lab(0, "lab.reset();").await?;
        page.focus(0).await?;
        let story = page
            .press_until(0, "1", |story| story.ended("client").is_some())
            .await?;
        ensure!(story.failed("client", libc::ECONNREFUSED), "it was not refused");
        ensure!(
            story.complained("client").contains("ConnectionRefusedError"),
            "nothing came through"
        );

        page.open_chapter("levels/modules.html").await?;
        let story = page.to_the_end(0).await?;
        story.all_well();
        assert_eq!(story.lines("client").len(), 4, "a greeting and three answers");
        page.screenshots("lesson-levels-modules").await
    })
}

#[test]
fn time_a_long_way() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("time/latency.html").await?;
        page.lab(0, "await lab.run();").await?;
        page.story(0).await?.all_well();
        page.lab(0, "lab.reset(); await lab.ready;").await?;
        let delay = json!({ "wire": "rules", "rules": [{ "what": { "delay": { "ms": 200, "jitter": 0 } } }], "seed": 1 });
        page.lab(0, &format!("await lab.wire({delay}); await lab.run();"))
            .await?;
        let story = page.story(0).await?;
        story.all_well();
        let answers = ["2 squared is 4", "3 squared is 9", "4 squared is 16"];
        assert_eq!(story.lines("client"), answers);
        // The handshake and three questions, 400 ms each, by the lab's own clock.
        let start = story.events.iter().find(|e| {
            matches!(
                &e.kind,
                EventKind::Called {
                    what: Call::Connect { .. },
                    ..
                }
            )
        });
        let last = story.events.iter().rfind(|e| {
            matches!(&e.kind, EventKind::Returned { outcome: Outcome::Received { data, .. }, .. } if data.0 == b"16\n")
        });
        let took = last.context("no answer")?.t - start.context("no connect()")?.t;
        ensure!(took >= 1_600_000_000, "{took} ns for four times there and back");
        page.screenshots("lesson-time-latency").await
    })
}

#[test]
fn time_a_full_buffer() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("time/buffers.html").await?;
        let story = page.to_the_end(0).await?;
        // Everything waits for the reader: a full receive buffer, and a window of 0.
        ensure!(
            (4_000..16_000).contains(&story.most_unread("server")),
            "{} unread",
            story.most_unread("server")
        );
        assert_eq!(story.printed("client"), "", "sendall() has returned");
        page.screenshots("lesson-time-buffers").await?;
        page.lab(0, "lab.type('server', '');").await?;
        let story = page.to_the_end(0).await?;
        story.all_well();
        ensure!(
            story.printed("server").ends_with("received 40000 bytes\n"),
            "{}",
            story.printed("server")
        );
        Ok(())
    })
}

#[test]
fn time_a_queue_that_is_full() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("time/load.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(
            story.lines("clients"),
            [
                "client 1 is connected",
                "client 2 is connected",
                "client 3 - timed out"
            ]
        );
        page.screenshots("lesson-time-load").await?;
        page.lab(0, "lab.type('server', '');").await?;
        page.to_the_end(0).await?.all_well();
        Ok(())
    })
}

#[test]
fn plain_a_password_on_the_wire() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("plain/password.html").await?;
        let story = page
            .step_until(0, |story| {
                story.held().iter().any(|seen| seen.payload.starts_with(b"PASS"))
            })
            .await?;
        ensure!(
            !story.printed("server").contains("PASS"),
            "the server has read it already"
        );
        page.click(".tabs [role=tab]:nth-child(2)").await?;
        until(
            async || page.text(".panel").await,
            |shown| shown.contains("PASS open sesame"),
        )
        .await?;
        page.screenshots("lesson-plain-password").await?;
        let story = page.to_the_end(0).await?;
        story.all_well();
        ensure!(
            story.printed("server").contains("b'PASS open sesame\\r\\n'"),
            "{}",
            story.printed("server")
        );
        Ok(())
    })
}

#[test]
fn questions_udp_receives_nothing() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("questions.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(
            story.lines("client").last().map(String::as_str),
            Some("the right one - connected")
        );
        let story = page.to_the_end(1).await?;
        story.all_well();
        assert_eq!(story.lines("receiver"), ["nothing came: timed out"]);
        assert_eq!(story.lines("sender"), ["sent without an error"]);
        ensure!(
            story.packets().iter().any(|seen| seen.what == "ICMP"),
            "nobody told the sender's kernel"
        );
        ensure!(
            !story.states("sender").contains(&TcpState::Established),
            "UDP has no states"
        );
        page.screenshots("lesson-questions").await
    })
}
