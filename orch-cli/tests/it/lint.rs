//! `orch lint`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{code, json, run, samples, shown};

/// Where the logs lie that raise each lint.
const FIXTURES: &str = "orch-testkit/fixtures/lint";

fn fixture(name: &str) -> String {
    format!("{FIXTURES}/{name}.jsonl")
}

/// How many findings of each kind there are.
fn counts(answer: &Value) -> BTreeMap<&str, u64> {
    let kinds = answer["data"]["kinds"].as_array().unwrap();
    kinds
        .iter()
        .map(|kind| (kind["kind"].as_str().unwrap(), kind["n"].as_u64().unwrap()))
        .collect()
}

/// The tasks that were found under a kind.
fn tasks<'a>(answer: &'a Value, kind: &str) -> Vec<&'a str> {
    let findings = answer["data"]["findings"].as_array().unwrap();
    let found = findings.iter().filter(|finding| finding["kind"] == kind);
    found
        .map(|finding| finding["task"].as_str().unwrap())
        .collect()
}

#[test]
fn findings_are_listed_by_kind_with_their_records_and_tell_by_the_exit_code() {
    let log = fixture("several_workers");
    insta::assert_snapshot!(shown(&["-S", &log, "lint"]));
    insta::assert_snapshot!(shown(&["-S", &log, "lint", "--json"]));
    assert_eq!(code(&run(&["-S", &log, "lint", "--exit-status"])), 11);
    let clean = fixture("in_progress_though_completed");
    insta::assert_snapshot!(shown(&["-S", &clean, "lint", "--exit-status"]));
}

#[test]
fn a_log_is_compared_with_what_another_journal_says_about_its_tasks() {
    let (log, other) = (
        fixture("in_progress_though_completed"),
        fixture("in_progress_though_completed.against"),
    );
    insta::assert_snapshot!(shown(&["-S", &log, "lint", "--against", &other]));
}

#[test]
fn a_kind_or_all_kinds_of_a_rule_can_be_asked_for() {
    let log = fixture("dangling_need");
    let of = |words: &[&str]| {
        let args = [&["-S", &log, "lint", "--json"], words].concat();
        let answer = json(&args);
        counts(&answer)
            .into_keys()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let all = of(&[]);
    assert!(
        all.len() > 1 && all.contains(&"dangling_need".to_owned()),
        "{all:?}"
    );
    assert_eq!(of(&["--rule", "dangling-need"]), ["dangling_need"]);
    assert_eq!(of(&["--rule", "dep-3"]), ["dangling_need"]);
    assert_eq!(of(&["--min-count", "2"]), [""; 0]);
    insta::assert_snapshot!(shown(&["-S", &log, "lint", "--rule", "dangling_ned"]));
}

#[test]
fn every_lint_has_a_page() {
    insta::assert_snapshot!(shown(&["explain", "several_workers"]));
}

#[test]
fn the_seam_log_is_judged_as_an_independent_count_of_its_rows_judges_it() {
    let Some(folder) = samples() else {
        return;
    };
    let log = folder.join("needle/SEAM.events.jsonl");
    let answer = json(&["-S", log.to_str().unwrap(), "-q", "lint", "--json"]);
    // Counted from the rows by a script that shares nothing with orch.
    let expected = BTreeMap::from([
        ("dispatch_after_success", 275),
        // 21 dispatches beside an open one: 17 to the same worker again, 4 to another.
        ("parallel_attempts", 17),
        ("several_workers", 4),
        // Beads with five and more timeouts in a row.
        ("livelock", 4),
        // An end of nothing, and an end by a worker that was given another bead.
        ("lost_task_id", 2),
        ("silent_task", 1),
        ("clean_exit", 267),
        // Runs of ten and more equal claims of a bead, with nothing else about it in between.
        ("poll_loop", 129),
    ]);
    assert_eq!(counts(&answer), expected);
    let first = &answer["data"]["findings"][0];
    assert_eq!((&first["record"], &first["row"]), (&36.into(), &23.into()));
}

#[test]
fn the_seam_tracker_and_the_seam_log_contradict_each_other_about_these_beads() {
    let Some(folder) = samples() else {
        return;
    };
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (log, tracker) = (
        path("needle/SEAM.events.jsonl"),
        path("beads/SEAM.issues.jsonl"),
    );
    let answer = json(&["-S", &log, "-q", "lint", "--against", &tracker, "--json"]);
    // Of 194 beads that the tracker calls closed, the log has a success of 120. 72 were never
    // dispatched: 17 of them were closed before the log begins, which says nothing about them.
    let counts = counts(&answer);
    assert_eq!(counts["closed_without_work"], 55);
    // bf-54xah was dispatched by the last row, and closed six minutes after it: the log ends early.
    assert_eq!(tasks(&answer, "closed_on_dispatch"), ["bf-54xah"]);
    assert_eq!(tasks(&answer, "closed_on_timeout"), ["bf-1k0hf"]);
    assert_eq!(tasks(&answer, "in_progress_though_completed"), ["bf-6tunn"]);
    assert_eq!(
        tasks(&answer, "blocked_though_completed"),
        ["bf-2dlrp", "bf-2wg", "bf-2z1ww", "bf-7ryfu"]
    );
    assert_eq!(tasks(&answer, "open_though_completed"), ["bf-1c9u"]);
    assert_eq!(tasks(&answer, "closed_in_flight"), ["bf-19bc", "bf-grbr0"]);
    for kind in [
        "closed_though_unfinished",
        "open_in_flight",
        "untracked_task",
    ] {
        assert!(!counts.contains_key(kind), "{counts:?}");
    }
    let findings = answer["data"]["findings"].as_array().unwrap();
    let compared = findings.iter().filter(|one| !one["against_row"].is_null());
    assert!(
        compared
            .clone()
            .all(|one| one["cause"] == "store_divergence")
    );
    assert_eq!(compared.count(), 55 + 1 + 1 + 1 + 4 + 1 + 2);
}

#[test]
fn a_snapshot_alone_is_judged_by_what_it_tells() {
    let Some(folder) = samples() else {
        return;
    };
    // Each number was counted from the issues by a script of its own: closed while a need is open,
    // or at a time before it was closed; blocked by nothing; in progress and nobody named; closed
    // by another word; and a parent whose parts are all closed.
    for (name, expected) in [
        (
            "SEAM",
            vec![("closed_under_blocker", 3), ("stale_blocker", 5)],
        ),
        (
            "relay",
            vec![
                ("bare_handoff", 5),
                ("closed_under_blocker", 8 + 1),
                ("dep_cycle", 1),
                ("owner_unknown", 7),
            ],
        ),
        ("skyhook", vec![("parent_left_open", 1)]),
        ("beads_viewer", vec![]),
        (
            "compound-agent",
            vec![("closed_under_blocker", 12), ("owner_unknown", 1)],
        ),
    ] {
        let path = folder.join(format!("beads/{name}.issues.jsonl"));
        let answer = json(&["-S", path.to_str().unwrap(), "-q", "lint", "--json"]);
        assert_eq!(counts(&answer), BTreeMap::from_iter(expected), "{name}");
    }
}

#[test]
fn an_event_log_is_judged_by_what_its_rows_tell() {
    let Some(folder) = samples() else {
        return;
    };
    // Each finding was held against the rows of its bead: a close counts as one without work only
    // where the log tells the creation of the bead, and nobody taking it up before.
    for (name, expected) in [
        (
            "gastown",
            vec![
                ("closed_without_work", 97),
                ("dispatch_after_success", 9),
                ("duplicate_terminal", 124),
                ("lost_task_id", 8),
                ("poll_loop", 8),
                ("silent_task", 2),
                ("whole_hour_shift", 1),
            ],
        ),
        (
            "compound-agent",
            vec![
                ("closed_under_blocker", 9),
                ("closed_without_work", 40),
                ("duplicate_terminal", 6),
                ("owner_unknown", 5),
                ("whole_hour_shift", 1),
            ],
        ),
    ] {
        let path = folder.join(format!("beads/{name}.events.jsonl"));
        let answer = json(&["-S", path.to_str().unwrap(), "-q", "lint", "--json"]);
        assert_eq!(counts(&answer), BTreeMap::from_iter(expected), "{name}");
    }
}
