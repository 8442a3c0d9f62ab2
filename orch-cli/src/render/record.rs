//! Records: as data, and what each did to the mission.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orch_core::anomaly::Anomaly;
use orch_core::fold::Outcome;
use orch_core::history::History;
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::record::Record;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::event;
use crate::words;

/// A record as JSON has it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecordOut {
    /// Its position.
    pub(crate) seq: Seq,
    /// Its id.
    pub(crate) id: Uuid,
    /// Its time.
    pub(crate) at: DateTime<Utc>,
    /// Who wrote it.
    pub(crate) by: String,
    /// Its kind.
    pub(crate) kind: String,
    /// What it says, in one line.
    pub(crate) summary: String,
    /// What it did: `changed`, `fenced` or `ignored`.
    pub(crate) outcome: &'static str,
    /// Why it is late evidence, if it is.
    pub(crate) late: Option<&'static str>,
    /// What the rules say against it.
    pub(crate) anomalies: Vec<AnomalyOut>,
    /// What it says, in full.
    pub(crate) data: Value,
}

/// An anomaly as JSON has it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AnomalyOut {
    /// Its code, see `orch explain`.
    pub(crate) code: &'static str,
    /// The record.
    pub(crate) seq: Seq,
    /// The task.
    pub(crate) task: Option<TaskId>,
    /// What is wrong.
    pub(crate) detail: String,
    /// The records that make it wrong.
    pub(crate) because: Vec<Seq>,
}

impl From<&Anomaly> for AnomalyOut {
    fn from(anomaly: &Anomaly) -> Self {
        Self {
            code: anomaly.code.as_str(),
            seq: anomaly.seq,
            task: anomaly.task.clone(),
            detail: anomaly.detail.clone(),
            because: anomaly.because.clone(),
        }
    }
}

/// What each record of a log did, in the order of the log.
#[derive(Debug)]
pub(crate) struct Effects {
    outcomes: Vec<(Outcome, Vec<Anomaly>)>,
    late: BTreeMap<Seq, &'static str>,
    /// The mission after the last record folded.
    pub(crate) mission: Mission,
}

impl Effects {
    /// Folds a log up to a position and remembers what each record did.
    pub(crate) fn of(history: &History, until: Seq) -> Self {
        let mut mission = Mission::new();
        let mut outcomes = Vec::with_capacity(history.records().len());
        for record in history
            .records()
            .iter()
            .take_while(|record| record.seq() <= until)
        {
            let applied = mission.apply(record);
            let all = mission.anomalies();
            let new = all.get(all.len().saturating_sub(applied.n_anomalies)..);
            outcomes.push((applied.outcome, new.unwrap_or_default().to_vec()));
        }
        let late = mission
            .late_evidence()
            .iter()
            .map(|late| (late.seq, late.code.as_str()));
        Self {
            outcomes,
            late: late.collect(),
            mission,
        }
    }

    /// Pairs each record with what it did.
    pub(crate) fn zip<'a>(
        &'a self,
        history: &'a History,
    ) -> impl DoubleEndedIterator<Item = Effect<'a>> + ExactSizeIterator {
        let records = history.records().iter().take(self.outcomes.len());
        records
            .zip(&self.outcomes)
            .map(|(record, (outcome, anomalies))| Effect {
                record,
                outcome: *outcome,
                anomalies,
                late: self.late.get(&record.seq()).copied(),
            })
    }
}

/// A record and what it did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effect<'a> {
    /// The record.
    pub(crate) record: &'a Record,
    /// What it did.
    pub(crate) outcome: Outcome,
    /// What the rules say against it.
    pub(crate) anomalies: &'a [Anomaly],
    /// Why it is late evidence, if it is.
    pub(crate) late: Option<&'static str>,
}

impl Effect<'_> {
    /// Returns the record as JSON has it.
    pub(crate) fn out(&self) -> RecordOut {
        let envelope = self.record.envelope();
        RecordOut {
            seq: envelope.seq,
            id: envelope.id,
            at: envelope.at,
            by: envelope.by.to_string(),
            kind: self.record.event().kind().to_owned(),
            summary: event::summary(self.record.event()),
            outcome: words::fold_outcome(self.outcome),
            late: (self.outcome == Outcome::Fenced).then(|| self.late.unwrap_or("fenced")),
            anomalies: self.anomalies.iter().map(AnomalyOut::from).collect(),
            data: part(self.record, "data"),
        }
    }
}

/// Returns a part of the record's envelope as it was written.
///
/// A value that JSON readers cannot hold, such as a huge number, is returned as its text.
pub(crate) fn part(record: &Record, name: &str) -> Value {
    let text = raw_part(record, name);
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// Returns the text of a part of the record's envelope, byte for byte.
pub(crate) fn raw_part(record: &Record, name: &str) -> String {
    let fields: BTreeMap<String, &serde_json::value::RawValue> =
        serde_json::from_str(record.as_line()).unwrap_or_default();
    fields
        .get(name)
        .map_or_else(|| "null".to_owned(), |part| part.get().to_owned())
}

impl RecordOut {
    /// Returns the words that a log line ends with: why the record is not plain history.
    pub(crate) fn marks(&self) -> Vec<String> {
        let late = self.late.map(|code| format!("late:{code}"));
        let codes = self.anomalies.iter().map(|anomaly| anomaly.code);
        let codes = codes.filter(|code| self.late != Some(*code));
        late.into_iter().chain(codes.map(str::to_owned)).collect()
    }
}
