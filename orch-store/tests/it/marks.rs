//! The files beside the journal: gone, old, or alone.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use orch_store::coordinator::Coordinator;
use orch_store::error::StoreError;
use orch_store::segments::{self, Kind, Reader};

use crate::support::{Home, fill};

/// A store with records.
fn filled() -> Home {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    home
}

#[test]
fn a_store_that_cannot_say_what_it_is_is_damaged_and_no_other_folder() {
    for spoil in [
        |path| fs::remove_file(path),
        |path| fs::write(path, ""),
        |path| fs::write(path, "{\"orch_store\":{}}"),
        |path| fs::remove_file(&path).and_then(|()| fs::create_dir(path)),
    ] as [fn(PathBuf) -> std::io::Result<()>; 4]
    {
        let home = filled();
        spoil(home.root().join("store.json")).unwrap();
        assert!(segments::is_store(&home.root()));
        for error in [
            Reader::open(&home.root()).unwrap_err(),
            home.try_open().unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Unidentified { .. }), "{error}");
        }
        let made = segments::create(&home.root(), Kind::Jsonl);
        assert!(matches!(made, Err(StoreError::Exists { .. })));
    }
}

#[test]
fn a_store_is_made_only_in_a_folder_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("no/such/store");
    let error = segments::create(&at, Kind::Jsonl).unwrap_err();
    assert!(error.to_string().contains("no/such: "), "{error}");
    assert!(!folder.path().join("no").exists());
}
