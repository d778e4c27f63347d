//! Programs that are not ours visit a learner's server: curl at the page written by hand (P6), twice, as a browser does.

use anyhow::{Context as _, Result, ensure};
use engine::session::{Command, LabSpec, Rest, World};
use protocol::{EventKind, Outcome};
use wirelab_tests::native_page::NativePage;
use wirelab_tests::{judge, root, server::Wirelab};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_reads_the_page_that_a_learner_serves() -> Result<()> {
    let Some(curl) = judge::curl() else {
        return Ok(());
    };
    let source = std::fs::read_to_string(root().join("book/labs/http-by-hand/server.py"))?;
    let spec = LabSpec::from_programs([("server".to_owned(), "server.py".to_owned(), source)])?;
    let server = Wirelab::start(&["--publish"])?;
    let address = server
        .url()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let mut page = NativePage::open(
        &address,
        spec,
        World {
            unix_nanos: 0,
            seed: 1,
        },
    )
    .await?;
    page.command(Command::Run(None)).await?;
    page.until(|rest| *rest == Rest::Blocked).await?;
    let published = page.publish(8080).await?;
    for path in ["/", "/favicon.ico"] {
        let visit = tokio::process::Command::new(&curl)
            .args(["--silent", "--show-error", "--max-time", "10", "--noproxy", "*"])
            .arg(format!("http://{published}{path}"))
            .kill_on_drop(true)
            .output();
        let mut visit = std::pin::pin!(visit);
        let visit = loop {
            tokio::select! {
                done = &mut visit => break done.context("curl cannot be run")?,
                turned = page.turn() => turned?,
            }
        };
        ensure!(
            visit.status.success(),
            "curl: {}",
            String::from_utf8_lossy(&visit.stderr)
        );
        ensure!(
            visit.stdout == b"This page was written by hand.",
            "curl got {:?}",
            visit.stdout
        );
    }
    page.until(|rest| *rest == Rest::Blocked).await?;
    let requests: Vec<String> = page
        .session()
        .timeline()
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Returned {
                outcome: Outcome::Received { data, .. },
                ..
            } => Some(String::from_utf8_lossy(&data.0).into_owned()),
            _ => None,
        })
        .collect();
    ensure!(requests.len() == 2, "two visits: {requests:?}");
    ensure!(
        requests[0].starts_with("GET / HTTP/1.1\r\n") && requests[0].contains("curl/"),
        "{requests:?}"
    );
    ensure!(
        requests[1].starts_with("GET /favicon.ico HTTP/1.1\r\n"),
        "{requests:?}"
    );
    Ok(())
}
