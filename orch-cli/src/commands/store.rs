//! `orch store`: looking after the store itself.

mod copy;
mod info;
mod rebuild;
mod verify;

use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;

/// Look after the store: what it holds, whether it is whole, copies of it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Info(info::Args),
    Verify(verify::Args),
    Rebuild(rebuild::Args),
    Backup(copy::BackupArgs),
    Restore(copy::RestoreArgs),
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::Info(args) => info::run(ctx, args),
        Verb::Verify(args) => verify::run(ctx, args),
        Verb::Rebuild(args) => rebuild::run(ctx, args),
        Verb::Backup(args) => copy::backup(ctx, args),
        Verb::Restore(args) => copy::restore(ctx, args),
    }
}

/// Runs `store verify`, which has an old name.
pub(crate) fn validate(ctx: &mut Ctx, args: &ValidateArgs) -> Result<Exit, CliError> {
    verify::run(ctx, &args.verify)
}

/// Check the store: the same as `orch store verify`
///
/// Example: orch validate
#[derive(Debug, clap::Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    verify: verify::Args,
}
