//! Every law of a store has teeth: a store that is wrong in one way breaks the law about that way.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use orch_testkit::store::laws::{LAWS, law};
use orch_testkit::store::sabotage::{Plain, SABOTAGES, Sabotage};
use orch_testkit::store::worker::serve_if_asked;
use orch_testkit::store::{Law, Outcome, WorkerSpec, judge_within};

use crate::invariants::document;

/// How long a law waits for a call of a mutant before it is said to hang.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether a law has its teeth shown elsewhere: those of crashes and of faults of the disk in
/// `sweeps.rs`, those of many clients in `racing.rs`.
const fn is_of_others(law: &Law) -> bool {
    matches!(law.number, 18..=26 | 28..=33 | 57)
}

fn outcome(sabotage: &Sabotage, law: &Law) -> Outcome {
    let worker = WorkerSpec::this_test(module_path!());
    judge_within(&*sabotage.store(), law, Some(worker), PATIENCE)
}

/// The laws that have to find a mutant, and can be tried here.
fn killers(sabotage: &Sabotage) -> impl Iterator<Item = &'static Law> {
    let laws = sabotage.killed_by.iter().filter_map(|name| law(name));
    laws.filter(|law| !is_of_others(law))
}

#[test]
fn each_mutant_is_found_by_the_laws_that_it_names() {
    let mut survivors = String::new();
    for sabotage in SABOTAGES {
        for law in killers(sabotage) {
            let outcome = outcome(sabotage, law);
            if !matches!(outcome, Outcome::Broken(_)) {
                let (number, text) = (sabotage.number, sabotage.text);
                writeln!(survivors, "{number} ({text}) and {}: {outcome}", law.name).unwrap();
            }
        }
    }
    assert!(survivors.is_empty(), "not found:\n{survivors}");
}

#[test]
fn each_law_finds_a_mutant() {
    let killers: BTreeSet<&str> = SABOTAGES
        .iter()
        .flat_map(|it| it.killed_by)
        .copied()
        .collect();
    let holes: Vec<&str> = LAWS
        .iter()
        .filter(|law| !is_of_others(law) && !killers.contains(law.name))
        .map(|law| law.name)
        .collect();
    assert!(holes.is_empty(), "no mutant breaks {holes:?}");
}

#[test]
fn mutants_are_numbered_in_order_and_each_has_a_law() {
    let numbers: Vec<u8> = SABOTAGES.iter().map(|it| it.number).collect();
    let has_all = (21..=40).all(|number| numbers.contains(&number));
    assert!(has_all && numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    for sabotage in SABOTAGES {
        assert!(!sabotage.killed_by.is_empty(), "{}", sabotage.number);
    }
}

#[test]
fn the_document_lists_the_mutants_of_stores() {
    let mut rows = "| # | the store | found by |\n|---|---|---|\n".to_owned();
    for sabotage in SABOTAGES {
        let told = sabotage.killed_by.iter().map(|name| match law(name) {
            Some(law) => format!("`{}`", law.name),
            None => format!("{name}, which is yet to be written"),
        });
        let laws: Vec<String> = told.collect();
        let (number, text, laws) = (sabotage.number, sabotage.text, laws.join(", "));
        writeln!(rows, "| {number} | {text} | {laws} |").unwrap();
    }
    document::hold("mutants of stores", &rows);
}

/// The plain file journal as it should be, and each mutant of it, in a process of its own.
#[test]
fn worker() {
    let _served = serve_if_asked(&Plain::default())
        || SABOTAGES.iter().any(|it| serve_if_asked(&*it.store()));
}
