//! The laws about crashes and faults have teeth: each finds the mutants that are about it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use orch_testkit::store::laws::{LAWS, law};
use orch_testkit::store::sabotage::{SABOTAGES, Sabotage};
use orch_testkit::store::{Law, Outcome, WorkerSpec, judge_within};

/// How long a worker may take before it is said to hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a law is about crashes or faults.
const fn is_of_sweeps(law: &Law) -> bool {
    matches!(law.number, 18..=26 | 28..=31)
}

/// The laws of this kind that have to find a mutant.
fn killers(sabotage: &Sabotage) -> impl Iterator<Item = &'static Law> {
    let laws = sabotage.killed_by.iter().filter_map(|name| law(name));
    laws.filter(|law| is_of_sweeps(law))
}

#[test]
fn each_mutant_is_found_by_the_law_of_crashes_that_it_names() {
    // The worker that serves the mutants stands beside the other teeth.
    let worker = WorkerSpec::this_test(&module_path!().replace("sweeps", "teeth"));
    let mut survivors = String::new();
    for sabotage in SABOTAGES {
        for law in killers(sabotage) {
            let outcome = judge_within(&*sabotage.store(), law, Some(worker.clone()), PATIENCE);
            if !matches!(outcome, Outcome::Broken(_)) {
                let (number, text) = (sabotage.number, sabotage.text);
                writeln!(survivors, "{number} ({text}) and {}: {outcome}", law.name).unwrap();
            }
        }
    }
    assert!(survivors.is_empty(), "not found:\n{survivors}");
}

#[test]
fn each_law_of_crashes_finds_a_mutant() {
    let found = SABOTAGES.iter().flat_map(killers);
    let found: BTreeSet<u16> = found.map(|law| law.number).collect();
    let laws = LAWS.iter().filter(|law| is_of_sweeps(law));
    let holes: Vec<&str> = laws
        .filter(|law| !found.contains(&law.number))
        .map(|law| law.name)
        .collect();
    assert!(holes.is_empty(), "no mutant breaks {holes:?}");
}
