//! The labs: each a folder of `book/labs` with its `lab.toml` and its programs, served below `labs/` as they are, and once
//! more as one file `lab.json` with the programs' sources in it: a page asks once instead of three times.
//!
//! `labs/index.json` lists them for the playground: `[{"name": "tcp-echo", "title": "...", "about": "...",
//! "files": ["client.py", "server.py"]}, ...]`, as the lessons come to them, and then those of no lesson by name. Whether a
//! lab's programs do what its text says is not judged here: `engine::session` reads `lab.toml`, and the tests run every lab.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use crate::stage::{self, Files};
use crate::workspace::root;

/// Adds the labs and their index to the site.
pub(crate) fn add_to(files: &mut Files) -> Result<()> {
    let labs = root().join("book/labs");
    let mut index = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(&labs)?.collect::<std::io::Result<_>>()?;
    folders.sort_by_key(fs::DirEntry::file_name);
    for folder in folders {
        let path = folder.path();
        if !path.is_dir() {
            continue;
        }
        let name = folder.file_name().to_string_lossy().into_owned();
        let place = Path::new("labs").join(&name);
        let lab = (|| {
            let lab: toml::Table = fs::read_to_string(path.join("lab.toml"))?.parse()?;
            index.push(entry(&path, &name, &lab)?);
            whole(&path, lab)
        })()
        .with_context(|| path.join("lab.toml").display().to_string())?;
        files.bytes(place.join("lab.json"), lab);
        files.folder(&path, &place)?;
    }
    let lessons = lessons()?;
    // Stable: labs that no lesson has stay in the order of their names.
    index.sort_by_key(|lab: &serde_json::Value| {
        let tag = format!("lab=\"{}\"", lab["name"].as_str().unwrap_or_default());
        lessons.find(&tag).unwrap_or(usize::MAX)
    });
    files.bytes("labs/index.json", serde_json::to_vec_pretty(&index)?);
    Ok(())
}

/// The book's pages as one text, in the order of their reading.
fn lessons() -> Result<String> {
    let book = root().join("book/src");
    let summary = fs::read_to_string(book.join("SUMMARY.md"))?;
    let places = summary
        .split("](")
        .skip(1)
        .filter_map(|link| link.split(')').next());
    places
        .map(|place| Ok(fs::read_to_string(book.join(place))?))
        .collect()
}

/// The lab with each program's source beside the name of its file.
fn whole(folder: &Path, mut lab: toml::Table) -> Result<Vec<u8>> {
    let programs = lab.get_mut("program").and_then(toml::Value::as_array_mut);
    for program in programs
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table_mut)
    {
        if let Some(file) = program.get("file").and_then(toml::Value::as_str)
            && !program.contains_key("source")
        {
            let source = fs::read_to_string(folder.join(file)).with_context(|| file.to_owned())?;
            program.insert("source".into(), source.into());
        }
    }
    Ok(serde_json::to_vec(&lab)?)
}

fn entry(folder: &Path, name: &str, lab: &toml::Table) -> Result<serde_json::Value> {
    let text = |key: &str| {
        lab.get(key)
            .and_then(toml::Value::as_str)
            .with_context(|| format!("no {key}"))
    };
    let files: Vec<String> = stage::walk(folder)?
        .iter()
        .filter_map(|path| path.strip_prefix(folder).ok())
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|file| file != "lab.toml")
        .collect();
    Ok(json!({ "name": name, "title": text("title")?, "about": text("about")?, "files": files }))
}
