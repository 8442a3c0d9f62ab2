//! Lint: everything in a log that a rule forbids or that smells, found in one pass.
//!
//! ```text
//! records ─▶ look before ─▶ fold ─▶ its anomalies, its late evidence ─▶ findings ─▶ groups
//!                 │                                                        ▲
//!                 └─▶ watch: what only several records show ─▶ at the end ─┤
//!                                     claims of a tracker about the same tasks ─┘
//! ```
//! What the fold reports is taken as it is and never computed a second time; a [`Lint`] adds what
//! no single rule forbids, or gives a code of the fold the name of the special case that it is.
//!
//! Linting is linear in the records, and keeps the mission, a few rows for each task, agent and
//! open run, and the findings.

mod claim;
mod end;
mod gaps;
mod look;
mod table;
mod watch;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::codes::Code;
use crate::event::Event;
use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::record::Record;
use crate::rules::{self, Rule};

pub use claim::{Claim, Claimed};
pub use table::{Lint, Severity};

use watch::Watch;

/// What kind of finding: a code of the fold, or a lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// What the fold reports as an anomaly or as late evidence.
    Code(Code),
    /// What only the lint sees.
    Lint(Lint),
}

impl Kind {
    /// Looks a kind up by its word.
    pub fn parse(word: &str) -> Option<Self> {
        let lint = Lint::parse(word).map(Self::Lint);
        lint.or_else(|| Code::parse(word).map(Self::Code))
    }

    /// Returns the stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code(code) => code.as_str(),
            Self::Lint(lint) => lint.as_str(),
        }
    }

    /// Returns the id of the rule behind it.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Code(code) => code.rule(),
            Self::Lint(lint) => lint.rule(),
        }
    }

    /// Returns the rule behind it.
    pub fn rule_row(self) -> Option<&'static Rule> {
        rules::rule(self.rule())
    }

    /// Returns how bad it is: whatever the fold reports breaks a rule.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Code(_) => Severity::Fault,
            Self::Lint(lint) => lint.severity(),
        }
    }

    /// Returns what it means, in one sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Code(code) => code.title(),
            Self::Lint(lint) => lint.title(),
        }
    }

    /// Returns what to do about it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Code(code) => code.help(),
            Self::Lint(lint) => lint.help(),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that looks wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing.
    pub kind: Kind,
    /// The record that shows it; `None` when no record does, but the claim of a tracker.
    pub seq: Option<Seq>,
    /// The task it is about, if it is about one.
    pub task: Option<TaskId>,
    /// What is wrong, naming the things involved; untrusted text, escape before showing.
    pub detail: String,
    /// The records that make it wrong (FOLD-3).
    pub because: Vec<Seq>,
    /// How many records say the same: more than 1 for a run of them.
    pub n: u64,
    /// The row of the tracker whose claim the log contradicts.
    pub claim_row: Option<u64>,
}

impl Finding {
    fn new(kind: Kind, seq: impl Into<Option<Seq>>, detail: String) -> Self {
        Self {
            kind,
            seq: seq.into(),
            task: None,
            detail,
            because: Vec::new(),
            n: 1,
            claim_row: None,
        }
    }

    fn lint(lint: Lint, seq: Seq, detail: String) -> Self {
        Self::new(Kind::Lint(lint), seq, detail)
    }

    fn on(mut self, task: &TaskId) -> Self {
        self.task = Some(task.clone());
        self
    }

    // spec: FOLD-3
    fn because(mut self, seqs: impl IntoIterator<Item = Seq>) -> Self {
        self.because.extend(seqs);
        self
    }
}

/// All findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'a> {
    /// The kind.
    pub kind: Kind,
    /// The findings, in the order of their records.
    pub findings: Vec<&'a Finding>,
}

/// What a log has that looks wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Every finding, in the order of the records; those that no record shows come last.
    pub findings: Vec<Finding>,
    /// How many records were looked at.
    pub n_records: u64,
}

impl Report {
    /// Returns the findings by kind, the worst first: by severity, then by how many there are.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut by_kind: BTreeMap<Kind, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            by_kind.entry(finding.kind).or_default().push(finding);
        }
        let mut groups: Vec<Group<'_>> = by_kind
            .into_iter()
            .map(|(kind, findings)| Group { kind, findings })
            .collect();
        groups.sort_by_key(|group| {
            let many = std::cmp::Reverse(group.findings.len());
            (group.kind.severity(), many, group.kind.as_str())
        });
        groups
    }

    /// Returns how many findings there are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        let same = |finding: &&Finding| finding.kind == kind;
        self.findings.iter().filter(same).count()
    }
}

/// Looks at a log record by record.
#[derive(Debug, Default)]
pub struct Linter {
    mission: Mission,
    watch: Watch,
    findings: Vec<Finding>,
    n_records: u64,
    /// Attempts that a snapshot only implies and that came too early, until their close says so.
    implied_early: BTreeMap<TaskId, Finding>,
    /// The times of the first and the last record that were not reconstructed.
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Linter {
    /// A linter before the first record.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next record.
    pub fn push(&mut self, record: &Record) {
        self.n_records = self.n_records.saturating_add(1);
        let at = record.at();
        let first = self.span.map_or(at, |(first, _)| first.min(at));
        let last = self.span.map_or(at, |(_, last)| last.max(at));
        self.span = Some((first, last));
        let seen = look::before(&self.mission, record);
        let n_findings = self.findings.len();
        let n_late = self.mission.late_evidence().len();
        let applied = self.mission.apply(record);
        look::after(
            &self.mission,
            record,
            (applied, n_late),
            seen,
            &mut self.findings,
        );
        self.merge_implied(record, n_findings);
        self.watch
            .take(&self.mission, record, applied.outcome, &mut self.findings);
    }

    /// A snapshot that says closed implies an attempt: if the close came too early so did the
    /// attempt, and that is one finding.
    fn merge_implied(&mut self, record: &Record, first: usize) {
        let is_implied =
            matches!(record.event(), Event::Dispatched(_)) && gaps::is_reconstructed(record);
        let unmet = Kind::Code(Code::NeedsUnmet);
        if is_implied
            && let Some(at) = self
                .findings
                .iter()
                .skip(first)
                .position(|one| one.kind == unmet)
        {
            let early = self.findings.remove(first.saturating_add(at));
            if let Some(task) = early.task.clone() {
                self.implied_early.insert(task, early);
            }
        }
        let closed = Kind::Lint(Lint::ClosedUnderBlocker);
        let mut new = self.findings.iter_mut().skip(first);
        if let Some(found) = new.find(|one| one.kind == closed)
            && let Some(task) = &found.task
            && let Some(early) = self.implied_early.remove(task)
        {
            found.because.extend(early.seq);
        }
    }

    /// Closes the log, and compares it with what a tracker claims about the same tasks; without
    /// claims there is nothing to compare.
    pub fn finish(mut self, claims: &[Claim]) -> Report {
        self.findings.extend(self.implied_early.into_values());
        end::look(&self.mission, &self.watch, &mut self.findings);
        // An open run is told when its last record is known, and findings at the end name old ones.
        self.findings
            .sort_by_key(|finding| finding.seq.unwrap_or(Seq(u64::MAX)));
        if !claims.is_empty() {
            let span = self.span;
            self.findings
                .extend(claim::compare(&self.mission, claims, span));
        }
        Report {
            findings: self.findings,
            n_records: self.n_records,
        }
    }

    /// Returns the mission as far as it was read.
    pub const fn mission(&self) -> &Mission {
        &self.mission
    }

    pub(crate) const fn mission_mut(&mut self) -> &mut Mission {
        &mut self.mission
    }
}

/// Lints a whole log.
pub fn lint<'a>(records: impl IntoIterator<Item = &'a Record>) -> Report {
    let mut linter = Linter::new();
    for record in records {
        linter.push(record);
    }
    linter.finish(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_both_a_lint_and_a_code() {
        for lint in Lint::ALL {
            assert!(Code::parse(lint.as_str()).is_none(), "{}", lint.as_str());
            assert_eq!(Kind::parse(lint.as_str()), Some(Kind::Lint(*lint)));
        }
    }

    #[test]
    fn every_kind_names_a_rule_that_exists() {
        let lints = Lint::ALL.iter().map(|lint| Kind::Lint(*lint));
        let codes = Code::ALL.iter().map(|code| Kind::Code(*code));
        for kind in lints.chain(codes) {
            assert!(kind.rule_row().is_some(), "{}", kind.as_str());
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            for text in [kind.title(), kind.help()] {
                assert!(text.ends_with('.'), "{}: {text}", kind.as_str());
            }
        }
    }
}
