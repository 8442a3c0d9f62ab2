//! Any position of a log is the fold of the records up to it.

use chrono::{DateTime, TimeDelta, Utc};
use orch_core::event::Event;
use orch_core::history::History;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Batch, Record};
use orch_testkit::strategy::{impose, log};
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::{World, epoch};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // spec: FOLD-2
    #[test]
    fn a_position_is_the_fold_of_the_records_up_to_it(steps in log(60), every in 1_usize..9) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let history = History::with_checkpoints_every(every, world.records.clone());
        for n in 0..=world.records.len() {
            let folded = Mission::fold(&world.records[..n]);
            let reached = history.at(Seq(n as u64));
            prop_assert_eq!(reached.digest().unwrap(), folded.digest().unwrap(), "at {}", n);
        }
    }

    #[test]
    fn a_history_that_grows_is_the_same_as_one_that_was_read(steps in log(40), cut in 0_usize..40) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let cut = cut.min(world.records.len());
        let mut grown = History::with_checkpoints_every(3, world.records[..cut].to_vec());
        for record in &world.records[cut..] {
            grown.push(record.clone());
        }
        for n in 0..=world.records.len() {
            let folded = Mission::fold(&world.records[..n]);
            prop_assert_eq!(grown.at(Seq(n as u64)).digest().unwrap(), folded.digest().unwrap());
        }
    }

    // spec: ORDER-1
    #[test]
    fn a_time_is_where_it_is_first_passed_however_the_clock_runs(
        minutes in prop::collection::vec(0_i64..2_000, 0..700),
        wanted in 0_i64..2_000,
    ) {
        let records = notes(&minutes);
        let time = after(wanted);
        let naive = records.iter().take_while(|record| record.at() <= time).last();
        let naive = naive.map_or(Seq::ZERO, Record::seq);
        prop_assert_eq!(History::new(records).at_time(time), naive);
    }

    #[test]
    fn a_time_after_a_long_stretch_is_found(at in 0_i64..700) {
        let minutes: Vec<i64> = (0..700).collect();
        let history = History::new(notes(&minutes));
        prop_assert_eq!(history.at_time(after(at)), Seq(at.unsigned_abs() + 1));
    }
}

#[test]
fn a_record_is_found_by_its_position_and_by_its_id_also_in_a_log_with_gaps() {
    let mut world = World::new().tasks(&["t1", "t2", "t3"]);
    let gone = world.records.remove(1);
    let history = History::new(world.records.clone());
    for record in &world.records {
        assert_eq!(history.record(record.seq()), Some(record));
        assert_eq!(history.by_id(record.envelope().id), Some(record));
    }
    for missing in [gone.seq(), Seq::ZERO, Seq(99)] {
        assert_eq!(history.record(missing), None);
    }
    assert_eq!(history.by_id(gone.envelope().id), None);
}

fn after(minutes: i64) -> DateTime<Utc> {
    epoch() + TimeDelta::minutes(minutes)
}

/// A log of records that each carry a time, so many minutes after the first.
fn notes(minutes: &[i64]) -> Vec<Record> {
    let mut head = Seq::ZERO;
    let records = minutes.iter().map(|minutes| {
        let batch = Batch {
            mission: MissionId::parse("m").unwrap(),
            head,
            at: after(*minutes),
            by: Actor::Host,
            command: None,
            request: None,
            cause: None,
        };
        head = head.next();
        let event = Event::Unknown {
            kind: "tick".into(),
            data: "{}".into(),
        };
        let id = Uuid::from_u128(u128::from(head.0));
        batch.seal(vec![event], || id).unwrap().pop().unwrap()
    });
    records.collect()
}
