//! `orch log`.

use std::io::Read as _;
use std::process::Stdio;

use crate::support::{EXAMPLE, code, orch, root, run, shown};

#[test]
fn a_line_says_who_did_what_and_what_is_wrong_with_it() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "log", "--tail", "6"]));
}

#[test]
fn filters_narrow_the_log() {
    for (filter, n) in [
        (&["--task", "writer"][..], 10),
        (&["--agent", "rita"], 3),
        (&["--kind", "handoff"], 4),
        (&["--kind", "handoff", "--kind", "note"], 6),
        (&["--since", "30"], 4),
        (&["--until", "3"], 3),
        (&["--since", "30", "--until", "32"], 2),
        (&["--grep", "XLSX"], 3),
        (&["--grep", "xlsx"], 3),
        (&["--marked"], 1),
        (&["-n", "2"], 2),
        (&["--task", "writer", "--tail", "1"], 1),
    ] {
        let args = [&["-S", EXAMPLE, "log", "-o", "jsonl"], filter].concat();
        let output = run(&args);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), n, "{filter:?}");
        for line in text.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
}

#[test]
fn the_last_comes_first_when_reversed() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "log", "--reverse", "-n", "2"]));
}

#[test]
fn a_misspelt_kind_is_pointed_out() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "log", "--kind", "hand_off"]));
}

#[test]
fn raw_is_the_bytes_of_the_records() {
    let log = std::fs::read(root().join(EXAMPLE)).unwrap();
    assert_eq!(run(&["-S", EXAMPLE, "log", "--raw"]).stdout, log);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = crate::support::Journal::new("long");
    long.json(
        "host",
        "mission_opened",
        r#"{"title":"T","lead":"host","rules":1}"#,
    );
    for n in 0..5_000 {
        long.json(
            "host",
            "note",
            serde_json::json!({"text": format!("note {n}")}),
        );
    }
    let path = long.write(folder.path(), "long.jsonl");
    for args in [
        &["-S", &path, "log"][..],
        &["-S", &path, "log", "--json"],
        &["-S", &path, "log", "--raw"],
    ] {
        let mut command = orch(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 16]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0, "{args:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    }
}
