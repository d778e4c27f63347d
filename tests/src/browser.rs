//! One Chromium for one test, by chromedriver on a port of its own choosing.
//!
//! Whatever a test does, panics included, the browser is closed and the driver ended; then the console's errors are looked
//! at: a test whose page wrote one has failed.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{Client, ClientBuilder};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{Page, StaticSite, Wirelab, judge};

/// Runs a test's body with a page of a fresh browser, before a server of its own; skipped where there is no Chromium.
///
/// # Errors
/// What the body returns; a server or browser that does not start; an error in the browser's console.
pub fn in_browser<F>(body: impl FnOnce(Page) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let Some(judges) = Judges::find() else {
        return Ok(());
    };
    let server = Wirelab::start(&[])?;
    with_page(&judges, server.url(), body)
}

/// The same before this server.
///
/// # Errors
/// The test's own.
pub fn in_browser_before<F>(server: &Wirelab, body: impl FnOnce(Page) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    Judges::find().map_or(Ok(()), |judges| with_page(&judges, server.url(), body))
}

/// The same twice: served by Wirelab, and from a folder of static files, where labs run on the simulated network.
///
/// # Errors
/// The test's own, with the place where it failed.
pub fn in_browser_on_each<F>(body: impl Fn(Page) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    in_browser(&body).context("served by Wirelab")?;
    on_static_site(async |page, _site| body(page).await).context("from a folder of static files")
}

/// The same only from a folder of static files, whose server the body gets, too: to stop it, say.
///
/// # Errors
/// The test's own.
pub fn on_static_site<F>(body: impl FnOnce(Page, StaticSite) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let Some(judges) = Judges::find() else {
        return Ok(());
    };
    let site = StaticSite::start()?;
    let url = site.url().to_owned();
    with_page(&judges, &url, |page| body(page, site))
}

fn with_page<F>(judges: &Judges, url: &str, body: impl FnOnce(Page) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let browser = Browser::start(judges).await?;
            let page = Page::new(browser.client.clone(), url, judges.axe.clone());
            page.before_each_page(&late_parts()?).await?;
            let outcome = AssertUnwindSafe(body(page.clone())).catch_unwind().await;
            let complaints = page.console_errors().await;
            browser.close().await?;
            match outcome {
                Err(panic) => resume_unwind(panic),
                Ok(Err(error)) => Err(error.context(format!("the console said: {complaints:?}"))),
                Ok(Ok(())) => {
                    let complaints = complaints?;
                    ensure!(
                        complaints.is_empty(),
                        "the browser's console has errors: {complaints:#?}"
                    );
                    Ok(())
                }
            }
        })
}

/// A script that lets the parts of the page's wasm and Python's modules come late, as on a slow network: what a test does not
/// wait for has not come when it looks. `WIRELAB_LATE` is by how many milliseconds; 0 for a bench.
fn late_parts() -> Result<String> {
    let late = std::env::var("WIRELAB_LATE").unwrap_or_else(|_| "100".to_owned());
    let late: u32 = late.parse().context("WIRELAB_LATE is milliseconds")?;
    Ok(format!(
        "const fetched = window.fetch;
         window.fetch = async (what, how) => {{
             if (/pkg\\/(split_|chunk_|python-)/.test(what.url ?? what)) await new Promise(go => setTimeout(go, {late}));
             return fetched(what, how);
         }};"
    ))
}

struct Judges {
    chrome: PathBuf,
    driver: PathBuf,
    axe: PathBuf,
}

impl Judges {
    fn find() -> Option<Self> {
        let chrome = judge::find(
            "CHROME",
            &[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ],
        )?;
        let driver = judge::find("CHROMEDRIVER", &["chromedriver"])?;
        let Some(axe) = axe() else {
            judge::missing("axe-core is not there (or set AXE); `cargo xtask test` gets it");
            return None;
        };
        Some(Self { chrome, driver, axe })
    }
}

/// axe-core's script: `AXE`, or where `cargo xtask test` has put it.
fn axe() -> Option<PathBuf> {
    let named = std::env::var_os("AXE").map(PathBuf::from);
    let tools = std::fs::read_dir(crate::target().join("tools"))
        .ok()
        .into_iter()
        .flatten()
        .flatten();
    let got = tools.map(|tool| tool.path().join("node_modules/axe-core/axe.min.js"));
    named.into_iter().chain(got).find(|path| path.is_file())
}

struct Browser {
    client: Client,
    driver: Child,
    /// Chromium's profile: empty at the beginning, gone at the end.
    _profile: TempDir,
}

impl Browser {
    async fn start(judges: &Judges) -> Result<Self> {
        let (driver, port) = driver(judges).await?;
        let profile = tempfile::tempdir()?;
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": judges.chrome,
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--window-size=1280,720", "--force-device-scale-factor=1", "--hide-scrollbars",
                    format!("--user-data-dir={}", profile.path().display()),
                ],
            },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 60_000, "pageLoad": 60_000 },
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().cloned().unwrap_or_default())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("Chromium did not start")?;
        Ok(Self {
            client,
            driver,
            _profile: profile,
        })
    }

    /// The browser first: a driver that is killed leaves its browser behind.
    async fn close(mut self) -> Result<()> {
        let closed = self.client.close().await;
        self.driver.kill().await?;
        closed.context("Chromium did not close")
    }
}

/// Starts chromedriver and reads which port it has taken.
async fn driver(judges: &Judges) -> Result<(Child, u16)> {
    let mut driver = Command::new(&judges.driver)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let out = driver.stdout.take().context("the driver's output is piped")?;
    let mut lines = BufReader::new(out).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let port = port.trim_end_matches('.').parse()?;
            // A full pipe would stop the driver: somebody has to read on.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((driver, port));
        }
    }
    bail!("chromedriver ended without a port")
}
