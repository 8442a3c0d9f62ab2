//! Journals of other tools, imported in memory.

use std::path::{Path, PathBuf};

use chrono::SecondsFormat;
use orch_core::ids::{MissionId, Seq};
use orch_core::lint::Claim;
use orch_core::record::Record;
use orch_import::{
    Family, Format, Import, ImportError, Input, Options, Pairing, Report, Sealer, Taken,
};

use super::files::{File, Kind};
use super::warning::{Warning, listed};
use crate::error::{CliError, ErrorCode};
use crate::ui::Ui;

/// The words by which the files of one beads backup differ.
const ROLES: [&str; 3] = ["events", "dependencies", "issues"];

/// A foreign journal as records.
pub(super) struct Imported {
    pub(super) mission: MissionId,
    pub(super) records: Vec<Record>,
    pub(super) warnings: Vec<Warning>,
    /// What a snapshot says about each task.
    pub(super) claims: Vec<Claim>,
}

/// Imports files that belong together.
pub(super) fn import(files: Vec<File>, ui: &mut Ui) -> Result<Imported, CliError> {
    let total = files.iter().map(File::n_bytes).sum();
    for (at, file) in files.iter().enumerate() {
        if let Kind::Foreign(sniffed) = file.kind()? {
            let (name, format) = (file.name(), sniffed.format);
            ui.note(&if at == 0 {
                format!("{name} is read as {format}: {}", sniffed.why)
            } else {
                format!("{name} beside it is read as {format}")
            })?;
        }
    }
    let inputs = files
        .into_iter()
        .map(|file| Input::new(source_name(file.path()), file.into_reader()))
        .collect();
    let import = Import::open(inputs, &Options::default()).map_err(|error| failed(&error))?;
    let mission = import.mission().clone();
    let mut sealer = Sealer::new(mission.clone(), Seq::ZERO, []);
    let mut records = Vec::new();
    let mut progress = ui.progress(total);
    let report = import
        .run(&mut |bytes| progress.at(bytes), &mut |draft| {
            Ok(match sealer.seal(draft)? {
                Some(record) => {
                    records.push(record);
                    Taken::Written
                }
                None => Taken::Present,
            })
        })
        .map_err(|error| failed(&error))?;
    if let Some(nothing) = none_mapped(&report) {
        return Err(nothing);
    }
    let moved_on = report.pairing.as_ref().and_then(moved_on);
    Ok(Imported {
        mission,
        records,
        warnings: gaps(&report).into_iter().chain(moved_on).collect(),
        claims: report.claims,
    })
}

/// Says that not a single row could be mapped or kept: there is nothing to look at.
pub(crate) fn none_mapped(report: &Report) -> Option<CliError> {
    if report.total.mapped > 0 || report.total.unknown > 0 {
        return None;
    }
    let first = report.files.iter().find_map(|file| {
        let first = file.malformed.reasons.first()?;
        Some(format!(
            "{} line {}: {}",
            file.name, first.line, first.reason
        ))
    });
    let what = format!(
        "none of the {} rows of {} can be read",
        report.total.malformed, report.family
    );
    Some(CliError::new(ErrorCode::ImportRefused, what).evidence_all(first))
}

/// Names the rows that are of unknown kinds or cannot be read.
fn gaps(report: &Report) -> Option<Warning> {
    let (unknown, malformed) = (report.total.unknown, report.total.malformed);
    if unknown == 0 && malformed == 0 {
        return None;
    }
    let mut lines = Vec::new();
    let mut named = Vec::new();
    for file in &report.files {
        let bad = file.malformed.lines.iter().chain(&file.unknown.lines);
        let mut bad: Vec<u64> = bad.copied().collect();
        bad.sort_unstable();
        if !bad.is_empty() {
            named.push(format!("{} of {}", listed(&bad), file.name));
        }
        lines.append(&mut bad);
    }
    Some(Warning {
        message: format!(
            "of {} rows, {unknown} are of unknown kinds and {malformed} cannot be read: {}",
            report.total.read,
            named.join("; ")
        ),
        lines,
        ..Warning::new("import_gaps")
    })
}

/// Names the dispatches that ended only because their worker ended another task.
fn moved_on(pairing: &Pairing) -> Option<Warning> {
    let left = pairing
        .never_ended
        .iter()
        .filter(|left| left.worker_moved_on);
    let left: Vec<_> = left.collect();
    let list: Vec<String> = left
        .iter()
        .map(|left| {
            let since = left.at.to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("{} with {} since {since}", left.task, left.worker)
        })
        .collect();
    let lines: Vec<u64> = left.iter().map(|left| left.line).collect();
    (!left.is_empty()).then(|| Warning {
        message: format!(
            "{} dispatches never ended, {} if an end must name task and worker: also {}, whose \
             worker ended another task ({})",
            pairing.open_by_worker,
            pairing.open_by_task_and_worker,
            list.join(", "),
            listed(&lines)
        ),
        lines,
        ..Warning::new("import_pairing")
    })
}

/// Returns the name that an importer is told.
///
/// It ends up in records, so it says no more than what the file is called; but a folder that holds
/// `.beads` names the workspace.
pub(crate) fn source_name(path: &Path) -> String {
    if path == Path::new("-") {
        return "stdin".to_owned();
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parts: Vec<String> = absolute
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let beads = parts.iter().position(|part| part == ".beads");
    let from = beads.map_or_else(|| parts.len().saturating_sub(1), |at| at.saturating_sub(1));
    parts.get(from..).unwrap_or_default().join("/")
}

/// Returns the files beside one of beads that belong to the same backup.
pub(crate) fn siblings(path: &Path, files: &[File]) -> Result<Vec<File>, CliError> {
    let is_events = match files.first().map(File::kind).transpose()? {
        Some(Kind::Foreign(sniffed)) => sniffed.format == Format::BeadsEvents,
        Some(Kind::Own) | None => false,
    };
    if !is_events {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for role in ["dependencies", "issues"] {
        let Some(beside) = beside(path, role).filter(|beside| beside.is_file()) else {
            continue;
        };
        let file = File::open(&beside)?;
        let is_beads = match file.kind() {
            Ok(Kind::Foreign(sniffed)) => sniffed.format.family() == Family::Beads,
            Ok(Kind::Own) | Err(_) => false,
        };
        if is_beads {
            found.push(file);
        }
    }
    Ok(found)
}

/// Returns the path of the file that plays another role in the same backup.
fn beside(path: &Path, role: &str) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let (before, after) = name.rsplit_once("events")?;
    Some(path.with_file_name(format!("{before}{role}{after}")))
}

/// Returns what the names of the files of one backup have in common.
pub(super) fn group(path: &Path) -> String {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let role = ROLES.into_iter().find(|role| name.contains(role));
    role.map_or_else(|| name.clone(), |role| name.replacen(role, "*", 1))
}

/// Says why an import stopped.
pub(crate) fn failed(error: &ImportError) -> CliError {
    use std::error::Error as _;
    let code = match error {
        ImportError::Empty { .. } => ErrorCode::StoreEmpty,
        ImportError::Binary { .. } | ImportError::Unrecognised { .. } => {
            ErrorCode::StoreUnrecognised
        }
        ImportError::NoInput
        | ImportError::OwnLog { .. }
        | ImportError::Mixed { .. }
        | ImportError::Name { .. }
        | ImportError::Seal { .. } => ErrorCode::ImportRefused,
        ImportError::Read { .. } | ImportError::Sink { .. } => ErrorCode::Io,
        // The importers may add errors.
        _ => ErrorCode::ImportRefused,
    };
    let cause = error.source().map(ToString::to_string);
    CliError::new(code, error.to_string())
        .evidence_all(cause)
        .hint("orch help formats")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_one_backup_share_a_group_and_find_each_other() {
        for name in ["a.events.jsonl", "a.issues.jsonl", "a.dependencies.jsonl"] {
            assert_eq!(group(Path::new(name)), "a.*.jsonl");
        }
        assert_eq!(
            beside(Path::new("x/events.jsonl"), "issues"),
            Some(PathBuf::from("x/issues.jsonl"))
        );
        assert_eq!(beside(Path::new("x/other.jsonl"), "issues"), None);
    }

    #[test]
    fn a_source_is_called_by_its_file_or_its_workspace() {
        assert_eq!(source_name(Path::new("/a/b/c.jsonl")), "c.jsonl");
        assert_eq!(
            source_name(Path::new("/a/SEAM/.beads/backup/events.jsonl")),
            "SEAM/.beads/backup/events.jsonl"
        );
        assert_eq!(source_name(Path::new("-")), "stdin");
    }
}
