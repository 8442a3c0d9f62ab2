//! Holding a machine against the laws: one run over all stories, for all laws at once.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use super::budget::Budget;
use super::claims::{Claims, Logs};
use super::laws::{Check, MachineLaw};
use super::report::{Report, Row, counterexample};
use super::seen::Seen;
use super::shrink::{Shown, shrink};
use super::stories::{Known, drawn, fixed};
use super::trial::Trial;
use super::under_test::{Failure, InProcess, MachineUnderTest, Subject};
use crate::invariants::{LogClass, Probe, assert_trace_of};
use crate::store::{Counterexample, Outcome};
use orch_core::ids::Seq;
use orch_core::record::Record;

/// The longest log that the invariants are held against, in records: they look at every prefix.
const ASKED_MAX: usize = 24;

/// A machine that cannot be judged any more, because it gave no answer.
#[derive(Debug, Clone)]
pub struct Stopped {
    /// What happened.
    pub failure: Failure,
    /// The log that it was asked about.
    pub story: String,
    /// That log, to its last record.
    pub records: Vec<Record>,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (in the log {:?})", self.failure, self.story)
    }
}

impl std::error::Error for Stopped {}

/// What one log showed.
#[derive(Debug, Default)]
pub(super) struct Look {
    times: BTreeMap<&'static str, u64>,
    wrong: BTreeMap<&'static str, (Seq, String)>,
}

impl Look {
    pub(super) fn first_of(&self, law: &str) -> Option<(Seq, String)> {
        self.wrong.get(law).cloned()
    }

    fn take(&mut self, law: &'static str, seq: Seq, probe: Probe) {
        let (times, wrong) = probe.into_found();
        *self.times.entry(law).or_default() += times;
        if let Some(what) = wrong.into_iter().next() {
            self.wrong.entry(law).or_insert((seq, what));
        }
    }
}

/// Holds one log against laws.
///
/// # Errors
/// When the machine gives no answer; that it panics is a breach of `TOTAL` instead.
pub(super) fn look(
    subject: &mut dyn Subject,
    known: &Known,
    laws: &[&'static MachineLaw],
) -> Result<Look, Failure> {
    let mut look = Look::default();
    let done = walk(subject, known, laws, &mut look);
    let done = done.and_then(|()| whole(subject, known, laws, &mut look));
    match done {
        Ok(()) => {}
        Err((seq, Failure::Panicked(what))) => {
            let first = (seq, format!("it panicked: {what}"));
            look.wrong.entry("TOTAL").or_insert(first);
        }
        Err((_, failure)) => return Err(failure),
    }
    ask(subject, known, laws, &mut look);
    Ok(look)
}

type At<T> = Result<T, (Seq, Failure)>;

/// The laws about one record, at each.
fn walk(
    subject: &mut dyn Subject,
    known: &Known,
    laws: &[&'static MachineLaw],
    look: &mut Look,
) -> At<()> {
    subject.reset().map_err(|failure| (Seq::ZERO, failure))?;
    let claims = subject.claims().clone();
    let mut old = crate::oracle::Facts::default();
    for (at, (record, facts)) in known.records.iter().zip(known.facts.windows(2)).enumerate() {
        let seq = record.seq();
        let shown = subject.apply(record).map_err(|failure| (seq, failure))?;
        let new = claims.mask(&shown);
        let ([was, is], Some(log)) = (facts, known.records.get(..=at)) else {
            continue;
        };
        let seen = Seen {
            claims: &claims,
            log,
            record,
            was,
            is,
            old: &old,
            new: &new,
        };
        for law in laws.iter().filter(|law| law.looks_at(&claims)) {
            if let Check::Step(check) = law.check {
                let mut probe = Probe::default();
                check(&seen, &mut probe);
                look.take(law.name, seq, probe);
            }
        }
        // That it answered at all is what TOTAL is about, too.
        *look.times.entry("TOTAL").or_default() += 1;
        old = new;
    }
    Ok(())
}

/// The laws about whole logs.
fn whole(
    subject: &mut dyn Subject,
    known: &Known,
    laws: &[&'static MachineLaw],
    look: &mut Look,
) -> At<()> {
    let last = known.records.last().map(Record::seq).unwrap_or_default();
    let claims = subject.claims().clone();
    let Some(told) = known.facts.last() else {
        return Ok(());
    };
    for law in laws.iter().filter(|law| law.looks_at(&claims)) {
        if let Check::Log(check) = law.check {
            let mut probe = Probe::default();
            let mut trial = Trial::new(subject, &known.records, told);
            check(&mut trial, &mut probe).map_err(|failure| (last, failure))?;
            look.take(law.name, last, probe);
        }
    }
    Ok(())
}

/// The invariants, where the fold of orch is wrapped.
fn ask(subject: &dyn Subject, known: &Known, laws: &[&'static MachineLaw], look: &mut Look) {
    let Some(apply) = subject.wraps().filter(|_| known.records.len() <= ASKED_MAX) else {
        return;
    };
    let class = match known.facts.last().map(Logs::of) {
        Some(Logs::Clean) => LogClass::Decided,
        Some(Logs::Late | Logs::Any) | None => LogClass::Any,
    };
    let names = |name: &str| laws.iter().find(|law| law.name == name).map(|law| law.name);
    match assert_trace_of(&known.records, class, apply) {
        Ok(coverage) => {
            for law in laws {
                *look.times.entry(law.name).or_default() += coverage.of(law.name);
            }
        }
        Err(breaches) => {
            for breach in breaches {
                if let Some(law) = names(breach.invariant) {
                    look.wrong.entry(law).or_insert((breach.seq, breach.what));
                }
            }
        }
    }
}

/// What a run has found out so far.
#[derive(Default)]
struct Run {
    broken: BTreeMap<&'static str, (Counterexample, u64)>,
    times: BTreeMap<&'static str, u64>,
    logs: usize,
    records: usize,
}

impl Run {
    /// Holds one log against the laws that are not broken yet.
    fn take(
        &mut self,
        subject: &mut dyn Subject,
        budget: &Budget,
        known: &Known,
    ) -> Result<(), Failure> {
        let is_open = |law: &&MachineLaw| !self.broken.contains_key(law.name);
        let open: Vec<_> = budget.laws.iter().copied().filter(is_open).collect();
        let found = look(subject, known, &open)?;
        for (law, n) in &found.times {
            *self.times.entry(law).or_default() += n;
        }
        for law in open {
            let Some((seq, what)) = found.first_of(law.name) else {
                continue;
            };
            let upto = known.records.iter().take_while(|it| it.seq() <= seq);
            let mut shown = Shown {
                known: known.cut(upto.count()),
                what,
            };
            if budget.shrinks {
                shown = shrink(subject, law, shown)?;
            }
            let seed = if known.seed == 0 {
                budget.seed
            } else {
                known.seed
            };
            let found = counterexample(subject.name(), law, budget, &shown, seed);
            self.broken.insert(law.name, (found, seed));
        }
        self.logs += 1;
        self.records += known.records.len();
        Ok(())
    }

    fn report(mut self, subject: &dyn Subject, budget: &Budget) -> Report {
        let (claims, wraps) = (subject.claims(), subject.wraps().is_some());
        let times = self.times;
        let row = |law: &&'static MachineLaw| {
            let (outcome, again) = match (self.broken.remove(law.name), law.lacks(claims, wraps)) {
                (Some((found, seed)), _) => (Outcome::Broken(found), Some(budget.again(law, seed))),
                (None, Some(what)) => (Outcome::NotClaimed { what }, None),
                (None, None) => (held(times.get(law.name).copied(), claims), None),
            };
            Row {
                name: law.name,
                rule: law.rule(),
                text: law.text(),
                outcome,
                again,
            }
        };
        Report {
            machine: subject.name().to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            seed: budget.seed,
            logs: self.logs,
            records: self.records,
            laws: budget.laws.iter().map(row).collect(),
        }
    }
}

/// Holds a machine against laws; `watch` is told after each log how many there have been, and of how
/// many.
///
/// A law that is broken is not looked at again. Its counterexample is the shortest log that leaving
/// out records comes to.
///
/// # Errors
/// When the machine gives no answer.
pub fn judge(
    subject: &mut dyn Subject,
    budget: &Budget,
    watch: &mut dyn FnMut(u64, u64),
) -> Result<Report, Stopped> {
    let claims = subject.claims().clone();
    let mut run = Run::default();
    let seeds = (0..u64::from(budget.cases)).map(|n| budget.seed.wrapping_add(n));
    let drawn = seeds.map(|seed| drawn(&claims, seed));
    let total = fixed(&claims).count() as u64 + u64::from(budget.cases);
    for known in fixed(&claims).chain(drawn) {
        if let Err(failure) = run.take(subject, budget, &known) {
            return Err(Stopped {
                failure,
                story: known.name,
                records: known.records,
            });
        }
        watch(run.logs as u64, total);
    }
    Ok(run.report(subject, budget))
}

/// A law that never had anything to look at is not known to hold; if a machine takes only some
/// records, what it is about is none of them.
fn held(times: Option<u64>, claims: &Claims) -> Outcome {
    let takes_all = claims.kinds.is_none() && claims.logs == Logs::Any;
    match times {
        Some(cases) if cases > 0 => Outcome::Held { cases },
        Some(_) | None if takes_all => Outcome::NotMeasured {
            why: "no log had anything for it to look at".to_owned(),
        },
        Some(_) | None => Outcome::NotClaimed {
            what: "the records that it is about",
        },
    }
}

/// Holds a machine in this process against all laws, and writes the report beside the
/// counterexamples; what a test of [`machine_laws!`](crate::machine_laws) looks at.
pub fn report_of<M: MachineUnderTest>() -> Report {
    let budget = Budget::from_env();
    let mut subject = InProcess::<M>::new();
    let report = judge(&mut subject, &budget, &mut |_, _| ());
    let report = report.unwrap_or_else(|stopped| panic!("{stopped}"));
    if let Some(folder) = &budget.folder {
        let folder = folder.join(format!("machine-{}", report.machine.to_lowercase()));
        let write = |name: &str, text: String| fs::write(folder.join(name), text);
        fs::create_dir_all(&folder)
            .and_then(|()| write("orch-conformance.json", report.json()))
            .and_then(|()| write("orch-conformance.md", report.markdown()))
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    }
    report
}

/// Panics with the counterexample unless a law holds, or is not claimed.
pub fn hold(report: &Report, law: &str) {
    let row = report.row(law);
    let row = row.unwrap_or_else(|| panic!("{law} is not among the laws of the report"));
    assert!(
        row.outcome.is_good(),
        "{} and {law} ({}): {}\nagain: {}",
        report.machine,
        row.text,
        row.outcome,
        row.again.as_deref().unwrap_or_default(),
    );
}
