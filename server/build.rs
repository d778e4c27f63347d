//! Tells cargo two things about the binary.
//!
//! It holds the site: with the feature `embed`, a file that is new in `dist/` must lead to a new binary. (Changed files are
//! noticed anyway, for they are included like source.)
//!
//! On Linux labs have network namespaces (`cfg(namespaces)`); on other systems they share the machine's loopback. With
//! `WIRELAB_PORTABLE` set, Linux is built like the others, so that their code can be tried where it is written.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_some() {
        println!("cargo::rerun-if-changed=../dist");
    }
    println!("cargo::rerun-if-env-changed=WIRELAB_PORTABLE");
    println!("cargo::rustc-check-cfg=cfg(namespaces)");
    let is_linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if is_linux && std::env::var_os("WIRELAB_PORTABLE").is_none() {
        println!("cargo::rustc-cfg=namespaces");
    }
}
