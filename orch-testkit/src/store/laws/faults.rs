//! A disk that fails, or is full: nothing is pretended, nothing hangs, and it goes on afterwards.

use super::super::bench::Bench;
use super::super::claims::claims;
use super::super::judgement::{GoesOn, Judgement, is_well, judge};
use super::super::law::{Claim, Failed, Verdict, ensure};
use super::super::script::Script;
use super::super::trial::{Least, Place, Trial, shown, stride_of, used};
use super::super::worker::Told;
use crate::fault::{Fault, Kind, Reached, Syncs};

/// What may go wrong with a call without the end of the process.
const ERRORS: [Kind; 7] = [
    Kind::Broken,
    Kind::BrokenFrom,
    Kind::Full,
    Kind::FullFrom,
    Kind::SyncBroken,
    Kind::ReadBroken,
    Kind::ReadBrokenFrom,
];

/// 28: who was told of a failure is told of nothing else until the store is opened anew, and a sync
/// that failed is not made good by another.
pub(super) fn fail_stop(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let kinds = [Kind::SyncBroken, Kind::Broken, Kind::Full];
    let script = |script: Script| script.usual().close();
    let reached = trial.goes_wrong(&kinds, 5, script, |place, ran, known| {
        let mut appends = ran.heard.appends();
        let is_failure =
            |told: &Told| matches!(told, Told::NotWritten { .. } | Told::Unknown { .. });
        let failure = appends.find(|told| is_failure(told));
        let later = appends.find(|told| matches!(told, Told::Now { .. }));
        if let (Some(failure), Some(later)) = (failure, later) {
            return Err(Failed::Broken(format!(
                "after {failure:?} it said {later:?}"
            )));
        }
        let judgement = judge(trial.subject(), &place.store(), known, GoesOn::Tried);
        judgement.first()
    })?;
    shown(
        bench,
        "a write or a sync fails",
        reached,
        Least::points(8, 60),
    )?;
    let power = syncs_fail_and_power(&trial)?;
    shown(
        bench,
        "a sync fails, and the power is cut",
        power,
        Least::states(30, 300),
    )
}

/// A sync fails once, and what it was to bring to the disk may never get there.
fn syncs_fail_and_power(trial: &Trial<'_>) -> Result<Reached, Failed> {
    let (base, before) = used(trial)?;
    let script = before
        .then()
        .open()
        .append("m", 1)
        .together(3)
        .append("m1", 2)
        .close();
    let place = Place::with(&base)?;
    let ran = trial.run(&place, &script, None)?;
    let n_syncs = ran.run.log.rows.iter().filter(|row| row.is_sync()).count();
    let mut reached = Reached::default();
    let points: Vec<u64> = (1..=n_syncs as u64).step_by(stride_of(5, 2)).collect();
    for &at in &points {
        let fault = Fault {
            at,
            kind: Kind::SyncBroken,
        };
        let recording = trial.record(&base, &[(&script, Some(fault))], Syncs::Real)?;
        let look = |judgement: &Judgement| {
            is_well(judgement.unopened.as_ref())?;
            is_well(judgement.lost.as_ref())
        };
        reached += trial.cut_power(&recording, &before, &[&script], points.len(), look)?;
    }
    Ok(reached)
}

/// 29: each call returns soon, whatever fails.
pub(super) fn no_hang(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let script = |script: Script| script.follow().usual().read().close().look();
    let reached = trial.goes_wrong(&ERRORS, 17, script, |_, ran, _| {
        ensure!(!ran.run.is_hung(), "it hangs");
        Ok(())
    })?;
    shown(bench, "a call fails", reached, Least::points(12, 150))
}

/// 30: nothing panics, whatever fails, and neither does the end of a store that was not closed.
pub(super) fn no_panic(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let script = |script: Script| script.usual().read();
    let reached = trial.goes_wrong(&ERRORS, 17, script, |_, ran, _| {
        let error = ran.run.error();
        let mut panics = error.lines().filter(|line| line.contains(" panicked at "));
        let panic = panics.find(|line| !trial.subject().is_contained(line));
        ensure!(
            panic.is_none(),
            "it panicked: {}",
            panic.unwrap_or_default()
        );
        ensure!(ran.run.output.status.success(), "its process ended badly");
        Ok(())
    })?;
    shown(bench, "a call fails", reached, Least::points(12, 150))
}

/// 31: on a disk that is full reading works and nothing is lost; with room it goes on.
pub(super) fn full_disk(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let has_readers = claims(bench.subject(), Claim::Readers).is_ok();
    let script = |script: Script| script.usual().read().look();
    let reached = trial.goes_wrong(&[Kind::FullFrom], 3, script, |place, ran, known| {
        match ran.heard.read() {
            Some(log) => {
                let missing = known.acknowledged.iter().find(|batch| {
                    let first = batch.lines.first();
                    !log.iter().any(|(_, line)| Some(line) == first)
                });
                ensure!(missing.is_none(), "an acknowledged append cannot be read");
            }
            None => ensure!(
                !has_readers && !ran.heard.has_opened(),
                "it cannot be read while the disk is full"
            ),
        }
        judge(trial.subject(), &place.store(), known, GoesOn::Tried).first()
    })?;
    shown(bench, "the disk is full", reached, Least::points(5, 20))
}
