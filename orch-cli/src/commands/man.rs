//! `orch man`: manual pages, from the same declaration as the help.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;

/// Print the manual page, or write the pages of all commands into a folder
///
/// Example: orch man | man -l -
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder to write all pages into; it is made if it is not there
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.folder else {
        let page = render(command, "man")?;
        ctx.ui.print_own(&page)?;
        return Ok(Exit::Ok);
    };
    let failed = |path: &Path, error: &std::io::Error| {
        CliError::io(format!("cannot write {}", path.display()), error)
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    clap_mangen::generate_to(command, folder).map_err(|error| failed(folder, &error))?;
    Ok(Exit::Ok)
}

fn render(command: clap::Command, name: &str) -> Result<Vec<u8>, CliError> {
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .map_err(|error| CliError::io(format!("cannot write the page {name}"), &error))?;
    Ok(page)
}
