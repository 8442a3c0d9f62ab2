//! `docs/conformance.md` says what the table of the invariants says.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use orch_core::rules::rule;
use orch_testkit::invariants::{Check, INVARIANTS};

fn table() -> String {
    let mut rows =
        "| # | invariant | rule | class | kind | what holds |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for it in INVARIANTS {
        let kinds: Vec<_> = it.checks.iter().map(Check::kind).collect();
        let kinds = kinds.join(", ");
        rows.extend([
            format!("| {} | `{}` | {} ", it.number, it.name, it.rule),
            format!("| {} | {kinds} | {} |\n", it.class, it.text),
        ]);
    }
    rows
}

/// Holds a generated part of the document against a table, or writes it when that is asked for.
pub(crate) fn hold(name: &str, table: &str) {
    // Two tests that write the same file must not write over each other.
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- generated: {name} -->\n");
    let (head, rest) = text.split_once(&begin).unwrap();
    let (_, tail) = rest.split_once("<!-- end -->").unwrap();
    let expected = format!("{head}{begin}\n{table}\n<!-- end -->{tail}");
    if std::env::var_os("ORCH_UPDATE_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(
        text == expected,
        "docs/conformance.md is out of date; run `cargo xtask fix`\n{table}"
    );
}

#[test]
fn the_document_shows_the_table_of_the_invariants() {
    hold("invariants", &table());
}

#[test]
fn the_invariants_are_numbered_in_order_and_each_states_a_rule_that_there_is() {
    let numbers: Vec<u8> = INVARIANTS.iter().map(|it| it.number).collect();
    assert!(numbers.iter().copied().eq(1..=51), "{numbers:?}");
    for it in INVARIANTS {
        assert!(rule(it.rule).is_some(), "{}: {}", it.name, it.rule);
        assert!(!it.checks.is_empty(), "{}", it.name);
        let others = INVARIANTS.iter().filter(|other| other.name == it.name);
        assert_eq!(others.count(), 1, "{}", it.name);
    }
}
