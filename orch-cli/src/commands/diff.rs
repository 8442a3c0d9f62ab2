//! `orch diff`: what differs between two positions, or between the log and a fork of it.

mod out;
mod write;

use chrono::{DateTime, Utc};
use orch_core::diff::{self, Position as Place};
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;

use crate::answer::Answer;
use crate::at::{self, Position};
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::view::View;

use out::{DiffOut, Standing};

/// Show what differs between two positions: tasks, agents, what is owed, the verdict
///
/// Each change is marked: NEW, DONE, ENDED, REOPENED, OWNER, CHANGED, or GONE, and names the record
/// that made it. Without the second position it is the one that is looked at: the last, or that of
/// --at. The first may be the later one; then the changes are those of going back. In
/// `orch what-if`, without any position, the log is compared with its fork.
///
/// Example: orch -S examples/stuck-mission.jsonl diff 20 34
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// The position before
    #[arg(value_name = "BEFORE", conflicts_with = "since")]
    before: Option<Position>,

    /// The position after
    #[arg(value_name = "AFTER", requires = "before")]
    after: Option<Position>,

    /// The position before, such as `~10` or `-1h`
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    since: Option<Position>,

    /// Exit with 13 if anything differs
    #[arg(long)]
    exit_code: bool,
}

/// One side of the comparison: a place, the mission there, and the clock there.
#[derive(Debug)]
struct End<'a> {
    place: Place<'a>,
    mission: Mission,
    now: DateTime<Utc>,
    is_fork: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let (before, after) = ends(ctx, args, &view)?;
    let found = diff::diff(before.place, after.place);
    let out = DiffOut::new(&found, &before, &after);
    let differs = out.differs;
    let times = ctx.times(&view);
    let is_verbose = ctx.globals.verbose;
    let answer = Answer::new("orch.diff/1", &view, out).list("changes");
    answer.print(&ctx.globals, &mut ctx.ui, |out, doc| {
        write::page(out, doc, &times, is_verbose);
    })?;
    if args.exit_code && differs {
        return Ok(Exit::Differs);
    }
    Ok(ctx.exit(&view))
}

fn ends<'a>(ctx: &Ctx, args: &Args, view: &'a View) -> Result<(End<'a>, End<'a>), CliError> {
    let clock = |history: &History, seq: Seq| {
        // A clock that was set counts on both sides; else each position has its own.
        let own = crate::view::latest(history, seq).unwrap_or(view.now);
        if ctx.globals.now.is_some() {
            view.now
        } else {
            own
        }
    };
    let end = |history: &'a History, seq: Seq, is_fork: bool| End {
        place: Place { history, seq },
        mission: history.at(seq),
        now: clock(history, seq),
        is_fork,
    };
    let is_fork = view.fork.is_some();
    let here = End {
        mission: view.mission.clone(),
        now: view.now,
        ..end(&view.history, view.seq, is_fork)
    };
    let first = args.before.as_ref().or(args.since.as_ref());
    let Some(first) = first else {
        let Some(fork) = &view.fork else {
            let what = "a position is missing: the one before";
            return Err(
                CliError::new(ErrorCode::Usage, what).hint(view.command("diff --since ~10"))
            );
        };
        let seq = match &ctx.globals.at {
            Some(position) => at::resolve(position, &fork.log, Seq(u64::MAX), view.now)?,
            None => fork.log.head().head(),
        };
        return Ok((end(&fork.log, seq, false), here));
    };
    let before = view.find(first)?;
    let after = match &args.after {
        Some(position) => end(&view.history, view.find(position)?.min(view.seq), is_fork),
        None => here,
    };
    Ok((end(&view.history, before.min(view.seq), is_fork), after))
}

impl End<'_> {
    /// Judges the mission at this end: the one place here that asks for a verdict.
    fn standing(&self) -> Standing {
        let diagnosis = self.mission.diagnose(self.now);
        Standing {
            verdict: diagnosis.verdict.as_str(),
            phase: self.mission.phase().kind.as_str(),
            causes: diagnosis.causes,
        }
    }
}
