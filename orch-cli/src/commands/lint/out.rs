//! Findings as JSON has them, and in words.

use std::collections::BTreeSet;

use orch_core::codes::Code;
use orch_core::ids::{Seq, TaskId};
use orch_core::lint::{Finding, Kind, Lint, Report, Severity};
use orch_core::record::Record;
use serde::Serialize;

use crate::render::doc::{Doc, Line, Tone};
use crate::view::View;

/// How many findings of a kind are shown unless all are asked for.
const SHOWN_MAX: usize = 5;

/// All findings, by kind.
#[derive(Debug, Serialize)]
pub(super) struct LintOut {
    records: u64,
    total: usize,
    kinds: Vec<KindOut>,
    findings: Vec<FindingOut>,
}

/// One kind, and how often it was found.
#[derive(Debug, Serialize)]
struct KindOut {
    kind: &'static str,
    rule: &'static str,
    severity: Severity,
    title: &'static str,
    /// How many findings.
    n: usize,
    /// On how many tasks.
    tasks: usize,
}

/// One finding.
#[derive(Debug, Serialize)]
struct FindingOut {
    kind: &'static str,
    rule: &'static str,
    severity: Severity,
    /// The code of the fold, if the fold reports it.
    code: Option<Code>,
    /// The cause that `why` names for it.
    cause: Option<&'static str>,
    record: Option<Seq>,
    /// Where the record came from, if it was imported.
    row: Option<u64>,
    file: Option<String>,
    /// The row of the journal that the log is compared with.
    against_row: Option<u64>,
    task: Option<TaskId>,
    detail: String,
    because: Vec<Seq>,
    n: u64,
}

impl FindingOut {
    fn new(finding: &Finding, view: &View) -> Self {
        let record = finding.seq.and_then(|seq| view.history.record(seq));
        let source = record.and_then(|record: &Record| record.envelope().source.as_ref());
        let (code, cause) = match finding.kind {
            Kind::Code(code) => (Some(code), None),
            Kind::Lint(lint) => {
                let is_divergence = lint.is_divergence() || finding.claim_row.is_some();
                (lint.refines(), is_divergence.then_some(Lint::DIVERGENCE))
            }
        };
        Self {
            kind: finding.kind.as_str(),
            rule: finding.kind.rule(),
            severity: finding.kind.severity(),
            code,
            cause,
            record: finding.seq,
            row: source.and_then(|source| source.row),
            file: source.and_then(|source| source.file.as_ref().map(ToString::to_string)),
            against_row: finding.claim_row,
            task: finding.task.clone(),
            detail: finding.detail.clone(),
            because: finding.because.clone(),
            n: finding.n,
        }
    }

    fn write(&self, doc: &mut Doc) {
        let place = match (self.record, self.row) {
            (Some(record), Some(row)) => format!("record {record}, row {row}: "),
            (Some(record), None) => format!("record {record}: "),
            (None, _) => String::new(),
        };
        let line = Line::new().faint(format!("  {place}")).hang();
        let line = line.text(&self.detail);
        doc.line(if self.n > 1 {
            line.faint(format!(" ({} records)", self.n))
        } else {
            line
        });
    }
}

impl LintOut {
    pub(super) fn new(report: &Report, view: &View) -> Self {
        let mut kinds = Vec::new();
        let mut findings = Vec::new();
        for group in report.groups() {
            let tasks: BTreeSet<&TaskId> = group
                .findings
                .iter()
                .filter_map(|finding| finding.task.as_ref())
                .collect();
            kinds.push(KindOut {
                kind: group.kind.as_str(),
                rule: group.kind.rule(),
                severity: group.kind.severity(),
                title: group.kind.title(),
                n: group.findings.len(),
                tasks: tasks.len(),
            });
            findings.extend(group.findings.iter().map(|one| FindingOut::new(one, view)));
        }
        Self {
            records: report.n_records,
            total: findings.len(),
            kinds,
            findings,
        }
    }

    /// Leaves out kinds that were found less often.
    pub(super) fn keep(&mut self, min_count: usize) {
        self.kinds.retain(|kind| kind.n >= min_count);
        let kinds = &self.kinds;
        self.findings
            .retain(|finding| kinds.iter().any(|kind| kind.kind == finding.kind));
        self.total = self.findings.len();
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// The kind that comes first.
    pub(super) fn worst(&self) -> Option<&'static str> {
        self.kinds.first().map(|kind| kind.kind)
    }

    pub(super) fn write(&self, doc: &mut Doc, verbose: bool) {
        if self.findings.is_empty() {
            doc.text(format!("nothing found in {} records", self.records));
            return;
        }
        let of = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        doc.text(format!(
            "{} of {} in {} records",
            of(self.total, "finding"),
            of(self.kinds.len(), "kind"),
            self.records
        ));
        for kind in &self.kinds {
            doc.gap();
            let tone = match kind.severity {
                Severity::Fault => Tone::Fail,
                Severity::Smell => Tone::Warn,
                // The core may name more.
                Severity::Note | _ => Tone::Faint,
            };
            let line = Line::new().padded(tone, kind.severity.as_str(), 6);
            let of_tasks = match kind.tasks {
                0 => String::new(),
                n => format!(" on {}", of(n, "task")),
            };
            let line = line
                .strong(kind.kind)
                .text(format!(" {}{of_tasks}", kind.n));
            doc.line(line.faint(format!("  {}", kind.rule)));
            doc.line(Line::new().text("  ").hang().text(kind.title));
            let most = if verbose { usize::MAX } else { SHOWN_MAX };
            let of_kind = || self.findings.iter().filter(|one| one.kind == kind.kind);
            for finding in of_kind().take(most) {
                finding.write(doc);
            }
            doc.more("  ", kind.n, most);
        }
    }
}
