//! `orch rules`.

use crate::support::{json, shown};

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
