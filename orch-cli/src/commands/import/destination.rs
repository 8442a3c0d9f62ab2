//! Where an import goes: a journal that is extended whole or not at all, or standard output.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_store::error::AppendError;
use orch_store::journal::{Append, Expect, Journal};

use crate::atomic::{Lock, Replacement, check_writable, free_name};
use crate::error::{CliError, ErrorCode};
use crate::store::{self, File, Kind, place, read_own};
use crate::ui::Ui;
use crate::view::quoted;

/// The import as it was asked for, to be suggested with a change.
#[derive(Debug)]
pub(super) struct Again {
    /// What comes before the mission.
    pub(super) before: String,
    /// The mission, if one was named.
    pub(super) mission: Option<String>,
    /// What comes after it.
    pub(super) after: String,
}

impl Again {
    /// Writes the import into another mission.
    fn to_mission(&self, mission: &MissionId) -> String {
        let Self { before, after, .. } = self;
        format!("{before} -m {} {after}", quoted(mission.as_str()))
    }

    /// Lets an error suggest the same import, if it can be tried again.
    fn after(&self, error: CliError) -> CliError {
        if error.code != ErrorCode::Busy {
            return error;
        }
        let Self { before, after, .. } = self;
        let mission = self
            .mission
            .as_ref()
            .map_or_else(String::new, |mission| format!(" -m {}", quoted(mission)));
        error.hint(format!("{before}{mission} {after}"))
    }
}

/// Where an import goes.
#[derive(Debug)]
pub(super) struct Destination {
    kind: To,
    records: Vec<Record>,
}

#[derive(Debug)]
enum To {
    /// Standard output.
    Stdout,
    /// Nowhere: a dry run.
    Nowhere,
    /// A store; nothing is appended before the sources were read to their end.
    Store {
        journal: Arc<dyn Journal>,
        new: Vec<Record>,
    },
    /// A journal; it is not touched before there is something new.
    Journal {
        path: PathBuf,
        replacement: Option<Replacement>,
        /// Held from before the first look at the journal: what another import adds after that
        /// look would be lost.
        lock: Lock,
    },
}

impl Destination {
    /// Opens the destination and reads what it has already; what is not dry waits its turn.
    ///
    /// # Errors
    /// When it is not a whole journal of this mission, may not be written, or somebody else is
    /// writing there for longer than `patience`.
    pub(super) fn open(
        path: &Path,
        mission: &MissionId,
        patience: Option<Duration>,
        again: &Again,
        ui: &mut Ui,
    ) -> Result<Self, CliError> {
        let is_stdout = path == Path::new("-");
        let (kind, records) = match patience {
            None if place::is_store(path) => {
                let records = stored(&place::read(path)?, mission)?;
                (To::Nowhere, records)
            }
            Some(patience) if place::is_store(path) => {
                store::door::must_not_be_served(path, patience, "an import")?;
                let (journal, opening) = place::open_at(path, patience, ui)?;
                place::report(&opening, ui)?;
                let records = stored(&*journal, mission)?;
                let new = Vec::new();
                (To::Store { journal, new }, records)
            }
            Some(_) if is_stdout => (To::Stdout, Vec::new()),
            None if is_stdout => (To::Nowhere, Vec::new()),
            None => (To::Nowhere, present(path, mission, again, ui)?),
            Some(patience) => {
                let lock = Lock::take(path, patience);
                let lock = lock.map_err(|error| again.after(error))?;
                check_writable(path)?;
                let records = present(path, mission, again, ui)?;
                let journal = To::Journal {
                    path: path.to_owned(),
                    replacement: None,
                    lock,
                };
                (journal, records)
            }
        };
        Ok(Self { kind, records })
    }

    /// Returns how many records it had.
    pub(super) const fn n_records(&self) -> usize {
        self.records.len()
    }

    /// Returns the position of its last record.
    pub(super) fn last(&self) -> Seq {
        self.records
            .iter()
            .map(Record::seq)
            .max()
            .unwrap_or(Seq::ZERO)
    }

    /// Returns the commands that it has already.
    pub(super) fn commands(&self) -> BTreeSet<CommandKey> {
        self.records
            .iter()
            .filter_map(|record| record.envelope().command.clone())
            .collect()
    }

    /// Returns whether the records go to standard output.
    pub(super) const fn is_stdout(&self) -> bool {
        matches!(self.kind, To::Stdout)
    }

    /// Adds a record.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn add(&mut self, record: &Record, ui: &mut Ui) -> Result<(), CliError> {
        match &mut self.kind {
            To::Nowhere => Ok(()),
            To::Stdout => ui.print_raw(record.as_line()),
            To::Store { new, .. } => {
                new.push(record.clone());
                Ok(())
            }
            To::Journal {
                path,
                replacement,
                lock,
            } => {
                let file = match replacement {
                    Some(file) => file,
                    None => replacement.insert(copy_of(path, lock)?),
                };
                file.write(record.as_line().as_bytes())?;
                file.write(b"\n")
            }
        }
    }

    /// Puts what was added in its place.
    ///
    /// # Errors
    /// When that fails; the journal is then as it was.
    pub(super) fn commit(self) -> Result<(), CliError> {
        match self.kind {
            To::Nowhere
            | To::Stdout
            | To::Journal {
                replacement: None, ..
            } => Ok(()),
            To::Store { journal, new } => append(&*journal, new),
            To::Journal {
                replacement: Some(file),
                lock,
                ..
            } => {
                let done = file.commit();
                drop(lock);
                done
            }
        }
    }
}

/// Reads the records that a store has of a mission.
fn stored(journal: &dyn Journal, mission: &MissionId) -> Result<Vec<Record>, CliError> {
    let records = journal.read(mission, Seq::ZERO, usize::MAX);
    records.map_err(|error| store::failed(&error))
}

/// Appends records to a store, those of one row together.
///
/// All are handed in before the first is waited for, so that they share syncs. Should it stop in
/// between, what is on record is the beginning of them; the same import again adds the rest.
fn append(journal: &dyn Journal, new: Vec<Record>) -> Result<(), CliError> {
    let mut pending = Vec::new();
    let mut rest = new.into_iter().peekable();
    while let Some(first) = rest.next() {
        let head = Seq(first.seq().0.saturating_sub(1));
        let command = first.envelope().command.clone();
        let mut row = vec![first];
        while let Some(next) =
            rest.next_if(|next| command.is_some() && next.envelope().command == command)
        {
            row.push(next);
        }
        let append = Append::new(Expect::head(head), row)
            .map_err(|error| CliError::new(ErrorCode::ImportRefused, error.to_string()))?;
        pending.push(journal.submit(append));
    }
    for pending in pending {
        let _appended = pending.wait().map_err(|error| not_taken(&error))?;
    }
    Ok(())
}

/// Says why a store did not take a row.
fn not_taken(error: &AppendError) -> CliError {
    if let AppendError::NotWritten(error) | AppendError::Unknown(error) = error {
        return store::failed(error);
    }
    let code = if matches!(error, AppendError::TooLarge { .. }) {
        ErrorCode::ImportRefused
    } else {
        ErrorCode::Internal
    };
    CliError::new(code, error.to_string())
}

/// Begins a replacement with the bytes that are there.
fn copy_of(path: &Path, lock: &Lock) -> Result<Replacement, CliError> {
    let mut file = Replacement::begin(path, lock)?;
    match fs::read(path) {
        Ok(bytes) => {
            file.write(&bytes)?;
            if bytes.last().is_some_and(|&last| last != b'\n') {
                file.write(b"\n")?;
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(CliError::io(
                format!("cannot read {}", path.display()),
                &error,
            ));
        }
    }
    Ok(file)
}

/// Reads the records that a journal has; none if there is no file.
fn present(
    path: &Path,
    mission: &MissionId,
    again: &Again,
    ui: &Ui,
) -> Result<Vec<Record>, CliError> {
    let name = path.display();
    let shown = quoted(&name.to_string());
    if path.is_dir() {
        let what = format!("{name} is a folder; name a journal in it");
        return Err(CliError::new(ErrorCode::Usage, what).hint("orch help import"));
    }
    if !path.exists() || fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0) {
        return Ok(Vec::new());
    }
    let file = File::open(path)?;
    if let Kind::Foreign(sniffed) = file.kind()? {
        let what = format!("{name} holds {}, not records of orch", sniffed.format);
        return Err(CliError::new(ErrorCode::OtherMission, what)
            .evidence("an import goes into a journal of orch, or a new file")
            .hint(format!("orch -S {shown} status")));
    }
    let mut own = read_own(file, ui)?;
    if let Some(bad) = own.bad.first() {
        let what = format!("{name} has {} lines that are not records", own.bad.len());
        let new = quoted(&free_name(path).display().to_string());
        let export = format!("export jsonl {new}");
        let error = CliError::new(ErrorCode::DamagedDestination, what)
            .evidence(format!("line {}: {}", bad.line, bad.problem));
        return Err(match own.missions.keys().next() {
            // The good records of it are a journal that can be added to.
            Some(has) => error.hint(format!(
                "orch -S {shown} -m {} {export}",
                quoted(has.as_str())
            )),
            None => error,
        });
    }
    let records = own.missions.remove(mission).unwrap_or_default();
    if let Some(other) = own.missions.keys().next() {
        let what = format!("{name} holds mission {other}, and the source is mission {mission}");
        let is_mixed = !records.is_empty() || own.missions.len() > 1;
        return Err(
            CliError::new(ErrorCode::OtherMission, what).hint(if is_mixed {
                format!("orch -S {shown} missions")
            } else {
                again.to_mission(other)
            }),
        );
    }
    Ok(records)
}
