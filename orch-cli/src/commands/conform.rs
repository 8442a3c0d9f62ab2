//! `orch conform`: the laws of a machine, held against any program.

mod out;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use orch_testkit::machine::program::{Limits, Program};
use orch_testkit::machine::{Again, Budget, MACHINE_LAWS, MachineLaw, Report, Stopped, judge};

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::select;
use crate::view::quoted;
use out::{Conformance, LawList};

/// Hold a program against the laws of a machine, whatever it is written in
///
/// The program folds records: it reads one JSON object a line on standard input and answers each with one
/// on standard output, as docs/conform-protocol.md of the repository describes. It says first what
/// it claims to fold and to show; nothing else is asked for, and laws about the rest are reported as
/// not claimed. Logs are told, recorded and drawn, and what the program shows is compared with the
/// reference and held against the laws. A log that shows a breach is cut down to the records that it
/// takes and written into a folder, with the line that finds it again.
///
/// Exit code 13: a law is broken. Exit code 1: the program died, hung, or said what is no answer.
///
/// Example: orch conform -- python3 examples/conform/tiny.py
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The program, and its arguments
    #[arg(last = true, value_name = "CMD", required_unless_present = "list")]
    command: Vec<OsString>,

    /// Only this law; can be given several times
    #[arg(long, value_name = "NAME")]
    law: Vec<String>,

    /// The seed of the first log that is drawn; the others follow it
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many logs are drawn, besides those that are always there
    #[arg(long, value_name = "N", default_value_t = 100)]
    cases: u32,

    /// The longest that one answer may take
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = humantime::parse_duration)]
    timeout: Duration,

    /// The folder for what breaks a law; with this flag the report is written there as well
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,

    /// List the laws, and what a program has to show for each
    #[arg(long, conflicts_with_all = ["command", "law", "into"])]
    list: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    if args.list {
        let answer = Answer::general("orch.laws/1", LawList::all()).list("laws");
        answer.print(&ctx.globals, &mut ctx.ui, LawList::write)?;
        return Ok(Exit::Ok);
    }
    let budget = budget(args)?;
    let limits = Limits {
        answer: args.timeout,
        ..Limits::default()
    };
    let mut program = Program::start(&args.command, limits)
        .map_err(|failure| failed(&failure.to_string()).hint("orch help conform"))?;
    let mut progress = None;
    let ui = &ctx.ui;
    let judged = judge(&mut program, &budget, &mut |done, total| {
        let bar = progress.get_or_insert_with(|| ui.progress_of_logs(total));
        bar.at(done);
    });
    drop(progress);
    let report = judged.map_err(|stopped| stopped_at(&stopped, &budget))?;
    if args.into.is_some() {
        write_report(&report, &budget)?;
    }
    let is_broken = report.laws.iter().any(|row| !row.outcome.is_good());
    let conformance = Conformance::of(report);
    let mut answer = Answer::general("orch.conform/1", conformance).list("laws");
    let next = answer.data.next();
    answer.suggest(next);
    answer.print(&ctx.globals, &mut ctx.ui, Conformance::write)?;
    Ok(if is_broken { Exit::Differs } else { Exit::Ok })
}

/// What is tried, and where what is found goes.
fn budget(args: &Args) -> Result<Budget, CliError> {
    let laws = if args.law.is_empty() {
        MACHINE_LAWS.iter().collect()
    } else {
        let named = args.law.iter().map(|name| named(name));
        named.collect::<Result<_, _>>()?
    };
    let words = args
        .command
        .iter()
        .map(|word| quoted(&word.to_string_lossy()));
    let folder = args
        .into
        .clone()
        .unwrap_or_else(|| PathBuf::from("orch-conform"));
    Ok(Budget {
        laws,
        seed: args.seed,
        cases: args.cases,
        folder: Some(folder),
        again: Again::Program(words.collect::<Vec<_>>().join(" ")),
        shrinks: true,
    })
}

fn named(name: &str) -> Result<&'static MachineLaw, CliError> {
    MachineLaw::named(name).ok_or_else(|| {
        let near = select::nearest(
            MACHINE_LAWS.iter().map(|law| law.name),
            &name.to_uppercase(),
        );
        CliError::new(ErrorCode::UnknownLaw, format!("no law is called {name:?}"))
            .evidence_all(near.iter().map(|near| format!("did you mean {near}?")))
            .hint("orch conform --list")
    })
}

fn failed(what: &str) -> CliError {
    let mut lines = what.lines();
    let first = lines.next().unwrap_or_default();
    CliError::new(ErrorCode::Program, first).evidence_all(lines.map(str::to_owned))
}

/// Says where the program stopped, and keeps the log that it was asked about.
fn stopped_at(stopped: &Stopped, budget: &Budget) -> CliError {
    let error = failed(&stopped.failure.to_string()).evidence(format!(
        "in the log {:?}, of {} records",
        stopped.story,
        stopped.records.len()
    ));
    let Some(folder) = &budget.folder else {
        return error;
    };
    let path = folder.join("stopped").join("history.jsonl");
    let lines = stopped
        .records
        .iter()
        .map(|record| format!("{}\n", record.as_line()));
    let written = fs::create_dir_all(folder.join("stopped"))
        .and_then(|()| fs::write(&path, lines.collect::<String>()));
    match written {
        Ok(()) => {
            let path = quoted(&path.display().to_string());
            error.hint(format!("orch -S {path} replay"))
        }
        Err(problem) => error.evidence(format!("{}: {problem}", path.display())),
    }
}

/// Writes the report as JSON and as a table.
fn write_report(report: &Report, budget: &Budget) -> Result<(), CliError> {
    let Some(folder) = &budget.folder else {
        return Ok(());
    };
    let write = |name: &str, text: String| fs::write(folder.join(name), text);
    fs::create_dir_all(folder)
        .and_then(|()| write("orch-conformance.json", report.json() + "\n"))
        .and_then(|()| write("orch-conformance.md", report.markdown()))
        .map_err(|error| CliError::io(folder.display(), &error))
}
