//! Small scopes, enumerated: what the invariants say holds in every state of them.

use orch_core::decide::{Context, Decision};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_testkit::agree::Agreement;
use orch_testkit::explore::{Counterexample, Observer, Report, Tier, explore, golden, scope};

fn told(report: &Report) -> String {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("explore");
    let write = |(scope, it): (&str, &Counterexample)| it.write(&folder, scope).unwrap();
    let files: Vec<String> = report
        .shortest()
        .map(|it| write(it).display().to_string())
        .collect();
    format!("{report}{}", files.join("\n"))
}

#[test]
fn every_state_of_a_small_scope_keeps_every_law() {
    let report = Report::on(Tier::Fast.scopes(0), &Agreement);
    assert!(report.holds(), "{}", told(&report));
    let known = std::fs::read_to_string(golden(Tier::Fast)).unwrap();
    // Changed knowingly only: run the example `explore` with `--fast --bless`.
    assert_eq!(report.fingerprint(), known, "the fingerprint has changed");
}

#[test]
fn two_enumerations_of_a_scope_have_the_same_fingerprint() {
    let print = || Report::on(vec![scope::deep(2)], &()).fingerprint();
    assert_eq!(print(), print());
}

/// Finds fault with whatever has gone a certain way, as an oracle that disagrees would.
struct Hates(&'static str);

impl Observer for Hates {
    fn look(&self, log: &[Record], mission: &Mission) -> Result<(), String> {
        assert_eq!(
            log.len() as u64,
            mission.head().0,
            "an observer sees the whole log"
        );
        match log.iter().find(|record| record.event().kind() == self.0) {
            Some(record) => Err(format!("there is a {} at {}", self.0, record.seq())),
            None => Ok(()),
        }
    }
}

#[test]
fn what_an_observer_finds_is_shown_by_the_shortest_log() {
    let space = explore(scope::deep(2), &Hates("progress"));
    let first = space.counterexamples.first().unwrap();
    let kinds: Vec<&str> = first
        .log
        .iter()
        .map(|record| record.event().kind())
        .collect();
    let shortest = [
        "mission_opened",
        "agent_joined",
        "agent_joined",
        "task_declared",
        "dispatched",
        "progress",
    ];
    assert_eq!(kinds, shortest);
    let lines: Vec<Record> = first
        .jsonl()
        .lines()
        .map(|line| Record::parse(line.as_bytes()).unwrap())
        .collect();
    assert_eq!(lines, first.log, "the file is the log");
}

#[test]
fn a_report_with_anything_missing_does_not_hold() {
    let report = Report::on(vec![scope::deep(1)], &());
    assert!(report.counterexamples.is_empty(), "{}", told(&report));
    assert!(!report.holds(), "one scope alone leaves much out");
    let missing = report.vacuous.join("\n");
    assert!(
        missing.contains("no close_mission was ever accepted"),
        "{missing}"
    );
    assert!(
        missing.contains("nothing was ever answered wip_full"),
        "{missing}"
    );
    assert!(
        missing.contains("COMPLETE_LEDGER never had anything to look at"),
        "{missing}"
    );
}

#[test]
fn the_first_command_of_the_diagnosis_finishes_a_mission_that_has_just_begun() {
    let mut world = scope::deep(0).roots.remove(0).world;
    let mut kinds = Vec::new();
    while world.mission.closed().is_none() {
        let diagnosis = world.mission.diagnose(world.now);
        let fix = diagnosis
            .causes
            .iter()
            .flat_map(|cause| &cause.fixes)
            .next()
            .unwrap();
        let context = Context::new(fix.by.clone(), world.now);
        let answer = world.mission.decide(&fix.command, &context);
        let Ok(Decision::Accepted { events, .. }) = answer else {
            panic!("{fix:?}: {answer:?}")
        };
        kinds.extend(events.iter().map(|event| event.kind().to_owned()));
        world.ask(&fix.by, &fix.command);
        assert!(kinds.len() < 20, "{kinds:?}");
    }
    assert_eq!(kinds.last().map(String::as_str), Some("mission_closed"));
    assert!(kinds.iter().any(|kind| kind == "handoff"), "{kinds:?}");
}
