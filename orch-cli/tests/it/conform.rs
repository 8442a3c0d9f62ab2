//! Programs in other languages, held against the laws of a machine: real processes.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{code, orch, root, run_in};

/// Whether a program is there; says so when it is not.
fn is_there(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        // Written to the handle: the test runner would keep what is printed to itself.
        let said = writeln!(std::io::stderr(), "skipped: no {program}");
        said.unwrap();
    }
    is_there
}

fn example(name: &str) -> String {
    let path = root().join("examples/conform").join(name);
    path.to_str().unwrap().to_owned()
}

/// Holds a program against the laws, in a folder of its own.
fn conform(folder: &Path, flags: &[&str], program: &[&str]) -> Output {
    let args = [&["conform"], flags, &["--"], program].concat();
    // Where programs are found is the one thing that they take over from here.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut orch = orch(&args);
    orch.current_dir(folder).env("PATH", path).output().unwrap()
}

fn data(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    let value: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| said)
        .unwrap();
    value["data"].clone()
}

/// The names of the laws that came out in one way.
fn laws<'a>(data: &'a Value, outcome: &str) -> Vec<&'a str> {
    let laws = data["laws"].as_array().unwrap().iter();
    let of = laws.filter(|law| law["outcome"] == outcome);
    of.map(|law| law["name"].as_str().unwrap()).collect()
}

#[test]
fn a_program_in_python_holds_what_it_claims() {
    if !is_there("python3") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let tiny = example("tiny.py");
    let output = conform(
        folder.path(),
        &["--json", "--cases", "30"],
        &["python3", &tiny],
    );
    let data = data(&output);
    assert_eq!(code(&output), 0, "{data:#}");
    assert_eq!(laws(&data, "broken"), [""; 0]);
    let held = laws(&data, "held");
    for law in [
        "FENCE",
        "HANDOFF_GATE",
        "DUP_NOOP",
        "FOLD_SPLIT",
        "ISOLATION",
        "REFERENCE",
    ] {
        assert!(held.contains(&law), "{held:?}");
    }
    assert!(laws(&data, "not claimed").contains(&"COMPLETE_LEDGER"));
    assert!(
        !folder.path().join("orch-conform").exists(),
        "nothing was broken"
    );
}

#[test]
fn a_program_in_shell_holds_what_it_claims() {
    let folder = TempDir::new().unwrap();
    let output = conform(
        folder.path(),
        &["--json", "--cases", "20"],
        &["sh", &example("tiny.sh")],
    );
    let data = data(&output);
    assert_eq!(code(&output), 0, "{data:#}");
    assert!(laws(&data, "held").contains(&"OUTPUT_IS_NOT_DONE"));
}

/// The law that each fault of the examples must break.
#[test]
fn a_fault_is_caught_by_the_law_that_it_breaks() {
    let has_python = is_there("python3");
    for (program, name, fault, law) in [
        ("python3", "tiny.py", "late", "FENCE"),
        ("python3", "tiny.py", "partial", "HANDOFF_GATE"),
        ("sh", "tiny.sh", "eager", "OUTPUT_IS_NOT_DONE"),
    ] {
        if program == "python3" && !has_python {
            continue;
        }
        let folder = TempDir::new().unwrap();
        let command = [program, &example(name), fault];
        let flags = ["--json", "--cases", "12", "--law", law];
        let output = conform(folder.path(), &flags, &command);
        let found = data(&output);
        assert_eq!(code(&output), 13, "{found:#}");
        assert_eq!(laws(&found, "broken"), [law]);
        // The log is a journal that can be looked at, and as short as the fault allows.
        let history = found["laws"][0]["history"].as_str().unwrap();
        let replay = run_in(folder.path(), &["-S", history, "replay", "--json"]);
        assert_eq!(code(&replay), 0);
        let replayed = data(&replay)["summary"]["records"].clone();
        assert!(replayed.as_u64().unwrap() <= 6, "{replayed} records");
        // The line that is told finds it again.
        let again = found["laws"][0]["again"].as_str().unwrap();
        let words: Vec<&str> = again.split(' ').skip(1).collect();
        let (flags, command) =
            words[1..].split_at(words.iter().position(|it| *it == "--").unwrap() - 1);
        let again = conform(folder.path(), flags, &command[1..]);
        assert_eq!(code(&again), 13, "{words:?}");
    }
}

#[test]
fn the_report_is_told_in_words() {
    let folder = TempDir::new().unwrap();
    let flags = [
        "--cases",
        "2",
        "--law",
        "OUTPUT_IS_NOT_DONE",
        "--law",
        "PHASE_ORDER",
    ];
    let output = conform(folder.path(), &flags, &["sh", &example("tiny.sh"), "eager"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let told = told.replace(&example("tiny.sh"), "tiny.sh");
    assert!(told.starts_with("tiny.sh: 0 laws held, 1 broken"), "{told}");
    assert!(told.contains("attempt_started made"), "{told}");
    assert!(
        told.contains("orch -S orch-conform/output_is_not_done-tiny-sh-1/history.jsonl replay"),
        "{told}"
    );
    assert!(told.contains("PHASE_ORDER"), "{told}");
}

#[test]
fn the_report_is_written_where_it_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let output = conform(
        folder.path(),
        &["--cases", "2", "--into", "found"],
        &["sh", &example("tiny.sh")],
    );
    assert_eq!(code(&output), 0);
    let json = std::fs::read(folder.path().join("found/orch-conformance.json")).unwrap();
    let report: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(report["machine"], "tiny.sh");
    let table = std::fs::read_to_string(folder.path().join("found/orch-conformance.md")).unwrap();
    assert!(table.contains("| `REFERENCE` |"), "{table}");
}

/// Greets as it should, answers resets, and does something else on the first record.
fn on_the_first_record(does: &str) -> String {
    let hello = r#"{"protocol":1,"name":"odd","claims":{"shows":["tasks.status"]}}"#;
    format!(
        "while IFS= read -r line; do case $line in \
         *hello*) echo '{hello}' ;; *reset*) echo '{{\"ok\":true}}' ;; *) {does} ;; esac; done"
    )
}

/// What a program does instead of answering, and what is said about it.
const ODD: &[(&str, &str)] = &[
    (
        "echo bye >&2; exit 7",
        "it ended (exit status: 7) without an answer",
    ),
    ("exec sleep 60", "it does not answer within 500ms"),
    ("echo hello there", "line 3 of its output is no answer"),
    ("echo '{\"state\":{\"task\":1}}'", "unknown field `task`"),
    (
        "echo '{\"error\":\"no idea\"}'",
        "says that it cannot do that: no idea",
    ),
    ("printf '\\377\\n'", "line 3 of its output is not UTF-8"),
    (
        "head -c 3000000 /dev/zero",
        "line 3 of its output is longer than 1048576 bytes",
    ),
    (
        "while :; do echo '{\"state\":{}}'; done",
        "was not asked for",
    ),
];

#[test]
fn a_program_that_dies_hangs_floods_or_talks_nonsense_is_an_error_that_names_the_line() {
    for (does, said) in ODD {
        let folder = TempDir::new().unwrap();
        let script = on_the_first_record(does);
        let flags = ["--cases", "1", "--timeout", "500ms", "--json"];
        let output = conform(folder.path(), &flags, &["sh", "-c", &script]);
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(code(&output), 1, "{does}: {error:#}");
        assert_eq!(error["code"], "program_failed");
        let evidence = error["evidence"].to_string();
        let text = format!("{} {evidence}", error["message"].as_str().unwrap());
        assert!(text.contains(said), "{does}: {text}");
        assert!(
            text.contains("of its input was {\\\"do\\\":\\\"apply\\\""),
            "{does}: {text}"
        );
        let hint = error["hint"].as_str().unwrap();
        let words: Vec<&str> = hint.split(' ').skip(1).collect();
        assert_eq!(code(&run_in(folder.path(), &words)), 0, "{hint}");
    }
}

#[test]
fn a_program_that_says_nothing_sensible_at_first_is_an_error() {
    let hello = |claims: &str| {
        format!(r#"read it; echo '{{"protocol":1,"name":"x","claims":{claims}}}'; cat"#)
    };
    let newer = r#"read it; echo '{"protocol":9,"name":"x","claims":{"shows":["phase"]}}'; cat"#;
    for (script, said) in [
        ("read it; exit 3".to_owned(), "it ended (exit status: 3)"),
        ("read it; echo hi; cat".to_owned(), "is no answer"),
        (newer.to_owned(), "speaks protocol 9, and this is 1"),
        (hello(r#"{"shows":[]}"#), "claims to show nothing"),
        (hello(r#"{"shows":["tasks.mood"]}"#), "tasks.mood"),
        (
            hello(r#"{"shows":["phase"],"kinds":{"brainwave":["*"]}}"#),
            "brainwave",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let output = conform(folder.path(), &["--json"], &["sh", "-c", &script]);
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(code(&output), 1, "{script}: {error:#}");
        assert!(
            error["message"].as_str().unwrap().contains(said),
            "{script}: {error:#}"
        );
    }
}

#[test]
fn a_law_that_there_is_not_is_an_error_that_names_the_nearest() {
    let output = run_in(&root(), &["conform", "--law", "FENC", "--", "cat"]);
    assert_eq!(code(&output), 3);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean FENCE?"), "{said}");
}

#[test]
fn the_laws_can_be_listed() {
    let output = run_in(&root(), &["conform", "--list", "--json"]);
    let listed = data(&output);
    let laws = listed["laws"].as_array().unwrap();
    let fence = laws.iter().find(|law| law["name"] == "FENCE").unwrap();
    assert_eq!(fence["needs"], serde_json::json!(["tasks.status"]));
}
