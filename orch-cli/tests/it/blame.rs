//! `orch blame`.

use crate::support::{EXAMPLE, Journal, code, json, run, shown};

#[test]
fn each_fact_names_the_record_that_made_it_so() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "writer"]));
}

#[test]
fn one_fact_or_a_group_of_them_can_be_asked_for() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "writer.status"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "writer.gate"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "writer.colour"]));
}

#[test]
fn an_agent_and_the_mission_have_facts_as_well() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "coder-1"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "mission.policy.clocks"]));
}

#[test]
fn a_record_cannot_be_blamed_and_what_is_unknown_is_said_to_be() {
    assert_eq!(code(&run(&["-S", EXAMPLE, "blame", "20"])), 3);
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blame", "writr"]));
}

#[test]
fn an_id_with_dots_in_it_is_found_before_its_fields() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::new("dots");
    let declared = |id: &str| serde_json::json!({"task": id, "title": id});
    let opened = serde_json::json!({"title": "dots", "lead": "human:ada", "rules": 1});
    journal.json("human:ada", "mission_opened", opened);
    journal.json("human:ada", "task_declared", declared("bd-1"));
    journal.json("human:ada", "task_declared", declared("bd-1.2"));
    let file = journal.write(folder.path(), "dots.jsonl");
    let blamed = |what: &str| json(&["-S", &file, "--json", "blame", what])["data"].clone();
    assert_eq!(blamed("bd-1.2")["id"], "bd-1.2");
    assert_eq!(blamed("bd-1.2.title")["items"][0]["record"], 3);
    assert_eq!(blamed("bd-1.title")["items"][0]["record"], 2);
}
