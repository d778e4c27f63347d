//! The pages: the crate `web` built for wasm32, then made loadable by wasm-bindgen, used as a library so that there is no
//! tool to install. Its version must be that of the `wasm-bindgen` crate: the workspace pins both.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::shrink;
use crate::site::Kind;
use crate::stage;
use crate::workspace::{cargo, root, run, target, timed};

/// What browsers run.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What the compiler puts in the place of a call. Left to itself it optimizes for size without removing functions that are
/// called once and such as are smaller than a call: a tenth of the code.
const INLINING: &str = "llvm-args=-inline-threshold=0";

/// The standard library comes compiled for speed, with words for every panic. Built with the pages it is 6 % of the page
/// less. These flags are not stable yet: `rust-toolchain.toml` names the one compiler that they are used with.
const STD: [&str; 4] = [
    "-Z",
    "build-std=std",
    "-Z",
    "build-std-features=optimize_for_size",
];
const STD_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort";

/// Builds the pages' wasm and its JavaScript; the answer is the folder that holds `web.js` and `web_bg.wasm`.
pub(crate) fn build(kind: Kind) -> Result<PathBuf> {
    add_target()?;
    if kind == Kind::Release {
        add_sources()?;
    }
    let profile = profile(kind);
    let mut args = vec!["rustc"];
    if kind == Kind::Release {
        args.extend(STD);
    }
    args.extend([
        "--package",
        "web",
        "--lib",
        "--crate-type",
        "cdylib",
        "--target",
        TARGET,
        "--profile",
        profile,
    ]);
    // The linker's notes are what the parts are cut along.
    args.extend(["--", "-C", "link-arg=--emit-relocs"]);
    if kind == Kind::Release {
        args.extend(["-C", INLINING]);
    }
    let mut cargo = cargo(&args);
    if kind == Kind::Release {
        cargo
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", STD_FLAGS);
    }
    timed("the pages, for wasm", || run(cargo))?;
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

/// Cuts the parts off that are fetched later, along the functions marked `wasm_split`, then makes the rest loadable.
fn bindgen(wasm: &Path, folder: &Path, kind: Kind) -> Result<()> {
    let release = kind == Kind::Release;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let whole = fs::read(wasm)?;
    let main = wasm.with_file_name("web_main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./web.js";
    options.link_name = "./parts.js";
    let parts =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cutting the wasm: {error:?}"))?;
    fs::write(parts_of(kind), serde_json::to_vec(&parts.prefetch_map)?)?;
    // Some hosts do not say that a .wasm is one, and then nothing can be made of it while it comes.
    let loader = folder.join("parts.js");
    let text = fs::read_to_string(&loader)?;
    let streaming = "WebAssembly.instantiateStreaming(src, imports)";
    let whole =
        "src.then(answer => answer.arrayBuffer()).then(bytes => WebAssembly.instantiate(bytes, imports))";
    if !text.contains(streaming) {
        bail!(
            "the loader of the wasm's parts is not as it was: look at {}",
            loader.display()
        );
    }
    fs::write(&loader, text.replace(streaming, whole))?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&main)
        .web(true)?
        .typescript(false)
        .out_name("web")
        // `init()` without arguments finds the wasm beside its JavaScript.
        .omit_default_module_path(false)
        // The parts are given the memory and the table.
        .keep_lld_exports(true)
        // Names of functions are kept for the traces of a failed test; the release does without them.
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(folder)?;
    shrink::names(&folder.join("web_bg.wasm"), &folder.join("web.js"))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ends = |end: &str| path.extension().is_some_and(|e| e == end);
        if ends("wasm") && release {
            shrink::order(&path)?;
        } else if ends("js") {
            fs::write(&path, shrink::lean(&fs::read_to_string(&path)?))?;
        }
    }
    Ok(())
}

/// Where the parts of the wasm are listed: `{"network": ["chunk_3", "split_network"], ...}`.
pub(crate) fn parts_of(kind: Kind) -> PathBuf {
    target()
        .join("xtask")
        .join(format!("parts-{}.json", profile(kind)))
}

fn profile(kind: Kind) -> &'static str {
    match kind {
        Kind::Release => "wasm",
        Kind::Dev => "wasm-dev",
    }
}

/// Asks rustup for the wasm target when the toolchain does not have it.
fn add_target() -> Result<()> {
    let there = asked_of_rustc(&["--print", "target-libdir", "--target", TARGET]);
    if there.is_ok_and(|library| library.is_dir()) {
        return Ok(());
    }
    rustup(&["target", "add", TARGET], &format!("the Rust target {TARGET}"))
}

/// The same for the standard library's sources.
fn add_sources() -> Result<()> {
    let there = asked_of_rustc(&["--print", "sysroot"]);
    if there.is_ok_and(|root| root.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()) {
        return Ok(());
    }
    rustup(
        &["component", "add", "rust-src"],
        "the source of Rust's standard library",
    )
}

fn asked_of_rustc(args: &[&str]) -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc)
        .current_dir(root())
        .args(args)
        .output()
        .context("rustc could not be started")?;
    if !asked.status.success() {
        bail!("rustc does not know {}", args.join(" "));
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim()))
}

fn rustup(args: &[&str], what: &str) -> Result<()> {
    let words = format!("rustup {}", args.join(" "));
    timed(&words, || {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(root()).args(args);
        if let Err(error) = run(rustup) {
            bail!("{what} is needed; with rustup: {words} ({error})");
        }
        Ok(())
    })
}
