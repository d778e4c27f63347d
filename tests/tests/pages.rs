//! The pages in a real browser: the home page, a lab on its own, the playground; by mouse, keyboard and typing.

use anyhow::{Context, Result, ensure};
use protocol::EventKind;
use serde_json::{Value, json};
use wirelab_tests::{Page, in_browser};

/// How many events the timeline has, and which one is shown.
async fn place(page: &Page) -> Result<(u64, u64)> {
    let text = page.text("[data-position]").await?;
    let numbers: Vec<u64> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    ensure!(numbers.len() == 2, "a position has two numbers: {text:?}");
    Ok((numbers[1], numbers[0]))
}

/// What is told of a kernel alone, by no program's doing: these come when its timers say so, also while somebody looks back.
const fn is_kernels(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Socket { .. } | EventKind::Wire { .. } | EventKind::Embryos { .. }
    )
}

#[test]
fn home_lists_the_labs() -> Result<()> {
    in_browser(async |page| {
        page.open("/").await?;
        page.element("[data-labs] a").await?;
        let listed = page
            .script(
                "return document.querySelectorAll('[data-labs] a').length",
                Value::Null,
            )
            .await?;
        let index = page
            .script(
                "return (await (await fetch('/labs/index.json')).json()).length",
                Value::Null,
            )
            .await?;
        assert_eq!(listed, index);
        page.check_accessible_in_every_look().await?;
        page.screenshots("home").await
    })
}

#[test]
fn a_presenters_clicker_goes_through_a_lab_and_back() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.check_accessible_in_every_look().await?;
        // The keys of this page work wherever the focus is.
        let story = page
            .press_until(0, "PageDown", |story| story.ended("client") == Some(0))
            .await?;
        ensure!(
            story
                .printed("client")
                .contains("Received b'Is anybody out there?'")
        );
        let (all, here) = place(&page).await?;
        assert_eq!(all, here, "live");

        page.press("PageUp").await?;
        page.element("[data-past]").await?;
        let (_, back) = place(&page).await?;
        ensure!(back < all, "{back} of {all}");
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-past").await?;

        page.press("Home").await?;
        page.lab(0, "").await?;
        assert_eq!(place(&page).await?.1, 0);
        let after = page.story(0).await?.events;
        ensure!(
            after.starts_with(&story.events),
            "looking back has changed the past"
        );
        for event in &after[story.events.len()..] {
            ensure!(is_kernels(&event.kind), "looking back has gone on: {event:?}");
        }

        page.press("End").await?;
        page.lab(0, "").await?;
        let (all, here) = place(&page).await?;
        assert_eq!(all, here, "live again");
        ensure!(!page.has("[data-past]").await?);
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-end").await
    })
}

#[test]
fn a_link_opens_a_lab_at_a_step() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo&step=12").await?;
        page.lab(0, "").await?;
        assert_eq!(place(&page).await?.1, 12);
        page.open("/lab.html?lab=tcp-echo&step=20&present").await?;
        page.lab(0, "").await?;
        assert_eq!(place(&page).await?.1, 20);
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-present").await
    })
}

#[test]
fn a_lab_that_does_not_exist_is_one_plain_sentence() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=no-such-lab").await?;
        let said = page.text("wire-lab [role=alert]").await?;
        ensure!(said.contains("no-such-lab"), "{said}");
        page.check_accessible().await?;
        page.console_errors().await.map(drop)
    })
}

#[test]
fn a_line_is_typed_into_the_terminal() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=temperature").await?;
        page.step_to_end(0).await?;
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-awaits-input").await?;
        page.element("[data-lane=left] [data-type]")
            .await?
            .send_keys("20\u{e007}")
            .await?;
        let story = page.to_the_end(0).await?;
        ensure!(
            story.printed("client").ends_with("In degrees Fahrenheit: 68.0\n"),
            "{}",
            story.printed("client")
        );

        // A suggested line does the same.
        page.click("[data-do=reset]").await?;
        page.step_to_end(0).await?;
        page.click("[data-hint]").await?;
        let story = page.to_the_end(0).await?;
        ensure!(
            story
                .printed("client")
                .ends_with("In degrees Fahrenheit: 97.88000000000001\n"),
            "{}",
            story.printed("client")
        );
        Ok(())
    })
}

#[test]
fn a_program_is_edited_in_place_and_run() -> Result<()> {
    in_browser(async |page| {
        page.open_lab("tcp-echo").await?;
        page.edit("left", "Is anybody out there?", "Edited here").await?;
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-editing").await?;
        page.click("[data-do=apply]").await?;
        let story = page.to_the_end(0).await?;
        ensure!(
            story.printed("client").ends_with("Received b'Edited here'\n"),
            "{}",
            story.printed("client")
        );
        ensure!(
            story.printed("server").contains("Received b'Edited here'\n"),
            "{}",
            story.printed("server")
        );
        Ok(())
    })
}

#[test]
fn a_syntax_error_stands_at_its_line() -> Result<()> {
    in_browser(async |page| {
        page.open_lab("tcp-echo").await?;
        page.edit("left", "sock.connect", "if if sock.connect").await?;
        page.click("[data-do=run-edited]").await?;
        let fault = page.element("[data-lane=left] [data-error]").await?;
        ensure!(
            fault.attr("data-error").await?.as_deref() == Some("SyntaxError"),
            "{:?}",
            fault.text().await?
        );
        ensure!(
            page.story(0)
                .await?
                .complained("client")
                .contains("SyntaxError: ")
        );
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-syntax-error").await
    })
}

#[test]
fn an_error_says_its_name_at_its_line() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=udp-hello-send").await?;
        page.step_to_end(0).await?;
        let fault = page.element("[data-lane=left] [data-error]").await?;
        assert_eq!(fault.attr("data-error").await?.as_deref(), Some("EDESTADDRREQ"));
        page.check_accessible_in_every_look().await?;
        page.screenshots("lab-error").await
    })
}

#[test]
fn reset_gives_the_ports_back() -> Result<()> {
    in_browser(async |page| {
        page.open_lab("tcp-echo").await?;
        let beginning = place(&page).await?;
        for _ in 0..3 {
            let story = page.to_the_end(0).await?;
            // The server binds the same port each time, although its last connection is in TIME-WAIT somewhere.
            assert_eq!((story.ended("server"), story.ended("client")), (Some(0), Some(0)));
            page.click("[data-do=reset]").await?;
            page.lab(0, "").await?;
            assert_eq!(place(&page).await?, beginning);
        }
        Ok(())
    })
}

#[test]
fn a_running_lab_is_paused_and_goes_on() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-sink").await?;
        page.lab(0, "await lab.run()").await?;
        let story = page.story(0).await?;
        assert_eq!(
            (story.ended("client"), story.ended("server")),
            (Some(0), None),
            "the server waits for ever"
        );
        ensure!(story.printed("server").contains("a short note"));
        ensure!(
            page.has("[data-lane=right] [data-waits]").await?,
            "nothing says that the server is blocked"
        );
        // Ctrl-C, by its button.
        page.click("[data-lane=right] [data-do=interrupt]").await?;
        page.lab(0, "await lab.run()").await?;
        let story = page.story(0).await?;
        assert_eq!(story.ended("server"), Some(130));
        ensure!(
            story.complained("server").ends_with("KeyboardInterrupt\n"),
            "{}",
            story.complained("server")
        );
        Ok(())
    })
}

#[test]
fn two_prompts_talk_to_each_other() -> Result<()> {
    in_browser(async |page| {
        page.open("/playground.html").await?;
        page.element("dialog [data-start=prompts]").await?;
        page.check_accessible_in_every_look().await?;
        page.screenshots("playground-start").await?;
        page.click("dialog [data-start=prompts]").await?;
        page.element("[data-lane=right] [data-type]").await?;
        for (side, line) in [
            ("right", "import socket"),
            ("right", "s = socket.socket()"),
            ("right", "s.bind(('', 8080))"),
            ("right", "s.listen()"),
            ("left", "import socket"),
            ("left", "c = socket.socket()"),
            ("left", "c.connect(('127.0.0.1', 8080))"),
            ("left", "c.send(b'typed by hand')"),
            ("right", "conn, peer = s.accept()"),
            ("right", "conn.recv(100)"),
            ("left", "c.connect(('127.0.0.1', 8080))"),
        ] {
            page.lab(0, &format!("lab.type({}, {})", json!(side), json!(line)))
                .await
                .context(line)?;
            page.lab(0, "await lab.run()").await?;
        }
        let story = page.story(0).await?;
        ensure!(
            story.printed("left").contains("13\n"),
            "{}",
            story.printed("left")
        );
        ensure!(
            story.printed("right").contains("b'typed by hand'\n"),
            "{}",
            story.printed("right")
        );
        // An error at a prompt is told, and the prompt goes on.
        ensure!(
            story
                .printed("left")
                .contains("[Errno 106] Transport endpoint is already connected"),
            "{}",
            story.printed("left")
        );
        page.check_accessible_in_every_look().await?;
        page.screenshots("playground-prompts").await
    })
}

#[test]
fn a_link_carries_the_programs_and_the_browser_keeps_the_last_work() -> Result<()> {
    in_browser(async |page| {
        page.open("/playground.html").await?;
        page.click("dialog [data-start=greeting]").await?;
        page.element("[data-lane=left] .code .ln").await?;
        page.click("[data-do=share]").await?;
        let link = page
            .element("[data-copy=link]")
            .await?
            .prop("value")
            .await?
            .context("a link")?;
        ensure!(link.starts_with(page.base()) && link.contains("#lab="), "{link}");
        page.check_accessible_in_every_look().await?;

        // Another browser: its store is empty.
        page.script("localStorage.clear(); location.href = 'about:blank'", Value::Null)
            .await?;
        page.open(link.strip_prefix(page.base()).context("our own link")?)
            .await?;
        page.element("[data-lane=left] .code .ln").await?;
        page.step_to_end(0).await?;
        ensure!(page.story(0).await?.printed("client").contains("Hello, world!"));

        // The same browser, later.
        page.open("/").await?;
        page.open("/playground.html").await?;
        page.element("[data-lane=left] .code .ln").await?;
        let programs = page.lab(0, "return lab.programs().map(p => p.file)").await?;
        assert_eq!(programs, json!(["server.py", "client.py"]));

        // A third program, and one less.
        page.click("[data-do=add]").await?;
        page.click("dialog [data-add=client]").await?;
        page.element("[data-lane=left] [role=tab]").await?;
        assert_eq!(page.lab(0, "return lab.programs().length").await?, json!(3));
        page.click("[data-lane=left] [data-do=remove]").await?;
        page.until(
            "return !document.querySelector('[data-lane=left] [role=tab]')",
            Value::Null,
        )
        .await?;
        assert_eq!(page.lab(0, "return lab.programs().length").await?, json!(2));
        Ok(())
    })
}

/// The bar of steps is dragged by a mouse, and passed over by one that was pressed elsewhere: fewer rows of words are drawn
/// meanwhile, and all come back.
#[test]
fn the_bar_is_dragged_by_a_mouse() -> Result<()> {
    const ROWS: &str = "return document.querySelectorAll('[data-event] > .row').length";
    const MARKS: &str = "return document.querySelectorAll('[data-diagram] [data-seq]').length";
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;
        let (len, _) = place(&page).await?;
        ensure!(len > 48, "{len} events are too few to be left out");
        let all = page.script(ROWS, Value::Null).await?;
        let marks = page.script(MARKS, Value::Null).await?;
        let bar = "const b = document.querySelector('[role=slider]').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]";
        let bar: [f64; 4] = serde_json::from_value(page.script(bar, Value::Null).await?)?;
        let at = |part: f64| (bar[0] + bar[2] * part, bar[1] + bar[3] / 2.0);
        let fewer = "return document.querySelectorAll('[data-event] > .row').length < args";
        let as_many = "return document.querySelectorAll('[data-event] > .row').length === args";

        page.mouse("mousePressed", at(0.9), true).await?;
        page.mouse("mouseMoved", at(0.5), true).await?;
        page.until(fewer, all.clone())
            .await
            .context("while it is dragged")?;
        let (_, cursor) = place(&page).await?;
        ensure!(
            (len / 4..len * 3 / 4).contains(&cursor),
            "the middle of {len} is not {cursor}"
        );
        page.mouse("mouseReleased", at(0.5), false).await?;
        page.until(as_many, all.clone())
            .await
            .context("when it is let go")?;
        assert_eq!(place(&page).await?.1, cursor, "it stays where it was let go");

        // From below the bar across it and away.
        let below = (at(0.5).0, bar[1] + bar[3] + 40.0);
        page.mouse("mousePressed", below, true).await?;
        page.mouse("mouseMoved", at(0.5), true).await?;
        page.mouse("mouseMoved", at(0.6), true).await?;
        page.mouse("mouseMoved", (at(0.6).0, below.1), true).await?;
        page.mouse("mouseReleased", (at(0.6).0, below.1), false).await?;
        page.until(as_many, all)
            .await
            .context("when it was passed over")?;

        // At the newest step the diagram is as it was, with what surrounds its pane.
        page.script("document.querySelector('[role=slider]').focus()", Value::Null)
            .await?;
        page.press("End").await?;
        page.until(
            "return document.querySelectorAll('[data-diagram] [data-seq]').length === args",
            marks,
        )
        .await
        .context("at the newest step")
        .map(drop)
    })
}
