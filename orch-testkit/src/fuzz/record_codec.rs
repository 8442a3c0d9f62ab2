//! Records as bytes: read, written again and damaged.

use orch_core::record::{Envelope, Record, RecordError};

/// Reads bytes as the place and value of a damage and then a line.
///
/// What is read gives back its bytes; written anew it is the same record; and with a byte changed it
/// is an error or a record of just those bytes, never one that was mended in silence.
// spec: FOLD-1
pub fn record_codec(bytes: &[u8]) {
    let Some(([high, low, value], line)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let Some(record) = parse(line) else { return };
    let (envelope, event) = (record.envelope().clone(), record.event().clone());
    let sealed = Record::seal(envelope.clone(), event.clone());
    let sealed = sealed.expect("what was read can be written");
    let again = parse(sealed.as_line().as_bytes()).expect("what was written can be read");
    assert_eq!(again.envelope(), &envelope);
    assert_eq!(again.event(), &event);
    assert_eq!(again, sealed);
    // Sealing is a function: the second time nothing changes any more.
    let twice = Record::seal(again.envelope().clone(), again.event().clone()).unwrap();
    assert_eq!(twice.as_line(), sealed.as_line());

    let mut damaged = sealed.as_line().as_bytes().to_vec();
    let n_bytes = damaged.len();
    let at = usize::from(u16::from_be_bytes([*high, *low])) % n_bytes;
    let place = damaged.get_mut(at).unwrap();
    let is_changed = *place != *value;
    *place = *value;
    if let Some(found) = parse(&damaged) {
        assert_eq!(found == sealed, !is_changed);
        let numbered = |seq| Envelope {
            seq,
            ..found.envelope().clone()
        };
        // Still a record that can be written anew, under whatever number.
        let moved = Record::seal(numbered(envelope.seq.next()), found.event().clone());
        parse(moved.unwrap().as_line().as_bytes()).expect("what was written can be read");
    }
}

/// Reads a line, and checks what is known of every reading.
fn parse(line: &[u8]) -> Option<Record> {
    match Record::parse(line) {
        Ok(record) => {
            assert_eq!(record.as_line().as_bytes(), line);
            Some(record)
        }
        Err(RecordError::Encoding { valid_up_to }) => {
            assert!(std::str::from_utf8(line.get(..valid_up_to).unwrap()).is_ok());
            None
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}
