//! The laws of a machine: on the fold of orch, and on machines that are wrong on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use orch_testkit::machine::teeth::{FAULTS, Sabotaged, UNBREAKABLE};
use orch_testkit::machine::{Also, Budget, MACHINE_LAWS, MachineLaw, Subject, judge};
use orch_testkit::sabotage::SABOTAGES;
use orch_testkit::store::Outcome;

use crate::invariants::document;

mod core {
    use orch_testkit::machine::Core;

    orch_testkit::machine_laws!(Core);
}

/// The plain struct of the example.
#[path = "../../../examples/machine.rs"]
mod example;

mod plain_struct {
    use super::example::Plan;

    orch_testkit::machine_laws!(Plan);
}

/// How many logs are drawn for each wrong machine, besides those that are always there.
const CASES: u32 = 6;

/// The laws that a machine breaks.
fn broken(subject: &mut dyn Subject) -> BTreeSet<&'static str> {
    let budget = Budget {
        folder: None,
        cases: CASES,
        shrinks: false,
        ..Budget::from_env()
    };
    let report = judge(subject, &budget, &mut |_, _| ()).unwrap();
    let is_broken = |outcome: &Outcome| matches!(outcome, Outcome::Broken(_));
    let rows = report.laws.iter().filter(|row| is_broken(&row.outcome));
    rows.map(|row| row.name).collect()
}

/// The laws that each of the twenty mutants breaks, by its number.
static BY_MUTANTS: LazyLock<BTreeMap<u8, BTreeSet<&str>>> = LazyLock::new(|| {
    let all = SABOTAGES.iter();
    all.map(|it| (it.number, broken(&mut Sabotaged::new(*it))))
        .collect()
});

/// The laws of which each mutant must break at least one: those that are about its fault.
const ABOUT: &[(u8, &[&str])] = &[
    (1, &["OUTPUT_IS_NOT_DONE"]),
    (2, &["FENCE"]),
    (3, &["HANDOFF_GATE"]),
    (4, &["REVIEWER_LIVE"]),
    (5, &["NO_ORPHAN"]),
    (6, &["TERMINAL_ABSORBS"]),
    (
        7,
        &["COMPLETE_LEDGER", "COMPLETE_NO_OPEN", "COMPLETE_NONEMPTY"],
    ),
    (8, &["NO_DISPATCH_TO_DEAD"]),
    (9, &["NO_LOST_ID"]),
    (10, &["APPROVAL_FRESH"]),
    (11, &["NAME_UNIQUE"]),
    (12, &["SHUTDOWN_STRUCTURAL", "FYI_INERT"]),
    (13, &["CORRECTION_SUPERSEDES"]),
    (14, &["TIMEOUT_TARGETED"]),
    (15, &["COUNTS_DERIVED"]),
    (16, &["ACTIONABLE_NEVER_LOST"]),
    (17, &["ACYCLIC"]),
    (18, &["WIP"]),
    (19, &["RETRY_BOUND"]),
    (20, &["READY_DEF"]),
];

#[test]
fn every_mutant_breaks_the_laws_that_are_about_its_fault() {
    assert!(ABOUT.iter().map(|(number, _)| number).eq(BY_MUTANTS.keys()));
    for (number, laws) in ABOUT {
        let broken = &BY_MUTANTS[number];
        for law in *laws {
            assert!(
                broken.contains(law),
                "mutant {number} breaks {broken:?}, not {law}"
            );
        }
    }
}

#[test]
fn every_law_is_broken_by_a_machine_or_says_why_none_can() {
    let mut by: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (number, laws) in BY_MUTANTS.iter() {
        for law in laws.iter().filter(|law| **law != "REFERENCE") {
            by.entry(law).or_default().push(number.to_string());
        }
    }
    by.insert("REFERENCE", vec!["each of them".to_owned()]);
    for wrong in FAULTS {
        let broken = broken(&mut *(wrong.make)());
        assert!(
            broken.contains(wrong.law),
            "{} breaks {broken:?}",
            wrong.text
        );
        by.entry(wrong.law)
            .or_default()
            .push(format!("one that {}", wrong.text));
    }
    for (law, _) in UNBREAKABLE {
        assert!(!by.contains_key(law), "{law} is broken by {:?}", by[law]);
        by.insert(law, vec!["none can, see below".to_owned()]);
    }
    let mut rows =
        "| law | a machine has to show | broken by the mutants |\n|---|---|---|\n".to_owned();
    for law in MACHINE_LAWS {
        let killers = by.get(law.name);
        assert!(killers.is_some(), "no machine breaks {}", law.name);
        let killers = killers.unwrap().join(", ");
        writeln!(rows, "| `{}` | {} | {killers} |", law.name, needs(law)).unwrap();
    }
    rows.push('\n');
    for (law, why) in UNBREAKABLE {
        writeln!(rows, "No machine can break `{law}`: {why}.").unwrap();
    }
    document::hold("machine laws", rows.trim_end());
}

/// What a machine has to claim for a law to look at what it shows.
fn needs(law: &MachineLaw) -> String {
    let mut needs: Vec<String> = law.shows.iter().map(|part| format!("`{part}`")).collect();
    match law.also {
        Also::Nothing => {}
        Also::Takes(_) => needs.push("takes such records".to_owned()),
        Also::Snapshots => needs.push("snapshots".to_owned()),
        Also::Decides => needs.push("decisions".to_owned()),
    }
    if UNBREAKABLE.iter().any(|(name, _)| *name == law.name) {
        needs.push("its mission".to_owned());
    }
    if needs.is_empty() {
        needs.push("anything".to_owned());
    }
    needs.join(", ")
}
