//! `cargo xtask bench`: sizes and speeds against their limits, in one table.
//!
//! The page's size is measured here. The speeds of the engine and of the bridge come from programs of the tests, each of
//! which prints lines `name<TAB>figure<TAB>limit<TAB>ok|over` and compares within its own run: a slow machine slows both
//! sides of a ratio.

use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::site::{self, Kind};
use crate::tools::{self, Browser};
use crate::workspace::{self, cargo, root, timed};
use crate::{compress, size};

/// What a lab's page loads before its first step, as brotli sends it: on a server, and on the simulated network.
const PAGE_LIMITS: [usize; 2] = [450_000, 550_000];

/// Programs that measure, in `tests/src/bin/`; the first needs a browser.
const MEASURERS: [&str; 5] = [
    "bench-page",
    "bench-engine",
    "bench-bridge",
    "bench-packet",
    "bench-wire",
];

#[derive(Clone)]
struct Row {
    name: String,
    figure: String,
    limit: String,
    ok: bool,
}

/// Measures, prints the table, and fails when something is over its limit.
pub(crate) fn run() -> Result<()> {
    let mut rows = page()?.to_vec();
    timed("the server", || {
        workspace::run(cargo(&["build", "--package", "server", "--release"]))
    })?;
    let browser = tools::browser()?;
    // One that cannot be taken does not hide the others.
    let mut failed = Vec::new();
    for program in MEASURERS {
        let there = root().join(format!("tests/src/bin/{program}.rs")).exists();
        if there && (browser.is_some() || program != MEASURERS[0]) {
            match measure(program, browser.as_ref()) {
                Ok(more) => rows.extend(more),
                Err(error) => failed.push(error),
            }
        }
    }
    let width = |cell: fn(&Row) -> &str| {
        rows.iter()
            .map(|row| cell(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (name, figure, limit) = (width(|r| &r.name), width(|r| &r.figure), width(|r| &r.limit));
    for row in &rows {
        let verdict = if row.ok { "ok" } else { "over" };
        println!(
            "{:name$}  {:>figure$}  {:>limit$}  {verdict}",
            row.name, row.figure, row.limit
        );
    }
    for error in &failed {
        println!("{error:#}");
    }
    if !failed.is_empty() {
        bail!(
            "{} of {} programs could not measure",
            failed.len(),
            MEASURERS.len()
        );
    }
    match rows.iter().filter(|row| !row.ok).count() {
        0 => Ok(()),
        over => bail!("{over} of {} figures are over their limits", rows.len()),
    }
}

/// What a browser loads before the first step of a lab.
fn page() -> Result<[Row; 2]> {
    site::build(Kind::Release)?;
    let [first, simulated] = timed("compressing the site", || {
        compress::beside(&Kind::Release.folder(), compress::Effort::Best)?;
        size::sums()
    })?;
    let row = |name: &str, bytes: usize, limit: usize| Row {
        name: name.into(),
        figure: kilobytes(bytes),
        limit: kilobytes(limit),
        ok: bytes <= limit,
    };
    Ok([
        row(
            "a lab's page before the first step, brotli",
            first,
            PAGE_LIMITS[0],
        ),
        row("the same on the simulated network", simulated, PAGE_LIMITS[1]),
    ])
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

fn measure(program: &str, browser: Option<&Browser>) -> Result<Vec<Row>> {
    let mut command = cargo(&[
        "run",
        "--release",
        "--quiet",
        "--package",
        "wirelab-tests",
        "--bin",
        program,
    ]);
    command
        .env("WIRELAB_LATE", "0")
        .env("WIRELAB_SITE", Kind::Release.folder())
        .env("WIRELAB_BIN", workspace::server("release"));
    if let Some(browser) = browser {
        browser.tell(&mut command);
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{program} failed ({})", output.status);
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines()
        .map(|line| row(line).with_context(|| format!("{program}: {line:?}")))
        .collect()
}

fn row(line: &str) -> Result<Row> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [name, figure, limit, verdict] = cells.as_slice() else {
        bail!("four columns are expected")
    };
    let ok = match *verdict {
        "ok" => true,
        "over" => false,
        other => bail!("{other:?} is neither ok nor over"),
    };
    Ok(Row {
        name: (*name).into(),
        figure: (*figure).into(),
        limit: (*limit).into(),
        ok,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_four_columns_and_one_of_two_verdicts() {
        let read = row("send\t1.2x\t1.5x\tover").unwrap();
        assert_eq!(
            (
                read.name.as_str(),
                read.figure.as_str(),
                read.limit.as_str(),
                read.ok
            ),
            ("send", "1.2x", "1.5x", false)
        );
        assert!(row("send\t1.2x\t1.5x").is_err());
        assert!(row("send\t1.2x\t1.5x\tmaybe").is_err());
    }
}
