//! Causes: a click on a line, a socket's state, a buffer or a state of TCP's diagram lights up what belongs to it, everywhere
//! on the page; by keyboard too, and said aloud; and the diagram goes to where it happened.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wirelab_tests::{Page, in_browser, in_browser_on_each, until};

/// How much is lit: lines of programs, marks of the diagram, sentences.
async fn lit(page: &Page) -> Result<[u64; 3]> {
    // A picture takes two frames: the diagram first, then what stands around it.
    let counts = page
        .script(
            "for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
             const count = css => document.querySelectorAll(css).length;
             return [count('.ln.lit'), count('.dw .rel'), count('.words .rel')];",
            json!([]),
        )
        .await?;
    let count = |i: usize| counts[i].as_u64().context("a count");
    Ok([count(0)?, count(1)?, count(2)?])
}

/// Waits until so much is lit.
async fn until_lit(page: &Page, fits: impl Fn(&[u64; 3]) -> bool) -> Result<()> {
    until(async || lit(page).await, fits)
        .await
        .context("lines, marks, sentences")
        .map(drop)
}

/// Waits until the focus is on what has this name, or one that begins so.
async fn until_focused(page: &Page, name: &str) -> Result<()> {
    until(async || focused(page).await, |is| is.starts_with(name))
        .await
        .context(name.to_owned())
        .map(drop)
}

/// Is what is lit in the diagram within the part of it that is seen?
async fn in_sight(page: &Page) -> Result<bool> {
    let seen = page
        .script(
            "for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
             const pane = document.querySelector('.dia').getBoundingClientRect();
             return [...document.querySelectorAll('.dw .rel')].some(mark => {
                 const box = mark.getBoundingClientRect();
                 return box.top >= pane.top && box.bottom <= pane.bottom;
             });",
            json!([]),
        )
        .await?;
    Ok(seen == json!(true))
}

/// Where the focus is: its name.
async fn focused(page: &Page) -> Result<String> {
    let name = page
        .script(
            "return document.activeElement.getAttribute('aria-label') ?? ''",
            json!([]),
        )
        .await?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}

#[test]
fn keys_choose_lines_and_states_and_the_diagram_goes_there() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;

        // From the list of lines into it, down to the line that makes the socket, which the diagram has left behind.
        page.focus_on("[data-lane=left] .code").await?;
        for line in ["Line 1: import socket", "Line 2, empty"] {
            page.press("ArrowDown").await?;
            until_focused(&page, line).await?;
        }
        page.press("ArrowDown").await?;
        page.press("Enter").await?;
        until_focused(&page, "Line 3: sock = ").await?;
        until_lit(&page, |&[lines, marks, words]| {
            lines == 1 && marks >= 1 && words >= 1
        })
        .await?;
        let pressed = page.element(".no[aria-pressed=true]").await?;
        assert_eq!(pressed.text().await?, "3");
        let said = page
            .script(
                "return document.querySelector('[data-lit]').textContent",
                json!([]),
            )
            .await?;
        ensure!(
            said.as_str().is_some_and(|s| s.contains("client, line 3")),
            "{said}"
        );
        until(async || in_sight(&page).await, |seen| *seen)
            .await
            .context("the diagram has not gone to the call")?;
        page.press("ArrowUp").await?;
        until_focused(&page, "Line 2, empty").await?;

        // TCP's states: a button over each that was seen.
        page.press("s").await?;
        page.element("[data-tcp=LISTEN]").await?;
        let hidden = "return ['LISTEN', 'ESTABLISHED', 'CLOSING'].map(s => document.querySelector(`[data-tcp=${s}]`).hidden)";
        assert_eq!(page.script(hidden, json!([])).await?, json!([false, false, true]));
        page.focus_on("[data-tcp=LISTEN]").await?;
        until_focused(&page, "LISTEN").await?;
        page.press("Enter").await?;
        until_lit(&page, |&[lines, marks, _]| lines >= 1 && marks >= 1).await?;
        until(async || in_sight(&page).await, |seen| *seen)
            .await
            .context("the diagram has not gone to the state")?;
        let node =
            "return [document.querySelector('.nd.lit text').textContent, document.activeElement.dataset.tcp]";
        assert_eq!(page.script(node, json!([])).await?, json!(["LISTEN", "LISTEN"]));
        page.check_accessible().await?;
        page.screenshots("lit-state").await?;
        // Once more: nothing is chosen any more.
        page.press("Enter").await?;
        until_lit(&page, |&[_, marks, _]| marks == 0).await?;
        Ok(())
    })
}

#[test]
fn lines_states_and_buffers_light_up_what_belongs_to_them() -> Result<()> {
    in_browser(async |page| {
        page.open_lab("tcp-echo").await?;
        // Until the client's bytes lie in the server's buffer, unread.
        let there = "return [...document.querySelectorAll('[data-lane=right] .bn')].length > 0
                         && lab.timeline().some(e => e.kind === 'socket' && e.sample.recv_queue > 0);";
        page.step_until_seen(0, there).await?;
        ensure!(
            lit(&page).await?[1..] == [0, 0],
            "something is lit before a click"
        );

        // sock.connect(address)
        page.click("[data-lane=left] .ln:nth-child(6)").await?;
        until_lit(&page, |&[lines, marks, words]| {
            lines >= 1 && marks >= 3 && words >= 3
        })
        .await?;
        page.screenshots("lit-line").await?;

        page.click("[data-lane=left] .stt").await?;
        until_lit(&page, |&[_, marks, words]| marks >= 1 && words >= 1).await?;
        let pressed = page.text("[data-lane=left] .stt[aria-pressed=true]").await?;
        assert_eq!(pressed, "ESTABLISHED");

        page.click("[data-lane=right] .sock:last-child [data-buffer=receive] .bn")
            .await?;
        until_lit(&page, |&[lines, marks, words]| {
            lines >= 1 && marks >= 1 && words >= 2
        })
        .await?;
        page.screenshots("lit-buffer").await?;
        page.check_accessible().await
    })
}
