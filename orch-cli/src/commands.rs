//! The subcommands, one file each: `Args`, whose doc comment is the manual, and `run`.

pub(crate) mod blocked;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod help;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod log;
pub(crate) mod man;
pub(crate) mod missions;
pub(crate) mod next;
pub(crate) mod progress;
pub(crate) mod ready;
pub(crate) mod replay;
pub(crate) mod rules;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod store;
pub(crate) mod version;
pub(crate) mod wait;
pub(crate) mod why;
pub(crate) mod why_not;

use crate::cli::Command;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;

/// Runs a subcommand.
///
/// # Errors
/// What the subcommand says.
pub(crate) fn run(ctx: &mut Ctx, command: &Command) -> Result<Exit, CliError> {
    match command {
        Command::Init(args) => init::run(ctx, args),
        Command::Store(args) => store::run(ctx, args),
        Command::Validate(args) => store::validate(ctx, args),
        Command::Wait(args) => wait::run(ctx, args),
        Command::Check(args) => check::run(ctx, args),
        Command::Status(args) => status::run(ctx, args),
        Command::Why(args) => why::run(ctx, args),
        Command::WhyNot(args) => why_not::run(ctx, args),
        Command::Log(args) => log::run(ctx, args),
        Command::Show(args) => show::run(ctx, args),
        Command::Ready(args) => ready::run(ctx, args),
        Command::Next(args) => next::run(ctx, args),
        Command::Blocked(args) => blocked::run(ctx, args),
        Command::Progress(args) => progress::run(ctx, args),
        Command::Replay(args) => replay::run(ctx, args),
        Command::Rules(args) => rules::run(ctx, args),
        Command::Explain(args) => explain::run(ctx, args),
        Command::Missions(args) => missions::run(ctx, args),
        Command::Import(args) => import::run(ctx, args),
        Command::Export(args) => export::run(ctx, args),
        Command::Completions(args) => completions::run(ctx, args),
        Command::Man(args) => man::run(ctx, args),
        Command::Version(args) => version::run(ctx, args),
        Command::Help(args) => help::run(ctx, args),
    }
}
