//! Laws of being told what comes: none left out, none twice, nobody in the way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use orch_core::record::Record;
use orch_store::cursor::{Cursor, Position};
use orch_store::journal::Journal;

use crate::store::known::{Known, same};
use crate::store::law::ensure;
use crate::store::{Bench, Draft, Failed, Recorded, Verdict, mission};

/// How many records each of the two writers appends.
const N_EACH: u64 = 60;

/// Follows a journal from a cursor, page by page, and waits at its end; until so many have come.
fn follow(
    journal: &dyn Journal,
    mut cursor: Cursor,
    n_wanted: usize,
    patience: Duration,
) -> Result<Vec<(Position, Record)>, Failed> {
    let mut seen = Vec::new();
    while seen.len() < n_wanted {
        // At the end of its time, who waits looks once more: that is not what woke him.
        let begun = Instant::now();
        let end = journal.wait(&cursor, patience)?;
        ensure!(
            end.position > cursor.position && begun.elapsed() < patience,
            "who waited behind {} was not woken, {} of {n_wanted} had come",
            cursor.position,
            seen.len()
        );
        let page = journal.read_all(&cursor, 4)?;
        ensure!(
            !page.records.is_empty(),
            "the end is {}, nothing is read behind {}",
            end.position,
            cursor.position
        );
        cursor = page.next;
        seen.extend(page.records);
    }
    Ok(seen)
}

/// Checks that what was followed is every position from a cursor on, in order.
fn is_whole(seen: &[(Position, Record)], after: u64) -> Result<(), Failed> {
    let positions: Vec<u64> = seen.iter().map(|(at, _)| at.0).collect();
    let n_seen = positions.len() as u64;
    ensure!(
        positions.iter().copied().eq(after + 1..=after + n_seen),
        "whoever followed from {after} was given positions {positions:?}"
    );
    Ok(())
}

fn write(journal: &dyn Journal, name: &str) -> Result<(), Failed> {
    let m = mission(name);
    let mut head = 0;
    while head < N_EACH {
        let n_records = [1, 2, 3][(head % 3) as usize].min(N_EACH - head);
        let draft = Draft::new(&m, head).records(usize::try_from(n_records).unwrap());
        journal.append(draft.append())?;
        head += n_records;
    }
    Ok(())
}

pub(super) fn sub_gapless(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    // Some is there before anybody follows: catching up turns into waiting in the middle.
    journal.append(Draft::new(&mission("before"), 0).records(16).append())?;
    let n_all = 16 + 2 * usize::try_from(N_EACH).unwrap();
    let patience = bench.patience();
    let mut followers: Vec<Arc<dyn Journal>> = vec![Arc::clone(&journal) as _; 3];
    followers.extend(bench.open_reader(&folder)?);
    let seen = thread::scope(|scope| {
        let following: Vec<_> = followers
            .iter()
            .map(|it| {
                let start = Cursor::start(it.id());
                scope.spawn(move || follow(&**it, start, n_all, patience))
            })
            .collect();
        let writing = ["a", "b"].map(|name| {
            let journal = &journal;
            scope.spawn(move || write(&**journal, name))
        });
        for writer in writing {
            writer.join().unwrap()?;
        }
        let mut seen = Vec::new();
        for follower in following {
            seen.push(follower.join().unwrap()?);
        }
        Ok::<_, Failed>(seen)
    })?;
    let all = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
    for seen in &seen {
        is_whole(seen, 0)?;
        ensure!(
            *seen == all.records,
            "a follower was given other records than are there"
        );
    }
    Ok(seen.len() as u64)
}

pub(super) fn sub_resume(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let mut journal = bench.open(&folder)?;
    let mut known = Known::default();
    for head in 0..12 {
        known.append(
            &*journal,
            Draft::new(&mission("m"), head * 2).records(2).append(),
        )?;
    }
    let is_kept = bench.capabilities().durability > orch_store::capabilities::Durability::None;
    let n_all = known.log().len();
    let mut n_cases = 0;
    for is_reopened in [false, true] {
        if is_reopened && !is_kept {
            continue;
        }
        if is_reopened {
            drop(journal);
            journal = bench.open(&folder)?;
        }
        for n_seen in 0..n_all {
            // A cursor is written down, and read again by another process or years later.
            let cursor = Cursor {
                journal: journal.id(),
                position: Position(n_seen as u64),
            };
            let saved = serde_json::to_string(&cursor).unwrap();
            let cursor: Cursor = serde_json::from_str(&saved).unwrap();
            let seen = follow(&*journal, cursor, n_all - n_seen, bench.patience())?;
            is_whole(&seen, n_seen as u64)?;
            let records: Vec<Record> = seen.into_iter().map(|(_, it)| it).collect();
            same(
                "what was followed",
                &records,
                known.log().iter().skip(n_seen),
            )?;
            n_cases += 1;
        }
    }
    Ok(n_cases)
}

pub(super) fn sub_no_backpressure(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let n_woken = Arc::new(AtomicU64::new(0));
    let watches: Result<Vec<_>, _> = (0..4)
        .map(|_| {
            let n_woken = Arc::clone(&n_woken);
            journal.watch(Arc::new(move || {
                n_woken.fetch_add(1, Ordering::Relaxed);
            }))
        })
        .collect();
    let watches = watches?;
    let n_appends = u64::from(bench.n_cases(200));
    let writer = Arc::clone(&journal);
    written_in_time(&writer, n_appends, bench.patience())?;
    ensure!(
        n_woken.load(Ordering::Relaxed) > 0,
        "four watches were there, and nobody was woken by {n_appends} appends"
    );
    drop(watches);
    // Whoever is gone is not woken any more.
    let m = mission("after");
    journal.append(Draft::new(&m, 0).append())?;
    let n_now = n_woken.load(Ordering::Relaxed);
    journal.append(Draft::new(&m, 1).append())?;
    ensure!(
        n_woken.load(Ordering::Relaxed) == n_now,
        "a watch that was dropped was woken"
    );
    Ok(n_appends)
}

/// Appends on a thread of its own: that it ends is waited for, but not for ever.
fn written_in_time(
    journal: &Arc<Recorded>,
    n_appends: u64,
    patience: Duration,
) -> Result<(), Failed> {
    let (tell, told) = mpsc::channel();
    let journal = Arc::clone(journal);
    thread::spawn(move || {
        let m = mission("m");
        let appended = (0..n_appends).try_for_each(|head| {
            let answer = journal.append(Draft::new(&m, head).append());
            answer.map(|_| ()).map_err(Failed::from)
        });
        // Nobody listens any more if it took too long.
        drop(tell.send(appended));
    });
    let in_time = told.recv_timeout(patience);
    in_time.unwrap_or_else(|_| {
        Err(Failed::broken(
            "an append waits for subscribers that read nothing",
        ))
    })
}

pub(super) fn sub_lag_explicit(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let start = Cursor::start(journal.id());
    // It is subscribed, and does not look while much is written.
    let _watch = journal.watch(Arc::new(|| ()))?;
    let n_batches = u64::from(bench.n_cases(12));
    let mut known = Known::default();
    for n in 0..n_batches {
        let each = (0..10).map(|k| Draft::new(&mission("m"), n * 100 + k * 10).records(10));
        known.append_all(&*journal, each.map(|draft| draft.append()))?;
    }
    let seen = follow(&*journal, start, known.log().len(), bench.patience())?;
    is_whole(&seen, 0)?;
    Ok(n_batches)
}
