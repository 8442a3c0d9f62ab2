//! The socket itself: where it is, who may use it, and what a dead owner leaves.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use orch_store::coordinator::Coordinator;
use orch_store::error::StoreError;
use orch_store::memory::MemoryJournal;
use orch_store::segments::{self, Kind, Options, Reader};
use orch_store::socket::{Client, DOOR, Owner, Remote, is_open};

use super::{PATIENCE, Served};
use crate::support::{Home, ask, done, mission, open, task};

#[test]
fn the_socket_is_of_its_owner_alone_and_goes_with_him() {
    let mut served = Served::new();
    let mode = fs::metadata(served.door()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(is_open(&served.home.root()));
    served.owner = None;
    assert!(!served.door().exists());
    let mut left = fs::read_dir(served.home.root()).unwrap();
    assert!(left.all(|entry| !entry.unwrap().path().starts_with("socket")));
    let client = Client::connect(&served.home.root(), PATIENCE);
    assert!(client.unwrap().is_none());
    // The store is still in the hands of whoever served it.
    done(&served.coordinator, "auth", &task("t1"));
}

#[test]
fn a_socket_that_nobody_answers_at_is_no_obstacle() {
    let home = Home::new();
    // What a killed owner leaves.
    drop(UnixListener::bind(home.root().join(DOOR)).unwrap());
    fs::create_dir(home.root().join("socket.new")).unwrap();
    drop(UnixListener::bind(home.root().join("socket.new").join(DOOR)).unwrap());
    assert!(home.root().join(DOOR).exists());
    assert!(Client::connect(&home.root(), PATIENCE).unwrap().is_none());
    let coordinator = Arc::new(Coordinator::on(home.open()));
    done(&coordinator, "auth", &open());
    let _owner = Owner::serve(coordinator, &home.root()).unwrap();
    let remote = Remote::connect(&home.root(), PATIENCE).unwrap().unwrap();
    let added = remote.execute(&mission("auth"), &task("t1"), &ask());
    assert_eq!(added.unwrap().records().len(), 1);
    assert!(!home.root().join("socket.new").exists());
}

#[test]
fn only_who_has_the_lock_of_the_store_opens_its_door() {
    let (home, other) = (Home::new(), Home::new());
    let refused = |coordinator, root: &std::path::Path| {
        let error = Owner::serve(coordinator, root).unwrap_err();
        assert!(!root.join(DOOR).exists());
        error
    };
    let memory = Arc::new(Coordinator::on(MemoryJournal::new()));
    let error = refused(memory, &home.root());
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    let reader = Arc::new(Coordinator::on(Reader::open(&home.root()).unwrap()));
    let error = refused(reader, &home.root());
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    let coordinator = Arc::new(Coordinator::on(home.open()));
    let error = refused(Arc::clone(&coordinator), &other.root());
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    // A copy of the folder says that it is the same store, and has a lock of its own.
    for name in ["store.json", "lock"] {
        fs::copy(home.root().join(name), other.root().join(name)).unwrap();
    }
    let error = refused(coordinator, &other.root());
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
}

#[test]
fn a_file_in_its_place_is_not_replaced() {
    let home = Home::new();
    fs::write(home.root().join(DOOR), "mine").unwrap();
    let coordinator = Arc::new(Coordinator::on(home.open()));
    let error = Owner::serve(coordinator, &home.root()).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    assert_eq!(fs::read_to_string(home.root().join(DOOR)).unwrap(), "mine");
}

#[test]
fn a_socket_that_others_can_use_is_not_trusted() {
    let served = Served::new();
    let open_to_all = fs::Permissions::from_mode(0o666);
    fs::set_permissions(served.door(), open_to_all).unwrap();
    assert!(
        Client::connect(&served.home.root(), PATIENCE)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_store_can_lie_deeper_than_the_path_of_a_socket_reaches() {
    if !std::path::Path::new("/proc/self/fd").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("d".repeat(120)).join("e".repeat(120));
    fs::create_dir_all(&deep).unwrap();
    let root = deep.join("store");
    segments::create(&root, Kind::Jsonl).unwrap();
    let journal = segments::open(&root, &Options::default()).unwrap().journal;
    let coordinator = Arc::new(Coordinator::on(journal));
    done(&coordinator, "auth", &open());
    let owner = Owner::serve(coordinator, &root).unwrap();
    let remote = Remote::connect(&root, PATIENCE).unwrap().unwrap();
    let added = remote.execute(&mission("auth"), &task("t1"), &ask());
    assert_eq!(added.unwrap().records().len(), 1);
    drop(owner);
    assert!(!root.join(DOOR).exists());
}

#[test]
fn an_owner_of_another_store_is_found_out() {
    let served = Served::new();
    let other = Home::new();
    // As when a copy of another store was put in the place of this one, under its owner.
    fs::copy(
        other.root().join("store.json"),
        served.home.root().join("store.json"),
    )
    .unwrap();
    let error = Client::connect(&served.home.root(), PATIENCE).unwrap_err();
    assert!(
        error.to_string().contains("the folder is of journal"),
        "{error}"
    );
}

#[test]
fn a_new_owner_takes_the_place_of_the_old_one_for_those_who_were_connected() {
    let mut served = Served::new();
    let remote = served.remote();
    let auth = mission("auth");
    assert_eq!(
        remote
            .execute(&auth, &task("t1"), &ask())
            .unwrap()
            .records()
            .len(),
        1
    );
    served.owner = None;
    let gone = remote.execute(&auth, &task("t2"), &ask()).unwrap_err();
    assert!(
        gone.to_string().contains("nobody serves it any more"),
        "{gone}"
    );
    let again = Owner::serve(Arc::clone(&served.coordinator), &served.home.root());
    served.owner = Some(again.unwrap());
    assert_eq!(
        remote
            .execute(&auth, &task("t2"), &ask())
            .unwrap()
            .records()
            .len(),
        1
    );
}
