//! `orch completions`: scripts that let a shell complete commands.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;

/// Print a script that lets a shell complete orch's commands and flags
///
/// Example: orch completions bash > ~/.local/share/bash-completion/completions/orch
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "orch", &mut script);
    ctx.ui.print_own(&script)?;
    Ok(Exit::Ok)
}
