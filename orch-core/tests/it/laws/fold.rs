//! Laws of the fold: total, whatever bytes it is given. That it is the same in one piece or in two, and
//! every time, is an invariant of the kit.

use orch_core::mission::Mission;
use orch_core::record::{Record, read_lines};
use proptest::prelude::*;

use crate::support::World;
use orch_testkit::strategy::{impose, log};

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
}
