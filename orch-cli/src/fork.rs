//! A fork of the log: what `orch what-if` asks for, and what every answer about it says.

use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use orch_core::fork::{Draft, Edit, Fork, ForkError, fork};
use orch_core::history::History;
use orch_core::ids::Seq;
use serde::Serialize;

use crate::at::{self, Position};
use crate::error::{CliError, ErrorCode};
use crate::view::quoted;

/// What is put into a fork, and the file it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Drafts {
    pub(crate) file: String,
    pub(crate) drafts: Vec<Draft>,
}

/// One edit, its positions as written.
#[derive(Debug, Clone)]
pub(crate) enum Planned {
    Drop(Position),
    Replace(Position, Drafts),
    Move(Position, Position),
    /// Without a position: at the end.
    Insert(Option<Position>, Drafts),
}

/// The edits that make a fork.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) edits: Rc<[Planned]>,
}

/// What an answer says about the fork that it is about.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ForkOut {
    /// What was changed, one edit each.
    pub(crate) edits: Vec<String>,
    /// The first position that is not that of the log; none if the edits change nothing.
    pub(crate) first: Option<Seq>,
    /// The positions of what was put in.
    pub(crate) inserted: Vec<Seq>,
    /// How many records it has.
    pub(crate) records: usize,
    /// How many records the log has.
    pub(crate) records_of_log: usize,
}

/// A fork, and the log that it is one of.
#[derive(Debug)]
pub(crate) struct Forked {
    pub(crate) out: ForkOut,
    pub(crate) log: History,
    /// The words that ask for the same fork.
    pub(crate) words: String,
}

/// Reads what is to be put in: records, or what a record says, one a line.
///
/// # Errors
/// When the file cannot be read, or a line is not such a thing.
pub(crate) fn read(file: &str) -> Result<Drafts, CliError> {
    let bytes = std::fs::read_to_string(Path::new(file)).map_err(|error| {
        // Everything that is wrong with the bytes is wrong with what was written there.
        let code = if error.kind() == std::io::ErrorKind::InvalidData {
            ErrorCode::BadDraft
        } else if error.kind() == std::io::ErrorKind::NotFound {
            ErrorCode::StoreMissing
        } else {
            ErrorCode::Io
        };
        CliError::new(code, format!("{file}: {error}")).hint("orch help what-if")
    })?;
    let mut drafts = Vec::new();
    for (at, line) in bytes.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let draft = Draft::parse(line).map_err(|error| {
            let line = at.saturating_add(1);
            CliError::new(ErrorCode::BadDraft, format!("{file}: line {line}: {error}"))
                .hint("orch help what-if")
        })?;
        drafts.push(draft);
    }
    if drafts.is_empty() {
        let what = format!("{file} holds no record");
        return Err(CliError::new(ErrorCode::BadDraft, what).hint("orch help what-if"));
    }
    Ok(Drafts {
        file: file.to_owned(),
        drafts,
    })
}

impl Plan {
    /// Forks a log.
    ///
    /// # Errors
    /// When an edit names a record that is not there, or that another edit is about.
    pub(crate) fn fork(
        &self,
        log: History,
        now: DateTime<Utc>,
    ) -> Result<(History, Forked), CliError> {
        let mut edits = Vec::new();
        let mut said = Vec::new();
        for planned in self.edits.iter() {
            let (edit, words) = planned.found(&log, now)?;
            edits.push(edit);
            said.push(words);
        }
        let forked = fork(log.records(), &edits).map_err(|error| impossible(&error))?;
        let Fork {
            records,
            first,
            inserted,
            ..
        } = forked;
        let out = ForkOut {
            edits: said,
            first,
            inserted,
            records: records.len(),
            records_of_log: log.records().len(),
        };
        let words = self.words();
        Ok((History::new(records), Forked { out, log, words }))
    }

    /// Writes the words that ask for the same fork.
    fn words(&self) -> String {
        let position = |position: &Position| quoted(&position.to_string());
        let edits = self.edits.iter().map(|edit| match edit {
            Planned::Drop(seq) => format!(" --drop={}", position(seq)),
            Planned::Replace(seq, new) => {
                format!(" --replace={}", quoted(&format!("{seq}={}", new.file)))
            }
            Planned::Move(seq, after) => format!(" --move={}", quoted(&format!("{seq}={after}"))),
            Planned::Insert(None, new) => format!(" --insert={}", quoted(&new.file)),
            Planned::Insert(Some(after), new) => {
                format!(" --insert={}", quoted(&format!("{after}={}", new.file)))
            }
        });
        format!("what-if{} --", edits.collect::<String>())
    }
}

impl Planned {
    /// Finds the records that the edit is about, and says it in words.
    fn found(&self, log: &History, now: DateTime<Utc>) -> Result<(Edit, String), CliError> {
        let find = |position: &Position| at::resolve(position, log, Seq(u64::MAX), now);
        Ok(match self {
            Self::Drop(position) => {
                let seq = find(position)?;
                (Edit::Drop(seq), format!("without record {seq}"))
            }
            Self::Replace(position, new) => {
                let (seq, with) = (find(position)?, new.drafts.clone());
                let words = format!("{} in place of record {seq}", new.words());
                (Edit::Replace { seq, with }, words)
            }
            Self::Move(position, target) => {
                let (seq, after) = (find(position)?, find(target)?);
                let words = format!("record {seq} moved after {after}");
                (Edit::Move { seq, after }, words)
            }
            Self::Insert(position, new) => {
                let end = log.records().last();
                let end = end.map_or(Seq::ZERO, orch_core::record::Record::seq);
                let after = position.as_ref().map_or(Ok(end), find)?;
                let words = format!("{} put in after record {after}", new.words());
                let records = new.drafts.clone();
                (Edit::Insert { after, records }, words)
            }
        })
    }
}

fn impossible(error: &ForkError) -> CliError {
    let code = if matches!(error, ForkError::Unknown { .. }) {
        ErrorCode::UnknownPosition
    } else {
        ErrorCode::Usage
    };
    CliError::new(code, format!("no such fork: {error}")).hint("orch help what-if")
}

impl Drafts {
    fn words(&self) -> String {
        match self.drafts.len() {
            1 => format!("1 record of {}", self.file),
            n => format!("{n} records of {}", self.file),
        }
    }
}

impl ForkOut {
    /// Says in one line that the answer is not about what happened.
    pub(crate) fn sentence(&self) -> String {
        let nothing = if self.first.is_none() {
            " (which changes nothing)"
        } else {
            ""
        };
        format!(
            "{}{nothing}; the log itself is as it was",
            self.edits.join("; ")
        )
    }
}
