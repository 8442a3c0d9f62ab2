//! What a store claims, and that it refuses what it does not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_store::capabilities::Durability;
use orch_store::cursor::Cursor;
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::Journal as _;

use super::bench::Bench;
use super::draft::{Draft, mission};
use super::law::{Claim, Failed, ensure};
use super::under_test::Subject;

/// Whether a store claims what a law is about; what it does not claim otherwise.
pub(super) fn claims(subject: &dyn Subject, claim: Claim) -> Result<(), &'static str> {
    let own = subject.capabilities();
    let is_lasting = own.durability > Durability::None;
    let nowhere = Path::new("");
    let (is_claimed, what) = match claim {
        Claim::Nothing => (true, ""),
        Claim::Survives(least) => {
            let what = match least {
                Durability::PowerCut => "survives a power cut",
                Durability::None | Durability::ProcessCrash => "survives its process",
            };
            (own.durability >= least, what)
        }
        Claim::MultiProcess => (own.multi_process, "takes several writing processes"),
        Claim::SingleProcess => (
            !own.multi_process && is_lasting,
            "is of one writing process at a time",
        ),
        Claim::Subscribe => (own.subscribe, "wakes who waits"),
        Claim::Snapshots => (own.snapshots, "keeps snapshots"),
        Claim::LastingSnapshots => (
            own.snapshots && is_lasting,
            "keeps snapshots beyond its process",
        ),
        Claim::Readers => (
            subject.open_reader(nowhere).is_some(),
            "has readers beside the writer",
        ),
        Claim::Copies => (subject.copy(nowhere, nowhere).is_some(), "can be copied"),
        Claim::OldFormats => (
            subject.fixtures().is_some(),
            "opens what earlier versions wrote",
        ),
    };
    if is_claimed { Ok(()) } else { Err(what) }
}

/// Checks that a store refuses what it does not claim: a caller who asks for it has to be told.
pub(super) fn refuses(bench: &Bench<'_>, claim: Claim) -> Result<(), Failed> {
    let own = bench.capabilities();
    match claim {
        Claim::Survives(least) => no_durability(bench, least),
        Claim::Subscribe => no_watch(bench),
        Claim::Snapshots => no_snapshots(bench),
        Claim::LastingSnapshots if own.snapshots => no_durability(bench, Durability::ProcessCrash),
        Claim::LastingSnapshots => no_snapshots(bench),
        Claim::MultiProcess => no_second_handle(bench),
        // A store of several processes has nothing to refuse here, and what is not offered
        // cannot be asked for.
        Claim::SingleProcess
        | Claim::Nothing
        | Claim::Readers
        | Claim::Copies
        | Claim::OldFormats => Ok(()),
    }
}

fn no_durability(bench: &Bench<'_>, least: Durability) -> Result<(), Failed> {
    let journal = bench.fresh()?;
    let append = Draft::new(&mission("m"), 0).append().durability(least);
    let answer = journal.append(append);
    ensure!(
        matches!(answer, Err(AppendError::Unsupported { .. })),
        "it does not claim to survive {least:?}, and took an append that asks for it: {answer:?}"
    );
    Ok(())
}

fn no_watch(bench: &Bench<'_>) -> Result<(), Failed> {
    let journal = bench.fresh()?;
    let watch = journal.watch(Arc::new(|| ()));
    ensure!(
        matches!(watch, Err(StoreError::Unsupported { .. })),
        "it does not claim to wake anybody, and took a watch"
    );
    // It may look again and again instead, or say that it cannot wait; it may not hang.
    let start = Cursor::start(journal.id());
    let waited = journal.wait(&start, Duration::ZERO);
    ensure!(
        matches!(waited, Ok(_) | Err(StoreError::Unsupported { .. })),
        "it does not claim to wake anybody, and to wait fails: {waited:?}"
    );
    Ok(())
}

fn no_snapshots(bench: &Bench<'_>) -> Result<(), Failed> {
    let journal = bench.fresh()?;
    let m = mission("m");
    journal.append(Draft::new(&m, 0).append())?;
    let state = Mission::fold(&journal.read(&m, Seq::ZERO, 1)?);
    let snapshot = state.snapshot();
    let snapshot = snapshot.map_err(|error| Failed::Harness(error.to_string()))?;
    // Whether it takes one and forgets it, or refuses it, is all the same.
    drop(journal.save_snapshot(&snapshot));
    ensure!(
        !matches!(journal.snapshot(&m), Ok(Some(_))),
        "it does not claim to keep snapshots, and gave one back"
    );
    Ok(())
}

/// Two handles that write one journal are two owners, wherever they are.
fn no_second_handle(bench: &Bench<'_>) -> Result<(), Failed> {
    let folder = bench.folder()?;
    let first = bench.open(&folder)?;
    match bench.subject().open(&folder) {
        Ok(second) => ensure!(
            second.journal.id() != first.id(),
            "it does not claim several writers, and journal {} was opened twice",
            first.id()
        ),
        Err(StoreError::Busy { .. }) => {}
        Err(other) => {
            return Err(Failed::broken(format!(
                "whoever comes second is not told that the store is taken: {other}"
            )));
        }
    }
    Ok(())
}
