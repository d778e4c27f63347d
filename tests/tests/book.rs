//! The book in a real browser: every page of it can be read by everybody.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use wirelab_tests::{Look, in_browser};

#[test]
fn every_page_of_the_book_is_accessible_in_every_look() -> Result<()> {
    in_browser(async |page| {
        page.open("/book/index.html").await?;
        let chapters = page
            .script(
                "return [...document.querySelectorAll('nav.chapters a')].map(a => new URL(a.href).pathname)",
                Value::Null,
            )
            .await?;
        let chapters: Vec<String> = serde_json::from_value(chapters)?;
        ensure!(!chapters.is_empty(), "the book has no chapters");
        for chapter in &chapters {
            page.look(Look::Projector).await?;
            page.open(chapter).await?;
            page.element("main h1").await?;
            let labs = page
                .script("return document.querySelectorAll('wire-lab').length", Value::Null)
                .await?;
            for lab in 0..labs.as_u64().context("a count")? {
                page.lab(usize::try_from(lab)?, "return lab.programs().length")
                    .await?;
            }
            page.check_accessible_in_every_look().await?;
            let name = chapter
                .trim_start_matches('/')
                .trim_end_matches(".html")
                .replace('/', "-");
            page.screenshots(&name).await.with_context(|| name.clone())?;
        }
        Ok(())
    })
}

#[test]
fn every_link_inside_the_book_leads_somewhere() -> Result<()> {
    in_browser(async |page| {
        page.open("/book/index.html").await?;
        let dead = page
            .script(
                "const seen = new Set(), open = [location.href], dead = [];
                 while (open.length) {
                     const from = open.pop();
                     const answer = await fetch(from);
                     const html = new DOMParser().parseFromString(await answer.text(), 'text/html');
                     for (const a of html.querySelectorAll('a[href]')) {
                         const to = new URL(a.getAttribute('href'), from);
                         if (to.origin !== location.origin) continue;
                         const place = decodeURIComponent(to.hash.slice(1));
                         to.hash = '';
                         if (to.href === from && place && !html.getElementById(place)) dead.push(from + ' -> #' + place);
                         if (seen.has(to.href)) continue;
                         seen.add(to.href);
                         if (!(await fetch(to)).ok) dead.push(from + ' -> ' + to.href);
                         else if (to.pathname.startsWith('/book/')) open.push(to.href);
                     }
                 }
                 return dead;",
                json!(null),
            )
            .await?;
        // Chromium writes an error for each page that is not there: the list says more.
        ensure!(dead == json!([]), "dead links: {dead:#}");
        Ok(())
    })
}
