//! Going over all calls of a command, and judging the store after each.

use std::process::Command;

use orch_testkit::fault::{Fault, Kind, Run, sweep};

use super::{Index, Records, Store, rounds, told};

/// More calls than any one command makes.
const POINTS_MAX: u64 = 2_000;

/// Each how many-th call is visited where the time is short.
const STRIDE: u64 = 3;

/// How many problems are shown in full.
const PROBLEMS_SHOWN: usize = 8;

/// Says whether a store is as it has to be after something went wrong with adding one task.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    /// What was on record before.
    pub(super) before: &'a Records,
    /// The key of the task that was being added.
    pub(super) key: &'a str,
}

impl Judge<'_> {
    /// Reads, verifies, asks again under the same key, and reads again.
    pub(super) fn judge(&self, store: &Store, is_acknowledged: bool) -> Result<(), String> {
        let seen = store.records()?;
        check(seen.begin_with(self.before), "a record is gone")?;
        let n = seen.n_of(self.key);
        check(n == 1 || !is_acknowledged, "what was acknowledged is gone")?;
        store.verify()?;
        store.must(&mut store.add(self.key))?;
        let after = store.records()?;
        check(after.begin_with(&seen), "what was seen is gone")?;
        check(after.n_of(self.key) == 1, "it is not there exactly once")?;
        let n_more = after.0.len() - self.before.0.len();
        check(n_more == 1, "there is something else")?;
        if store.index == Index::Memory || rounds() > 1 {
            // With sled it would take as long as everything else.
            store.verify()?;
        }
        Ok(())
    }
}

/// Each how many-th call is visited: all of them when more rounds are asked for, and of writes that
/// are torn, because there are few.
fn stride(kind: Kind) -> u64 {
    if rounds() > 1 || kind.is_torn() {
        1
    } else {
        STRIDE
    }
}

/// What a sweep has shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    n_points: u64,
    pub(super) problems: Vec<String>,
}

impl Shown {
    /// Sweeps over a command on copies of a store.
    pub(super) fn by_sweeping(
        kind: Kind,
        store: &Store,
        command: impl Fn(&Store) -> Command,
        judge: impl Fn(&Store, &Run) -> Result<(), String>,
    ) -> Self {
        let mut problems = Vec::new();
        let mut n_judged = 0;
        let swept = sweep(kind, stride(kind), POINTS_MAX, |fault| {
            let copy = store.copy();
            let run = copy.run(&mut command(&copy), fault);
            if is_new(kind, &run) {
                n_judged += 1;
                let outcome = check(!run.is_hung(), "it hangs");
                let problem = outcome.and_then(|()| judge(&copy, &run)).err();
                problems.extend(problem.map(|problem| told_of(&problem, fault, &run)));
            }
            run.log
        });
        swept.unwrap();
        Self {
            n_points: n_judged,
            problems,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.n_points += other.n_points;
        self.problems.extend(other.problems);
    }

    /// Fails on any problem, and when so few points were visited that nothing is shown.
    pub(super) fn expect(self, what: &str, n_points_min: u64) {
        let Self { n_points, problems } = self;
        eprintln!("{what}: {n_points} points");
        let n_problems = problems.len();
        let first: Vec<String> = problems.into_iter().take(PROBLEMS_SHOWN).collect();
        assert_eq!(n_problems, 0, "of {n_points}:\n{}", first.join("\n"));
        let n_points_min = n_points_min.div_ceil(STRIDE);
        assert!(n_points >= n_points_min, "{n_points} points");
    }
}

/// Tells whether a run shows anything: a call that cannot be torn is one before which it dies.
fn is_new(kind: Kind, run: &Run) -> bool {
    let faulted = run.log.faulted();
    faulted.is_some_and(|row| !kind.is_torn() || row.is_write())
}

/// Fails if the process panicked, other than in the thread in which sled ends: that one is there
/// because it does.
pub(super) fn check_calm(run: &Run) -> Result<(), String> {
    let error = run.error();
    let mut panics = error.lines().filter(|line| line.contains(" panicked at "));
    check(
        panics.all(|line| line.contains("'sled-drop'")),
        "it panicked",
    )
}

pub(super) fn check(is_so: bool, problem: &str) -> Result<(), String> {
    if is_so {
        Ok(())
    } else {
        Err(problem.to_owned())
    }
}

/// Shows all that is needed to do it again.
fn told_of(problem: &str, fault: Fault, run: &Run) -> String {
    let ended = told(&run.output);
    format!("{fault:?}: {problem}\n{ended}\n{}", run.log.shown())
}
