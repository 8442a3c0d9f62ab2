//! Every cause has a log that raises it, and one that differs in a single record and does not.
//!
//! The logs are files in `fixtures/causes`; `ORCH_UPDATE_DOCS=1` writes them anew.

mod logs;

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::diagnosis::{Blocker, Cause, Severity};
use orch_core::event::Event;
use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::record::{Batch, Record, read_lines};
use uuid::Uuid;

/// How many first fixes may be needed to clear a cause: to give a task to somebody who joins first,
/// and to bring it to its end.
const STEPS_MAX: usize = 8;

fn path(cause: Cause, is_near: bool) -> PathBuf {
    let near = if is_near { ".near" } else { "" };
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/causes")
        .join(format!("{cause}{near}.jsonl"))
}

fn text(cause: Cause, is_near: bool) -> String {
    let world = logs::tell(cause, is_near);
    let mut lines = String::new();
    for record in &world.records {
        lines.push_str(record.as_line());
        lines.push('\n');
    }
    if cause == Cause::OwnerUnknown && !is_near {
        let gap = r#""source":{"gaps":["assignee"]},"kind":"dispatched""#;
        return lines.replace(r#""kind":"dispatched""#, gap);
    }
    lines
}

/// A fixture, which is a file that the test has made or found the same.
fn records(cause: Cause, is_near: bool) -> Vec<Record> {
    let (path, text) = (path(cause, is_near), text(cause, is_near));
    if std::env::var_os("ORCH_UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found,
        text,
        "{}: write it with ORCH_UPDATE_DOCS=1",
        path.display()
    );
    let read = read_lines(text.as_bytes());
    assert!(read.bad.is_empty(), "{:?}", read.bad);
    read.records
}

/// A mission and the time of its last record.
fn folded(records: &[Record]) -> (Mission, DateTime<Utc>) {
    let mission = Mission::fold(records);
    let now = mission.head_at().unwrap();
    (mission, now)
}

/// The blockers of a cause: of the mission as a whole, and of each task down its chains.
fn raised(mission: &Mission, cause: Cause, now: DateTime<Utc>) -> Vec<Blocker> {
    let mut found = mission.diagnose(now).causes;
    for task in mission.tasks() {
        found.extend(mission.why(task.id(), now).unwrap().concat());
    }
    found.retain(|it| it.cause == cause);
    found
}

/// What can be done about a cause now: its first fix, or that of what its task waits for.
fn step(mission: &mut Mission, cause: Cause, task: Option<&TaskId>, now: DateTime<Utc>) {
    let found = raised(mission, cause, now);
    let blocker = found.iter().find(|it| it.task.as_ref() == task).unwrap();
    let mut ends = blocker
        .task
        .iter()
        .flat_map(|task| mission.why(task, now).unwrap());
    let end = ends.find_map(|mut chain| chain.pop());
    let fix = blocker
        .fixes
        .first()
        .cloned()
        .or_else(|| end?.fixes.first().cloned());
    let fix = fix.unwrap_or_else(|| panic!("nothing clears {blocker:#?}"));
    let decision = mission.decide(&fix.command, &Context::new(fix.by.clone(), now));
    let Ok(Decision::Accepted { events, .. }) = decision else {
        panic!("{fix:#?} of {cause} was not accepted: {decision:#?}");
    };
    let batch = Batch {
        mission: mission.id().unwrap().clone(),
        head: mission.head(),
        at: now,
        by: fix.by,
        command: None,
        request: None,
        cause: None,
    };
    let head = u128::from(mission.head().0);
    for record in batch.seal(events, || Uuid::from_u128(head + 1)).unwrap() {
        mission.apply(&record);
    }
}

/// A record as far as two logs are compared: who says what.
fn said(record: &Record) -> (String, Event, bool) {
    let envelope = record.envelope();
    (
        envelope.by.to_string(),
        record.event().clone(),
        envelope.source.is_some(),
    )
}

/// How many records two logs have in common, at their beginning and at their end.
fn shared(a: &[Record], b: &[Record]) -> usize {
    let is_same = |(a, b): &(&Record, &Record)| said(a) == said(b);
    let first = a.iter().zip(b).take_while(is_same).count();
    let rest = (&a[first..], &b[first..]);
    let last = rest
        .0
        .iter()
        .rev()
        .zip(rest.1.iter().rev())
        .take_while(is_same)
        .count();
    first + last
}

// spec: FOLD-3
#[test]
fn every_cause_is_raised_by_its_log_and_not_by_the_one_beside_it() {
    for &cause in Cause::ALL {
        let (log, near) = (records(cause, false), records(cause, true));
        let (mission, now) = folded(&log);
        let found = raised(&mission, cause, now);
        assert!(!found.is_empty(), "{cause}: {:#?}", mission.diagnose(now));
        let first_time = now - TimeDelta::days(1);
        for blocker in &found {
            assert!(
                cause.confidences().contains(&blocker.confidence),
                "{blocker:#?}"
            );
            assert!(
                !blocker.because.is_empty() || mission.id().is_none(),
                "{blocker:#?}"
            );
            assert!(blocker.since.at > first_time && blocker.since.seq <= mission.head());
            assert!(
                blocker.because.iter().all(|seq| *seq <= mission.head()),
                "{blocker:#?}"
            );
            assert_eq!(blocker.is_moving(), cause.severity() == Severity::Moving);
        }
        let (other, now) = folded(&near);
        let found = raised(&other, cause, now);
        assert!(
            found.is_empty(),
            "{cause} is raised beside its log: {found:#?}"
        );
    }
}

// spec: FOLD-3
#[test]
fn the_log_beside_that_of_a_cause_differs_from_it_in_one_record() {
    for &cause in Cause::ALL {
        let (log, near) = (records(cause, false), records(cause, true));
        assert_eq!(
            shared(&log, &near) + 1,
            log.len().max(near.len()),
            "{cause}"
        );
        assert!(log.len().abs_diff(near.len()) <= 1, "{cause}");
    }
}

// spec: DECIDE-3
#[test]
fn the_first_fix_of_every_cause_is_accepted_and_clears_it() {
    for &cause in Cause::ALL {
        let (mut mission, mut now) = folded(&records(cause, false));
        let task = raised(&mission, cause, now)[0].task.clone();
        let is_raised =
            |mission: &Mission, now| raised(mission, cause, now).iter().any(|it| it.task == task);
        let mut n_steps = 0;
        while is_raised(&mission, now) {
            assert!(
                n_steps < STEPS_MAX,
                "{cause} stands: {:#?}",
                mission.diagnose(now)
            );
            step(&mut mission, cause, task.as_ref(), now);
            now += TimeDelta::seconds(1);
            n_steps += 1;
        }
    }
}

// spec: DECIDE-3
#[test]
fn what_would_clear_each_cause_and_who_may_ask_for_it() {
    let mut page = String::new();
    for &cause in Cause::ALL {
        let (mission, now) = folded(&records(cause, false));
        let mut found = raised(&mission, cause, now);
        found.dedup();
        for blocker in found {
            writeln!(page, "{cause}: {}", blocker.detail).unwrap();
            for fix in blocker.fixes {
                let command = serde_json::to_string(&fix.command).unwrap();
                writeln!(page, "  {}: {command}", fix.by).unwrap();
            }
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_cause_that_only_a_foreign_log_can_show_is_one_that_a_finding_tells() {
    for &cause in Cause::ALL {
        let log = records(cause, false);
        let is_told = log.iter().any(|record| {
            matches!(record.event(), Event::FindingRecorded(it) if it.title == cause.as_str())
        });
        assert_eq!(cause.is_told(), is_told, "{cause}");
    }
}

// spec: CORRECT-3
#[test]
fn a_divergence_is_ended_by_giving_the_task_to_whoever_carries_it() {
    let cause = Cause::OwnerTaskDivergence;
    let (mission, now) = folded(&records(cause, false));
    let diagnosis = mission.diagnose(now);
    let found = diagnosis.causes.first().unwrap();
    assert_eq!(found.cause, cause);
    let Command::Rebind(rebind) = &found.fixes[0].command else {
        panic!("{:#?}", found.fixes);
    };
    assert_eq!((rebind.task.as_str(), rebind.to.as_str()), ("t1", "b"));
}

#[test]
fn no_fixture_is_left_of_a_cause_that_is_no_more() {
    let folder = path(Cause::DepOpen, false);
    for entry in std::fs::read_dir(folder.parent().unwrap()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let word = name.trim_end_matches(".jsonl").trim_end_matches(".near");
        assert!(Cause::parse(word).is_some(), "{name}");
    }
}
