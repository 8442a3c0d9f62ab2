//! Where an import goes: a journal that is extended whole or not at all, or standard output.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;

use crate::atomic::Replacement;
use crate::error::{CliError, ErrorCode};
use crate::store::{File, Kind, read_own};
use crate::ui::Ui;
use crate::view::quoted;

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
    /// A journal; it is not touched before there is something new.
    Journal {
        path: PathBuf,
        replacement: Option<Replacement>,
    },
}

impl Destination {
    /// Opens the destination and reads what it has already.
    ///
    /// # Errors
    /// When it is not a whole journal of this mission.
    pub(super) fn open(
        path: &Path,
        mission: &MissionId,
        is_dry: bool,
        ui: &Ui,
    ) -> Result<Self, CliError> {
        if path == Path::new("-") {
            let kind = if is_dry { To::Nowhere } else { To::Stdout };
            return Ok(Self {
                kind,
                records: Vec::new(),
            });
        }
        let records = present(path, mission, ui)?;
        let journal = To::Journal {
            path: path.to_owned(),
            replacement: None,
        };
        let kind = if is_dry { To::Nowhere } else { journal };
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
            To::Journal { path, replacement } => {
                let file = match replacement {
                    Some(file) => file,
                    None => replacement.insert(copy_of(path)?),
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
            To::Journal {
                replacement: Some(file),
                ..
            } => file.commit(),
        }
    }
}

/// Begins a replacement with the bytes that are there.
fn copy_of(path: &Path) -> Result<Replacement, CliError> {
    let mut file = Replacement::begin(path)?;
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
fn present(path: &Path, mission: &MissionId, ui: &Ui) -> Result<Vec<Record>, CliError> {
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
        return Err(CliError::new(ErrorCode::DamagedDestination, what)
            .evidence(format!("line {}: {}", bad.line, bad.problem))
            .hint(format!("orch -S {shown} replay")));
    }
    let records = own.missions.remove(mission).unwrap_or_default();
    if let Some(other) = own.missions.keys().next() {
        let what = format!("{name} holds mission {other}, and the source is mission {mission}");
        return Err(
            CliError::new(ErrorCode::OtherMission, what).hint(format!("orch -S {shown} missions"))
        );
    }
    Ok(records)
}
