//! `orch log`: the records, one line each.

use orch_core::event::Event;
use orch_core::ids::{AgentName, Seq, TaskId};
use serde::Serialize;

use crate::answer::Answer;
use crate::at::Position;
use crate::cli::Output;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::record::{Effect, Effects, RecordOut};
use crate::render::time::Times;
use crate::select;
use crate::view::{Rules, View};

/// List the records of the log, one line each
///
/// A line has the record's number, its time, who wrote it, its kind and what it says. After a `!`
/// stands why a record is not plain history: `late:CODE` for late evidence, and the codes of what
/// the rules say against it.
///
/// Example: orch -S examples/stuck-mission.jsonl log --task writer
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only records about this task
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// Only records by this agent or naming it
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,

    /// Only records of this kind; can be given several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,

    /// Only records after this position
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    since: Option<Position>,

    /// Only records up to this position
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    until: Option<Position>,

    /// Only records whose bytes hold this text, in any case
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,

    /// Only late evidence and records with findings
    #[arg(long)]
    marked: bool,

    /// Only the first N of those
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "tail")]
    limit: Option<usize>,

    /// Only the last N of those
    #[arg(long, value_name = "N")]
    tail: Option<usize>,

    /// The last record first
    #[arg(long)]
    reverse: bool,

    /// Print the exact bytes of each record
    ///
    /// On a terminal, characters that could steer it are written as escapes of JSON.
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, Serialize)]
struct Log {
    total: usize,
    records: Vec<RecordOut>,
}

/// What a record has to be to be listed.
struct Filter {
    task: Option<TaskId>,
    agent: Option<AgentName>,
    kinds: Vec<String>,
    since: Seq,
    until: Seq,
    grep: Option<String>,
    marked: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let rules = if args.raw {
        Rules::MayBeNewer
    } else {
        Rules::MustBeKnown
    };
    let view = View::open(&ctx.globals, rules, &mut ctx.ui)?;
    let filter = Filter::new(args, &view)?;
    let effects = Effects::of(&view.history, filter.until);
    let mut found: Vec<Effect<'_>> = effects
        .zip(&view.history)
        .filter(|effect| filter.fits(effect))
        .collect();
    if let Some(n) = args.tail {
        found.drain(..found.len().saturating_sub(n));
    }
    found.truncate(args.limit.unwrap_or(usize::MAX));
    if args.reverse {
        found.reverse();
    }
    if found.is_empty() {
        say_why_empty(ctx, args, &view)?;
    }
    if args.raw && ctx.globals.output() == Output::Text && ctx.globals.field.is_none() {
        for effect in &found {
            ctx.ui.print_raw(effect.record.as_line())?;
        }
        return Ok(ctx.exit(&view));
    }
    let times = ctx.times(&view);
    let records: Vec<RecordOut> = found.iter().map(Effect::out).collect();
    let log = Log {
        total: view.records().count(),
        records,
    };
    let answer = Answer::new("orch.log/1", &view, log).list("records");
    answer.print(&ctx.globals, &mut ctx.ui, |log, doc| {
        lines(&log.records, doc, &times);
    })?;
    Ok(ctx.exit(&view))
}

impl Filter {
    fn new(args: &Args, view: &View) -> Result<Self, CliError> {
        let position = |position: &Option<Position>, default| match position {
            Some(position) => view.find(position),
            None => Ok(default),
        };
        let agent = args
            .agent
            .as_deref()
            .map(|text| select::agent(view, text))
            .transpose()?;
        Ok(Self {
            task: args
                .task
                .as_deref()
                .map(|text| select::task(view, text))
                .transpose()?,
            agent: agent.map(|agent| agent.name),
            kinds: args.kind.clone(),
            since: position(&args.since, Seq::ZERO)?,
            until: position(&args.until, view.seq)?.min(view.seq),
            grep: args.grep.as_ref().map(|text| text.to_lowercase()),
            marked: args.marked,
        })
    }

    fn fits(&self, effect: &Effect<'_>) -> bool {
        let record = effect.record;
        let kind = record.event().kind();
        record.seq() > self.since
            && record.seq() <= self.until
            && (self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind))
            && self
                .task
                .as_ref()
                .is_none_or(|task| crate::event::names_task(record, task))
            && self
                .agent
                .as_ref()
                .is_none_or(|agent| crate::event::names_agent(record, agent))
            && (!self.marked || effect.late.is_some() || !effect.anomalies.is_empty())
            && self
                .grep
                .as_ref()
                .is_none_or(|text| record.as_line().to_lowercase().contains(text))
    }
}

/// Says that a kind may be misspelt, rather than leaving an empty answer alone.
fn say_why_empty(ctx: &mut Ctx, args: &Args, view: &View) -> Result<(), CliError> {
    for kind in &args.kind {
        let is_known = Event::KINDS.contains(&kind.as_str())
            || view.mission.tally().unknown_kinds.contains_key(kind);
        if !is_known {
            let near = select::nearest(Event::KINDS.iter().copied(), kind);
            let near = near
                .first()
                .map_or_else(String::new, |near| format!("; did you mean {near}?"));
            ctx.ui.warn(&format!("there is no kind {kind:?}{near}"))?;
        }
    }
    ctx.ui.note("no record fits")
}

/// The narrowest width that has room for columns.
const COLUMNS_MIN: usize = 70;

/// Writes records, one line each, which goes on below where the width is known and too small.
pub(crate) fn lines(records: &[RecordOut], doc: &mut Doc, times: &Times) {
    let is_wide = doc.width.is_none_or(|width| width >= COLUMNS_MIN);
    for record in records {
        doc.line(line(record, times, is_wide));
    }
}

fn line(record: &RecordOut, times: &Times, is_wide: bool) -> Line {
    let column = |width: usize| if is_wide { width } else { 0 };
    let marks = record.marks();
    let line = Line::new()
        .padded(Tone::Strong, format!("{:>5}", record.seq.0), 6)
        .faint(times.point(record.at))
        .text("  ")
        .padded(Tone::Plain, &record.by, column(16))
        .text(" ")
        .padded(Tone::Strong, &record.kind, column(15))
        .text(" ");
    let line = if marks.is_empty() {
        line
    } else {
        line.tone(Tone::Warn, format!("! {} ", marks.join(" ")))
    };
    line.text(&record.summary).flow(6)
}
