//! `orch export`: the records of a mission, byte for byte.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use crate::answer::Answer;
use crate::atomic::{Lock, Replacement, free_name, is_same_file};
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::view::{Rules, View, quoted};

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
    let lock = Lock::take(&args.file, ctx.globals.lock_timeout);
    let lock = lock.map_err(|error| {
        if error.code == ErrorCode::Busy {
            error.hint(view.command(&to(&args.file)))
        } else {
            error
        }
    })?;
    check(args, &view)?;
    let mut file = Replacement::begin(&args.file, &lock)?;
    let mut n_records = 0_usize;
    for record in view.records() {
        file.write(record.as_line().as_bytes())?;
        file.write(b"\n")?;
        n_records = n_records.saturating_add(1);
    }
    file.commit()?;
    drop(lock);
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

/// Sees that nothing is lost by writing the file.
fn check(args: &Args, view: &View) -> Result<(), CliError> {
    let name = args.file.display();
    if args.file.is_dir() {
        let within = args.file.join("export.jsonl");
        let free = if within.exists() {
            free_name(&within)
        } else {
            within
        };
        let what = format!("{name} is a folder; name a file in it");
        return Err(CliError::new(ErrorCode::Usage, what).hint(view.command(&to(&free))));
    }
    let other = view.command(&to(&free_name(&args.file)));
    if view.files.iter().any(|read| is_same_file(read, &args.file)) {
        let what = format!("{name} is the journal itself");
        return Err(CliError::new(ErrorCode::SameFile, what).hint(other));
    }
    if args.file.exists() && !args.force {
        let what = format!("{name} is there already");
        return Err(CliError::new(ErrorCode::Exists, what).hint(other));
    }
    Ok(())
}

/// Writes an export to a file.
fn to(file: &Path) -> String {
    format!("export jsonl {}", quoted(&file.display().to_string()))
}
