//! A store that fails when it is told to: each fault does what it says, once, and nothing else.

use std::sync::Arc;

use orch_core::ids::{CommandKey, Seq};
use orch_store::cursor::Cursor;
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal as _};
use orch_store::memory::MemoryJournal;
use orch_testkit::store::{AppendFault, Draft, Faulty, ReadFault, mission};

fn faulty() -> Faulty {
    Faulty::new(Arc::new(MemoryJournal::new()))
}

/// An append of two records behind as many as there are.
fn next(journal: &Faulty) -> Append {
    let m = mission("m");
    let head = journal.inner().head(&m).unwrap();
    Draft::new(&m, head.0).records(2).append()
}

fn n_there(journal: &Faulty) -> u64 {
    journal.inner().head(&mission("m")).unwrap().0
}

#[test]
fn without_faults_it_is_the_store_behind_it() {
    let journal = faulty();
    journal.append(next(&journal)).unwrap();
    assert_eq!(journal.read(&mission("m"), Seq::ZERO, 9).unwrap().len(), 2);
    assert_eq!(journal.id(), journal.inner().id());
    assert_eq!(journal.verify(&mut |_| ()).unwrap().records, 2);
}

#[test]
fn an_append_fails_in_the_way_that_was_lined_up_and_the_one_after_it_passes() {
    let journal = faulty();
    for (fault, is_there) in [
        (AppendFault::Refused, false),
        (AppendFault::NeverWritten, false),
        (AppendFault::AnswerLost, true),
    ] {
        let before = n_there(&journal);
        journal.fail_append(AppendFault::Passes);
        journal.fail_append(fault);
        journal.append(next(&journal)).unwrap();
        let answer = journal.append(next(&journal));
        let is_unknown = matches!(answer, Err(AppendError::Unknown(_)));
        assert_eq!(is_unknown, fault != AppendFault::Refused, "{answer:?}");
        assert!(answer.is_err());
        assert_eq!(n_there(&journal), before + if is_there { 4 } else { 2 });
        journal.append(next(&journal)).unwrap();
    }
}

#[test]
fn what_is_refused_by_the_store_itself_is_told_as_that() {
    let journal = faulty();
    journal.append(next(&journal)).unwrap();
    journal.fail_append(AppendFault::AnswerLost);
    let stale = Draft::new(&mission("m"), 0).append();
    let answer = journal.append(stale);
    assert!(
        matches!(answer, Err(AppendError::Conflict { .. })),
        "{answer:?}"
    );
}

#[test]
fn what_is_held_is_judged_when_it_is_released_in_its_order() {
    let journal = faulty();
    journal.fail_append(AppendFault::Held);
    journal.fail_append(AppendFault::Held);
    let first = journal.submit(next(&journal));
    let second = journal.submit(next(&journal));
    assert!(first.peek().is_none() && second.peek().is_none());
    assert_eq!((journal.n_held(), n_there(&journal)), (2, 0));
    // Whoever is not held overtakes them.
    journal
        .append(Draft::new(&mission("other"), 0).append())
        .unwrap();
    assert_eq!(journal.release(), 2);
    assert!(matches!(first.wait(), Ok(Appended::Now { .. })));
    assert!(matches!(second.wait(), Err(AppendError::Conflict { .. })));
    assert_eq!(journal.n_held(), 0);
}

#[test]
fn a_poisoned_store_answers_nobody() {
    let journal = faulty();
    journal.append(next(&journal)).unwrap();
    journal.fail_append(AppendFault::Poisons);
    for _ in 0..2 {
        let answer = journal.append(next(&journal));
        assert!(matches!(
            answer,
            Err(AppendError::NotWritten(StoreError::Poisoned { .. }))
        ));
    }
    assert!(matches!(
        journal.head(&mission("m")),
        Err(StoreError::Poisoned { .. })
    ));
    assert!(matches!(
        journal.missions(),
        Err(StoreError::Poisoned { .. })
    ));
    assert_eq!(n_there(&journal), 2);
}

#[test]
fn each_question_can_fail_and_is_answered_the_next_time() {
    let journal = faulty();
    let m = mission("m");
    let start = Cursor::start(journal.id());
    let key = CommandKey::parse("k").unwrap();
    journal.append(next(&journal)).unwrap();
    let questions: [&dyn Fn() -> bool; 7] = [
        &|| journal.head(&m).is_ok(),
        &|| journal.read(&m, Seq::ZERO, 9).is_ok(),
        &|| journal.read_all(&start, 9).is_ok(),
        &|| journal.prior(&m, &key).is_ok(),
        &|| journal.missions().is_ok(),
        &|| journal.end().is_ok(),
        &|| journal.verify(&mut |_| ()).is_ok(),
    ];
    for question in questions {
        journal.fail_read(ReadFault::Passes);
        journal.fail_read(ReadFault::Fails);
        assert!(question());
        assert!(!question());
        assert!(question());
    }
}

#[test]
fn a_short_read_is_a_beginning_and_goes_on_where_it_ended() {
    let journal = faulty();
    let m = mission("m");
    journal.append(next(&journal)).unwrap();
    journal.append(next(&journal)).unwrap();
    journal.fail_read(ReadFault::Short(1));
    let one = journal.read(&m, Seq::ZERO, 9).unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(journal.read(&m, one[0].seq(), 9).unwrap().len(), 3);
    journal.fail_read(ReadFault::Short(1));
    let page = journal.read_all(&Cursor::start(journal.id()), 9).unwrap();
    // By whole appends, all the same.
    assert_eq!(page.records.len(), 2);
    assert_eq!(journal.read_all(&page.next, 9).unwrap().records.len(), 2);
}
