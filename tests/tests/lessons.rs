//! The lessons in a real browser, stepped to their ends: what a lesson's text says is what its lab does.

use anyhow::{Context, Result, ensure};
use protocol::{EventKind, Outcome, TcpState};
use wirelab_tests::in_browser_on_each;

#[test]
fn handshake_each_call_changes_the_socket() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("handshake/calls.html").await?;
        page.screenshots("lesson-handshake-begin").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(
            story.calls("server"),
            ["socket", "bind", "listen", "accept", "close", "close"]
        );
        assert_eq!(
            story.calls("client"),
            ["socket", "connect", "getsockname", "close"]
        );
        assert_eq!((story.ended("server"), story.ended("client")), (Some(0), Some(0)));
        ensure!(
            story.states("server").contains(&TcpState::Listen),
            "nobody has seen LISTEN"
        );
        ensure!(
            story.states("client").contains(&TcpState::Established),
            "nobody has seen ESTABLISHED"
        );
        // Both name the same address: the port that the kernel picked.
        let (server, client) = (story.printed("server"), story.printed("client"));
        assert_eq!(
            server.replace("connected with", ""),
            client.replace("connected from", "")
        );
        page.screenshots("lesson-handshake-end").await
    })
}

#[test]
fn handshake_connect_returns_before_accept_is_called() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("handshake/before-accept.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(
            story.calls("server"),
            ["socket", "bind", "listen"],
            "accept() must not have been called yet"
        );
        assert_eq!(
            story.ended("client"),
            Some(0),
            "the client has connected, sent and gone"
        );
        let queued = story.of("server").any(
            |kind| matches!(kind, EventKind::Socket { sample, .. } if sample.accept_queue.is_some_and(|queue| queue.queued == 1)),
        );
        ensure!(queued, "the accept queue never held the connection");
        page.screenshots("lesson-before-accept").await?;

        page.lab(0, "lab.type('server', '')").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(story.ended("server"), Some(0));
        ensure!(
            story.printed("server").contains("received b'I am early'"),
            "{}",
            story.printed("server")
        );
        Ok(())
    })
}

#[test]
fn echo_the_bytes_wait_in_the_kernel_until_they_are_read() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("echo/there-and-back.html").await?;
        page.focus(0).await?;
        page.press_until(0, "PageDown", |story| story.line("server") == Some(15))
            .await?;
        let story = page
            .press_until(0, "1", |story| story.most_unread("server") > 0)
            .await?;
        assert_eq!(story.most_unread("server"), 21);
        ensure!(
            !story.calls("server").contains(&"recv"),
            "the server has called recv() already"
        );
        page.screenshots("lesson-echo-half-way").await?;

        page.press("2").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!((story.ended("server"), story.ended("client")), (Some(0), Some(0)));
        ensure!(
            story
                .printed("client")
                .ends_with("Received b'Is anybody out there?'\n")
        );
        ensure!(story.printed("server").ends_with("Received b''\n"));
        page.screenshots("lesson-echo-end").await
    })
}

#[test]
fn echo_a_stream_has_no_messages() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("echo/pieces.html").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!(
            story.most_unread("server"),
            23,
            "both messages wait in one buffer"
        );
        ensure!(
            !story.calls("server").contains(&"recv"),
            "the server has called recv() already"
        );
        page.lab(0, "lab.type('server', '')").await?;
        let story = page.to_the_end(0).await?;
        let server = story.printed("server");
        assert_eq!(
            server.lines().collect::<Vec<_>>(),
            [
                "Press Enter to read: Received b'good mor'",
                "Received b'ning goo'",
                "Received b'd night'",
                "Received b''"
            ]
        );
        Ok(())
    })
}

#[test]
fn datagram_one_question_one_answer() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("datagram/question.html").await?;
        page.step_to_end(0).await?;
        page.lab(0, "lab.type('client', '36.6')").await?;
        let story = page.to_the_end(0).await?;
        ensure!(
            story
                .printed("client")
                .ends_with("In degrees Fahrenheit: 97.88000000000001\n")
        );
        assert_eq!(
            story.calls("server"),
            ["socket", "bind", "recvfrom", "sendto", "close"]
        );
        page.screenshots("lesson-datagram-question").await
    })
}

#[test]
fn datagram_without_an_address_and_mended_twice() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open_chapter("datagram/address.html").await?;
        let story = page.to_the_end(0).await?;
        let refused = story.of("client").any(
            |kind| matches!(kind, EventKind::Returned { outcome: Outcome::Failed { errno, .. }, .. } if *errno == libc::EDESTADDRREQ),
        );
        ensure!(refused, "send() was not refused with EDESTADDRREQ");
        assert_eq!((story.ended("client"), story.ended("server")), (Some(1), None));
        ensure!(
            story
                .complained("client")
                .ends_with("OSError: [Errno 89] Destination address required\n")
        );
        page.screenshots("lesson-datagram-refused").await?;

        for lab in [1, 2] {
            page.step_to_end(lab).await?;
            let story = page.story(lab).await.with_context(|| format!("lab {lab}"))?;
            assert_eq!(
                (story.ended("client"), story.ended("server")),
                (Some(0), Some(0)),
                "lab {lab}"
            );
            assert_eq!(story.printed("client"), "b'Hello, world!'\n", "lab {lab}");
        }
        // connect() on a UDP socket sends nothing: the server notices no more of it than before.
        let story = page.story(2).await?;
        assert_eq!(
            story.calls("client"),
            ["socket", "connect", "send", "recv", "close"]
        );
        Ok(())
    })
}
