//! A mission from its opening to its end, the way people and agents run it.

use crate::support::live::Live;
use crate::support::{code, run_suggested};

#[test]
fn a_mission_runs_from_its_opening_to_its_end_without_a_flag_too_many() {
    let mut live = Live::empty();
    for line in [
        "mission new --title 'Sign in'",
        "add 'a login form' --gate tester --evidence commit",
        "agent register coder",
        "agent register tess",
        "-A coder claim a-login",
        "-A coder start a-login",
        "-A coder beat a-login --percent 40 --note 'the form is there'",
        "-A coder handoff a-login --status done --evidence commit=4f1c2e --revision 4f1c2e",
        "gate request a-login tester --to tess",
        "-A tess gate pass a-login tester --revision 4f1c2e",
        "ack 8",
        "deliver a-login --note 'merged'",
        "close",
        "archive",
    ] {
        insta::assert_snapshot!(live.shown(line));
    }
    assert_eq!(live.json("status")["data"]["phase"]["kind"], "delivered");
}

#[test]
fn what_is_suggested_next_is_accepted() {
    let mut live = Live::with_task();
    let mut next = "orch -A coder claim login".to_owned();
    let mut ran = Vec::new();
    while !next.ends_with("archive") {
        ran.push(next.clone());
        assert!(ran.len() < 12, "{ran:?}");
        let output = run_suggested(live.folder(), &format!("{next} --json"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 0, "{next}: {said}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = answer["next"].as_array().unwrap();
        // Signs of life can be given for ever.
        let mut all = all.iter().map(|next| next.as_str().unwrap());
        next = all
            .find(|next| !next.contains(" beat "))
            .unwrap()
            .to_owned();
    }
    assert_eq!(
        ran,
        [
            "orch -A coder claim login",
            "orch -A coder start login --attempt 1",
            "orch -A coder handoff login --attempt 1 --status done",
            "orch ack 7",
            "orch close",
        ]
    );
    assert_eq!(live.status_of("login"), "accepted");
}
