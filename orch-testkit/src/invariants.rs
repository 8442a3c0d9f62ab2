//! The invariants of a mission, as checks at every prefix of a log.
//!
//! An invariant is a second statement of a rule, in words of its own: what it knows of the past is
//! the [`Ghost`], which is kept along the log beside the machine, and never what the machine says
//! that it remembers. There are two ways to use them. [`assert_trace`] holds a whole log against
//! all of them; [`check_step`] holds one record against those that look at one record, for whoever
//! folds by hand, as the enumerator does:
//!
//! ```text
//! record ─▶ apply ─▶ Step { before, after, past, ghost } ─▶ check_step ─▶ breaches
//! ```
//!
//! ```
//! use orch_testkit::invariants::{LogClass, assert_trace};
//! use orch_testkit::world::World;
//!
//! let mut world = World::new().agents(&["coder"]).tasks(&["login"]);
//! world.finish("login", "coder");
//! let coverage = assert_trace(&world.records, LogClass::Decided).expect("the rules hold");
//! assert!(coverage.of("HANDOFF_GATE") > 0, "a handoff moved a task");
//! ```

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "an invariant names the records that may, and forbids all others, later ones too"
)]

mod attempts;
mod blockers;
mod dependencies;
mod facts;
mod fold;
mod gates;
mod ghost;
mod graph;
mod identity;
mod ledger;
mod readiness;
mod table;
mod time;
mod trace;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Context, Decision, Rejection};
use orch_core::diagnosis::{Blocker, Diagnosis};
use orch_core::event::Event;
use orch_core::fold::{Applied, Outcome};
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::record::Record;

pub(crate) use attempts::is_output;
use facts::Facts;
pub(crate) use fold::are_apart;
pub use fold::check_commute;
pub use ghost::{Ghost, GhostAttempt, GhostGate, GhostTask, Judgement, Phase, Standing};
pub use graph::{Graph, check_graph};
pub use table::INVARIANTS;
pub use trace::{assert_trace, assert_trace_of, check_decision, check_log};

/// What is known about how a log came about; an invariant names the widest class it holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LogClass {
    /// Any log, imported and anomalous ones too.
    Any,
    /// A log of which every record came out of `decide`.
    Decided,
}

impl fmt::Display for LogClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Any => "any log",
            Self::Decided => "decided logs",
        })
    }
}

/// What an invariant looks at.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// One record and the mission on both sides of it.
    Step(fn(&Scene<'_>, &mut Probe)),
    /// A whole log.
    Log(fn(&Replay<'_>, &mut Probe)),
    /// A command and what a mission answered; see [`check_decision`].
    Decision(fn(&Asked<'_>, &mut Probe)),
    /// All states that can be reached; see [`check_graph`].
    Graph(fn(&Graph<'_>, &mut Probe)),
}

impl Check {
    /// Returns what it looks at, in a word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Step(_) => "step",
            Self::Log(_) => "log",
            Self::Decision(_) => "decision",
            Self::Graph(_) => "graph",
        }
    }
}

/// One invariant.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// Its number; never used for another.
    pub number: u8,
    /// Its stable name.
    pub name: &'static str,
    /// The id of the rule that it states a second time.
    pub rule: &'static str,
    /// The widest class of logs that it holds for.
    pub class: LogClass,
    /// What must hold, in one sentence.
    pub text: &'static str,
    /// What is looked at, and how.
    pub checks: &'static [Check],
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The name of the invariant.
    pub invariant: &'static str,
    /// The record at which it does not hold; the last one for a check of a whole log.
    pub seq: Seq,
    /// What is wrong, naming the things involved; untrusted text.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.invariant, self.seq, self.what)
    }
}

/// How often the antecedent of each invariant was true: one that never was proves nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    times: BTreeMap<&'static str, u64>,
}

impl Coverage {
    /// Returns how often the antecedent of an invariant was true.
    pub fn of(&self, name: &str) -> u64 {
        self.times.get(name).copied().unwrap_or(0)
    }

    /// Adds another coverage to this one.
    pub fn add(&mut self, other: &Self) {
        for (name, n) in &other.times {
            *self.times.entry(name).or_default() += n;
        }
    }

    /// Returns the invariants whose antecedent was never true.
    pub fn vacuous(&self) -> impl Iterator<Item = &'static Invariant> {
        INVARIANTS.iter().filter(|it| self.of(it.name) == 0)
    }

    fn count(&mut self, name: &'static str, n: u64) {
        *self.times.entry(name).or_default() += n;
    }
}

/// One record of a log, and the mission on both sides of it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The record.
    pub record: &'a Record,
    /// The mission before it.
    pub before: &'a Mission,
    /// The mission after it.
    pub after: &'a Mission,
    /// What applying it gave.
    pub applied: Applied,
    /// What the log had told before it.
    pub past: &'a Ghost,
    /// What the log has told with it.
    pub ghost: &'a Ghost,
    /// The time at which views are asked for.
    pub now: DateTime<Utc>,
    /// How the log came about.
    pub class: LogClass,
}

/// What folds one record onto a mission: [`Mission::apply`], or a framework that wraps it.
pub type Apply = fn(&mut Mission, &Record) -> Applied;

/// A log, and what folds it.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    /// The log.
    pub records: &'a [Record],
    /// What folds it.
    pub apply: Apply,
}

impl Replay<'_> {
    /// Folds records onto a mission.
    pub fn fold_onto(&self, mut mission: Mission, records: &[Record]) -> Mission {
        for record in records {
            (self.apply)(&mut mission, record);
        }
        mission
    }
}

/// A command that was put to a mission, and the answer.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The mission.
    pub mission: &'a Mission,
    /// The command.
    pub command: &'a Command,
    /// Who asked, and when.
    pub context: &'a Context,
    /// What the mission answered.
    pub answer: &'a Result<Decision, Rejection>,
}

/// A step with what every check of it needs, computed once.
#[derive(Debug)]
pub struct Scene<'a> {
    step: Step<'a>,
    old: Facts,
    new: Facts,
    blockers: OnceCell<BTreeMap<TaskId, Vec<Blocker>>>,
    diagnosis: OnceCell<Diagnosis>,
}

impl<'a> Scene<'a> {
    fn of(step: Step<'a>) -> Self {
        let (old, new) = (Facts::of(step.before), Facts::of(step.after));
        Self {
            step,
            old,
            new,
            blockers: OnceCell::new(),
            diagnosis: OnceCell::new(),
        }
    }

    /// What keeps a task from moving after the record.
    fn blockers(&self, id: &TaskId) -> &[Blocker] {
        let (after, now) = (self.step.after, self.step.now);
        let of = |id: &TaskId| after.blockers(id, now).unwrap_or_default();
        let all = self.blockers.get_or_init(|| {
            let ids = self.new.tasks.keys();
            ids.map(|id| (id.clone(), of(id))).collect()
        });
        all.get(id).map_or(&[], Vec::as_slice)
    }

    /// The diagnosis after the record.
    fn diagnosis(&self) -> &Diagnosis {
        let judge = || self.step.after.diagnose(self.step.now);
        self.diagnosis.get_or_init(judge)
    }

    fn event(&self) -> &'a Event {
        self.step.record.event()
    }

    fn is_changed(&self) -> bool {
        self.step.applied.outcome == Outcome::Changed
    }

    /// Whether the fold marked the record as breaking a rule in one of these ways, which it never
    /// does to a record that was decided.
    fn is_marked(&self, codes: &[Code]) -> bool {
        let anomalies = self.step.after.anomalies().iter().rev();
        let mut raised = anomalies.take(self.step.applied.n_anomalies);
        self.step.class == LogClass::Any && raised.any(|it| codes.contains(&it.code))
    }

    /// Whether the state means something and can move: open, and of rules that are known.
    fn is_live(&self) -> bool {
        let after = self.step.after;
        after.closed().is_none() && after.opened().is_some() && after.rules_newer().is_none()
    }
}

/// Takes down what a check finds, and how often it had something to look at.
#[derive(Debug, Default)]
pub struct Probe {
    times: u64,
    wrong: Vec<String>,
}

impl Probe {
    /// The antecedent is true; the consequent must be as well.
    pub(crate) fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.times += 1;
        if !holds {
            self.wrong.push(what());
        }
    }

    /// How often there was something to look at, and what was wrong.
    pub(crate) fn into_found(self) -> (u64, Vec<String>) {
        (self.times, self.wrong)
    }

    fn report(self, invariant: &'static str, seq: Seq, coverage: &mut Coverage) -> Vec<Breach> {
        coverage.count(invariant, self.times);
        let breach = |what| Breach {
            invariant,
            seq,
            what,
        };
        self.wrong.into_iter().map(breach).collect()
    }
}

/// Holds one record against every invariant that looks at one record.
///
/// Takes time in the size of the state, not of the log.
pub fn check_step(step: &Step<'_>) -> Vec<Breach> {
    check_step_counted(step, &mut Coverage::default())
}

/// As [`check_step`], and counts how often each antecedent was true.
pub fn check_step_counted(step: &Step<'_>, coverage: &mut Coverage) -> Vec<Breach> {
    let scene = Scene::of(*step);
    let mut found = Vec::new();
    for invariant in INVARIANTS.iter().filter(|it| it.class <= step.class) {
        let mut probe = Probe::default();
        for check in invariant.checks {
            if let Check::Step(check) = check {
                check(&scene, &mut probe);
            }
        }
        found.extend(probe.report(invariant.name, step.record.seq(), coverage));
    }
    found
}
