//! The outside judges. On a machine where everything must be judged (`CI` is set) a missing one is a failure; elsewhere it
//! is one printed line, and the test that needs it ends there.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The judge's path, from its variable or along PATH; `None` after the line is printed.
///
/// # Panics
/// When it is missing and `CI` is set.
#[must_use]
pub fn find(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let found = search(variable, names);
    if found.is_none() {
        missing(&format!(
            "{} is not there (or set {variable})",
            names.join(" or ")
        ));
    }
    found
}

fn search(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.exists());
    named.or_else(|| {
        let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
        names.iter().find_map(|name| {
            let file = format!("{name}{}", env::consts::EXE_SUFFIX);
            folders
                .iter()
                .map(|folder| folder.join(&file))
                .find(|path| path.is_file())
        })
    })
}

/// CPython: how a program really behaves.
#[must_use]
pub fn python() -> Option<PathBuf> {
    find("PYTHON", &["python3"])
}

/// curl: a visitor that is not ours.
#[must_use]
pub fn curl() -> Option<PathBuf> {
    find("CURL", &["curl"])
}

/// nc, of the kind that the book names: OpenBSD's. Several programs have that name with other options, so it is never
/// demanded.
#[must_use]
pub fn nc() -> Option<PathBuf> {
    let nc = search("NC", &["nc.openbsd", "nc"]).filter(|nc| {
        let help = Command::new(nc).arg("-h").output();
        help.is_ok_and(|help| {
            [help.stdout, help.stderr]
                .iter()
                .any(|t| t.starts_with(b"OpenBSD"))
        })
    });
    if nc.is_none() {
        println!("skipped: OpenBSD's nc is not there");
    }
    nc
}

/// tshark: what a capture holds.
#[must_use]
pub fn tshark() -> Option<PathBuf> {
    find("TSHARK", &["tshark"])
}

/// Must every judge be there?
#[must_use]
pub fn demanded() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Says that a judge is missing: a printed line, or the end of the test where all must be judged.
pub(crate) fn missing(sentence: &str) {
    assert!(!demanded(), "a judge is missing: {sentence}");
    println!("skipped: {sentence}");
}
