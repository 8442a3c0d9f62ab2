//! `orch blame`: which record made each fact about a task or an agent what it is.

use chrono::{DateTime, Utc};
use orch_core::facts::Entity;
use orch_core::history::Blame;
use orch_core::ids::Seq;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::event;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::Times;
use crate::select::{self, Subject};
use crate::view::View;

/// Show which record made each fact about a task or an agent what it is
///
/// A fact is what the state says: the status, the owner, each need and gate, the title, the last
/// error. Its record is the last one that changed it, and `was` is what it was before. Facts that
/// were taken away come last. `.FIELD` shows one of them, or a group such as `.gate`; `mission` is
/// the mission itself.
///
/// Example: orch -S examples/stuck-mission.jsonl blame writer.status
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task or agent, and the fact
    #[arg(value_name = "TASK|AGENT[.FIELD]")]
    subject: String,
}

#[derive(Debug, Serialize)]
struct Page {
    entity: &'static str,
    id: String,
    items: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    field: String,
    value: Option<String>,
    was: Option<String>,
    record: Seq,
    at: Option<DateTime<Utc>>,
    by: String,
    kind: String,
    summary: String,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let (entity, field) = find(&view, &args.subject)?;
    let blamed = view.history.blame(&entity, view.seq).unwrap_or_default();
    let of_field = |one: &&Blame| {
        field.is_none_or(|field| {
            let rest = one.field.strip_prefix(field);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let items: Vec<Item> = blamed
        .iter()
        .filter(of_field)
        .map(|one| item(&view, one))
        .collect();
    if let Some(field) = field.filter(|_| items.is_empty()) {
        let what = format!("{entity} has no {field:?}, and never had");
        let fields = blamed.iter().map(|one| one.field.as_ref());
        let known: Vec<&str> = fields.collect();
        return Err(CliError::new(ErrorCode::UnknownId, what)
            .evidence(format!("there is: {}", known.join(", ")))
            .hint(view.command(&format!(
                "blame {}",
                crate::view::about(&entity.to_string())
            ))));
    }
    let times = ctx.times(&view);
    let show = items
        .first()
        .map(|item| view.command(&format!("show {}", item.record)));
    let page = Page {
        entity: entity.kind(),
        id: entity.to_string(),
        items,
    };
    let mut answer = Answer::new("orch.blame/1", &view, page).list("items");
    answer.suggest(show.into_iter().collect());
    answer.print(&ctx.globals, &mut ctx.ui, |page, doc| {
        page.write(doc, &times);
    })?;
    Ok(ctx.exit(&view))
}

/// Finds the thing that is meant, and the fact, where both may have dots in their names.
fn find<'a>(view: &View, subject: &'a str) -> Result<(Entity, Option<&'a str>), CliError> {
    let whole = entity(view, subject);
    if whole.is_ok() {
        return whole.map(|entity| (entity, None));
    }
    // The longest name first: a task may be called like the beginning of another.
    let dots = subject.rmatch_indices('.');
    let splits =
        dots.filter_map(|(at, _)| Some((subject.get(..at)?, subject.get(at..)?.get(1..)?)));
    let mut found = splits.filter_map(|(id, field)| Some((entity(view, id).ok()?, Some(field))));
    match found.next() {
        Some(found) => Ok(found),
        None => whole.map(|entity| (entity, None)),
    }
}

fn entity(view: &View, id: &str) -> Result<Entity, CliError> {
    let found = select::task_or_agent(view, id);
    if found.is_err() && id == "mission" {
        return Ok(Entity::Mission);
    }
    match found? {
        Subject::Task(task) => Ok(Entity::Task(task)),
        Subject::Agent(agent) => Ok(Entity::Agent(agent)),
        Subject::Record(seq) => {
            let what = format!("a record is what it is: {seq} was written once");
            Err(CliError::new(ErrorCode::UnknownId, what)
                .hint(view.command(&format!("show {seq}"))))
        }
    }
}

fn item(view: &View, blame: &Blame) -> Item {
    let record = view.history.record(blame.record);
    Item {
        field: blame.field.clone().into_owned(),
        value: blame.value.clone(),
        was: blame.before.clone(),
        record: blame.record,
        at: record.map(orch_core::record::Record::at),
        by: record.map_or_else(String::new, |record| record.envelope().by.to_string()),
        kind: record.map_or_else(String::new, |record| record.event().kind().to_owned()),
        summary: record.map_or_else(String::new, |record| event::summary(record.event())),
    }
}

impl Page {
    fn write(&self, doc: &mut Doc, times: &Times) {
        const NAME_WIDTH: usize = 20;
        let line = Line::new().text(self.entity);
        doc.line(if self.id == self.entity {
            line
        } else {
            line.text(" ").strong(&self.id)
        });
        for item in &self.items {
            let was = item.was.as_ref();
            let was = was.map_or_else(String::new, |was| format!(", was {was}"));
            let value = item.value.as_deref().unwrap_or("(none)");
            let line = Line::new()
                .text("  ")
                .padded(Tone::Strong, &item.field, NAME_WIDTH);
            doc.line(line.text(" ").hang().text(value).faint(was));
            let at = item
                .at
                .map_or_else(String::new, |at| format!(", {}", times.point(at)));
            let record = format!("record {} {} by {}{at}", item.record, item.kind, item.by);
            let indent = " ".repeat(NAME_WIDTH.saturating_add(3));
            doc.line(Line::new().text(indent).hang().faint(record));
        }
        if self.items.is_empty() {
            doc.line(Line::new().tone(Tone::Faint, "  nothing was ever said about it"));
        }
    }
}
