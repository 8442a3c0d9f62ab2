//! The answer to a command: data, the same in words, and the exit code.

mod effect;
mod found;

use chrono::{DateTime, Utc};
use orch_core::decide::{Decision, Effect};
use orch_core::event::Event;
use orch_core::ids::{MissionId, RunId, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_store::coordinator::{Outcome, Preview};
use orch_store::error::StoreError;
use serde::Serialize;
use uuid::Uuid;

use effect::EffectOut;
use found::Found;

use super::{Asks, Scene, next, refusal, shell};
use crate::answer::{self, Answer};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::event::summary;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};

/// The most records that an answer lists in words.
const LISTED_MAX: usize = 12;

/// The answer to a command.
#[derive(Debug)]
pub(crate) struct Told {
    answer: Answer<Written>,
    /// What to say if there is nothing to do.
    nothing: Option<&'static str>,
    /// Why it came too late, if it did.
    late: Option<CliError>,
    /// Whether the command line named the key itself.
    has_key: bool,
}

/// Tells whether `--field` can name something in an answer, before anything is written.
///
/// # Errors
/// When it cannot.
pub(super) fn can_pick(path: &str, mission: &MissionId) -> Result<(), CliError> {
    let shape = Written {
        outcome: "accepted",
        op: String::new(),
        first: None,
        last: None,
        records: vec![RecordLine {
            seq: Seq::ZERO,
            id: None,
            at: DateTime::UNIX_EPOCH,
            by: String::new(),
            kind: String::new(),
            summary: String::new(),
        }],
        effects: vec![EffectOut::default()],
        result: Found::default(),
        reopened: false,
        unread: Vec::new(),
    };
    let shape = Answer::written("orch.write/1", mission.clone(), Seq::ZERO, None, shape);
    answer::can_pick(&shape, path)
}

#[derive(Debug, Serialize)]
struct Written {
    /// `accepted`, `late`, `already_done`, `no_change`, `would_accept` or `would_be_late`.
    outcome: &'static str,
    op: String,
    /// The first and the last record that answer the command.
    first: Option<Seq>,
    last: Option<Seq>,
    records: Vec<RecordLine>,
    effects: Vec<EffectOut>,
    result: Found,
    /// Whether the mission was over, and goes on.
    reopened: bool,
    /// Why records that were said to be read need no acknowledgement.
    #[serde(skip)]
    unread: Vec<String>,
}

#[derive(Debug, Serialize)]
struct RecordLine {
    seq: Seq,
    id: Option<Uuid>,
    at: DateTime<Utc>,
    by: String,
    kind: String,
    summary: String,
}

impl Told {
    /// The answer to a command that was asked for.
    pub(super) fn outcome(
        scene: &Scene<'_>,
        asks: &dyn Asks,
        outcome: Outcome,
    ) -> Result<Self, StoreError> {
        let (mut late, mut unread) = (None, Vec::new());
        let (word, records, effects) = match outcome {
            Outcome::Accepted { records, effects } => ("accepted", records, effects),
            Outcome::Late {
                records,
                code,
                message,
                because,
            } => {
                late = Some(refusal::late(
                    scene, asks, &records, code, message, &because,
                ));
                ("late", records, Vec::new())
            }
            Outcome::AlreadyDone { first, last } => {
                ("already_done", scene.records(first, last)?, Vec::new())
            }
            // What follows from no record is not laid at the door of the last one.
            Outcome::NoChange { .. } if asks.nothing().is_some() => {
                ("no_change", Vec::new(), Vec::new())
            }
            Outcome::NoChange { .. } if !asks.reads().is_empty() => {
                let (records, others) = scene.read_before(asks.reads())?;
                unread = others;
                ("no_change", records, Vec::new())
            }
            Outcome::NoChange { since } => ("no_change", scene.records(since, since)?, Vec::new()),
            // The store may add outcomes.
            _ => ("done", Vec::new(), Vec::new()),
        };
        let events: Vec<&Event> = records.iter().map(Record::event).collect();
        let lines = records.iter().map(RecordLine::from).collect();
        let first = records.first().map_or(Seq::ZERO, Record::seq);
        let seqs = records.iter().map(Record::seq);
        let mut told = Self::new(scene, word, lines, &effects, &events, seqs.max());
        if matches!(word, "accepted" | "already_done") {
            let next = scene.look(|mission| next::after(scene, mission, &events));
            told.answer.suggest(next.unwrap_or_default());
        }
        told.answer.data.unread = unread;
        told.answer.data.reopened = word == "accepted" && scene.has_reopened(&events, first)?;
        told.nothing = asks.nothing();
        told.late = late;
        told.has_key = asks.options().op.is_some();
        Ok(told)
    }

    /// The answer to a command that was not meant.
    pub(super) fn preview(
        scene: &Scene<'_>,
        asks: &dyn Asks,
        preview: Preview,
    ) -> Result<Self, StoreError> {
        let mut late = None;
        let (word, events, effects) = match preview.decision {
            Decision::Accepted { events, effects } => ("would_accept", events, effects),
            Decision::Late {
                events,
                code,
                message,
                because,
            } => {
                late = Some(refusal::late(scene, asks, &[], code, message, &because));
                ("would_be_late", events, Vec::new())
            }
            Decision::AlreadyDone { first, last } => {
                return Self::outcome(scene, asks, Outcome::AlreadyDone { first, last });
            }
            Decision::NoChange { since } => {
                return Self::outcome(scene, asks, Outcome::NoChange { since });
            }
            // The core may add answers.
            _ => ("unknown", Vec::new(), Vec::new()),
        };
        let mut seq = preview.head;
        let lines = events.iter().map(|event| {
            seq = seq.next();
            RecordLine {
                seq,
                id: None,
                at: scene.now,
                by: preview.by.to_string(),
                kind: event.kind().to_owned(),
                summary: summary(event),
            }
        });
        let lines = lines.collect();
        let events: Vec<&Event> = events.iter().collect();
        let mut told = Self::new(scene, word, lines, &effects, &events, None);
        told.late = late;
        Ok(told)
    }

    fn new(
        scene: &Scene<'_>,
        outcome: &'static str,
        records: Vec<RecordLine>,
        effects: &[Effect],
        events: &[&Event],
        last: Option<Seq>,
    ) -> Self {
        let head = scene.look(|mission| (mission.head(), mission.head_at()));
        let (head, at) = head.unwrap_or_default();
        let mut result = Found::default();
        for (event, record) in events.iter().zip(&records) {
            result.take(event, record.seq);
        }
        result.status = result.task.as_ref().and_then(|id| {
            let status = |mission: &Mission| mission.task(id).map(|task| task.status().as_str());
            scene.look(status).flatten()
        });
        let written = Written {
            outcome,
            op: scene.key.to_string(),
            first: records.first().map(|record| record.seq),
            last: records.last().map(|record| record.seq),
            records,
            effects: effects.iter().map(EffectOut::from).collect(),
            result,
            reopened: false,
            unread: Vec::new(),
        };
        let answer = Answer::written(
            "orch.write/1",
            scene.mission.clone(),
            head.max(last.unwrap_or_default()),
            at,
            written,
        );
        Self {
            answer: answer.list("records"),
            nothing: None,
            late: None,
            has_key: false,
        }
    }

    /// Prints the answer.
    ///
    /// # Errors
    /// When it cannot be printed; the error says what is on record all the same.
    pub(crate) fn print(&self, ctx: &mut Ctx) -> Result<(), CliError> {
        let next = self.answer.suggested();
        let printed = self
            .answer
            .print(&ctx.globals, &mut ctx.ui, |written, doc| {
                let mission = self.answer.mission();
                written.write(doc, self.nothing, mission, next);
            });
        // Here it is still known what was written.
        let printed = printed.and_then(|()| ctx.ui.flush());
        printed.map_err(|error| self.on_record(error))
    }

    /// Says beside an error that the command was carried out, and how to ask what came of it.
    fn on_record(&self, error: CliError) -> CliError {
        let written = &self.answer.data;
        let is_written = matches!(written.outcome, "accepted" | "late" | "already_done");
        let Some(last) = written.last.filter(|_| is_written) else {
            return error;
        };
        let first = written.first.unwrap_or(last);
        let what = if first == last {
            format!("record {last} was written")
        } else {
            format!("records {first} to {last} were written")
        };
        let key = ["--op", written.op.as_str()];
        let key: &[&str] = if self.has_key { &[] } else { &key };
        error
            .evidence(format!("{what}: the command was carried out"))
            .hint(shell::again_whole(key))
    }

    /// Returns how the command ends; what came too late ends as an error.
    ///
    /// # Errors
    /// When it came too late.
    pub(crate) fn into_exit(self) -> Result<Exit, CliError> {
        self.late.map_or(Ok(Exit::Ok), Err)
    }

    /// Returns the run that the records start or end.
    pub(crate) fn run(&self) -> Option<&RunId> {
        self.answer.data.result.run.as_ref()
    }
}

impl Scene<'_> {
    /// Reads the records from one to another.
    pub(super) fn records(&self, first: Seq, last: Seq) -> Result<Vec<Record>, StoreError> {
        if first == Seq::ZERO {
            return Ok(Vec::new());
        }
        let before = Seq(first.0.saturating_sub(1));
        let n = last.0.saturating_sub(before.0);
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        self.door.journal().read(&self.mission, before, n)
    }

    /// Sorts what is said to be read: what was read before, and what nobody has to read.
    fn read_before(&self, of: &[u64]) -> Result<(Vec<Record>, Vec<String>), StoreError> {
        let (mut read, mut others) = (Vec::new(), Vec::new());
        for &seq in of {
            for record in self.records(Seq(seq), Seq(seq))? {
                if matches!(record.event(), Event::Message(_) | Event::Handoff(_)) {
                    read.push(record);
                } else {
                    let kind = record.event().kind();
                    others.push(format!(
                        "record {seq} is of kind {kind} and needs no acknowledgement"
                    ));
                }
            }
        }
        Ok((read, others))
    }

    /// Whether a correction lets a mission that was closed go on.
    fn has_reopened(&self, events: &[&Event], first: Seq) -> Result<bool, StoreError> {
        let is_correction = |event: &&Event| matches!(event, Event::Correction(_));
        let is_open = self.look(|mission| mission.closed().is_none());
        if !events.iter().any(is_correction) || is_open != Some(true) {
            return Ok(false);
        }
        let before = self.records(Seq(1), Seq(first.0.saturating_sub(1)))?;
        Ok(Mission::fold(&before).closed().is_some())
    }

    /// Looks at the mission as it is now; `None` if it cannot be read, which whoever asked was told.
    pub(super) fn look<R>(&self, look: impl Fn(&Mission) -> R) -> Option<R> {
        self.door.read(&self.mission, look).ok()
    }
}

impl From<&Record> for RecordLine {
    fn from(record: &Record) -> Self {
        let envelope = record.envelope();
        Self {
            seq: envelope.seq,
            id: Some(envelope.id),
            at: envelope.at,
            by: envelope.by.to_string(),
            kind: record.event().kind().to_owned(),
            summary: summary(record.event()),
        }
    }
}

impl Written {
    fn write(
        &self,
        doc: &mut Doc,
        nothing: Option<&str>,
        mission: Option<&MissionId>,
        next: &[String],
    ) {
        match self.outcome {
            "already_done" => doc.text("done before, under the same key:"),
            "no_change" if self.records.is_empty() && !self.unread.is_empty() => {
                doc.text("nothing written");
            }
            "no_change" if self.records.is_empty() => doc.text(nothing.unwrap_or("nothing to do")),
            "no_change" => doc.text("nothing written, it is so since:"),
            "would_accept" => doc.text("would be written:"),
            "would_be_late" => doc.text("would be written, as late evidence:"),
            _ => {}
        }
        for record in self.records.iter().take(LISTED_MAX) {
            let line = Line::new()
                .text("record ")
                .padded(Tone::Strong, record.seq.to_string(), 4)
                .text(" ")
                .padded(Tone::Plain, &record.kind, 15)
                .text(" ");
            doc.line(line.hang().text(&record.summary));
        }
        doc.more("", self.records.len(), LISTED_MAX);
        for why in &self.unread {
            doc.text(why);
        }
        if let (Some(task), Some(status), "accepted" | "already_done") =
            (&self.result.task, self.result.status, self.outcome)
        {
            doc.line(Line::new().text(task.as_str()).text(" is ").strong(status));
        }
        if let (true, Some(mission)) = (self.reopened, mission) {
            doc.text(format!(
                "mission {mission} was closed and is executing again"
            ));
        }
        for (at, command) in next.iter().enumerate() {
            let lead = if at == 0 { "next: " } else { "      " };
            doc.line(Line::new().faint(lead).text(command).keep());
        }
    }
}
