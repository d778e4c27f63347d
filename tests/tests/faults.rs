//! When something of the page fails: its own code, the browser's store, its clocks, a program that never ends. One sentence
//! each time, and nothing lost.

use anyhow::{Result, ensure};
use protocol::Recording;
use serde_json::json;
use wirelab_tests::{Look, Page, on_static_site};

/// No lab of these tests needs more steps than this.
const MOST: u32 = 200;

/// Arms the page's wasm: the next thing that happens in a lab fails in the middle.
async fn fail_next(page: &Page, how: &str) -> Result<()> {
    let script = "const m = await import(new URL('pkg/web.js', document.querySelector('script[src$=\"lab.js\"]').src));
                  m.failNext(args);";
    page.script(script, json!(how)).await.map(drop)
}

#[test]
fn a_fault_of_the_page_is_said_and_the_recording_can_be_saved() -> Result<()> {
    on_static_site(async |page, _site| {
        for how in ["panic", "stack", "memory"] {
            page.open("/lab.html?lab=tcp-echo").await?;
            page.lab(0, "for (let i = 0; i < 9; i++) await lab.next();")
                .await?;
            let before = page.lab(0, "return lab.recording();").await?;
            let before =
                Recording::from_json(before.as_str().unwrap_or_default()).map_err(anyhow::Error::msg)?;
            fail_next(&page, how).await?;
            page.click("[data-do=next]").await?;
            let said = page.text(".fallen p").await?;
            ensure!(
                said.starts_with("This lab has stopped because of a fault in Wirelab"),
                "{how}: {said}"
            );
            // Chromium reports the fault itself, and nothing of the timers that still find their way into what has failed.
            page.script("await new Promise(r => setTimeout(r, 2500));", json!(null))
                .await?;
            let complaints = page.console_errors().await?;
            let uncaught = complaints.iter().filter(|text| text.contains("Uncaught")).count();
            ensure!(uncaught == 1, "{how}: {complaints:#?}");

            // The file that the button hands over is the recording as of then, and it opens.
            page.script(
                "globalThis.saved = new Promise(done => { URL.createObjectURL = blob => { done(blob.text()); return 'data:,'; }; });",
                json!(null),
            )
            .await?;
            page.click("[data-fallen=save]").await?;
            let saved = page.script("return await globalThis.saved;", json!(null)).await?;
            let saved =
                Recording::from_json(saved.as_str().unwrap_or_default()).map_err(anyhow::Error::msg)?;
            ensure!(
                saved == before,
                "{how}: {} events are saved of {}",
                saved.events.len(),
                before.events.len()
            );

            let dead = page
                .script("return document.querySelector('.lab').inert", json!(null))
                .await?;
            ensure!(dead == json!(true), "{how}: the lab can still be used");
            if how == "panic" {
                for look in [Look::Projector, Look::Phone, Look::Dark] {
                    page.look(look).await?;
                    page.check_accessible().await?;
                }
                page.screenshots("fault").await?;
            }
            page.click("[data-fallen=reload]").await?;
            page.element(".lab:not([inert])").await?;
            page.console_errors().await?;
            page.step_to_end(0, MOST).await?;
            assert_eq!(page.console_errors().await?, [""; 0], "{how}: after the reload");
        }
        Ok(())
    })
}

#[test]
fn a_fault_while_a_script_drives_the_lab_is_told_to_both() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.lab(0, "await lab.next();").await?;
        fail_next(&page, "panic").await?;
        let told = page
            .lab(
                0,
                "try { lab.type('client', 'x'); return 'nothing'; } catch (error) { return String(error); }",
            )
            .await?;
        ensure!(
            told.as_str().is_some_and(|told| told.contains("unreachable")),
            "{told}"
        );
        page.element(".fallen").await?;
        let told = page
            .script(
                "try { document.querySelector('wire-lab').back(); return 'nothing'; } catch (error) { return error.message; }",
                json!(null),
            )
            .await?;
        assert_eq!(
            told,
            "The lab has stopped because of a fault in Wirelab: reload the page."
        );
        let rescued = page
            .script(
                "return await document.querySelector('wire-lab').rescued();",
                json!(null),
            )
            .await?;
        Recording::from_json(rescued.as_str().unwrap_or_default()).map_err(anyhow::Error::msg)?;
        page.console_errors().await.map(drop)
    })
}

#[test]
fn what_was_kept_outside_is_the_whole_recording_after_going_back_and_editing_too() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0, MOST).await?;
        page.lab(0, "for (let i = 0; i < 12; i++) lab.back();").await?;
        page.click("[data-do=rewind]").await?;
        let same = "const [live, kept] = [lab.recording(), await lab.rescued()];
                    if (live !== kept) throw new Error(`${live.length} characters, kept ${kept.length}`);
                    return JSON.parse(kept).events.length;";
        let back = page.lab(0, same).await?;
        page.step_to_end(0, MOST).await?;
        let whole = page.lab(0, same).await?;
        ensure!(back.as_u64() < whole.as_u64(), "{back} and {whole} events");
        page.lab(0, "lab.reset(); await lab.ready; await lab.run();")
            .await?;
        page.lab(0, same).await.map(drop)
    })
}
