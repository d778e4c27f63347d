//! What WebDriver has no command for: the console, and the browser's own protocol.

use anyhow::{Context, Result};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use super::Page;

impl Page {
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

    /// The cache counts again, and nobody watches what the page fetches and says: watching slows it down.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn unwatched(&self) -> Result<()> {
        self.cdp("Network.disable", json!({})).await.map(drop)
    }

    /// What a mouse does at a place of the page, CSS pixels: `mousePressed`, `mouseMoved` or `mouseReleased`; whether its left
    /// button is down.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn mouse(&self, what: &str, (x, y): (f64, f64), down: bool) -> Result<()> {
        let params = json!({
            "type": what, "x": x, "y": y, "button": "left", "buttons": u8::from(down), "clickCount": 1,
        });
        self.cdp("Input.dispatchMouseEvent", params).await.map(drop)
    }

    /// The browser's own protocol, for what WebDriver has no command for.
    pub(super) async fn cdp(&self, command: &'static str, params: Value) -> Result<Value> {
        self.client
            .issue_cmd(Cdp { command, params })
            .await
            .context(command)
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
