//! Imports that would be in each other's way, and destinations that must not be touched.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

use crate::support::{code, orch, run_in, run_suggested, shown_in};

/// Writes a foreign journal with so many tasks.
fn source(folder: &Path, name: &str, n_tasks: usize) {
    let mut rows = String::new();
    for n in 0..n_tasks {
        writeln!(
            rows,
            r#"{{"bead":"{name}-{n}","event":"dispatch","ts":"2026-08-06T02:09:14Z","worker":"{name}"}}"#
        )
        .unwrap();
    }
    fs::write(folder.join(format!("{name}.jsonl")), rows).unwrap();
}

#[test]
fn imports_at_once_into_one_destination_lose_nothing() {
    const N_TASKS: usize = 200;
    let names = ["ash", "elm", "fir", "oak"];
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        source(folder.path(), name, N_TASKS);
    }
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            let from = format!("{name}.jsonl");
            let args = ["-S", "out.jsonl", "-m", "M", "import", "auto", &from];
            let mut command = orch(&args);
            command.current_dir(folder.path());
            command.stdout(std::process::Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let text = fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
    let records = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let records: Vec<_> = records.collect();
    let tasks: BTreeSet<&str> = records
        .iter()
        .filter_map(|record| record["data"]["task"].as_str())
        .collect();
    assert_eq!(tasks.len(), names.len() * N_TASKS);
    let seqs = records.iter().map(|record| record["seq"].as_u64().unwrap());
    assert!(seqs.eq(1..=records.len() as u64));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn what_a_killed_import_left_behind_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    source(folder.path(), "ash", 1);
    let left = folder.path().join(".out.jsonl.tmp");
    fs::write(&left, "half a record").unwrap();
    let args = ["-S", "out.jsonl", "import", "auto", "ash.jsonl"];
    assert_eq!(code(&run_in(folder.path(), &args)), 0);
    assert!(!left.exists());
    // Nor does a link lead the import astray.
    #[cfg(unix)]
    {
        let other = folder.path().join("other.txt");
        fs::write(&other, "precious").unwrap();
        std::os::unix::fs::symlink(&other, &left).unwrap();
        let export = ["-S", "out.jsonl", "export", "jsonl", "copy.jsonl"];
        assert_eq!(code(&run_in(folder.path(), &export)), 0);
        source(folder.path(), "ash", 2);
        assert_eq!(code(&run_in(folder.path(), &args)), 0);
        assert_eq!(fs::read_to_string(other).unwrap(), "precious");
    }
}

#[cfg(unix)]
#[test]
fn a_destination_that_is_being_written_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    source(folder.path(), "ash", 1);
    let args = [
        "-S",
        "out.jsonl",
        "--lock-timeout",
        "10ms",
        "import",
        "auto",
        "ash.jsonl",
    ];
    let held = File::open(folder.path()).unwrap();
    held.try_lock().unwrap();
    insta::assert_snapshot!(shown_in(folder.path(), &args));
    let json = run_in(folder.path(), &[&args[..], &["--json"]].concat());
    let error: serde_json::Value = serde_json::from_slice(&json.stderr).unwrap();
    assert_eq!(
        (&error["exit"], &error["retryable"]),
        (&75.into(), &true.into())
    );
    // To look what an import would do needs no turn.
    let dry = run_in(folder.path(), &[&args[..], &["--dry-run"]].concat());
    assert_eq!(code(&dry), 0);
    drop(held);
    let again = error["hint"].as_str().unwrap();
    assert_eq!(code(&run_suggested(folder.path(), again)), 0);
}

#[test]
fn a_destination_that_may_not_be_written_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    source(folder.path(), "ash", 1);
    let args = ["-S", "out.jsonl", "import", "auto", "ash.jsonl"];
    assert_eq!(code(&run_in(folder.path(), &args)), 0);
    let dest = folder.path().join("out.jsonl");
    let before = fs::read(&dest).unwrap();
    let mut protected = fs::metadata(&dest).unwrap().permissions();
    protected.set_readonly(true);
    fs::set_permissions(&dest, protected).unwrap();
    source(folder.path(), "ash", 2);
    insta::assert_snapshot!(shown_in(folder.path(), &args));
    let export = ["-S", "ash.jsonl", "export", "jsonl", "out.jsonl", "--force"];
    assert_eq!(code(&run_in(folder.path(), &export)), 1);
    assert_eq!(fs::read(&dest).unwrap(), before);
}

#[test]
fn commands_that_the_files_do_not_repeat_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["-S", "out.jsonl", "import", "auto", "issues.jsonl"];
    let issue = |status: &str| {
        format!(
            r#"{{"id":"w-1","title":"First","status":"{status}","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z","closed_at":"2026-01-02T00:00:00Z"}}"#
        )
    };
    let path = folder.path().join("issues.jsonl");
    fs::write(&path, issue("closed")).unwrap();
    let first = shown_in(folder.path(), &args);
    assert!(!first.contains("not in these files"), "{first}");
    fs::write(&path, issue("open")).unwrap();
    insta::assert_snapshot!(shown_in(folder.path(), &args));
}

#[test]
fn a_file_without_a_single_good_row_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "\n{\"bead\":\"b\",\"event\":\"e\",\"ts\":\"t\",\"worker\":\"w\"\n".repeat(12);
    fs::write(folder.path().join("bad.jsonl"), rows).unwrap();
    let import = ["-S", "out.jsonl", "import", "auto", "bad.jsonl"];
    insta::assert_snapshot!(shown_in(folder.path(), &import));
    assert!(!folder.path().join("out.jsonl").exists());
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "bad.jsonl", "-q", "status"]
    ));
}
