//! Snapshots that were tampered with.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use orch_core::decide::Context;
use orch_core::snapshot::{Snapshot, SnapshotError};
use serde_json::Value;
use sha2::Digest as _;

use super::*;
use crate::views::{dump, story};

/// The same snapshot with another state, under a digest that fits.
fn forged(snapshot: &Snapshot, state: &str) -> Snapshot {
    let json = serde_json::to_string(snapshot).unwrap();
    let (head, _) = json.split_once("\"state\":").unwrap();
    let mut digest = String::new();
    for byte in sha2::Sha256::digest(state.as_bytes()) {
        write!(digest, "{byte:02x}").unwrap();
    }
    let head = head.replace(snapshot.digest(), &digest);
    let forged: Snapshot = serde_json::from_str(&format!("{head}\"state\":{state}}}")).unwrap();
    assert_eq!(forged.digest(), digest);
    forged
}

fn state_of(snapshot: &Snapshot) -> Value {
    let json = serde_json::to_value(snapshot).unwrap();
    json["state"].clone()
}

// spec: FOLD-2
#[test]
fn a_state_that_refers_to_rows_it_does_not_have_is_refused_even_under_a_digest_that_fits() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    let snapshot = world.mission.snapshot().unwrap();
    // There is one attempt, with the number 0 among the rows.
    for token in [1, 77] {
        let mut state = state_of(&snapshot);
        state["tasks"][0]["token"] = token.into();
        let refused = forged(&snapshot, &state.to_string()).restore().unwrap_err();
        let SnapshotError::Inconsistent { seq } = refused else {
            panic!("{refused}")
        };
        assert_eq!(seq, world.mission.head());
    }
}

// spec: FOLD-2
#[test]
fn a_snapshot_tells_which_mission_and_fold_it_is_of_and_is_refused_under_another_name() {
    let world = World::new().tasks(&["t1"]);
    let snapshot = world.mission.snapshot().unwrap();
    assert_eq!(snapshot.mission(), world.mission.id());
    assert_eq!(snapshot.fold(), orch_core::snapshot::FOLD);
    let json = serde_json::to_string(&snapshot).unwrap();
    let (head, state) = json.split_once("\"state\":").unwrap();
    for (was, is) in [("\"auth\"", "\"other\""), ("\"seq\":2", "\"seq\":1")] {
        assert!(head.contains(was), "{head}");
        let other = format!("{}\"state\":{state}", head.replace(was, is));
        let other: Snapshot = serde_json::from_str(&other).unwrap();
        assert!(matches!(
            other.restore(),
            Err(SnapshotError::Mislabelled { .. })
        ));
    }
}

/// The numbers of a value: where each stands, and its place without the numbers of rows.
fn numbers(value: &Value, at: &str, shape: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Number(_) => found.push((at.to_owned(), shape.to_owned())),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                numbers(item, &format!("{at}/{n}"), &format!("{shape}/*"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_row = name.parse::<u64>().is_ok();
                let shaped = if is_row { "*" } else { name };
                numbers(
                    field,
                    &format!("{at}/{name}"),
                    &format!("{shape}/{shaped}"),
                    found,
                );
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

// spec: FOLD-2
#[test]
fn whatever_number_of_a_state_is_forged_it_is_refused_or_can_be_read_in_full() {
    let mut tried = BTreeSet::new();
    let (mut n_refused, mut n_read) = (0, 0);
    for (_, world) in story::chapters() {
        let snapshot = world.mission.snapshot().unwrap();
        let state = state_of(&snapshot);
        let mut found = Vec::new();
        numbers(&state, "", "", &mut found);
        for (at, shape) in found {
            // One of each kind: rows of a table are checked alike.
            if !tried.insert(shape) {
                continue;
            }
            let mut forgery = state.clone();
            *forgery.pointer_mut(&at).unwrap() = 77_777.into();
            match forged(&snapshot, &forgery.to_string()).restore() {
                Err(_) => n_refused += 1,
                Ok(mission) => {
                    let read = World {
                        mission,
                        ..world.clone()
                    };
                    assert!(!dump::of(&read).is_empty());
                    // Whatever it says, it is said without following a row that is not there.
                    let mission = &read.mission;
                    let context = Context::new(Actor::Host, read.now);
                    let said = (
                        mission.roots(read.now),
                        mission.reconcile(),
                        mission.legal(&context),
                    );
                    drop(said);
                    n_read += 1;
                }
            }
        }
    }
    assert!(n_refused > 15 && n_read > 15, "{n_refused} {n_read}");
}
