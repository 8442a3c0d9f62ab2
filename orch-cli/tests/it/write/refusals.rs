//! What is refused: the error as a program sees it, and a help line that works.

use crate::support::live::Live;
use crate::support::{code, run_suggested};

#[test]
fn a_refusal_names_its_rule_the_records_and_what_would_be_accepted() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    let error = live.error(5, "-A tess claim login");
    assert_eq!(error["schema"], "orch.error/1");
    assert_eq!(
        (&error["code"], &error["rule"]),
        (&"parallel_attempts".into(), &"FOLD-4".into())
    );
    assert_eq!(error["evidence"][0]["record"], 5);
    assert_eq!(
        (&error["retryable"], &error["retry"]),
        (&false.into(), &"on_change".into())
    );
    assert_eq!(error["docs"], "orch explain parallel_attempts");
}

/// What is refused after a mission was prepared, and whether the help line writes.
const REFUSED: &[(i32, &str, &str)] = &[
    (5, "", "agent register coder"),
    (5, "", "-A robin claim login"),
    (5, "", "dispatch login --to codr"),
    (5, "", "message codr hello"),
    (5, "", "close"),
    (5, "", "add again --id login"),
    (5, "", "shutdown coder --terminate"),
    (5, "", "-A coder start login"),
    (5, "", "dep add login login"),
    (5, "", "archive"),
    (5, "", "run finish run-9"),
    (5, "-A coder claim login", "-A tess claim login"),
    (5, "-A coder claim login", "-A tess start login"),
    (
        5,
        "-A coder claim login",
        "-A coder handoff login --status done --remaining tests",
    ),
    (5, "-A coder claim login", "-A tess skip login"),
    (5, "add x --dep login", "-A coder claim x"),
    (5, "cancel login", "-A coder claim login"),
    (2, "", "claim login"),
    (2, "-A coder claim login", "start login"),
    (2, "", "--at 1 note x"),
    (2, "", "note --file none"),
    (3, "", "skip nothing"),
    (3, "", "-m none note x"),
    (4, "add more --id login-2", "skip log"),
    (6, "note x --op k", "note y --op k"),
    (6, "", "note x --expect-seq 1"),
];

#[test]
fn every_refusal_ends_with_one_command_that_can_be_run() {
    for (exit, before, line) in REFUSED {
        let mut live = Live::with_task();
        if !before.is_empty() {
            live.ok(before);
        }
        let output = live.run(line);
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(code(&output), *exit, "{line}: {said}");
        let help = said.lines().filter_map(|line| line.strip_prefix("help: "));
        let [help] = help.collect::<Vec<&str>>()[..] else {
            panic!("{line}: {said}");
        };
        let ran = run_suggested(live.folder(), help);
        let told = String::from_utf8(ran.stderr.clone()).unwrap();
        assert_eq!(code(&ran), 0, "{line}: {help}: {told}");
    }
}

/// What is refused in one of two open missions.
const IN_ONE_OF_TWO: &[&str] = &[
    "gate waive login reviewer --reason x",
    "add x --dep x",
    "retry login",
    "skip nothing",
    "-A coder beat nothing",
    "dispatch login --to nobody",
    "beat login",
];

#[test]
fn a_help_line_names_the_mission_and_the_store_that_were_named() {
    for has_store in [false, true] {
        for line in IN_ONE_OF_TWO {
            let mut live = Live::with_task();
            live.ok("mission new other");
            let store = live.folder().join(".orch");
            let flags = if has_store {
                format!("-S {} -m auth", store.display())
            } else {
                "-m auth".to_owned()
            };
            let output = live.run(&format!("{flags} {line}"));
            let said = String::from_utf8(output.stderr.clone()).unwrap();
            assert_ne!(code(&output), 0, "{line}");
            let help = said.lines().find_map(|line| line.strip_prefix("help: "));
            let help = help.unwrap();
            assert!(help.contains(&flags), "{line}: {help}");
            assert_eq!(code(&run_suggested(live.folder(), help)), 0, "{help}");
        }
    }
}

#[test]
fn what_names_no_mission_is_suggested_again_with_one() {
    let mut live = Live::with_task();
    let next = live.json("mission new other")["next"][0].clone();
    assert_eq!(next, "orch -m other add 'a first task'");
    let hint = live.error(4, "add 'a task'")["hint"].clone();
    let hint = hint.as_str().unwrap();
    assert!(hint.starts_with("orch -m auth "), "{hint}");
    assert!(hint.ends_with("add 'a task' --json"), "{hint}");
    assert_eq!(code(&run_suggested(live.folder(), hint)), 0);
}

#[test]
fn what_is_suggested_about_an_id_that_looks_like_a_flag_can_be_run() {
    let mut live = Live::with_task();
    let mut lines = Vec::new();
    for line in [
        "add dash --id=-dash --dep login",
        "add dash --id=--json",
        "agent register -- -x",
        "dispatch --to=-x -- --json",
        "-A agent:-x start -- --json",
        "add more --id=-dash",
        "-A agent:-x claim -- -dash",
        "shutdown -- -x",
        "inbox agent:-x",
        "why -- -dash",
        "show -- -dash",
    ] {
        let output = live.run(line);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        for line in said.lines() {
            let line = line.trim_start();
            let line = ["next: ", "help: "]
                .iter()
                .find_map(|lead| line.strip_prefix(lead));
            lines.extend(line.map(str::to_owned));
        }
    }
    assert!(lines.len() > 6, "{lines:?}");
    for line in lines {
        let ran = run_suggested(live.folder(), &line);
        let told = String::from_utf8(ran.stderr.clone()).unwrap();
        // What was done since may be in the way of it; that it cannot be read never is.
        assert!(!matches!(code(&ran), 2 | 3), "{line}: {told}");
    }
}

/// What is refused after a mission was prepared, and the help line.
const MEANT: &[(&str, &str, &str)] = &[
    (
        "dispatch login --to coder",
        "-A coder claim login",
        "orch -A coder start login --attempt 1",
    ),
    (
        "dispatch login --to coder; -A coder start login",
        "-A coder claim login",
        "orch -A coder beat login --attempt 1",
    ),
    ("", "message zzz hello", "orch agent list"),
    (
        "-A coder claim login",
        "rebind login --to ghost --reason x",
        "orch agent list",
    ),
    ("", "dep add login login", "orch explain dep_cycle"),
    (
        "correct amend login --gate tester --reason x; agent register rob; \
         -A coder claim login; -A coder handoff login --status done; \
         gate request login tester --to tess",
        "-A rob gate pass login tester",
        "orch -A tess gate pass login tester --attempt 1",
    ),
    (
        "correct amend login --gate tester --reason x; -A coder claim login; \
         -A coder handoff login --status done; gate request login tester --to tess",
        "-A tess gate pass login tester --revision 4f1c2e",
        "orch -A tess gate pass login tester --attempt 1",
    ),
];

#[test]
fn a_help_line_is_what_was_most_likely_meant() {
    for (before, line, help) in MEANT {
        let mut live = Live::with_task();
        for line in before.split("; ").filter(|line| !line.is_empty()) {
            live.ok(line);
        }
        let error = live.error(5, line);
        assert_eq!(error["hint"], *help, "{line}: {error}");
    }
}
