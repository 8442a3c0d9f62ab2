//! `orch wait`: returns when something is so, without asking again and again.
//!
//! It is level-triggered: what is so already needs no new record. Between two looks it sleeps until
//! the store grows, a clock of the mission runs out, or the time is up.

use std::time::{Duration, Instant};

use chrono::Utc;
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_store::cursor::Cursor;
use orch_store::journal::Journal as _;
use orch_store::segments::Reader;

use super::check;
use crate::answer::Answer;
use crate::cli::Output;
use crate::condition::{Condition, Standing};
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::query::facts::Facts;
use crate::render::doc::Line;
use crate::render::record::{Effects, RecordOut};
use crate::store::{self, place};
use crate::view::{View, about};

/// How many records are read at once.
const CHUNK: usize = 4096;

/// Wait until the mission or a task is as named, and say by the exit code how it ended
///
/// Exits with 0 when it is so; with `--for settled`, the default, 0 means done, 11 stuck and 12
/// ended otherwise. With any other condition, 12 means that it ended and will not be so any more.
/// 124 means that --timeout ran out. Nothing is locked or polled meanwhile. A condition is an
/// expression, see `orch help expressions`; it may name what comes later.
///
/// Example: orch wait login --for 'done || failures > 2' --timeout 20m
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task; the mission if none is named
    #[arg(value_name = "TASK")]
    task: Option<String>,

    /// What it should be: done, settled, stuck, for a task also ready or a status; or an expression
    #[arg(long = "for", value_name = "CONDITION", default_value = "settled")]
    condition: String,

    /// Give up after this long, such as 30m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,

    /// Print each record as it arrives
    #[arg(long)]
    stream: bool,
}

/// Reads a span of time.
fn duration(text: &str) -> Result<Duration, String> {
    let bad = |error| format!("{error}; a time is written 30s, 20m or 1h30m");
    humantime::parse_duration(text).map_err(bad)
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let (first, second) = match &args.task {
        Some(task) => (task, Some(&*args.condition)),
        None => (&args.condition, None),
    };
    Condition::check(first, second)?;
    let until = args
        .timeout
        .and_then(|timeout| Instant::now().checked_add(timeout));
    let mut view = ctx.view()?;
    let condition = Condition::asked(&view, first, second)?;
    let mut shown = view.seq;
    let mut follower = Follower::open(ctx, &view)?;
    if follower.is_none() {
        condition.must_be_known(view.history.head())?;
    }
    for name in condition.not_yet(&view.mission) {
        ctx.ui.warn(&name)?;
    }
    loop {
        if args.stream {
            stream(ctx, &view.history, shown)?;
            shown = view.history.head().head();
        }
        let facts = Facts::new(&view.mission, view.now);
        let standing = condition.of(&facts);
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let is_late = left.is_some_and(|left| left.is_zero());
        if !matches!(standing, Standing::Not(_)) || is_late || follower.is_none() {
            let out = check::out(&view, &condition, &facts, standing);
            let exit = match standing {
                Standing::Not(_) if is_late => Exit::Timeout,
                Standing::Holds(_) | Standing::Not(_) | Standing::Over(_) => standing.exit(),
            };
            return answer(ctx, args, &view, out, exit);
        }
        if let Some(follower) = &mut follower {
            follower.sleep(&mut view, left)?;
        }
    }
}

fn answer(
    ctx: &mut Ctx,
    args: &Args,
    view: &View,
    out: check::StandingOut,
    exit: Exit,
) -> Result<Exit, CliError> {
    // A stream of records ends with the last record.
    if args.stream && ctx.globals.output() == Output::Jsonl {
        return Ok(exit);
    }
    let why = (exit == Exit::Stuck).then(|| {
        let task = out.task.as_deref().map(|task| format!(" {}", about(task)));
        view.command(&format!("why{}", task.unwrap_or_default()))
    });
    let mut answer = Answer::new("orch.wait/1", view, out);
    answer.suggest(why.iter().cloned().collect());
    answer.print(&ctx.globals, &mut ctx.ui, |out, doc| {
        doc.text(if exit == Exit::Timeout {
            format!("time is up: {}", out.status)
        } else if exit == Exit::Stuck {
            format!("stuck: {}", out.status)
        } else {
            out.status.clone()
        });
        if let Some(why) = &why {
            doc.line(Line::new().faint("next: ").text(why).keep());
        }
    })?;
    Ok(exit)
}

/// Prints the records after a position.
fn stream(ctx: &mut Ctx, history: &History, after: Seq) -> Result<(), CliError> {
    if history.head().head() <= after {
        return Ok(());
    }
    let effects = Effects::of(history, Seq(u64::MAX));
    let new = effects
        .zip(history)
        .filter(|effect| effect.record.seq() > after);
    let records: Vec<RecordOut> = new.map(|effect| effect.out()).collect();
    if matches!(ctx.globals.output(), Output::Json | Output::Jsonl) {
        for record in &records {
            let json = serde_json::to_string(record)
                .map_err(|error| CliError::new(ErrorCode::Internal, error.to_string()))?;
            ctx.ui.print_json(&json)?;
        }
    } else {
        let mut doc = ctx.ui.doc();
        super::log::lines(&records, &mut doc, &ctx.times_at(Utc::now()));
        ctx.ui.print(doc)?;
    }
    ctx.ui.flush()
}

/// Follows a mission as it grows.
struct Follower {
    reader: Reader,
    cursor: Cursor,
}

impl Follower {
    /// Begins to follow a view; a recording does not grow, so there is nothing to follow.
    fn open(ctx: &mut Ctx, view: &View) -> Result<Option<Self>, CliError> {
        if !view.is_live || ctx.globals.at.is_some() {
            ctx.ui
                .note("this is a recording: it will not change, so there is nothing to wait for")?;
            return Ok(None);
        }
        let path = place::to_read(ctx.globals.store.as_deref())?;
        let reader = place::read(&path)?;
        // From the start: what came since the view was opened is caught up at once.
        let cursor = Cursor::start(reader.id());
        Ok(Some(Self { reader, cursor }))
    }

    /// Sleeps until there may be something new, and brings the view up.
    fn sleep(&mut self, view: &mut View, left: Option<Duration>) -> Result<(), CliError> {
        let failed = |error| store::failed(&error);
        let now = Utc::now();
        let clock = view.mission.next_change(now);
        let clock = clock.and_then(|at| at.signed_duration_since(now).to_std().ok());
        // One more millisecond: a clock that has just not run out would be asked again at once.
        let clock = clock.map(|clock| clock.saturating_add(Duration::from_millis(1)));
        let sleep = [left, clock].into_iter().flatten().min();
        let sleep = sleep.unwrap_or(Duration::from_secs(3600));
        self.cursor = self.reader.wait(&self.cursor, sleep).map_err(failed)?;
        let Some(mission) = view.history.head().id().cloned() else {
            return Ok(());
        };
        loop {
            let head = view.history.head().head();
            let records = self.reader.read(&mission, head, CHUNK).map_err(failed)?;
            if records.is_empty() {
                break;
            }
            for record in records {
                view.history.push(record);
            }
        }
        view.follow(Utc::now());
        Ok(())
    }
}
