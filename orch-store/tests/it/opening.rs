//! Opening: each way in which it can fail says what is wrong and leaves everything as it was.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use orch_core::mission::Mission;
use orch_store::coordinator::{CommandError, Coordinator};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::Journal as _;
use orch_store::segments::{self, IndexState, Kind, Reader};

use crate::support::{Home, ask, done, fill, mission, open, options, story};

#[test]
fn a_missing_folder_a_file_and_a_strange_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("x");
    let error = segments::open(&at, &options()).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    assert!(!at.exists());
    fs::write(&at, "mine").unwrap();
    let error = segments::open(&at, &options()).unwrap_err();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    assert!(matches!(
        segments::create(&at, Kind::Jsonl),
        Err(StoreError::Exists { .. })
    ));
    assert_eq!(fs::read_to_string(&at).unwrap(), "mine");
    fs::remove_file(&at).unwrap();
    fs::create_dir(&at).unwrap();
    let error = Reader::open(&at).unwrap_err();
    assert!(error.to_string().contains("no store.json"), "{error}");
    // An empty folder may become a store.
    segments::create(&at, Kind::Jsonl).unwrap();
    assert!(matches!(
        segments::create(&at, Kind::Jsonl),
        Err(StoreError::Exists { .. })
    ));
    segments::open(&at, &options()).unwrap();
}

#[test]
fn a_newer_format_and_another_kind_are_refused_by_name() {
    let home = Home::new();
    let path = home.root().join("store.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"format\":1", "\"format\":9")).unwrap();
    let error = home.try_open().unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Newer {
                found: 9,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    fs::write(&path, text.replace("jsonl", "sled")).unwrap();
    let error = home.try_open().unwrap_err();
    assert!(matches!(error, StoreError::OtherKind { .. }), "{error}");
}

#[test]
fn who_comes_second_is_told_who_has_the_store_and_can_read_it() {
    let home = Home::new();
    let coordinator = Coordinator::new(Arc::new(home.open()));
    done(&coordinator, "m", &open());
    let error = home.try_open().unwrap_err();
    let pid = std::process::id().to_string();
    assert!(error.to_string().contains(&pid), "{error}");
    assert!(matches!(error, StoreError::Busy { stopped: false, .. }));
    let reader = Reader::open(&home.root()).unwrap();
    assert_eq!(
        story(&reader).unwrap(),
        story(&**coordinator.journal()).unwrap()
    );
    drop(coordinator);
    home.try_open().unwrap();
}

#[test]
fn nobody_writes_beside_another_whose_lock_file_was_removed() {
    let home = Home::new();
    let first = home.open();
    fs::remove_file(home.root().join("lock")).unwrap();
    let error = home.try_open().unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    drop(first);
    home.try_open().unwrap();
}

#[test]
fn who_waits_for_the_lock_gets_it_when_it_is_given_back() {
    let home = Home::new();
    let first = home.open();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let mut options = options();
            options.lock_wait = Duration::from_secs(60);
            segments::open(&home.root(), &options).map(|opened| opened.journal.id())
        });
        drop(first);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn a_reader_sees_what_is_written_while_it_reads_and_is_woken_by_it() {
    let home = Home::new();
    let reader = Reader::open(&home.root()).unwrap();
    let start = reader.end().unwrap();
    let coordinator = Coordinator::new(Arc::new(home.open()));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| reader.wait(&start, Duration::from_secs(60)).unwrap());
        done(&coordinator, "m", &open());
        assert_eq!(waiting.join().unwrap().position.0, 1);
    });
    fill(&coordinator);
    assert_eq!(
        story(&reader).unwrap(),
        story(&**coordinator.journal()).unwrap()
    );
}

#[test]
fn an_index_in_memory_is_made_at_each_opening() {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    let opening = home.try_open().unwrap().opening;
    assert_eq!(opening.index, IndexState::Made { records: 10 });
    assert_eq!(opening.torn, None);
}

#[test]
fn a_copy_tells_the_same_story_and_refuses_cursors_of_the_original() {
    let home = Home::new();
    let journal = home.open();
    let coordinator = Coordinator::new(Arc::new(journal));
    fill(&coordinator);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    // The original is in use meanwhile.
    segments::backup(&home.root(), &copy, &mut |_| ()).unwrap();
    let told = segments::open(&copy, &options()).unwrap().journal;
    assert_eq!(
        story(&told).unwrap(),
        story(&**coordinator.journal()).unwrap()
    );
    let cursor = coordinator.journal().end().unwrap();
    assert!(matches!(
        told.read_all(&cursor, 1),
        Err(StoreError::ForeignCursor { .. })
    ));
    let again = segments::backup(&home.root(), &copy, &mut |_| ());
    assert!(matches!(again, Err(StoreError::Exists { .. })));
    // Both go on, each on its own.
    drop(told);
    let restored = Coordinator::new(Arc::new(segments::open(&copy, &options()).unwrap().journal));
    done(&restored, "new", &open());
    restored.journal().verify(&mut |_| ()).unwrap();
    assert_eq!(restored.journal().missions().unwrap().len(), 3);
    assert_eq!(coordinator.journal().missions().unwrap().len(), 2);
}

// spec: ACK-1
#[test]
fn a_store_that_failed_takes_nothing_and_tells_nothing_until_it_is_opened_again() {
    let home = Home::new();
    let coordinator = Coordinator::on(home.open());
    done(&coordinator, "m", &open());
    let journal = home.root().join("journal");
    let aside = home.root().join("aside");
    fs::rename(&journal, &aside).unwrap();
    // The open segment still takes records; to begin the next one fails.
    let failure = (0..).find_map(|n| {
        let task = crate::support::task(&format!("t{n}"));
        let done = coordinator.execute(&mission("m"), &task, &ask());
        done.err().map(|error| (n, error))
    });
    let (n_tasks, error) = failure.unwrap();
    assert!(
        matches!(
            &error,
            CommandError::Append(AppendError::NotWritten(StoreError::Poisoned { .. }))
                | CommandError::Store(StoreError::Poisoned { .. })
        ),
        "{error}"
    );
    assert!(matches!(
        coordinator.journal().head(&mission("m")),
        Err(StoreError::Poisoned { .. })
    ));
    drop(coordinator);
    fs::rename(&aside, &journal).unwrap();
    // Everything that was acknowledged is there.
    let again = Coordinator::on(home.open());
    let head = again.read(&mission("m"), Mission::head).unwrap();
    assert_eq!(head.0, n_tasks + 1);
    again.journal().verify(&mut |_| ()).unwrap();
}

#[test]
fn no_record_is_taken_that_could_not_be_read_again() {
    let home = Home::new();
    let mut boundless = options();
    boundless.record_max_bytes = usize::MAX;
    let journal = segments::open(&home.root(), &boundless).unwrap().journal;
    // A longer line is not read, because nothing that long can be a record.
    assert!(journal.capabilities().record_max_bytes < 64 * 1024 * 1024);
}
