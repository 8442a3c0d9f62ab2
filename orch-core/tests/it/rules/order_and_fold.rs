//! The order of a log, and the fold: total, whatever the log holds.

use chrono::TimeDelta;
use orch_core::codes::Code;
use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::gate::Verdict;
use orch_core::event::mission::MissionOpened;
use orch_core::event::talk::MessageClass;
use orch_core::fold::Outcome;
use orch_core::history::History;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;

use crate::support::*;

/// A bit of everything: gates, talk, a failure, a correction and a shutdown.
pub(super) fn story() -> World {
    let mut world = World::new().agents(&["coder", "tester"]).tasks(&["model"]);
    world.declare_gated("api", &["test", "review"]);
    world.declare_after("ui", &["model", "api"]);
    world.finish("model", "coder");
    world.pass(1).start("api", "coder");
    let question = message(
        "agent:coder",
        "human:ada",
        MessageClass::Question,
        "which port?",
    );
    world.accepts(&by("coder"), orch_core::command::Command::Send(question));
    world.pass(1).hand("api", HandoffStatus::Failed);
    world.pass(5).finish("api", "coder");
    world.accepts(&lead(), request_gate("api", 2, "test", "agent:tester"));
    let again = decide_gate("api", 2, "test", "agent:tester", Verdict::ChangesRequested);
    world.accepts(&by("tester"), again);
    let stop = super::shutdown("tester", orch_core::event::agent::ShutdownStage::Requested);
    world.accepts(&lead(), stop);
    world
}

/// The same log with other envelopes.
fn resealed(records: &[Record], change: impl Fn(&mut orch_core::record::Envelope)) -> Vec<Record> {
    let seal = |record: &Record| {
        let mut envelope = record.envelope().clone();
        change(&mut envelope);
        Record::seal(envelope, record.event().clone()).unwrap()
    };
    records.iter().map(seal).collect()
}

fn outline(mission: &Mission) -> Vec<String> {
    let line = |it: orch_core::view::TaskView<'_>| {
        let gates: Vec<_> = it.gates().map(|gate| gate.status()).collect();
        let since = it.since().seq;
        format!(
            "{} {} {since} {:?} {gates:?} {:?}",
            it.id(),
            it.status(),
            it.owner(),
            it.counters()
        )
    };
    mission.tasks().map(line).collect()
}

// spec: ORDER-1
#[test]
fn times_that_are_off_by_whole_hours_or_all_the_same_change_no_state() {
    let world = story();
    let shifted = resealed(&world.records, |envelope| {
        let hours = i64::try_from(envelope.seq.0 % 5).unwrap() - 2;
        envelope.at += TimeDelta::hours(hours);
    });
    let level = resealed(&world.records, |envelope| envelope.at = epoch());
    for records in [shifted, level] {
        let mission = Mission::fold(&records);
        assert_eq!(outline(&mission), outline(&world.mission));
        let marks: Vec<Code> = mission.anomalies().iter().map(|it| it.code).collect();
        // A backoff is measured in time, so a clock that lies can make a dispatch look early.
        assert!(
            marks.iter().all(|code| *code == Code::RetryWait),
            "{marks:?}"
        );
    }
}

// spec: ORDER-1
#[test]
fn looking_back_to_a_time_stops_before_the_first_later_record_even_if_clocks_jump_back() {
    let world = story();
    let jumps = resealed(&world.records, |envelope| {
        let hours = if envelope.seq == Seq(4) { 3 } else { 0 };
        envelope.at += TimeDelta::hours(hours);
    });
    let history = History::new(jumps);
    assert_eq!(history.at_time(epoch() + TimeDelta::hours(1)), Seq(3));
    assert_eq!(
        history.at_time(epoch() + TimeDelta::hours(9)),
        world.mission.head()
    );
    assert_eq!(history.at_time(epoch() - TimeDelta::hours(1)), Seq::ZERO);
}

// spec: ORDER-1
#[test]
fn a_gap_is_marked_and_a_repeated_position_is_ignored() {
    let mut records = story().records;
    let twice = records[5].clone();
    records.push(twice);
    records.remove(3);
    let mission = Mission::fold(&records);
    let marks: Vec<_> = mission
        .anomalies()
        .iter()
        .map(|it| (it.code, it.seq))
        .collect();
    assert_eq!(marks.first(), Some(&(Code::SeqGap, Seq(5))));
    assert_eq!(marks.last(), Some(&(Code::DuplicateRecord, Seq(6))));
    assert_eq!(mission.head(), story().mission.head());
}

// spec: FOLD-1
#[test]
fn a_log_with_any_record_missing_or_any_two_swapped_still_folds() {
    let records = story().records;
    let fold = |events: Vec<Record>| {
        let mut seq = Seq::ZERO;
        let mut mission = Mission::new();
        for record in events {
            seq = seq.next();
            let mut envelope = record.envelope().clone();
            envelope.seq = seq;
            mission.apply(&Record::seal(envelope, record.event().clone()).unwrap());
        }
        assert_eq!(mission.head(), seq);
        mission
    };
    for i in 0..records.len() {
        let mut without = records.clone();
        without.remove(i);
        fold(without);
        for j in 0..i {
            let mut swapped = records.clone();
            swapped.swap(i, j);
            fold(swapped);
        }
    }
    let backwards = fold(records.iter().rev().cloned().collect());
    assert!(
        backwards
            .anomalies()
            .iter()
            .any(|it| it.code == Code::NotOpened)
    );
}

// spec: FOLD-1
#[test]
fn what_cannot_be_read_or_is_not_known_is_kept_and_counted_and_changes_nothing() {
    let mut world = story();
    let before = outline(&world.mission);
    let odd = |kind: &str| (kind.into(), r#"{"task":["not an id"]}"#.into());
    let (kind, data) = odd("dispatched_by_moonlight");
    let unknown = world.happens(&lead(), Event::Unknown { kind, data });
    assert_eq!(
        (unknown.outcome, unknown.n_anomalies),
        (Outcome::Ignored, 0)
    );
    assert_eq!(
        world.mission.tally().unknown_kinds["dispatched_by_moonlight"],
        1
    );

    // Nobody knows who says this one, and it is counted all the same.
    let (kind, data) = odd("dispatched_by_moonlight");
    world.happens(&by("stranger"), Event::Unknown { kind, data });
    assert_eq!(
        world.mission.tally().unknown_kinds["dispatched_by_moonlight"],
        2
    );

    let (kind, data) = odd("dispatched");
    let problem = "task is no text".into();
    world.imposes(
        &lead(),
        Event::Unreadable {
            kind,
            data,
            problem,
        },
        Code::UnreadableData,
    );
    assert_eq!(outline(&world.mission), before);
}

// spec: FOLD-1
#[test]
fn a_record_of_another_mission_does_not_even_move_the_head() {
    let world = story();
    let mut mission = world.mission.clone();
    let foreign = resealed(&world.records[1..2], |envelope| {
        envelope.mission = MissionId::parse("billing").unwrap();
        envelope.seq = world.mission.head().next();
    });
    assert_eq!(mission.apply(&foreign[0]).outcome, Outcome::Ignored);
    assert_eq!(mission.head(), world.mission.head());
    assert_eq!(
        mission.anomalies().last().unwrap().code,
        Code::ForeignRecord
    );
}

// spec: FOLD-1
#[test]
fn a_mission_opens_once() {
    let mut world = story();
    let again = MissionOpened {
        title: "another".to_owned(),
        lead: party("agent:coder"),
        policy: None,
        rules: 1,
        empty: true,
    };
    world.imposes(&by("coder"), again, Code::OpenedTwice);
    assert_eq!(
        (world.mission.title(), world.mission.lead()),
        ("auth", Some(&party("human:ada")))
    );
}
