//! Held stepping in a real browser, over the kernel's own packets: connect, echo and close, with the states checked at
//! each step. The packets and states are the kernel's; only what it may order differently from run to run is left open.

use anyhow::{Context, Result, ensure};
use protocol::TcpState;
use serde_json::{Value, json};
use wirelab_tests::{Look, Page, in_browser, until};

/// What the page shows: TCP states on each side, the packet that waits (`SYN from client`), what Next will do.
#[derive(Debug)]
struct Shown {
    client: Vec<String>,
    server: Vec<String>,
    waits: Option<String>,
    next: String,
}

async fn shown(page: &Page) -> Result<Shown> {
    let told = page
        .lab(
            0,
            "const states = side => [...lab.querySelectorAll(`[data-lane=${side}] [data-state]`)].map(e => e.dataset.state);
             return [states('left'), states('right'), lab.querySelector('[data-acts]')?.getAttribute('aria-label') ?? null,
                     lab.querySelector('[data-next]').textContent];",
        )
        .await?;
    let (client, server, waits, next) = serde_json::from_value(told)?;
    Ok(Shown {
        client,
        server,
        waits,
        next,
    })
}

/// Steps with Next until a packet waits whose name has `what` in it.
async fn until_waits(page: &Page, what: &str) -> Result<Shown> {
    for _ in 0..60 {
        let now = shown(page).await?;
        if now.waits.as_ref().is_some_and(|w| w.contains(what)) {
            return Ok(now);
        }
        page.lab(0, "await lab.next()").await?;
    }
    anyhow::bail!("no {what} waits on the wire: {:?}", shown(page).await?)
}

#[test]
fn a_script_runs_to_the_packet_that_waits_and_goes_on_when_it_is_let_go() -> Result<()> {
    in_browser(async |page| {
        for network in ["kernel", "simulated"] {
            page.open(&format!("/lab.html?lab=tcp-echo&network={network}"))
                .await?;
            if network == "kernel" && !page.has_wire().await? {
                continue;
            }
            let body = "
                await lab.wire({ wire: 'hold', held: true });
                await lab.run();
                const told = [];
                for (;;) {
                    told.push(lab.querySelector('[data-acts]').getAttribute('aria-label'));
                    if (told.length === 3) return told;
                    const sent = lab.timeline().filter(e => e.news?.wire === 'sent');
                    await lab.wire({ wire: 'deliver', packet: sent.at(-1).news.packet });
                }";
            let told = page.lab(0, body).await?;
            let told: Vec<String> = serde_json::from_value(told)?;
            let expected = ["SYN from client", "SYN-ACK from server", "ACK from client"];
            ensure!(
                told.iter().zip(expected).all(|(is, what)| is.contains(what)),
                "{network}: {told:?}"
            );
        }
        Ok(())
    })
}

#[test]
fn the_handshake_the_echo_and_the_close_are_stepped_packet_by_packet() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        // H holds every packet from now on, in the network as on the page.
        page.press("h").await?;
        page.element("[data-do=hold][aria-pressed=true]").await?;

        // connect(): the SYN waits, and so do both programs.
        let syn = until_waits(&page, "SYN from client").await?;
        assert_eq!(
            syn.client.first().map(String::as_str),
            Some("SYN-SENT"),
            "{syn:?}"
        );
        ensure!(syn.next.contains("deliver the SYN of the client"), "{syn:?}");
        page.check_accessible().await?;
        page.screenshots("held-syn").await?;

        // D delivers it: the server's kernel answers, and no program has the connection yet.
        page.press("d").await?;
        let answer = until_waits(&page, "SYN-ACK from server").await?;
        ensure!(answer.server.iter().any(|s| s == "SYN-RECEIVED"), "{answer:?}");
        page.check_accessible_in_every_look().await?;
        page.screenshots("held-syn-ack").await?;
        inspected(&page).await?;
        looked_into_on_a_phone(&page).await?;
        page.press("f").await?;
        page.screenshots("held-present").await?;
        page.press("f").await?;

        page.press("d").await?;
        let ack = until_waits(&page, "ACK from client").await?;
        assert_eq!(
            ack.client.first().map(String::as_str),
            Some("ESTABLISHED"),
            "{ack:?}"
        );
        ensure!(
            ack.server.iter().any(|s| s == "SYN-RECEIVED"),
            "the server does not know yet: {ack:?}"
        );
        page.press("PageDown").await?;
        page.lab(0, "").await?;
        let open = shown(&page).await?;
        ensure!(!open.server.iter().any(|s| s == "SYN-RECEIVED"), "{open:?}");

        // The data waits; it is dropped by hand, and the kernel sends it again.
        let data = until_waits(&page, "bytes from client").await?;
        let first = data.waits.clone();
        // Twice, as an impatient hand does: the second click finds nothing to do, and nobody is told off.
        page.script(
            "const drop = document.querySelector('[data-act=drop]'); drop.click(); drop.click();",
            Value::Null,
        )
        .await?;
        let again = until(
            async || shown(&page).await,
            |now| now.waits.is_some() && now.waits != first,
        )
        .await
        .context("nothing is sent again")?;
        ensure!(
            again
                .waits
                .as_ref()
                .is_some_and(|w| w.contains("bytes from client")),
            "{again:?}"
        );
        page.screenshots("held-dropped").await?;

        let told_off = page
            .lab(
                0,
                "return lab.timeline().filter(e => e.kind === 'notice' && e.level !== 'info')",
            )
            .await?;
        assert_eq!(told_off, json!([]));

        // To the end, every packet by Next.
        let steps = page.step_to_end(0).await?;
        ensure!(steps > 5, "{steps} steps");
        let story = page.story(0).await?;
        assert_eq!(story.ended("client"), Some(0));
        // From the timeline: the kernel forgets it after a minute.
        ensure!(
            ["client", "server"]
                .iter()
                .any(|program| story.states(program).contains(&TcpState::TimeWait)),
            "whoever closed first keeps the connection"
        );
        page.click(".dock [role=tab]:nth-of-type(2)").await?;
        page.screenshots("held-end").await
    })
}

/// On a phone the packet that waits is looked into from its buttons: the details come into view.
async fn looked_into_on_a_phone(page: &Page) -> Result<()> {
    page.look(Look::Phone).await?;
    page.click("[data-act=inside]").await?;
    let shown = "const packet = document.querySelector('[data-packet-shown]');
                 const title = packet?.querySelector('.pn b').getBoundingClientRect();
                 return packet !== null && packet.getBoundingClientRect().height > 100 && title.width > title.height";
    page.until(shown, Value::Null).await?;
    page.check_accessible().await?;
    page.screenshots("packet-details").await?;
    page.look(Look::Phone).await?;
    page.click(".ptabs [role=tab]").await?;
    page.look(Look::Projector).await
}

/// The packet that waits, field by field: arrow keys go through the fields, and each lights its bytes.
async fn inspected(page: &Page) -> Result<()> {
    page.press("p").await?;
    page.element("[data-packet-shown='2']").await?;
    page.focus_on(".fl").await?;
    let mut lit = Vec::new();
    for _ in 0..4 {
        page.press("ArrowDown").await?;
        // Another field each time, and it has bytes.
        let other = "const name = document.querySelector('.fl tr.lit th')?.textContent;
                     return name && !args.includes(name) && document.querySelector('.hx .lit') && name";
        lit.push(page.until(other, json!(lit)).await?);
    }
    page.check_accessible().await?;
    page.screenshots("packet").await?;
    page.press("s").await?;
    page.check_accessible().await?;
    page.screenshots("states").await?;
    // However long the sentence above the drawing is, the drawing stands below it.
    let below = "const box = css => lab.querySelector(css).getBoundingClientRect();
                 const last = lab.querySelector('.stw .last');
                 const said = last.textContent;
                 last.textContent = said.repeat(4);
                 await new Promise(requestAnimationFrame);
                 const below = box('.stn').top >= box('.stw .last').bottom && last.scrollHeight <= last.clientHeight;
                 last.textContent = said;
                 return below";
    assert_eq!(page.lab(0, below).await?, json!(true));
    page.press("w").await
}

#[test]
fn rules_of_the_wire_are_checked_and_then_used() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        page.click("[data-do=rules]").await?;
        page.click("[data-rule=add]").await?;
        let number = "[aria-label='n']";
        let fill = |text: &'static str| {
            let page = page.clone();
            async move {
                let field = page.element(number).await?;
                field.clear().await?;
                field.send_keys(text).await?;
                page.click("[data-rule=apply]").await
            }
        };
        fill("101").await?;
        ensure!(page.text(".rules [role=alert]").await?.contains("0 to 100"));
        page.check_accessible().await?;
        page.screenshots("rules").await?;
        fill("0").await?;
        let told = page
            .lab(
                0,
                "return lab.querySelector('[data-do=rules]').getAttribute('aria-label')",
            )
            .await?;
        assert_eq!(told, json!("Rules of the wire: 1"));
        // A rule that fits no packet loses none.
        page.step_to_end(0).await?;
        assert_eq!(page.story(0).await?.ended("client"), Some(0));
        Ok(())
    })
}

#[test]
fn the_page_says_what_to_type_to_join_with_a_real_program() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        if !page.has_wire().await? {
            return Ok(());
        }
        // Until the server listens: that is where one would go.
        page.step_until(0, |story| story.states("server").contains(&TcpState::Listen))
            .await?;
        page.click("[data-network]").await?;
        let number = page.text("[data-lab-number]").await?;
        let line = page.element("[data-copy=exec]").await?.prop("value").await?;
        assert_eq!(
            line.as_deref(),
            Some(&*format!("wirelab exec {number} -- nc localhost 8888"))
        );
        page.check_accessible().await?;
        page.click(".copy .btn").await?;
        until(
            async || page.text(".copy [role=status]").await,
            |said| said == "Copied.",
        )
        .await?;
        page.screenshots("network").await
    })
}

#[test]
fn a_recording_is_looked_at_without_a_network() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;
        let recorded = page.story(0).await?.events.len();
        // What "Save the timeline" would save.
        let replayed = page
            .script(
                "const lab = document.querySelector('wire-lab');
                 const text = lab.recording();
                 const fetched = window.fetch;
                 window.fetch = async url => url === '/saved.json' ? new Response(text) : fetched(url);
                 const again = document.createElement('wire-lab');
                 again.setAttribute('recording', '/saved.json');
                 lab.replaceWith(again);
                 await again.ready;
                 const events = again.timeline().length;
                 return [events, again.querySelector('[data-network]').textContent, again.querySelector('[data-position]').textContent];",
                Value::Null,
            )
            .await?;
        assert_eq!(replayed[0], json!(recorded));
        ensure!(
            replayed[1].as_str().is_some_and(|s| s.contains("recording")),
            "{replayed}"
        );
        ensure!(
            replayed[2].as_str().is_some_and(|s| s.starts_with("0/")),
            "{replayed}"
        );
        // It is called what it is: nothing is live here, and nothing can be reset or edited.
        let told = page
            .lab(
                0,
                "const bar = lab.querySelector('[data-past]').textContent;
                 return [bar.includes('A recording: step 0'), bar.includes('live'),
                         lab.querySelector('[data-do=reset]'), lab.querySelector('[data-do=edit]').disabled]",
            )
            .await?;
        assert_eq!(told, json!([true, false, null, true]));
        // The programs are run again on what they were told: their variables are there at every step.
        page.focus_on("[role=slider]").await?;
        page.press("End").await?;
        until(
            async || page.texts("[data-lane=left] [data-variables] th").await,
            |shown| *shown == ["sock", "address", "message", "answer"],
        )
        .await?;
        page.press("Home").await?;
        until(
            async || page.text("[data-lane=left] [data-variables]").await,
            |shown| shown == "no variables yet",
        )
        .await?;
        page.check_accessible().await?;
        page.screenshots("recording").await
    })
}
