//! Many writers at once, in one process.

use std::sync::Arc;

use orch_core::command::Command;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_store::coordinator::Coordinator;
use orch_store::segments::Reader;

use crate::support::{Home, done, mission, note, open, story, task};

/// Lets threads write, each to the mission that its number is given.
fn write(
    coordinator: &Coordinator,
    n_threads: usize,
    mission_of: impl Fn(usize) -> String + Sync,
    command: impl Fn(&str) -> Command + Sync,
) {
    let command = &command;
    std::thread::scope(|scope| {
        for n in 0..n_threads {
            let name = mission_of(n);
            scope.spawn(move || {
                for k in 0..20 {
                    done(coordinator, &name, &command(&format!("{n}-{k}")));
                }
            });
        }
    });
}

// spec: ACK-1
#[test]
fn nothing_is_lost_when_many_write_to_one_mission() {
    let home = Home::new();
    let coordinator = Coordinator::new(Arc::new(home.open()));
    done(&coordinator, "m", &open());
    write(&coordinator, 16, |_| "m".to_owned(), task);
    let head = coordinator.read(&mission("m"), Mission::head).unwrap();
    assert_eq!(head, Seq(321));
    let reader = Reader::open(&home.root()).unwrap();
    assert_eq!(
        story(&reader).unwrap(),
        story(&**coordinator.journal()).unwrap()
    );
    let verified = coordinator.journal().verify(&mut |_| ()).unwrap();
    assert_eq!((verified.records, verified.batches), (321, 321));
}

#[test]
fn nothing_is_lost_when_each_writes_to_its_own_mission() {
    let home = Home::new();
    let coordinator = Coordinator::new(Arc::new(home.open()));
    for n in 0..16 {
        done(&coordinator, &format!("m{n}"), &open());
    }
    write(&coordinator, 16, |n| format!("m{n}"), task);
    let heads = coordinator.journal().missions().unwrap();
    assert_eq!(heads.len(), 16);
    assert!(heads.iter().all(|head| head.head == Seq(21)));
}

#[test]
fn a_mission_is_the_same_from_its_snapshot_as_from_its_log() {
    let home = Home::new();
    let coordinator = Coordinator::new(Arc::new(home.open()));
    done(&coordinator, "m", &open());
    write(&coordinator, 50, |_| "m".to_owned(), note);
    let digest = |mission: &Mission| mission.digest().unwrap();
    let live = coordinator.read(&mission("m"), digest).unwrap();
    assert!(
        coordinator
            .journal()
            .snapshot(&mission("m"))
            .unwrap()
            .is_some()
    );
    let records = coordinator
        .journal()
        .read(&mission("m"), Seq::ZERO, usize::MAX)
        .unwrap();
    assert_eq!(Mission::fold(&records).digest().unwrap(), live);
    drop(coordinator);
    let again = Coordinator::new(Arc::new(home.open()));
    assert_eq!(again.read(&mission("m"), digest).unwrap(), live);
}
