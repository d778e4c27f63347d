//! Python's compiler for the site's builder: reads `{"labs": {"NAME": ["source", ...]}}` on its standard input, writes
//! `{"python": code, "python-common": code, "python-library": code, "labs": {"NAME": code}}`: texts of
//! `engine::program::compiled`, for the modules that every program needs, for other common ones, for Python's library, and
//! for each lab's programs.

use std::collections::BTreeMap;
use std::io::{Read, Write, stdin, stdout};

use anyhow::{Context, Result};
use engine::program::code::Source;
use engine::program::compile::Mode;
use engine::program::compiled::{file, text_of};
use engine::program::modules::compiled_files;
use serde_json::{Value, json};

fn main() -> Result<()> {
    let mut wanted = String::new();
    stdin().read_to_string(&mut wanted)?;
    let mut wanted: Value = serde_json::from_str(&wanted)?;
    let labs: BTreeMap<String, Vec<String>> =
        serde_json::from_value(wanted["labs"].take()).context("labs")?;
    let labs: BTreeMap<String, String> = labs
        .into_iter()
        .map(|(name, sources)| (name, text_of(&programs(&sources))))
        .collect();
    let [basis, common, library] = compiled_files().map(|file| text_of(&file));
    let all = json!({ "python": basis, "python-common": common, "python-library": library, "labs": labs });
    Ok(stdout().write_all(&serde_json::to_vec(&all)?)?)
}

/// A program that has an error has no code: the page's own compiler says what is wrong with it.
fn programs(sources: &[String]) -> Vec<u8> {
    let source = |text: &String| (Source::new("", text, false), Mode::Program);
    file(&sources.iter().map(source).collect::<Vec<_>>())
}
