//! The examples of the manuals are run as they are shown.

use std::path::Path;
use std::process::Command;

use crate::support::{code, orch, root, run_in};

/// Commands that read, whose example is about the journal that comes with orch.
const READS: &[&str] = &[
    "status", "why", "why-not", "log", "show", "ready", "next", "blocked", "prime", "problems",
    "progress", "missions", "replay", "bisect", "diff", "blame", "timeline", "what-if",
];

/// The examples of one story, in the order in which they happen in a new store.
const STORY: &[&str] = &[
    "init",
    "add",
    "agent register",
    "agent list",
    "agent show",
    "inbox",
    "claim",
    "start",
    "beat",
    "message",
    "note",
    "handoff",
    "gate request",
    "gate pass",
    "store info",
    "store verify",
    "validate",
    "wait",
];

/// Returns the example of a command, as its manual shows it.
fn example_of(command: &str) -> String {
    let words: Vec<&str> = std::iter::once("help").chain(command.split(' ')).collect();
    let output = run_in(&root(), &words);
    let page = String::from_utf8(output.stdout).unwrap();
    let example = page.lines().find_map(|line| line.strip_prefix("Example: "));
    assert!(example.is_some(), "{command}: {page}");
    example.unwrap().to_owned()
}

/// Runs a line as a shell does, with `orch` being the one that is tested.
fn run_line(folder: &Path, line: &str) -> i32 {
    let program = orch(&[]).get_program().to_owned();
    let path = Path::new(&program).parent().unwrap().as_os_str().to_owned();
    let mut shell = Command::new("sh");
    let old = std::env::var_os("PATH").unwrap_or_default();
    let path = [path.as_os_str(), old.as_os_str()].join(std::ffi::OsStr::new(":"));
    shell
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path);
    for name in ["ORCH_STORE", "ORCH_MISSION", "ORCH_ACTOR", "ORCH_ATTEMPT"] {
        shell.env_remove(name);
    }
    code(&shell.output().unwrap())
}

#[test]
fn the_examples_that_read_work_on_the_journal_that_comes_with_orch() {
    for command in READS {
        let line = example_of(command);
        assert!(line.contains("examples/stuck-mission.jsonl"), "{line}");
        // In a mission that is stuck, nothing can be handed out.
        let wanted = if *command == "next" { 14 } else { 0 };
        assert_eq!(run_line(&root(), &line), wanted, "{line}");
    }
}

#[test]
fn the_examples_that_write_tell_one_story_that_can_be_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| assert_eq!(run_line(folder.path(), line), 0, "{line}");
    for command in STORY {
        if *command == "gate request" {
            run("orch agent register tess");
        }
        run(&example_of(command));
    }
    // What comes after the check is whatever the reader has.
    run(&example_of("check").replace("&& deploy", "&& true"));
}
