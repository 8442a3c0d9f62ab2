//! `orch import`.

use std::process::Output;

use crate::support::{EXAMPLE, code, root, run_in, run_with_input, shown_in};

const ROWS: &str = concat!(
    r#"{"bead":"bf-1","event":"claim","ts":"2026-08-06T02:09:14Z","worker":"echo"}"#,
    "\n",
    r#"{"bead":"bf-1","event":"dispatch","ts":"2026-08-06T02:09:15Z","worker":"echo"}"#,
    "\n",
);
const MORE: &str = concat!(
    r#"{"bead":"bf-1","event":"complete","ts":"2026-08-06T02:19:15Z","worker":"echo","outcome":"success","duration_ms":600000}"#,
    "\n",
);

/// A folder with a source, and the name of a destination in it.
struct Scratch {
    folder: tempfile::TempDir,
    source: &'static str,
    dest: &'static str,
}

fn scratch() -> Scratch {
    let scratch = Scratch {
        folder: tempfile::tempdir().unwrap(),
        source: "W.events.jsonl",
        dest: "out.jsonl",
    };
    scratch.put(ROWS.as_bytes());
    scratch
}

impl Scratch {
    fn put(&self, rows: &[u8]) {
        std::fs::write(self.folder.path().join(self.source), rows).unwrap();
    }

    fn written(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join(self.dest)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        run_in(self.folder.path(), args)
    }

    fn shown(&self, args: &[&str]) -> String {
        shown_in(self.folder.path(), args)
    }
}

// spec: IDEM-1
#[test]
fn importing_again_adds_nothing_and_a_grown_file_only_what_is_new() {
    let scratch = scratch();
    let args = ["-S", scratch.dest, "import", "auto", scratch.source];
    insta::assert_snapshot!(scratch.shown(&args));
    let first = scratch.written();
    insta::assert_snapshot!(scratch.shown(&args));
    assert_eq!(scratch.written(), first);
    scratch.put(format!("{ROWS}{MORE}").as_bytes());
    assert_eq!(code(&scratch.run(&args)), 0);
    let grown = scratch.written();
    assert!(grown.starts_with(&first) && grown.len() > first.len());
}

#[test]
fn a_dry_run_reports_and_writes_nothing() {
    let scratch = scratch();
    let output = scratch.run(&[
        "-S",
        scratch.dest,
        "import",
        "needle",
        scratch.source,
        "--dry-run",
        "--json",
    ]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["data"]["report"]["total"]["mapped"], 2);
    assert_eq!(report["data"]["dry_run"], true);
    assert!(!scratch.folder.path().join(scratch.dest).exists());
}

#[test]
fn a_bad_source_leaves_the_destination_as_it_was() {
    let scratch = scratch();
    let args = ["-S", scratch.dest, "import", "auto", scratch.source];
    assert_eq!(code(&scratch.run(&args)), 0);
    let before = scratch.written();
    for bytes in [
        &b""[..],
        b"\x00\x01",
        b"prose\n",
        &std::fs::read(root().join(EXAMPLE)).unwrap(),
    ] {
        scratch.put(bytes);
        insta::assert_snapshot!(scratch.shown(&args));
        assert_eq!(scratch.written(), before);
    }
    let missing = ["-S", scratch.dest, "import", "auto", "no-such-file.jsonl"];
    assert_eq!(code(&scratch.run(&missing)), 3);
}

#[test]
fn a_wrong_format_or_another_mission_is_refused() {
    let scratch = scratch();
    let wrong = ["-S", scratch.dest, "import", "beads", scratch.source];
    insta::assert_snapshot!(scratch.shown(&wrong));
    assert_eq!(
        code(&scratch.run(&["-S", scratch.dest, "import", "auto", scratch.source])),
        0
    );
    let other = [
        "-S",
        scratch.dest,
        "-m",
        "other",
        "import",
        "auto",
        scratch.source,
    ];
    insta::assert_snapshot!(scratch.shown(&other));
    let foreign = ["-S", scratch.source, "import", "auto", scratch.source];
    insta::assert_snapshot!(scratch.shown(&foreign));
    insta::assert_snapshot!(scratch.shown(&["import", "auto", scratch.source]));
}

#[test]
fn records_can_go_to_standard_output() {
    let scratch = scratch();
    let to_stdout = scratch.run(&["-S", "-", "import", "auto", scratch.source]);
    assert_eq!(
        code(&scratch.run(&["-S", scratch.dest, "import", "auto", scratch.source])),
        0
    );
    assert_eq!(to_stdout.stdout, scratch.written());
    let report = String::from_utf8(to_stdout.stderr).unwrap();
    assert!(report.contains("2 read: 2 mapped"), "{report}");
    let piped = run_with_input(
        &["-S", "-", "-m", "W", "import", "auto", "-"],
        ROWS.as_bytes(),
    );
    assert_eq!(piped.stdout, to_stdout.stdout);
}

#[test]
fn a_malformed_row_is_reported_by_its_line() {
    let scratch = scratch();
    scratch.put(format!("{ROWS}{{\"bead\":\n{MORE}").as_bytes());
    insta::assert_snapshot!(scratch.shown(&["-S", scratch.dest, "import", "auto", scratch.source]));
}
