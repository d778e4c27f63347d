//! The site: one folder with everything that a browser loads.
//!
//! ```text
//! index.html, *.css, *.js ...   web/static/, as it is
//! pkg/                          the pages' wasm and its JavaScript, and Python's library for the engine
//! book/                         the lessons
//! labs/                         the labs, and index.json that lists them
//! ```

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::stage::Files;
use crate::workspace::{self, cargo, root, run, target, timed};
use crate::{book, labs, web};

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

/// Builds what has changed and puts the site together.
pub(crate) fn build(kind: Kind) -> Result<()> {
    let pkg = web::build(kind)?;
    let book = book::build()?;
    let mut files = Files::default();
    files.folder(&root().join("web/static"), Path::new(""))?;
    files.folder(&pkg, Path::new("pkg"))?;
    files.bytes("pkg/python-library.txt", web::python_library()?);
    files.folder(&book, Path::new("book"))?;
    labs::add_to(&mut files)?;
    files.bring_to(&kind.folder())
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
