//! Snapshots that were tampered with.

use std::fmt::Write as _;

use orch_core::snapshot::{Snapshot, SnapshotError};
use sha2::Digest as _;

use super::*;

// spec: FOLD-2
#[test]
fn a_state_that_refers_to_rows_it_does_not_have_is_refused_even_under_a_digest_that_fits() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    let snapshot = world.mission.snapshot().unwrap();
    let json = serde_json::to_string(&snapshot).unwrap();
    let (head, state) = json.split_once("\"state\":").unwrap();
    let state = state.strip_suffix('}').unwrap();
    let tampered = state.replace("\"token\":0", "\"token\":77");
    assert_ne!(tampered, state);
    let mut digest = String::new();
    for byte in sha2::Sha256::digest(tampered.as_bytes()) {
        write!(digest, "{byte:02x}").unwrap();
    }
    let head = head.replace(snapshot.digest(), &digest);
    let json = format!("{head}\"state\":{tampered}}}");
    let tampered: Snapshot = serde_json::from_str(&json).unwrap();
    assert_eq!(tampered.digest(), digest);
    let refused = tampered.restore().unwrap_err();
    let SnapshotError::Inconsistent { seq } = refused else {
        panic!("{refused}")
    };
    assert_eq!(seq, world.mission.head());
}
