//! Tells cargo two things about the binary.
//!
//! It holds the site: with the feature `embed`, the folder `dist/`, or the one that `WIRELAB_DIST` names. A file that is new in
//! it must lead to a new binary. (Changed files are noticed anyway, for they are included like source.)
//!
//! On Linux labs have network namespaces (`cfg(namespaces)`); on other systems they share the machine's loopback. With
//! `WIRELAB_PORTABLE` set, Linux is built like the others, so that their code can be tried where it is written.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_EMBED").is_some() {
        site()?;
    }
    println!("cargo::rerun-if-env-changed=WIRELAB_PORTABLE");
    println!("cargo::rustc-check-cfg=cfg(namespaces)");
    let is_linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if is_linux && env::var_os("WIRELAB_PORTABLE").is_none() {
        println!("cargo::rustc-cfg=namespaces");
    }
    Ok(())
}

/// Writes the type that has the site's files: an attribute takes no folder from the environment.
fn site() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=WIRELAB_DIST");
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let named = env::var_os("WIRELAB_DIST").map(PathBuf::from);
    let dist = named.unwrap_or_else(|| folder("CARGO_MANIFEST_DIR").join("../dist"));
    println!("cargo::rerun-if-changed={}", dist.display());
    let source = format!(
        "/// The site's files.\n#[derive(rust_embed::RustEmbed)]\n#[folder = {:?}]\nstruct Dist;\n",
        dist.display().to_string()
    );
    write_if_new(&folder("OUT_DIR").join("dist.rs"), &source)
}

fn write_if_new(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text)
}
