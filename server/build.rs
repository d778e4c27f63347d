//! Tells cargo that the binary holds the site: with the feature `embed`, a file that is new in `dist/` must lead to a new
//! binary. (Changed files are noticed anyway, for they are included like source.)

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_some() {
        println!("cargo::rerun-if-changed=../dist");
    }
}
