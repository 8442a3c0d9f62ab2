//! `orch replay`.

use crate::support::{EXAMPLE, code, json, run, shown};

#[test]
fn replay_names_only_findings_when_asked() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "replay", "--anomalies"]));
}

#[test]
fn replay_says_what_each_record_did_up_to_a_position() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "replay", "--until", "4"]));
}

#[test]
fn strict_fails_on_any_finding_and_passes_without() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "replay", "--strict", "--anomalies"]));
    assert_eq!(
        code(&run(&["-S", EXAMPLE, "--at", "32", "replay", "--strict"])),
        0
    );
}

#[test]
fn the_same_log_has_the_same_digest_and_another_has_not() {
    let digest = |at: &str| {
        json(&["-S", EXAMPLE, "--at", at, "replay", "--json"])["data"]["summary"]["digest"].clone()
    };
    assert_eq!(digest("34"), digest("~0"));
    assert_ne!(digest("34"), digest("30"));
}
