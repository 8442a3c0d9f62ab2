//! Commands on missions in a journal.

use std::sync::Arc;

use orch_core::codes::Code;
use orch_core::ids::{CommandKey, Seq};
use orch_core::mission::Mission;
use orch_store::coordinator::{CommandError, Coordinator, Outcome};
use orch_store::memory::MemoryJournal;

use crate::support::{ask, dispatch, done, join, memory, mission, open, task};

// spec: ACK-1
#[test]
fn a_command_is_carried_out_on_record_and_in_state() {
    let coordinator = memory();
    let Outcome::Accepted { records, .. } = done(&coordinator, "auth", &open()) else {
        panic!("refused");
    };
    assert_eq!(records[0].seq(), Seq(1));
    let head = coordinator.read(&mission("auth"), Mission::head);
    assert_eq!(head.unwrap(), Seq(1));
    let kept = coordinator.journal().read(&mission("auth"), Seq::ZERO, 9);
    assert_eq!(kept.unwrap(), records);
}

// spec: IDEM-1
#[test]
fn the_same_command_under_the_same_key_is_carried_out_once() {
    let coordinator = memory();
    done(&coordinator, "auth", &open());
    let auth = mission("auth");
    let key = ask().key(CommandKey::parse("k-1").unwrap());
    let first = coordinator.execute(&auth, &task("t1"), &key).unwrap();
    assert_eq!(first.records().len(), 1);
    let again = coordinator.execute(&auth, &task("t1"), &key).unwrap();
    assert!(matches!(
        again,
        Outcome::AlreadyDone {
            first: Seq(2),
            last: Seq(2)
        }
    ));
    let other = coordinator.execute(&auth, &task("t2"), &key).unwrap_err();
    let CommandError::Rejected(rejection) = other else {
        panic!("{other}");
    };
    assert_eq!(rejection.code, Code::CommandReused);
}

#[test]
fn a_retry_is_recognised_though_the_command_is_made_from_a_state_that_moved_on() {
    let coordinator = memory();
    let auth = mission("auth");
    for command in [open(), join("coder"), task("t1"), task("t2")] {
        done(&coordinator, "auth", &command);
    }
    // The command depends on the state: it takes the first task that is ready.
    let key = ask().key(CommandKey::parse("claim-1").unwrap());
    let claim = || {
        coordinator.execute_with(&auth, &key, |mission| {
            let ready = mission.ready(key.now);
            let id = ready[0].as_str();
            Ok::<_, CommandError>((key.by.clone(), dispatch(id, "coder")))
        })
    };
    assert_eq!(claim().unwrap().records().len(), 1);
    let again = claim().unwrap();
    assert!(matches!(again, Outcome::AlreadyDone { .. }), "{again:?}");
}

// spec: ACK-1
#[test]
fn who_expects_another_position_is_told_what_was_written_since() {
    let coordinator = memory();
    for command in [open(), task("t1")] {
        done(&coordinator, "auth", &command);
    }
    let stale = coordinator.execute(&mission("auth"), &task("t2"), &ask().expect(Seq(1)));
    let Err(CommandError::Moved { actual, since, .. }) = stale else {
        panic!("{stale:?}");
    };
    assert_eq!(actual, Seq(2));
    assert_eq!(since[0].seq(), Seq(2));
}

// spec: ACK-1
#[test]
fn two_owners_of_one_journal_decide_again_when_the_other_was_faster() {
    let journal = Arc::new(MemoryJournal::new());
    let one = Coordinator::new(Arc::clone(&journal) as _);
    let two = Coordinator::new(journal);
    done(&one, "auth", &open());
    std::thread::scope(|scope| {
        for (owner, letter) in [(&one, 'a'), (&two, 'b')] {
            scope.spawn(move || {
                for n in 0..200 {
                    done(owner, "auth", &task(&format!("{letter}{n}")));
                }
            });
        }
    });
    let head = one.read(&mission("auth"), Mission::head).unwrap();
    assert_eq!(head, Seq(401));
}
