//! `orch inbox`: what somebody has not read or answered.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a party of a new kind reads as the lead does"
)]

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::event::Event;
use orch_core::event::talk::{MessageClass, Receipt};
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::view::ObstacleKind;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::Times;
use crate::view::View;
use crate::words;
use crate::write;

/// List what somebody has not read or answered
///
/// What asks for something comes first, then what is only good to know. For whoever leads, the
/// results that nobody has read are listed as well. Without a name it is the inbox of -A, else that
/// of the person at the keyboard.
///
/// Example: orch inbox coder
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose: an agent, `human:NAME`, `lead` or `host`
    #[arg(value_name = "WHO")]
    who: Option<String>,
}

#[derive(Debug, Serialize)]
struct Inbox {
    who: String,
    /// What asks for something and was not answered.
    actionable: Vec<Item>,
    /// What is only good to know and was not read.
    fyi: Vec<Item>,
    /// The results and undeliverable messages that nobody has read.
    results: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    record: Seq,
    at: Option<DateTime<Utc>>,
    class: &'static str,
    from: Option<String>,
    task: Option<TaskId>,
    text: String,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    let mission = &view.mission;
    let reader = match (&args.who, &ctx.globals.actor) {
        (Some(who), _) => write::party(mission, who)?,
        (None, Some(actor)) => write::party(mission, actor)?,
        (None, None) => Party::Human(write::person()?),
    };
    let inbox = Inbox::of(&view, &reader);
    let mut answer = Answer::new("orch.inbox/1", &view, inbox);
    let commands = answer.data.commands(&view, &reader);
    answer.suggest(commands);
    let next = answer.suggested().to_vec();
    answer.print(&ctx.globals, &mut ctx.ui, |inbox, doc| {
        inbox.write(doc, &times);
        for command in &next {
            doc.line(Line::new().faint("next: ").text(command).keep());
        }
    })?;
    Ok(ctx.exit(&view))
}

impl Inbox {
    fn of(view: &View, reader: &Party) -> Self {
        let mission = &view.mission;
        let mut inbox = Self {
            who: reader.to_string(),
            actionable: Vec::new(),
            fyi: Vec::new(),
            results: Vec::new(),
        };
        let is_lead = *reader == Party::Lead || mission.lead() == Some(reader);
        let is_mine = |to: &Party| to == reader || (is_lead && *to == Party::Lead);
        let owed = mission.obligations();
        for record in view.records() {
            let Event::Message(message) = record.event() else {
                continue;
            };
            if !is_mine(&message.to) {
                continue;
            }
            let item = Item {
                record: record.seq(),
                at: Some(record.at()),
                class: words::message_class(message.class),
                from: Some(message.from.to_string()),
                task: message.task.clone(),
                text: message.text.clone(),
            };
            if message.class == MessageClass::Fyi {
                if is_unread(mission, reader, record.seq(), view.now) {
                    inbox.fyi.push(item);
                }
            } else if owed.iter().any(|owed| owed.opened.seq == record.seq()) {
                inbox.actionable.push(item);
            }
        }
        if is_lead {
            inbox.results = results(mission);
        }
        inbox
    }

    fn commands(&self, view: &View, reader: &Party) -> Vec<String> {
        let read = self.fyi.iter().chain(&self.results);
        let read: Vec<String> = read.map(|item| item.record.to_string()).collect();
        let actor = match reader {
            Party::Agent(name) => format!("-A {} ", crate::view::quoted(name.as_str())),
            _ => String::new(),
        };
        let ack = (!read.is_empty()).then(|| format!("{actor}ack {}", read.join(" ")));
        ack.map(|ack| view.command(&ack)).into_iter().collect()
    }

    fn write(&self, doc: &mut Doc, times: &Times) {
        let lists = [
            ("to answer", &self.actionable, Tone::Warn),
            ("to know", &self.fyi, Tone::Plain),
            ("results to read", &self.results, Tone::Plain),
        ];
        if lists.iter().all(|(_, items, _)| items.is_empty()) {
            doc.text(format!("{} has read and answered everything", self.who));
        }
        for (title, items, tone) in lists {
            if items.is_empty() {
                continue;
            }
            doc.gap();
            doc.line(Line::new().tone(tone, format!("{title} ({})", items.len())));
            for item in items {
                let about = item
                    .task
                    .as_ref()
                    .map_or_else(String::new, |task| format!(" about {task}"));
                let from = item
                    .from
                    .as_ref()
                    .map_or_else(String::new, |from| format!(" from {from}"));
                let age = item
                    .at
                    .map_or_else(String::new, |at| format!(", {}", times.since(at)));
                let line = Line::new()
                    .text("  ")
                    .padded(Tone::Strong, item.record.to_string(), 5);
                let line = line
                    .text(format!("{}{from}{about}{age}: ", item.class))
                    .flow(7);
                doc.line(line.text(&item.text));
            }
        }
    }
}

/// Whether a receipt of the reader would be news: the rules themselves say it.
fn is_unread(mission: &Mission, reader: &Party, seq: Seq, now: DateTime<Utc>) -> bool {
    let actor = match reader {
        Party::Host => Some(Actor::Host),
        Party::Human(name) => Some(Actor::Human(name.clone())),
        Party::Agent(name) => {
            let live = mission.live_agent(name);
            live.map(|agent| Actor::Agent(agent.agent()))
        }
        // Whoever leads reads what is for the lead; the host may as well.
        _ => Some(Actor::Host),
    };
    let Some(actor) = actor else { return true };
    let command = Command::Receipt(Receipt { of: vec![seq] });
    let decision = mission.decide(&command, &Context::new(actor, now));
    matches!(decision, Ok(Decision::Accepted { .. }))
}

/// The results and undeliverable messages that nobody has read.
fn results(mission: &Mission) -> Vec<Item> {
    let open = mission.obstacles().into_iter();
    let open =
        open.filter(|one| matches!(one.kind, ObstacleKind::Result | ObstacleKind::Undeliverable));
    let items = open.filter_map(|one| {
        Some(Item {
            record: *one.because.first()?,
            at: None,
            class: one.kind.as_str(),
            from: None,
            task: one.task,
            text: one.what,
        })
    });
    items.collect()
}
