//! The words of an older tool.

use crate::support::code;
use crate::support::live::{Live, run_with};

#[test]
fn the_older_words_run_a_task_to_its_end() {
    let mut live = Live::with_task();
    live.ok("add 'the docs' --id docs");
    live.ok("add 'the tests' --id tests");
    assert_eq!(live.ok("start-run"), "run-1\n");
    live.ok("-A coder mark-started login");
    // Taken and started: doing it again changes nothing.
    assert_eq!(
        live.json("-A coder mark-started login")["data"]["outcome"],
        "no_change"
    );
    live.ok("-A coder mark-complete login --notes 'all of it'");
    assert_eq!(live.status_of("login"), "accepted");
    live.ok("-A coder mark-started tests");
    live.ok("-A coder mark-failed tests --error 'they do not pass' --not-retryable");
    live.ok("mark-skipped docs --reason 'no time'");
    assert_eq!(live.status_of("docs"), "skipped");
    let output = live.run("complete-run run-1 --completed 2 --failed 1");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(code(&output), 0);
    insta::assert_snapshot!(said);
}

#[test]
fn an_older_word_is_retried_under_its_key() {
    let mut live = Live::with_task();
    live.ok("-A coder mark-started login --op k1");
    assert_eq!(
        live.json("-A coder mark-started login --op k1")["data"]["outcome"],
        "already_done"
    );
    assert_eq!(live.ok("start-run --op k2"), "run-1\n");
    assert_eq!(live.ok("start-run --op k2"), "run-1\n");
}

#[test]
fn what_somebody_else_has_is_not_started() {
    let mut live = Live::with_task();
    live.ok("-A coder mark-started login");
    assert_eq!(
        live.error(5, "-A tess mark-started login")["code"],
        "parallel_attempts"
    );
}

#[test]
fn findings_are_written_and_read() {
    let mut live = Live::with_task();
    std::fs::write(live.folder().join("found.md"), "what was found\n").unwrap();
    live.ok("write-findings login --file found.md");
    let said = run_with(
        &live,
        "write-findings login --stdin",
        b"what else was found",
    );
    assert_eq!(code(&said), 0);
    // What says nothing is not kept as if it were something.
    assert_eq!(
        live.error(2, "write-findings login --stdin")["code"],
        "text_unusable"
    );
    insta::assert_snapshot!(live.shown("read-findings login"));
    live.error(2, "write-findings login");
}

#[test]
fn runs_have_ids_of_their_own() {
    let mut live = Live::with_task();
    live.ok("run start night");
    assert_eq!(live.error(5, "run start night")["code"], "run_exists");
    assert_eq!(live.json("run start")["data"]["result"]["run"], "run-2");
    live.ok("run finish night");
}
