//! The journal as seen through the door: what the owner's own would say.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, Seq};
use orch_store::capabilities::Durability;
use orch_store::cursor::{Cursor, JournalId, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Expect, Journal as _};

use super::{PATIENCE, Served};
use crate::support::{ask, done, mission, note, open, story, task};

#[test]
fn it_tells_the_same_story() {
    let served = Served::new();
    let client = served.client();
    assert_eq!(story(&client).unwrap(), story(served.journal()).unwrap());
    done(&served.coordinator, "auth", &note(&"long ".repeat(100_000)));
    for n in 0..700 {
        done(&served.coordinator, "auth", &note(&format!("the {n}th")));
    }
    assert_eq!(story(&client).unwrap(), story(served.journal()).unwrap());
    assert_eq!(client.id(), served.journal().id());
    assert_eq!(
        client.missions().unwrap(),
        served.journal().missions().unwrap()
    );
    let auth = mission("auth");
    for (after, max) in [(0, 0), (0, 1), (2, 300), (700, 256), (703, 9), (999, 9)] {
        let seen = client.read(&auth, Seq(after), max).unwrap();
        assert_eq!(seen, served.journal().read(&auth, Seq(after), max).unwrap());
    }
    let snapshot = client.snapshot(&auth).unwrap().unwrap();
    let own = served.journal().snapshot(&auth).unwrap().unwrap();
    assert_eq!(snapshot.digest(), own.digest());
    assert!(snapshot.restore().is_ok());
    let verified = client.verify(&mut |_| {}).unwrap();
    assert_eq!(verified, served.journal().verify(&mut |_| {}).unwrap());
}

#[test]
fn pages_of_it_are_whole_appends_in_their_order() {
    let served = Served::new();
    for name in ["auth2", "auth3"] {
        done(&served.coordinator, name, &open());
        done(&served.coordinator, name, &task("t1"));
    }
    let client = served.client();
    let mut cursor = Cursor::start(client.id());
    let mut positions = Vec::new();
    loop {
        let page = client.read_all(&cursor, 3).unwrap();
        let own = served.journal().read_all(&cursor, 3).unwrap();
        assert_eq!((&page.records, page.next), (&own.records, own.next));
        if page.records.is_empty() {
            break;
        }
        positions.extend(page.records.iter().map(|(at, _)| at.0));
        cursor = page.next;
    }
    let n = served.journal().end().unwrap().position.0;
    assert_eq!(positions, (1..=n).collect::<Vec<_>>());
}

#[test]
fn it_claims_that_it_reads_and_refuses_records() {
    let served = Served::new();
    let client = served.client();
    let can = client.capabilities();
    assert!(can.subscribe && can.snapshots && !can.append);
    assert_eq!(can.durability, Durability::PowerCut);
    let auth = mission("auth");
    let record = served.journal().read(&auth, Seq(0), 1).unwrap();
    let append = Append::new(Expect::New, record).unwrap();
    let refused = client.append(append).unwrap_err();
    assert!(
        matches!(refused, AppendError::Unsupported { .. }),
        "{refused}"
    );
    let snapshot = served
        .coordinator
        .read(&auth, |auth| auth.snapshot().unwrap());
    let refused = client.save_snapshot(&snapshot.unwrap()).unwrap_err();
    assert!(
        matches!(refused, StoreError::Unsupported { .. }),
        "{refused}"
    );
}

#[test]
fn keys_and_cursors_are_judged_as_at_home() {
    let served = Served::new();
    let client = served.client();
    let (auth, key) = (mission("auth"), CommandKey::parse("k").unwrap());
    assert_eq!(client.prior(&auth, &key).unwrap(), Prior::Unseen);
    let keyed = ask().key(key.clone());
    served
        .coordinator
        .execute(&auth, &task("t1"), &keyed)
        .unwrap();
    let prior = client.prior(&auth, &key).unwrap();
    assert_eq!(prior, served.journal().prior(&auth, &key).unwrap());
    assert_ne!(prior, Prior::Unseen);
    let foreign = Cursor::start(JournalId::random());
    let error = client.read_all(&foreign, 1).unwrap_err();
    assert!(matches!(error, StoreError::ForeignCursor { .. }), "{error}");
    let mut ahead = client.end().unwrap();
    ahead.position = Position(99);
    let error = client.wait(&ahead, Duration::ZERO).unwrap_err();
    assert!(matches!(error, StoreError::CursorAhead { .. }), "{error}");
}

#[test]
fn whoever_waits_is_woken_by_the_next_record_and_by_one_that_is_there() {
    let served = Served::new();
    let client = served.client();
    let end = client.end().unwrap();
    assert_eq!(client.wait(&end, Duration::from_millis(1)).unwrap(), end);
    let (sender, receiver) = mpsc::channel();
    let woken = Arc::new(move || {
        let _sent = sender.send(());
    });
    let watch = client.watch(woken).unwrap();
    let waiting = {
        let client = client.clone();
        std::thread::spawn(move || client.wait(&end, PATIENCE).unwrap())
    };
    done(&served.coordinator, "auth", &task("t1"));
    assert_eq!(waiting.join().unwrap().position, end.position.plus(1));
    receiver.recv_timeout(PATIENCE).unwrap();
    drop(watch);
    let there = client.wait(&end, Duration::ZERO).unwrap();
    assert_eq!(there.position, end.position.plus(1));
}

#[test]
fn whoever_watches_looks_again_when_the_owner_is_gone() {
    let mut served = Served::new();
    let client = served.client();
    let (sender, receiver) = mpsc::channel();
    let woken = Arc::new(move || {
        let _sent = sender.send(());
    });
    let _watch = client.watch(woken).unwrap();
    served.owner = None;
    receiver.recv_timeout(PATIENCE).unwrap();
    let error = client.end().unwrap_err();
    assert!(matches!(error, StoreError::OwnerGone { .. }), "{error}");
}
