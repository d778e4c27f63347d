//! What a page does without at first: it comes when a program or a learner needs it, and only then.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use wirelab_tests::{Page, in_browser, in_browser_on_each, judge};

/// Programs whose modules come in different ways; python3 says what they print.
const PROGRAMS: [&str; 9] = [
    "class Loud:\n    def __str__(self):\n        return 'loud'\nprint('said', Loud(), flush=True)\n",
    "import sys\nsys.stdout.write('written\\n')\nprint(len(sys.argv), file=sys.stdout)\n",
    "import threading\nt = threading.Thread(target=lambda: print('in a thread'))\nt.start()\nt.join()\n",
    "with open('kept.txt', 'w') as f:\n    print('kept', file=f)\nprint(open('kept.txt').read())\n",
    "import struct, json\nprint(json.dumps({'n': struct.unpack('!H', b'\\x01\\x02')[0]}))\n",
    "import random, math\nrandom.seed(7)\nprint(math.floor(random.random()), math.pi)\n",
    "import socket, sys\na, b = socket.socketpair()\nf = a.makefile('w')\nf.write('by file')\nf.flush()\nprint(b.recv(9))\nsys.stdout.buffer.write(b'bytes\\n')\n",
    "match [1, 2]:\n    case [a, b]:\n        print(a + b)\n",
    "exec('import errno\\nprint(errno.ECONNREFUSED)')\nprint(eval('6 * 7'), float('2.5e-3'))\n",
];

/// The parts of the wasm and the files of Python's code that the page has fetched, by name.
async fn fetched(page: &Page) -> Result<Vec<String>> {
    let names = page
        .script(
            "return performance.getEntriesByType('resource').map(r => new URL(r.name).pathname.split('/').pop())
                 .filter(name => name.startsWith('split_') || name.startsWith('python')).sort()",
            Value::Null,
        )
        .await?;
    serde_json::from_value(names).context("names")
}

#[test]
fn a_lab_that_is_stepped_loads_no_more_than_it_needs() -> Result<()> {
    in_browser_on_each(async |page| {
        page.open("/lab.html?lab=tcp-echo").await?;
        page.step_to_end(0).await?;
        let first = fetched(&page).await?;
        let simulated = first.contains(&"split_network.wasm".to_owned());
        let mut wanted = vec!["python.txt"];
        wanted.extend(simulated.then_some("split_network.wasm"));
        assert_eq!(first, wanted);

        page.click("[data-lane=left] [data-do=edit]").await?;
        page.element("[data-editor] textarea").await?;
        let names = fetched(&page).await?;
        ensure!(names.iter().any(|name| name == "split_tools.wasm"), "{names:?}");
        ensure!(
            !names.iter().any(|name| name == "split_compiler.wasm"),
            "{names:?}"
        );
        Ok(())
    })
}

#[test]
fn what_a_program_names_is_there_when_it_runs() -> Result<()> {
    let Some(python) = judge::python() else {
        return Ok(());
    };
    in_browser_on_each(async |page| {
        for source in PROGRAMS {
            let folder = tempfile::tempdir()?;
            let judged = Command::new(&python)
                .current_dir(&folder)
                .args(["-c", source])
                .output()?;
            page.open_lab("tcp-echo").await?;
            page.script(
                "const lab = document.querySelector('wire-lab');
                 const fetched = window.fetch;
                 window.fetch = async (url, how) => url === '/one.json' ? new Response(args) : fetched(url, how);
                 const other = document.createElement('wire-lab');
                 other.setAttribute('src', '/one.json');
                 lab.replaceWith(other);
                 await other.ready;",
                json!(
                    json!({
                        "version": 1, "title": "One", "about": "One program.",
                        "program": [{ "name": "one", "file": "one.py", "source": source }]
                    })
                    .to_string()
                ),
            )
            .await?;
            let story = page.to_the_end(0).await?;
            assert_eq!(
                (story.printed("one"), story.complained("one")),
                (
                    String::from_utf8(judged.stdout)?,
                    String::from_utf8(judged.stderr)?
                ),
                "{source}"
            );
        }
        Ok(())
    })
}

/// From now on parts of the wasm come when `globalThis.let_come()` is called.
const KEEP_BACK: &str = "
    const fetched = window.fetch;
    const open = new Promise(done => { globalThis.let_come = done; });
    window.fetch = async (what, how) => {
        if (String(what.url ?? what).includes('pkg/split_tools')) await open;
        return fetched(what, how);
    };";

#[test]
fn while_a_part_is_on_its_way_the_lab_says_so_and_nothing_moves() -> Result<()> {
    in_browser(async |page| {
        let busy = "return [document.querySelector('.main').ariaBusy, document.querySelector('[data-coming]').textContent]";
        let quiet = json!([null, ""]);
        for (button, part) in [
            ("[data-network]", "dialog[open] [data-choose]"),
            ("[data-lane=left] [data-do=edit]", "[data-editor] textarea"),
        ] {
            page.open_lab("tcp-echo").await?;
            assert_eq!(page.script(busy, Value::Null).await?, quiet, "{button}");
            page.script(KEEP_BACK, Value::Null).await?;
            let places = "return ['.main', '.lane.left', '.code', '.dock'].map(css => JSON.stringify(document.querySelector(css).getBoundingClientRect()))";
            let before = page.script(places, Value::Null).await?;
            page.script("document.querySelector(args).click()", json!(button))
                .await?;
            let said = page
                .until(
                    "const sign = document.querySelector('[data-coming]');
                     return getComputedStyle(sign).opacity === '1' && sign.textContent",
                    Value::Null,
                )
                .await?;
            assert_eq!(said, "A part of the page is loading.", "{button}");
            assert_eq!(page.script(busy, Value::Null).await?[0], "true", "{button}");
            assert_eq!(page.script(places, Value::Null).await?, before, "{button}");
            let shown = "return document.querySelector(args) !== null";
            assert_eq!(page.script(shown, json!(part)).await?, json!(false), "{button}");
            ensure!(
                page.idle().await.is_err(),
                "{button}: the tests do not wait for it"
            );

            page.script("globalThis.let_come()", Value::Null).await?;
            page.idle().await?;
            assert_eq!(page.script(shown, json!(part)).await?, json!(true), "{button}");
            assert_eq!(page.script(busy, Value::Null).await?, quiet, "{button}");
        }
        Ok(())
    })
}
