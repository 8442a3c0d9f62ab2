//! `orch store verify`: whether the store is what was written to it.

use orch_store::error::StoreError;
use orch_store::journal::{Journal as _, Verified};
use orch_store::socket::Client;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::store::{self, place};

/// Check every byte of the journal, its chain, and that the index agrees
///
/// The journal is read without a lock, so the store may be in use; the index is checked by the process
/// that serves the store, or else if the store is free within --lock-timeout. What a crash left is mended on the way, and said.
///
/// Example: orch store verify && echo whole
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Whole {
    records: u64,
    appends: u64,
    missions: u64,
    bytes: u64,
    chain: String,
    index_checked: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let path = place::to_read(ctx.globals.store.as_deref())?;
    let reader = place::read(&path).map_err(explained)?;
    let mut bar = ctx.ui.progress(0);
    let verified = reader
        .verify(&mut |progress| bar.of(progress.done, progress.total))
        .map_err(|error| failed(&error))?;
    drop(bar);
    let served = Client::connect(&path, ctx.globals.lock_timeout);
    if let Some(owner) = served.map_err(|error| failed(&error))? {
        // It has the index, and checks it together with the journal.
        let verified = owner.verify(&mut |_| {});
        return print(ctx, verified.map_err(|error| failed(&error))?, true);
    }
    let (verified, index_checked) = match place::open_at(&path, ctx.globals.lock_timeout, &ctx.ui) {
        Ok((journal, opening)) => {
            place::report(&opening, &mut ctx.ui)?;
            let mut bar = ctx.ui.progress(0);
            let verified = journal.verify(&mut |progress| bar.of(progress.done, progress.total));
            (verified.map_err(|error| failed(&error))?, true)
        }
        Err(error) if is_of_the_moment(error.code) => {
            let why = format!("the journal is whole; its index was not checked: {error}");
            ctx.ui.warn(&why)?;
            (verified, false)
        }
        Err(error) => return Err(explained(error)),
    };
    print(ctx, verified, index_checked)
}

fn failed(error: &StoreError) -> CliError {
    explained(store::failed(error))
}

/// Whoever has checked a damaged store need not be told to check it.
fn explained(error: CliError) -> CliError {
    if error.code == ErrorCode::DamagedStore {
        let explain = format!("orch explain {}", error.word());
        return error.hint(explain);
    }
    error
}

/// Whether the index could be checked another time.
const fn is_of_the_moment(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::Busy | ErrorCode::ReadOnly | ErrorCode::DiskFull
    )
}

fn print(ctx: &mut Ctx, verified: Verified, index_checked: bool) -> Result<Exit, CliError> {
    let whole = Whole {
        records: verified.records,
        appends: verified.batches,
        missions: verified.missions,
        bytes: verified.bytes,
        chain: verified.chain,
        index_checked,
    };
    let answer = Answer::general("orch.store_verify/1", whole);
    answer.print(&ctx.globals, &mut ctx.ui, |whole, doc| {
        let index = if whole.index_checked {
            ", and the index agrees"
        } else {
            ""
        };
        doc.text(format!(
            "whole: {} records in {} appends of {} missions{index}",
            whole.records, whole.appends, whole.missions
        ));
        doc.field("chain", &whole.chain);
    })?;
    Ok(Exit::Ok)
}
