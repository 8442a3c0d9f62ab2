//! `orch export`: the records of a mission, byte for byte.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use crate::answer::Answer;
use crate::atomic::Replacement;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::view::{Rules, View};

/// Write the records of the mission out, byte for byte, up to the position that --at names
///
/// On a terminal, characters that could steer it are written as escapes of JSON.
///
/// Example: orch -S SEAM.events.jsonl export jsonl seam.jsonl
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The format
    format: Format,

    /// The file to write; `-` is standard output
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,

    /// Put the export in the place of a file that is there
    #[arg(long)]
    force: bool,
}

/// A format to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The log itself: one record a line
    Jsonl,
}

#[derive(Debug, Serialize)]
struct Exported {
    file: String,
    records: usize,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    // One format so far: to add one is to write it here.
    let Format::Jsonl = args.format;
    let view = View::open(&ctx.globals, Rules::MayBeNewer, &mut ctx.ui)?;
    if args.file == Path::new("-") {
        for record in view.records() {
            ctx.ui.print_raw(record.as_line())?;
        }
        return Ok(Exit::Ok);
    }
    let name = args.file.display().to_string();
    if args.file.exists() && !args.force {
        return Err(
            CliError::new(ErrorCode::Exists, format!("{name} is there already")).hint(
                view.command(&format!(
                    "export jsonl {} --force",
                    crate::view::quoted(&name)
                )),
            ),
        );
    }
    let mut file = Replacement::begin(&args.file)?;
    let mut n_records = 0_usize;
    for record in view.records() {
        file.write(record.as_line().as_bytes())?;
        file.write(b"\n")?;
        n_records = n_records.saturating_add(1);
    }
    file.commit()?;
    let exported = Exported {
        file: name,
        records: n_records,
    };
    let answer = Answer::new("orch.export/1", &view, exported);
    answer.print(&ctx.globals, &mut ctx.ui, |exported, doc| {
        doc.text(format!(
            "{} records written to {}",
            exported.records, exported.file
        ));
    })?;
    Ok(Exit::Ok)
}
