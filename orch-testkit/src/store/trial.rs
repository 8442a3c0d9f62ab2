//! Trials: a worker carries out a script while something goes wrong, and what is left is judged.
//!
//! ```text
//! Image ─▶ Place ─▶ a worker, its Script, a Fault ─▶ Heard ─┐
//!                       └─▶ Recording ─▶ power cuts ─▶ Place ─┴─▶ judge ─▶ Judgement
//! ```

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::bench::{Bench, Tier};
use super::judgement::{GoesOn, Judgement, judge};
use super::law::{Failed, Verdict};
use super::script::{Heard, Known, Script};
use super::under_test::Subject;
use super::worker::WorkerSpec;
use crate::fault::{
    Cut, Effort, Fault, Image, Kind, Reached, Recorder, Recording, Run, Shim, Syncs,
};

/// More calls than any script makes.
const CALLS_MAX: u64 = 20_000;

/// Of the states that power cuts leave, each how many-th is gone on with.
const GOES_ON_EVERY: u32 = 5;

/// The folder of the store, within a place.
const STORE: &str = "store";

/// A folder with a store in it, which can be spoilt. Nothing but what the store does lies there.
#[derive(Debug)]
pub(super) struct Place {
    _temp: TempDir,
    pub(super) root: PathBuf,
}

impl Place {
    /// A place with an empty folder for a store, in memory where that is possible: a sync is counted
    /// all the same, and costs nothing.
    pub(super) fn new() -> Result<Self, Failed> {
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
        let root = temp.path().canonicalize()?;
        std::fs::create_dir(root.join(STORE))?;
        Ok(Self { _temp: temp, root })
    }

    /// A place that holds this.
    pub(super) fn with(image: &Image) -> Result<Self, Failed> {
        let place = Self::new()?;
        place.put(image)?;
        Ok(place)
    }

    /// Makes it hold this and nothing else.
    pub(super) fn put(&self, image: &Image) -> Result<(), Failed> {
        image.put(&self.root)?;
        // What opens a store is given a folder.
        std::fs::create_dir_all(self.store())?;
        Ok(())
    }

    pub(super) fn store(&self) -> PathBuf {
        self.root.join(STORE)
    }

    pub(super) fn image(&self) -> Result<Image, Failed> {
        Ok(Image::of(&self.root)?)
    }
}

/// What it takes to let a store go wrong.
pub(super) struct Trial<'a> {
    pub(super) bench: &'a Bench<'a>,
    shim: &'static Shim,
    worker: &'a WorkerSpec,
}

/// How a script ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) run: Run,
    pub(super) heard: Heard,
}

/// What a sweep is about.
pub(super) struct Sweep<'a> {
    /// What is there before.
    pub(super) base: &'a Image,
    /// What is done.
    pub(super) script: &'a Script,
    /// What goes wrong.
    pub(super) kind: Kind,
    /// Each how many-th call is hit; the first is one of these, by what goes wrong.
    pub(super) stride: u64,
}

impl<'a> Trial<'a> {
    /// Prepares a trial.
    ///
    /// # Errors
    /// When faults cannot be made here, or there is no worker: nothing is measured then.
    pub(super) fn new(bench: &'a Bench<'a>) -> Result<Self, Failed> {
        let no_compiler = || Failed::NotMeasured("there is no C compiler".to_owned());
        Ok(Self {
            bench,
            shim: Shim::build().ok_or_else(no_compiler)?,
            worker: bench.worker()?,
        })
    }

    pub(super) fn subject(&self) -> &'a dyn Subject {
        self.bench.subject()
    }

    fn command(&self) -> Command {
        self.worker.command(self.subject().name())
    }

    /// Runs a script, and what goes wrong.
    pub(super) fn run(
        &self,
        place: &Place,
        script: &Script,
        fault: impl Into<Option<Fault>>,
    ) -> Result<Ran, Failed> {
        let input = script.input(&place.store());
        let fault = fault.into();
        let patience = self.bench.patience();
        let run = self
            .shim
            .run_told(&mut self.command(), &place.root, fault, &input, patience);
        let heard = Heard::of(&[script], &String::from_utf8_lossy(&run.output.stdout));
        if heard.processes.is_empty() {
            let why = format!("the worker does not serve: {}", run.error());
            return Err(Failed::Harness(why));
        }
        Ok(Ran { run, heard })
    }

    /// Runs scripts one after the other, each perhaps with a fault, and records them.
    ///
    /// # Errors
    /// When calls are missing from the recording: nothing is measured then.
    pub(super) fn record(
        &self,
        base: &Image,
        runs: &[(&Script, Option<Fault>)],
        syncs: Syncs,
    ) -> Result<Recording, Failed> {
        let place = Place::with(base)?;
        let mut recorder = Recorder::new(self.shim, &place.root);
        for (script, fault) in runs {
            let input = script.input(&place.store());
            recorder.run(&mut self.command(), *fault, syncs, &input);
        }
        recorder.finish().map_err(Failed::NotMeasured)
    }

    /// Lets each of the calls go wrong, one run for each, until a run has none left.
    pub(super) fn sweep(
        &self,
        sweep: &Sweep<'_>,
        mut check: impl FnMut(&Place, &Ran, Fault) -> Result<(), Failed>,
    ) -> Result<Reached, Failed> {
        let mut reached = Reached::default();
        let mut states = BTreeSet::new();
        let kind = sweep.kind;
        let mut at = 1 + kind as u64 % sweep.stride;
        while at < CALLS_MAX {
            let place = Place::with(sweep.base)?;
            let fault = Fault { at, kind };
            let ran = self.run(&place, sweep.script, fault)?;
            let Some(hit) = ran.run.log.faulted() else {
                reached.states = states.len() as u64;
                return Ok(reached);
            };
            // A call that cannot be torn is one before which it dies.
            if !kind.is_torn() || hit.is_write() {
                reached.points += 1;
                states.insert(shape(&place.image()?));
                check(&place, &ran, fault).map_err(|failed| told_of(failed, fault, &ran))?;
            }
            at += sweep.stride;
        }
        Err(Failed::Harness(format!("more than {CALLS_MAX} calls")))
    }

    /// Has each call of a script go wrong, on a store that has been used.
    pub(super) fn goes_wrong(
        &self,
        kinds: &[Kind],
        every: u64,
        script: fn(Script) -> Script,
        mut check: impl FnMut(&Place, &Ran, &Known<'_>) -> Result<(), Failed>,
    ) -> Result<Reached, Failed> {
        let (base, before) = used(self)?;
        let script = script(before.then().open());
        let mut reached = Reached::default();
        for &kind in kinds {
            let sweep = Sweep {
                base: &base,
                script: &script,
                kind,
                stride: stride(every),
            };
            reached += self.sweep(&sweep, |place, ran, _| {
                let known = Known::of(&before, &[&script], &ran.heard);
                check(place, ran, &known)
            })?;
        }
        Ok(reached)
    }

    /// Goes over what power cuts may leave of a recording, and judges each.
    pub(super) fn cut_power(
        &self,
        recording: &Recording,
        before: &Script,
        scripts: &[&Script],
        n_recordings: usize,
        mut check: impl FnMut(&Judgement) -> Result<(), Failed>,
    ) -> Result<Reached, Failed> {
        let place = Place::new()?;
        let mut last = (usize::MAX, Heard::default());
        let mut n_states = 0_u32;
        let effort = effort(self.bench, n_recordings);
        recording.cut_power(effort, |cut: &Cut<'_>| {
            if last.0 != cut.after {
                last = (
                    cut.after,
                    Heard::of(scripts, &recording.said_before(cut.after)),
                );
            }
            place.put(cut.image)?;
            let known = Known::of(before, scripts, &last.1);
            n_states += 1;
            let goes_on = if n_states.is_multiple_of(GOES_ON_EVERY) {
                GoesOn::Tried
            } else {
                GoesOn::Untried
            };
            let judgement = judge(self.subject(), &place.store(), &known, goes_on);
            check(&judgement).map_err(|failed| match failed {
                Failed::Broken(what) => {
                    let (after, how) = (cut.after, cut.how);
                    let op = after.checked_sub(1).and_then(|op| recording.ops.get(op));
                    Failed::Broken(format!("{what}; after {op:?} ({after}), left: {how}"))
                }
                failed @ (Failed::NotMeasured(_) | Failed::Harness(_)) => failed,
            })
        })
    }
}

/// How much is tried of the power cuts, where there are as many recordings.
fn effort(bench: &Bench<'_>, n_recordings: usize) -> Effort {
    let seed = bench.seed();
    match Tier::from_env() {
        Tier::Fast => Effort {
            stride: if n_recordings > 1 { 13 } else { 5 },
            choices_max: if n_recordings > 1 { 3 } else { 6 },
            tears: 0,
            draws: 1,
            seed,
        },
        Tier::Full => Effort {
            stride: if n_recordings > 1 { 3 } else { 1 },
            choices_max: (48 / n_recordings).max(4),
            tears: 4,
            draws: 4,
            seed,
        },
    }
}

/// The stride of a sweep: each call in the full tier.
pub(super) fn stride(fast: u64) -> u64 {
    match Tier::from_env() {
        Tier::Fast => fast,
        Tier::Full => 1,
    }
}

/// A stride for each tier.
pub(super) fn stride_of(fast: usize, full: usize) -> usize {
    match Tier::from_env() {
        Tier::Fast => fast,
        Tier::Full => full,
    }
}

/// What has to be reached in each tier, or nothing is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Least {
    fast: Reached,
    full: Reached,
}

impl Least {
    /// At least as many points, in the fast tier and in the full one.
    pub(super) fn points(fast: u64, full: u64) -> Self {
        let reached = |points| Reached { points, states: 0 };
        Self {
            fast: reached(fast),
            full: reached(full),
        }
    }

    /// At least as many states that differ, in the fast tier and in the full one.
    pub(super) fn states(fast: u64, full: u64) -> Self {
        let reached = |states| Reached { points: 0, states };
        Self {
            fast: reached(fast),
            full: reached(full),
        }
    }
}

/// Tells what was reached, and fails when that is so little that it shows nothing.
pub(super) fn shown(bench: &Bench<'_>, what: &str, reached: Reached, least: Least) -> Verdict {
    let Reached { points, states } = reached;
    let (store, law) = (bench.subject().name(), bench.law());
    let (number, name) = (law.number, law.name);
    // To the handle: the test runner would keep what is printed to itself.
    let mut error = std::io::stderr();
    let line = format!("law {number} {name}, {store}, {what}: {points} points, {states} states\n");
    error.write_all(line.as_bytes())?;
    let least = match Tier::from_env() {
        Tier::Fast => least.fast,
        Tier::Full => least.full,
    };
    if points < least.points || states < least.states {
        return Err(Failed::Harness(format!(
            "{what}: {points} points, {states} states, and {least:?} were to be looked at"
        )));
    }
    Ok(points.max(states))
}

/// A store that has been used and closed, and how.
pub(super) fn used(trial: &Trial<'_>) -> Result<(Image, Script), Failed> {
    let place = Place::new()?;
    let script = Script::default()
        .open()
        .append("m", 2)
        .append("m", 1)
        .close();
    let ran = trial.run(&place, &script, None)?;
    if ran.heard.acknowledged(&[&script]).len() < script.batches.len() {
        let answers = &ran.heard.answers;
        return Err(Failed::Broken(format!(
            "it does not take appends: {answers:?}"
        )));
    }
    Ok((place.image()?, script))
}

/// Tells apart what runs left: by names and lengths, because ids differ from run to run.
fn shape(image: &Image) -> Vec<(String, Option<usize>)> {
    let entries = image.entries.iter().map(|(path, bytes)| {
        let name = path.to_string_lossy();
        let is_drawn =
            |part: &str| part.len() >= 32 && part.bytes().all(|it| it.is_ascii_hexdigit());
        let parts = name.split(['-', '.']).filter(|part| !is_drawn(part));
        let name = parts.collect::<Vec<_>>().join(".");
        (name, bytes.as_ref().map(|bytes| bytes.len()))
    });
    entries.collect()
}

/// Says with which fault it came to that.
fn told_of(failed: Failed, fault: Fault, ran: &Ran) -> Failed {
    let Failed::Broken(what) = failed else {
        return failed;
    };
    let (status, error) = (ran.run.output.status, ran.run.error());
    let (rows, answers) = (ran.run.log.shown(), &ran.heard.answers);
    let answers: Vec<_> = answers
        .iter()
        .map(|(_, about, told)| (about, told))
        .collect();
    let answers = format!("{answers:?}").replace(&"x".repeat(100), "");
    Failed::Broken(format!(
        "{what}; {fault:?}\n{status} {error}\n{answers}\n{rows}"
    ))
}
