//! A store in a process of its own: what it answers, and what is left when it is killed.

use orch_testkit::store::stores::Jsonl;
use orch_testkit::store::worker::{Ask, Gone, Told, Worker};
use orch_testkit::store::{Draft, StoreUnderTest as _, WorkerSpec, mission};

const NOTHING: [(&str, &str); 0] = [];

fn start() -> Worker {
    let tests_of_jsonl = module_path!().replace("::worker", "::jsonl");
    let spec = WorkerSpec::this_test(&tests_of_jsonl);
    Worker::start(&spec, Jsonl.name(), NOTHING).unwrap()
}

fn open(folder: &tempfile::TempDir) -> Ask {
    let folder = folder.path().to_str().unwrap().to_owned();
    Ask::Open { folder }
}

#[test]
fn what_a_killed_worker_acknowledged_is_read_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let m = mission("m");
    let first = Draft::new(&m, 0).append();
    let mut worker = start();
    assert!(matches!(
        worker.ask(&open(&folder)),
        Ok(Told::Opened { .. })
    ));
    let told = worker.ask(&Ask::append(&first)).unwrap();
    assert!(matches!(told, Told::Now { .. }), "{told:?}");
    let ended = worker.kill().unwrap();
    assert!(!ended.status.success());
    let mut worker = start();
    worker.ask(&open(&folder)).unwrap();
    let told = worker.ask(&Ask::read(&m)).unwrap();
    let records = vec![first.records()[0].as_line().to_owned()];
    assert_eq!(told, Told::Records { records });
    let told = worker
        .ask(&Ask::append(&Draft::new(&m, 0).append()))
        .unwrap();
    assert!(matches!(told, Told::Conflict { .. }), "{told:?}");
    assert_eq!(
        worker.ask(&Ask::Verify).unwrap(),
        Told::Verified { records: 1 }
    );
    assert_eq!(worker.ask(&Ask::Close).unwrap(), Told::Closed);
    let ended = worker.finish().unwrap();
    assert!(ended.status.success() && ended.told.is_empty());
}

#[test]
fn a_whole_script_is_answered_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut worker = start();
    worker.hand_in(&Ask::Verify);
    worker.hand_in(&open(&folder));
    for head in 0..5 {
        worker.hand_in(&Ask::append(&Draft::new(&mission("m"), head).append()));
    }
    let ended = worker.finish().unwrap();
    assert!(matches!(ended.told[0], Told::Misunderstood { .. }));
    assert!(matches!(ended.told[1], Told::Opened { .. }));
    for (head, told) in (1..).zip(&ended.told[2..]) {
        assert!(
            matches!(told, Told::Now { first, .. } if first.0 == head),
            "{told:?}"
        );
    }
    assert_eq!(ended.told.len(), 7);
}

#[test]
fn a_worker_that_ended_does_not_answer() {
    let worker = start().deadline(std::time::Duration::from_millis(100));
    // It waits to be asked, and nobody does.
    assert!(matches!(worker.answer(), Err(Gone::Hangs)));
    let nobody = WorkerSpec {
        program: "true".into(),
        args: Vec::new(),
    };
    let mut worker = Worker::start(&nobody, "jsonl", NOTHING).unwrap();
    assert!(matches!(worker.ask(&Ask::Verify), Err(Gone::Ended)));
}
