//! The oracle alone tells the sabotaged machines from the real one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use orch_core::fold::Applied;
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_testkit::agree::{Disagreement, differences};
use orch_testkit::corpus::{self, Story};
use orch_testkit::invariants::{LogClass, assert_trace_of};
use orch_testkit::oracle;
use orch_testkit::sabotage::{Fault, Machine, Real, SABOTAGES, Sabotage};

use crate::invariants::{document, recorded};

/// How many of the mutants the oracle must kill without help.
const KILLED_MIN: usize = 18;

/// The longest story that the invariants are held against, in records: every prefix of it is looked
/// at for each mutant.
const RECORDS_MAX: usize = 14;

/// Logs that ship with the project, and stories that are told in code.
fn shipped() -> Vec<Story> {
    let fixtures = recorded::fixtures()
        .into_iter()
        .map(|(path, records)| Story {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            records,
        });
    let mut stories: Vec<Story> = corpus::told();
    stories.extend(fixtures);
    stories
}

/// The fixed corpus: those, and logs drawn from fixed seeds.
fn stories() -> Vec<Story> {
    let mut stories = shipped();
    stories.extend(corpus::decided(60, 80));
    stories.extend(corpus::imposed(80, 30));
    stories
}

/// A story with what the oracle says at each of its prefixes.
type Known = (Story, Vec<oracle::Facts>);

/// The corpus with what the oracle says of it, computed once.
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let facts = |story: &Story| {
        let prefixes = 1..=story.records.len();
        prefixes
            .map(|n| oracle::facts(&story.records[..n]))
            .collect()
    };
    let known = |story: Story| {
        let facts = facts(&story);
        (story, facts)
    };
    stories().into_iter().map(known).collect()
});

/// Where a machine first differs from the oracle: the story, the record and what differs.
fn first_difference(
    machine: &mut dyn Machine,
    (story, facts): &Known,
) -> Option<(usize, Vec<Disagreement>)> {
    story
        .records
        .iter()
        .zip(facts)
        .enumerate()
        .find_map(|(n, (record, facts))| {
            machine.apply(record);
            let found = differences(&machine.facts(), facts);
            (!found.is_empty()).then_some((n + 1, found))
        })
}

/// What kills a sabotage: the first story in which the oracle sees it in the fact it has to.
fn killer(sabotage: &Sabotage, known: &[Known]) -> Option<String> {
    known.iter().find_map(|it| {
        let (n, found) = first_difference(&mut *sabotage.machine(), it)?;
        let seen = found.iter().find(|it| it.fact.contains(sabotage.seen_in))?;
        Some(format!("{} (record {n} of {})", seen.fact, it.0.name))
    })
}

#[test]
fn the_real_machine_survives_the_oracle() {
    for it in KNOWN.iter() {
        let found = first_difference(&mut Real::default(), it);
        assert_eq!(found, None, "{}", it.0.name);
    }
}

#[test]
fn every_mutant_of_the_list_has_its_sabotage() {
    let numbers: Vec<u8> = SABOTAGES.iter().map(|it| it.number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

fn real(mission: &mut Mission, record: &Record) -> Applied {
    mission.apply(record)
}

/// The invariants that a fold breaks which the real one holds, each with how often.
fn broken(
    apply: orch_testkit::invariants::Apply,
    stories: &[Story],
) -> BTreeMap<&'static str, usize> {
    let mut broken: BTreeMap<&'static str, usize> = BTreeMap::new();
    for story in stories {
        let breaches = assert_trace_of(&story.records, LogClass::Any, apply).err();
        for breach in breaches.unwrap_or_default() {
            *broken.entry(breach.invariant).or_default() += 1;
        }
    }
    broken
}

/// The invariants that a sabotage breaks, where it folds something else; the others misreport, and
/// the invariants ask the mission itself.
fn breakers(sabotage: &Sabotage, stories: &[Story]) -> String {
    let Fault::Folds(apply) = sabotage.fault else {
        return "does not apply".to_owned();
    };
    let names: Vec<String> = broken(apply, stories)
        .into_keys()
        .map(|it| format!("`{it}`"))
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

#[test]
fn the_oracle_alone_kills_the_mutants_that_the_document_lists() {
    let is_short = |story: &Story| story.records.len() <= RECORDS_MAX;
    let short: Vec<Story> = shipped().into_iter().filter(is_short).collect();
    assert_eq!(broken(real, &short), BTreeMap::new());
    let mut rows =
        "| # | the mutant | killed by the oracle in | invariants it breaks |\n|---|---|---|---|\n"
            .to_owned();
    let mut n_killed = 0;
    for sabotage in SABOTAGES {
        let killer = killer(sabotage, &KNOWN);
        n_killed += usize::from(killer.is_some());
        let by = killer.unwrap_or_else(|| "survives".to_owned());
        let (number, text) = (sabotage.number, sabotage.text);
        let breakers = breakers(sabotage, &short);
        writeln!(rows, "| {number} | {text} | {by} | {breakers} |").unwrap();
    }
    assert!(n_killed >= KILLED_MIN, "{n_killed} killed:\n{rows}");
    document::hold("mutants", &rows);
}
