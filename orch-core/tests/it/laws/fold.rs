//! Laws of the fold: total, deterministic, the same in one piece or in two.

use orch_core::mission::Mission;
use orch_core::record::{Record, read_lines};
use orch_core::snapshot::Snapshot;
use proptest::prelude::*;

use crate::support::World;
use orch_testkit::strategy::{impose, log, policies};

proptest! {
    // spec: FOLD-1
    #[test]
    fn any_bytes_are_read_and_folded_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let reading = read_lines(&bytes);
        Mission::fold(&reading.records);
    }

    // spec: FOLD-1
    #[test]
    fn a_log_with_any_byte_changed_is_read_and_folded_without_a_panic(
        steps in log(12),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let lines: Vec<&str> = world.records.iter().map(Record::as_line).collect();
        let mut bytes = lines.join("\n").into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let reading = read_lines(&bytes);
        // A line feed more makes two lines of one.
        let n = reading.records.len() + reading.bad.len() + usize::try_from(reading.blank).unwrap();
        prop_assert!(n.abs_diff(lines.len()) <= 1);
        Mission::fold(&reading.records);
    }

    // spec: FOLD-1
    #[test]
    fn every_record_folds_and_reads_back_as_the_same_bytes(steps in log(40)) {
        let mut world = World::new();
        impose(&mut world, &steps);
        for record in &world.records {
            let again = Record::parse(record.as_line().as_bytes()).unwrap();
            prop_assert_eq!(again.as_line(), record.as_line());
            prop_assert_eq!(again.event(), record.event());
            prop_assert_eq!(again.envelope(), record.envelope());
        }
        let mission = Mission::fold(&world.records);
        prop_assert_eq!(mission.head().0, world.records.len() as u64);
    }

    // spec: FOLD-2
    #[test]
    fn folding_onto_a_snapshot_is_folding_it_all_at_every_cut(policy in policies(), steps in log(40)) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        let whole = world.mission.digest().unwrap();
        for cut in 0..=world.records.len() {
            let (before, after) = world.records.split_at(cut);
            let stored = serde_json::to_string(&Mission::fold(before).snapshot().unwrap()).unwrap();
            let snapshot: Snapshot = serde_json::from_str(&stored).unwrap();
            let mut mission = snapshot.restore().unwrap();
            for record in after {
                mission.apply(record);
            }
            prop_assert_eq!(mission.digest().unwrap(), whole.clone(), "cut at {}", cut);
        }
    }

    // spec: DECIDE-1
    #[test]
    fn replaying_a_log_gives_the_same_mission(policy in policies(), steps in log(60)) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        let again = Mission::fold(&world.records);
        prop_assert_eq!(again.digest().unwrap(), world.mission.digest().unwrap());
    }

    // spec: IDEM-1
    #[test]
    fn applying_a_record_again_changes_nothing_but_the_anomalies(steps in log(30)) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let (tasks, n) = (format!("{:?}", world.mission.tasks().map(|it| it.status()).collect::<Vec<_>>()), world.mission.anomalies().len());
        let again = world.records.clone();
        for record in &again {
            world.mission.apply(record);
        }
        let after = format!("{:?}", world.mission.tasks().map(|it| it.status()).collect::<Vec<_>>());
        prop_assert_eq!(after, tasks);
        prop_assert_eq!(world.mission.anomalies().len(), n + again.len());
    }
}
