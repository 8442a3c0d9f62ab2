//! The contract, beyond the laws of a store that `orch-testkit` holds every store against.

use std::sync::Arc;
use std::time::Duration;

use orch_core::ids::CommandKey;
use orch_core::record::Record;
use orch_store::coordinator::Coordinator;
use orch_store::cursor::{Cursor, Position};
use orch_store::error::AppendError;
use orch_store::journal::{Append, Expect, Journal};
use orch_store::memory::MemoryJournal;
use orch_store::segments::Reader;

use crate::support::{Home, ask, done, fill, mission, open, story, task};

/// Runs a check on each store.
fn each(check: impl Fn(Arc<dyn Journal>)) {
    check(Arc::new(MemoryJournal::new()));
    let home = Home::new();
    check(Arc::new(home.open()));
}

/// Records that open a mission, as somebody sealed them.
fn opening(name: &str, key: &str) -> Vec<Record> {
    let elsewhere = Coordinator::new(Arc::new(MemoryJournal::new()));
    let ask = ask().key(CommandKey::parse(key).unwrap());
    let outcome = elsewhere.execute(&mission(name), &open(), &ask).unwrap();
    outcome.records().to_vec()
}

#[test]
fn who_waits_is_woken_by_the_append_and_by_nothing_else() {
    each(|journal| {
        let start = Cursor::start(journal.id());
        let end = journal.wait(&start, Duration::from_millis(5)).unwrap();
        assert_eq!(end, start);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| journal.wait(&start, Duration::from_secs(60)));
            journal
                .append(Append::new(Expect::New, opening("m", "a")).unwrap())
                .unwrap();
            assert_eq!(waiting.join().unwrap().unwrap().position, Position(1));
        });
        // What is there already does not have to come again.
        assert_eq!(
            journal
                .wait(&start, Duration::from_secs(60))
                .unwrap()
                .position,
            Position(1)
        );
    });
}

#[test]
fn what_is_too_large_or_of_a_kind_that_is_not_offered_is_refused_before_it_is_written() {
    let home = Home::new();
    let mut options = crate::support::options();
    options.record_max_bytes = 400;
    let journal = orch_store::segments::open(&home.root(), &options)
        .unwrap()
        .journal;
    let coordinator = Coordinator::new(Arc::new(journal));
    done(&coordinator, "m", &open());
    let long = coordinator.execute(&mission("m"), &task(&"x".repeat(200)), &ask());
    assert!(long.unwrap_err().to_string().contains("at most 400"));
    done(&coordinator, "m", &task("short"));
    let reader = Reader::open(&home.root()).unwrap();
    let refused = reader.append(Append::new(Expect::New, opening("n", "a")).unwrap());
    assert!(matches!(refused, Err(AppendError::Unsupported { .. })));
    assert_eq!(
        story(&reader).unwrap(),
        story(&**coordinator.journal()).unwrap()
    );
}

#[test]
fn a_store_is_whole_though_somebody_writes_while_it_is_verified() {
    each(|journal| {
        let coordinator = Coordinator::new(Arc::clone(&journal));
        fill(&coordinator);
        let mut n_written = 0;
        let verified = journal.verify(&mut |_| {
            done(&coordinator, "auth", &task(&format!("more{n_written}")));
            done(&coordinator, &format!("new{n_written}"), &open());
            n_written += 1;
        });
        assert_eq!(verified.unwrap().records, 10);
        journal.verify(&mut |_| ()).unwrap();
    });
}
