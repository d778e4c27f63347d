//! `cargo xtask size`: what a lab's page weighs, file by file. For work on the size; `bench` measures what a browser fetches.

use std::fs;

use anyhow::Result;

use crate::compress::brotli;
use crate::site::Kind;
use crate::web;
use crate::workspace::root;

/// Builds the release's wasm and prints each file's bytes, plain and as brotli.
pub(crate) fn print() -> Result<()> {
    let pkg = web::build(Kind::Release)?;
    let site = root().join("web/static");
    let files = [
        pkg.join("web_bg.wasm"),
        pkg.join("web.js"),
        site.join("wire-lab.js"),
        site.join("fallen.js"),
        site.join("tokens.css"),
        site.join("lab.css"),
    ];
    let mut sum = 0;
    println!("{:>9} {:>9}", "bytes", "brotli");
    for file in files {
        let bytes = fs::read(&file)?;
        let squeezed = brotli(&bytes)?.len();
        sum += squeezed;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        println!("{:>9} {squeezed:>9}  {name}", bytes.len());
    }
    println!("{:>9} {sum:>9}  in all", "");
    Ok(())
}
