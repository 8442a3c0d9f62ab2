//! The example journal: a mission that is stuck for several reasons, made from a story.
//!
//! After a change of the story, write `examples/stuck-mission.jsonl` anew with
//! `ORCH_WRITE_EXAMPLES=1 cargo test -p orch-cli`.

use crate::support::{EXAMPLE, Journal, json as answer, root, shown};

/// Turns the story into records.
fn stuck_mission() -> Journal {
    let mut log = Journal::new("billing-export");
    let story = include_str!("fixtures/stuck-mission.txt").lines();
    for line in story.filter(|line| line.starts_with('+')) {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        log.after(words[0].parse().unwrap());
        log.json(words[1], words[2], words[3]);
    }
    log
}

#[test]
fn the_example_is_what_its_story_makes() {
    let path = root().join(EXAMPLE);
    let story = stuck_mission();
    if std::env::var_os("ORCH_WRITE_EXAMPLES").is_some() {
        std::fs::write(&path, story.text()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), story.text());
}

#[test]
fn the_example_has_no_finding_but_its_late_report() {
    let replay = answer(&["-S", EXAMPLE, "replay", "--json", "--anomalies"]);
    assert_eq!(
        replay["data"]["summary"]["anomalies"],
        serde_json::json!({"zombie": 1})
    );
    assert_eq!(replay["data"]["records"][0]["kind"], "handoff");
    assert_eq!(
        replay["data"]["summary"]["bad_lines"],
        serde_json::json!([])
    );
}

#[test]
fn the_status_of_the_example_says_what_is_wrong_on_one_screen() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "status"]));
}

#[test]
fn why_explains_the_example_from_its_roots() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why"]));
}
