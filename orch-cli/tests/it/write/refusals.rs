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
