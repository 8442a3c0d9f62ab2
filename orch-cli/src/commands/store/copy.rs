//! `orch store backup` and `orch store restore`: copies that are stores.

use std::path::{Path, PathBuf};

use orch_store::error::StoreError;
use orch_store::segments;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::store::{self, place};
use crate::view::quoted;

/// Copy everything durable to a new folder, while the store may be in use
///
/// The copy is checked and is a store itself, with an identity of its own. Copying the folder by
/// other means while it is in use is no backup.
///
/// Example: orch store backup ../backups/monday
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// The folder to make
    #[arg(value_name = "FOLDER")]
    to: PathBuf,
}

/// Make the store from a backup
///
/// The store must not be there: move a damaged one away first, do not delete it.
///
/// Example: mv .orch .orch.damaged && orch store restore ../backups/monday
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FOLDER")]
    from: PathBuf,
}

#[derive(Debug, Serialize)]
struct Copied {
    from: String,
    to: String,
    records: u64,
    missions: u64,
    chain: String,
}

/// Runs `store backup`.
pub(crate) fn backup(ctx: &mut Ctx, args: &BackupArgs) -> Result<Exit, CliError> {
    let from = place::to_read(ctx.globals.store.as_deref())?;
    let next = format!("orch -S {} status", quoted(&args.to.display().to_string()));
    copy(ctx, &from, &args.to, next)
}

/// Runs `store restore`.
pub(crate) fn restore(ctx: &mut Ctx, args: &RestoreArgs) -> Result<Exit, CliError> {
    let (_, to) = place::to_make(ctx.globals.store.as_deref());
    let next = "orch store verify".to_owned();
    copy(ctx, &args.from, &to, next)
}

fn copy(ctx: &mut Ctx, from: &Path, to: &Path, next: String) -> Result<Exit, CliError> {
    let mut bar = ctx.ui.progress(0);
    let verified = segments::backup(from, to, &mut |progress| {
        bar.of(progress.done, progress.total);
    });
    drop(bar);
    let verified = verified.map_err(|error| {
        let failed = store::failed(&error);
        if failed.code == ErrorCode::DamagedStore {
            let from = quoted(&from.display().to_string());
            return failed.hint(format!("orch -S {from} store verify"));
        }
        if let StoreError::Missing { path } = &error
            && path.as_path() == from
        {
            let above = from.parent().filter(|above| above.is_dir());
            let above = above.unwrap_or_else(|| Path::new("."));
            return failed
                .evidence("it is what the copy would be made from")
                .hint(format!("ls -d {}", quoted(&above.display().to_string())));
        }
        let StoreError::Exists { path } = error else {
            return failed;
        };
        let path = quoted(&path.display().to_string());
        failed
            .evidence("a copy replaces nothing")
            .hint(format!("mv {path} {path}.aside"))
    })?;
    let copied = Copied {
        from: from.display().to_string(),
        to: to.display().to_string(),
        records: verified.records,
        missions: verified.missions,
        chain: verified.chain,
    };
    let answer = Answer::general("orch.store_copy/1", copied).next(next);
    answer.print(&ctx.globals, &mut ctx.ui, |copied, doc| {
        doc.text(format!(
            "copied {} records of {} missions from {} to {}, and checked them",
            copied.records, copied.missions, copied.from, copied.to
        ));
    })?;
    Ok(Exit::Ok)
}
