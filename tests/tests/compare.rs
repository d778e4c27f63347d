//! Two runs side by side in a real browser: the lesson with and without loss, a recording from a file, a phone.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use wirelab_tests::{Page, in_browser_on_each, on_static_site, until};

/// No lab of these tests needs more steps than this.
const MOST: u32 = 200;

/// Next up to the end; true: the first segment with 15 bytes is dropped on the way.
async fn step(page: &Page, n: usize, lose: bool) -> Result<()> {
    let body = format!(
        "let lose = {lose};
         for (let i = 0; i < {MOST}; i++) {{
             const wire = lab.timeline().filter(e => e.kind === 'wire').map(e => e.news);
             const last = wire.filter(n => n.wire === 'sent').at(-1);
             const waits = last?.fate === 'held' && !wire.some(n => n.wire === 'now' && n.packet === last.packet);
             if (lose && waits && atob(last.data).includes('Please confirm.')) {{
                 lose = false;
                 await lab.wire({{wire: 'drop', packet: last.packet}});
             }} else if (!await lab.next()) return lose;
         }}
         throw new Error('still going');"
    );
    let missed = page.lab(n, &body).await?;
    ensure!(missed == json!(false), "the segment was never there to be lost");
    Ok(())
}

/// Waits until the verdict on the two runs begins so; all of it.
async fn until_said(page: &Page, so: &str) -> Result<String> {
    until(
        async || page.text("[data-verdict]").await,
        |said| said.starts_with(so),
    )
    .await
}

#[test]
fn the_lesson_lays_a_run_with_loss_beside_one_without() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open("/book/loss/side-by-side.html").await?;
        page.lab(0, "").await?;
        step(&page, 0, false).await?;
        page.click("[data-do=compare]").await?;
        page.check_accessible().await?;
        page.click("[data-compare-do=keep]").await?;
        page.element("[data-kept]").await?;
        page.screenshots("compare-kept").await?;
        page.click("[data-compare-do=again]").await?;
        page.lab(0, "").await?;
        assert_eq!(
            page.story(0).await?.calls("client"),
            [""; 0],
            "the lab did not begin again"
        );
        step(&page, 0, true).await?;
        page.click("[data-do=compare]").await?;
        let said = until_said(&page, "The first difference").await?;
        assert_eq!(
            said,
            "The first difference is on the wire: in run A the client's data (b'Please confirm.') arrives; in run B you drop \
             the client's data (b'Please confirm.'): it never arrives."
        );
        // Only packets differ: no program noticed.
        let differ = page
            .script(
                "return [...document.querySelectorAll('.compare .differs td:not(.t)')].map(td => td.textContent).filter(t => t)",
                json!(null),
            )
            .await?;
        for text in differ.as_array().context("a list")? {
            let text = text.as_str().unwrap_or_default();
            ensure!(text.contains(" data"), "this differs too: {text}");
        }
        page.check_accessible_in_every_look().await?;
        page.screenshots("compare-loss").await?;
        page.click("[data-compare-do=show]").await?;
        until(
            async || page.text(".cap-row").await,
            |caption| caption.contains("drop"),
        )
        .await
        .map(drop)
    })
}

#[test]
fn a_run_is_compared_with_a_recording_from_a_file() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;
        page.focus(0).await?;
        page.click("[data-do=compare]").await?;
        let recordings = wirelab_tests::root().join("tests/recordings").canonicalize()?;
        let file = |name: &str| recordings.join(name).to_string_lossy().into_owned();
        let input = page.element("[data-compare-file]").await?;
        input.send_keys(&file("2-tcp-echo-kernel.json")).await?;
        // A recording of the same lab on the kernel's network tells the same story.
        until_said(&page, "Both runs tell the same story").await?;
        let input = page.element("[data-compare-file]").await?;
        input.send_keys(&file("2-udp-answer-loopback.json")).await?;
        until_said(&page, "The first difference is").await?;
        page.screenshots("compare-file").await?;
        // By keys: the window closes, and the lab is as it was.
        page.press("Escape").await?;
        page.until(
            "return !document.querySelector('dialog.compare').open",
            json!(null),
        )
        .await
        .map(drop)
    })
}

#[test]
fn a_file_that_is_no_recording_is_refused_in_a_sentence_and_nothing_is_lost() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;
        page.click("[data-do=compare]").await?;
        page.click("[data-compare-do=keep]").await?;
        page.element("[data-kept]").await?;
        let folder = tempfile::tempdir()?;
        for (name, text) in [("cut.json", "{\"version\":2,\"ti"), ("other.json", "[1,2]")] {
            let path = folder.path().join(name);
            std::fs::write(&path, text)?;
            let input = page.element("[data-compare-file]").await?;
            input.send_keys(&path.to_string_lossy()).await?;
            until(
                async || page.text(".compare [role=alert]").await,
                |said| said.contains("cannot be opened") && said.contains(name),
            )
            .await?;
            page.element("[data-kept]").await?;
        }
        Ok(())
    })
}
