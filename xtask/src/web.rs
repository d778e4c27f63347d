//! The pages: the crate `web` built for wasm32, then made loadable by wasm-bindgen, used as a library so that there is no
//! tool to install. Its version must be that of the `wasm-bindgen` crate: the workspace pins both.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::site::Kind;
use crate::stage;
use crate::workspace::{cargo, root, run, target, timed};

/// What browsers run.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What the compiler puts in the place of a call. Left to itself it optimizes for size without removing functions that are
/// called once and such as are smaller than a call: a tenth of the code.
const INLINING: &str = "llvm-args=-inline-threshold=0";

/// Builds the pages' wasm and its JavaScript; the answer is the folder that holds `web.js` and `web_bg.wasm`.
pub(crate) fn build(kind: Kind) -> Result<PathBuf> {
    add_target()?;
    let profile = match kind {
        Kind::Release => "wasm",
        Kind::Dev => "wasm-dev",
    };
    let mut args = vec![
        "rustc",
        "--package",
        "web",
        "--lib",
        "--crate-type",
        "cdylib",
        "--target",
        TARGET,
        "--profile",
        profile,
    ];
    if kind == Kind::Release {
        args.extend(["--", "-C", INLINING]);
    }
    timed("the pages, for wasm", || run(cargo(&args)))?;
    let wasm = target().join(TARGET).join(profile).join("web.wasm");
    let folder = target().join("xtask").join(format!("pkg-{profile}"));
    stage::when_changed(
        &format!("pkg-{profile}"),
        std::slice::from_ref(&wasm),
        &folder.join("web.js"),
        || timed("wasm-bindgen", || bindgen(&wasm, &folder, kind)),
    )?;
    Ok(folder)
}

fn bindgen(wasm: &Path, folder: &Path, kind: Kind) -> Result<()> {
    let release = kind == Kind::Release;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .out_name("web")
        // `init()` without arguments finds the wasm beside its JavaScript.
        .omit_default_module_path(false)
        // Names of functions are kept for the traces of a failed test; the release does without them.
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(folder)
}

/// The engine's modules that pages fetch only when a program names one: one file, each module after a line with its name
/// (`engine::program::modules::library` reads it).
pub(crate) fn python_library() -> Result<Vec<u8>> {
    let folder = root().join("engine/src/program/modules/library");
    let mut all = Vec::new();
    for path in stage::walk(&folder)? {
        let name = path.file_stem().context("a module without a name")?;
        all.extend(format!("#### module {}\n", name.to_string_lossy()).bytes());
        all.extend(std::fs::read(&path)?);
    }
    Ok(all)
}

/// Asks rustup for the wasm target when the toolchain does not have it.
fn add_target() -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc)
        .current_dir(root())
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("rustc could not be started")?;
    let library = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    if asked.status.success() && library.is_dir() {
        return Ok(());
    }
    timed("rustup target add", || {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(root()).args(["target", "add", TARGET]);
        if let Err(error) = run(rustup) {
            bail!("the Rust target {TARGET} is needed; with rustup: rustup target add {TARGET} ({error})");
        }
        Ok(())
    })
}
