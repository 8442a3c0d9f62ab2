//! The subcommands, one file each: `Args`, whose doc comment is the manual, and `run`, or what it asks of
//! the core.

pub(crate) mod ack;
pub(crate) mod add;
pub(crate) mod agent;
pub(crate) mod archive;
pub(crate) mod beat;
pub(crate) mod bisect;
pub(crate) mod blame;
pub(crate) mod blocked;
pub(crate) mod cancel;
pub(crate) mod check;
pub(crate) mod claim;
pub(crate) mod close;
pub(crate) mod completions;
pub(crate) mod conform;
pub(crate) mod correct;
pub(crate) mod deliver;
pub(crate) mod dep;
pub(crate) mod diff;
pub(crate) mod dispatch;
pub(crate) mod do_;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fail;
pub(crate) mod findings;
pub(crate) mod gate;
pub(crate) mod handoff;
pub(crate) mod help;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod inbox;
pub(crate) mod init;
pub(crate) mod inventory;
pub(crate) mod lint;
pub(crate) mod log;
pub(crate) mod man;
pub(crate) mod message;
pub(crate) mod mission;
pub(crate) mod missions;
pub(crate) mod next;
pub(crate) mod note;
pub(crate) mod older;
pub(crate) mod prime;
pub(crate) mod problems;
pub(crate) mod progress;
pub(crate) mod ready;
pub(crate) mod rebind;
pub(crate) mod reconcile;
pub(crate) mod release;
pub(crate) mod replay;
pub(crate) mod retry;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod shutdown;
pub(crate) mod skip;
pub(crate) mod stand_down;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod store;
pub(crate) mod tick;
pub(crate) mod timeline;
pub(crate) mod vectors;
pub(crate) mod version;
pub(crate) mod wait;
pub(crate) mod what_if;
pub(crate) mod why;
pub(crate) mod why_not;

use crate::cli::Command;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::write::{self, Asks};

/// What a subcommand does.
enum Does<'a> {
    /// It asks for one command of the core.
    Asks(&'a dyn Asks),
    /// It reads, or asks for several things.
    Runs(Run<'a>),
}

type Run<'a> = Box<dyn FnOnce(&mut Ctx) -> Result<Exit, CliError> + 'a>;

/// Runs a subcommand.
///
/// # Errors
/// What the subcommand says.
pub(crate) fn run(ctx: &mut Ctx, command: &Command) -> Result<Exit, CliError> {
    refuse_a_position(ctx, command)?;
    match does(command) {
        Does::Asks(asks) => write::run(ctx, asks),
        Does::Runs(run) => run(ctx),
    }
}

/// Says that `--at` means nothing to a command that looks at no mission, rather than leaving it out.
fn refuse_a_position(ctx: &Ctx, command: &Command) -> Result<(), CliError> {
    let looks_at_none = matches!(
        command,
        Command::Init(_)
            | Command::Import(_)
            | Command::Serve(_)
            | Command::Conform(_)
            | Command::Vectors(_)
            | Command::Store(_)
            | Command::Validate(_)
    );
    if ctx.globals.at.is_none() || !looks_at_none {
        return Ok(());
    }
    let what = "--at is for reading a mission: this command looks at none";
    Err(CliError::new(ErrorCode::Usage, what).hint("orch help positions"))
}

/// Returns what a subcommand asks of the core; `None` if it reads, or asks for several things.
pub(crate) fn asks(command: &Command) -> Option<&dyn Asks> {
    match does(command) {
        Does::Asks(asks) => Some(asks),
        Does::Runs(_) => None,
    }
}

#[expect(clippy::too_many_lines, reason = "one line for each command")]
fn does(command: &Command) -> Does<'_> {
    match command {
        Command::Init(args) => runs(|ctx| init::run(ctx, args)),
        Command::Status(args) => runs(|ctx| status::run(ctx, args)),
        Command::Why(args) => runs(|ctx| why::run(ctx, args)),
        Command::WhyNot(args) => runs(|ctx| why_not::run(ctx, args)),
        Command::Log(args) => runs(|ctx| log::run(ctx, args)),
        Command::Show(args) => runs(|ctx| show::run(ctx, args)),
        Command::Ready(args) => runs(|ctx| ready::run(ctx, args)),
        Command::Next(args) => runs(|ctx| next::run(ctx, args)),
        Command::Blocked(args) => runs(|ctx| blocked::run(ctx, args)),
        Command::Prime(args) => runs(|ctx| prime::run(ctx, args)),
        Command::Problems(args) => runs(|ctx| problems::run(ctx, args)),
        Command::Progress(args) => runs(|ctx| progress::run(ctx, args)),
        Command::Inbox(args) => runs(|ctx| inbox::run(ctx, args)),
        Command::Reconcile(args) => runs(|ctx| reconcile::run(ctx, args)),
        Command::Replay(args) => runs(|ctx| replay::run(ctx, args)),
        Command::Lint(args) => runs(|ctx| lint::run(ctx, args)),
        Command::Diff(args) => runs(|ctx| diff::run(ctx, args)),
        Command::Blame(args) => runs(|ctx| blame::run(ctx, args)),
        Command::Timeline(args) => runs(|ctx| timeline::run(ctx, args)),
        Command::WhatIf(args) => runs(|ctx| what_if::run(ctx, args)),
        Command::Rules(args) => runs(|ctx| rules::run(ctx, args)),
        Command::Explain(args) => runs(|ctx| explain::run(ctx, args)),
        Command::Missions(args) => runs(|ctx| missions::run(ctx, args)),
        Command::Import(args) => runs(|ctx| import::run(ctx, args)),
        Command::Export(args) => runs(|ctx| export::run(ctx, args)),
        Command::Wait(args) => runs(|ctx| wait::run(ctx, args)),
        Command::Bisect(args) => runs(|ctx| bisect::run(ctx, args)),
        Command::Check(args) => runs(|ctx| check::run(ctx, args)),
        Command::Conform(args) => runs(|ctx| conform::run(ctx, args)),
        Command::Vectors(args) => runs(|ctx| vectors::run(ctx, args)),
        Command::Store(args) => runs(|ctx| store::run(ctx, args)),
        Command::Serve(args) => runs(|ctx| serve::run(ctx, args)),
        Command::Validate(args) => runs(|ctx| store::validate(ctx, args)),
        Command::Completions(args) => runs(|ctx| completions::run(ctx, args)),
        Command::Man(args) => runs(|ctx| man::run(ctx, args)),
        Command::Version(args) => runs(|ctx| version::run(ctx, args)),
        Command::Help(args) => runs(|ctx| help::run(ctx, args)),
        Command::Ack(args) => Does::Asks(args),
        Command::Add(args) => Does::Asks(&**args),
        Command::Agent(args) => either(args.asks(), |ctx| agent::run(ctx, args)),
        Command::Archive(args) => Does::Asks(args),
        Command::Beat(args) => Does::Asks(args),
        Command::Cancel(args) => Does::Asks(args),
        Command::Claim(args) => Does::Asks(args),
        Command::Close(args) => Does::Asks(args),
        Command::Correct(args) => Does::Asks(args.asks()),
        Command::Deliver(args) => Does::Asks(args),
        Command::Dep(args) => either(args.asks(), |ctx| dep::run(ctx, args)),
        Command::Dispatch(args) => Does::Asks(args),
        Command::Do(args) => Does::Asks(args),
        Command::Fail(args) => Does::Asks(args),
        Command::Findings(args) => either(args.asks(), |ctx| findings::run(ctx, args)),
        Command::Gate(args) => Does::Asks(args.asks()),
        Command::Handoff(args) => Does::Asks(args),
        Command::Hold(args) => Does::Asks(args),
        Command::Inventory(args) => Does::Asks(args),
        Command::Message(args) => Does::Asks(args),
        Command::Mission(args) => either(args.asks(), |ctx| mission::run(ctx, args)),
        Command::Note(args) => Does::Asks(args),
        Command::Rebind(args) => Does::Asks(args),
        Command::Release(args) => Does::Asks(args),
        Command::Retry(args) => Does::Asks(args),
        Command::Run(args) => Does::Asks(args.asks()),
        Command::Shutdown(args) => Does::Asks(args),
        Command::Skip(args) => Does::Asks(args),
        Command::StandDown(args) => Does::Asks(args),
        Command::Start(args) => Does::Asks(args),
        Command::Tick(args) => Does::Asks(args),
        Command::MarkStarted(args) => runs(|ctx| older::mark_started(ctx, args)),
        Command::MarkComplete(args) => Does::Asks(args),
        Command::MarkFailed(args) => Does::Asks(args),
        Command::MarkSkipped(args) => Does::Asks(args),
        Command::WriteFindings(args) => Does::Asks(args),
        Command::ReadFindings(args) => runs(|ctx| findings::get(ctx, args)),
        Command::StartRun(args) => runs(|ctx| older::start_run(ctx, args)),
        Command::CompleteRun(args) => runs(|ctx| older::complete_run(ctx, args)),
    }
}

fn runs<'a>(run: impl FnOnce(&mut Ctx) -> Result<Exit, CliError> + 'a) -> Does<'a> {
    Does::Runs(Box::new(run))
}

/// A noun of which some verbs write and others read.
fn either<'a>(
    asks: Option<&'a dyn Asks>,
    run: impl FnOnce(&mut Ctx) -> Result<Exit, CliError> + 'a,
) -> Does<'a> {
    asks.map_or_else(|| runs(run), Does::Asks)
}
