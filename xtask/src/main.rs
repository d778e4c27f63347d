//! Every chore of the project behind one command: `cargo xtask build | serve | test | bench | size`.
//!
//! ```text
//! workspace   where things lie; cargo run cleanly from inside cargo
//! web         the pages: cargo for wasm32, then wasm-bindgen (as a library)
//! book        the lessons: mdBook (as a library) and the list of chapters
//! labs        the labs' folders, with an index for the playground
//! site        the three put together in one folder
//! stage       copying without touching what has not changed
//! compress    brotli and gzip beside the files, for the release
//! serve, test, bench, size    what people type
//! tools       the judges: Chromium and its driver, axe-core, python3, curl
//! ```
//!
//! Nothing of the product depends on this crate, and it depends on nothing of the product.

mod bench;
mod book;
mod compress;
mod labs;
mod python;
mod serve;
mod shrink;
mod site;
mod size;
mod stage;
mod test;
mod tools;
mod web;
mod workspace;

use anyhow::{Result, bail};
use site::Kind;

const USAGE: &str = "\
cargo xtask build [--dev]     pages, book and server in one file: target/release/wirelab
                              (--dev: only the site, quickly built, in target/site-dev)
cargo xtask serve [-- ARGS]   builds what has changed and serves it; ARGS go to `wirelab serve`
cargo xtask site [FOLDER]     pages, book and labs as a folder for any web server, without ours: dist-static
                              (--dev: quickly built, in target/site-static)
cargo xtask test              every test, those in a real browser too
cargo xtask bench             sizes and speeds against their limits
cargo xtask size              what a lab's page weighs: builds the pages for release, nothing else";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["build"] => {
            site::build(Kind::Release)?;
            compress::beside(&Kind::Release.folder(), compress::Effort::Best)?;
            site::embed_into_server()
        }
        ["build", "--dev"] => site::build(Kind::Dev),
        ["site"] => site::build_for_any_host(Kind::Release, &workspace::root().join("dist-static")),
        ["site", "--dev"] => site::build_for_any_host(Kind::Dev, &site::any_host_dev()),
        ["site", folder] => site::build_for_any_host(Kind::Release, std::path::Path::new(folder)),
        ["serve"] => serve::run(&[]),
        ["serve", "--", rest @ ..] | ["serve", rest @ ..] => serve::run(rest),
        ["test"] => test::run(),
        ["bench"] => bench::run(),
        ["size"] => size::print(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("what is to be done?\n\n{USAGE}"),
    }
}
