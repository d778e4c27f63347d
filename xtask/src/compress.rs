//! Compressed copies beside the files of a site: `page.html.br` and `page.html.gz`.
//!
//! Only for the release: brotli at its best level takes seconds for the wasm. `stage` removes a copy when its file changes,
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

/// Writes the copies that are missing.
pub(crate) fn beside(folder: &Path) -> Result<()> {
    for path in stage::walk(folder)? {
        let ending = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        if !GAINING.contains(&ending) {
            continue;
        }
        let bytes = fs::read(&path)?;
        if bytes.len() < WORTHWHILE {
            continue;
        }
        for (ending, squeeze) in [("br", brotli as fn(&[u8]) -> Result<Vec<u8>>), ("gz", gzip)] {
            let copy = stage::beside(&path, ending);
            if !copy.exists() {
                fs::write(copy, squeeze(&bytes)?)?;
            }
        }
    }
    Ok(())
}

/// Brotli at level 11, as the release is served.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = ::brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut squeezed = Vec::new();
    ::brotli::BrotliCompress(&mut &bytes[..], &mut squeezed, &parameters)?;
    Ok(squeezed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
