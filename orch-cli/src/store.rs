//! Opening journals: our own, those of other tools, folders of both, and standard input.
//!
//! ```text
//! path ─▶ head ─▶ own records? ──────────▶ missions
//!            └──▶ foreign? ─▶ import ─────▶ missions (in memory)
//! ```
//! What a file is follows from what it holds; its name only says which files belong together.

mod files;
mod foreign;
mod own;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use orch_core::ids::MissionId;
use orch_core::record::Record;
use serde::Serialize;

use crate::error::{CliError, ErrorCode};
use crate::ui::Ui;

pub(crate) use files::{File, Kind};
pub(crate) use foreign::{failed as import_failed, siblings, source_name};
pub(crate) use own::{Bad, read_own};

/// The folder that is looked for when no store is named.
const FOLDER: &str = ".orch";

/// Everything that was read.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// The records of each mission, in the order of their log.
    pub(crate) missions: BTreeMap<MissionId, Vec<Record>>,
    /// The lines that are not records.
    pub(crate) bad: Vec<Bad>,
    /// What else has to be known to judge the answer.
    pub(crate) warnings: Vec<Warning>,
    /// What was read, in words.
    pub(crate) name: String,
}

/// Why an answer has to be taken with care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Warning {
    /// A stable word.
    pub(crate) code: &'static str,
    /// What it is; may hold text from a journal.
    pub(crate) message: String,
    /// The lines it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<u64>,
}

impl Store {
    /// Opens what the flag names, or the nearest folder `.orch`.
    ///
    /// # Errors
    /// When there is nothing to read, or it is not a journal.
    pub(crate) fn open(path: Option<&Path>, ui: &mut Ui) -> Result<Self, CliError> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => nearest()?,
        };
        let mut store = Self {
            name: path.display().to_string(),
            ..Self::default()
        };
        if path.is_dir() {
            store.add_folder(&path, ui)?;
        } else {
            store.add_file(&path, ui)?;
        }
        store.warn_of_bad_lines();
        Ok(store)
    }

    fn add_file(&mut self, path: &Path, ui: &mut Ui) -> Result<(), CliError> {
        let file = File::open(path)?;
        match file.kind()? {
            Kind::Own => self.add_own(file, ui),
            Kind::Foreign(_) => {
                let mut files = vec![file];
                let beside = siblings(path, &files)?;
                files.extend(beside);
                self.add_foreign(files, ui)
            }
        }
    }

    /// Adds every journal of a folder; a foreign one together with those it belongs to.
    fn add_folder(&mut self, folder: &Path, ui: &mut Ui) -> Result<(), CliError> {
        let paths = files::journals_in(folder)?;
        let mut n_read = 0_usize;
        let mut groups: BTreeMap<String, Vec<File>> = BTreeMap::new();
        for path in &paths {
            let file = File::open(path)?;
            match file.kind() {
                Ok(Kind::Own) => {
                    n_read = n_read.saturating_add(1);
                    self.add_own(file, ui)?;
                }
                Ok(Kind::Foreign(sniffed)) => {
                    let group = format!("{} {}", sniffed.format.family(), foreign::group(path));
                    groups.entry(group).or_default().push(file);
                }
                Err(error) => ui.note(&format!("left out: {error}"))?,
            }
        }
        for files in groups.into_values() {
            n_read = n_read.saturating_add(files.len());
            self.add_foreign(files, ui)?;
        }
        if n_read > 0 {
            return Ok(());
        }
        let what = format!("{} holds no journal", folder.display());
        let error = CliError::new(ErrorCode::StoreMissing, what);
        let looked = paths
            .iter()
            .map(|path| format!("looked at {}", path.display()));
        let none = paths
            .is_empty()
            .then(|| "it has no file *.jsonl".to_owned());
        let error = error.evidence_all(looked.chain(none));
        Err(error.hint("orch help formats"))
    }

    fn add_own(&mut self, file: File, ui: &mut Ui) -> Result<(), CliError> {
        let name = file.name().to_owned();
        let own = read_own(file, ui)?;
        self.bad.extend(own.bad);
        for (mission, records) in own.missions {
            self.add(mission, records, &name);
        }
        Ok(())
    }

    fn add_foreign(&mut self, files: Vec<File>, ui: &mut Ui) -> Result<(), CliError> {
        let names: Vec<String> = files.iter().map(|file| file.name().to_owned()).collect();
        let imported = foreign::import(files, ui)?;
        self.warnings.extend(imported.warnings);
        self.add(imported.mission, imported.records, &names.join(", "));
        Ok(())
    }

    /// Adds a mission, unless another file had one of this name: two logs are not one.
    fn add(&mut self, mission: MissionId, records: Vec<Record>, from: &str) {
        match self.missions.entry(mission) {
            Entry::Vacant(vacant) => {
                vacant.insert(records);
            }
            Entry::Occupied(other) => self.warnings.push(Warning {
                code: "mission_repeated",
                message: format!(
                    "mission {} of {from} is left out: another file has one",
                    other.key()
                ),
                lines: Vec::new(),
            }),
        }
    }

    fn warn_of_bad_lines(&mut self) {
        let mut by_file: BTreeMap<&str, Vec<&Bad>> = BTreeMap::new();
        for bad in &self.bad {
            by_file.entry(&bad.file).or_default().push(bad);
        }
        let warnings = by_file.into_iter().map(|(file, bad)| {
            let lines: Vec<u64> = bad.iter().map(|bad| bad.line).collect();
            let torn = bad.last().is_some_and(|bad| bad.is_torn);
            let torn = if torn { " (cut off)" } else { "" };
            let first = bad.first().map_or("", |bad| &bad.problem);
            Warning {
                code: "bad_lines",
                message: format!(
                    "{file}: {} not a record and left out: {}{torn}; the first: {first}",
                    if lines.len() == 1 {
                        "1 line is".to_owned()
                    } else {
                        format!("{} lines are", lines.len())
                    },
                    listed(&lines),
                ),
                lines,
            }
        });
        let warnings: Vec<Warning> = warnings.collect();
        self.warnings.extend(warnings);
    }
}

/// Lists the first few line numbers.
fn listed(lines: &[u64]) -> String {
    const SHOWN_MAX: usize = 10;
    let shown: Vec<String> = lines.iter().take(SHOWN_MAX).map(u64::to_string).collect();
    let more = lines.len().saturating_sub(SHOWN_MAX);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("{word} {}{more}", shown.join(", "))
}

/// Finds the nearest folder `.orch`, here or above.
fn nearest() -> Result<PathBuf, CliError> {
    let here = std::env::current_dir().map_err(|error| CliError::io("where am I", &error))?;
    let found = here.ancestors().map(|folder| folder.join(FOLDER));
    found
        .into_iter()
        .find(|folder| folder.is_dir())
        .ok_or_else(|| {
            CliError::new(
                ErrorCode::StoreMissing,
                "no journal is named, and there is no folder .orch",
            )
            .evidence(format!(
                "looked in {} and every folder above it",
                here.display()
            ))
            .hint("orch help formats")
        })
}
