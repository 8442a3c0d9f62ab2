//! `orch store rebuild`: the index anew from the journal.

use orch_store::segments;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::store::{self, place};

/// Make the index anew from the journal
///
/// Nothing can be lost by it: the journal is the truth, the index only makes it fast.
///
/// Example: orch store rebuild
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Rebuilt {
    records: u64,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let path = place::to_read(ctx.globals.store.as_deref())?;
    let failed = |error| store::failed(&error);
    store::door::must_not_be_served(&path, ctx.globals.lock_timeout, "a rebuild")?;
    segments::discard_index(&path, ctx.globals.lock_timeout).map_err(failed)?;
    let (journal, opening) = place::open_at(&path, ctx.globals.lock_timeout, &ctx.ui)?;
    place::report_torn(&opening, &mut ctx.ui)?;
    let records = journal.end().map_err(failed)?.position.0;
    let answer = Answer::general("orch.store_rebuild/1", Rebuilt { records });
    answer.print(&ctx.globals, &mut ctx.ui, |rebuilt, doc| {
        doc.text(format!(
            "the index was made anew from {} records",
            rebuilt.records
        ));
    })?;
    Ok(Exit::Ok)
}
