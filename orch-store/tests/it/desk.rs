//! Commands of tasks.

use std::sync::Arc;
use std::time::Duration;

use orch_core::ids::{CommandKey, Seq};
use orch_core::mission::Mission;
use orch_store::coordinator::{CommandError, Coordinator, Outcome};
use orch_store::desk::Desk;
use orch_store::error::AppendError;
use orch_store::memory::MemoryJournal;
use orch_store::mirror::AsyncJournal as _;
use tokio::task::{JoinSet, yield_now};

use crate::staged::{Staged, disk_full};
use crate::support::{Home, ask, done, mission, open, polled_once, task};

/// A desk on a journal that answers when asked to, with a mission.
fn scene() -> (Arc<Staged>, Arc<Desk>) {
    let journal = Staged::new();
    done(&Coordinator::new(journal.inner()), "auth", &open());
    let coordinator = Coordinator::new(Arc::clone(&journal) as _);
    (journal, Arc::new(Desk::new(Arc::new(coordinator))))
}

async fn sixty_four_tasks(desk: Arc<Desk>) {
    let auth = mission("auth");
    desk.execute(&auth, &open(), &ask()).await.unwrap();
    let mut tasks = JoinSet::new();
    for n in 0..64 {
        let desk = Arc::clone(&desk);
        tasks.spawn(async move {
            for m in 0..4 {
                let command = task(&format!("t{n}-{m}"));
                let outcome = desk.execute(&mission("auth"), &command, &ask()).await;
                assert_eq!(outcome.unwrap().records().len(), 1);
            }
        });
    }
    tasks.join_all().await;
    let seen = desk.read(&auth, |seen| (seen.head(), seen.tasks().count()));
    assert_eq!(seen.await.unwrap(), (Seq(257), 256));
}

#[tokio::test]
async fn many_tasks_on_one_mission_lose_nothing_on_one_thread() {
    sixty_four_tasks(Arc::new(Desk::on(MemoryJournal::new()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_on_one_mission_lose_nothing_on_several_threads() {
    sixty_four_tasks(Arc::new(Desk::on(MemoryJournal::new()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_on_one_mission_lose_nothing_on_a_disk() {
    let home = Home::new();
    sixty_four_tasks(Arc::new(Desk::on(home.open()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_of_two_owners_lose_nothing_while_appends_are_in_flight() {
    let (journal, one) = scene();
    let two = Coordinator::new(Arc::clone(&journal) as _);
    let two = Arc::new(Desk::new(Arc::new(two)));
    let mut tasks = JoinSet::new();
    for n in 0..64 {
        let desk = Arc::clone(if n % 2 == 0 { &one } else { &two });
        let command = task(&format!("t{n}"));
        tasks.spawn(async move { desk.execute(&mission("auth"), &command, &ask()).await });
    }
    // Each round lets through what is there, so that the owners meet in ever new ways.
    while tasks.len() > 32 {
        journal.commit_some();
        while let Some(outcome) = tasks.try_join_next() {
            assert_eq!(outcome.unwrap().unwrap().records().len(), 1);
        }
        yield_now().await;
    }
    journal.open();
    while let Some(outcome) = tasks.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().records().len(), 1);
    }
    let auth = mission("auth");
    let seen = one.read(&auth, |seen| (seen.tasks().count(), seen.anomalies().len()));
    assert_eq!(seen.await.unwrap(), (64, 0));
}

#[tokio::test]
async fn no_thread_is_held_while_an_append_is_in_flight() {
    let (journal, desk) = scene();
    let (auth, declared, asked) = (mission("auth"), task("t1"), ask());
    let mut first = Box::pin(desk.execute(&auth, &declared, &asked));
    while journal.n_waiting() == 0 {
        assert!(polled_once(&mut first).await.is_none());
        yield_now().await;
    }
    let mut reading = Box::pin(desk.read(&auth, Mission::head));
    assert!(polled_once(&mut reading).await.is_none());
    // The thread goes on, though two tasks wait for what is in flight.
    assert_eq!(desk.journal().head(&auth).await.unwrap(), Seq(1));
    assert!(polled_once(&mut reading).await.is_none());
    journal.open();
    assert_eq!(first.await.unwrap().records().len(), 1);
    assert_eq!(reading.await.unwrap(), Seq(2));
}

// spec: IDEM-1
#[tokio::test]
async fn a_command_whose_future_was_dropped_lands_and_its_key_finds_it() {
    let (journal, desk) = scene();
    let (auth, declared) = (mission("auth"), task("t1"));
    let asked = ask().key(CommandKey::parse("k-1").unwrap());
    let mut dropped = Box::pin(desk.execute(&auth, &declared, &asked));
    while journal.n_waiting() == 0 {
        assert!(polled_once(&mut dropped).await.is_none());
        yield_now().await;
    }
    drop(dropped);
    journal.open();
    let again = desk.execute(&auth, &declared, &asked).await.unwrap();
    assert!(matches!(again, Outcome::AlreadyDone { first: Seq(2), .. }));
}

#[tokio::test]
async fn a_dropped_future_whose_append_failed_leaves_nothing_behind() {
    let (journal, desk) = scene();
    let (auth, declared, asked) = (mission("auth"), task("t1"), ask());
    let mut dropped = Box::pin(desk.execute(&auth, &declared, &asked));
    while journal.n_waiting() == 0 {
        assert!(polled_once(&mut dropped).await.is_none());
        yield_now().await;
    }
    drop(dropped);
    journal.fail(disk_full());
    journal.open();
    let seen = desk.read(&auth, |seen| seen.tasks().count());
    assert_eq!(seen.await.unwrap(), 0);
    let outcome = desk.execute(&auth, &declared, &asked).await;
    assert_eq!(outcome.unwrap().records().len(), 1);
}

#[tokio::test]
async fn who_asked_is_told_that_his_append_failed() {
    let (journal, desk) = scene();
    let asking = Arc::clone(&desk);
    let asked =
        tokio::spawn(async move { asking.execute(&mission("auth"), &task("t1"), &ask()).await });
    while journal.n_waiting() == 0 {
        yield_now().await;
    }
    journal.fail(disk_full());
    let failed = asked.await.unwrap();
    assert!(matches!(
        failed,
        Err(CommandError::Append(AppendError::NotWritten(_)))
    ));
}

#[tokio::test]
async fn a_task_follows_a_mission_record_by_record() {
    let desk = Arc::new(Desk::on(MemoryJournal::new()));
    let following = Arc::clone(&desk);
    let followed = tokio::spawn(async move {
        let mut seen = Seq::ZERO;
        while seen < Seq(9) {
            let records = following.changed(&mission("auth"), seen).await.unwrap();
            assert_eq!(records.first().unwrap().seq(), seen.next());
            seen = records.last().unwrap().seq();
        }
        seen
    });
    let (auth, billing) = (mission("auth"), mission("billing"));
    desk.execute(&auth, &open(), &ask()).await.unwrap();
    desk.execute(&billing, &open(), &ask()).await.unwrap();
    for n in 0..8 {
        let command = task(&format!("t{n}"));
        desk.execute(&auth, &command, &ask()).await.unwrap();
    }
    assert_eq!(followed.await.unwrap(), Seq(9));
}

#[tokio::test]
async fn a_task_waits_until_a_mission_is_as_it_wants() {
    let desk = Arc::new(Desk::on(MemoryJournal::new()));
    let (auth, waiting) = (mission("auth"), Arc::clone(&desk));
    let third = |seen: &Mission| seen.tasks().nth(2).map(|task| task.id().clone());
    let found = tokio::spawn(async move { waiting.until(&mission("auth"), third).await });
    desk.execute(&auth, &open(), &ask()).await.unwrap();
    for id in ["a", "b", "c"] {
        desk.execute(&auth, &task(id), &ask()).await.unwrap();
    }
    assert_eq!(found.await.unwrap().unwrap().as_str(), "c");
    let short = Duration::from_millis(5);
    let never = tokio::time::timeout(short, desk.until(&auth, |_| None::<()>));
    assert!(never.await.is_err());
}

#[tokio::test]
async fn a_panic_of_the_host_stays_in_its_task() {
    let desk = Arc::new(Desk::on(MemoryJournal::new()));
    let auth = mission("auth");
    desk.execute(&auth, &open(), &ask()).await.unwrap();
    let asking = Arc::clone(&desk);
    let panicking = tokio::spawn(async move {
        let (auth, asked) = (mission("auth"), ask());
        let made = asking.execute_with(&auth, &asked, |seen| match seen.head() {
            Seq(1) => panic!("the host gives up"),
            _ => Err(CommandError::UnknownAnswer),
        });
        made.await
    });
    assert!(panicking.await.unwrap_err().is_panic());
    let outcome = desk.execute(&auth, &task("t1"), &ask()).await;
    assert_eq!(outcome.unwrap().records().len(), 1);
}

#[test]
fn a_desk_is_shared_and_its_futures_change_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    fn sent<T: Send>(_: T) {}
    let desk = Desk::on(MemoryJournal::new());
    shared(&desk);
    let (auth, command, asked) = (mission("auth"), open(), ask());
    sent(desk.execute(&auth, &command, &asked));
    sent(desk.read(&auth, Mission::head));
    sent(desk.until(&auth, |_| Some(())));
    sent(desk.changed(&auth, Seq::ZERO));
}
