//! The binary `wirelab`, as learners run it: a process of its own, on a free port, stopped by its own handle.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail, ensure};

/// A running server. Dropping it ends the process.
pub struct Wirelab {
    process: Child,
    url: String,
}

/// The program under test: `WIRELAB_BIN`, or the one beside this test.
#[must_use]
pub fn binary() -> PathBuf {
    env::var_os("WIRELAB_BIN").map_or_else(
        || {
            crate::target()
                .join("debug")
                .join(format!("wirelab{}", env::consts::EXE_SUFFIX))
        },
        PathBuf::from,
    )
}

/// The site that it serves: `WIRELAB_SITE`, or what `cargo xtask build --dev` leaves.
#[must_use]
pub fn site() -> PathBuf {
    env::var_os("WIRELAB_SITE").map_or_else(|| crate::target().join("site-dev"), PathBuf::from)
}

impl Wirelab {
    /// Starts a server on a free port of 127.0.0.1 and waits until it says where it is.
    ///
    /// # Errors
    /// When the binary or the site has not been built, or the server ends before it prints an address.
    pub fn start(args: &[&str]) -> Result<Self> {
        let (binary, site) = (binary(), site());
        ensure!(
            binary.is_file(),
            "{} is not there: cargo build -p server",
            binary.display()
        );
        ensure!(
            site.is_dir(),
            "{} is not there: cargo xtask build --dev",
            site.display()
        );
        Self::launch(Command::new(binary), Some(&site), args)
    }

    /// The same by another command, which shall be `wirelab` when it gets the arguments; without a site it serves the one that
    /// is inside.
    ///
    /// # Errors
    /// When it ends before it prints an address.
    pub fn launch(mut command: Command, site: Option<&Path>, args: &[&str]) -> Result<Self> {
        let mut process = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(site.map(|_| "--site"))
            .args(site)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = process.stdout.take().context("the server's output is piped")?;
        let mut server = Self {
            process,
            url: String::new(),
        };
        let mut lines = BufReader::new(out).lines();
        for line in &mut lines {
            if let Some(url) = line?.split_whitespace().find(|word| word.starts_with("http://")) {
                url.trim_end_matches('/').clone_into(&mut server.url);
                break;
            }
        }
        if server.url.is_empty() {
            bail!("the server ended without an address ({})", server.process.wait()?);
        }
        // A full pipe would stop the server: somebody has to read on.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port alone.
    ///
    /// # Panics
    /// Never: a port is all that is taken for an address.
    #[must_use]
    pub fn port(&self) -> &str {
        self.url.rsplit(':').next().expect("an address has a port")
    }

    /// The process's number, for those who look at it from outside.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Wirelab {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
