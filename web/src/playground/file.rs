//! Files of the learner's. A lab as one file is `lab.toml` with the programs' sources in it; `wirelab run` takes the same file.

use crate::element::load;
use engine::session::{LabSpec, Session, Side};
use protocol::bounds;
use std::fmt::Write as _;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The text of a file that the learner has chosen, of at most so many bytes.
///
/// # Errors
/// One sentence.
pub async fn read_text(chosen: &web_sys::File, most: usize) -> Result<String, String> {
    let name = chosen.name();
    if chosen.size() > most as f64 {
        return Err(format!("{name} is too long for a lab."));
    }
    let blob: &web_sys::Blob = chosen;
    let text = JsFuture::from(blob.text()).await.ok().and_then(|t| t.as_string());
    text.ok_or_else(|| format!("{name} could not be read."))
}

/// The same for a timeline that was saved.
///
/// # Errors
/// One sentence.
pub async fn read_recording(chosen: &web_sys::File) -> Result<Session, String> {
    // A recording's bytes stand in it as text, which takes more room than the timeline had in memory.
    let text = read_text(chosen, bounds::TIMELINE * 2).await?;
    load::recording(&text)
        .await
        .map_err(|e| format!("{} cannot be opened. {e}", chosen.name()))
}

/// Hands a text to the learner as a file.
pub fn save_file(name: &str, text: &str) {
    save_bytes(name, text.as_bytes());
}

/// The same for bytes.
pub fn save_bytes(name: &str, bytes: &[u8]) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence(&parts) else {
        return;
    };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else {
        return;
    };
    if let Ok(link) = leptos::prelude::document().create_element("a") {
        let link: web_sys::HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

/// The file's text.
pub fn to_toml(spec: &LabSpec) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(out, "version = {}\ntitle = {}", spec.version, line(&spec.title));
    if !spec.about.is_empty() {
        let _ = writeln!(out, "about = {}", line(&spec.about));
    }
    if let Some(network) = spec.network {
        let _ = writeln!(out, "network = {}", line(network.name()));
    }
    if !spec.hosts.is_empty() {
        let hosts: Vec<_> = spec.hosts.iter().map(|s| line(s)).collect();
        let _ = writeln!(out, "hosts = [{}]", hosts.join(", "));
    }
    if spec.held {
        out.push_str("held = true\n");
    }
    for program in &spec.programs {
        let _ = writeln!(
            out,
            "\n[[program]]\nname = {}\nfile = {}",
            line(&program.name),
            line(&program.file)
        );
        if let Some(side) = program.side {
            let side = if side == Side::Left { "left" } else { "right" };
            let _ = writeln!(out, "side = {}", line(side));
        }
        if let Some(host) = &program.host {
            let _ = writeln!(out, "host = {}", line(host));
        }
        for (key, list) in [("args", &program.args), ("input", &program.input)] {
            if !list.is_empty() {
                let list: Vec<_> = list.iter().map(|s| line(s)).collect();
                let _ = writeln!(out, "{key} = [{}]", list.join(", "));
            }
        }
        if program.prompt {
            out.push_str("prompt = true\n");
        } else {
            let _ = writeln!(out, "source = {}", lines(&program.source));
        }
    }
    for file in &spec.files {
        let _ = writeln!(
            out,
            "\n[[data]]\nname = {}\ntext = {}",
            line(&file.name),
            lines(&file.text)
        );
    }
    out
}

fn line(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => escaped(&mut out, c),
        }
    }
    out.push('"');
    out
}

/// A text of several lines, as it stands. TOML drops the newline behind the first quotes.
fn lines(text: &str) -> String {
    let mut out = String::from("\"\"\"\n");
    let mut quotes = 0;
    for c in text.chars() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            // Three in a row would end it.
            '"' if quotes == 3 => {
                out.push_str("\\\"");
                quotes = 0;
            }
            '"' | '\n' | '\t' => out.push(c),
            c => escaped(&mut out, c),
        }
    }
    if text.ends_with('"') {
        out.pop();
        out.push_str(if out.ends_with('\\') { "\"" } else { "\\\"" });
    }
    out.push_str("\"\"\"");
    out
}

fn escaped(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        c if c.is_control() => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_lab_is_opened_as_it_was() {
        let sources = [
            "print('a')\n",
            "x = \"\"\"doc\\n\"\"\"\ny = '\\\\'\r\n\tz\u{7f}\u{1}é",
            "ends with quotes \"\"\"\"\"",
            "\\\"",
            "\"",
            "\n\nstarts",
        ];
        for source in sources {
            let mut spec = LabSpec::from_programs([("a".into(), "a.py".into(), source.into())]).unwrap();
            spec.title = "Say \"hi\"\\".into();
            spec.programs[0].side = Some(Side::Left);
            spec.programs[0].args = vec!["x y".into(), "\"".into()];
            let mut two = spec.clone();
            two.programs.push(spec.programs[0].clone());
            two.programs[1].name = "No host's name".into();
            two.programs[1].name.retain(|c| c != '\'');
            two.network = Some(protocol::Network::Kernel);
            two.held = true;
            two.on_a_host_each().unwrap();
            let text = to_toml(&two);
            let back = LabSpec::from_toml(&text, |_| Err("no files are beside it".into()));
            assert_eq!(back.unwrap(), two, "{text}");
            let text = to_toml(&spec);
            let back = LabSpec::from_toml(&text, |_| Err("no files are beside it".into()));
            assert_eq!(back.unwrap(), spec, "{text}");
        }
    }
}
