//! Laws of the end of a handle: nothing that was acknowledged is left behind, nothing empty is told.

use std::fs;

use orch_core::ids::Seq;
use orch_store::capabilities::Durability;
use orch_store::cursor::{Cursor, JournalId, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal};
use orch_store::pending::Pending;

use crate::store::known::{Known, brief};
use crate::store::law::ensure;
use crate::store::worker::{Ask, Told, Worker};
use crate::store::{Bench, Draft, Failed, Verdict, mission};

pub(super) fn close_and_drop(bench: &Bench<'_>) -> Verdict {
    let n_rounds = u64::from(bench.n_cases(3));
    for _ in 0..n_rounds {
        for is_closed in [true, false] {
            ended(bench, is_closed)?;
        }
    }
    let n_left = match bench.worker() {
        Ok(worker) => {
            left_to_its_process(bench, worker)?;
            1
        }
        // What can be tried without a process of its own was tried.
        Err(_) => 0,
    };
    Ok(2 * n_rounds + n_left)
}

/// Ends a handle while appends are in flight: what was answered tells what is there.
fn ended(bench: &Bench<'_>, is_closed: bool) -> Result<(), Failed> {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let mut known = Known::default();
    for m in ["a", "b"].map(mission) {
        for head in 0..3 {
            let draft = Draft::new(&m, head).command(&format!("k{head}"));
            known.append(&*journal, draft.append())?;
        }
    }
    let m = mission("in flight");
    let in_flight: Vec<(Append, Pending)> = (0..20)
        .map(|head| {
            let append = Draft::new(&m, head).append();
            (append.clone(), journal.submit(append))
        })
        .collect();
    if is_closed {
        journal.close()?;
    }
    drop(journal);
    let journal = bench.open(&folder)?;
    let found = journal.head(&m)?.0;
    for (append, pending) in in_flight {
        let (at, answer) = (append.expect().seq().0, pending.wait());
        let is_right = match &answer {
            Ok(Appended::Now { .. }) => found > at,
            Err(AppendError::Unknown(_)) => true,
            Ok(Appended::Before { .. }) | Err(_) => found <= at,
        };
        ensure!(
            is_right,
            "{found} are there, the append at {at} was answered {answer:?}"
        );
        if found > at {
            known.take(append);
        }
    }
    known.holds(&*journal)
}

/// A process appends and ends without closing anything.
fn left_to_its_process(bench: &Bench<'_>, worker: &crate::store::WorkerSpec) -> Result<(), Failed> {
    let folder = bench.folder()?;
    let mut process = Worker::start(worker, bench.subject().name(), [("", ""); 0])?;
    process.hand_in(&Ask::Open {
        folder: folder.to_string_lossy().into_owned(),
    });
    let mut known = Known::default();
    for head in 0..10 {
        let append = Draft::new(&mission("m"), head).append();
        process.hand_in(&Ask::append(&append));
        known.take(append);
    }
    let ended = process.finish()?;
    let n_acknowledged = ended
        .told
        .iter()
        .filter(|it| matches!(it, Told::Now { .. }));
    let n_acknowledged = n_acknowledged.count();
    ensure!(
        n_acknowledged == 10,
        "a process appended 10 times and ended, {n_acknowledged} were acknowledged: {:?}",
        ended.told
    );
    known.holds(&*bench.open(&folder)?)
}

pub(super) fn error_is_not_empty(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let mut known = Known::default();
    let m = mission("m");
    for head in 0..5 {
        known.append(
            &*journal,
            Draft::new(&m, head).command(&format!("k{head}")).append(),
        )?;
    }
    cursors(&*journal)?;
    let mut n_cases = 2;
    // A handle that was closed may answer, but not as if nothing were there.
    journal.close()?;
    whole_or_error("a closed handle", &known, &*journal)?;
    n_cases += 1;
    if bench.capabilities().durability > Durability::None {
        drop(journal);
        let journal = bench.open(&folder)?;
        let aside = folder.with_extension("aside");
        fs::rename(&folder, &aside)?;
        let told = whole_or_error("a handle whose files were taken away", &known, &*journal);
        drop(journal);
        // What it left behind when it was dropped is of no use.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::rename(&aside, &folder)?;
        told?;
        known.holds_each(&*bench.open(&folder)?)?;
        n_cases += 1;
    }
    Ok(n_cases)
}

pub(super) fn reader_beside(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let none = || Failed::Harness("the store claims readers and has none".to_owned());
    let reader = bench.open_reader(&folder)?.ok_or_else(none)?;
    let mut known = Known::default();
    for head in 0..4 {
        for m in ["a", "b"].map(mission) {
            let draft = Draft::new(&m, head).command(&format!("k{head}"));
            known.append(&*journal, draft.append())?;
            known.holds(&*reader)?;
        }
    }
    ensure!(
        reader.id() == journal.id() && !reader.capabilities().append,
        "the reader of {} says that it is {} and can {:?}",
        journal.id(),
        reader.id(),
        reader.capabilities()
    );
    let answer = reader.append(Draft::new(&mission("a"), 4).append());
    ensure!(
        matches!(answer, Err(AppendError::Unsupported { .. })),
        "a reader was appended to: {}",
        brief(&answer)
    );
    drop(journal);
    known.holds(&*reader)?;
    known.holds(&*bench.open(&folder)?)?;
    Ok(8)
}

/// A cursor that is no place of this journal is an error, and no end.
fn cursors(journal: &dyn Journal) -> Result<(), Failed> {
    let foreign = Cursor {
        journal: JournalId::random(),
        position: Position(1),
    };
    let ahead = Cursor {
        journal: journal.id(),
        position: journal.end()?.position.plus(1),
    };
    for max in [0, 9] {
        let page = journal.read_all(&foreign, max);
        ensure!(
            matches!(page, Err(StoreError::ForeignCursor { .. })),
            "behind a cursor of another journal: {page:?}"
        );
        let page = journal.read_all(&ahead, max);
        ensure!(
            matches!(page, Err(StoreError::CursorAhead { .. })),
            "behind a cursor beyond the end: {page:?}"
        );
    }
    for cursor in [foreign, ahead] {
        let waited = journal.wait(&cursor, std::time::Duration::ZERO);
        let is_refused = match &waited {
            Err(StoreError::ForeignCursor { .. }) => cursor == foreign,
            Err(StoreError::CursorAhead { .. }) => cursor == ahead,
            Err(StoreError::Unsupported { .. }) => !journal.capabilities().subscribe,
            Ok(_) | Err(_) => false,
        };
        ensure!(is_refused, "waiting behind {cursor:?}: {waited:?}");
    }
    Ok(())
}

/// Each question is answered in full, or with an error.
fn whole_or_error(who: &str, known: &Known, journal: &dyn Journal) -> Result<(), Failed> {
    let m = mission("m");
    let n_known = known.head(&m);
    let start = Cursor::start(journal.id());
    let counted = [
        (
            "read",
            journal
                .read(&m, Seq::ZERO, usize::MAX)
                .map(|it| it.len() as u64),
        ),
        ("head", journal.head(&m).map(|it| it.0)),
        ("end", journal.end().map(|it| it.position.0)),
        (
            "missions",
            journal
                .missions()
                .map(|it| it.iter().map(|it| it.head.0).sum()),
        ),
        (
            "read_all",
            journal
                .read_all(&start, usize::MAX)
                .map(|it| it.records.len() as u64),
        ),
        ("verify", journal.verify(&mut |_| ()).map(|it| it.records)),
    ];
    for (question, counted) in counted {
        if let Ok(n_told) = counted {
            ensure!(
                n_told == n_known,
                "{who} answers {question} with {n_told}, there are {n_known} records"
            );
        }
    }
    let key = orch_core::ids::CommandKey::parse("k1").unwrap();
    if let Ok(prior) = journal.prior(&m, &key) {
        ensure!(
            prior != orch_core::decide::Prior::Unseen,
            "{who} has never seen a command that was answered"
        );
    }
    Ok(())
}
