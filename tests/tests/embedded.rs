//! One file is all that a learner needs: the binary with the site inside, started in an empty folder. Pages, book and labs come
//! from the binary, in the browser and by curl.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use wirelab_tests::{Wirelab, in_browser_before, judge};

/// A server without a site beside it. It ends when this is dropped, before its folder goes.
struct Alone {
    server: Wirelab,
    _folder: tempfile::TempDir,
}

/// The binary: `WIRELAB_EMBEDDED`, or what `cargo xtask test` has left.
fn binary() -> PathBuf {
    std::env::var_os("WIRELAB_EMBEDDED").map_or_else(
        || {
            wirelab_tests::target()
                .join("embedded")
                .join(format!("wirelab{}", std::env::consts::EXE_SUFFIX))
        },
        PathBuf::from,
    )
}

/// `None` where it has not been built and need not be.
fn alone() -> Result<Option<Alone>> {
    let binary = binary();
    if !binary.is_file() && !judge::demanded() {
        println!(
            "skipped: {} is not there: cargo xtask test builds it",
            binary.display()
        );
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(&binary);
    command.current_dir(folder.path()).env_remove("WIRELAB_SITE");
    let server = Wirelab::launch(command, None, &[]).with_context(|| binary.display().to_string())?;
    Ok(Some(Alone {
        server,
        _folder: folder,
    }))
}

#[test]
fn home_a_lab_and_the_book_come_from_the_binary() -> Result<()> {
    let Some(alone) = alone()? else { return Ok(()) };
    in_browser_before(&alone.server, async |page| {
        page.open("/").await?;
        page.element("[data-labs] a").await?;
        let [listed, index] = [
            "document.querySelectorAll('[data-labs] a').length",
            "(await (await fetch('/labs/index.json')).json()).length",
        ];
        let counts = page
            .script(&format!("return [{listed}, {index}]"), Value::Null)
            .await?;
        ensure!(
            counts[0] == counts[1] && counts[0].as_u64() > Some(10),
            "{counts}"
        );

        page.open("/lab.html?lab=tcp-echo").await?;
        assert_eq!(page.lab(0, "return await lab.next();").await?, json!(true));
        let line = page.story(0).await?.line("server");
        ensure!(line > Some(1), "the first step has not gone on: {line:?}");

        // A folder's name leads to its page, and the lab in a page of the book has its programs and its network.
        page.open("/book").await?;
        page.element("main h1").await?;
        page.open("/book/echo/there-and-back.html").await?;
        page.element("main h1").await?;
        let story = page.to_the_end(0).await?;
        assert_eq!((story.ended("server"), story.ended("client")), (Some(0), Some(0)));
        Ok(())
    })
}

/// What curl gets: the status, the headers with small names, the body (decoded if it was compressed).
struct Got {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn curl(program: &PathBuf, args: &[&str], url: &str) -> Result<Got> {
    let out = Command::new(program)
        .args([
            "--silent",
            "--show-error",
            "--include",
            "--max-time",
            "20",
            "--noproxy",
            "*",
        ])
        .args(args)
        .arg(url)
        .output()?;
    ensure!(
        out.status.success(),
        "curl {args:?} {url}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    let end = out
        .stdout
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .context("an answer has headers")?;
    let head = String::from_utf8(out.stdout[..end].to_vec())?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Ok(Got {
        status: status.context("an answer has a status")?.parse()?,
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: out.stdout[end + 4..].to_vec(),
    })
}

#[test]
fn curl_gets_headers_and_compressed_forms() -> Result<()> {
    let (Some(program), Some(alone)) = (judge::curl(), alone()?) else {
        return Ok(());
    };
    let url = |path: &str| format!("{}{path}", alone.server.url());
    let get = |args: &[&str], path: &str| curl(&program, args, &url(path));

    for (path, kind) in [
        ("/", "text/html"),
        ("/book/index.html", "text/html"),
        ("/pkg/web_bg.wasm", "application/wasm"),
        ("/pkg/web.js", "text/javascript"),
        ("/page.css", "text/css"),
        ("/labs/index.json", "application/json"),
        ("/labs/tcp-echo/server.py", "text/"),
    ] {
        let plain = get(&[], path)?;
        let about = || format!("{path}: {} {:?}", plain.status, plain.headers);
        ensure!(plain.status == 200 && !plain.body.is_empty(), "{}", about());
        ensure!(
            plain
                .header("content-type")
                .is_some_and(|is| is.starts_with(kind)),
            "{}",
            about()
        );
        ensure!(plain.header("content-encoding").is_none(), "{}", about());
        ensure!(
            plain
                .header("content-security-policy")
                .is_some_and(|is| is.contains("default-src 'self'")),
            "{}",
            about()
        );
        ensure!(
            plain.header("x-content-type-options") == Some("nosniff"),
            "{}",
            about()
        );
        ensure!(plain.header("cache-control") == Some("no-cache"), "{}", about());
        ensure!(plain.header("vary") == Some("accept-encoding"), "{}", about());

        // What was kept is asked about, and not sent again.
        let tag = plain.header("etag").with_context(about)?;
        let again = get(&["--header", &format!("If-None-Match: {tag}")], path)?;
        ensure!(
            again.status == 304 && again.body.is_empty(),
            "{path}: {}",
            again.status
        );
    }

    // The compressed forms are the same files; what a browser does not take it does not get.
    for path in ["/", "/pkg/web_bg.wasm", "/book/index.html"] {
        let plain = get(&[], path)?;
        for (accepts, coding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0, gzip;q=0", None),
            ("identity", None),
        ] {
            let header = format!("Accept-Encoding: {accepts}");
            let raw = get(&["--header", &header], path)?;
            ensure!(
                raw.header("content-encoding") == coding,
                "{path} for {accepts}: {:?}",
                raw.headers
            );
            ensure!(
                (raw.body == plain.body) == coding.is_none(),
                "{path} for {accepts}"
            );
            ensure!(
                coding.is_none() || raw.body.len() < plain.body.len(),
                "{path} for {accepts} is not smaller"
            );
            let read = get(&["--compressed", "--header", &header], path)?;
            ensure!(read.body == plain.body, "{path} for {accepts} is another file");
        }
    }

    let head = get(&["--head"], "/")?;
    ensure!(head.status == 200 && head.body.is_empty(), "{}", head.status);
    assert_eq!(get(&["--data", "x=1"], "/")?.status, 405);
    let folder = get(&[], "/book")?;
    assert_eq!((folder.status, folder.header("location")), (308, Some("/book/")));
    for path in [
        "/no-such-page",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/etc/passwd",
        "//etc/passwd",
    ] {
        let none = get(&["--path-as-is"], path)?;
        assert_eq!(
            (none.status, none.body.as_slice()),
            (404, &b"There is no such page here.\n"[..]),
            "{path}"
        );
        ensure!(
            none.header("x-content-type-options") == Some("nosniff"),
            "{path}: {:?}",
            none.headers
        );
    }
    Ok(())
}
