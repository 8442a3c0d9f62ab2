//! The check finds whatever is missing, out of date, of another key or too much.

use chrono::DateTime;
use orch_store::cursor::Position;
use orch_store::journal::Fingerprint;
use sled::IVec;
use tempfile::TempDir;

use super::*;

fn append(mission: &str, n: u64, after: u64, before: Position) -> Entry {
    let pointers = (1..=n).map(|n| Pointer {
        position: before.plus(n),
        segment: Position(1),
        offset: n * 450,
        len: 450,
        crc: 7,
    });
    Entry {
        mission: MissionId::parse(mission).unwrap(),
        at: DateTime::from_timestamp(7, 0).unwrap(),
        given: Given {
            command: Some(CommandKey::parse(&format!("{before}")).unwrap()),
            first: Seq(after + 1),
            last: Seq(after + n),
            fingerprint: Fingerprint::Events(String::new()),
        },
        pointers: pointers.collect(),
    }
}

fn apply(index: &SledIndex, mission: &str, n: u64) {
    let mut mark = index.mark().unwrap();
    let id = MissionId::parse(mission).unwrap();
    let after = index.head(&id).unwrap().map_or(0, |head| head.head.0);
    let entry = append(mission, n, after, mark.position);
    mark.position = mark.position.plus(n);
    index.apply(&[entry], &mark).unwrap();
}

/// An index with several of each, and every entry that sled had of it at some time.
fn sample() -> (TempDir, SledIndex, Vec<(IVec, IVec)>) {
    let folder = tempfile::tempdir().unwrap();
    let index = SledIndex::create(folder.path().join("index")).unwrap();
    let mut had = Vec::new();
    for (mission, n) in [
        ("foo", 40),
        ("foobar", 3),
        ("foo", 31),
        ("foo", 1),
        ("bar", 32),
    ] {
        apply(&index, mission, n);
        index.check().unwrap();
        had.extend(db(&index).iter().map(Result::unwrap));
    }
    (folder, index, had)
}

fn db(index: &SledIndex) -> Db {
    index.reading().as_ref().unwrap().db.clone()
}

/// Whether what sled holds is found to be damaged, by the check or by what is read before it.
fn is_damaged(index: &SledIndex) -> bool {
    let open = index.reading();
    let Open { db, .. } = open.as_ref().unwrap();
    let path = Path::new("index");
    let kept = Kept::load(db, path);
    kept.and_then(|kept| scan::check(&kept, asked(db.iter(), path)))
        .is_err()
}

#[test]
fn a_missing_entry_is_found() {
    let (_folder, index, _) = sample();
    let db = db(&index);
    for entry in db.iter() {
        let (key, value) = entry.unwrap();
        db.remove(&key).unwrap();
        assert!(is_damaged(&index), "{key:?}");
        db.insert(&key, value).unwrap();
        assert!(!is_damaged(&index), "{key:?}");
    }
}

#[test]
fn an_entry_of_before_is_found() {
    let (_folder, index, had) = sample();
    let db = db(&index);
    for (key, value) in had {
        let now = db.insert(&key, &value).unwrap().unwrap();
        assert_eq!(is_damaged(&index), now != value, "{key:?}");
        db.insert(&key, now).unwrap();
    }
}

#[test]
fn the_value_of_another_key_is_found() {
    let (_folder, index, _) = sample();
    let db = db(&index);
    let entries: Vec<_> = db.iter().map(Result::unwrap).collect();
    for (key, value) in &entries {
        for (_, other) in entries.iter().filter(|(other, _)| other != key) {
            db.insert(key, other).unwrap();
            assert!(is_damaged(&index), "{key:?}");
        }
        db.insert(key, value).unwrap();
    }
}

#[test]
fn an_entry_too_many_is_found() {
    let (_folder, index, _) = sample();
    let db = db(&index);
    let command = CommandKey::parse("too many").unwrap();
    let block = codec::block_key(codec::Ordinal(0), crate::block::BlockNo(9));
    let given = append("foo", 1, 0, Position(0)).given;
    let pointers = append("foo", 1, 0, Position(0)).pointers;
    let answer = codec::answer_key(codec::Ordinal(0), &command);
    for (key, value) in [
        (vec![9], Vec::new()),
        (answer.clone(), codec::answer_value(&answer, &given)),
        (block.clone(), codec::block_value(&block, &pointers)),
    ] {
        db.insert(&key, value).unwrap();
        assert!(is_damaged(&index), "{key:?}");
        db.remove(&key).unwrap();
    }
    assert!(!is_damaged(&index));
}

#[test]
fn damage_that_a_read_meets_ends_the_index_untrusted() {
    let (folder, index, _) = sample();
    let foo = MissionId::parse("foo").unwrap();
    let key = codec::block_key(codec::Ordinal(0), crate::block::BlockNo(1));
    {
        db(&index).remove(key).unwrap();
    }
    assert_eq!(index.locate(&foo, Seq::ZERO, 32).unwrap().len(), 32);
    let error = index.locate(&foo, Seq::ZERO, 33).unwrap_err();
    assert!(matches!(error, StoreError::Index { .. }), "{error}");
    let error = index.close().unwrap_err();
    assert!(matches!(error, StoreError::Poisoned { .. }), "{error}");
    assert!(!folder.path().join("index/trusted").exists());
}

#[test]
fn whoever_appends_does_not_wait_for_a_check() {
    let (_folder, index, _) = sample();
    let checking = index.still();
    for _ in 0..1100 {
        apply(&index, "foo", 1);
    }
    assert!(opened(&index.reading()).unwrap().kept.pending.is_full());
    let foo = MissionId::parse("foo").unwrap();
    assert_eq!(
        index.locate(&foo, Seq::ZERO, usize::MAX).unwrap().len(),
        1172
    );
    drop(checking);
    index.check().unwrap();
    apply(&index, "foo", 1);
    index.check().unwrap();
    index.close().unwrap();
}
