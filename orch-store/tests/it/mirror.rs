//! The contract for tasks answers as the one for threads does.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use chrono::DateTime;
use orch_core::ids::{CommandKey, Seq};
use orch_core::record::{Batch, Record};
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::StoreError;
use orch_store::journal::{Append, Expect, Journal as _};
use orch_store::memory::MemoryJournal;
use orch_store::mirror::{AsyncJournal, Mirror};
use proptest::prelude::*;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::staged::Staged;
use crate::support::{lead, mission, planned, polled_once};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(5);

/// A task declared at the position after `head`, whose record is a function of the arguments.
fn append(name: &str, head: u64, word: u8, key: Option<u8>) -> Append {
    let batch = Batch {
        mission: mission(name),
        head: Seq(head),
        at: DateTime::UNIX_EPOCH,
        by: lead(),
        command: key.map(|key| CommandKey::parse(&format!("k{key}")).unwrap()),
        request: None,
        cause: None,
    };
    let id = Uuid::from_u128(u128::from(head) << 8 | u128::from(word));
    let records = batch.seal(planned(&format!("t{word}")), || id).unwrap();
    Append::new(Expect::head(Seq(head)), records).unwrap()
}

fn mirrored() -> (Arc<MemoryJournal>, Mirror) {
    let journal = Arc::new(MemoryJournal::new());
    let mirror = Mirror::new(Arc::clone(&journal) as _);
    (journal, mirror)
}

/// An append and the questions after it: mission, how far off its position is, word, key.
type Step = (bool, u64, u8, Option<u8>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let off = prop_oneof![4 => Just(0_u64), 1 => 0..3_u64];
    let key = prop::option::of(0..3_u8);
    prop::collection::vec((any::<bool>(), off, 0..3_u8, key), 1..24)
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(|at| at.as_line().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn always_a_mirror_answers_as_the_journal_does(steps in steps()) {
        let direct = MemoryJournal::new();
        let (_, mirror) = mirrored();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (is_first, off, word, key) in steps {
            let name = if is_first { "auth" } else { "billing" };
            let id = mission(name);
            let head = direct.head(&id).unwrap().0 + off;
            let append = append(name, head, word, key);
            let wanted = direct.append(append.clone());
            let found = runtime.block_on(mirror.append(append));
            prop_assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
            let found = runtime.block_on(mirror.read(&id, Seq(1), 3)).unwrap();
            prop_assert_eq!(lines(&found), lines(&direct.read(&id, Seq(1), 3).unwrap()));
            prop_assert_eq!(runtime.block_on(mirror.head(&id)).unwrap(), direct.head(&id).unwrap());
            let key = CommandKey::parse("k1").unwrap();
            let found = runtime.block_on(mirror.prior(&id, &key)).unwrap();
            prop_assert_eq!(found, direct.prior(&id, &key).unwrap());
        }
        prop_assert_eq!(runtime.block_on(mirror.missions()).unwrap(), direct.missions().unwrap());
        let end = runtime.block_on(mirror.end()).unwrap();
        prop_assert_eq!(end.position, direct.end().unwrap().position);
        let page = runtime.block_on(mirror.read_all(Cursor::start(mirror.id()), 5)).unwrap();
        let wanted = direct.read_all(&Cursor::start(direct.id()), 5).unwrap();
        prop_assert_eq!(page.records, wanted.records);
        let found = runtime.block_on(mirror.verify(Box::new(|_| ()))).unwrap();
        prop_assert_eq!(found, direct.verify(&mut |_| ()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_task_that_waits_is_woken_by_the_record_it_waits_for() {
    let (journal, mirror) = mirrored();
    let mirror = Arc::new(mirror);
    let mut tasks = JoinSet::new();
    // Each waits for one more record than the one before.
    for n in 0..32_u64 {
        let mirror = Arc::clone(&mirror);
        tasks.spawn(async move {
            let mut seen = Cursor::start(mirror.id());
            while seen.position.0 <= n {
                seen = mirror.wait(seen, LONG).await.unwrap();
            }
            seen
        });
    }
    for head in 0..32 {
        journal.append(append("auth", head, 0, None)).unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(tasks.join_all().await.len(), 32);
}

#[tokio::test]
async fn a_wait_is_ready_at_once_behind_the_end_and_otherwise_when_its_time_is_up() {
    let (journal, mirror) = mirrored();
    let start = Cursor::start(mirror.id());
    assert_eq!(mirror.wait(start, SHORT).await.unwrap(), start);
    journal.append(append("auth", 0, 0, None)).unwrap();
    let end = mirror.wait(start, LONG).await.unwrap();
    assert_eq!(end.position.0, 1);
    let (far, near) = (mirror.wait(end, LONG), mirror.wait(end, SHORT));
    tokio::select! {
        found = near => assert_eq!(found.unwrap(), end),
        found = far => panic!("nothing was written: {found:?}"),
    }
    assert_eq!(mirror.wait(start, LONG).await.unwrap(), end);
}

#[tokio::test]
async fn a_wait_on_a_cursor_that_is_no_place_of_the_journal_is_refused() {
    let (_, mirror) = mirrored();
    let foreign = Cursor::start(JournalId::random());
    let found = mirror.wait(foreign, LONG).await;
    assert!(matches!(found, Err(StoreError::ForeignCursor { .. })));
    let mut ahead = Cursor::start(mirror.id());
    ahead.position.0 = 9;
    let found = mirror.wait(ahead, LONG).await;
    assert!(matches!(found, Err(StoreError::CursorAhead { .. })));
}

#[tokio::test]
async fn who_waits_keeps_nobody_from_reading() {
    let (_, mirror) = mirrored();
    let start = Cursor::start(mirror.id());
    tokio::select! {
        biased;
        found = mirror.wait(start, LONG) => panic!("nothing was written: {found:?}"),
        found = mirror.end() => assert_eq!(found.unwrap(), start),
    }
}

#[tokio::test]
async fn a_panic_of_the_journal_reaches_who_asked_and_nobody_else() {
    let journal = Staged::new();
    let mirror = Arc::new(Mirror::new(Arc::clone(&journal) as _));
    journal.panic(true);
    let asking = Arc::clone(&mirror);
    let asked = tokio::spawn(async move { asking.head(&mission("auth")).await });
    assert!(asked.await.unwrap_err().is_panic());
    journal.panic(false);
    assert_eq!(mirror.head(&mission("auth")).await.unwrap(), Seq::ZERO);
}

#[tokio::test]
async fn an_append_lands_though_nobody_waits_for_it_any_more() {
    let journal = Staged::new();
    let mirror = Mirror::new(Arc::clone(&journal) as _);
    let mut appended = mirror.append(append("auth", 0, 0, None));
    assert!(polled_once(&mut appended).await.is_none());
    drop(appended);
    journal.commit(1);
    assert_eq!(mirror.head(&mission("auth")).await.unwrap(), Seq(1));
}

#[tokio::test]
async fn a_dropped_mirror_lets_go_of_the_journal_though_somebody_waited() {
    let (journal, mirror) = mirrored();
    let (tell, told) = mpsc::channel();
    let start = Cursor::start(mirror.id());
    let mut waiting = mirror.wait(start, LONG);
    assert!(polled_once(&mut waiting).await.is_none());
    assert!(mirror.end().await.is_ok());
    drop(waiting);
    drop(mirror);
    let held = Mutex::new(journal);
    std::thread::spawn(move || {
        while Arc::strong_count(&held.lock().unwrap()) > 1 {
            std::thread::yield_now();
        }
        tell.send(()).unwrap();
    });
    told.recv_timeout(Duration::from_secs(10)).unwrap();
}

#[test]
fn the_mirror_can_be_an_object_and_its_futures_change_threads() {
    fn shared<T: Send + Sync + ?Sized>() {}
    fn sent<T: Send>(_: &T) {}
    shared::<dyn AsyncJournal>();
    let (_, mirror) = mirrored();
    let mirror: Arc<dyn AsyncJournal> = Arc::new(mirror);
    sent(&mirror.missions());
}
