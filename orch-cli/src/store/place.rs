//! A store folder: finding it, opening it to read or to write, and what its errors mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orch_store::error::StoreError;
use orch_store::journal::Journal;
use orch_store::segments::{self, IndexState, Kind, Opening, Options, Reader, Stage};

use super::fault::{ELSEWHERE, init_here};
use super::{FOLDER, failed};
use crate::cli::Globals;
use crate::error::{CliError, ErrorCode};
use crate::ui::{Progress, Ui};

/// What `-S` says: a kind, if it names one, and a path.
fn spec(said: &Path) -> (Option<Kind>, PathBuf) {
    let text = said.to_string_lossy();
    for kind in [Kind::Sled, Kind::Jsonl] {
        let path = text.strip_prefix(kind.as_str());
        if let Some(path) = path.and_then(|rest| rest.strip_prefix(':')) {
            return (Some(kind), PathBuf::from(path));
        }
    }
    (None, said.to_owned())
}

/// Returns what is to be read: what the flag names, or the nearest folder `.orch`.
///
/// # Errors
/// When nothing is named, and there is no such folder here or above.
pub(crate) fn to_read(said: Option<&Path>) -> Result<PathBuf, CliError> {
    said.map_or_else(nearest, |said| Ok(spec(said).1))
}

/// Whether a folder is a store, whatever its state.
pub(crate) fn is_store(path: &Path) -> bool {
    segments::is_store(path)
}

/// Returns where a store is to be made, and of which kind.
pub(crate) fn to_make(said: Option<&Path>) -> (Option<Kind>, PathBuf) {
    said.map_or_else(|| (None, PathBuf::from(FOLDER)), spec)
}

/// Opens the store to read, without its lock.
///
/// # Errors
/// When it is damaged or newer than this program.
pub(crate) fn read(path: &Path) -> Result<Reader, CliError> {
    Reader::open(path).map_err(|error| failed(&error))
}

/// Returns the store that the flags name, to be written.
///
/// # Errors
/// When there is none, or it is a file.
pub(crate) fn to_write(globals: &Globals) -> Result<PathBuf, CliError> {
    let said = globals.store.as_deref();
    let path = match said {
        Some(said) => spec(said).1,
        None => nearest()?,
    };
    if path.is_file() {
        let what = format!("{} is a file: it can be read, not written", path.display());
        return Err(CliError::new(ErrorCode::NotAStore, what)
            .evidence("what writes needs a store, which is a folder")
            .hint(init_here()));
    }
    Ok(path)
}

/// Opens a store to write, and says what was mended.
///
/// # Errors
/// When somebody else has it for too long, or it is damaged.
pub(crate) fn open_at(
    path: &Path,
    wait: Duration,
    ui: &Ui,
) -> Result<(Arc<dyn Journal>, Opening), CliError> {
    open_unless(path, wait, Arc::new(|| false), ui)
}

/// The same; it waits no longer once it should give way.
///
/// # Errors
/// As [`open_at`].
pub(crate) fn open_unless(
    path: &Path,
    wait: Duration,
    give_way: Arc<dyn Fn() -> bool + Send + Sync>,
    ui: &Ui,
) -> Result<(Arc<dyn Journal>, Opening), CliError> {
    let mut options = Options::default();
    options.lock_wait = wait;
    options.watch = Some(watch(ui));
    options.give_way = Some(give_way);
    let kind = segments::identity(path)
        .map_err(|error| failed(&error))?
        .kind;
    let opened: Result<(Arc<dyn Journal>, Opening), StoreError> = match kind {
        Kind::Jsonl => segments::open(path, &options)
            .map(|opened| (Arc::new(opened.journal) as _, opened.opening)),
        Kind::Sled | _ => orch_store_sled::open(path, &options)
            .map(|opened| (Arc::new(opened.journal) as _, missed(opened.opening))),
    };
    opened.map_err(|error| failed(&error))
}

/// Tells an index that is kept and was not there from one that had nothing to hold yet.
fn missed(mut opening: Opening) -> Opening {
    if let IndexState::Made { records } = opening.index
        && records > 0
    {
        let why = "there was none".to_owned();
        opening.index = IndexState::Rebuilt { why, records };
    }
    opening
}

/// Says what was mended at opening.
pub(crate) fn report(opening: &Opening, ui: &mut Ui) -> Result<(), CliError> {
    report_torn(opening, ui)?;
    if let IndexState::Rebuilt { why, records } = &opening.index {
        ui.warn(&format!(
            "the index was made anew from the {records} records of the journal, nothing is lost: {why}"
        ))?;
    }
    Ok(())
}

/// Says what was cut off the journal at opening.
pub(crate) fn report_torn(opening: &Opening, ui: &mut Ui) -> Result<(), CliError> {
    if let Some(torn) = &opening.torn {
        ui.warn(&format!(
            "a crash left {} bytes of an append that was never acknowledged; they are kept in {}",
            torn.bytes,
            torn.kept.display()
        ))?;
    }
    Ok(())
}

/// Shows how far a long opening has come.
fn watch(ui: &Ui) -> Arc<dyn Fn(Stage, orch_store::journal::Progress) + Send + Sync> {
    let bar: std::sync::Mutex<Progress> = std::sync::Mutex::new(ui.progress(0));
    Arc::new(move |_stage, progress| {
        if let Ok(mut bar) = bar.lock() {
            bar.of(progress.done, progress.total);
        }
    })
}

/// Finds the nearest folder `.orch`, here or above.
fn nearest() -> Result<PathBuf, CliError> {
    let here = std::env::current_dir().map_err(|error| CliError::io("where am I", &error))?;
    let named = || here.ancestors().map(|folder| folder.join(FOLDER));
    if let Some(found) = named().find(|folder| folder.is_dir()) {
        return Ok(found);
    }
    // A link that leads nowhere is there, and does not exist.
    if let Some(other) = named().find(|path| path.symlink_metadata().is_ok()) {
        let what = format!("{} {}", other.display(), what_it_is(&other));
        return Err(CliError::new(ErrorCode::NotAStore, what)
            .evidence("a store is a folder")
            .hint(ELSEWHERE));
    }
    let what = "no store is named, and there is no folder .orch";
    let looked = format!("looked in {} and every folder above it", here.display());
    Err(CliError::new(ErrorCode::StoreMissing, what)
        .evidence(looked)
        .hint("orch init"))
}

/// Says what is where a folder should be.
pub(crate) fn what_it_is(path: &Path) -> &'static str {
    if path.exists() {
        "is a file"
    } else {
        "is a link that leads nowhere"
    }
}
