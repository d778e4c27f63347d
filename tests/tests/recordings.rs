//! Recordings of every version that was ever written still open (`tests/recordings/VERSION-LAB-NETWORK.json`, never changed
//! once they are there), and a file that is cut, changed or none of ours gets one sentence.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use engine::session::Session;
use protocol::{EventKind, Recording, VERSION};
use wirelab_tests::root;

/// The files' names and texts.
fn all() -> Result<Vec<(String, String)>> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("tests/recordings"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Ok((name, fs::read_to_string(&path)?))
        })
        .collect()
}

fn open(text: &str) -> Result<Session, String> {
    let recording = Recording::from_json(text)?;
    Session::replay(recording).map_err(|e| e.0)
}

#[test]
fn recordings_of_every_version_open_and_tell_their_story() -> Result<()> {
    let mut versions = Vec::new();
    for (name, text) in all()? {
        let version: u32 = name.split('-').next().unwrap_or_default().parse()?;
        versions.push(version);
        let session = open(&text)
            .map_err(anyhow::Error::msg)
            .with_context(|| name.clone())?;
        let events = session.timeline().events();
        let whole = session.timeline().len();
        ensure!(whole > 20, "{name}: {whole} events");
        for seq in 0..=whole {
            let _ = session.timeline().at(seq);
        }
        let end = session.timeline().live();
        let ended = (0..session.spec().programs.len()).filter_map(|i| {
            let id = protocol::ProgramId(u16::try_from(i).ok()?);
            end.program(id)?.ended.as_ref()
        });
        ensure!(ended.count() == 2, "{name}: both programs have ended");
        let printed = events
            .iter()
            .any(|e| matches!(&e.kind, EventKind::Output { data, .. } if !data.is_empty()));
        ensure!(printed, "{name}: nothing was printed");
    }
    ensure!(
        versions.contains(&VERSION),
        "there is no recording of version {VERSION} in tests/recordings: write one with wirelab run --timeline"
    );
    Ok(())
}

#[test]
fn a_recording_of_this_version_is_written_again_to_the_byte() -> Result<()> {
    for (name, text) in all()? {
        let recording = Recording::from_json(&text).map_err(anyhow::Error::msg);
        let again = protocol::write::to_json(&recording.with_context(|| name.clone())?);
        let place = again.bytes().zip(text.bytes()).position(|(a, b)| a != b);
        ensure!(again == text.trim_end(), "{name}: differs from byte {place:?} on");
    }
    Ok(())
}

#[test]
fn what_is_cut_changed_or_too_new_is_one_sentence() -> Result<()> {
    let (_, text) = all()?.swap_remove(0);
    let sentence = |text: &str, what: &str| -> Result<()> {
        let Err(words) = open(text) else {
            anyhow::bail!("{what}: it was opened")
        };
        ensure!(
            (20..400).contains(&words.len()) && !words.contains('\n'),
            "{what}: {words:?} is not a sentence"
        );
        Ok(())
    };
    for part in 1..40 {
        let mut end = text.len() * part / 40;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        sentence(&text[..end], "cut off")?;
    }
    sentence("", "empty")?;
    sentence("[]", "a list")?;
    sentence("\u{feff}PK\u{3}\u{4}", "a zip")?;
    sentence(&text.replacen("\"version\":2", "\"version\":4000", 1), "too new")?;
    sentence(
        &text.replacen("\"seq\":5,", "\"seq\":7,", 1),
        "events out of order",
    )?;
    sentence(
        &text.replacen("\"program\":1", "\"program\":9", 1),
        "a program that is none",
    )?;
    sentence(
        &text.replacen("\"kind\":\"called\"", "\"kind\":\"cancelled\"", 1),
        "an unknown event",
    )?;
    sentence(&text.replacen("\"events\":", "\"others\":", 1), "no events")?;
    Ok(())
}
