//! The labs of a page: their scripting interface, stepping, editing.

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::Page;
use crate::Story;

/// No lab of the tests needs more steps than this.
const STEPS: u32 = 2000;

/// The address of the playground with this lab in it.
#[must_use]
pub fn playground(lab: &Value) -> String {
    format!("/playground.html#lab={}", URL_SAFE_NO_PAD.encode(lab.to_string()))
}

impl Page {
    /// Opens a page of the book and waits for its first lab.
    ///
    /// # Errors
    /// When the browser does not answer, or the lab cannot be opened.
    pub async fn open_chapter(&self, chapter: &str) -> Result<()> {
        self.open(&format!("/book/{chapter}")).await?;
        self.lab(0, "").await.map(drop)
    }

    /// Opens the page of a lab of the book and waits for the lab.
    ///
    /// # Errors
    /// When the browser does not answer, or the lab cannot be opened.
    pub async fn open_lab(&self, name: &str) -> Result<()> {
        self.open(&format!("/lab.html?lab={name}")).await?;
        self.lab(0, "").await.map(drop)
    }

    /// Has the page's first lab a wire? Where it has none, there is nothing to be held, and the test says that it is skipped.
    ///
    /// # Errors
    /// When the lab cannot be opened.
    pub async fn has_wire(&self) -> Result<bool> {
        self.lab(0, "").await?;
        let there = self.text("[data-network]").await?.contains("real packets");
        if !there {
            eprintln!("skipped: this machine gives no kernel lab");
        }
        Ok(there)
    }

    /// Runs the body of an `async` function with `lab`, the n-th `<wire-lab>` of the page (from 0), once it is ready and
    /// all is quiet in it; what the body asks the page for has come afterwards.
    ///
    /// # Errors
    /// What the script throws, in its own words.
    pub async fn lab(&self, n: usize, body: &str) -> Result<Value> {
        let found = "const lab = document.querySelectorAll('wire-lab')[args];
                     if (!lab) throw new Error('no such lab on the page');
                     await customElements.whenDefined('wire-lab');
                     await lab.ready;";
        let answer = self.script(&format!("{found} {body}"), json!(n)).await?;
        self.arrived().await?;
        Ok(answer)
    }

    /// What has happened so far in the n-th lab.
    ///
    /// # Errors
    /// When the element's answers are not what the book says they are.
    pub async fn story(&self, n: usize) -> Result<Story> {
        let told = self
            .lab(n, "return [lab.timeline(), lab.programs().map(p => p.name)]")
            .await?;
        let (events, programs): (Value, _) =
            serde_json::from_value(told).context("timeline() and programs()")?;
        let events = protocol::read::from_json(events.to_string().as_bytes()).context("timeline()")?;
        Ok(Story { events, programs })
    }

    /// Presses `key` until the n-th lab's story fits; the story then.
    ///
    /// # Errors
    /// When it does not fit after very many.
    pub async fn press_until(&self, n: usize, key: &str, fits: impl Fn(&Story) -> bool) -> Result<Story> {
        let mut story = self.story(n).await?;
        for _ in 0..STEPS {
            if fits(&story) {
                return Ok(story);
            }
            self.key(key).await?;
            // The next look at the story waits until all is quiet.
            story = self.story(n).await?;
        }
        bail!(
            "{STEPS} times {key:?} were not enough; the last events: {:#?}",
            story.events.iter().rev().take(5).collect::<Vec<_>>()
        )
    }

    /// Steps the n-th lab with `next()` until its story fits; the story then.
    ///
    /// # Errors
    /// When it does not fit after very many.
    pub async fn step_until(&self, n: usize, fits: impl Fn(&Story) -> bool) -> Result<Story> {
        let mut story = self.story(n).await?;
        for _ in 0..STEPS {
            if fits(&story) {
                return Ok(story);
            }
            self.lab(n, "await lab.next();").await?;
            story = self.story(n).await?;
        }
        bail!(
            "{STEPS} steps were not enough; the packets: {:#?}",
            story.packets()
        )
    }

    /// Steps the n-th lab with `next()` until it says that there is no further step; how many there were.
    ///
    /// # Errors
    /// When there is no end after very many.
    pub async fn step_to_end(&self, n: usize) -> Result<u32> {
        let body = format!(
            "let steps = 0;
             while (await lab.next()) {{ if (++steps >= {STEPS}) throw new Error('still going after ' + steps + ' steps'); }}
             return steps;"
        );
        let steps = self.lab(n, &body).await?;
        steps
            .as_u64()
            .and_then(|steps| steps.try_into().ok())
            .context("steps are a number")
    }

    /// The same; the lab's story then.
    ///
    /// # Errors
    /// The same.
    pub async fn to_the_end(&self, n: usize) -> Result<Story> {
        self.step_to_end(n).await?;
        self.story(n).await
    }

    /// Steps the n-th lab with `next()` until a script in the page (the body of an `async` function with `lab`) returns true.
    ///
    /// # Errors
    /// When it does not after very many steps.
    pub async fn step_until_seen(&self, n: usize, script: &str) -> Result<()> {
        for _ in 0..STEPS {
            if self.lab(n, script).await? == json!(true) {
                return Ok(());
            }
            self.lab(n, "await lab.next();").await?;
        }
        bail!("{STEPS} steps were not enough for: {script}")
    }

    /// Opens the editor of the program in the page's lane `left` or `right` and types `text` in the place of `old`.
    ///
    /// # Errors
    /// When the program has no such text.
    pub async fn edit(&self, lane: &str, old: &str, text: &str) -> Result<()> {
        self.click(&format!("[data-lane={lane}] [data-do=edit]")).await?;
        let area = self.element("[data-editor] textarea").await?;
        let select = "const area = document.querySelector('[data-editor] textarea');
                      const at = area.value.indexOf(args);
                      area.focus();
                      area.setSelectionRange(at, at + args.length);
                      return at >= 0;";
        let found = self.script(select, json!(old)).await?;
        ensure!(found == json!(true), "the program has no {old:?}");
        area.send_keys(text)
            .await
            .with_context(|| format!("typing {text:?}"))
    }

    /// Puts the focus into the n-th lab, where its keys work: on the first program's source.
    ///
    /// # Errors
    /// When there is no such lab.
    pub async fn focus(&self, n: usize) -> Result<()> {
        self.lab(n, "lab.querySelector('.code').focus();").await.map(drop)
    }
}
