//! What comes out of a law: each outcome is told apart, and a breach leaves its files.

use std::fs;
use std::path::Path;

use orch_core::record::read_lines;
use orch_store::capabilities::{Capabilities, Durability};
use orch_store::error::StoreError;
use orch_store::memory::MemoryJournal;
use orch_testkit::invariants::{LogClass, assert_trace};
use orch_testkit::store::laws::law;
use orch_testkit::store::sabotage::{SABOTAGES, Sabotage};
use orch_testkit::store::stores::Memory;
use orch_testkit::store::{
    Bench, Claim, Failed, Law, Outcome, Report, StoreUnderTest, Verdict, judge,
};

/// The store in memory, whose author says something else of it.
struct Said(fn(&mut Capabilities));

impl StoreUnderTest for Said {
    type Store = MemoryJournal;

    fn name(&self) -> &'static str {
        "said"
    }

    fn capabilities(&self) -> Capabilities {
        let mut own = StoreUnderTest::capabilities(&Memory);
        (self.0)(&mut own);
        own
    }

    fn open(&self, _folder: &Path) -> Result<MemoryJournal, StoreError> {
        Ok(MemoryJournal::new())
    }
}

fn made_up(run: fn(&Bench<'_>) -> Verdict) -> Law {
    Law {
        number: 900,
        name: "MADE_UP",
        text: "it is as it is",
        claim: Claim::Nothing,
        run,
    }
}

fn mutant(number: u8) -> &'static Sabotage {
    SABOTAGES.iter().find(|it| it.number == number).unwrap()
}

#[test]
fn each_outcome_is_told_apart() {
    let words = [
        made_up(|_| Ok(3)),
        made_up(|_| Ok(0)),
        made_up(|_| Err(Failed::broken("wrong"))),
        made_up(|_| Err(Failed::NotMeasured("no disk".to_owned()))),
        made_up(|_| Err(Failed::Harness("no folder".to_owned()))),
        made_up(|bench| bench.worker().map(|_| 1)),
    ]
    .map(|law| judge(&Memory, &law, None).to_string());
    assert_eq!(words[0], "held in 3 cases");
    assert_eq!(words[1], "HARNESS BROKEN: the law looked at no case");
    assert!(words[2].starts_with("BROKEN: wrong\nagain: ORCH_LAW_SEED=0x384"));
    assert_eq!(words[3], "NOT MEASURED: no disk");
    assert_eq!(words[4], "HARNESS BROKEN: no folder");
    assert_eq!(words[5], "NOT MEASURED: there is no worker for this store");
    let panics = made_up(|_| panic!("surprise"));
    let outcome = judge(&Memory, &panics, None);
    assert!(
        outcome
            .to_string()
            .starts_with("BROKEN: it panicked: surprise")
    );
}

#[test]
fn what_is_not_claimed_has_to_be_refused() {
    let outcome_of = |store: &Said, name| judge(store, law(name).unwrap(), None);
    let modest = Said(|own| own.snapshots = false);
    let outcome = outcome_of(&modest, "SNAPSHOT_FOLDS");
    assert!(
        outcome
            .to_string()
            .contains("does not claim to keep snapshots"),
        "{outcome}"
    );
    let modest = Said(|own| own.subscribe = false);
    let outcome = outcome_of(&modest, "SUB_GAPLESS");
    assert!(outcome.to_string().contains("took a watch"), "{outcome}");
    let outcome = judge(&Memory, law("CLOSE_AND_DROP").unwrap(), None);
    assert!(matches!(
        outcome,
        Outcome::NotClaimed {
            what: "survives its process"
        }
    ));
}

#[test]
fn what_is_claimed_has_to_be_kept() {
    let boasting = Said(|own| own.durability = Durability::PowerCut);
    for name in ["CLOSE_AND_DROP", "CLAIMS_STATED"] {
        let outcome = judge(&boasting, law(name).unwrap(), None);
        assert!(matches!(outcome, Outcome::Broken(_)), "{name}: {outcome}");
    }
}

#[test]
fn a_breach_leaves_files_from_which_it_can_be_seen_again() {
    // A pair that no other test tries: it would write the same files.
    let (store, law) = (mutant(41).store(), law("IMMUTABLE").unwrap());
    let Outcome::Broken(found) = judge(&*store, law, None) else {
        panic!("the mutant survives");
    };
    let folder = found.folder.as_ref().unwrap();
    let repro = fs::read_to_string(folder.join("REPRO.txt")).unwrap();
    assert!(
        repro.contains("ORCH_LAW_SEED=0x9 cargo test l09_"),
        "{repro}"
    );
    assert!(
        fs::read_to_string(folder.join("calls.txt"))
            .unwrap()
            .contains("append")
    );
    // What `orch replay` reads, and nothing is wrong with the records themselves.
    let history = read_lines(&fs::read(folder.join("history.jsonl")).unwrap());
    assert!(history.bad.is_empty() && !history.records.is_empty());
    assert_trace(&history.records, LogClass::Any).unwrap();
    // The same seed draws and shrinks the same.
    let Outcome::Broken(again) = judge(&*store, law, None) else {
        panic!("the mutant survives");
    };
    assert_eq!(again.input, found.input);
    assert!(found.input.is_some());
}

#[test]
fn a_report_says_what_there_is_to_do() {
    let broken = mutant(80).store();
    let report = Report::on(&[(&*broken, None)]);
    assert!(!report.is_good());
    let bad: Vec<&str> = report.bad().iter().map(|(row, _, _)| row.name).collect();
    assert!(
        bad.contains(&"GAPLESS_STREAM") && !bad.contains(&"OLD_FORMAT"),
        "{bad:?}"
    );
    assert!(report.markdown().contains("| 4 | `GAPLESS_STREAM` |"));
    assert!(report.markdown().contains(" BROKEN |"));
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["laws"][3]["outcomes"][0]["outcome"], "broken");
}
