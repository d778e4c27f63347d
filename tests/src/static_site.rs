//! The folder that `cargo xtask site` writes, served by a plain file server (python3's) below a path of its own.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// A file server that knows nothing of Wirelab. Dropping it ends the process.
pub struct StaticSite {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

/// The folder: `WIRELAB_STATIC`, or what `cargo xtask site --dev` leaves.
#[must_use]
pub fn folder() -> PathBuf {
    env::var_os("WIRELAB_STATIC").map_or_else(|| crate::target().join("site-static"), PathBuf::from)
}

impl StaticSite {
    /// Serves the folder below `/a/sub path/` on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When the folder has not been built, or python3 cannot be run.
    pub fn start() -> Result<Self> {
        let site = folder();
        ensure!(
            site.join("sw.js").is_file(),
            "{} is not there: cargo xtask site --dev",
            site.display()
        );
        let above = tempfile::tempdir()?;
        std::fs::create_dir(above.path().join("a"))?;
        std::os::unix::fs::symlink(site, above.path().join("a/sub path"))?;
        let mut process = Command::new("python3")
            .args([
                "-u",
                "-m",
                "http.server",
                "0",
                "--bind",
                "127.0.0.1",
                "--directory",
            ])
            .arg(above.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("python3 cannot be run")?;
        let out = process.stdout.take().context("its output is piped")?;
        let mut site = Self {
            process,
            url: String::new(),
            _folder: above,
        };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        // Serving HTTP on 127.0.0.1 port 41231 (http://127.0.0.1:41231/) ...
        match line
            .split(" port ")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
        {
            Some(port) => site.url = format!("http://127.0.0.1:{port}/a/sub%20path"),
            None => bail!("python3's file server says {line:?}"),
        }
        Ok(site)
    }

    /// `http://127.0.0.1:PORT/a/sub%20path`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for StaticSite {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
