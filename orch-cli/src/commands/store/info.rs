//! `orch store info`: what the store is and holds.

use std::fs;
use std::path::Path;

use orch_store::journal::Journal as _;
use orch_store::segments;
use orch_store::socket::Client;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::store::{self, place};

/// Say what the store is, where, and how much it holds
///
/// Example: orch store info --field data.position
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Info {
    path: String,
    kind: &'static str,
    journal: String,
    missions: usize,
    position: u64,
    durability: &'static str,
    segments: usize,
    journal_bytes: u64,
    index_bytes: u64,
    snapshot_bytes: u64,
    quarantine_bytes: u64,
    /// Who serves the store to all others, if anybody does.
    served_by: Option<String>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let path = place::to_read(ctx.globals.store.as_deref())?;
    let failed = |error| store::failed(&error);
    let identity = segments::identity(&path).map_err(failed)?;
    let reader = place::read(&path)?;
    let n_segments = fs::read_dir(path.join("journal")).map_or(0, Iterator::count);
    let info = Info {
        kind: identity.kind.as_str(),
        journal: identity.journal.to_string(),
        missions: reader.missions().map_err(failed)?.len(),
        position: reader.end().map_err(failed)?.position.0,
        durability: "power_cut",
        segments: n_segments,
        journal_bytes: n_bytes(&path.join("journal")),
        index_bytes: n_bytes(&path.join("index")),
        snapshot_bytes: n_bytes(&path.join("snapshots")),
        quarantine_bytes: n_bytes(&path.join("quarantine")),
        served_by: match Client::connect(&path, ctx.globals.lock_timeout) {
            Ok(owner) => owner.map(|owner| owner.owner()),
            // All else can be said without it.
            Err(error) => Some(error.to_string()),
        },
        path: std::path::absolute(&path)
            .unwrap_or(path)
            .display()
            .to_string(),
    };
    let answer = Answer::general("orch.store/1", info);
    answer.print(&ctx.globals, &mut ctx.ui, |info, doc| {
        doc.field("store", &info.path);
        doc.field("kind", info.kind);
        doc.field("journal", &info.journal);
        doc.field(
            "holds",
            format!("{} records of {} missions", info.position, info.missions),
        );
        doc.field(
            "bytes",
            format!(
                "{} in {} segments, {} of index, {} of snapshots",
                info.journal_bytes, info.segments, info.index_bytes, info.snapshot_bytes
            ),
        );
        doc.field("survives", "power loss, once a command has answered");
        if let Some(owner) = &info.served_by {
            doc.field("served by", owner);
        }
        if info.quarantine_bytes > 0 {
            let bytes = info.quarantine_bytes;
            doc.field(
                "set aside",
                format!("{bytes} bytes after crashes, in quarantine/"),
            );
        }
    })?;
    Ok(Exit::Ok)
}

/// Adds up the files of a folder; what cannot be read counts nothing.
fn n_bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => n_bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.fold(0, u64::saturating_add)
}
