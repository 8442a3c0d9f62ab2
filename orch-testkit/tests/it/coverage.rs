//! What a log exercises, counted.

use orch_core::coverage::{Cell, Coverage};
use orch_core::diagnosis::Cause;
use orch_core::ids::Seq;
use orch_core::lint::{Kind, Lint};
use orch_core::record::Record;
use orch_core::status::attempt::{AttemptEvent, AttemptStatus};
use orch_core::status::task::{TaskEvent, TaskStatus};

use orch_testkit::world::World;

use crate::lint::read;

fn coverage(name: &str) -> Coverage {
    let mut coverage = Coverage::new();
    for record in &read(name) {
        coverage.push(record);
    }
    coverage.finish()
}

#[test]
fn the_cells_are_those_that_the_records_entered() {
    let coverage = coverage("several_workers");
    let task = |status, event| coverage.cell(Cell::Task(status, event));
    let first = task(TaskStatus::Open, TaskEvent::Dispatched).unwrap();
    assert_eq!((first.n, first.first), (1, Seq(5)));
    // The second dispatch goes beside the first.
    let second = task(TaskStatus::Dispatched, TaskEvent::Dispatched).unwrap();
    assert_eq!((second.n, second.first), (1, Seq(6)));
    assert_eq!(task(TaskStatus::Open, TaskEvent::Started), None);
    let started = Cell::Attempt(AttemptStatus::Dispatched, AttemptEvent::Started);
    assert_eq!(coverage.cell(started), None);
}

#[test]
fn a_rule_is_covered_by_the_findings_that_name_it() {
    let coverage = coverage("several_workers");
    let seen = |id: &str| coverage.rules().find(|(rule, _)| rule.id == id).unwrap().1;
    assert_eq!(seen("FOLD-4").unwrap().first, Seq(6));
    assert_eq!(seen("ORDER-1"), None);
    let found = coverage.finding(Kind::Lint(Lint::SeveralWorkers)).unwrap();
    assert_eq!((found.n, found.first), (1, Seq(6)));
    assert_eq!(coverage.finding(Kind::Lint(Lint::PollLoop)), None);
    assert_eq!(coverage.kind("dispatched").unwrap().n, 2);
    assert_eq!(coverage.n_records(), 6);
}

#[test]
fn the_logs_of_the_lints_cover_every_rule_that_a_lint_names() {
    for lint in Lint::ALL.iter().filter(|lint| !lint.is_divergence()) {
        let coverage = coverage(lint.as_str());
        let rule = coverage.rules().find(|(rule, _)| rule.id == lint.rule());
        assert!(rule.unwrap().1.is_some(), "{}", lint.as_str());
    }
}

#[test]
fn causes_and_kinds_that_nobody_knows_are_counted_with_their_first_record() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.dispatch("t1", "a");
    let mut coverage = Coverage::new();
    for record in &world.records {
        coverage.push(record);
    }
    let line = br#"{"v":1,"seq":5,"id":"00000000-0000-0000-0000-000000000009","at":"2026-11-20T08:00:00Z","mission":"auth","by":"host","kind":"weather","data":{}}"#;
    coverage.push(&Record::parse(line).unwrap());
    let coverage = coverage.finish();
    let unknown: Vec<_> = coverage.unknown_kinds().collect();
    assert_eq!(unknown.len(), 1);
    assert_eq!((unknown[0].0, unknown[0].1.first), ("weather", Seq(5)));
    let waiting = coverage.cause(Cause::DispatchedNotStarted).unwrap();
    assert_eq!(waiting.first, Seq(4));
    assert_eq!(coverage.cause(Cause::DepCycle), None);
}
