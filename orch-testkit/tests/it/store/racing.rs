//! The laws of many clients find each fault that only many clients meet, and find it by name.

use orch_testkit::store::laws::law;
use orch_testkit::store::worker::serve_if_asked;
use orch_testkit::store::{Outcome, Subject, WorkerSpec, judge};

use super::shared::{Flaw, stores};

/// The laws of many clients.
const LAWS: [&str; 4] = [
    "LINEARIZABLE",
    "NO_LOST_UPDATE",
    "SINGLE_WRITER",
    "MULTI_PROCESS",
];

/// The laws that a fault must break, at least the first of them; it may break the others.
const fn broken_by(flaw: Flaw) -> (&'static [&'static str], &'static [&'static str]) {
    match flaw {
        Flaw::None => (&[], &[]),
        Flaw::ChecksOutsideTheLock => (&["NO_LOST_UPDATE", "LINEARIZABLE"], &["MULTI_PROCESS"]),
        Flaw::TornReads => (&["LINEARIZABLE"], &["MULTI_PROCESS"]),
        Flaw::StaleReads => (&["LINEARIZABLE"], &["MULTI_PROCESS"]),
        Flaw::LostUpdates => (&["NO_LOST_UPDATE", "LINEARIZABLE"], &["MULTI_PROCESS"]),
        // What does not claim several processes has to refuse a second one: that law asks for it too.
        Flaw::SecondWriter => (&["SINGLE_WRITER", "MULTI_PROCESS"], &[]),
        Flaw::LocksThreadsOnly => (&["MULTI_PROCESS"], &[]),
    }
}

#[test]
fn each_fault_is_found_by_its_law_and_a_store_without_one_keeps_them_all() {
    for store in stores() {
        let (must, may) = broken_by(store.flaw);
        for name in LAWS {
            // What the other laws have shown needs no processes.
            if may.contains(&name) {
                continue;
            }
            let worker = WorkerSpec::this_test(module_path!());
            let subject: &dyn Subject = &*store;
            let outcome = judge(subject, law(name).unwrap(), Some(worker));
            if must.contains(&name) {
                let is_broken = matches!(outcome, Outcome::Broken(_));
                assert!(is_broken, "{} and {name}: {outcome}", store.name);
            } else {
                assert!(outcome.is_good(), "{} and {name}: {outcome}", store.name);
            }
        }
    }
}

/// One of the stores in a process of its own; it does nothing unless it is started for that.
#[test]
fn worker() {
    for store in stores() {
        if serve_if_asked(&*store) {
            return;
        }
    }
}
