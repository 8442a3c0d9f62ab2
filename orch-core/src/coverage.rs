//! Coverage: what of the specification a log exercises, and what not.
//!
//! ```text
//! records ─▶ fold ─▶ kinds · cells of the tables · kinds of findings · causes ─▶ n and the first
//! ```
//! A cause is seen when a record leaves the task it is about with it, or the log ends with it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnosis::Cause;
use crate::event::Event;
use crate::fold::effect::subject;
use crate::ids::{Seq, TaskId};
use crate::lint::{Kind, Linter};
use crate::mission::trace::Trace;
use crate::record::Record;
use crate::rules::{RULES, Rule};

pub use crate::mission::Cell;

/// How often something was seen, and where first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Seen {
    /// How often.
    pub n: u64,
    /// The first record that shows it.
    pub first: Seq,
}

/// What a log exercises. What is not in a map was not seen.
#[derive(Debug, Default)]
pub struct Coverage {
    linter: Linter,
    kinds: BTreeMap<String, Seen>,
    cells: BTreeMap<Cell, Seen>,
    findings: BTreeMap<Kind, Seen>,
    causes: BTreeMap<Cause, Seen>,
    n_records: u64,
}

impl Coverage {
    /// A coverage of nothing.
    pub fn new() -> Self {
        let mut coverage = Self::default();
        coverage.linter.mission_mut().state.trace = Trace::on();
        coverage
    }

    /// Takes the next record.
    pub fn push(&mut self, record: &Record) {
        let seq = record.seq();
        self.n_records = self.n_records.saturating_add(1);
        see(&mut self.kinds, record.event().kind().to_owned(), seq);
        self.linter.push(record);
        for cell in self.linter.mission_mut().state.trace.take() {
            see(&mut self.cells, cell, seq);
        }
        if let Some(task) = subject(record.event()).0 {
            self.causes_of(task, record);
        }
    }

    fn causes_of(&mut self, task: &TaskId, record: &Record) {
        let found = self.linter.mission().blockers(task, record.at());
        for blocker in found.unwrap_or_default() {
            see(&mut self.causes, blocker.cause, record.seq());
        }
    }

    /// Closes the log: what only its end shows is seen as well.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let mission = self.linter.mission();
        let (head, at) = (mission.head(), mission.head_at());
        for cause in at.iter().flat_map(|at| mission.roots(*at)) {
            see(&mut self.causes, cause.cause, head);
        }
        for finding in std::mem::take(&mut self.linter).finish(&[]).findings {
            let seq = finding.seq.unwrap_or(head);
            see(&mut self.findings, finding.kind, seq);
        }
        self
    }

    /// Returns how many records were looked at.
    pub const fn n_records(&self) -> u64 {
        self.n_records
    }

    /// Returns how often a kind of event was seen.
    pub fn kind(&self, kind: &str) -> Option<Seen> {
        self.kinds.get(kind).copied()
    }

    /// Returns the kinds that were seen and that this version does not know.
    pub fn unknown_kinds(&self) -> impl Iterator<Item = (&str, Seen)> {
        let unknown = |kind: &&str| !Event::KINDS.contains(kind);
        let kinds = self.kinds.iter().map(|(kind, seen)| (kind.as_str(), *seen));
        kinds.filter(move |(kind, _)| unknown(kind))
    }

    /// Returns how often a cell of a transition table was entered.
    pub fn cell(&self, cell: Cell) -> Option<Seen> {
        self.cells.get(&cell).copied()
    }

    /// Returns how often a kind of finding was found.
    pub fn finding(&self, kind: Kind) -> Option<Seen> {
        self.findings.get(&kind).copied()
    }

    /// Returns how often a cause was seen.
    pub fn cause(&self, cause: Cause) -> Option<Seen> {
        self.causes.get(&cause).copied()
    }

    /// Returns every rule, with how often it was broken: how many findings name it.
    pub fn rules(&self) -> impl Iterator<Item = (&'static Rule, Option<Seen>)> {
        RULES.iter().map(|rule| {
            let under = self
                .findings
                .iter()
                .filter(|(kind, _)| kind.rule() == rule.id);
            let seen = under.map(|(_, seen)| *seen).reduce(|one, other| Seen {
                n: one.n.saturating_add(other.n),
                first: one.first.min(other.first),
            });
            (rule, seen)
        })
    }
}

fn see<K: Ord>(seen: &mut BTreeMap<K, Seen>, key: K, seq: Seq) {
    let entry = seen.entry(key).or_insert(Seen { n: 0, first: seq });
    entry.n = entry.n.saturating_add(1);
    entry.first = entry.first.min(seq);
}
