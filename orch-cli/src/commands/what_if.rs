//! `orch what-if`: any read, on a copy of the log that is edited in memory.

use std::ffi::OsString;
use std::rc::Rc;

use super::diff;
use crate::at::Position;
use crate::cli::{Color, Command, Globals, Output};
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::fork::{self, Drafts, Plan, Planned};
use crate::usage;

/// Ask what would be so if the log were another one; nothing is written
///
/// The log is copied in memory without some records, with others put in, moved or replaced, and
/// numbered anew from the first change on. Any command that reads can follow after `--`; it answers
/// about the copy, and says so. Without one, what differs from the log is shown: the state, what
/// holds it up, and the verdict.
///
/// SEQ is a position as for --at, in the log as it is. FILE has one JSON object a line: a record,
/// or what one would say, such as {"by":"human:ada","kind":"note","data":{"task":"t1","text":"…"}}.
///
/// Example: orch -S examples/stuck-mission.jsonl what-if --drop 33 -- why writer
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    /// Leave records out: `--drop 28`, `--drop 28,30`
    #[arg(
        long,
        value_name = "SEQ",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    drop: Vec<Position>,

    /// Put the records of a file in: at the end, or after a record; after 0 is at the beginning
    #[arg(long, value_name = "[SEQ=]FILE")]
    insert: Vec<String>,

    /// Move a record to the place after another; after 0 is at the beginning
    #[arg(long = "move", value_name = "SEQ=AFTER")]
    moves: Vec<String>,

    /// Put the records of a file in the place of a record
    #[arg(long, value_name = "SEQ=FILE")]
    replace: Vec<String>,

    /// The command that reads, and its flags
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let plan = args.plan()?;
    if plan.edits.is_empty() {
        let what = "an edit is missing: --drop, --insert, --move or --replace";
        return Err(CliError::new(ErrorCode::Usage, what).hint("orch help what-if"));
    }
    if args.command.is_empty() {
        ctx.globals.fork = Some(plan);
        return diff::run(ctx, &diff::Args::default());
    }
    let words = std::iter::once(OsString::from("orch")).chain(args.command.iter().cloned());
    let cli = usage::parse(words).map_err(|error| usage::explained(&error))?;
    if !reads(&cli.command) {
        let what = "only a command that reads one mission can follow: nothing is written in a fork";
        return Err(CliError::new(ErrorCode::Usage, what).hint("orch help what-if"));
    }
    ctx.globals = under(cli.globals, &ctx.globals);
    ctx.globals.fork = Some(plan);
    // What the flags after `--` say about the output counts from here on.
    let mut inner = Ctx::new(ctx.globals.clone());
    let exit = super::run(&mut inner, &cli.command)?;
    inner.ui.flush()?;
    Ok(exit)
}

impl Args {
    fn plan(&self) -> Result<Plan, CliError> {
        let mut edits: Vec<Planned> = self.drop.iter().cloned().map(Planned::Drop).collect();
        for said in &self.replace {
            let (seq, file) = pair(said, "SEQ=FILE")?;
            edits.push(Planned::Replace(position(seq)?, fork::read(file)?));
        }
        for said in &self.moves {
            let (seq, after) = pair(said, "SEQ=AFTER")?;
            edits.push(Planned::Move(position(seq)?, position(after)?));
        }
        for said in &self.insert {
            let (after, drafts) = insertion(said)?;
            edits.push(Planned::Insert(after, drafts));
        }
        let edits: Rc<[Planned]> = edits.into();
        Ok(Plan { edits })
    }
}

fn pair<'a>(said: &'a str, form: &str) -> Result<(&'a str, &'a str), CliError> {
    said.split_once('=').ok_or_else(|| {
        let what = format!("{said:?} is not of the form {form}");
        CliError::new(ErrorCode::Usage, what).hint("orch help what-if")
    })
}

fn position(said: &str) -> Result<Position, CliError> {
    said.parse().map_err(|error: String| {
        CliError::new(ErrorCode::Usage, format!("{said:?}: {error}")).hint("orch help positions")
    })
}

/// Reads `SEQ=FILE`, or a file whose name may have `=` in it.
fn insertion(said: &str) -> Result<(Option<Position>, Drafts), CliError> {
    if let Some((seq, file)) = said.split_once('=')
        && let Ok(after) = seq.parse()
    {
        return Ok((Some(after), fork::read(file)?));
    }
    Ok((None, fork::read(said)?))
}

/// Whether a command reads one mission, and nothing else.
fn reads(command: &Command) -> bool {
    super::asks(command).is_none()
        && matches!(
            command,
            Command::Status(_)
                | Command::Why(_)
                | Command::WhyNot(_)
                | Command::Log(_)
                | Command::Show(_)
                | Command::Ready(_)
                | Command::Next(_)
                | Command::Blocked(_)
                | Command::Prime(_)
                | Command::Problems(_)
                | Command::Progress(_)
                | Command::Reconcile(_)
                | Command::Bisect(_)
                | Command::Lint(_)
                | Command::Inbox(_)
                | Command::Replay(_)
                | Command::Check(_)
                | Command::Diff(_)
                | Command::Blame(_)
                | Command::Timeline(_)
                | Command::Agent(_)
                | Command::Dep(_)
                | Command::Findings(_)
                | Command::ReadFindings(_)
        )
}

/// The flags after `--`, and where they say nothing those before it.
fn under(inner: Globals, outer: &Globals) -> Globals {
    let outer = outer.clone();
    Globals {
        store: inner.store.or(outer.store),
        mission: inner.mission.or(outer.mission),
        actor: inner.actor.or(outer.actor),
        at: inner.at.or(outer.at),
        now: inner.now.or(outer.now),
        output: if inner.output == Output::Text {
            outer.output
        } else {
            inner.output
        },
        json: inner.json || outer.json,
        field: inner.field.or(outer.field),
        time: inner.time.or(outer.time),
        color: if inner.color == Color::Auto {
            outer.color
        } else {
            inner.color
        },
        ascii: inner.ascii || outer.ascii,
        quiet: inner.quiet || outer.quiet,
        verbose: inner.verbose || outer.verbose,
        lock_timeout: inner.lock_timeout,
        exit_status: inner.exit_status || outer.exit_status,
        fork: None,
    }
}
