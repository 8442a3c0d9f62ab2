//! Holding a store against a law.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::bench::{Bench, Tier};
use super::claims::{claims, refuses};
use super::counterexample::Counterexample;
use super::law::{Failed, Law, Outcome};
use super::under_test::Subject;
use super::worker::WorkerSpec;
use crate::fault::say_skipped;

/// How long a call is waited for before it is said to hang.
const PATIENCE: Duration = Duration::from_secs(20);

/// Holds a store against a law, and panics with the counterexample unless it holds.
///
/// What cannot be tried here is said, and is a failure in the full tier alone: whoever has no C
/// compiler can run the tests. It is what a test of [`store_laws!`](crate::store_laws) does.
pub fn hold(subject: &dyn Subject, law: &Law, worker: Option<WorkerSpec>) {
    let outcome = judge(subject, law, worker);
    if let (Outcome::NotMeasured { why }, Tier::Fast) = (&outcome, Tier::from_env()) {
        return say_skipped(&format!("{} and law {}: {why}", subject.name(), law.name));
    }
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
    judge_within(subject, law, worker, PATIENCE)
}

/// As [`judge`], but says sooner or later that a call hangs.
pub fn judge_within(
    subject: &dyn Subject,
    law: &Law,
    worker: Option<WorkerSpec>,
    patience: Duration,
) -> Outcome {
    let bench = match Bench::new(subject, law, worker) {
        Ok(bench) => bench.patient_for(patience),
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
