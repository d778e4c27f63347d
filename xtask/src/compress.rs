//! Compressed copies beside the files of a site: `page.html.br` and `page.html.gz`.
//!
//! For sites inside a binary: brotli at its best level takes seconds for the wasm, so what is only tested is squeezed less. `stage` removes a copy when its file changes,
//! so a copy that exists is right.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;

use crate::stage;

/// Text and wasm gain; pictures and fonts are compressed already.
const GAINING: [&str; 9] = ["css", "html", "js", "json", "py", "svg", "toml", "txt", "wasm"];
/// Below this many bytes the headers of an answer weigh more than what is gained.
const WORTHWHILE: usize = 512;

/// How hard to try.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// As small as can be, for learners.
    Best,
    /// Quickly, for tests.
    Least,
}

/// Writes the copies that are missing.
pub(crate) fn beside(folder: &Path, effort: Effort) -> Result<()> {
    for path in stage::walk(folder)? {
        let ending = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        if !GAINING.contains(&ending) {
            continue;
        }
        let bytes = fs::read(&path)?;
        if bytes.len() < WORTHWHILE {
            continue;
        }
        for ending in stage::COMPRESSED {
            let copy = stage::beside(&path, ending);
            if copy.exists() {
                continue;
            }
            let squeezed = match (ending, effort) {
                ("br", Effort::Best) => brotli(&bytes)?,
                ("br", Effort::Least) => brotli_at(1, &bytes)?,
                (_, Effort::Best) => gzip(flate2::Compression::best(), &bytes)?,
                (_, Effort::Least) => gzip(flate2::Compression::fast(), &bytes)?,
            };
            fs::write(copy, squeezed)?;
        }
    }
    Ok(())
}

/// Brotli at level 11, as the release is served.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    brotli_at(11, bytes)
}

fn brotli_at(quality: i32, bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = ::brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        ..Default::default()
    };
    let mut squeezed = Vec::new();
    ::brotli::BrotliCompress(&mut &bytes[..], &mut squeezed, &parameters)?;
    Ok(squeezed)
}

fn gzip(level: flate2::Compression, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
