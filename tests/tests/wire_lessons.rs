//! The lessons about packets, in a real browser, over real kernel labs: what their text says is what happens.

use anyhow::{Context, Result, ensure};
use protocol::{EventKind, TcpState};
use serde_json::json;
use wirelab_tests::{Page, Seen, Story, in_browser_on_each};

/// Opens a page of the book, waits for its first lab, and makes sure that it has a wire.
async fn open(page: &Page, chapter: &str) -> Result<()> {
    page.open_chapter(chapter).await?;
    let story = page.story(0).await?;
    let hosts = story
        .events
        .iter()
        .any(|event| matches!(event.kind, EventKind::Hosts { .. }));
    ensure!(hosts, "{chapter}: the lab has no kernel network");
    Ok(())
}

/// One step of the n-th lab by its scripting interface; the story then.
async fn next(page: &Page) -> Result<Story> {
    page.lab(0, "await lab.next();").await?;
    page.story(0).await
}

/// One step of one program, by its key.
async fn step(page: &Page, key: &str) -> Result<Story> {
    page.press(key).await?;
    page.story(0).await
}

/// Does something with the packet that has this payload and waits.
async fn act(page: &Page, story: &Story, action: &str, fits: impl Fn(&Seen) -> bool) -> Result<()> {
    let packet = story
        .held()
        .into_iter()
        .find(|seen| fits(seen))
        .with_context(|| format!("no such packet waits: {:#?}", story.held()))?;
    let action = json!({ "wire": action, "packet": packet.id.0 });
    page.lab(0, &format!("await lab.wire({action});")).await.map(drop)
}

/// What went over the wire, in order; how often a kernel has lost its patience meanwhile is nobody's lesson.
fn whats(story: &Story) -> Vec<String> {
    story.packets_once().into_iter().map(|seen| seen.what).collect()
}

fn both_ended(story: &Story) {
    assert_eq!((story.ended("server"), story.ended("client")), (Some(0), Some(0)));
}

#[test]
fn handshake_in_three_segments() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "handshake/segments.html").await?;
        let waits =
            |what: &'static str| move |story: &Story| story.held().iter().any(|seen| seen.what == what);
        let story = page.step_until(0, waits("SYN")).await?;
        assert_eq!(story.states("client").last(), Some(&TcpState::SynSent));
        page.screenshots("lesson-segments-syn").await?;
        let story = page.step_until(0, waits("SYN ACK")).await?;
        let embryo = story.events.iter().any(|event| {
            matches!(&event.kind, EventKind::Embryos { all, .. } if all.iter().any(|e| e.state == TcpState::SynReceived))
        });
        ensure!(embryo, "nobody has seen SYN-RECEIVED");
        let story = page.step_until(0, waits("ACK")).await?;
        assert_eq!(story.states("client").last(), Some(&TcpState::Established));
        page.screenshots("lesson-segments-ack").await?;
        let story = page.to_the_end(0).await?;
        both_ended(&story);
        assert_eq!(whats(&story)[..3], ["SYN", "SYN ACK", "ACK"]);
        Ok(())
    })
}

#[test]
fn goodbye_in_four_segments() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "goodbye/four-segments.html").await?;
        let story = page
            .step_until(0, |story| story.held().iter().any(|seen| seen.what == "FIN ACK"))
            .await?;
        assert_eq!(story.states("client").last(), Some(&TcpState::FinWait1));
        page.screenshots("lesson-goodbye-fin").await?;
        let story = page
            .step_until(0, |story| {
                story.states("client").last() == Some(&TcpState::FinWait2)
            })
            .await?;
        ensure!(story.states("server").contains(&TcpState::CloseWait));
        page.step_to_end(0).await?;
        page.lab(0, "lab.type('server', '')").await?;
        let story = page.to_the_end(0).await?;
        both_ended(&story);
        let end = whats(&story);
        assert_eq!(
            end[end.len() - 4..],
            ["FIN ACK", "ACK", "FIN ACK", "ACK"],
            "{end:?}"
        );
        // Not the last one, when the minute that it lasts is over before anybody looks.
        ensure!(story.states("client").contains(&TcpState::TimeWait));
        page.screenshots("lesson-goodbye-end").await
    })
}

#[test]
fn goodbye_leaves_the_port_taken() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "goodbye/time-wait.html").await?;
        let story = page.to_the_end(0).await?;
        ensure!(story.states("server").contains(&TcpState::TimeWait));
        ensure!(
            story
                .complained("successor")
                .ends_with("OSError: [Errno 98] Address already in use\n"),
            "{}",
            story.complained("successor")
        );
        page.screenshots("lesson-time-wait").await
    })
}

#[test]
fn loss_is_mended_by_a_retransmission() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "loss/lost-segment.html").await?;
        let sentence = |seen: &Seen| seen.payload == b"Please confirm.";
        let story = page
            .step_until(0, |story| story.held().iter().any(sentence))
            .await?;
        act(&page, &story, "drop", sentence).await?;
        page.screenshots("lesson-loss-dropped").await?;
        let story = page.to_the_end(0).await?;
        both_ended(&story);
        ensure!(
            story.packets().iter().filter(|seen| sentence(seen)).count() >= 2,
            "nothing was sent again"
        );
        assert_eq!(story.printed("server"), "received b'Please confirm.'\n");
        assert_eq!(story.printed("client"), "answer: b'Thank you.'\n");
        page.screenshots("lesson-loss-end").await
    })
}

#[test]
fn stream_small_pieces_travel_together() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "stream/together.html").await?;
        page.focus(0).await?;
        page.step_until(0, |story| story.held().iter().any(|seen| seen.payload == b"one "))
            .await?;
        let mut story = page.story(0).await?;
        while story
            .calls("client")
            .iter()
            .filter(|call| **call == "send")
            .count()
            < 3
        {
            story = step(&page, "1").await?;
        }
        assert_eq!(
            story.payloads(),
            [b"one ".to_vec()],
            "the others wait in the send buffer"
        );
        page.screenshots("lesson-together").await?;
        page.step_to_end(0).await?;
        page.lab(0, "lab.type('server', '')").await?;
        let story = page.to_the_end(0).await?;
        both_ended(&story);
        assert_eq!(story.payloads(), [b"one ".to_vec(), b"two three ".to_vec()]);
        ensure!(story.printed("server").contains("received b'one two three '"));
        Ok(())
    })
}

#[test]
fn stream_a_large_piece_travels_in_parts() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "stream/apart.html").await?;
        let story = page
            .step_until(0, |story| story.calls("client").contains(&"sendall"))
            .await?;
        let sizes: Vec<usize> = story.payloads().iter().map(Vec::len).collect();
        assert_eq!(sizes, [1448, 1448, 1104]);
        page.screenshots("lesson-apart").await?;
        let story = page.to_the_end(0).await?;
        both_ended(&story);
        assert_eq!(story.printed("server"), "received 4000 bytes\n");
        ensure!(
            story
                .calls("server")
                .iter()
                .filter(|call| **call == "recv")
                .count()
                >= 3
        );
        Ok(())
    })
}

#[test]
fn datagrams_are_lost_doubled_and_late() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "bad-wire/five-datagrams.html").await?;
        page.focus(0).await?;
        page.step_until(0, |story| story.calls("receiver").contains(&"recvfrom"))
            .await?;
        let mut story = page.story(0).await?;
        while story.ended("sender").is_none() {
            story = step(&page, "1").await?;
        }
        assert_eq!(story.held().len(), 5, "all five wait");
        ensure!(!story.printed("receiver").contains("received"));
        let story = next(&page).await?;
        act(&page, &story, "drop", |seen| seen.payload == b"two").await?;
        act(&page, &story, "duplicate", |seen| seen.payload == b"three").await?;
        act(&page, &story, "behind", |seen| seen.payload == b"four").await?;
        page.screenshots("lesson-bad-wire").await?;
        page.step_to_end(0).await?;
        let printed = page.story(0).await?.printed("receiver");
        assert_eq!(
            printed.lines().collect::<Vec<_>>(),
            [
                "received b'one'",
                "received b'three'",
                "received b'three'",
                "received b'five'"
            ]
        );
        Ok(())
    })
}

#[test]
fn failures_refused_by_tcp_and_by_icmp() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "failures/refused.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(whats(&story), ["SYN", "RST ACK", "UDP", "ICMP"]);
        assert_eq!(
            story.printed("tcp-client"),
            "refused: [Errno 111] Connection refused\n"
        );
        assert_eq!(
            story.printed("udp-client"),
            "sent without an error\nrefused: [Errno 111] Connection refused\n"
        );
        page.screenshots("lesson-refused").await
    })
}

#[test]
fn failures_reset_by_unread_bytes() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "failures/reset.html").await?;
        let story = page.to_the_end(0).await?;
        ensure!(
            whats(&story).iter().any(|what| what.starts_with("RST")),
            "{:?}",
            whats(&story)
        );
        assert_eq!(
            story.printed("client"),
            "reset: [Errno 104] Connection reset by peer\n"
        );
        page.screenshots("lesson-reset").await
    })
}

#[test]
fn failures_time_out_while_the_syn_is_held() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "failures/timed-out.html").await?;
        page.focus(0).await?;
        page.step_until(0, |story| story.held().iter().any(|seen| seen.what == "SYN"))
            .await?;
        let mut story = page.story(0).await?;
        // The deadline ends by itself; from then on the client is stepped, and nothing else is.
        for _ in 0..400 {
            if story.ended("client").is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            story = step(&page, "1").await?;
        }
        ensure!(
            story.printed("client").starts_with("no answer: timed out"),
            "{}",
            story.printed("client")
        );
        let again = story.events.iter().any(|event| {
            matches!(
                event.kind,
                EventKind::Wire {
                    news: protocol::WireNews::Again { .. },
                    ..
                }
            )
        });
        ensure!(again, "nothing was sent again while the SYN waited");
        page.screenshots("lesson-timed-out").await
    })
}

#[test]
fn http_a_request_and_its_answer() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "http/request.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(story.ended("visitor"), Some(0));
        ensure!(
            story
                .payloads()
                .iter()
                .any(|payload| payload.starts_with(b"GET /favicon.ico HTTP/1.1\r\n"))
        );
        page.screenshots("lesson-http").await
    })
}

#[test]
fn chat_takes_turns_and_two_listeners_wait_for_ever() -> Result<()> {
    in_browser_on_each(async |page| {
        open(&page, "chat/turns.html").await?;
        page.step_to_end(0).await?;
        for (who, line) in [("client", "hello"), ("server", "hi"), ("client", "byebye")] {
            page.lab(0, &format!("lab.type('{who}', '{line}')")).await?;
            page.step_to_end(0).await?;
        }
        both_ended(&page.story(0).await?);

        open(&page, "chat/deadlock.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!((story.ended("server"), story.ended("client")), (None, None));
        for program in ["server", "client"] {
            assert_eq!(story.calls(program).last(), Some(&"recv"), "{program}");
        }
        page.screenshots("lesson-deadlock").await
    })
}
