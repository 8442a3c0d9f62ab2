//! `orch import`: foreign journals, written down as records.

mod destination;

use std::path::{Path, PathBuf};

use chrono::SecondsFormat;
use clap::ValueEnum;
use orch_core::ids::MissionId;
use orch_import::{Family, Import, ImportError, Input, Options, Pairing, Report, Sealer, Taken};
use serde::Serialize;

use destination::{Again, Destination};

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::store::{File, import_failed, none_mapped, place, source_name};
use crate::view::quoted;

/// Write foreign journals down as records, into the store, or the journal that -S names
///
/// Files that belong together, such as the events, dependencies and issues of one beads backup,
/// are given together. The same files again add nothing; files that have grown add what is new.
/// A journal is written whole or not at all, and stays as it is when a source is bad. Into a store
/// the records go once all sources were read; should it be interrupted, what is on record is the
/// beginning of them, and the same import again adds the rest.
/// With `-S -` the records go to standard output and the report to standard error.
///
/// Example: orch -S journal.jsonl import auto .beads/issues.jsonl
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The format of the files; `auto` recognises it
    format: Format,

    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Read everything and report, but write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// A format that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Auto,
    Beads,
    Needle,
}

impl Format {
    fn is(self, family: Family) -> bool {
        match self {
            Self::Auto => true,
            Self::Beads => family == Family::Beads,
            Self::Needle => family == Family::Needle,
        }
    }
}

#[derive(Debug, Serialize)]
struct Imported {
    destination: String,
    dry_run: bool,
    records_before: usize,
    records_after: usize,
    /// How many commands the destination has that the files do not repeat.
    unseen: usize,
    report: Report,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let path = destination_path(ctx, args)?;
    let mission = match &ctx.globals.mission {
        Some(text) => Some(MissionId::parse(text).map_err(|error| {
            CliError::new(ErrorCode::Usage, error.to_string()).hint("orch help import")
        })?),
        None => None,
    };
    let import = open(args, mission)?;
    let id = import.mission().clone();
    let patience = (!args.dry_run).then_some(ctx.globals.lock_timeout);
    let again = again(&path, ctx.globals.mission.as_deref(), args);
    let mut destination = Destination::open(&path, &id, patience, &again, &mut ctx.ui)?;
    let before = destination.n_records();
    let mut sealer = Sealer::new(id, destination.last(), destination.commands());
    let mut progress = ctx.ui.progress(total_bytes(args));
    let mut failed: Option<CliError> = None;
    let run = import.run(&mut |bytes| progress.at(bytes), &mut |draft| {
        let Some(record) = sealer.seal(draft)? else {
            return Ok(Taken::Present);
        };
        match destination.add(&record, &mut ctx.ui) {
            Ok(()) => Ok(Taken::Written),
            Err(error) => {
                let source = Box::new(error.clone());
                failed = Some(error);
                Err(ImportError::Sink { source })
            }
        }
    });
    drop(progress);
    let report = match (run, failed) {
        (_, Some(error)) => return Err(error),
        (Err(error), None) => return Err(import_failed(&error)),
        (Ok(report), None) => report,
    };
    if let Some(nothing) = none_mapped(&report) {
        return Err(nothing);
    }
    let is_stdout = destination.is_stdout();
    let after = before.saturating_add(usize::try_from(report.total.written).unwrap_or(usize::MAX));
    destination.commit()?;
    let imported = Imported {
        destination: path.display().to_string(),
        dry_run: args.dry_run,
        records_before: before,
        records_after: after,
        unseen: sealer.unseen(),
        report,
    };
    if is_stdout && !args.dry_run {
        let mut doc = ctx.ui.doc();
        write(&imported, &mut doc);
        ctx.ui.print_aside(doc)?;
        return Ok(Exit::Ok);
    }
    let shown = quoted(&imported.destination);
    let answer = Answer::general("orch.import/1", imported).next(format!("orch -S {shown} status"));
    answer.print(&ctx.globals, &mut ctx.ui, write)?;
    Ok(Exit::Ok)
}

/// Returns where the records go: what -S names, or the nearest store.
fn destination_path(ctx: &Ctx, args: &Args) -> Result<PathBuf, CliError> {
    let said = ctx.globals.store.as_deref();
    let path = place::to_read(said);
    match path {
        Ok(path) if said.is_some() || place::is_store(&path) => return Ok(path),
        Ok(_) | Err(_) => {}
    }
    let files = args
        .files
        .iter()
        .map(|file| quoted(&file.display().to_string()));
    let files = files.collect::<Vec<_>>().join(" ");
    Err(
        CliError::new(ErrorCode::Usage, "an import needs a destination")
            .evidence("there is no store here or above; `orch init` makes one")
            .evidence("or -S names the journal that the records go into")
            .hint(format!("orch -S journal.jsonl import auto {files}")),
    )
}

/// Opens the sources and sees that they are of the format that was said.
fn open(args: &Args, mission: Option<MissionId>) -> Result<Import<'static>, CliError> {
    let mut inputs = Vec::new();
    for path in &args.files {
        if path.is_dir() {
            let what = format!("{} is a folder; name its files", path.display());
            return Err(CliError::new(ErrorCode::Usage, what).hint("orch help import"));
        }
        let file = File::open(path)?;
        // It says better what is wrong with a file than the importer, which knows only rows.
        file.kind()?;
        inputs.push(Input::new(source_name(path), file.into_reader()));
    }
    let mut options = Options::default();
    options.mission = mission;
    let import = Import::open(inputs, &options).map_err(|error| import_failed(&error))?;
    let family = import.family();
    if args.format.is(family) {
        return Ok(import);
    }
    let files = import
        .files()
        .map(|(name, format)| format!("{name} is {format}"));
    let said = args
        .format
        .to_possible_value()
        .map(|value| value.get_name().to_owned());
    let said = said.unwrap_or_default();
    Err(CliError::new(
        ErrorCode::FormatMismatch,
        format!("the source is of {family}, not {said}"),
    )
    .evidence_all(files)
    .hint("orch explain format_mismatch"))
}

/// Writes the import down as it was asked for.
fn again(store: &Path, mission: Option<&str>, args: &Args) -> Again {
    let format = args.format.to_possible_value();
    let format = format.map_or_else(String::new, |value| value.get_name().to_owned());
    let files = args
        .files
        .iter()
        .map(|file| quoted(&file.display().to_string()));
    Again {
        before: format!("orch -S {}", quoted(&store.display().to_string())),
        mission: mission.map(str::to_owned),
        after: format!("import {format} {}", files.collect::<Vec<_>>().join(" ")),
    }
}

fn total_bytes(args: &Args) -> u64 {
    let sizes = args
        .files
        .iter()
        .filter_map(|path| std::fs::metadata(path).ok());
    sizes.map(|metadata| metadata.len()).sum()
}

fn write(imported: &Imported, doc: &mut Doc) {
    let report = &imported.report;
    let total = &report.total;
    let line = Line::new().text("mission ").strong(report.mission.as_str());
    doc.line(line.text(format!(" from {}", report.family)));
    let dry = if imported.dry_run {
        " (dry run: nothing written)"
    } else {
        ""
    };
    doc.field("into", format!("{}{dry}", imported.destination));
    doc.field(
        "rows",
        format!(
            "{} read: {} mapped, {} unknown, {} malformed, {} blank",
            total.read, total.mapped, total.unknown, total.malformed, total.blank
        ),
    );
    doc.field(
        "records",
        format!(
            "{} new, {} there already; {} in all",
            total.written, total.present, imported.records_after
        ),
    );
    if imported.unseen > 0 {
        let word = if imported.unseen == 1 {
            "command"
        } else {
            "commands"
        };
        doc.field(
            "unseen",
            format!(
                "{} {word} in the journal are not in these files any more; of a snapshot that can \
                 mean that an issue was reopened, edited or deleted since, which the journal does \
                 not see",
                imported.unseen
            ),
        );
    }
    write_files(report, doc);
    if let Some(pairing) = &report.pairing {
        write_pairing(pairing, doc);
    }
    if !report.oddities.is_empty() {
        doc.gap();
        doc.text("odd in the source");
        for (oddity, finding) in &report.oddities {
            let first = finding.examples.first().map_or("", String::as_str);
            let line = Line::new()
                .text("  ")
                .padded(Tone::Warn, oddity.as_str(), 24);
            doc.line(
                line.text(format!("{:>6}  ", finding.count))
                    .hang()
                    .text(first),
            );
        }
    }
}

/// Names the lines of each file that became no records of a known kind.
fn write_files(report: &Report, doc: &mut Doc) {
    const LINES_MAX: usize = 10;
    for file in &report.files {
        doc.gap();
        doc.line(
            Line::new()
                .strong(&file.name)
                .text(format!(" is {}: {}", file.format, file.why)),
        );
        for (what, named) in [("malformed", &file.malformed), ("unknown", &file.unknown)] {
            for reason in named.reasons.iter().take(LINES_MAX) {
                let line = Line::new().text("  ").tone(Tone::Warn, what).hang();
                doc.line(line.text(format!(" line {}: {}", reason.line, reason.reason)));
            }
            let left = named
                .lines
                .len()
                .saturating_sub(named.reasons.len().min(LINES_MAX));
            if left > 0 {
                doc.text(format!("  {what}: and {left} more; --json names all"));
            }
        }
    }
}

/// Names the dispatches that never ended, by both ways of telling which end is whose.
fn write_pairing(pairing: &Pairing, doc: &mut Doc) {
    doc.gap();
    doc.text(format!(
        "never ended: {} of {} dispatches, {} if an end must name task and worker",
        pairing.open_by_worker, pairing.dispatches, pairing.open_by_task_and_worker
    ));
    for left in &pairing.never_ended {
        let line = Line::new()
            .text("  ")
            .padded(Tone::Strong, left.task.as_str(), 16);
        let moved_on = if left.worker_moved_on {
            "; its worker ended another task"
        } else {
            ""
        };
        let rest = format!(
            " with {}, attempt {}, since {} (line {}){moved_on}",
            left.worker,
            left.attempt,
            left.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            left.line
        );
        doc.line(line.hang().text(rest));
    }
}
