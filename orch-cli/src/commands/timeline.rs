//! `orch timeline`: who worked on what when, in lanes.

mod bar;
mod lane;

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use orch_core::ids::{AgentRef, AttemptNo, Seq, TaskId};
use serde::Serialize;

use crate::answer::Answer;
use crate::at::Position;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::select;
use crate::view::View;

use bar::Scale;
use lane::Lane;

/// Show who worked on what when, and what waited
///
/// One line for each attempt, under its agent; or with --lanes task one for each task, from its
/// first record on. A bar is drawn over the time, or over the records where the times of the log
/// run backwards: `:` open, `d` handed out and not begun, `=` at work, `!` blocked, `r` handed over
/// and in review or not judged, `~` sent back, `*` done, `x` ended otherwise, `?` outcome unknown.
/// Behind it stand the records from the first to the last, and how long each state took.
///
/// Example: orch -S examples/stuck-mission.jsonl timeline --lanes task
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What a lane is for
    #[arg(long, value_name = "WHAT", default_value = "agent")]
    lanes: Lanes,

    /// What a bar is drawn over; time, unless the times of the log run backwards
    #[arg(long, value_name = "AXIS")]
    axis: Option<Axis>,

    /// Only this task; can be given several times
    #[arg(long, value_name = "TASK")]
    task: Vec<String>,

    /// Only what this agent had; can be given several times
    #[arg(long, value_name = "AGENT")]
    agent: Vec<String>,

    /// Only what went on after this position
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    since: Option<Position>,

    /// Only the last N lines; -v shows all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 40)]
    limit: usize,
}

/// What a lane is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lanes {
    /// Each agent: one line an attempt
    Agent,
    /// Each task: its whole life in one line
    Task,
}

/// What a bar is drawn over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Axis {
    /// The times that the records carry
    Time,
    /// The positions of the records
    Record,
}

#[derive(Debug, Serialize)]
struct Timeline {
    lanes: Lanes,
    axis: Axis,
    from: Point,
    to: Point,
    items: Vec<Item>,
    /// How many lines fit the filters.
    total: usize,
}

/// A record and its time.
#[derive(Debug, Clone, Copy, Serialize)]
struct Point {
    record: Seq,
    at: Option<DateTime<Utc>>,
}

/// A line: what one attempt, or one task, went through.
#[derive(Debug, Serialize)]
struct Item {
    task: TaskId,
    agent: Option<AgentRef>,
    attempt: Option<AttemptNo>,
    segments: Vec<Segment>,
}

/// A stretch of the log during which nothing about it changed.
#[derive(Debug, Clone, Serialize)]
struct Segment {
    status: &'static str,
    agent: Option<AgentRef>,
    attempt: Option<AttemptNo>,
    /// The gate that it waits for.
    gate: Option<String>,
    /// Who or what it waits for, if it waits: `start`, `gate`, `judgement`, `unblocking`.
    waits_for: Option<&'static str>,
    from: Point,
    /// The record that ended it; of the last one, the last record looked at.
    to: Point,
    is_last: bool,
    /// How long it took by the times of the log; negative where they run backwards.
    seconds: i64,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let since = match &args.since {
        Some(position) => view.find(position)?.min(view.seq),
        None => Seq::ZERO,
    };
    let mut items = lane::items(&view, args.lanes);
    let tasks = args.task.iter().map(|text| select::task(&view, text));
    let tasks: Vec<TaskId> = tasks.collect::<Result<_, _>>()?;
    let agents = args.agent.iter().map(|text| select::agent(&view, text));
    let agents: Vec<AgentRef> = agents.collect::<Result<_, _>>()?;
    items.retain(|item| {
        (tasks.is_empty() || tasks.contains(&item.task))
            && (agents.is_empty() || agents.iter().any(|agent| item.was_with(agent)))
            && item.goes_on_after(since)
    });
    let total = items.len();
    if !ctx.globals.verbose {
        // Who looks at a long log looks at its end; the lanes stay in their order.
        items = lane::last(items, args.limit);
    }
    let from = Point::at(&view, since.max(Seq(1)));
    let to = Point {
        record: view.seq,
        at: Some(view.now),
    };
    let timeline = Timeline {
        lanes: args.lanes,
        axis: args.axis.unwrap_or_else(|| axis(&view)),
        from,
        to,
        items,
        total,
    };
    if total == 0 {
        ctx.ui.note("nothing fits")?;
    }
    let times = ctx.times(&view);
    let answer = Answer::new("orch.timeline/1", &view, timeline).list("items");
    answer.print(&ctx.globals, &mut ctx.ui, |timeline, doc| {
        let scale = Scale::new(timeline, doc.width);
        scale.write_head(timeline, doc, &times);
        for lane in Lane::group(&timeline.items, timeline.lanes) {
            lane.write(&scale, doc);
        }
        let left = timeline.total.saturating_sub(timeline.items.len());
        if left > 0 {
            let dots = doc.glyphs.ellipsis;
            doc.text(format!(
                "{dots} and {left} that changed earlier; -v shows all"
            ));
        }
    })?;
    Ok(ctx.exit(&view))
}

/// Time, unless it runs backwards somewhere: then only the records have an order.
// spec: ORDER-1
fn axis(view: &View) -> Axis {
    let times = view.records().map(orch_core::record::Record::at);
    if times.is_sorted() {
        Axis::Time
    } else {
        Axis::Record
    }
}

impl Point {
    fn at(view: &View, seq: Seq) -> Self {
        let record = view.history.record(seq);
        Self {
            record: seq,
            at: record.map(orch_core::record::Record::at),
        }
    }
}

impl Item {
    fn was_with(&self, agent: &AgentRef) -> bool {
        let owners = self
            .segments
            .iter()
            .filter_map(|segment| segment.agent.as_ref());
        owners
            .chain(&self.agent)
            .any(|owner| owner.name == agent.name)
    }

    fn goes_on_after(&self, since: Seq) -> bool {
        let last = self.segments.last();
        last.is_some_and(|last| last.is_last || last.to.record > since)
    }
}
