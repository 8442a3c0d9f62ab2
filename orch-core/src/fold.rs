//! The fold: one record at a time onto the mission, total.
//!
//! ```text
//! record ─▶ check ─▶ clean ────────────────▶ effect
//!                 ├▶ marked (happened) ────▶ effect + anomaly
//!                 ├▶ evidence (no authority) ─▶ late evidence + anomaly
//!                 └▶ ignored ──────────────▶ anomaly
//! ```
//! `decide` runs the same checks, so that what it accepts folds clean (DECIDE-2).

pub(crate) mod check;
pub(crate) mod effect;

use serde::Serialize;

use crate::anomaly::{Anomaly, Finding};
use crate::codes::{Code, Treatment};
use crate::event::Event;
use crate::ids::Seq;
use crate::mission::Mission;
use crate::mission::task::Moment;
use crate::party::Actor;
use crate::record::Record;
use crate::rules::RULES_VERSION;

/// What a record did to the mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It took effect.
    Changed,
    /// It is late evidence: on record, without effect.
    Fenced,
    /// It changed nothing: it was already so, is not known, or must not be believed.
    Ignored,
}

/// What applying a record gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Applied {
    /// What it did.
    pub outcome: Outcome,
    /// How many anomalies it raised: the last so many of [`Mission::anomalies`].
    pub n_anomalies: usize,
}

/// Who writes an event, and when: what a check needs besides the event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) by: &'a Actor,
    pub(crate) now: Moment,
}

/// How many positions may be missing at once and the rest still be believed.
const SEQ_GAP_MAX: u64 = 1 << 32;

/// What the fold would do with a set of findings.
pub(crate) fn treatment_of(findings: &[Finding]) -> Option<Treatment> {
    let has = |treatment| {
        findings
            .iter()
            .any(|finding| finding.code.treatment() == treatment)
    };
    if has(Treatment::Ignored) {
        Some(Treatment::Ignored)
    } else if has(Treatment::Evidence) {
        Some(Treatment::Evidence)
    } else if findings.is_empty() {
        None
    } else {
        Some(Treatment::Marked)
    }
}

/// Whether a finding is worth an anomaly of its own, or is only the reason why a report is late.
fn is_anomaly(code: Code) -> bool {
    code != Code::Fenced
}

impl Mission {
    /// Folds a record onto the mission; total, whatever the record says.
    // spec: FOLD-1, FOLD-4
    pub fn apply(&mut self, record: &Record) -> Applied {
        let before = self.state.anomalies.len();
        let outcome = self.fold_record(record);
        let n_anomalies = self.state.anomalies.len().saturating_sub(before);
        self.state.index_touched(n_anomalies);
        Applied {
            outcome,
            n_anomalies,
        }
    }

    fn fold_record(&mut self, record: &Record) -> Outcome {
        if let Some(finding) = self.misplaced(record) {
            self.mark(record.seq(), finding);
            return Outcome::Ignored;
        }
        let now = Moment {
            seq: record.seq(),
            at: record.at(),
        };
        self.take_position(record, now);
        let origin = Origin {
            by: &record.envelope().by,
            now,
        };
        let checked = self.state.check(origin, record.event());
        if checked.findings.is_empty() {
            if checked.already.is_some() {
                return Outcome::Ignored;
            }
            let is_known = self.state.effect(record.envelope(), record.event(), now);
            return if is_known {
                Outcome::Changed
            } else {
                Outcome::Ignored
            };
        }
        let treatment = treatment_of(&checked.findings);
        let reason = checked
            .findings
            .first()
            .map_or(Code::Fenced, |finding| finding.code);
        for finding in checked.findings {
            if is_anomaly(finding.code) {
                self.mark(now.seq, finding);
            }
        }
        match treatment {
            Some(Treatment::Ignored) => Outcome::Ignored,
            Some(Treatment::Evidence) => {
                self.state.keep_late(record, reason, now);
                Outcome::Fenced
            }
            Some(Treatment::Marked) | None => {
                self.state.effect(record.envelope(), record.event(), now);
                Outcome::Changed
            }
        }
    }

    /// Finds a record that has no place in this log, which must not even move the head.
    // spec: ORDER-1
    fn misplaced(&self, record: &Record) -> Option<Finding> {
        let envelope = record.envelope();
        if let Some(mission) = &self.state.mission
            && *mission != envelope.mission
        {
            let detail = format!("it belongs to mission {}, not {mission}", envelope.mission);
            return Some(Finding::new(Code::ForeignRecord, detail));
        }
        let seq = record.seq();
        if seq > self.state.head {
            let is_far = seq.0.saturating_sub(self.state.head.0) > SEQ_GAP_MAX;
            return is_far.then(|| {
                let detail = format!("position {seq} is far beyond {}", self.state.head);
                Finding::new(Code::ImplausibleNumber, detail)
            });
        }
        let was_missing = |&(first, last): &(Seq, Seq)| first <= seq && seq <= last;
        if self.state.missing.iter().any(was_missing) {
            let detail = format!("position {seq} comes after position {}", self.state.head);
            return Some(Finding::new(Code::OutOfOrder, detail));
        }
        let detail = format!("position {seq} was folded already");
        Some(Finding::new(Code::DuplicateRecord, detail).because([seq]))
    }

    /// Moves the head, and marks what is missing before the record.
    fn take_position(&mut self, record: &Record, now: Moment) {
        let expected = self.state.head.next();
        if now.seq != expected {
            let detail = format!(
                "positions {expected} to {} are missing",
                now.seq.0.saturating_sub(1)
            );
            self.mark(now.seq, Finding::new(Code::SeqGap, detail));
            let last = Seq(now.seq.0.saturating_sub(1));
            self.state.missing.push((expected, last));
        }
        if self.state.mission.is_none() {
            self.state.mission = Some(record.envelope().mission.clone());
            if !matches!(record.event(), Event::MissionOpened(_)) {
                let detail = format!("it begins with {}", record.event().kind());
                self.mark(now.seq, Finding::new(Code::NotOpened, detail));
            }
        }
        if let Event::MissionOpened(opened) = record.event()
            && opened.rules > RULES_VERSION
            && self.state.rules_newer.is_none()
        {
            self.state.rules_newer = Some(opened.rules);
            let detail = format!(
                "rules version {}, newest known {RULES_VERSION}",
                opened.rules
            );
            self.mark(now.seq, Finding::new(Code::RulesNewer, detail));
        }
        self.state.head = now.seq;
        self.state.head_at = Some(now.at);
        self.count_unknown(record);
    }

    /// Counts what this version does not know, whoever wrote it: also what is late evidence.
    // spec: FOLD-1
    fn count_unknown(&mut self, record: &Record) {
        let tally = &mut self.state.tally;
        let fields = u64::from(record.unknown_fields());
        tally.unknown_fields = tally.unknown_fields.saturating_add(fields);
        if let Event::Unknown { kind, .. } = record.event() {
            let count = tally.unknown_kinds.entry(kind.to_string()).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn mark(&mut self, seq: Seq, finding: Finding) {
        let anomaly: Anomaly = finding.into_anomaly(seq);
        self.state.anomalies.push(anomaly);
    }
}
