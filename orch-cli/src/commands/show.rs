//! `orch show`: one record, task or agent in full.

use orch_core::ids::{AgentRef, Seq, TaskId};
use serde::Serialize;
use serde_json::Value;

use super::log;
use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::event;
use crate::exit::Exit;
use crate::render::agent::AgentOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::json;
use crate::render::record::{Effects, RecordOut, part, raw_part};
use crate::render::task::TaskOut;
use crate::render::time::{Times, records};
use crate::select::{self, Subject};
use crate::view::View;

/// Show one record, task or agent in full
///
/// A record is given by its number, `~3` or `e:RECORD-ID`; a task by its id; an agent by NAME,
/// which is its live incarnation or else its last, or by NAME#N. Where a name could be several
/// things, write `task:`, `agent:` or `e:` before it.
///
/// Example: orch -S examples/stuck-mission.jsonl show writer
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to show
    #[arg(value_name = "RECORD|TASK|AGENT")]
    subject: String,
}

#[derive(Debug, Serialize)]
struct RecordPage {
    subject: &'static str,
    record: RecordOut,
    command: Option<String>,
    cause: Option<String>,
    source: Option<Value>,
    unknown_fields: u32,
    #[serde(skip)]
    data: String,
    #[serde(skip)]
    source_text: String,
}

#[derive(Debug, Serialize)]
struct TaskPage {
    subject: &'static str,
    task: TaskOut,
    history: Vec<RecordOut>,
}

#[derive(Debug, Serialize)]
struct AgentPage {
    subject: &'static str,
    agent: AgentOut,
    history: Vec<RecordOut>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    match select::any(&view, &args.subject)? {
        Subject::Record(seq) => record(ctx, &view, seq, &times)?,
        Subject::Task(id) => task(ctx, &view, &id, &times)?,
        Subject::Agent(id) => agent(ctx, &view, &id, &times)?,
    }
    Ok(ctx.exit(&view))
}

fn record(ctx: &mut Ctx, view: &View, seq: Seq, times: &Times) -> Result<(), CliError> {
    let effects = Effects::of(&view.history, view.seq);
    let effect = effects
        .zip(&view.history)
        .find(|effect| effect.record.seq() == seq);
    let Some(effect) = effect else {
        let what = format!("the log has no record {seq}");
        return Err(CliError::new(ErrorCode::UnknownPosition, what).hint(view.command("log")));
    };
    let envelope = effect.record.envelope();
    let page = RecordPage {
        subject: "record",
        record: effect.out(),
        command: envelope.command.as_ref().map(ToString::to_string),
        cause: envelope.cause.map(|id| id.to_string()),
        source: envelope
            .source
            .as_ref()
            .map(|_| part(effect.record, "source")),
        unknown_fields: effect.record.unknown_fields(),
        data: raw_part(effect.record, "data"),
        source_text: raw_part(effect.record, "source"),
    };
    let before = view.command_at(seq, "status");
    let answer = Answer::new("orch.show/1", view, page).next(before);
    answer.print(&ctx.globals, &mut ctx.ui, |page, doc| {
        page.write(doc, times);
    })
}

fn task(ctx: &mut Ctx, view: &View, id: &TaskId, times: &Times) -> Result<(), CliError> {
    let Some(task) = view.mission.task(id) else {
        return Ok(());
    };
    let effects = Effects::of(&view.history, view.seq);
    let about = effects
        .zip(&view.history)
        .filter(|one| event::names_task(one.record, id));
    let page = TaskPage {
        subject: "task",
        task: TaskOut::new(&task, &view.mission, times, view.now),
        history: about.map(|effect| effect.out()).collect(),
    };
    let is_verbose = ctx.globals.verbose;
    let why = view.command(&format!("why {}", crate::view::about(id.as_str())));
    let answer = Answer::new("orch.show/1", view, page).next(why);
    answer.print(&ctx.globals, &mut ctx.ui, |page, doc| {
        page.task.write(doc, times);
        write_history(&page.history, doc, times, is_verbose);
    })
}

/// Prints the page of an agent.
pub(crate) fn agent(
    ctx: &mut Ctx,
    view: &View,
    id: &AgentRef,
    times: &Times,
) -> Result<(), CliError> {
    let Some(agent) = view.mission.agent(id) else {
        return Ok(());
    };
    let effects = Effects::of(&view.history, view.seq);
    let about = effects
        .zip(&view.history)
        .filter(|one| event::names_agent(one.record, &id.name));
    let page = AgentPage {
        subject: "agent",
        agent: AgentOut::new(&agent, &view.mission, times),
        history: about.map(|effect| effect.out()).collect(),
    };
    let is_verbose = ctx.globals.verbose;
    let why = view.command(&format!("why {}", crate::view::about(&id.to_string())));
    let answer = Answer::new("orch.show/1", view, page).next(why);
    answer.print(&ctx.globals, &mut ctx.ui, |page, doc| {
        page.agent.write(doc, times);
        write_history(&page.history, doc, times, is_verbose);
    })
}

/// Writes the last records of a history, or all of them.
fn write_history(history: &[RecordOut], doc: &mut Doc, times: &Times, is_verbose: bool) {
    const SHOWN_MAX: usize = 20;
    doc.gap();
    let left = if is_verbose {
        0
    } else {
        history.len().saturating_sub(SHOWN_MAX)
    };
    doc.text(format!("history ({} records)", history.len()));
    if left > 0 {
        let dots = doc.glyphs.ellipsis;
        doc.line(Line::new().faint(format!("      {dots} {left} earlier; -v shows all")));
    }
    log::lines(history.get(left..).unwrap_or_default(), doc, times);
}

impl RecordPage {
    fn write(&self, doc: &mut Doc, times: &Times) {
        let record = &self.record;
        let line = Line::new().text("record ").strong(record.seq.to_string());
        doc.line(line.text("  ").strong(&record.kind));
        doc.field("id", record.id.to_string());
        doc.field(
            "at",
            format!(
                "{}, {}",
                times.point(record.at),
                times.age(record.at) + " before the evaluation clock"
            ),
        );
        doc.field("by", &record.by);
        if let Some(command) = &self.command {
            doc.field("command", command);
        }
        if let Some(cause) = &self.cause {
            doc.field("cause", format!("e:{cause}"));
        }
        doc.field("says", &record.summary);
        let (tone, meaning) = match record.outcome {
            "changed" => (Tone::Plain, "it took effect"),
            "fenced" => (Tone::Warn, "it is late evidence: on record, without effect"),
            _ => (Tone::Plain, "it changed nothing"),
        };
        let line = Line::new().padded(Tone::Faint, "did", 10).hang();
        doc.line(line.tone(tone, record.outcome).text(format!(": {meaning}")));
        if let Some(late) = record.late {
            doc.field("late", format!("{late}, see: orch explain {late}"));
        }
        for anomaly in &record.anomalies {
            let because = if anomaly.because.is_empty() {
                String::new()
            } else {
                format!(" ({})", records(&anomaly.because))
            };
            let line = Line::new().padded(Tone::Faint, "anomaly", 10).hang();
            let line = line.tone(Tone::Warn, anomaly.code);
            doc.line(line.text(format!(": {}{because}", anomaly.detail)));
        }
        if self.unknown_fields > 0 {
            doc.field(
                "unknown",
                format!("{} fields, kept and without effect", self.unknown_fields),
            );
        }
        if self.source.is_some() {
            doc.gap();
            doc.text("source");
            write_json(&self.source_text, doc);
        }
        doc.gap();
        doc.text("data");
        write_json(&self.data, doc);
    }
}

fn write_json(text: &str, doc: &mut Doc) {
    for line in json::pretty(text) {
        let indent = line
            .len()
            .saturating_sub(line.trim_start_matches(' ').len());
        let lead = Line::new()
            .text(" ".repeat(indent.saturating_add(2)))
            .hang();
        doc.line(lead.text(line.trim_start_matches(' ')));
    }
}
