//! `orch explain`.

use crate::support::{json, shown};

#[test]
fn a_word_that_is_a_finding_and_a_cause_has_both_pages() {
    insta::assert_snapshot!(shown(&["explain", "exhausted"]));
}

#[test]
fn a_misspelt_word_is_answered_with_the_nearest() {
    insta::assert_snapshot!(shown(&["explain", "gat_open"]));
}

#[test]
fn everything_that_help_lists_can_be_explained() {
    let codes = shown(&["help", "codes"]);
    let words: Vec<&str> = codes
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(words.len() > 80);
    for word in words {
        let pages = json(&["explain", word, "--json"]);
        assert_eq!(pages["data"]["pages"][0]["name"], word);
    }
}
