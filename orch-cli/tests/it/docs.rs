//! What the documentation shows in another language works.

use std::io::Write as _;
use std::process::Command;

use crate::support::{root, run_in};

#[test]
fn a_store_is_checked_by_the_program_that_the_docs_show() {
    if Command::new("python3").arg("--version").output().is_err() {
        let said = writeln!(std::io::stderr(), "skipped: no python3");
        said.unwrap();
        return;
    }
    let page = std::fs::read_to_string(root().join("docs/store.md")).unwrap();
    let program = page.split("```python\n").nth(1).unwrap();
    let program = program.split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let orch = |args: &[&str]| {
        let output = run_in(folder.path(), args);
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    orch(&["init"]);
    orch(&["mission", "new", "m"]);
    orch(&["add", "a task"]);
    let check = || {
        let mut python = Command::new("python3");
        python
            .args(["-c", program])
            .arg(folder.path().join(".orch"));
        python.output().unwrap()
    };
    let told = String::from_utf8(check().stdout).unwrap();
    let chain = orch(&["store", "verify", "--field", "data.chain"]);
    let wanted = format!("2 records, 0 lines behind the last commit, chain {chain}");
    assert_eq!(told, wanted);
    // It notices what ours does.
    let segment = folder
        .path()
        .join(".orch/journal/00000000000000000001.jsonl");
    let bytes = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, bytes.replace("a task", "a tusk")).unwrap();
    assert!(!check().status.success());
    assert!(!run_in(folder.path(), &["store", "verify"]).status.success());
}

#[test]
fn a_segment_is_read_as_a_plain_journal() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["init"][..], &["mission", "new", "m"], &["add", "a task"]] {
        assert!(run_in(folder.path(), args).status.success());
    }
    let segment = ".orch/journal/00000000000000000001.jsonl";
    let path = folder.path().join(segment);
    // Damaged: the store refuses to be read, its lines can be.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("a task", "a tusk")).unwrap();
    assert_eq!(run_in(folder.path(), &["log"]).status.code(), Some(7));
    let output = run_in(folder.path(), &["-S", segment, "log", "--json"]);
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["data"]["total"], 2);
    assert_eq!(log["warnings"], serde_json::json!([]));
}

#[test]
fn golden_logs_are_checked_by_the_program_that_their_page_shows() {
    if Command::new("python3").arg("--version").output().is_err() {
        let said = writeln!(std::io::stderr(), "skipped: no python3");
        said.unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = run_in(folder.path(), &["vectors", "golden"]);
    assert!(output.status.success());
    let golden = folder.path().join("golden");
    let page = std::fs::read_to_string(golden.join("README.md")).unwrap();
    let program = page.split("```python\n").nth(1).unwrap();
    let program = program.split("```").next().unwrap();
    let check = || {
        let mut python = Command::new("python3");
        python.args(["-c", program]).arg(&golden).output().unwrap()
    };
    let told = check();
    let said = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{said}");
    assert!(
        String::from_utf8(told.stdout)
            .unwrap()
            .ends_with("records as expected\n")
    );
    // It notices another state.
    let index: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden.join("index.json")).unwrap()).unwrap();
    let first = index["logs"][0]["name"].as_str().unwrap();
    let path = golden.join("logs").join(format!("{first}.expected.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"open\"", "\"done\"")).unwrap();
    assert!(!check().status.success());
}
