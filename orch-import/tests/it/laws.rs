//! What holds for every input: no panic, and every line accounted for.

use orch_core::record::Record;
use proptest::prelude::*;

use crate::fixtures::{DEPENDENCIES, EVENTS, ISSUES, NEEDLE};
use crate::support::Log;

/// A line of one of the fixtures.
fn known_line() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<Vec<u8>> = [NEEDLE, ISSUES, EVENTS, DEPENDENCIES]
        .iter()
        .flat_map(|bytes| bytes.split(|&byte| byte == b'\n'))
        .map(<[u8]>::to_vec)
        .collect();
    prop::sample::select(lines)
}

/// A line of a fixture with one byte changed, or cut off.
fn damaged_line() -> impl Strategy<Value = Vec<u8>> {
    (known_line(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut line, at, byte)| {
        if !line.is_empty() {
            let at = at.index(line.len());
            if byte == 0 {
                line.truncate(at);
            } else if let Some(place) = line.get_mut(at) {
                *place = byte;
            }
        }
        line
    })
}

fn any_line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => known_line(),
        3 => damaged_line(),
        1 => prop::collection::vec(1_u8.., 0..40),
    ]
}

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::vec(any_line(), 0..30), any::<bool>()).prop_map(|(lines, ended)| {
        let mut bytes = lines.join(&b'\n');
        if ended {
            bytes.push(b'\n');
        }
        bytes
    })
}

proptest! {
    #[test]
    fn always_every_line_is_accounted_for(files in prop::collection::vec(any_file(), 1..4)) {
        let files: Vec<(&str, &[u8])> = files.iter().map(|bytes| ("f", bytes.as_slice())).collect();
        let mut log = Log::default();
        if let Ok(report) = log.import(&files) {
            prop_assert!(report.total.adds_up());
            for file in &report.files {
                prop_assert!(file.tally.adds_up());
                prop_assert_eq!(file.unknown.lines.len() as u64, file.tally.unknown);
                prop_assert_eq!(file.malformed.lines.len() as u64, file.tally.malformed);
            }
            prop_assert_eq!(report.total.written, log.records.len() as u64);
            let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
            prop_assert_eq!(report.total.bytes, bytes as u64);
        }
    }

    #[test]
    fn always_every_record_reads_back_as_its_bytes(file in any_file()) {
        let mut log = Log::default();
        if log.import(&[("f", &file)]).is_ok() {
            for record in &log.records {
                let read = Record::parse(record.as_line().as_bytes()).unwrap();
                prop_assert_eq!(read.event(), record.event());
                prop_assert_eq!(read.envelope(), record.envelope());
            }
            let written = log.records.len();
            log.import(&[("f", &file)]).unwrap();
            prop_assert_eq!(log.records.len(), written);
        }
    }

    #[test]
    fn never_does_a_name_or_a_head_break_recognition(head: Vec<u8>, name: String) {
        orch_import::sniff(&head, &name);
    }
}
