//! How quick a lab's page is, in a real browser: `cargo xtask bench` prints the lines.
//!
//! Each line of output is `name<TAB>figure<TAB>limit<TAB>ok|over`. The server and the site are those of the release. Times
//! are what the issue names as limits (half a second to the first step, 50 ms a frame); the loops of the engine have none
//! here: they stand beside `bench-engine`'s, which runs the same ones natively.

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use wirelab_tests::{Page, in_browser, loops::LOOPS};

/// Openings of the page, each with an empty cache; the middle one counts.
const OPENINGS: usize = 9;
/// Milliseconds from the navigation until Next can be pressed.
const READY: f64 = 500.0;
/// How often frames are watched; the middle one of the longest frames counts, so that a stall of the machine does not.
const WATCHES: usize = 5;
/// Milliseconds that a frame may take while the timeline is scrubbed.
const FRAME: f64 = 50.0;
/// The least events of the timeline that is scrubbed.
const EVENTS: u64 = 10_000;
/// Places of the pointer on its way through the timeline and back.
const PLACES: u32 = 240;

/// Notes when Next can be pressed for the first time, to a few milliseconds.
const WATCH: &str = "
    const watch = setInterval(() => {
        const next = document.querySelector('[data-do=next]');
        if (next && !next.disabled) { window.firstStep = performance.now(); clearInterval(watch); }
    }, 2);";

const SERVER: &str = "\
import socket
s = socket.socket()
s.bind(('127.0.0.1', 8080))
s.listen()
c, a = s.accept()
while True:
    data = c.recv(100)
    if not data:
        break
    c.sendall(data)
";
const CLIENT: &str = "\
import socket
s = socket.socket()
s.connect(('127.0.0.1', 8080))
for i in range(550):
    s.sendall(b'line %d' % i)
    s.recv(100)
s.close()
";

/// Packets a second that must come to the page while its frames are watched.
const PACKETS: f64 = 1000.0;
/// A stream whose sender gives the kernel 32 segments 25 times a second, for five seconds: with the ACKs it is more than
/// [`PACKETS`], and less than what a wire tells one by one.
const SENDER: &str = "\
import socket, time
s = socket.socket()
s.connect(('127.0.0.1', 8080))
due = time.time()
for i in range(125):
    s.sendall(b'x' * 1460 * 32)
    due += 0.04
    time.sleep(max(0, due - time.time()))
s.close()
";
const RECEIVER: &str = "\
import socket
s = socket.socket()
s.bind(('127.0.0.1', 8080))
s.listen()
c, a = s.accept()
n = 0
while True:
    data = c.recv(65536)
    if not data:
        break
    n += len(data)
print(n)
";

fn main() -> Result<()> {
    in_browser(async |page| {
        first_step(&page).await?;
        page.unwatched().await?;
        scrubbing(&page).await?;
        packets(&page).await?;
        simulated(&page).await?;
        engine_loops(&page).await
    })
}

/// A lab of these programs, as a link into the playground.
fn link(programs: &[(&str, &str)]) -> String {
    link_on(None, programs)
}

/// The same on a network of one's choice.
fn link_on(network: Option<&str>, programs: &[(&str, &str)]) -> String {
    let as_json: Vec<Value> = programs
        .iter()
        .map(|(name, source)| json!({ "name": name, "file": format!("{name}.py"), "source": source }))
        .collect();
    let spec = json!({ "version": 1, "title": "Bench", "network": network, "program": as_json });
    format!(
        // The query makes it another page: a new fragment alone would not load anything.
        "/playground.html?bench={}{}#lab={}",
        programs[0].0,
        network.unwrap_or_default(),
        URL_SAFE_NO_PAD.encode(spec.to_string())
    )
}

fn row(name: &str, figure: f64, limit: f64) {
    // Pictures come every sixtieth of a second: three of them are 50 ms and a few microseconds.
    let verdict = if figure.round() <= limit { "ok" } else { "over" };
    println!("{name}\t{figure:.0} ms\t{limit:.0} ms\t{verdict}");
}

/// The one in the middle.
fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

async fn first_step(page: &Page) -> Result<()> {
    page.without_cache().await?;
    page.before_each_page(WATCH).await?;
    let mut times = Vec::new();
    for _ in 0..OPENINGS {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.lab(0, "").await?;
        let at = page
            .script(
                "while (!window.firstStep) await new Promise(r => setTimeout(r, 5)); return window.firstStep",
                Value::Null,
            )
            .await?;
        times.push(at.as_f64().context("a time")?);
    }
    row(
        "a lab's page: navigation to the first step, cold cache",
        middle(times),
        READY,
    );
    Ok(())
}

async fn scrubbing(page: &Page) -> Result<()> {
    page.open(&link(&[("server", SERVER), ("client", CLIENT)]))
        .await?;
    let events = page
        .lab(0, "await lab.run(); return lab.timeline().length")
        .await?;
    let events = events.as_u64().context("a count")?;
    ensure!(events >= EVENTS, "only {events} events to scrub");
    let body = "
        const slider = document.querySelector('wire-lab [role=slider]');
        if (!slider) throw new Error('no slider');
        const box = slider.getBoundingClientRect();
        const frame = () => new Promise(requestAnimationFrame);
        let last = await frame(), longest = 0;
        for (let i = 0; i <= args; i++) {
            const way = i * 2 <= args ? i * 2 / args : 2 - i * 2 / args;
            const clientX = box.left + way * box.width, clientY = box.top + box.height / 2;
            slider.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, buttons: 1, clientX, clientY }));
            const now = await frame();
            longest = Math.max(longest, now - last);
            last = now;
        }
        if (Number(slider.getAttribute('aria-valuenow')) * 20 > Number(slider.getAttribute('aria-valuemax'))) {
            throw new Error('the cursor has not moved');
        }
        return longest;";
    let mut longest = Vec::new();
    for _ in 0..WATCHES {
        let frame = page.script(body, json!(PLACES)).await?;
        longest.push(frame.as_f64().context("a time")?);
    }
    row(
        &format!("scrubbing {events} events: longest frame, median of {WATCHES} ways there and back"),
        middle(longest),
        FRAME,
    );
    Ok(())
}

/// A thousand packets a second and more come to the page while the programs run.
async fn packets(page: &Page) -> Result<()> {
    let body = "
        if (!lab.querySelector('[data-network]').textContent.includes('real packets')) return null;
        let running = true, longest = 0;
        const watch = (async () => {
            let last = await new Promise(requestAnimationFrame);
            while (running) {
                const now = await new Promise(requestAnimationFrame);
                longest = Math.max(longest, now - last);
                last = now;
            }
        })();
        await lab.run();
        running = false;
        await watch;
        const sent = lab.timeline().filter(e => e.news?.wire === 'sent');
        return [longest, sent.length / (sent.at(-1).t - sent[0].t) * 1e9];";
    let (mut longest, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..WATCHES {
        page.open(&link(&[("server", RECEIVER), ("client", SENDER)]))
            .await?;
        let told = page.lab(0, body).await?;
        let Some((frame, rate)) = told[0].as_f64().zip(told[1].as_f64()) else {
            eprintln!("bench-page: no packets are to be seen here, so none are measured");
            return Ok(());
        };
        ensure!(
            rate >= PACKETS,
            "only {rate:.0} packets a second came to the page"
        );
        longest.push(frame);
        rates.push(rate);
    }
    let rate = middle(rates);
    row(
        &format!("{rate:.0} packets a second come to the page: longest frame, median of {WATCHES} runs"),
        middle(longest),
        FRAME,
    );
    Ok(())
}

/// Milliseconds for an echo of [`MESSAGES`] messages on the simulated network, and for going back.
const ECHO: f64 = 1000.0;
const MESSAGES: u32 = 1000;
const REWIND: f64 = 200.0;
/// The least events that are run again when the lab goes back.
const REWOUND: u64 = 5000;

/// The simulated network, in the page.
async fn simulated(page: &Page) -> Result<()> {
    let client = CLIENT.replace("range(550)", &format!("range({MESSAGES})"));
    page.open(&link_on(
        Some("simulated"),
        &[("server", SERVER), ("client", &client)],
    ))
    .await?;
    let millis = page
        .lab(
            0,
            "const began = performance.now(); await lab.run(); return performance.now() - began",
        )
        .await?;
    let story = page.story(0).await?;
    ensure!(
        story.ended("server") == Some(0),
        "the echo did not come to its end"
    );
    row(
        &format!("an echo of {MESSAGES} messages, simulated"),
        millis.as_f64().context("a time")?,
        ECHO,
    );
    let client = CLIENT.replace("range(550)", "range(320)");
    page.open(&link_on(
        Some("simulated"),
        &[("echo", SERVER), ("client", &client)],
    ))
    .await?;
    let told = page
        .lab(
            0,
            "await lab.run();
             const events = lab.timeline().length;
             for (let i = 0; i < 60; i++) lab.back();
             await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
             const button = document.querySelector('[data-do=rewind]');
             const began = performance.now();
             button.click();
             const took = performance.now() - began;
             return [took, events, lab.timeline().length];",
        )
        .await?;
    let (events, kept) = (
        told[1].as_u64().context("events")?,
        told[2].as_u64().context("events")?,
    );
    ensure!(
        events > kept && kept >= REWOUND,
        "{events} events, {kept} after going back"
    );
    row(
        &format!("going back, {kept} events run again"),
        told[0].as_f64().context("a time")?,
        REWIND,
    );
    Ok(())
}

/// How often a loop runs, so that the page's own work beside it counts little.
const ROUNDS: u32 = 20;

async fn engine_loops(page: &Page) -> Result<()> {
    for (name, source) in LOOPS {
        let program = format!("{source}\nfor _ in range({ROUNDS}):\n    work()\nprint('done')\n");
        page.open(&link(&[(name, &program)])).await?;
        // A program's own clock stands still while it runs a slice: the page's clock is asked.
        let millis = page
            .lab(
                0,
                "const began = performance.now(); await lab.run(); return performance.now() - began",
            )
            .await?;
        ensure!(
            page.story(0).await?.printed(name) == "done\n",
            "{name} did not end"
        );
        let millis = millis.as_f64().context("a time")? / f64::from(ROUNDS);
        println!(
            "engine in Chromium, without stops, the page's pauses included: {name}\t{millis:.1} ms\t-\tok"
        );
    }
    Ok(())
}
