//! Errors: what arrives says what was said.

use std::io;
use std::path::PathBuf;

use orch_core::command::Command;
use orch_core::decide::Context;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::RecordError;
use uuid::Uuid;

use super::*;
use crate::cursor::{JournalId, Position};

fn over(error: &CommandError) -> CommandError {
    let said = serde_json::to_string(&Fault::of(error)).unwrap();
    let heard: Fault = serde_json::from_str(&said).unwrap();
    heard.into_error()
}

fn store_errors() -> Vec<StoreError> {
    let path = PathBuf::from("/a/store");
    let journal = |n| JournalId(Uuid::from_u128(n));
    let system = |code| io::Error::from_raw_os_error(code);
    vec![
        StoreError::io("sync", &path, system(5)),
        StoreError::io("write", &path, system(28)),
        StoreError::io("create", &path, system(30)),
        StoreError::io("read", &path, io::Error::other("a checksum")),
        StoreError::Busy {
            path: path.clone(),
            holder: "process 7 (orch add)".to_owned(),
            stopped: true,
        },
        StoreError::Damaged {
            path,
            offset: 12,
            after: Position(3),
            what: "a line is cut off".to_owned(),
        },
        StoreError::Lost {
            witness: "the anchor",
            seen: Position(9),
            found: Position(3),
        },
        StoreError::Index {
            what: "it has no record 7".to_owned(),
        },
        StoreError::Poisoned {
            why: "the disk is gone".to_owned(),
        },
        StoreError::ForeignCursor {
            found: journal(1),
            here: journal(2),
        },
        StoreError::CursorAhead {
            found: Position(9),
            end: Position(3),
        },
        StoreError::Unreadable {
            position: Position(3),
            source: RecordError::NewerFormat { found: 9 },
        },
        StoreError::Unsupported {
            what: "keep a snapshot: it was opened for reading",
        },
    ]
}

#[test]
fn an_error_of_the_store_arrives_as_the_same_in_the_same_words() {
    for error in store_errors() {
        for error in [
            CommandError::Store(error.clone()),
            AppendError::NotWritten(error.clone()).into(),
            AppendError::Unknown(error).into(),
        ] {
            let heard = over(&error);
            assert_eq!(format!("{heard:?}"), format!("{error:?}"));
            assert_eq!(heard.to_string(), error.to_string());
        }
    }
}

#[test]
fn an_error_without_a_shape_of_its_own_keeps_its_words() {
    let missing = StoreError::Missing {
        path: PathBuf::from("/a/store"),
    };
    let heard = over(&missing.clone().into());
    assert!(heard.to_string().ends_with(&missing.to_string()), "{heard}");
}

#[test]
fn why_an_append_failed_arrives_as_the_same() {
    for error in [
        AppendError::Reused {
            first: Seq(3),
            last: Seq(4),
        },
        AppendError::TooLarge {
            what: "a record, in bytes,",
            found: 9,
            limit: 8,
        },
        AppendError::Unsupported {
            what: "keep records as durable as was asked",
        },
        AppendError::Conflict {
            actual: Seq(4),
            since: Vec::new(),
        },
    ] {
        let error = CommandError::from(error);
        assert_eq!(format!("{:?}", over(&error)), format!("{error:?}"));
    }
    let contended = CommandError::Contended { rounds: 3 };
    assert_eq!(over(&contended).to_string(), contended.to_string());
}

// spec: DECIDE-3
#[test]
fn a_rejection_arrives_whole() {
    let context = Context::new(Actor::Host, chrono::DateTime::UNIX_EPOCH);
    let rejection = Mission::default()
        .decide(&Command::Tick, &context)
        .unwrap_err();
    let CommandError::Rejected(heard) = over(&rejection.clone().into()) else {
        panic!("it was refused by a rule");
    };
    assert_eq!(*heard, rejection);
}

#[test]
fn every_word_of_an_error_is_known_to_whoever_hears_it() {
    for known in store::WORDS {
        assert_eq!(word(known, "something else"), *known);
    }
    assert_eq!(
        word("a word of a newer owner", "something else"),
        "something else"
    );
}
