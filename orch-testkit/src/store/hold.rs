//! Holding a store against a law.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use orch_store::capabilities::Durability;
use orch_store::cursor::Cursor;
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::Journal as _;

use super::bench::Bench;
use super::counterexample::Counterexample;
use super::draft::{Draft, mission};
use super::law::{Claim, Failed, Law, Outcome, ensure};
use super::under_test::Subject;
use super::worker::WorkerSpec;

/// Holds a store against a law, and panics with the counterexample unless it holds.
///
/// It is what a test of [`store_laws!`](crate::store_laws) does.
pub fn hold(subject: &dyn Subject, law: &Law, worker: Option<WorkerSpec>) {
    let outcome = judge(subject, law, worker);
    assert!(
        outcome.is_good(),
        "{} and law {} {}: {outcome}",
        subject.name(),
        law.number,
        law.name
    );
}

/// Holds a store against a law, and tells what came out.
pub fn judge(subject: &dyn Subject, law: &Law, worker: Option<WorkerSpec>) -> Outcome {
    let bench = match Bench::new(subject, law, worker) {
        Ok(bench) => bench,
        Err(failed) => return outcome_of(failed, None),
    };
    let claimed = claims(subject, law.claim);
    let run = || match claimed {
        Ok(()) => (law.run)(&bench),
        Err(_) => refuses(&bench, law.claim).map(|()| 1),
    };
    let verdict = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panicked(&*panic);
        Err(Failed::Broken(format!("it panicked: {text}")))
    });
    match (verdict, claimed) {
        (Ok(0), _) => Outcome::HarnessBroken {
            why: "the law looked at no case".to_owned(),
        },
        (Ok(cases), Ok(())) => Outcome::Held { cases },
        (Ok(_), Err(what)) => Outcome::NotClaimed { what },
        (Err(failed), _) => outcome_of(failed, Some(&bench)),
    }
}

fn outcome_of(failed: Failed, bench: Option<&Bench<'_>>) -> Outcome {
    match (failed, bench) {
        (Failed::Broken(what), Some(bench)) => {
            let found = Counterexample {
                what,
                input: bench.smallest(),
                seed: bench.seed(),
                folder: None,
            };
            let (store, calls) = (bench.subject().name(), bench.calls().all());
            Outcome::Broken(found.write(bench.law(), store, &calls))
        }
        (Failed::NotMeasured(why), _) => Outcome::NotMeasured { why },
        (Failed::Broken(why) | Failed::Harness(why), _) => Outcome::HarnessBroken { why },
    }
}

fn panicked(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}

/// Whether a store claims what a law is about; what it does not claim otherwise.
fn claims(subject: &dyn Subject, claim: Claim) -> Result<(), &'static str> {
    let own = subject.capabilities();
    let (is_claimed, what) = match claim {
        Claim::Nothing => (true, ""),
        Claim::Survives(Durability::PowerCut) => (
            own.durability >= Durability::PowerCut,
            "survives a power cut",
        ),
        Claim::Survives(least) => (own.durability >= least, "survives its process"),
        Claim::MultiProcess => (own.multi_process, "takes several writing processes"),
        Claim::SingleProcess => (
            !own.multi_process && own.durability > Durability::None,
            "is of one writing process at a time",
        ),
        Claim::Subscribe => (own.subscribe, "wakes who waits"),
        Claim::Snapshots => (own.snapshots, "keeps snapshots"),
        Claim::Readers => (has_readers(subject), "has readers beside the writer"),
        Claim::Copies => (has_copies(subject), "can be copied"),
    };
    if is_claimed { Ok(()) } else { Err(what) }
}

fn has_readers(subject: &dyn Subject) -> bool {
    let nowhere = std::path::Path::new("");
    subject.open_reader(nowhere).is_some()
}

fn has_copies(subject: &dyn Subject) -> bool {
    let nowhere = std::path::Path::new("");
    subject.copy(nowhere, nowhere).is_some()
}

/// Checks that a store refuses what it does not claim: a caller who asks for it has to be told.
fn refuses(bench: &Bench<'_>, claim: Claim) -> Result<(), Failed> {
    let journal = bench.fresh()?;
    let m = mission("m");
    match claim {
        Claim::Survives(least) => {
            let answer = journal.append(Draft::new(&m, 0).append().durability(least));
            ensure!(
                matches!(answer, Err(AppendError::Unsupported { .. })),
                "it does not claim to survive {least:?}, and took an append that asks for it: {answer:?}"
            );
        }
        Claim::Subscribe => {
            let watch = journal.watch(Arc::new(|| ()));
            ensure!(
                matches!(watch, Err(StoreError::Unsupported { .. })),
                "it does not claim to wake anybody, and took a watch"
            );
            // To wait may work all the same, by looking again.
            let start = Cursor::start(journal.id());
            drop(journal.wait(&start, Duration::ZERO));
        }
        Claim::Snapshots => {
            journal.append(Draft::new(&m, 0).append())?;
            let log = journal.read(&m, orch_core::ids::Seq::ZERO, 1)?;
            let state = orch_core::mission::Mission::fold(&log);
            let snapshot = state
                .snapshot()
                .map_err(|error| Failed::Harness(error.to_string()))?;
            drop(journal.save_snapshot(&snapshot));
            let kept = journal.snapshot(&m);
            ensure!(
                !matches!(kept, Ok(Some(_))),
                "it does not claim to keep snapshots, and gave one back"
            );
        }
        // That two handles of one process are told apart is law 34's.
        Claim::MultiProcess | Claim::SingleProcess => {}
        // What is not offered cannot be asked for.
        Claim::Nothing | Claim::Readers | Claim::Copies => {}
    }
    Ok(())
}
