//! Causes: a click on a line, a socket's state or a buffer lights up what belongs to it, everywhere on the page.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wirelab_tests::{Page, in_browser};

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

#[test]
fn lines_states_and_buffers_light_up_what_belongs_to_them() -> Result<()> {
    in_browser(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.lab(0, "").await?;
        // Until the client's bytes lie in the server's buffer, unread.
        let there = "return [...document.querySelectorAll('[data-lane=right] .bn')].length > 0
                         && lab.timeline().some(e => e.kind === 'socket' && e.sample.recv_queue > 0);";
        for step in 0.. {
            if page.lab(0, there).await? == json!(true) {
                break;
            }
            ensure!(step < 200, "no bytes have come to the server");
            page.lab(0, "await lab.next();").await?;
        }
        ensure!(
            lit(&page).await?[1..] == [0, 0],
            "something is lit before a click"
        );

        // sock.connect(address)
        page.click("[data-lane=left] .ln:nth-child(6)").await?;
        let [lines, marks, words] = lit(&page).await?;
        ensure!(
            lines >= 1 && marks >= 3 && words >= 3,
            "a line: {lines} lines, {marks} marks, {words} sentences"
        );
        page.screenshots("lit-line").await?;

        page.click("[data-lane=left] .stt").await?;
        let [_, marks, words] = lit(&page).await?;
        ensure!(
            marks >= 1 && words >= 1,
            "a state: {marks} marks, {words} sentences"
        );
        let pressed = page.text("[data-lane=left] .stt[aria-pressed=true]").await?;
        assert_eq!(pressed, "ESTABLISHED");

        page.click("[data-lane=right] .sock:last-child [data-buffer=receive] .bn")
            .await?;
        let [lines, marks, words] = lit(&page).await?;
        ensure!(
            lines >= 1 && marks >= 1 && words >= 2,
            "the bytes in a buffer: {lines} lines, {marks} marks, {words} sentences"
        );
        page.screenshots("lit-buffer").await?;
        page.check_accessible().await
    })
}
