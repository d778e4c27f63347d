//! Keys, as a learner presses them.

use anyhow::Result;
use serde_json::{Value, json};

use super::Page;

impl Page {
    /// Presses a key, as its name in `KeyboardEvent.key`, where the focus is.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press(&self, key: &str) -> Result<()> {
        self.key(key).await?;
        self.idle().await
    }

    pub(super) async fn key(&self, key: &str) -> Result<()> {
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
}
