//! Bringing built files to the site's folder, and knowing whether anything has to be built at all.
//!
//! A file that is the same is not touched: its time stays, and so do the compressed copies beside it. A file that differs
//! is written, and its compressed copies are removed in the same breath, so that no server hands out an old `.br` beside a
//! new file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

use crate::workspace;

/// The endings of compressed copies.
pub(crate) const COMPRESSED: [&str; 2] = ["br", "gz"];

/// A set of files for one folder: where each comes from, by its path inside that folder.
#[derive(Default)]
pub(crate) struct Files(BTreeMap<PathBuf, Content>);

enum Content {
    Copy(PathBuf),
    Bytes(Vec<u8>),
}

impl Content {
    fn read(&self) -> Result<Vec<u8>> {
        match self {
            Self::Copy(from) => fs::read(from).with_context(|| from.display().to_string()),
            Self::Bytes(bytes) => Ok(bytes.clone()),
        }
    }
}

impl Files {
    /// Every file of a folder, at the same place below `to`.
    pub(crate) fn folder(&mut self, from: &Path, to: &Path) -> Result<()> {
        for path in walk(from)? {
            let place = to.join(path.strip_prefix(from)?);
            self.0.insert(place, Content::Copy(path));
        }
        Ok(())
    }

    /// One file with these bytes.
    pub(crate) fn bytes(&mut self, place: impl Into<PathBuf>, bytes: Vec<u8>) {
        self.0.insert(place.into(), Content::Bytes(bytes));
    }

    /// Every file's place, with `/` between its parts, and a word that another set of files does not have.
    pub(crate) fn listed(&self) -> Result<(Vec<String>, String)> {
        let mut names = Vec::new();
        let mut state = DefaultHasher::new();
        for (place, content) in &self.0 {
            let parts: Vec<_> = place.iter().map(|part| part.to_string_lossy()).collect();
            names.push(parts.join("/"));
            (place, content.read()?).hash(&mut state);
        }
        Ok((names, format!("{:016x}", state.finish())))
    }

    /// Makes `folder` hold these files and no others.
    pub(crate) fn bring_to(self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for old in walk(folder)? {
            let place = old.strip_prefix(folder)?;
            if !self.0.contains_key(place) && !self.0.contains_key(&original(place)) {
                fs::remove_file(&old)?;
            }
        }
        for (place, content) in self.0 {
            write_if_new(&folder.join(place), &content.read()?)?;
        }
        Ok(())
    }
}

/// The name without `.br` or `.gz`, or the name itself.
fn original(place: &Path) -> PathBuf {
    match place.extension().and_then(|end| end.to_str()) {
        Some(end) if COMPRESSED.contains(&end) => place.with_extension(""),
        _ => place.to_path_buf(),
    }
}

/// `page.html` and `br`: `page.html.br`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn write_if_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    for ending in COMPRESSED {
        let stale = beside(path, ending);
        if stale.exists() {
            fs::remove_file(stale)?;
        }
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

/// Every file below a folder, sorted; hidden ones are left out.
pub(crate) fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Does the work only if one of the inputs (files or folders) is not as it was when the work was last done.
///
/// Names, sizes and times are compared, and this program's own file counts as an input: a changed xtask does all again.
/// `name` is the work's own; `result` must still exist.
pub(crate) fn when_changed(
    name: &str,
    inputs: &[PathBuf],
    result: &Path,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut state = DefaultHasher::new();
    let itself = std::env::current_exe()?;
    for input in inputs.iter().chain([&itself]) {
        let files = if input.is_dir() {
            walk(input)?
        } else {
            vec![input.clone()]
        };
        for file in files {
            let about = fs::metadata(&file).with_context(|| file.display().to_string())?;
            let time = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            (file, about.len(), time).hash(&mut state);
        }
    }
    let now = format!("{:016x}", state.finish());
    let stamp = workspace::target().join("xtask").join(format!("{name}.stamp"));
    if result.exists() && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    work()?;
    fs::create_dir_all(workspace::target().join("xtask"))?;
    fs::write(stamp, now)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("wirelab-stage-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::default();
        for (place, text) in list {
            files.bytes(place, text.as_bytes().to_vec());
        }
        files
    }

    #[test]
    fn a_changed_file_loses_its_compressed_copies_and_an_unchanged_one_keeps_them() {
        let folder = scratch("stale");
        files(&[("a.html", "one"), ("b.html", "two")])
            .bring_to(&folder)
            .unwrap();
        for name in ["a.html.br", "a.html.gz", "b.html.br"] {
            fs::write(folder.join(name), "squeezed").unwrap();
        }
        files(&[("a.html", "one, changed"), ("b.html", "two")])
            .bring_to(&folder)
            .unwrap();
        assert!(!folder.join("a.html.br").exists() && !folder.join("a.html.gz").exists());
        assert!(folder.join("b.html.br").exists());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_no_longer_built_goes_with_its_copies() {
        let folder = scratch("gone");
        files(&[("deep/old.css", "x"), ("new.css", "y")])
            .bring_to(&folder)
            .unwrap();
        fs::write(folder.join("deep/old.css.gz"), "squeezed").unwrap();
        files(&[("new.css", "y")]).bring_to(&folder).unwrap();
        assert_eq!(walk(&folder).unwrap(), [folder.join("new.css")]);
        fs::remove_dir_all(folder).unwrap();
    }
}
