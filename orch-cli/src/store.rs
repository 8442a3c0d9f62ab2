//! Opening journals: our own, those of other tools, folders of both, and standard input.
//!
//! ```text
//! path ─▶ head ─▶ own records? ──────────▶ missions
//!            └──▶ foreign? ─▶ import ─────▶ missions (in memory)
//! ```
//! What a file is follows from what it holds; its name only says which files belong together.

pub(crate) mod door;
mod fault;
mod files;
mod foreign;
mod health;
mod own;
pub(crate) mod place;
mod warning;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use orch_core::ids::{MissionId, Seq};
use orch_core::lint::Claim;
use orch_core::record::Record;
use orch_store::journal::Journal as _;

use crate::error::{CliError, ErrorCode};
use crate::ui::Ui;

pub(crate) use door::Door;
pub(crate) use fault::failed;
pub(crate) use files::{File, Kind};
pub(crate) use foreign::{failed as import_failed, none_mapped, siblings, source_name};
pub(crate) use health::warnings as health;
pub(crate) use own::{Bad, read_own};
pub(crate) use warning::Warning;

use warning::listed;

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
    /// Whether it is a store, to which records are added as things happen.
    pub(crate) is_live: bool,
    /// What was read, in words.
    pub(crate) name: String,
    /// The files that were read.
    pub(crate) files: Vec<PathBuf>,
    /// The missions that several files have a log of, and those files: none of them is *the* log.
    pub(crate) repeated: BTreeMap<MissionId, Vec<String>>,
    /// What the snapshot of a tracker says about each task, for the missions that come from one.
    pub(crate) claims: BTreeMap<MissionId, Vec<Claim>>,
    /// The file that the log of each mission is from, and whether it was imported.
    from: BTreeMap<MissionId, (String, bool)>,
}

impl Store {
    /// Opens what the flag names, or the nearest folder `.orch`.
    ///
    /// # Errors
    /// When there is nothing to read, or it is not a journal.
    pub(crate) fn open(path: Option<&Path>, ui: &mut Ui) -> Result<Self, CliError> {
        let path = place::to_read(path)?;
        let mut store = Self {
            name: path.display().to_string(),
            ..Self::default()
        };
        if place::is_store(&path) {
            store.add_live(&path)?;
        } else if path.is_dir() {
            store.add_folder(&path, ui)?;
        } else {
            store.add_file(&path, ui)?;
        }
        store.warn_of_bad_lines();
        store.warn_of_repeated();
        Ok(store)
    }

    /// Adds everything durable of a store folder.
    fn add_live(&mut self, path: &Path) -> Result<(), CliError> {
        let reader = place::read(path)?;
        let failed = |error| failed(&error);
        for head in reader.missions().map_err(failed)? {
            let records = reader.read(&head.mission, Seq::ZERO, usize::MAX);
            self.missions.insert(head.mission, records.map_err(failed)?);
        }
        self.is_live = true;
        Ok(())
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
        let mut refused = None;
        for files in groups.into_values() {
            let n_files = files.len();
            match self.add_foreign(files, ui) {
                Ok(()) => n_read = n_read.saturating_add(n_files),
                // One bad file does not take the others of its folder along.
                Err(error) if error.code == ErrorCode::ImportRefused => {
                    ui.note(&format!("left out: {error}"))?;
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        if n_read > 0 {
            return Ok(());
        }
        if let Some(error) = refused {
            return Err(error);
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
        Err(match fault::instead_of(folder) {
            // There is something, and it may be a journal by another name.
            init if init == fault::ELSEWHERE => error.hint("orch help formats"),
            init => error.hint(init),
        })
    }

    fn add_own(&mut self, file: File, ui: &mut Ui) -> Result<(), CliError> {
        let name = file.name().to_owned();
        self.files.push(file.path().to_owned());
        let own = read_own(file, ui)?;
        self.bad.extend(own.bad);
        for (mission, records) in own.missions {
            self.add(mission, records, &name, false);
        }
        Ok(())
    }

    fn add_foreign(&mut self, files: Vec<File>, ui: &mut Ui) -> Result<(), CliError> {
        let names: Vec<String> = files.iter().map(|file| file.name().to_owned()).collect();
        self.files
            .extend(files.iter().map(|file| file.path().to_owned()));
        let imported = foreign::import(files, ui)?;
        self.warnings.extend(imported.warnings);
        if !imported.claims.is_empty() {
            self.claims
                .insert(imported.mission.clone(), imported.claims);
        }
        let name = names.first().map_or("", String::as_str);
        self.add(imported.mission, imported.records, name, true);
        Ok(())
    }

    /// Adds a mission; two logs under one name are not one log, and neither is the right one.
    fn add(&mut self, mission: MissionId, records: Vec<Record>, from: &str, is_foreign: bool) {
        match self.missions.entry(mission) {
            Entry::Vacant(vacant) => {
                let from = (from.to_owned(), is_foreign);
                self.from.insert(vacant.key().clone(), from);
                vacant.insert(records);
            }
            Entry::Occupied(other) => match self.from.get(other.key()) {
                // A journal that was imported from a file lies beside it: it has all of that file.
                Some((_, false)) if is_foreign => self.warnings.push(Warning {
                    message: format!(
                        "mission {} of {from} is left out: another file has its records",
                        other.key()
                    ),
                    ..Warning::new("mission_repeated")
                }),
                Some((first, _)) => {
                    let files = self.repeated.entry(other.key().clone());
                    let files = files.or_insert_with(|| vec![first.clone()]);
                    files.push(from.to_owned());
                }
                None => {}
            },
        }
    }

    fn warn_of_repeated(&mut self) {
        let warnings = self.repeated.iter().map(|(mission, files)| Warning {
            message: format!(
                "several files have a log of mission {mission}: {}",
                files.join(", ")
            ),
            ..Warning::new("mission_repeated")
        });
        self.warnings.extend(warnings);
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
                ..Warning::new("bad_lines")
            }
        });
        let warnings: Vec<Warning> = warnings.collect();
        self.warnings.extend(warnings);
    }
}
