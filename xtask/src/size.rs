//! `cargo xtask size`: what a lab's page weighs, file by file. For work on the size; `bench` measures what a browser fetches.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::compress::brotli;
use crate::site::{self, Kind};

/// What every page with a lab loads before its first step.
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

/// Builds the release's site and prints each file's bytes, plain and as brotli.
pub(crate) fn print() -> Result<()> {
    site::build(Kind::Release)?;
    let folder = Kind::Release.folder();
    println!("{:>9} {:>9}", "bytes", "brotli");
    let mut sum = 0;
    for name in FIRST {
        sum += line(&folder, name)?;
    }
    println!("{:>9} {sum:>9}  in all", "");
    println!("\nwhat comes when it is needed:");
    let mut names: Vec<_> = fs::read_dir(folder.join("pkg"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .map(|name| format!("pkg/{name}"))
        .filter(|name| !FIRST.contains(&name.as_str()) && !name.ends_with(".br") && !name.ends_with(".gz"))
        .collect();
    names.sort();
    for name in names {
        line(&folder, &name)?;
    }
    Ok(())
}

fn line(folder: &Path, name: &str) -> Result<usize> {
    let bytes = fs::read(folder.join(name))?;
    let squeezed = brotli(&bytes)?.len();
    println!("{:>9} {squeezed:>9}  {name}", bytes.len());
    Ok(squeezed)
}
