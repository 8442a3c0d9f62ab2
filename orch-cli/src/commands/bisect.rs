//! `orch bisect`: the first record after which something is so.
//!
//! What is so can stop being so, and come again: half of a log proves nothing about the other half.
//! So every position is looked at, each one record further than the one before.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use orch_core::mission::Mission;
use orch_core::record::Record;
use serde::Serialize;

use crate::answer::Answer;
use crate::at::Clock;
use crate::condition::Condition;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::query::facts::Facts;
use crate::query::{Query, Reading};
use crate::render::doc::{Doc, Line, Tone};
use crate::render::record::{Effect, RecordOut};
use crate::render::time::Times;
use crate::view::{View, about};

/// How many records are looked at between two looks at the clock.
const PROGRESS_EVERY: usize = 256;

/// Find the first record after which a condition holds
///
/// A condition is an expression, see `orch help expressions`. Every position is looked at, as
/// `--at` would show it, because what is so can stop being so and come again. Tells the record and
/// what changed with it, whether the condition held before the first record, how often it changed,
/// and its last change. Exits with 3 if it never holds.
///
/// Example: orch -S examples/stuck-mission.jsonl bisect 'any(tasks, blocked)'
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task; the mission if there is only a condition
    #[arg(value_name = "TASK")]
    first: String,

    /// What should be so
    #[arg(value_name = "CONDITION")]
    second: Option<String>,

    /// Show the last change instead of the first record after which it holds
    #[arg(long, conflicts_with = "changes")]
    last: bool,

    /// List every change
    #[arg(long)]
    changes: bool,
}

#[derive(Debug, Serialize)]
struct Bisected {
    /// The condition.
    condition: String,
    /// The task that it is about; `null` for the mission.
    task: Option<String>,
    /// Whether it held before the first record.
    held_at_start: bool,
    /// Whether it holds at the position that is looked at.
    holds: bool,
    /// How often it changed.
    n_changes: usize,
    /// The first record after which it holds, and did not before.
    first: Option<Change>,
    /// The last change, whichever way.
    last: Option<Change>,
    /// Every change; `null` without `--changes`.
    changes: Option<Vec<Change>>,
}

/// A record that changed whether the condition holds.
#[derive(Debug, Clone, Serialize)]
struct Change {
    /// Whether it holds after the record.
    holds: bool,
    /// The record.
    record: RecordOut,
    /// What it changed of what the condition asks.
    changed: Vec<Changed>,
}

#[derive(Debug, Clone, Serialize)]
struct Changed {
    /// What was asked.
    asked: String,
    /// What it came to before the record.
    before: String,
    /// What it comes to after it.
    after: String,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    Condition::check(&args.first, args.second.as_deref())?;
    let view = ctx.view()?;
    let condition = Condition::asked(&view, &args.first, args.second.as_deref())?;
    condition.must_be_known(view.history.head())?;
    let query = condition.query();
    let mut walk = Walk::new(ctx, &view);
    let held_at_start = walk.holds(query);
    let flips = flips(ctx, &mut walk, query, held_at_start);
    let first = flips.iter().find(|(_, holds)| *holds).copied();
    let last = flips.last().copied();
    let wanted: BTreeSet<usize> = if args.changes {
        flips.iter().map(|(place, _)| *place).collect()
    } else {
        let ends = [first, last].into_iter().flatten();
        ends.map(|(place, _)| place).collect()
    };
    let changes = changes(Walk::new(ctx, &view), query, &wanted);
    let holds = last.map_or(held_at_start, |(_, holds)| holds);
    let out = Bisected {
        condition: query.source().to_owned(),
        task: condition.task().map(ToString::to_string),
        held_at_start,
        holds,
        n_changes: flips.len(),
        first: changes.iter().find(|change| change.holds).cloned(),
        last: changes.last().cloned(),
        changes: args.changes.then_some(changes),
    };
    print(ctx, args, &view, out)?;
    Ok(if held_at_start || first.is_some() {
        Exit::Ok
    } else {
        Exit::NotFound
    })
}

/// Goes through the log, one record at a time.
struct Walk<'a> {
    records: Vec<&'a Record>,
    next: usize,
    mission: Mission,
    now: DateTime<Utc>,
    /// Whether the clock goes with the log; it stands still if the flags say so.
    is_moving: bool,
}

impl<'a> Walk<'a> {
    fn new(ctx: &Ctx, view: &'a View) -> Self {
        let records: Vec<&Record> = view.records().collect();
        let is_moving = matches!(ctx.globals.now, None | Some(Clock::Last));
        let first = records.first().filter(|_| is_moving);
        Self {
            now: first.map_or(view.now, |record| record.at()),
            records,
            next: 0,
            mission: Mission::new(),
            is_moving,
        }
    }

    /// Takes the next record; `None` at the end.
    fn step(&mut self) -> Option<(usize, &'a Record, orch_core::fold::Applied)> {
        let place = self.next;
        let record = *self.records.get(place)?;
        self.next = place.saturating_add(1);
        let applied = self.mission.apply(record);
        // As `--at` does it: times may lie, and none goes back.
        if self.is_moving {
            self.now = self.now.max(record.at());
        }
        Some((place, record, applied))
    }

    fn holds(&self, query: &Query) -> bool {
        query.holds(&Facts::new(&self.mission, self.now))
    }

    fn readings(&self, query: &Query) -> Vec<Reading> {
        query.readings(&Facts::new(&self.mission, self.now))
    }
}

/// Lists the places at which the condition begins or ceases to hold.
fn flips(ctx: &Ctx, walk: &mut Walk<'_>, query: &Query, at_start: bool) -> Vec<(usize, bool)> {
    let total = walk.records.len();
    let mut progress = ctx.ui.progress_of_records(total);
    let mut found = Vec::new();
    let mut before = at_start;
    while let Some((place, ..)) = walk.step() {
        let holds = walk.holds(query);
        if holds != before {
            found.push((place, holds));
            before = holds;
        }
        if place.is_multiple_of(PROGRESS_EVERY) {
            progress.at(u64::try_from(place).unwrap_or_default());
        }
    }
    found
}

/// Tells what the records at some places changed.
fn changes(mut walk: Walk<'_>, query: &Query, wanted: &BTreeSet<usize>) -> Vec<Change> {
    let mut found = Vec::new();
    let end = wanted.last().map_or(0, |last| last.saturating_add(1));
    while walk.next < end {
        let is_wanted = wanted.contains(&walk.next);
        let before = is_wanted.then(|| walk.readings(query));
        let Some((_, record, applied)) = walk.step() else {
            break;
        };
        let Some(before) = before else { continue };
        let anomalies = walk.mission.anomalies();
        let new = anomalies.len().saturating_sub(applied.n_anomalies);
        let late = walk.mission.late_evidence().last();
        let late = late.filter(|late| late.seq == record.seq());
        let effect = Effect {
            record,
            outcome: applied.outcome,
            anomalies: anomalies.get(new..).unwrap_or_default(),
            late: late.map(|late| late.code.as_str()),
        };
        found.push(Change {
            holds: walk.holds(query),
            record: effect.out(),
            changed: changed(before, walk.readings(query)),
        });
    }
    found
}

fn changed(before: Vec<Reading>, after: Vec<Reading>) -> Vec<Changed> {
    let both = before.into_iter().zip(after);
    both.filter(|(before, after)| before.value != after.value)
        .map(|(before, after)| Changed {
            asked: before.asked,
            before: before.value,
            after: after.value,
        })
        .collect()
}

fn print(ctx: &mut Ctx, args: &Args, view: &View, out: Bisected) -> Result<(), CliError> {
    let times = ctx.times(view);
    let shown = if args.last { &out.last } else { &out.first };
    // What never came to hold may have ceased to.
    let shown = shown.as_ref().or(out.last.as_ref());
    let next = shown.map_or_else(Vec::new, |change| {
        let seq = change.record.seq;
        let task = out.task.as_deref();
        let task = task.map_or_else(String::new, |task| format!(" {}", about(task)));
        vec![
            view.command_at(seq, &format!("why{task}")),
            view.command_at(seq, &format!("show {seq}")),
        ]
    });
    let mut answer = Answer::new("orch.bisect/1", view, out);
    if args.changes {
        answer = answer.list("changes");
    }
    answer.suggest(next.clone());
    answer.print(&ctx.globals, &mut ctx.ui, |out, doc| {
        match &out.changes {
            Some(changes) => {
                for change in changes {
                    write_change(change, doc, &times);
                }
            }
            None => write_one(out, args.last, doc, &times),
        }
        doc.text(summary(out));
        for command in &next {
            doc.line(Line::new().faint("next: ").text(command).keep());
        }
    })
}

fn write_one(out: &Bisected, is_last: bool, doc: &mut Doc, times: &Times) {
    let change = if is_last { &out.last } else { &out.first };
    if let Some(change) = change.as_ref().or(out.last.as_ref()) {
        write_change(change, doc, times);
    }
}

fn write_change(change: &Change, doc: &mut Doc, times: &Times) {
    let (tone, verb) = if change.holds {
        (Tone::Pass, "holds")
    } else {
        (Tone::Warn, "ceases to hold")
    };
    let head = Line::new().tone(tone, verb);
    doc.line(head.text(format!(" after record {}", change.record.seq)));
    super::log::lines(std::slice::from_ref(&change.record), doc, times);
    for changed in &change.changed {
        let line = Line::new()
            .text("  ")
            .strong(&changed.asked)
            .text(": ")
            .hang();
        let to = format!("{} -> {}", changed.before, changed.after);
        doc.line(line.text(to));
    }
}

/// Says how it went on the whole.
fn summary(out: &Bisected) -> String {
    let is_held = |holds| if holds { "holds" } else { "does not hold" };
    let start = if out.held_at_start {
        "it held before the first record"
    } else {
        "it did not hold before the first record"
    };
    match (out.n_changes, &out.last) {
        (0, _) | (_, None) if out.held_at_start => format!("{start}, and always since"),
        (0, _) | (_, None) => "it never holds".to_owned(),
        (n, Some(last)) => {
            let times = if n == 1 { "once" } else { "times" };
            let times = if n == 1 {
                times.to_owned()
            } else {
                format!("{n} {times}")
            };
            let seq = last.record.seq;
            let holds = is_held(out.holds);
            format!("{start}; it changed {times}, last at record {seq}; it {holds} at the end")
        }
    }
}
