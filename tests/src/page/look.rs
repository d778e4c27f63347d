//! How a page looks: the sizes and wishes that it is made for, what axe-core says of it, pictures for people to judge.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Page;

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

    /// The same in each of the looks.
    ///
    /// # Errors
    /// The faults, one a line, and the look.
    pub async fn check_accessible_in_every_look(&self) -> Result<()> {
        for look in Look::ALL {
            self.put_on(look).await?;
            self.check_accessible()
                .await
                .with_context(|| format!("{look:?}"))?;
        }
        self.look(Look::Projector).await
    }

    /// Makes the page look so from now on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn look(&self, look: Look) -> Result<()> {
        self.put_on(look).await?;
        self.idle().await
    }

    async fn put_on(&self, look: Look) -> Result<()> {
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
        self.cdp("Emulation.setEmulatedMedia", media).await.map(drop)
    }

    /// Writes `target/screenshots/NAME-LOOK.png` in each of the looks, for people to judge.
    ///
    /// # Errors
    /// When the browser does not answer or the file cannot be written.
    pub async fn screenshots(&self, name: &str) -> Result<()> {
        let folder = crate::target().join("screenshots");
        fs::create_dir_all(&folder)?;
        for look in Look::ALL {
            self.put_on(look).await?;
            self.settled().await?;
            fs::write(
                folder.join(format!("{name}-{}.png", look.name())),
                self.client.screenshot().await?,
            )?;
        }
        self.look(Look::Projector).await
    }
}
