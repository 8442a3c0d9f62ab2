//! Commands while appends are in flight: what lands, what fails, and who is told what.

use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use orch_core::command::Command;
use orch_core::decide::Decision;
use orch_core::ids::{CommandKey, Seq};
use orch_core::mission::Mission;
use orch_store::coordinator::{CommandError, Coordinator, Outcome};
use orch_store::error::AppendError;

use crate::staged::{Staged, disk_full};
use crate::support::{ask, dispatch, done, join, mission, open, task};

type Answer = Result<Outcome, CommandError>;

/// A journal that answers when asked to, its owner, and another owner that overtakes it; with a
/// mission that an agent has joined.
fn scene() -> (Arc<Staged>, Arc<Coordinator>, Coordinator) {
    let journal = Staged::new();
    let other = Coordinator::new(journal.inner());
    done(&other, "auth", &open());
    done(&other, "auth", &join("coder"));
    let owner = Arc::new(Coordinator::new(Arc::clone(&journal) as _));
    (journal, owner, other)
}

/// Carries a command out on a thread of its own.
fn going(owner: &Arc<Coordinator>, command: Command) -> JoinHandle<Answer> {
    let owner = Arc::clone(owner);
    std::thread::spawn(move || owner.execute(&mission("auth"), &command, &ask()))
}

fn on_record(owner: &Coordinator) -> Mission {
    let records = owner.journal().read(&mission("auth"), Seq::ZERO, 99);
    Mission::fold(&records.unwrap())
}

fn accepted(answer: JoinHandle<Answer>) -> Seq {
    let Outcome::Accepted { records, .. } = answer.join().unwrap().unwrap() else {
        panic!("not accepted");
    };
    records.first().unwrap().seq()
}

// spec: ACK-1
#[test]
fn what_was_decided_upon_a_record_does_not_follow_another_at_its_position() {
    let (journal, owner, other) = scene();
    let declared = going(&owner, task("t1"));
    journal.await_queued(1);
    let dispatched = going(&owner, dispatch("t1", "coder"));
    journal.await_queued(1);
    // It takes the position that the declaration was to have; the dispatch expects just that one.
    done(&other, "auth", &task("t2"));
    journal.commit(2);
    assert_eq!(other.read(&mission("auth"), Mission::head).unwrap(), Seq(3));
    journal.open();
    assert!(accepted(declared) > Seq(3));
    // Decided again, it may come before the declaration, and is refused then.
    drop(dispatched.join().unwrap());
    assert_eq!(on_record(&owner).anomalies(), []);
}

// spec: ACK-1
#[test]
fn what_others_wrote_beyond_the_records_in_flight_is_not_mixed_with_them() {
    let (journal, owner, other) = scene();
    let first = going(&owner, task("t1"));
    journal.await_queued(1);
    done(&other, "auth", &task("t2"));
    done(&other, "auth", &task("t3"));
    // The state holds t1 at the position of t2; it must not go on from there.
    let second = journal.await_look(|| going(&owner, dispatch("t1", "coder")));
    journal.open();
    assert!(accepted(first) > Seq(4));
    drop(second.join().unwrap());
    assert_eq!(on_record(&owner).anomalies(), []);
    let seen = owner.read(&mission("auth"), |seen| seen.digest().unwrap());
    assert_eq!(seen.unwrap(), on_record(&owner).digest().unwrap());
}

// spec: ACK-1
#[test]
fn a_failure_in_the_middle_costs_only_those_who_were_told_so() {
    let (journal, owner, _) = scene();
    let first = going(&owner, task("t1"));
    journal.await_queued(1);
    let second = going(&owner, task("t2"));
    journal.await_queued(1);
    journal.fail(disk_full());
    let failed = first.join().unwrap();
    let Err(CommandError::Append(AppendError::NotWritten(_))) = failed else {
        panic!("{failed:?}");
    };
    // The second is lost already, though nobody said so yet: the third is not decided upon it.
    let third = going(&owner, task("t3"));
    journal.await_queued(1);
    journal.commit(2);
    assert_eq!(accepted(third), Seq(3));
    journal.await_queued(1);
    journal.commit(1);
    assert_eq!(accepted(second), Seq(4));
}

#[test]
fn a_refusal_that_depended_on_an_append_that_failed_is_taken_back() {
    let (journal, owner, _) = scene();
    let first = going(&owner, task("t1"));
    journal.await_queued(1);
    let asking = Arc::clone(&owner);
    let (tell, told) = mpsc::channel();
    let again = std::thread::spawn(move || {
        asking.execute_with(&mission("auth"), &ask(), |_| {
            tell.send(()).unwrap();
            Ok::<_, CommandError>((ask().by, task("t1")))
        })
    });
    told.recv().unwrap();
    journal.fail(disk_full());
    journal.open();
    assert!(first.join().unwrap().is_err());
    // Neither that it is there already nor that the disk was full: it was told to who wrote.
    assert_eq!(accepted(again), Seq(3));
}

#[test]
fn a_host_that_declines_does_so_upon_what_is_on_record() {
    let (journal, owner, _) = scene();
    let first = going(&owner, task("t1"));
    journal.await_queued(1);
    let declining = Arc::clone(&owner);
    let (tell, told) = mpsc::channel();
    let declined = std::thread::spawn(move || {
        declining.execute_with(&mission("auth"), &ask(), |seen| {
            tell.send(()).unwrap();
            match seen.tasks().count() {
                0 => Ok((ask().by, task("t2"))),
                _ => Err(CommandError::Contended { rounds: 0 }),
            }
        })
    });
    told.recv().unwrap();
    journal.fail(disk_full());
    journal.open();
    assert!(first.join().unwrap().is_err());
    assert_eq!(accepted(declined), Seq(3));
}

// spec: IDEM-1
#[test]
fn a_command_that_another_owner_carried_out_meanwhile_is_answered_by_its_records() {
    let (journal, owner, other) = scene();
    let key = ask().key(CommandKey::parse("k-1").unwrap());
    let (asking, same) = (Arc::clone(&owner), key.clone());
    let asked = std::thread::spawn(move || asking.execute(&mission("auth"), &task("t1"), &same));
    journal.await_queued(1);
    done(&other, "auth", &task("t0"));
    other.execute(&mission("auth"), &task("t1"), &key).unwrap();
    journal.commit(1);
    let answer = asked.join().unwrap().unwrap();
    let (first, last) = (Seq(4), Seq(4));
    assert!(
        matches!(answer, Outcome::AlreadyDone { first: one, last: two } if one == first && two == last),
        "{answer:?}"
    );
    // Nothing of what was handed in stays behind in memory.
    let next = going(&owner, task("t2"));
    journal.await_queued(1);
    journal.commit(1);
    assert_eq!(accepted(next), Seq(5));
}

// spec: IDEM-1
#[test]
fn another_command_under_a_key_that_was_used_meanwhile_is_refused_by_the_rule() {
    let (journal, owner, other) = scene();
    let key = ask().key(CommandKey::parse("k-1").unwrap());
    let (asking, same) = (Arc::clone(&owner), key.clone());
    let asked = std::thread::spawn(move || asking.execute(&mission("auth"), &task("t1"), &same));
    journal.await_queued(1);
    other.execute(&mission("auth"), &task("t2"), &key).unwrap();
    journal.commit(1);
    let answer = asked.join().unwrap();
    assert!(
        matches!(answer, Err(CommandError::Rejected(_))),
        "{answer:?}"
    );
}

#[test]
fn a_preview_is_judged_by_what_is_on_record() {
    let (journal, owner, _) = scene();
    let first = going(&owner, task("t1"));
    journal.await_queued(1);
    let looking = Arc::clone(&owner);
    let (tell, told) = mpsc::channel();
    let preview = std::thread::spawn(move || {
        looking.preview(&mission("auth"), &ask(), |_| {
            tell.send(()).unwrap();
            Ok::<_, CommandError>((ask().by, task("t1")))
        })
    });
    told.recv().unwrap();
    journal.fail(disk_full());
    assert!(first.join().unwrap().is_err());
    let preview = preview.join().unwrap().unwrap();
    assert!(matches!(preview.decision, Decision::Accepted { .. }));
    assert_eq!(preview.head, Seq(2));
}

// spec: ACK-1
#[test]
fn who_expects_another_position_is_told_of_records_that_were_in_flight_then() {
    let (journal, owner, _) = scene();
    let first = going(&owner, task("t1"));
    journal.await_queued(1);
    let asking = Arc::clone(&owner);
    let asked = std::thread::spawn(move || {
        asking.execute(&mission("auth"), &task("t2"), &ask().expect(Seq(2)))
    });
    journal.open();
    assert_eq!(accepted(first), Seq(3));
    let Err(CommandError::Moved { since, .. }) = asked.join().unwrap() else {
        panic!("it moved");
    };
    assert_eq!(since[0].seq(), Seq(3));
}

#[test]
fn who_waits_for_a_mission_sees_what_he_waits_for_once_it_is_on_record() {
    let (journal, owner, _) = scene();
    journal.open();
    let waiting = Arc::clone(&owner);
    let long = std::time::Duration::from_secs(60);
    let found = std::thread::spawn(move || {
        waiting.until(&mission("auth"), long, |seen| {
            seen.tasks().nth(1).map(|at| at.id().clone())
        })
    });
    done(&owner, "auth", &task("t1"));
    done(&owner, "auth", &task("t2"));
    assert_eq!(found.join().unwrap().unwrap().unwrap().as_str(), "t2");
    let short = std::time::Duration::from_millis(1);
    let none = owner.until(&mission("auth"), short, |seen| {
        seen.tasks().nth(2).map(|_| ())
    });
    assert_eq!(none.unwrap(), None);
}

// spec: IDEM-1
#[test]
fn a_mission_that_was_put_out_of_memory_in_flight_loses_nothing() {
    let (journal, owner, _) = scene();
    let key = ask().key(CommandKey::parse("k-1").unwrap());
    let (asking, same) = (Arc::clone(&owner), key.clone());
    let first = std::thread::spawn(move || asking.execute(&mission("auth"), &task("t1"), &same));
    journal.await_queued(1);
    // More missions than are kept while nobody uses them.
    for n in 0..600 {
        let name = mission(&format!("m{n}"));
        assert_eq!(owner.read(&name, Mission::head).unwrap(), Seq::ZERO);
    }
    let again = going(&owner, task("t2"));
    let asking = Arc::clone(&owner);
    let retried = std::thread::spawn(move || asking.execute(&mission("auth"), &task("t1"), &key));
    journal.await_queued(1);
    journal.open();
    assert_eq!(first.join().unwrap().unwrap().last(), Seq(3));
    assert_eq!(accepted(again), Seq(4));
    let retried = retried.join().unwrap().unwrap();
    assert!(
        matches!(retried, Outcome::AlreadyDone { last: Seq(3), .. }),
        "{retried:?}"
    );
}
