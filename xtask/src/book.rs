//! The book: mdBook as a library, with our own page around the chapters (`book/theme/index.hbs`).
//!
//! mdBook's own page is not used: its faults in accessibility and its inline scripts would be ours. So most of the files
//! that mdBook lays beside the chapters are not needed and are left out, and the list of chapters, which mdBook draws with
//! a script, is put into each page here.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;

use crate::stage::{self, Files};
use crate::workspace::{root, target, timed};

/// Where the page's template wants the list of chapters.
const PLACE: &str = "<!-- chapters -->";

/// Builds the book if it has changed; the answer is the folder that holds it.
pub(crate) fn build() -> Result<PathBuf> {
    let source = root().join("book");
    let folder = target().join("xtask/book");
    let inputs = [
        source.join("book.toml"),
        source.join("src"),
        source.join("theme"),
        source.join("solutions"),
    ];
    stage::when_changed("book", &inputs, &folder.join("index.html"), || {
        timed("the book", || render(&source, &folder))
    })?;
    Ok(folder)
}

fn render(source: &Path, folder: &Path) -> Result<()> {
    let raw = target().join("xtask/book-raw");
    let mut book = MDBook::load(source)?;
    book.config.build.build_dir.clone_from(&raw);
    book.build()?;

    let mut files = Files::default();
    for path in stage::walk(&raw)? {
        let place = path.strip_prefix(&raw)?;
        if !needed(place) {
            continue;
        }
        let mut bytes = fs::read(&path)?;
        if place.extension().is_some_and(|end| end == "html") {
            let page = String::from_utf8(bytes)?;
            if !page.contains(PLACE) {
                bail!(
                    "{}: the template has no place for the chapters ({PLACE})",
                    place.display()
                );
            }
            let page = page.replace(PLACE, &chapters(&book, place)?);
            // What may be wider than a phone is scrolled, and then the keyboard must be able to get there.
            let page = page.replace("<pre>", "<pre tabindex=\"0\">");
            bytes = page
                .replace(
                    "<div class=\"table-wrapper\">",
                    "<div class=\"table-wrapper\" tabindex=\"0\">",
                )
                .into();
        }
        files.bytes(place, bytes);
    }
    files.bring_to(folder)
}

/// Chapters, pictures of the chapters, and our own theme; nothing of mdBook's.
fn needed(place: &Path) -> bool {
    let first = place
        .components()
        .next()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let first = first.as_deref().unwrap_or_default();
    let mdbooks_own = matches!(first, "css" | "fonts" | "toc.html") || first.starts_with("favicon");
    let script_or_style = place.parent() == Some(Path::new(""))
        && place.extension().is_some_and(|end| end == "js" || end == "css");
    !mdbooks_own && !script_or_style
}

/// The list of chapters as the page at `place` shows it: links relative to that page, and its own one marked.
fn chapters(book: &MDBook, place: &Path) -> Result<String> {
    let up = "../".repeat(place.components().count().saturating_sub(1));
    let mut list = String::new();
    let mut open = false;
    for item in book.iter() {
        match item {
            BookItem::PartTitle(title) => {
                if open {
                    list.push_str("</ul>\n");
                }
                open = false;
                writeln!(list, "<h2>{}</h2>", escape(title))?;
            }
            BookItem::Separator => {
                if open {
                    list.push_str("</ul>\n");
                }
                open = false;
            }
            BookItem::Chapter(chapter) => {
                let path = chapter
                    .path
                    .as_ref()
                    .with_context(|| format!("{}: no file", chapter.name))?;
                let page = path.with_extension("html");
                if !open {
                    list.push_str("<ul>\n");
                    open = true;
                }
                let here = if page == place {
                    " aria-current=\"page\""
                } else {
                    ""
                };
                let number = chapter.number.as_ref();
                let part = if number.is_some_and(|number| number.len() > 1) {
                    " class=\"part\""
                } else {
                    ""
                };
                let number = number
                    .map(|number| format!("<span>{number}</span> "))
                    .unwrap_or_default();
                let link = page.to_string_lossy().replace('\\', "/");
                writeln!(
                    list,
                    "<li{part}><a href=\"{up}{link}\"{here}>{number}{}</a></li>",
                    escape(&chapter.name)
                )?;
            }
        }
    }
    if open {
        list.push_str("</ul>\n");
    }
    Ok(list)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
