//! Tests of records and of reading them.

use super::*;
use crate::event::attempt::Heartbeat;
use crate::ids::{AgentRef, AttemptNo, TaskId};

const LINE: &str = r#"{"v":1,"seq":7,"id":"01890a5d-ac96-774b-bcce-b302099a8057","at":"2026-11-20T08:00:00Z","mission":"auth","by":"agent:coder#1","kind":"heartbeat","data":{"task":"t1","attempt":1,"agent":"coder#1"}}"#;

fn heartbeat() -> Event {
    Event::Heartbeat(Heartbeat {
        task: TaskId::parse("t1").unwrap(),
        attempt: AttemptNo(1),
        agent: AgentRef::parse("coder#1").unwrap(),
        silent_until: None,
    })
}

#[test]
fn a_sealed_record_reads_back_as_the_same_bytes_and_event() {
    let parsed = Record::parse(LINE.as_bytes()).unwrap();
    assert_eq!(parsed.event(), &heartbeat());
    let sealed = Record::seal(parsed.envelope().clone(), heartbeat()).unwrap();
    assert_eq!(sealed.as_line(), LINE);
    assert_eq!(sealed, parsed);
}

// spec: FOLD-1
#[test]
fn unknown_kinds_and_fields_survive_byte_for_byte_and_are_counted() {
    let odd = LINE
        .replace(
            r#""kind":"heartbeat""#,
            r#""mood": "good", "kind":"brainwave""#,
        )
        .replace(r#""attempt":1"#, r#""attempt":1.50e3, "x":{"y":[ ]}"#);
    let record = Record::parse(odd.as_bytes()).unwrap();
    assert_eq!(record.as_line(), odd);
    assert_eq!(record.unknown_fields(), 1);
    assert!(matches!(record.event(), Event::Unknown { kind, .. } if &**kind == "brainwave"));

    let grown = LINE.replace(r#""attempt":1"#, r#""attempt":1,"new":{"field":true}"#);
    let record = Record::parse(grown.as_bytes()).unwrap();
    assert_eq!(record.event(), &heartbeat());
    assert_eq!(
        (record.as_line(), record.unknown_fields()),
        (grown.as_str(), 1)
    );
}

// spec: FOLD-1
#[test]
fn data_of_the_wrong_shape_is_kept_and_named_not_refused() {
    let odd = LINE.replace(r#""attempt":1"#, r#""attempt":"one""#);
    let record = Record::parse(odd.as_bytes()).unwrap();
    assert!(matches!(record.event(), Event::Unreadable { kind, .. } if &**kind == "heartbeat"));
    assert_eq!(record.as_line(), odd);
}

#[test]
fn a_newer_format_is_refused_by_name_even_when_its_envelope_is_another() {
    let error = Record::parse(br#"{"v":2,"position":7}"#).unwrap_err();
    assert!(matches!(error, RecordError::NewerFormat { found: 2 }));
}

#[test]
fn reading_names_every_bad_line_and_tells_a_torn_tail_from_garbage() {
    let text = format!("{LINE}\n\nnot json\n{LINE}\n[1]\n{}", &LINE[..40]);
    let reading = read_lines(text.as_bytes());
    assert_eq!((reading.records.len(), reading.blank), (2, 1));
    let bad: Vec<(u64, bool)> = reading.bad.iter().map(|bad| (bad.line, bad.torn)).collect();
    assert_eq!(bad, [(3, false), (5, false), (6, true)]);
    assert!(read_lines(b"").bad.is_empty());
    assert_eq!(read_lines(b"\xff\xfe\n").bad.len(), 1);
}

#[test]
fn a_version_tells_what_is_newer_from_what_is_wrong() {
    let of = |version: u32| LINE.replace("\"v\":1", &format!("\"v\":{version}"));
    let newer = Record::parse(of(2).as_bytes()).unwrap_err();
    assert!(matches!(newer, RecordError::NewerFormat { found: 2 }));
    let wrong = of(1).replace("\"seq\":7", "\"seq\":\"seven\"");
    let wrong = Record::parse(wrong.as_bytes()).unwrap_err();
    assert!(matches!(wrong, RecordError::Envelope { .. }));
}
