//! From the making of an index to its end: what each opening finds, and what is refused.

use std::fs;

use orch_core::ids::Seq;
use orch_store::error::StoreError;
use orch_store::index::{Index, Mark};
use orch_store_sled::{SledIndex, Trust};

use crate::support::{Story, scratch};

#[test]
fn an_index_can_be_shared_between_threads() {
    const fn shared<T: Index + Send + Sync>() {}
    shared::<SledIndex>();
}

#[test]
fn a_new_index_is_empty() {
    let (_folder, path) = scratch();
    let index = SledIndex::create(&path).unwrap();
    assert_eq!(index.mark().unwrap(), Mark::ZERO);
    assert!(index.missions().unwrap().is_empty());
    index.check().unwrap();
    index.close().unwrap();
    let (index, trust) = SledIndex::open(&path).unwrap();
    assert_eq!((index.mark().unwrap(), trust), (Mark::ZERO, Trust::Clean));
}

#[test]
fn an_index_is_not_made_where_something_is() {
    let (_folder, path) = scratch();
    fs::create_dir(&path).unwrap();
    let error = SledIndex::create(&path).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
}

#[test]
fn an_absent_folder_is_named() {
    let (_folder, path) = scratch();
    let error = SledIndex::open(&path).unwrap_err();
    assert!(
        matches!(&error, StoreError::Missing { path: at } if *at == path),
        "{error}"
    );
}

#[test]
fn an_empty_folder_is_no_index() {
    let (_folder, path) = scratch();
    fs::create_dir(&path).unwrap();
    let error = SledIndex::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Index { .. }), "{error}");
}

/// As a power cut can leave it: the names in the outer folder are durable, and that of sled is not.
#[test]
fn an_index_without_the_folder_of_sled_is_damaged() {
    let (_folder, path) = scratch();
    SledIndex::create(&path).unwrap().close().unwrap();
    fs::remove_dir_all(path.join("sled")).unwrap();
    let error = SledIndex::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Index { .. }), "{error}");
}

#[test]
fn only_one_at_a_time_has_an_index_open() {
    let (_folder, path) = scratch();
    let _index = SledIndex::create(&path).unwrap();
    let error = SledIndex::open(&path).unwrap_err();
    // Not the error that makes a caller throw the index away.
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
}

#[test]
fn a_closed_index_takes_and_answers_nothing() {
    let (_folder, path) = scratch();
    let story = Story::sample();
    let index = SledIndex::create(&path).unwrap();
    story.tell(&index);
    index.close().unwrap();
    let mission = &story.missions[0];
    let errors = [
        index.mark().unwrap_err(),
        index.apply(&[], &story.mark()).unwrap_err(),
        index.head(mission).unwrap_err(),
        index.missions().unwrap_err(),
        index.locate(mission, Seq::ZERO, 1).unwrap_err(),
        index.answer(mission, &story.commands[0]).unwrap_err(),
        index.check().unwrap_err(),
        index.close().unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::Poisoned { .. }), "{error}");
    }
    // The refused close left what the first one wrote.
    assert_eq!(SledIndex::open(&path).unwrap().1, Trust::Clean);
}

#[test]
fn a_mark_alone_is_kept() {
    let (_folder, path) = scratch();
    let index = SledIndex::create(&path).unwrap();
    let mark = Mark {
        offset: 64,
        ..Mark::ZERO
    };
    index.apply(&[], &mark).unwrap();
    index.close().unwrap();
    let (index, _) = SledIndex::open(&path).unwrap();
    assert_eq!(index.mark().unwrap(), mark);
}

#[test]
fn an_index_that_was_not_closed_is_checked() {
    let (_folder, path) = scratch();
    let story = Story::sample();
    let index = SledIndex::create(&path).unwrap();
    story.tell(&index);
    // A check gives sled all of it.
    index.check().unwrap();
    let said = story.ask(&index).unwrap();
    drop(index);
    let (index, trust) = SledIndex::open(&path).unwrap();
    assert_eq!(trust, Trust::Unclean);
    assert_eq!(story.ask(&index).unwrap(), said);
    assert!(!path.join("checking").exists());
}

#[test]
fn a_check_that_ended_its_process_is_not_tried_again() {
    let (_folder, path) = scratch();
    drop(SledIndex::create(&path).unwrap());
    fs::write(path.join("checking"), "").unwrap();
    let error = SledIndex::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Index { .. }), "{error}");
}

#[test]
fn a_half_written_snapshot_is_set_aside() {
    let (_folder, path) = scratch();
    let story = Story::sample();
    let index = SledIndex::create(&path).unwrap();
    story.tell(&index);
    index.check().unwrap();
    let said = story.ask(&index).unwrap();
    drop(index);
    for n in 0..2 {
        let name = "snap.00000000000003E8.generating";
        fs::write(path.join("sled").join(name), "half").unwrap();
        let (index, _) = SledIndex::open(&path).unwrap();
        assert_eq!(story.ask(&index).unwrap(), said);
        assert_eq!(path.join("quarantine").read_dir().unwrap().count(), n + 1);
    }
}

#[test]
fn a_folder_that_may_not_be_written_is_not_damaged() {
    let (_folder, path) = scratch();
    SledIndex::create(&path).unwrap().close().unwrap();
    // The sums cannot be taken away: a folder stands where their file should be.
    fs::remove_file(path.join("trusted")).unwrap();
    fs::create_dir(path.join("trusted")).unwrap();
    let error = SledIndex::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
}
