//! Inputs that are no journal are refused by name and reason.

use orch_import::{Import, ImportError, Input, Options};

use crate::support::Log;

fn refusal(files: &[(&str, &[u8])]) -> ImportError {
    let inputs = files
        .iter()
        .map(|&(name, bytes)| Input::new(name, bytes))
        .collect();
    Import::open(inputs, &Options::default()).unwrap_err()
}

#[test]
fn what_cannot_be_imported_is_named_with_its_reason() {
    let needle: &[u8] = br#"{"ts":"x","event":"claim","bead":"a-1","worker":"w"}"#;
    let issue: &[u8] = br#"{"id":"a-1","title":"t","status":"open"}"#;
    let own: &[u8] = br#"{"v":1,"seq":1,"id":"x","kind":"note","data":{}}"#;
    let refusals: Vec<String> = [
        refusal(&[]),
        refusal(&[("blank.jsonl", b" \n\n")]),
        refusal(&[("core", b"\x7fELF\0\0")]),
        refusal(&[("notes.md", b"# Notes\n")]),
        refusal(&[("rows.jsonl", b"{\"a\":1}\n{\"b\":2}\n")]),
        refusal(&[("log.jsonl", own)]),
        refusal(&[("n.jsonl", needle), ("i.jsonl", issue)]),
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    no input
    "blank.jsonl" is empty
    "core" is binary: byte 4 is zero
    "notes.md" is not recognised: none of the first 1 lines is a JSON object
    "rows.jsonl" is not recognised: none of the first 2 rows has the keys of a known format
    "log.jsonl" holds orch records, not a foreign journal
    "n.jsonl" is of needle and "i.jsonl" is of beads
    "#);
}

#[test]
fn a_receiver_that_refuses_a_record_stops_the_import() {
    let row: &[u8] = br#"{"ts":"x","event":"claim","bead":"a-1","worker":"w"}"#;
    let import = Import::open(vec![Input::new("n", row)], &Options::default()).unwrap();
    let error = import
        .run(&mut |_| {}, &mut |_| {
            Err(ImportError::Sink {
                source: "disk full".into(),
            })
        })
        .unwrap_err();
    assert!(matches!(error, ImportError::Sink { .. }));
}

#[test]
fn a_file_in_which_nothing_can_be_kept_gives_no_record() {
    let mut log = Log::default();
    let row: &[u8] = br#"{"ts":"x","event":"claim","bead":"","worker":"w"}"#;
    let report = log.import(&[("n", row)]).unwrap();
    assert_eq!((report.total.malformed, report.total.written), (1, 0));
    assert!(report.files[0].torn);
    assert!(log.records.is_empty());
}
