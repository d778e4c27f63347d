//! What a test does with a page. Whatever is done here is done when the method returns: parts of the page that a click or a
//! key brings have come, and what it changes is drawn.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator, elements::Element, error::CmdError};
use serde_json::{Value, json};

use crate::{Story, wait};

/// A page in the browser of one test.
#[derive(Clone)]
pub struct Page {
    client: Client,
    base: Arc<str>,
    axe: Arc<PathBuf>,
}

/// How a page is looked at: the sizes and the wishes that the design is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A projector: 1280x720.
    Projector,
    /// A phone: 390x844, by touch.
    Phone,
    /// The projector's size, dark.
    Dark,
    /// The projector's size, with more contrast.
    Contrast,
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Projector, Self::Phone, Self::Dark, Self::Contrast];

    const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            _ => (1280, 720),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Projector => "projector",
            Self::Phone => "phone",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
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
        // The diagram and the lines follow in the next frame, what stands around them in the one after, and the dock last.
        let frames = "for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);";
        self.script(frames, Value::Null).await?;
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
                // A click can lead to another page: a script that was asked in between has no answer.
                Err(error) if began.elapsed() > wait::LONGEST => return Err(error),
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
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
    /// When it does not fit after `most` keys.
    pub async fn press_until(
        &self,
        n: usize,
        key: &str,
        most: u32,
        fits: impl Fn(&Story) -> bool,
    ) -> Result<Story> {
        let mut story = self.story(n).await?;
        for _ in 0..most {
            if fits(&story) {
                return Ok(story);
            }
            self.key(key).await?;
            // The next look at the story waits until all is quiet.
            story = self.story(n).await?;
        }
        bail!(
            "{most} times {key:?} were not enough; the last events: {:#?}",
            story.events.iter().rev().take(5).collect::<Vec<_>>()
        )
    }

    /// Steps the n-th lab with `next()` until its story fits; the story then.
    ///
    /// # Errors
    /// When it does not fit after `most` steps.
    pub async fn step_until(&self, n: usize, most: u32, fits: impl Fn(&Story) -> bool) -> Result<Story> {
        let mut story = self.story(n).await?;
        for _ in 0..most {
            if fits(&story) {
                return Ok(story);
            }
            self.lab(n, "await lab.next();").await?;
            story = self.story(n).await?;
        }
        bail!(
            "{most} steps were not enough; the packets: {:#?}",
            story.packets()
        )
    }

    /// Steps the n-th lab with `next()` until it says that there is no further step; how many there were.
    ///
    /// # Errors
    /// When there is no end after `most` steps.
    pub async fn step_to_end(&self, n: usize, most: u32) -> Result<u32> {
        let body = format!(
            "let steps = 0;
             while (await lab.next()) {{ if (++steps >= {most}) throw new Error('still going after ' + steps + ' steps'); }}
             return steps;"
        );
        let steps = self.lab(n, &body).await?;
        steps
            .as_u64()
            .and_then(|steps| steps.try_into().ok())
            .context("steps are a number")
    }

    /// Puts the focus into the n-th lab, where its keys work: on the first program's source.
    ///
    /// # Errors
    /// When there is no such lab.
    pub async fn focus(&self, n: usize) -> Result<()> {
        self.lab(n, "lab.querySelector('.code').focus();").await.map(drop)
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

    /// Presses a key, as its name in `KeyboardEvent.key`, where the focus is.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press(&self, key: &str) -> Result<()> {
        self.key(key).await?;
        self.idle().await
    }

    async fn key(&self, key: &str) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let text = if key.chars().count() == 1 && kind == "keyDown" {
                json!(key)
            } else {
                Value::Null
            };
            let (code, number) = match key {
                "PageDown" => ("PageDown", 34),
                "PageUp" => ("PageUp", 33),
                "ArrowLeft" => ("ArrowLeft", 37),
                "ArrowRight" => ("ArrowRight", 39),
                "Home" => ("Home", 36),
                "End" => ("End", 35),
                "Tab" => ("Tab", 9),
                "Enter" => ("Enter", 13),
                "Escape" => ("Escape", 27),
                " " => ("Space", 32),
                _ => ("", 0),
            };
            let mut params =
                json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number });
            if !text.is_null() {
                params["text"] = text;
            } else if key == "Enter" && kind == "keyDown" {
                params["text"] = json!("\r");
            }
            self.cdp("Input.dispatchKeyEvent", params).await?;
        }
        Ok(())
    }

    /// What axe-core finds wrong with the page as it is: one line each, empty if nothing.
    ///
    /// # Errors
    /// When axe cannot run.
    pub async fn accessibility_faults(&self) -> Result<Vec<String>> {
        let source = fs::read_to_string(&*self.axe)?;
        self.client.execute(&source, vec![]).await?;
        self.settled().await?;
        let found = self
            .script(
                "const result = await axe.run(document, {resultTypes: ['violations']});
                 return result.violations.flatMap(v => v.nodes.map(n =>
                     `${v.id} (${v.impact}): ${n.target.join(' ')}: ${n.failureSummary}`));",
                Value::Null,
            )
            .await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Waits until the page is painted as it now is: a colour on its way from light to dark is nobody's contrast.
    async fn settled(&self) -> Result<()> {
        // Transitions begin in the first frame.
        self.idle().await?;
        self.script(
            "const ending = document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity);
             await Promise.allSettled(ending.map(a => a.finished));",
            Value::Null,
        )
        .await
        .map(drop)
    }

    /// Fails with the list if axe-core finds anything.
    ///
    /// # Errors
    /// The faults, one a line.
    pub async fn check_accessible(&self) -> Result<()> {
        let faults = self.accessibility_faults().await?;
        let url = self.client.current_url().await?;
        ensure!(
            faults.is_empty(),
            "{}: axe-core finds\n{}",
            url.path(),
            faults.join("\n")
        );
        Ok(())
    }

    /// Errors and warnings of the console since it was last asked.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let log = self.client.issue_cmd(Log).await?;
        let entries = log.as_array().context("the log is a list")?;
        Ok(entries
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect())
    }

    /// Runs this script in every page that is opened from now on, before anything of the page itself.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn before_each_page(&self, source: &str) -> Result<()> {
        let params = json!({ "source": source });
        self.cdp("Page.addScriptToEvaluateOnNewDocument", params)
            .await
            .map(drop)
    }

    /// From now on the browser lets this site store so many bytes and no more.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn limit_storage(&self, bytes: u64) -> Result<()> {
        let origin = url::Url::parse(&self.base)?.origin().ascii_serialization();
        let params = json!({ "origin": origin, "quotaSize": bytes });
        self.cdp("Storage.overrideQuotaForOrigin", params).await.map(drop)
    }

    /// From now on every file is fetched anew.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn without_cache(&self) -> Result<()> {
        self.cdp("Network.enable", json!({})).await?;
        self.cdp("Network.setCacheDisabled", json!({ "cacheDisabled": true }))
            .await?;
        Ok(())
    }

    /// Makes the page look so from now on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn look(&self, look: Look) -> Result<()> {
        let (width, height) = look.size();
        let phone = look == Look::Phone;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone }))
            .await?;
        let scheme = if look == Look::Dark { "dark" } else { "light" };
        let contrast = if look == Look::Contrast {
            "more"
        } else {
            "no-preference"
        };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-contrast", "value": contrast },
        ] });
        self.cdp("Emulation.setEmulatedMedia", media).await?;
        self.idle().await
    }

    /// Writes `target/screenshots/NAME-LOOK.png` in each of the looks, for people to judge.
    ///
    /// # Errors
    /// When the browser does not answer or the file cannot be written.
    pub async fn screenshots(&self, name: &str) -> Result<()> {
        let folder = crate::target().join("screenshots");
        fs::create_dir_all(&folder)?;
        for look in Look::ALL {
            self.look(look).await?;
            self.settled().await?;
            fs::write(
                folder.join(format!("{name}-{}.png", look.name())),
                self.client.screenshot().await?,
            )?;
        }
        self.look(Look::Projector).await
    }

    /// The browser's own protocol, for what WebDriver has no command for.
    async fn cdp(&self, command: &'static str, params: Value) -> Result<Value> {
        self.client
            .issue_cmd(Cdp { command, params })
            .await
            .context(command)
    }

    /// The WebDriver client, for what has no helper here.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

/// chromedriver's `se/log`: the console.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// chromedriver's door to the browser's own protocol.
#[derive(Debug)]
struct Cdp {
    command: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (
            http::Method::POST,
            Some(json!({ "cmd": self.command, "params": self.params }).to_string()),
        )
    }
}
