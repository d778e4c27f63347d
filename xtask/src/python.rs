//! Python compiled beforehand: the modules that every program needs, the library, and the programs of each lab. The crate
//! `web/precompile` has the engine's compiler; pages take its code (`engine::program::compiled`).

use std::fs;
use std::io::Write;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::stage::{self, Files};
use crate::workspace::{cargo, root, timed};

/// Code of Python's modules, below `pkg/`: `python.txt`, ...
const MODULES: [&str; 3] = ["python", "python-common", "python-library"];

/// Adds the [`MODULES`] and every `labs/NAME/programs.txt`.
pub(crate) fn add_to(files: &mut Files) -> Result<()> {
    let mut labs = Map::new();
    for folder in fs::read_dir(root().join("book/labs"))? {
        let folder = folder?;
        if folder.path().is_dir() {
            let name = folder.file_name().to_string_lossy().into_owned();
            labs.insert(name, sources(&folder.path())?.into());
        }
    }
    let code = timed("Python's modules and the labs' programs", || {
        compiled(&json!({ "labs": labs }))
    })?;
    let text = |value: &Value| -> Result<Vec<u8>> { Ok(value.as_str().context("no code")?.into()) };
    for name in MODULES {
        files.bytes(format!("pkg/{name}.txt"), text(&code[name])?);
    }
    for name in labs.keys() {
        files.bytes(format!("labs/{name}/programs.txt"), text(&code["labs"][name])?);
    }
    Ok(())
}

/// The text of every program of a lab: of its files, and such as stand in `lab.toml` itself.
fn sources(folder: &std::path::Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in stage::walk(folder)? {
        if path.extension().is_some_and(|end| end == "py") {
            found.push(fs::read_to_string(path)?);
        }
    }
    let lab: toml::Table = fs::read_to_string(folder.join("lab.toml"))?.parse()?;
    for list in ["program", "file"] {
        let tables = lab.get(list).and_then(toml::Value::as_array);
        for table in tables.into_iter().flatten() {
            let text = table.get("source").or_else(|| table.get("text"));
            found.extend(text.and_then(toml::Value::as_str).map(str::to_owned));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn compiled(wanted: &Value) -> Result<Value> {
    let mut child = cargo(&["run", "--quiet", "--package", "precompile"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo could not be started")?;
    let mut stdin = child.stdin.take().context("no input")?;
    stdin.write_all(wanted.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("Python's modules could not be compiled ({})", output.status);
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
