//! `cargo xtask size`: what a lab's page weighs, file by file. `bench` holds the sums to their limits.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::compress::brotli;
use crate::site::{self, Kind};
use crate::web;

/// What every page with a lab loads before its first step, beside the lab itself.
const FIRST: [&str; 9] = [
    "pkg/web_bg.wasm",
    "pkg/web.js",
    "pkg/parts.js",
    "wire-lab.js",
    "fallen.js",
    "site.js",
    "tokens.css",
    "lab.css",
    "pkg/python.txt",
];

/// A file of the site and its bytes, plain and as brotli sends them.
struct File {
    name: String,
    plain: usize,
    squeezed: usize,
}

fn weigh(name: &str) -> Result<File> {
    let path = Kind::Release.folder().join(name);
    let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(File {
        name: name.to_owned(),
        plain: bytes.len(),
        squeezed: brotli(&bytes)?.len(),
    })
}

/// The bytes that brotli sends for the first step of a lab on a server; and for one on the simulated network. The release's
/// site is there.
pub(crate) fn sums() -> Result<[usize; 2]> {
    let sum =
        |names: &[String]| -> Result<usize> { names.iter().map(|name| Ok(weigh(name)?.squeezed)).sum() };
    let first = sum(&FIRST.map(String::from))?;
    Ok([first, first + sum(&files_of("network")?)?])
}

/// The files of a part of the wasm, and of what it shares with others.
fn files_of(part: &str) -> Result<Vec<String>> {
    let listed = fs::read(web::parts_of(Kind::Release))?;
    let mut parts: BTreeMap<String, Vec<String>> = serde_json::from_slice(&listed)?;
    let files = parts.remove(part).with_context(|| format!("no part {part}"))?;
    Ok(files.iter().map(|name| format!("pkg/{name}.wasm")).collect())
}

/// Builds the release's site and prints each file's bytes.
pub(crate) fn print() -> Result<()> {
    site::build(Kind::Release)?;
    let line = |file: File| println!("{:>9} {:>9}  {}", file.plain, file.squeezed, file.name);
    println!("{:>9} {:>9}", "bytes", "brotli");
    for name in FIRST {
        line(weigh(name)?);
    }
    let [first, simulated] = sums()?;
    println!("{:>9} {first:>9}  before the first step", "");
    println!("{:>9} {simulated:>9}  the same on the simulated network", "");
    println!("\nwhat comes when it is needed:");
    let mut names: Vec<_> = fs::read_dir(Kind::Release.folder().join("pkg"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .map(|name| format!("pkg/{name}"))
        .filter(|name| !FIRST.contains(&name.as_str()) && !name.ends_with(".br") && !name.ends_with(".gz"))
        .collect();
    names.sort();
    for name in names {
        line(weigh(&name)?);
    }
    Ok(())
}
