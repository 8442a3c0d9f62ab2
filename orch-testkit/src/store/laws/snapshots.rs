//! Laws of snapshots: a shortcut that is never the state of something else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;

use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_core::snapshot::{FOLD, Snapshot};
use orch_store::capabilities::Durability;
use orch_store::journal::Journal;

use crate::store::known::Known;
use crate::store::law::ensure;
use crate::store::{Bench, Draft, Failed, Verdict, mission};

/// How many records the missions of these laws have.
const N_RECORDS: u64 = 12;

/// Appends to a mission.
fn filled(journal: &dyn Journal, m: &MissionId) -> Result<Known, Failed> {
    let mut known = Known::default();
    for head in 0..N_RECORDS {
        known.append(journal, Draft::new(m, head).append())?;
    }
    Ok(known)
}

/// Folds the first records of a mission.
fn folded(known: &Known, m: &MissionId, n_records: u64) -> Mission {
    let n_records = usize::try_from(n_records).unwrap();
    let records: Vec<Record> = known.of(m).take(n_records).cloned().collect();
    Mission::fold(&records)
}

fn taken(known: &Known, m: &MissionId, n_records: u64) -> Result<Snapshot, Failed> {
    let taken = folded(known, m, n_records).snapshot();
    taken.map_err(|error| Failed::Harness(error.to_string()))
}

/// Checks that what a store gives back is the fold of the first records of a mission.
fn is_the_fold(snapshot: &Snapshot, known: &Known, m: &MissionId) -> Result<(), Failed> {
    let at = snapshot.seq();
    ensure!(
        snapshot.mission() == Some(m) && snapshot.fold() == FOLD,
        "the snapshot of {m} is of {:?}, by fold {}",
        snapshot.mission(),
        snapshot.fold()
    );
    let restored = snapshot.restore();
    let state = restored.map_err(|error| Failed::broken(format!("a snapshot at {at}: {error}")))?;
    let digest = |it: &Mission| {
        it.digest()
            .map_err(|error| Failed::Harness(error.to_string()))
    };
    ensure!(
        digest(&state)? == digest(&folded(known, m, at.0))?,
        "the snapshot at {at} is not what {at} records of {m} fold to"
    );
    Ok(())
}

pub(super) fn folds(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let missions = ["m", "m1", "n"].map(mission);
    let mut known = BTreeMap::new();
    for m in &missions {
        ensure!(
            journal.snapshot(m)?.is_none(),
            "{m} has a snapshot before one was taken"
        );
        known.insert(m, filled(&*journal, m)?);
    }
    for (m, at) in missions.iter().zip([5, 7, N_RECORDS]) {
        journal.save_snapshot(&taken(&known[m], m, at)?)?;
    }
    for (m, at) in missions.iter().zip([5, 7, N_RECORDS]) {
        let kept = journal.snapshot(m)?;
        let kept = kept.ok_or_else(|| Failed::broken(format!("the snapshot of {m} is gone")))?;
        ensure!(
            kept.seq() == Seq(at),
            "it was taken at {at}, and is of {}",
            kept.seq()
        );
        is_the_fold(&kept, &known[m], m)?;
    }
    drop(journal);
    if bench.capabilities().durability > Durability::None {
        let journal = bench.open(&folder)?;
        for m in &missions {
            // It may be lost, for it can be taken again.
            if let Some(kept) = journal.snapshot(m)? {
                is_the_fold(&kept, &known[m], m)?;
            }
        }
    }
    Ok(missions.len() as u64)
}

pub(super) fn never_older(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let m = mission("m");
    let known = filled(&*journal, &m)?;
    let newest = |wanted: u64| {
        let kept = journal.snapshot(&m)?.map(|it| it.seq().0);
        ensure!(
            kept == Some(wanted),
            "the newest snapshot is at {wanted}, the one at {kept:?} was kept"
        );
        Ok(())
    };
    journal.save_snapshot(&taken(&known, &m, 7)?)?;
    journal.save_snapshot(&taken(&known, &m, 4)?)?;
    newest(7)?;
    let n_rounds = bench.n_cases(4);
    for round in 0..n_rounds {
        // Writers that were late with theirs, beside the newest.
        let m = mission(&format!("round {round}"));
        let known = filled(&*journal, &m)?;
        let snapshots: Result<Vec<_>, _> =
            (1..=N_RECORDS).map(|at| taken(&known, &m, at)).collect();
        let snapshots = snapshots?;
        let start = Barrier::new(4);
        thread::scope(|scope| {
            let saving: Vec<_> = (0..4)
                .map(|n| {
                    let (start, journal) = (&start, &journal);
                    let own: Vec<&Snapshot> = snapshots.iter().skip(n).step_by(4).rev().collect();
                    scope.spawn(move || {
                        start.wait();
                        own.into_iter().try_for_each(|it| journal.save_snapshot(it))
                    })
                })
                .collect();
            saving.into_iter().try_for_each(|it| it.join().unwrap())
        })?;
        let kept = journal.snapshot(&m)?.map(|it| it.seq().0);
        ensure!(
            kept == Some(N_RECORDS),
            "several writers kept snapshots up to {N_RECORDS}, the one at {kept:?} is left"
        );
    }
    newest(7)?;
    Ok(u64::from(n_rounds) + 1)
}

pub(super) fn not_ahead(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let m = mission("m");
    // The same mission went on elsewhere, with other records.
    let mut other = Known::default();
    for head in 0..N_RECORDS {
        other.take(Draft::new(&m, head).texts(["elsewhere"]).append());
    }
    let ahead = taken(&other, &m, N_RECORDS)?;
    let none = |when: &str| {
        let kept = journal.snapshot(&m)?;
        ensure!(
            kept.is_none(),
            "{when}, a snapshot of records that are not there is given back"
        );
        Ok::<_, Failed>(())
    };
    journal.save_snapshot(&ahead)?;
    none("without a record")?;
    let mut known = Known::default();
    for head in 0..N_RECORDS + 3 {
        known.append(&*journal, Draft::new(&m, head).append())?;
        if head == 4 {
            journal.save_snapshot(&ahead)?;
        }
        none(&format!("with {} records", head + 1))?;
    }
    journal.save_snapshot(&taken(&known, &m, 3)?)?;
    let kept = journal.snapshot(&m)?;
    let kept = kept.ok_or_else(|| Failed::broken("a snapshot of its own is not kept"))?;
    is_the_fold(&kept, &known, &m)?;
    Ok(N_RECORDS)
}

pub(super) fn other_fold(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let m = mission("m");
    let known = filled(&*journal, &m)?;
    let foreign = |at| {
        let own = serde_json::to_string(&taken(&known, &m, at)?).unwrap();
        let other = own.replacen(FOLD, &"0".repeat(FOLD.len()), 1);
        serde_json::from_str::<Snapshot>(&other).map_err(|error| Failed::Harness(error.to_string()))
    };
    journal.save_snapshot(&foreign(9)?)?;
    let kept = journal.snapshot(&m)?;
    ensure!(kept.is_none(), "a snapshot of another fold is given back");
    journal.save_snapshot(&taken(&known, &m, 5)?)?;
    for at in [3, 8] {
        journal.save_snapshot(&foreign(at)?)?;
        let kept = journal
            .snapshot(&m)?
            .map(|it| (it.seq().0, it.fold().to_owned()));
        ensure!(
            kept == Some((5, FOLD.to_owned())),
            "the own snapshot at 5 gave way to one of another fold: {kept:?}"
        );
    }
    Ok(3)
}

pub(super) fn and_tail(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let m = mission("m");
    let known = filled(&*journal, &m)?;
    let whole = folded(&known, &m, N_RECORDS);
    let digest = |it: &Mission| {
        it.digest()
            .map_err(|error| Failed::Harness(error.to_string()))
    };
    for at in 1..=N_RECORDS {
        journal.save_snapshot(&taken(&known, &m, at)?)?;
        let kept = journal.snapshot(&m)?;
        let kept = kept.ok_or_else(|| Failed::broken(format!("the snapshot at {at} is gone")))?;
        let mut state = kept
            .restore()
            .map_err(|error| Failed::broken(format!("a snapshot at {at}: {error}")))?;
        let tail = journal.read(&m, kept.seq(), usize::MAX)?;
        for record in &tail {
            state.apply(record);
        }
        ensure!(
            digest(&state)? == digest(&whole)?,
            "a snapshot at {at} with the {} records after it is another state than all records",
            tail.len()
        );
    }
    Ok(N_RECORDS)
}

pub(super) fn damaged(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let m = mission("m");
    let known = filled(&*journal, &m)?;
    let snapshot = taken(&known, &m, N_RECORDS)?;
    journal.save_snapshot(&snapshot)?;
    drop(journal);
    // The files that a snapshot is in are those that have its digest.
    let has_it = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        let digest = snapshot.digest().as_bytes();
        bytes.windows(digest.len()).any(|it| it == digest)
    };
    let found: Vec<PathBuf> = files(&folder)?.into_iter().filter(has_it).collect();
    let mut n_cases = 0;
    for path in found {
        let whole = fs::read(&path)?;
        for n in 0..16 {
            let at = whole.len() * n / 16;
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            for bytes in [flipped, whole[..at].to_vec()] {
                fs::write(&path, bytes)?;
                unbelieved(bench, &folder, &known)?;
                n_cases += 1;
            }
        }
        fs::write(&path, &whole)?;
    }
    if n_cases == 0 {
        let why = "the snapshot stands in no file in plain text";
        return Err(Failed::NotMeasured(why.to_owned()));
    }
    Ok(n_cases)
}

/// A damaged snapshot is not given back, or refuses to be restored; the records are there.
fn unbelieved(bench: &Bench<'_>, folder: &Path, known: &Known) -> Result<(), Failed> {
    let m = mission("m");
    let journal = bench.open(folder)?;
    if let Ok(Some(kept)) = journal.snapshot(&m)
        && kept.restore().is_ok()
    {
        is_the_fold(&kept, known, &m)?;
    }
    known.holds_each(&*journal)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
