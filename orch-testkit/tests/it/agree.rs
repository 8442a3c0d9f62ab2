//! The fold and the oracle agree, at every prefix of every log.

use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_testkit::agree::{Agreement, compare};
use orch_testkit::corpus::{self, Story};
use orch_testkit::explore::Observer as _;
use orch_testkit::strategy;
use proptest::prelude::*;

use crate::invariants::recorded;

/// How many rows of each sample are compared, and at how many of their prefixes: the oracle searches
/// the whole log for each question it asks of it.
const ROWS_MAX: usize = 60;
const PREFIXES_MAX: usize = 4;

/// Compares at every prefix, or at so many of them, the last included.
fn agree_at(name: &str, records: &[Record], prefixes: usize) {
    let mut mission = Mission::new();
    let step = records.len().div_ceil(prefixes).max(1);
    for (n, record) in records.iter().enumerate() {
        mission.apply(record);
        let so_far = &records[..=n];
        let is_due = (records.len() - so_far.len()).is_multiple_of(step);
        let found = if is_due {
            compare(so_far, &mission)
        } else {
            Vec::new()
        };
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        let lines: Vec<&str> = so_far.iter().map(Record::as_line).collect();
        assert!(found.is_empty(), "{name}: {found:#?}\n{}", lines.join("\n"));
    }
}

fn agree(story: &Story) {
    agree_at(&story.name, &story.records, usize::MAX);
}

#[test]
fn the_oracle_agrees_on_the_corpus() {
    corpus::told().iter().for_each(agree);
    corpus::imposed(60, 40).iter().for_each(agree);
    corpus::decided(60, 120).iter().for_each(agree);
}

#[test]
fn the_oracle_agrees_at_every_prefix_of_every_shipped_log() {
    let all = recorded::fixtures();
    assert!(all.len() > 1);
    for (path, records) in all {
        agree_at(&path.to_string_lossy(), &records, usize::MAX);
    }
}

#[test]
fn the_oracle_agrees_on_the_first_rows_of_every_sample() {
    for path in recorded::samples() {
        let records = recorded::imported(&path, ROWS_MAX);
        agree_at(&path.to_string_lossy(), &records, PREFIXES_MAX);
    }
}

// spec: RULES-1
#[test]
fn the_oracle_agrees_on_a_log_of_rules_that_are_newer_than_known() {
    let records = &corpus::told()[0].records;
    let newer = |record: &Record| {
        let line = record.as_line().replace(r#""rules":1"#, r#""rules":2"#);
        Record::parse(line.as_bytes()).unwrap()
    };
    let records: Vec<Record> = records.iter().map(newer).collect();
    agree_at("newer rules", &records, usize::MAX);
    let facts = orch_testkit::oracle::facts(&records);
    assert!(
        facts.records[&records[0].seq()]
            .codes
            .contains("rules_newer")
    );
}

#[test]
fn an_agreement_says_in_which_facts_the_two_differ() {
    let agreement = Agreement;
    let mut mission = Mission::new();
    let records = &corpus::told()[0].records;
    assert_eq!(agreement.look(&[], &mission), Ok(()));
    for (n, record) in records.iter().enumerate() {
        mission.apply(record);
        assert_eq!(agreement.look(&records[..=n], &mission), Ok(()));
    }
    let problem = agreement.look(records, &Mission::new()).unwrap_err();
    assert!(problem.contains("the fold says"), "{problem}");
}

/// An eighth of what is usual: the oracle searches the whole log for each question, at each prefix.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases / 8,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_oracle_always_agrees_on_imposed_logs(
        policy in strategy::policies(),
        log in strategy::log(40),
    ) {
        let mut world = corpus::staged(policy);
        strategy::impose(&mut world, &log);
        agree_at("imposed", &world.records, usize::MAX);
    }

    #[test]
    fn the_oracle_always_agrees_on_logs_that_begin_mid_story(log in strategy::log(40)) {
        let mut world = orch_testkit::world::World::unopened();
        strategy::impose(&mut world, &log);
        agree_at("unopened", &world.records, usize::MAX);
    }

    #[test]
    fn the_oracle_always_agrees_on_decided_logs(
        policy in strategy::policies(),
        commands in strategy::commands(120),
    ) {
        let mut world = corpus::staged(policy);
        strategy::drive(&mut world, &commands);
        agree_at("decided", &world.records, usize::MAX);
    }
}
