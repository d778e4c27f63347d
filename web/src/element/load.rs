//! A lab's files from the server.

use crate::driver::python;
use engine::program::text::quote::str_repr;
use engine::session::{LabSpec, Session};
use protocol::{Recording, bounds};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The longest file of a lab, bytes.
const LONGEST: usize = bounds::SOURCE * bounds::PROGRAMS;

/// A lab as `labs/index.json` lists it.
#[derive(Clone, Debug, PartialEq, Eq, protocol_derive::Read)]
pub struct Listed {
    /// Its folder.
    pub name: String,
    /// A few words.
    pub title: String,
    /// One sentence.
    pub about: String,
}

/// The text at an address, of at most so many bytes. The request begins now; the answer is awaited later.
///
/// # Errors
/// One sentence.
pub fn text(url: String, most: usize) -> impl Future<Output = Result<String, String>> + use<> {
    let begun = web_sys::window().map(|w| w.fetch_with_str(&url));
    async move {
        let failed = |_: JsValue| format!("{url} could not be loaded: the server does not answer.");
        let promise = begun.ok_or("There is no window.")?;
        let answer: web_sys::Response = JsFuture::from(promise)
            .await
            .map_err(failed)?
            .dyn_into()
            .map_err(failed)?;
        if !answer.ok() {
            return Err(match answer.status() {
                404 => format!("{url} is not there: check the lab's name."),
                status => format!("{url} could not be loaded: the server answers {status}."),
            });
        }
        let body = JsFuture::from(answer.text().map_err(failed)?)
            .await
            .map_err(failed)?;
        let body = body.as_string().unwrap_or_default();
        if body.len() > most {
            return Err(format!("{url} is too long for a lab."));
        }
        Ok(body)
    }
}

/// What reads recordings and `lab.toml`: a part of the wasm of its own, since the site's labs are neither.
#[derive(Clone, Copy)]
struct Reader {
    recording: fn(&str) -> Result<Session, String>,
    toml: fn(&str, &mut Vec<String>) -> Result<LabSpec, String>,
}

#[wasm_split(files, fallible)]
fn reader() -> Result<Reader, SplitLoaderError> {
    Ok(Reader {
        recording: |text| {
            let recording = Recording::from_json(text).map_err(|e| sentence(&e))?;
            Session::replay(recording).map_err(|e| sentence(&e.0))
        },
        toml: |text, wanted| {
            let spec = LabSpec::from_toml(text, |file| {
                wanted.push(file.to_owned());
                Ok(String::new())
            });
            spec.map_err(|e| sentence(&e.0))
        },
    })
}

async fn brought() -> Result<Reader, String> {
    let failed = |_| "What reads this file could not be loaded. Reload the page to try again.".to_owned();
    reader().await.map_err(failed)
}

/// The lab that a recording's text holds.
///
/// # Errors
/// One sentence.
pub async fn recording(text: &str) -> Result<Session, String> {
    (brought().await?.recording)(text)
}

/// The list of labs.
///
/// # Errors
/// One sentence.
pub async fn list(base: &str) -> Result<Vec<Listed>, String> {
    let json = text(format!("{base}labs/index.json"), LONGEST).await?;
    protocol::read::from_json(json.as_bytes()).map_err(|e| format!("The list of labs cannot be read: {e}."))
}

/// The address of a lab of the site: `lab.json`, its `lab.toml` and its programs in one file.
///
/// # Errors
/// One sentence, for a name that is none.
fn address(base: &str, name: &str) -> Result<String, String> {
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if plain {
        Ok(format!("{base}labs/{name}/lab.json"))
    } else {
        Err(format!(
            "{} cannot be a lab's name: letters, digits and '-' only.",
            str_repr(name)
        ))
    }
}

/// The lab of the site with this name, and the code of its programs.
///
/// # Errors
/// One sentence: what, where, and the way out.
pub async fn of_site(base: &str, name: &str) -> Result<LabSpec, String> {
    let url = address(base, name)?;
    // Asked for at once. Without it all is well, too: the programs are compiled here.
    let code = text(url.replace("lab.json", "programs.txt"), LONGEST);
    let spec = lab(&url).await?;
    if let Ok(code) = code.await {
        python::take(&code);
    }
    Ok(spec)
}

/// The lab at `url`: a `lab.json`, or a `lab.toml` with its programs beside it.
///
/// # Errors
/// One sentence: what, where, and the way out.
pub async fn lab(url: &str) -> Result<LabSpec, String> {
    let text = text(url.to_owned(), LONGEST).await?;
    if url.ends_with(".json") {
        let spec = LabSpec::from_json(&text).map_err(|e| format!("{url} cannot be read: {e}."))?;
        spec.check().map_err(|e| sentence(&e.0))?;
        return Ok(spec);
    }
    let folder = url.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut wanted = Vec::new();
    let mut spec = (brought().await?.toml)(&text, &mut wanted)?;
    // All are asked for at once; the browser brings them side by side.
    let asked: Vec<_> = wanted
        .iter()
        .map(|file| self::text(format!("{folder}/{file}"), LONGEST))
        .collect();
    for (file, answer) in wanted.iter().zip(asked) {
        let source = answer.await?;
        for program in &mut spec.programs {
            if program.file == *file && program.source.is_empty() && !program.prompt {
                program.source.clone_from(&source);
            }
        }
    }
    spec.check().map_err(|e| sentence(&e.0))?;
    Ok(spec)
}

fn sentence(text: &str) -> String {
    format!(
        "{}.",
        engine::timeline::words::capital(text.trim_end_matches('.'))
    )
}
