//! The judges of the tests: programs that are not ours. Each is found, or got by its ordinary installer, or asked for in
//! one sentence that names the command.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::{in_ci, run, target, timed};

/// axe-core, the judge of accessibility: loaded into a page by the tests only, never a part of the site.
const AXE: &str = "4.10.3";

/// What the browser tests need: Chromium, its driver, and axe-core's script.
pub(crate) struct Browser {
    /// Chromium or Chrome.
    chrome: PathBuf,
    /// The driver of the same version.
    driver: PathBuf,
    /// `axe.min.js`.
    axe: PathBuf,
}

impl Browser {
    /// Tells the tests where it all is.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("CHROME", &self.chrome)
            .env("CHROMEDRIVER", &self.driver)
            .env("AXE", &self.axe);
    }
}

/// Looks for every judge. What is missing is an error in CI and one printed line elsewhere.
pub(crate) fn find() -> Result<Option<Browser>> {
    for (name, use_) in [
        ("python3", "the tests that compare with CPython"),
        ("curl", "the tests that fetch a page from a learner's server"),
        (
            "tshark",
            "the tests that compare packets and captures with Wireshark",
        ),
    ] {
        if in_path(&[name]).is_none() && !install(&[name]) {
            missing(&format!(
                "{use_} need {name}: apt-get install {name}, or your system's installer"
            ))?;
        }
    }
    browser()
}

/// Is the standard library of this target there? rustup gets it if it can.
pub(crate) fn has_target(target: &str) -> Result<bool> {
    let mut add = Command::new("rustup");
    add.args(["target", "add", target]).stdout(Stdio::null());
    if add.status().is_ok_and(|status| status.success()) {
        return Ok(true);
    }
    missing(&format!(
        "the check of the server for {target} needs: rustup target add {target}"
    ))?;
    Ok(false)
}

/// Chromium, its driver and axe-core.
pub(crate) fn browser() -> Result<Option<Browser>> {
    if chrome().is_none() || driver().is_none() {
        install(&["chromium", "chromium-driver"]);
    }
    let (Some(chrome), Some(driver)) = (chrome(), driver()) else {
        missing(
            "the browser tests need Chromium and its driver: apt-get install chromium chromium-driver, or set CHROME and \
             CHROMEDRIVER to where they are",
        )?;
        return Ok(None);
    };
    let Some(axe) = axe()? else { return Ok(None) };
    Ok(Some(Browser { chrome, driver, axe }))
}

fn chrome() -> Option<PathBuf> {
    let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    from_env("CHROME")
        .or_else(|| {
            in_path(&[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ])
        })
        .or_else(|| mac.exists().then_some(mac))
}

fn driver() -> Option<PathBuf> {
    from_env("CHROMEDRIVER").or_else(|| in_path(&["chromedriver"]))
}

fn axe() -> Result<Option<PathBuf>> {
    let folder = target().join("tools").join(format!("axe-core-{AXE}"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.exists() {
        return Ok(Some(script));
    }
    let Some(npm) = in_path(&["npm"]).or_else(|| install(&["npm"]).then(|| in_path(&["npm"])).flatten())
    else {
        missing("the browser tests need npm, to get axe-core: apt-get install npm, or https://nodejs.org")?;
        return Ok(None);
    };
    std::fs::create_dir_all(&folder)?;
    let got = timed("npm install axe-core", || {
        let mut command = Command::new(npm);
        command.args([
            "install",
            "--no-save",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]);
        command
            .arg("--prefix")
            .arg(&folder)
            .arg(format!("axe-core@{AXE}"))
            .stdout(Stdio::null());
        run(command)
    });
    if let Err(error) = got {
        missing(&format!("axe-core could not be had from npm ({error:#})"))?;
        return Ok(None);
    }
    Ok(Some(script))
}

/// A missing judge: an error where everything must be judged, a printed line on somebody's own machine.
fn missing(sentence: &str) -> Result<()> {
    if in_ci() {
        bail!("{sentence}");
    }
    println!("skipped: {sentence}");
    Ok(())
}

fn from_env(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|path| path.exists())
}

/// The first of these programs that is found along PATH.
pub(crate) fn in_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        folders
            .iter()
            .map(|folder| folder.join(&file))
            .find(|path| path.is_file())
    })
}

/// Asks the package manager, where that needs no password: as root on Debian or Ubuntu. Says whether it did.
fn install(packages: &[&str]) -> bool {
    if !is_root() || !Path::new("/etc/debian_version").exists() || in_path(&["apt-get"]).is_none() {
        return false;
    }
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null());
        run(command)
    };
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(packages);
    let done = timed(&format!("apt-get install {}", packages.join(" ")), || {
        apt(&["update"])?;
        apt(&words)
    });
    if let Err(error) = &done {
        eprintln!("{error:#}");
    }
    done.is_ok()
}

/// Asked of `id`, so that this crate needs no system calls of its own.
fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}
