//! A diff as JSON has it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orch_core::anomaly::LateEvidence;
use orch_core::diagnosis::Blocker;
use orch_core::diff::{Change, Diff, FieldChange};
use orch_core::ids::{Seq, TaskId};
use serde::Serialize;

use super::End;
use crate::render::progress::CountsOut;
use crate::render::record::AnomalyOut;

/// What differs.
#[derive(Debug, Serialize)]
pub(super) struct DiffOut {
    pub(super) before: EndOut,
    pub(super) after: EndOut,
    /// Whether anything is listed below.
    pub(super) differs: bool,
    pub(super) changes: Vec<ChangeOut>,
    pub(super) new_blockers: Vec<BlockerOut>,
    pub(super) gone_blockers: Vec<BlockerOut>,
    pub(super) new_anomalies: Vec<AnomalyOut>,
    pub(super) gone_anomalies: Vec<AnomalyOut>,
    pub(super) new_late_evidence: Vec<LateOut>,
    pub(super) gone_late_evidence: Vec<LateOut>,
}

/// One side.
#[derive(Debug, Serialize)]
pub(super) struct EndOut {
    pub(super) seq: Seq,
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) is_fork: bool,
    pub(super) verdict: &'static str,
    pub(super) phase: &'static str,
    pub(super) counts: CountsOut,
}

/// How a mission stands at an end.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) verdict: &'static str,
    pub(super) phase: &'static str,
    pub(super) causes: Vec<Blocker>,
}

/// A thing that differs.
#[derive(Debug, Serialize)]
pub(super) struct ChangeOut {
    pub(super) entity: &'static str,
    pub(super) id: String,
    pub(super) marks: Vec<&'static str>,
    pub(super) records: Vec<Seq>,
    pub(super) fields: Vec<FieldOut>,
}

/// A fact that differs.
#[derive(Debug, Serialize)]
pub(super) struct FieldOut {
    pub(super) field: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) record: Seq,
    /// The side whose log has that record.
    pub(super) side: &'static str,
}

/// What holds something up on one side only.
#[derive(Debug, Serialize)]
pub(super) struct BlockerOut {
    pub(super) cause: &'static str,
    pub(super) task: Option<TaskId>,
    pub(super) next: String,
    pub(super) detail: String,
    pub(super) because: Vec<Seq>,
}

/// Late evidence of one side only.
#[derive(Debug, Serialize)]
pub(super) struct LateOut {
    pub(super) record: Seq,
    pub(super) code: &'static str,
    pub(super) kind: String,
    pub(super) by: String,
    pub(super) task: Option<TaskId>,
}

impl DiffOut {
    pub(super) fn new(found: &Diff, before: &End<'_>, after: &End<'_>) -> Self {
        let (was, is) = (before.standing(), after.standing());
        let new_blockers = only(&is.causes, &was.causes);
        let gone_blockers = only(&was.causes, &is.causes);
        let differs = !found.is_empty()
            || !new_blockers.is_empty()
            || !gone_blockers.is_empty()
            || was.verdict != is.verdict
            || was.phase != is.phase;
        Self {
            before: EndOut::new(before, &was),
            after: EndOut::new(after, &is),
            differs,
            changes: found.changes.iter().map(ChangeOut::from).collect(),
            new_blockers,
            gone_blockers,
            new_anomalies: found.new_anomalies.iter().map(AnomalyOut::from).collect(),
            gone_anomalies: found.gone_anomalies.iter().map(AnomalyOut::from).collect(),
            new_late_evidence: found.new_late.iter().map(LateOut::from).collect(),
            gone_late_evidence: found.gone_late.iter().map(LateOut::from).collect(),
        }
    }
}

impl EndOut {
    fn new(end: &End<'_>, standing: &Standing) -> Self {
        Self {
            seq: end.place.seq,
            at: end.mission.head_at(),
            is_fork: end.is_fork,
            verdict: standing.verdict,
            phase: standing.phase,
            counts: CountsOut::new(&end.mission.counts()),
        }
    }
}

/// What the first list has and the second has not: the same cause, task and next actor are the
/// same, whatever the records and the words.
fn only(these: &[Blocker], those: &[Blocker]) -> Vec<BlockerOut> {
    let key = |one: &Blocker| (one.cause, one.task.clone(), one.next.clone());
    let mut left: BTreeMap<_, usize> = BTreeMap::new();
    for one in those {
        let n = left.entry(key(one)).or_default();
        *n = n.saturating_add(1);
    }
    let is_new = |one: &&Blocker| match left.get_mut(&key(one)) {
        Some(n) if *n > 0 => {
            *n = n.saturating_sub(1);
            false
        }
        Some(_) | None => true,
    };
    let new = these.iter().filter(is_new);
    new.map(|one| BlockerOut {
        cause: one.cause.as_str(),
        task: one.task.clone(),
        next: one.next.to_string(),
        detail: one.detail.clone(),
        because: one.because.clone(),
    })
    .collect()
}

impl From<&Change> for ChangeOut {
    fn from(change: &Change) -> Self {
        let mut records: Vec<Seq> = change.fields.iter().map(|field| field.record).collect();
        records.sort_unstable();
        records.dedup();
        Self {
            entity: change.entity.kind(),
            id: change.entity.to_string(),
            marks: change.marks.iter().map(|mark| mark.as_str()).collect(),
            records,
            fields: change.fields.iter().map(FieldOut::from).collect(),
        }
    }
}

impl From<&FieldChange> for FieldOut {
    fn from(change: &FieldChange) -> Self {
        Self {
            field: change.field.clone().into_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
            record: change.record,
            side: change.side.as_str(),
        }
    }
}

impl From<&LateEvidence> for LateOut {
    fn from(late: &LateEvidence) -> Self {
        Self {
            record: late.seq,
            code: late.code.as_str(),
            kind: late.kind.clone(),
            by: late.by.clone(),
            task: late.task.clone(),
        }
    }
}
