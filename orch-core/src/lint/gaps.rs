//! What an importer had to leave open: the gaps of records, put together.

use std::collections::BTreeSet;

use super::{Finding, Lint};
use crate::event::Event;
use crate::event::attempt::HandoffStatus;
use crate::ids::{AttemptNo, CommandKey, Seq, TaskId};
use crate::record::Record;

/// A dispatch that the log does not have, made up so that a report has an attempt.
#[derive(Debug)]
struct Invented {
    seq: Seq,
    command: Option<CommandKey>,
    task: TaskId,
    attempt: AttemptNo,
}

/// Follows the gaps through the log.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    invented: Option<Invented>,
    /// The tasks whose creation the log tells: of any other it begins mid-story.
    created: BTreeSet<TaskId>,
}

impl Gaps {
    /// Takes a record.
    // spec: ID-1, COMPLETE-3
    pub(super) fn take(&mut self, record: &Record, findings: &mut Vec<Finding>) {
        if let Event::TaskDeclared(declared) = record.event()
            && !declared.implicit
            && !is_reconstructed(record)
        {
            self.created.insert(declared.task.clone());
        }
        let told = self.invented.take();
        if let Some(invented) =
            told.filter(|invented| invented.command == record.envelope().command)
        {
            findings.extend(self.report_of(&invented, record));
            return;
        }
        if !has_gap(record, "dispatch") {
            return;
        }
        if let Event::Dispatched(data) = record.event() {
            self.invented = Some(Invented {
                seq: record.seq(),
                command: record.envelope().command.clone(),
                task: data.task.clone(),
                attempt: data.attempt,
            });
        } else if let Event::Note(note) = record.event() {
            let mut found = Finding::lint(Lint::LostTaskId, record.seq(), note.text.clone());
            found.task.clone_from(&note.task);
            findings.push(found);
        }
    }
}

impl Gaps {
    /// What the report says for which a dispatch had to be made up.
    fn report_of(&self, invented: &Invented, record: &Record) -> Option<Finding> {
        let task = &invented.task;
        let (lint, detail) = if let Event::Handoff(handoff) = record.event() {
            if handoff.task != *task || handoff.attempt != invented.attempt {
                return None;
            }
            match handoff.status {
                Some(HandoffStatus::Done) if invented.attempt > AttemptNo(1) => (
                    Lint::LostTaskId,
                    format!("task {task} is closed, and nobody had it then"),
                ),
                // The log begins mid-story: the work may lie before it.
                Some(HandoffStatus::Done) if !self.created.contains(task) => return None,
                Some(HandoffStatus::Done) => (
                    Lint::ClosedWithoutWork,
                    format!("task {task} is closed, and the log has no attempt at it"),
                ),
                None | Some(_) => (
                    Lint::LostTaskId,
                    format!("task {task} is handed back by somebody who was not given it"),
                ),
            }
        } else if let Event::AttemptEnded(ended) = record.event() {
            let detail = format!("{} ends task {task}, and was not given it", ended.agent);
            (Lint::LostTaskId, detail)
        } else {
            return None;
        };
        let found = Finding::lint(lint, record.seq(), detail).on(task);
        Some(found.because([invented.seq]))
    }
}

/// Whether a record says only that something is so, not when it came to be.
pub(super) fn is_reconstructed(record: &Record) -> bool {
    let source = record.envelope().source.as_ref();
    source.is_some_and(|source| source.reconstructed)
}

/// Whether an importer says that the foreign log does not tell something.
pub(super) fn has_gap(record: &Record, name: &str) -> bool {
    let source = record.envelope().source.as_ref();
    source.is_some_and(|source| source.gaps.iter().any(|gap| gap.as_str() == name))
}
