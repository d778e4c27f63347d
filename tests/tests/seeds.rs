//! Nothing of the tutorials that the book grew from is missing: the table "What is where" has all their programs and ideas, and
//! each row leads to pages that are in the book and to labs that stand on those pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The programs, P1 to P12, and the ideas, I1 to I13.
const ROWS: [(char, usize); 2] = [('P', 12), ('I', 13)];

/// A row of the table.
struct Row {
    code: String,
    words: String,
    pages: Vec<String>,
    labs: Vec<String>,
}

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../book")
}

fn read(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) => panic!("{}: {e}", path.display()),
    }
}

/// What stands between each `open` and the next `close`.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open)
        .skip(1)
        .filter_map(|rest| rest.split_once(close))
        .map(|(inside, _)| inside)
        .collect()
}

/// The rows of all tables of the page whose first cell is a code.
fn rows() -> Vec<Row> {
    let owned = |found: Vec<&str>| found.into_iter().map(str::to_owned).collect();
    read(&book().join("src/what-is-where.md"))
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            let [code, words, pages, labs] = cells[..] else {
                return None;
            };
            code.starts_with(['P', 'I']).then(|| Row {
                code: code.to_owned(),
                words: words.to_owned(),
                pages: owned(between(pages, "](", ")")),
                labs: owned(labs.split('`').skip(1).step_by(2).collect()),
            })
        })
        .collect()
}

/// The labs that stand on a page of the book.
fn labs_on(page: &str) -> BTreeSet<String> {
    between(&read(&book().join("src").join(page)), "<wire-lab lab=\"", "\"")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_program_and_idea_has_its_row_once() {
    let found: Vec<String> = rows().into_iter().map(|row| row.code).collect();
    let all: Vec<String> = ROWS
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}{n}")))
        .collect();
    assert_eq!(found, all);
}

#[test]
fn every_row_says_what_it_is_and_leads_to_pages_and_labs() {
    let summary = read(&book().join("src/SUMMARY.md"));
    let chapters: BTreeSet<&str> = between(&summary, "](", ")").into_iter().collect();
    for row in rows() {
        let code = &row.code;
        assert!(row.words.len() > 20, "{code}: what is it?");
        assert!(!row.pages.is_empty(), "{code}: no page");
        assert!(!row.labs.is_empty(), "{code}: no lab");
        for page in &row.pages {
            assert!(
                chapters.contains(page.as_str()),
                "{code}: {page} is not in SUMMARY.md"
            );
            assert!(
                book().join("src").join(page).is_file(),
                "{code}: there is no {page}"
            );
        }
        for lab in &row.labs {
            let file = book().join("labs").join(lab).join("lab.toml");
            assert!(file.is_file(), "{code}: there is no lab {lab}");
        }
    }
}

#[test]
fn the_labs_of_a_row_stand_on_pages_of_the_book() {
    let summary = read(&book().join("src/SUMMARY.md"));
    let shown: BTreeSet<String> = between(&summary, "](", ")")
        .into_iter()
        .flat_map(labs_on)
        .collect();
    for row in rows() {
        let here: BTreeSet<String> = row.pages.iter().flat_map(|page| labs_on(page)).collect();
        assert!(
            row.labs.iter().any(|lab| here.contains(lab)),
            "{}: none of its pages shows one of its labs",
            row.code
        );
        for lab in &row.labs {
            assert!(shown.contains(lab), "{}: no page shows the lab {lab}", row.code);
        }
    }
}

#[test]
fn every_lab_of_the_book_stands_on_a_page() {
    let summary = read(&book().join("src/SUMMARY.md"));
    let shown: BTreeSet<String> = between(&summary, "](", ")")
        .into_iter()
        .flat_map(labs_on)
        .collect();
    let labs: BTreeSet<String> = match fs::read_dir(book().join("labs")) {
        Ok(entries) => entries
            .filter_map(Result::ok)
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect(),
        Err(e) => panic!("book/labs: {e}"),
    };
    assert!(!labs.is_empty(), "book/labs is empty");
    let hidden: Vec<&String> = labs.difference(&shown).collect();
    assert!(hidden.is_empty(), "on no page: {hidden:?}");
    let missing: Vec<&String> = shown.difference(&labs).collect();
    assert!(missing.is_empty(), "not in book/labs: {missing:?}");
}
