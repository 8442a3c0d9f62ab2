//! What was acknowledged, or seen, stays: through a death at any call, and through a power cut.

use std::path::{Path, PathBuf};

use orch_store::error::StoreError;

use super::super::bench::{Bench, Tier};
use super::super::judgement::{GoesOn, Judgement, is_well, judge, opened};
use super::super::law::{Failed, Verdict};
use super::super::script::{Heard, Known, Script};
use super::super::trial::{Least, Place, Sweep, Trial, shown, stride, stride_of, used};
use crate::fault::{Fault, Image, Kind, Reached, Syncs};

/// The deaths of a process.
const DEATHS: [Kind; 5] = [
    Kind::Kill,
    Kind::KillAfter,
    Kind::Torn,
    Kind::TornFirst,
    Kind::TornLast,
];

/// What a law looks for.
type Look = fn(&Judgement) -> Result<(), Failed>;

fn is_kept(judgement: &Judgement) -> Result<(), Failed> {
    is_well(judgement.unopened.as_ref())?;
    is_well(judgement.lost.as_ref())?;
    is_well(judgement.stuck.as_ref())
}

fn is_whole(judgement: &Judgement) -> Result<(), Failed> {
    is_well(judgement.misshapen.as_ref())
}

fn is_no_phantom(judgement: &Judgement) -> Result<(), Failed> {
    is_well(judgement.phantom.as_ref())
}

/// Lets a process die at each call of a script on a store that has been used.
fn dies(
    trial: &Trial<'_>,
    kinds: &[Kind],
    every: u64,
    script: fn(Script) -> Script,
    look: Look,
) -> Result<Reached, Failed> {
    trial.goes_wrong(kinds, every, script, |place, _, known| {
        look(&judge(
            trial.subject(),
            &place.store(),
            known,
            GoesOn::Tried,
        ))
    })
}

/// Cuts the power at each moment of a script on a store that has been used; with syncs that do
/// nothing, something has to be found wrong, or the cuts show nothing.
fn loses_power(
    trial: &Trial<'_>,
    script: fn(Script) -> Script,
    look: Look,
    has_teeth: bool,
) -> Result<Reached, Failed> {
    let (base, before) = used(trial)?;
    let script = script(before.then().open());
    let recording = trial.record(&base, &[(&script, None)], Syncs::Real)?;
    let reached = trial.cut_power(&recording, &before, &[&script], 1, look)?;
    if has_teeth {
        let recording = trial.record(&base, &[(&script, None)], Syncs::Skipped)?;
        match trial.cut_power(&recording, &before, &[&script], 1, look) {
            Err(Failed::Broken(_)) => {}
            Err(failed) => return Err(failed),
            Ok(_) => {
                let what = "with syncs that do nothing, nothing is found wrong";
                return Err(Failed::Harness(what.to_owned()));
            }
        }
    }
    Ok(reached)
}

/// 18: a process dies at each of its calls.
pub(super) fn ack_survives_kill(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let reached = dies(&trial, &DEATHS, 7, |script| script.usual().close(), is_kept)?;
    shown(bench, "a process dies", reached, Least::points(8, 120))
}

/// 19: the power is cut at any moment.
pub(super) fn ack_survives_power(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let reached = loses_power(&trial, |script| script.usual().close(), is_kept, true)?;
    shown(
        bench,
        "the power is cut",
        reached,
        Least::states(100, 1_000),
    )?;
    let nothing = Script::default();
    let script = Script::default().open().append("m", 1).append("m1", 1);
    let base = Place::new()?.image()?;
    let recording = trial.record(&base, &[(&script, None)], Syncs::Real)?;
    let new = trial.cut_power(&recording, &nothing, &[&script], 1, is_kept)?;
    shown(bench, "of a new store", new, Least::states(15, 100))
}

/// 20: what is left is whole appends, in the order in which they were handed in.
pub(super) fn prefix(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let groups = |script: Script| script.together(6).append("m", 7).together(4);
    let mut reached = dies(&trial, &DEATHS, 13, groups, is_whole)?;
    reached += loses_power(&trial, groups, is_whole, false)?;
    shown(bench, "groups of appends", reached, Least::states(50, 500))
}

/// 24: a store is made whole or not at all.
pub(super) fn create_atomic(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let nothing = Script::default();
    let script = Script::default().open().append("m", 1);
    let base = Place::new()?.image()?;
    let mut reached = Reached::default();
    let errors = [Kind::Full, Kind::FullFrom, Kind::Broken, Kind::BrokenFrom];
    for kind in DEATHS.into_iter().chain(errors) {
        let sweep = Sweep {
            base: &base,
            script: &script,
            kind,
            stride: stride(3),
        };
        reached += trial.sweep(&sweep, |place, ran, _| {
            let known = Known::of(&nothing, &[&script], &ran.heard);
            judge(trial.subject(), &place.store(), &known, GoesOn::Tried).first()
        })?;
    }
    let recording = trial.record(&base, &[(&script, None)], Syncs::Real)?;
    reached += trial.cut_power(&recording, &nothing, &[&script], 1, Judgement::first)?;
    shown(bench, "a store is made", reached, Least::states(40, 200))
}

/// Deaths one in another: each is of the process that mends what the one before it left.
type Deaths = [(Kind, u64)];

/// Lets a process die while it mends a store, and the next that mends that, and so on.
fn deeper(
    trial: &Trial<'_>,
    image: &Image,
    known: &Known<'_>,
    deaths: &Deaths,
) -> Result<Reached, Failed> {
    let Some((&(kind, every), deeper_ones)) = deaths.split_first() else {
        let place = Place::with(image)?;
        judge(trial.subject(), &place.store(), known, GoesOn::Tried).first()?;
        return Ok(Reached::default());
    };
    let script = Script::default().open().read();
    let sweep = Sweep {
        base: image,
        script: &script,
        kind,
        stride: every,
    };
    let mut below = Reached::default();
    let mut reached = trial.sweep(&sweep, |place, _, _| {
        below += deeper(trial, &place.image()?, known, deeper_ones)?;
        Ok(())
    })?;
    reached += below;
    Ok(reached)
}

/// 25: a process dies while it mends what another left, three deep; and so does the power.
pub(super) fn recovery_crash(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let (base, before) = used(&trial)?;
    let script = before.then().open().append("m", 2).together(2);
    let mut reached = Reached::default();
    let [a, b, c] = match Tier::from_env() {
        Tier::Fast => [7, 5, 4],
        Tier::Full => [3, 2, 2],
    };
    let deaths: [(Kind, &Deaths); 2] = [
        (Kind::Torn, &[(Kind::Kill, b), (Kind::Kill, c)]),
        (Kind::KillAfter, &[(Kind::Torn, c), (Kind::KillAfter, b)]),
    ];
    for (kind, deeper_ones) in deaths {
        let sweep = Sweep {
            base: &base,
            script: &script,
            kind,
            stride: a,
        };
        let mut below = Reached::default();
        reached += trial.sweep(&sweep, |place, ran, _| {
            let known = Known::of(&before, &[&script], &ran.heard);
            below += deeper(&trial, &place.image()?, &known, deeper_ones)?;
            Ok(())
        })?;
        reached += below;
    }
    shown(bench, "deaths three deep", reached, Least::points(2, 20))?;
    let power = mends_and_loses_power(&trial, &base, &before)?;
    shown(
        bench,
        "the power is cut while it is mended",
        power,
        Least::states(15, 150),
    )?;
    let anew = makes_anew(&trial, &base, &before)?;
    shown(
        bench,
        "what was lost is made anew",
        anew,
        Least::states(5, 30),
    )
}

/// A process dies in an append, another mends the store and goes on, and the power is cut.
fn mends_and_loses_power(
    trial: &Trial<'_>,
    base: &Image,
    before: &Script,
) -> Result<Reached, Failed> {
    let first = before.then().open().append("m", 2);
    let second = Script::default().open().read().append("m1", 2).close();
    let place = Place::with(base)?;
    let n_calls = trial.run(&place, &first, None)?.run.log.n_counted();
    let mut reached = Reached::default();
    let points: Vec<u64> = (1..=n_calls).step_by(stride_of(19, 4)).collect();
    for &at in &points {
        for kind in [Kind::Torn, Kind::KillAfter] {
            let fault = Fault { at, kind };
            let runs = [(&first, Some(fault)), (&second, None)];
            let recording = trial.record(base, &runs, Syncs::Real)?;
            let scripts = [&first, &second];
            let told = |failed| match failed {
                Failed::Broken(what) => Failed::Broken(format!("first {fault:?}, then {what}")),
                failed @ (Failed::NotMeasured(_) | Failed::Harness(_)) => failed,
            };
            let cut = trial.cut_power(&recording, before, &scripts, points.len(), Judgement::first);
            reached += cut.map_err(told)?;
        }
    }
    Ok(reached)
}

/// Whatever of a store can be lost is lost, an index for one: who makes it anew dies, or loses power.
fn makes_anew(trial: &Trial<'_>, base: &Image, before: &Script) -> Result<Reached, Failed> {
    let nothing = Heard::default();
    let known = Known::of(before, &[], &nothing);
    let script = Script::default().open().read().close();
    let mut reached = Reached::default();
    for name in parts_of(base) {
        let mut image = base.clone();
        image.entries.retain(|path, _| !path.starts_with(&name));
        let place = Place::with(&image)?;
        let judgement = judge(trial.subject(), &place.store(), &known, GoesOn::Untried);
        if judgement.first().is_err() {
            // It cannot be without this.
            continue;
        }
        for (kind, every) in [
            (Kind::Kill, stride_of(11, 1)),
            (Kind::Torn, stride_of(7, 1)),
        ] {
            let sweep = Sweep {
                base: &image,
                script: &script,
                kind,
                stride: every as u64,
            };
            reached += trial.sweep(&sweep, |place, _, _| {
                judge(trial.subject(), &place.store(), &known, GoesOn::Tried).first()
            })?;
        }
        let recording = trial.record(&image, &[(&script, None)], Syncs::Real)?;
        reached += trial.cut_power(&recording, before, &[&script], 4, Judgement::first)?;
    }
    Ok(reached)
}

/// Returns what lies side by side in the folder of a store.
fn parts_of(image: &Image) -> Vec<PathBuf> {
    let paths = image.entries.keys();
    paths
        .filter(|path| path.iter().count() == 2)
        .cloned()
        .collect()
}

/// 26: what somebody saw while it was written is there after a power cut.
pub(super) fn no_phantom(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let followed = |script: Script| script.follow().append("m", 1).together(4).long("m").close();
    let reached = loses_power(&trial, followed, is_no_phantom, true)?;
    shown(
        bench,
        "somebody reads along",
        reached,
        Least::states(50, 300),
    )
}

/// Returns the files that only grew from one image to another, by records: where the log is.
fn logs<'a>(
    then: &'a Image,
    now: &'a Image,
    known: &Script,
) -> Vec<(&'a Path, &'a [u8], &'a [u8])> {
    let lines = known.batches.iter().flat_map(|batch| &batch.lines);
    let ids: Vec<String> = lines.filter_map(|line| id_of(line)).collect();
    let files = now.files().filter_map(|(path, now)| {
        let then = then.entries.get(path)?.as_ref()?;
        let more = now.strip_prefix(&**then)?;
        let text = String::from_utf8_lossy(more);
        let is_record = ids.iter().any(|id| text.contains(id));
        is_record.then_some((path.as_path(), &**then, more))
    });
    files.collect()
}

/// Returns the id of a record, which stands in its line as it does in whatever that is put into.
fn id_of(line: &str) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(record.get("id")?.as_str()?.to_owned())
}

/// A store as it was left by a close, and by a close after more appends.
fn twice_used(trial: &Trial<'_>, more: fn(Script) -> Script) -> Result<Used, Failed> {
    let (then, before) = used(trial)?;
    let script = more(before.then().open()).close();
    let place = Place::with(&then)?;
    let ran = trial.run(&place, &script, None)?;
    if ran.heard.acknowledged(&[&script]).len() < script.batches.len() {
        let answers = &ran.heard.answers;
        return Err(Failed::Broken(format!(
            "it does not take appends: {answers:?}"
        )));
    }
    Ok(Used {
        then,
        now: place.image()?,
        before,
        script,
    })
}

/// A store at two moments.
struct Used {
    then: Image,
    now: Image,
    before: Script,
    script: Script,
}

/// 21: a torn or garbage tail is cut where an append ends, and what was cut is kept.
pub(super) fn torn_tail(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let used = twice_used(&trial, |script| script.append("m", 2).append("m1", 1))?;
    let logs = logs(&used.then, &used.now, &used.script);
    if logs.is_empty() {
        let why = "no file of the store is a log of records as they are sealed".to_owned();
        return Err(Failed::NotMeasured(why));
    }
    let mut reached = Reached::default();
    let known = Known {
        handed_in: used
            .before
            .batches
            .iter()
            .chain(&used.script.batches)
            .collect(),
        acknowledged: used.before.batches.iter().collect(),
        seen: Vec::new(),
    };
    for (path, then, more) in logs {
        let mut tails: Vec<Vec<u8>> = (1..more.len())
            .step_by(stride_of(37, 1))
            .map(|n| more.iter().copied().take(n).collect())
            .collect();
        tails.extend([
            vec![0; 300],
            b"\xff\x00garbage\n".to_vec(),
            b"{}\n".to_vec(),
        ]);
        for tail in tails {
            let torn = [then, &tail].concat();
            let place = Place::with(&used.then.with(path, torn.clone()))?;
            reached.points += 1;
            let n = tail.len();
            tail_is_cut(&trial, &place, path, &torn, &known).map_err(|failed| match failed {
                Failed::Broken(what) => {
                    Failed::Broken(format!("{what}; {n} bytes behind {}", path.display()))
                }
                failed @ (Failed::NotMeasured(_) | Failed::Harness(_)) => failed,
            })?;
        }
    }
    shown(bench, "a torn tail", reached, Least::points(10, 100))
}

fn tail_is_cut(
    trial: &Trial<'_>,
    place: &Place,
    path: &Path,
    torn: &[u8],
    known: &Known<'_>,
) -> Result<(), Failed> {
    let store = opened(trial.subject(), &place.store())?;
    drop(store);
    let image = place.image()?;
    let now = image.entries.get(path).and_then(Option::as_deref);
    let now = now.unwrap_or_default();
    let n_same = now.iter().zip(torn).take_while(|(a, b)| a == b).count();
    let cut = torn.get(n_same..).unwrap_or_default();
    let is_there = |bytes: &[u8]| bytes.windows(cut.len()).any(|part| part == cut);
    if !cut.is_empty() && !image.files().any(|(_, bytes)| is_there(bytes)) {
        let n = cut.len();
        return Err(Failed::Broken(format!(
            "{n} bytes were cut off, and kept nowhere"
        )));
    }
    judge(trial.subject(), &place.store(), known, GoesOn::Tried).first()
}

/// 23: a log that is shorter than the store knows is refused, with both numbers.
pub(super) fn anchor(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let used = twice_used(&trial, |script| script.append("m", 2).append("m1", 1))?;
    let (n_then, n_now) = (
        used.before.n_records(),
        used.before.n_records() + used.script.n_records(),
    );
    let mut cases = 0;
    for (path, then, _) in logs(&used.then, &used.now, &used.script) {
        let place = Place::with(&used.now.with(path, then))?;
        cases += 1;
        let handles = [
            Some(opened(trial.subject(), &place.store()).map(|_| ())),
            trial
                .subject()
                .open_reader(&place.store())
                .map(|it| it.map(|_| ())),
        ];
        for opened in handles.into_iter().flatten() {
            let Err(StoreError::Lost { seen, found, .. }) = &opened else {
                let what = format!("a log of {n_then} records that was of {n_now}: {opened:?}");
                return Err(Failed::Broken(what));
            };
            if seen <= found {
                return Err(Failed::Broken(format!("it says {seen} and {found}")));
            }
        }
    }
    if cases == 0 {
        let why = "no file of the store is a log of records as they are sealed".to_owned();
        return Err(Failed::NotMeasured(why));
    }
    Ok(cases)
}
