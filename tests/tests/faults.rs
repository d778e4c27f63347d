//! When something of the page fails: its own code, the browser's store, its clocks, a program that never ends. One sentence
//! each time, and nothing lost.

use anyhow::{Result, ensure};
use protocol::Recording;
use serde_json::json;
use wirelab_tests::{Look, Page, in_browser_on_each, on_static_site, playground, until};

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
            page.catch_file().await?;
            page.click("[data-fallen=save]").await?;
            let saved = Recording::from_json(&page.caught_file().await?).map_err(anyhow::Error::msg)?;
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
            page.step_to_end(0).await?;
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
        page.step_to_end(0).await?;
        page.lab(0, "for (let i = 0; i < 12; i++) lab.back();").await?;
        page.click("[data-do=rewind]").await?;
        let same = "const [live, kept] = [lab.recording(), await lab.rescued()];
                    if (live !== kept) throw new Error(`${live.length} characters, kept ${kept.length}`);
                    return JSON.parse(kept).events.length;";
        let back = page.lab(0, same).await?;
        page.step_to_end(0).await?;
        let whole = page.lab(0, same).await?;
        ensure!(back.as_u64() < whole.as_u64(), "{back} and {whole} events");
        page.lab(0, "lab.reset(); await lab.ready; await lab.run();")
            .await?;
        page.lab(0, same).await.map(drop)
    })
}

/// The playground's address with this program in it.
fn program(source: &str) -> String {
    playground(&json!({ "version": 1, "title": "One program",
        "program": [{ "name": "program", "file": "program.py", "source": source }] }))
}

#[test]
fn where_the_browser_stores_nothing_it_is_said_once_and_files_can_be_saved() -> Result<()> {
    on_static_site(async |page, _site| {
        let full =
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };";
        let off = "Object.defineProperty(window, 'localStorage', {
            get() { throw new DOMException('switched off', 'SecurityError'); } });";
        for script in [full, off] {
            page.before_each_page(script).await?;
            page.open(&program("print('mine')\n")).await?;
            page.lab(0, "").await?;
            let bar = page.text("[data-message]").await?;
            ensure!(
                bar.contains("full or switched off") && bar.contains("save it as a file"),
                "{bar}"
            );
            page.check_accessible().await?;
            // The lab itself works, and the work goes into a file.
            page.step_to_end(0).await?;
            assert_eq!(page.story(0).await?.printed("program"), "mine\n");
            page.catch_file().await?;
            page.click("[data-do=save]").await?;
            let toml = page.caught_file().await?;
            ensure!(toml.contains("print('mine')"), "the file holds {toml:?}");
        }
        Ok(())
    })
}

#[test]
fn a_store_too_small_for_the_site_is_said_on_its_first_page() -> Result<()> {
    on_static_site(async |page, _site| {
        page.limit_storage(100_000).await?;
        page.open("/").await?;
        let note = page.text("[data-kept]:not([hidden]):not(:empty)").await?;
        ensure!(note.contains("store is full or switched off"), "{note}");
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;
        // What Chromium writes of the worker that could not store its files.
        page.console_errors().await.map(drop)
    })
}

#[test]
fn clocks_that_jump_do_not_reach_the_lab() -> Result<()> {
    in_browser_on_each(async |page| {
        page.before_each_page(
            "globalThis.shift = 0;
             for (const clock of [performance, Date]) {
                 const now = clock.now.bind(clock);
                 clock.now = () => now() + globalThis.shift;
             }",
        )
        .await?;
        let source = "import time\nfor n in range(6):\n    time.sleep(0.2)\n    print(n)\n";
        page.open(&program(source)).await?;
        let jumps = "const running = lab.run();
                     for (const hours of [-1, 24, -400, 400]) {
                         await new Promise(r => setTimeout(r, 150));
                         globalThis.shift += hours * 3_600_000;
                     }
                     await running;";
        page.lab(0, jumps).await?;
        let story = page.story(0).await?;
        assert_eq!(story.printed("program"), "0\n1\n2\n3\n4\n5\n");
        assert_eq!(story.ended("program"), Some(0));
        ensure!(
            story.events.is_sorted_by_key(|e| e.t),
            "time goes back in the timeline"
        );
        Ok(())
    })
}

#[test]
fn programs_that_never_stop_leave_the_page_its_breath() -> Result<()> {
    on_static_site(async |page, _site| {
        for source in [
            "n = 0\nwhile True:\n    n += 1\n",
            "while True:\n    print('and again')\n",
            "import socket\na, b = socket.socketpair()\nwhile True:\n    a.send(b'x')\n    b.recv(1)\n",
        ] {
            page.open(&program(source)).await?;
            page.lab(0, "").await?;
            page.click("[data-do=run]").await?;
            // Pictures come while it runs, and so do answers to whoever asks.
            until(
                async || page.text("[data-do=run]").await,
                |button| button.contains("Pause"),
            )
            .await?;
            page.click("[data-do=run]").await?;
            // Quiet: the program stands at a line, and can be stepped.
            page.lab(0, "").await?;
            let before = page.story(0).await?;
            page.lab(
                0,
                "if (!await lab.next()) throw new Error('there is no further step');",
            )
            .await?;
            let after = page.story(0).await?;
            ensure!(
                after.events.len() > before.events.len(),
                "a step has done nothing: {source}"
            );
            ensure!(after.ended("program").is_none(), "it has ended: {source}");
        }
        Ok(())
    })
}
