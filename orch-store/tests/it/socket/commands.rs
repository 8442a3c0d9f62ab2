//! Commands through the door: decided as they would be by whoever has the store.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::ids::{CommandKey, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_store::coordinator::{Ask, CommandError, Coordinator, Outcome};
use orch_store::error::{AppendError, StoreError};
use orch_store::socket::{Owner, Remote};

use super::{PATIENCE, Served};
use crate::support::{Home, ask, dispatch, done, join, mission, note, open, task};

fn keyed(key: &str) -> Ask {
    ask().key(CommandKey::parse(key).unwrap())
}

/// What a command is answered, in words that do not depend on who was asked: ids are drawn.
fn told(answer: Result<Outcome, CommandError>) -> String {
    match answer {
        Ok(Outcome::Accepted { records, effects }) => {
            let events: Vec<_> = records
                .iter()
                .map(|record| (record.seq(), record.event()))
                .collect();
            format!("{events:?} {effects:?}")
        }
        Ok(outcome @ (Outcome::AlreadyDone { .. } | Outcome::NoChange { .. })) => {
            format!("{outcome:?}")
        }
        Ok(other) => format!("{:?}", other.records().len()),
        Err(CommandError::Moved { since, .. }) => {
            let events: Vec<_> = since.iter().map(Record::event).collect();
            format!("moved: {events:?}")
        }
        Err(error) => format!("{error:?}"),
    }
}

// spec: DECIDE-3, IDEM-1, ACK-1
#[test]
fn every_answer_is_the_one_that_the_owner_would_give() {
    let (near, far) = (Served::new(), Served::new());
    let remote = far.remote();
    let now = ask().now;
    let story: Vec<(Command, Ask)> = vec![
        (task("t1"), keyed("a")),
        (task("t1"), keyed("a")),
        (task("t2"), keyed("a")),
        (task("t1"), keyed("b")),
        (join("coder"), ask()),
        (dispatch("t1", "nobody"), ask()),
        (dispatch("t1", "coder"), ask()),
        (dispatch("t1", "coder"), ask()),
        (note("x"), ask().expect(Seq(1))),
        (Command::Tick, ask()),
        (note(&"long ".repeat(1_000_000)), ask()),
    ];
    let auth = mission("auth");
    for (command, mut ask) in story {
        ask.now = now;
        let own = told(near.coordinator.execute(&auth, &command, &ask));
        assert_eq!(told(remote.execute(&auth, &command, &ask)), own);
    }
}

// spec: IDEM-1
#[test]
fn a_retry_finds_the_answer_though_the_command_is_made_from_a_state_that_moved_on() {
    let served = Served::new();
    let auth = mission("auth");
    for command in [task("t1"), task("t2")] {
        done(&served.coordinator, "auth", &command);
    }
    let key = keyed("claim-1");
    let claim = |remote: &Remote| {
        remote.execute_with(&auth, &key, |mission| {
            let ready = mission.ready(key.now);
            Ok::<_, CommandError>((key.by.clone(), dispatch(ready[0].as_str(), "coder")))
        })
    };
    assert_eq!(claim(&served.remote()).unwrap().records().len(), 1);
    // Another process that knows nothing of the first.
    let again = claim(&served.remote()).unwrap();
    assert!(matches!(again, Outcome::AlreadyDone { .. }), "{again:?}");
}

/// Adds a task under the first free number: what is free depends on the state.
fn add_next(mission: &Mission) -> Command {
    let is_free = |n: &usize| {
        let id = format!("t{n}");
        mission.tasks().all(|task| task.id().as_str() != id)
    };
    let free = (1..999).find(is_free);
    task(&format!("t{}", free.unwrap()))
}

// spec: ACK-1
#[test]
fn commands_that_are_made_from_the_state_at_once_are_each_made_from_what_they_are_decided_upon() {
    let served = Served::new();
    let auth = mission("auth");
    let (n_clients, n_each) = (8, 12);
    thread::scope(|scope| {
        for _ in 0..n_clients {
            let remote = served.remote();
            let auth = &auth;
            scope.spawn(move || {
                for _ in 0..n_each {
                    let make =
                        |mission: &Mission| Ok::<_, CommandError>((ask().by, add_next(mission)));
                    // No two have the same, so none is refused.
                    let added = remote.execute_with(auth, &ask(), make).unwrap();
                    assert_eq!(added.records().len(), 1);
                }
            });
        }
    });
    let found = served.coordinator.read(&auth, |mission| {
        let ids = mission.tasks().map(|task| task.id().to_string());
        (ids.collect::<BTreeSet<_>>(), mission.anomalies().len())
    });
    let expected = (1..=n_clients * n_each).map(|n| format!("t{n}")).collect();
    assert_eq!(found.unwrap(), (expected, 0));
}

// spec: ACK-1, WIP-1
#[test]
fn of_those_who_claim_one_task_at_once_one_gets_it_and_all_others_are_told_by_which_record() {
    let served = Served::new();
    let auth = mission("auth");
    for n in 0..8 {
        done(&served.coordinator, "auth", &join(&format!("agent{n}")));
    }
    done(&served.coordinator, "auth", &task("prize"));
    let mut claims = Vec::new();
    for n in 0..8 {
        let (remote, auth) = (served.remote(), auth.clone());
        claims.push(thread::spawn(move || {
            let claim = dispatch("prize", &format!("agent{n}"));
            remote.execute(&auth, &claim, &ask())
        }));
    }
    let answers: Vec<_> = claims
        .into_iter()
        .map(|claim| claim.join().unwrap())
        .collect();
    let winners = answers.iter().filter_map(|answer| answer.as_ref().ok());
    let [winner] = winners.collect::<Vec<_>>()[..] else {
        panic!("{answers:?}");
    };
    let by = winner.records()[0].seq();
    for answer in &answers {
        if let Err(error) = answer {
            let CommandError::Rejected(rejection) = error else {
                panic!("{error}");
            };
            assert_eq!(rejection.code, Code::ParallelAttempts);
            assert_eq!(rejection.because[0].seq, by);
        }
    }
}

#[test]
fn a_command_that_cannot_be_made_is_judged_by_what_is_durable() {
    let served = Served::new();
    let remote = served.remote();
    let refused = remote.execute_with(&mission("auth"), &ask(), |_| {
        Err::<(_, Command), _>(CommandError::Contended { rounds: 7 })
    });
    assert!(matches!(
        refused,
        Err(CommandError::Contended { rounds: 7 })
    ));
}

#[test]
fn an_owner_that_goes_away_leaves_it_unknown_or_untouched_and_never_half_done() {
    let mut served = Served::new();
    let auth = mission("auth");
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (remote, auth) = (served.remote(), auth.clone());
            thread::spawn(move || {
                let mut acknowledged = Vec::new();
                for n in 0.. {
                    let id = format!("t{writer}-{n}");
                    match remote.execute(&auth, &task(&id), &keyed(&id)) {
                        Ok(_) => acknowledged.push(id),
                        Err(CommandError::Append(
                            AppendError::Unknown(StoreError::OwnerGone { .. })
                            | AppendError::NotWritten(StoreError::OwnerGone { .. }),
                        )) => return acknowledged,
                        Err(other) => panic!("{other}"),
                    }
                }
                acknowledged
            })
        })
        .collect();
    let some = served.coordinator.until(&auth, PATIENCE, |mission| {
        (mission.head() > Seq(40)).then_some(())
    });
    assert_eq!(some.unwrap(), Some(()));
    served.owner = None;
    let there = served.coordinator.read(&auth, |mission| {
        let ids = mission.tasks().map(|task| task.id().to_string());
        ids.collect::<BTreeSet<_>>()
    });
    let there = there.unwrap();
    for writer in writers {
        for id in writer.join().unwrap() {
            assert!(there.contains(&id), "{id}");
        }
    }
}

#[test]
fn a_store_that_failed_says_so_through_the_door() {
    let (home, auth) = (Home::new(), mission("auth"));
    let journal = Arc::new(home.open());
    let coordinator = Arc::new(Coordinator::new(Arc::clone(&journal) as _));
    done(&coordinator, "auth", &open());
    let _owner = Owner::serve(coordinator, &home.root()).unwrap();
    let client = Remote::connect(&home.root(), PATIENCE).unwrap().unwrap();
    journal.close().unwrap();
    let error = client.execute(&auth, &task("t1"), &ask()).unwrap_err();
    assert!(
        matches!(error, CommandError::Store(StoreError::Poisoned { .. })),
        "{error}"
    );
}
