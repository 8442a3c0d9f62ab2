//! `orch vectors`: golden logs for ports to other languages.

use std::path::PathBuf;

use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::view::quoted;

/// Write golden logs: for every record the state it comes to, and every refusal with its reason
///
/// They are for ports of the fold to other languages. The README that is written with them
/// describes their form. Together they show every kind of record, every status, and every code that a log can
/// show. They are the same in each run of one version.
///
/// Example: orch vectors golden
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder, which is made if it is not there
    #[arg(value_name = "DIR", default_value = "vectors")]
    folder: PathBuf,
}

#[derive(Debug, Serialize)]
struct Written {
    folder: String,
    files: usize,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let shown = args.folder.display().to_string();
    let files =
        orch_testkit::vectors::write(&args.folder).map_err(|error| CliError::io(&shown, &error))?;
    let folder = shown;
    let answer = Answer::general("orch.vectors/1", Written { folder, files });
    answer.print(&ctx.globals, &mut ctx.ui, |written, doc| {
        doc.text(format!(
            "{} files in {}",
            written.files,
            quoted(&written.folder)
        ));
        doc.text("README.md there says what each of them is.");
    })?;
    Ok(Exit::Ok)
}
