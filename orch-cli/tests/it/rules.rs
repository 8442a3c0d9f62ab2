//! `orch rules`.

use crate::support::{EXAMPLE, json, shown};

#[test]
fn a_rule_is_shown_with_the_findings_it_leads_to() {
    insta::assert_snapshot!(shown(&["rules", "FENCE-1"]));
}

#[test]
fn every_rule_is_listed() {
    let rules = json(&["rules", "--json"]);
    assert_eq!(
        rules["data"]["rules"].as_array().unwrap().len(),
        orch_core::rules::RULES.len()
    );
}

#[test]
fn the_tables_are_those_of_the_core() {
    insta::assert_snapshot!(shown(&["rules", "--table", "agent"]));
    insta::assert_snapshot!(shown(&["rules", "--table", "agent", "--mermaid"]));
    insta::assert_snapshot!(shown(&["rules", "--mermaid"]));
}

#[test]
fn what_a_journal_exercises_is_counted_with_its_first_record() {
    insta::assert_snapshot!(shown(&["rules", "--coverage", EXAMPLE]));
    let answer = json(&["rules", "--coverage", EXAMPLE, "--json"]);
    let sections = answer["data"]["sections"].as_array().unwrap();
    for section in sections {
        let items = section["items"].as_array().unwrap();
        let seen = items.iter().filter(|item| item["n"] != 0).count();
        assert_eq!(section["seen"], seen, "{section}");
        assert_eq!(section["total"], items.len(), "{section}");
    }
    // Every record is of one kind.
    let events = sections.iter().find(|one| one["of"] == "events");
    let counts = events.unwrap()["items"].as_array().unwrap().iter();
    let counted: u64 = counts.map(|item| item["n"].as_u64().unwrap()).sum();
    assert_eq!(answer["data"]["records"], counted);
}
