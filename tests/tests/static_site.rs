//! The site as a folder of static files, below a path of a plain file server: labs run in the page, and after the first
//! visit all of it works with the server gone. The lessons' tests run on it too (`lessons.rs`, `wire_lessons.rs`).

use anyhow::{Context as _, Result, ensure};
use protocol::Recording;
use serde_json::json;
use wirelab_tests::{on_static_site, playground};

/// No lab of these tests needs more steps than this.
const MOST: u32 = 200;

#[test]
fn the_home_page_says_where_labs_run_and_they_do() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open("/").await?;
        page.element("[data-kept]:not([hidden]):not(:empty)").await?;
        page.element("[data-served=no]:not([hidden])").await?;
        page.screenshots("static-home").await?;
        page.open_lab("tcp-echo").await?;
        let badge = page.text("[data-network]").await?;
        ensure!(
            badge.contains("simulated"),
            "the lab does not say its network: {badge}"
        );
        page.step_to_end(0).await?;
        page.check_accessible().await?;
        page.screenshots("static-lab").await
    })
}

#[test]
fn from_the_past_the_lab_goes_on_anew() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open_lab("tcp-echo").await?;
        page.step_to_end(0).await?;
        let whole = page.story(0).await?;
        page.lab(0, "for (let i = 0; i < 12; i++) lab.back();").await?;
        page.click("[data-do=rewind]").await?;
        page.lab(0, "").await?;
        let kept = page.story(0).await?;
        ensure!(
            kept.events.len() < whole.events.len() && whole.events.starts_with(&kept.events),
            "{} events of {} are kept, or others",
            kept.events.len(),
            whole.events.len()
        );
        page.step_to_end(0).await?;
        let again = page.story(0).await?;
        assert_eq!((again.ended("client"), again.ended("server")), (Some(0), Some(0)));
        assert_eq!(again.printed("client"), whole.printed("client"));
        Ok(())
    })
}

#[test]
fn from_the_middle_of_a_run_at_full_speed_it_goes_on_there() -> Result<()> {
    on_static_site(async |page, _site| {
        page.open("/lab.html?lab=round-trips").await?;
        page.lab(0, "await lab.run();").await?;
        let whole = page.story(0).await?;
        page.lab(0, "for (let i = 0; i < 40; i++) lab.back();").await?;
        let here = page.text(".curt").await?;
        let step: usize = here
            .split_whitespace()
            .nth(4)
            .and_then(|n| n.parse().ok())
            .with_context(|| format!("which step is this: {here}"))?;
        page.click("[data-do=rewind]").await?;
        page.lab(0, "").await?;
        let kept = page.story(0).await?;
        ensure!(
            kept.events[..step] == whole.events[..step],
            "up to step {step} the story is another one"
        );
        // The programs have come to their next lines, and no further.
        let beyond = kept.events.len() - step;
        ensure!(
            beyond < 30,
            "{beyond} events after step {step} of {}",
            whole.events.len()
        );
        page.step_to_end(0).await?;
        let again = page.story(0).await?;
        assert_eq!(again.printed("client"), whole.printed("client"));
        Ok(())
    })
}

#[test]
fn a_wait_can_be_jumped_over() -> Result<()> {
    on_static_site(async |page, _site| {
        // In the playground, too, labs run here, whatever network they ask for.
        let source = "import time\nprint('before')\ntime.sleep(3600)\nprint('after')\n";
        let spec = json!({ "version": 1, "title": "An hour", "network": "kernel",
            "program": [{ "name": "sleeper", "file": "sleeper.py", "source": source }] });
        let link = playground(&spec);
        page.open(&link).await?;
        page.lab(0, "").await?;
        page.script(
            "const lab = document.querySelector('wire-lab'); globalThis.over = false;
             lab.run().then(() => { globalThis.over = true; });",
            json!([]),
        )
        .await?;
        let mut jumps = 0;
        for _ in 0..MOST {
            let jumped = page
                .script(
                    "await new Promise(r => setTimeout(r, 50));
                     const jump = document.querySelector('[data-do=jump]');
                     jump?.click();
                     return jump !== null;",
                    json!([]),
                )
                .await?;
            jumps += u32::from(jumped == json!(true));
            if page.script("return globalThis.over;", json!([])).await? == json!(true) {
                ensure!(jumps > 0, "the wait was not offered to be jumped over");
                assert_eq!(page.story(0).await?.printed("sleeper"), "before\nafter\n");
                return page.screenshots("static-playground").await;
            }
        }
        let shown = page.text("wire-lab").await?;
        anyhow::bail!("after {jumps} jumps the lab has not come to its end: {shown}")
    })
}

#[test]
fn it_works_with_the_server_gone() -> Result<()> {
    on_static_site(async |page, site| {
        page.open("/").await?;
        // Resolved when the worker is active: it is so only after it has stored every file.
        page.script("await navigator.serviceWorker.ready;", json!([]))
            .await?;
        drop(site);
        for path in ["/lab.html?lab=tcp-echo", "/book/echo/pieces.html", "/"] {
            page.open(path).await?;
        }
        page.open_lab("tcp-echo").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!((story.ended("client"), story.ended("server")), (Some(0), Some(0)));
        Ok(())
    })
}

#[test]
fn a_recording_of_the_kernels_network_is_replayed() -> Result<()> {
    on_static_site(async |page, _site| {
        let file = wirelab_tests::root()
            .join("tests/recordings/2-tcp-echo-kernel.json")
            .canonicalize()?;
        let recording = Recording::from_json(&std::fs::read_to_string(&file)?).map_err(anyhow::Error::msg)?;
        page.open("/playground.html").await?;
        let input = page.element("[data-picker]").await?;
        input.send_keys(&file.to_string_lossy()).await?;
        page.element("[data-p] .nextb:not(:disabled)").await?;
        let badge = page.text("[data-network]").await?;
        ensure!(badge.contains("a recording"), "{badge}");
        let story = page.story(0).await?;
        ensure!(
            story.events == recording.events,
            "{} events of {}",
            story.events.len(),
            recording.events.len()
        );
        // Step by step from the beginning to its end, as it was.
        let steps = "let steps = 0;
                     for (const next = lab.querySelector('[data-do=next]'); !next.disabled; steps++) {
                         next.click();
                         await new Promise(requestAnimationFrame);
                         if (steps > 500) throw new Error('still going');
                     }
                     return [steps, lab.querySelector('[data-position] b').textContent];";
        let told = page.lab(0, steps).await?;
        let last = recording.events.len().to_string();
        ensure!(told[0].as_u64() > Some(10) && told[1] == json!(last), "{told}");
        page.screenshots("static-recording").await
    })
}

#[test]
fn a_learners_work_is_kept_and_saved_with_the_server_gone() -> Result<()> {
    on_static_site(async |page, site| {
        page.open("/playground.html").await?;
        page.script("await navigator.serviceWorker.ready;", json!([]))
            .await?;
        drop(site);
        let spec = json!({ "version": 1, "title": "Mine",
            "program": [{ "name": "mine", "file": "mine.py", "source": "print('my own')\n" }] });
        let link = playground(&spec);
        page.open("/").await?;
        page.open(&link).await?;
        page.lab(0, "").await?;
        // Typed in the editor: what is kept is the work, not the link.
        page.edit("right", "print", "# by hand\nprint").await?;
        page.click("[data-do=apply]").await?;
        page.lab(0, "").await?;
        page.open("/").await?;
        page.open("/playground.html").await?;
        page.step_to_end(0).await?;
        assert_eq!(page.story(0).await?.printed("mine"), "my own\n");
        page.catch_file().await?;
        page.click("[data-do=save]").await?;
        let toml = page.caught_file().await?;
        ensure!(
            toml.contains("# by hand") && toml.contains("print('my own')"),
            "{toml}"
        );
        Ok(())
    })
}
