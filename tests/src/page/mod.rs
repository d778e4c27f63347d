//! What a test does with a page. Whatever is done here is done when the method returns: parts of the page that a click or a
//! key brings have come, and what it changes is drawn.
//!
//! ```text
//! mod.rs    pages, elements, scripts, waiting, clicks
//! keys.rs   keys
//! lab.rs    labs: stepping, stories, editing
//! look.rs   sizes, colours, axe-core, screenshots
//! cdp.rs    the console and the browser's own protocol
//! ```

mod cdp;
mod keys;
mod lab;
mod look;

pub use lab::playground;
pub use look::Look;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fantoccini::{Client, Locator, elements::Element, error::CmdError};
use serde_json::{Value, json};

use crate::wait;

/// A page in the browser of one test.
#[derive(Clone)]
pub struct Page {
    client: Client,
    base: Arc<str>,
    axe: Arc<PathBuf>,
}

impl Page {
    pub(crate) fn new(client: Client, base: &str, axe: PathBuf) -> Self {
        Self {
            client,
            base: base.into(),
            axe: Arc::new(axe),
        }
    }

    /// The server's address, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Opens a path of the site.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.client
            .goto(&format!("{}{path}", self.base))
            .await
            .with_context(|| format!("opening {path}"))
    }

    /// The first element that fits, waited for at most ten seconds.
    ///
    /// # Errors
    /// When none comes.
    pub async fn element(&self, css: &str) -> Result<Element> {
        self.client
            .wait()
            .at_most(wait::LONGEST)
            .every(Duration::from_millis(20))
            .for_element(Locator::Css(css))
            .await
            .with_context(|| format!("no {css} on the page"))
    }

    /// Runs the body of an `async` function in the page, with these arguments as `args`; its answer.
    ///
    /// # Errors
    /// What the script throws, in its own words.
    pub async fn script(&self, body: &str, args: Value) -> Result<Value> {
        let wrapped = format!(
            "const [args, done] = arguments;
             (async () => {{ {body} }})().then(value => done({{value: value ?? null}}),
                                               error => done({{error: String(error && error.stack || error)}}));"
        );
        let mut answer = self
            .client
            .execute_async(&wrapped, vec![args])
            .await
            .with_context(|| format!("script: {body}"))?;
        if let Some(error) = answer.get("error").and_then(Value::as_str) {
            bail!("in the page: {error}\nscript: {body}");
        }
        Ok(answer["value"].take())
    }

    /// Runs the body of an `async` function in the page until what it returns is true in JavaScript's sense, ten seconds at
    /// most; what that is.
    ///
    /// # Errors
    /// What the script throws; what it has returned last.
    pub async fn until(&self, body: &str, args: Value) -> Result<Value> {
        let there =
            format!("const seen = await (async () => {{ {body} }})(); return [Boolean(seen), seen ?? null];");
        let look = async || self.script(&there, args.clone()).await;
        let mut seen = wait::until(look, |seen| seen[0] == json!(true))
            .await
            .with_context(|| format!("waiting for: {body}"))?;
        Ok(seen[1].take())
    }

    /// Waits until nothing is on its way that the page waits for: labs, parts of the page's code, Python's modules. Then what
    /// has changed is drawn.
    ///
    /// # Errors
    /// When something is still on its way after ten seconds, or the browser does not answer.
    pub async fn idle(&self) -> Result<()> {
        self.arrived().await?;
        // The diagram and the lines follow in the next frame, then what stands around them, the dock, and at last what was
        // left out while programs ran at full speed.
        let frames = "for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame);";
        // A click can lead to another page: then nobody answers, and that page is waited for.
        let _ = self.script(frames, Value::Null).await;
        self.arrived().await
    }

    /// The same without waiting for pictures.
    async fn arrived(&self) -> Result<()> {
        let look = "const busy = document.querySelector('[aria-busy=true], .loading[role=status], wire-lab:not(:defined)');
                    return busy && busy.cloneNode().outerHTML;";
        let began = Instant::now();
        loop {
            match self.script(look, Value::Null).await {
                Ok(Value::Null) => return Ok(()),
                Ok(busy) if began.elapsed() > wait::LONGEST => bail!("the page is still busy with {busy}"),
                // The same here.
                Err(error) if began.elapsed() > wait::LONGEST => return Err(error),
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    /// Clicks the first element that fits, waited for at most ten seconds.
    ///
    /// # Errors
    /// When none comes, or it cannot be clicked.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.with(css, Element::click)
            .await
            .with_context(|| format!("clicking {css}"))?;
        self.idle().await
    }

    /// Does something with the first element that fits, waited for; again if the page has put another in its place meanwhile.
    async fn with<T>(&self, css: &str, act: impl AsyncFn(&Element) -> Result<T, CmdError>) -> Result<T> {
        let began = Instant::now();
        loop {
            match act(&self.element(css).await?).await {
                Err(error) if error.is_stale_element_reference() && began.elapsed() < wait::LONGEST => {}
                done => return Ok(done?),
            }
        }
    }

    /// The text of the first element that fits, waited for at most ten seconds.
    ///
    /// # Errors
    /// When none comes.
    pub async fn text(&self, css: &str) -> Result<String> {
        self.with(css, Element::text)
            .await
            .with_context(|| format!("the text of {css}"))
    }

    /// The texts of all elements that fit now, hidden ones too.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll(args)].map(e => e.textContent)";
        Ok(serde_json::from_value(self.script(script, json!(css)).await?)?)
    }

    /// Is there an element that fits now?
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn has(&self, css: &str) -> Result<bool> {
        Ok(!self.texts(css).await?.is_empty())
    }

    /// Puts the focus on the first element that fits, waited for at most ten seconds.
    ///
    /// # Errors
    /// When none comes.
    pub async fn focus_on(&self, css: &str) -> Result<()> {
        self.element(css).await?;
        self.script("document.querySelector(args).focus()", json!(css))
            .await
            .map(drop)
    }

    /// From now on what the page hands over as a file is kept for [`Page::caught_file`].
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn catch_file(&self) -> Result<()> {
        let script = "globalThis.caught = new Promise(done => {
            URL.createObjectURL = blob => { done(blob.text()); return 'data:,'; };
        });";
        self.script(script, Value::Null).await.map(drop)
    }

    /// The text of the first file that the page has handed over since [`Page::catch_file`].
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn caught_file(&self) -> Result<String> {
        let text = self.script("return await globalThis.caught", Value::Null).await?;
        serde_json::from_value(text).context("a file's text")
    }

    /// The WebDriver client, for what has no helper here.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }
}
