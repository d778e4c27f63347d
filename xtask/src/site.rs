//! The site: one folder with everything that a browser loads.
//!
//! ```text
//! index.html, *.css, *.js ...   web/static/, without its comments
//! pkg/                          the pages' wasm, its parts and its JavaScript; code of Python's modules for the engine
//! book/                         the lessons
//! labs/                         the labs, and index.json that lists them
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::stage::{self, Files};
use crate::workspace::{self, cargo, root, run, target, timed};
use crate::{book, compress, labs, python, shrink, web};

/// How the pages are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// For size, as it is served to learners.
    Release,
    /// Quick to build, for the tests and for work on the pages.
    Dev,
}

impl Kind {
    /// The site's folder. Two of them, so that a test run does not pull the site from under a server.
    pub(crate) fn folder(self) -> PathBuf {
        match self {
            Kind::Release => root().join("dist"),
            Kind::Dev => target().join("site-dev"),
        }
    }
}

/// Builds what has changed and puts the site together, to be served by Wirelab's server.
pub(crate) fn build(kind: Kind) -> Result<()> {
    files(kind)?.bring_to(&kind.folder())
}

/// Where the quickly built folder for any web server lies: the tests serve it.
pub(crate) fn any_host_dev() -> PathBuf {
    target().join("site-static")
}

/// The site as a folder for any web server, below any path: labs run in the page, and a service worker keeps all of it in
/// the browser.
pub(crate) fn build_for_any_host(kind: Kind, folder: &Path) -> Result<()> {
    // Whatever else lies there would be removed: only an empty folder, or an older one of ours, is taken.
    if folder.exists() && fs::read_dir(folder)?.next().is_some() && !folder.join("sw.js").exists() {
        bail!(
            "{} has files that are not a site of Wirelab: name an empty or a new folder",
            folder.display()
        );
    }
    let mut files = files(kind)?;
    let ours =
        |name: &str| -> Result<String> { Ok(fs::read_to_string(root().join("web/offline").join(name))?) };
    files.bytes("site.js", ours("site.js")?.into_bytes());
    let (names, version) = files.listed()?;
    let worker = format!(
        "const VERSION = \"{version}\";\nconst FILES = [\n{}];\n{}",
        names
            .iter()
            .map(|name| format!("  {name:?},\n"))
            .collect::<String>(),
        ours("sw.js")?
    );
    files.bytes("sw.js", worker.into_bytes());
    files.bring_to(folder)?;
    println!("{}", folder.display());
    Ok(())
}

fn files(kind: Kind) -> Result<Files> {
    let pkg = web::build(kind)?;
    let book = book::build()?;
    let mut files = Files::default();
    let pages = root().join("web/static");
    files.folder(&pages, Path::new(""))?;
    for path in stage::walk(&pages)? {
        if path.extension().is_some_and(|end| end == "css" || end == "js") {
            let text = shrink::lean(&fs::read_to_string(&path)?);
            files.bytes(path.strip_prefix(&pages)?, text.into_bytes());
        }
    }
    files.folder(&pkg, Path::new("pkg"))?;
    files.folder(&book, Path::new("book"))?;
    labs::add_to(&mut files)?;
    python::add_to(&mut files)?;
    Ok(files)
}

/// A server with the quickly built site inside it, as the release has its own; gives its path. It lies apart from the one that
/// `cargo build` makes, and has all but itself in common with that.
pub(crate) fn embed_for_tests() -> Result<PathBuf> {
    let site = target().join("site-embedded");
    files(Kind::Dev)?.bring_to(&site)?;
    compress::beside(&site, compress::Effort::Least)?;
    let mut build = cargo(&[
        "build",
        "--workspace",
        "--bin",
        "wirelab",
        "--features",
        "server/embed",
    ]);
    build.env("WIRELAB_DIST", &site);
    run(build)?;
    let built = workspace::server("debug");
    let kept = workspace::server("embedded");
    fs::create_dir_all(target().join("embedded"))?;
    // A new file, not new bytes in one that may be running.
    if kept.exists() {
        fs::remove_file(&kept)?;
    }
    fs::copy(built, &kept)?;
    Ok(kept)
}

/// The release binary with the site inside it.
pub(crate) fn embed_into_server() -> Result<()> {
    timed("the server, with the site inside", || {
        run(cargo(&[
            "build",
            "--package",
            "server",
            "--release",
            "--features",
            "server/embed",
        ]))
    })?;
    println!("{}", workspace::server("release").display());
    Ok(())
}
