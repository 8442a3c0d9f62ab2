//! `orch inbox`: what waits for somebody.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a party of a new kind reads as the lead does"
)]

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::event::Event;
use orch_core::event::talk::{MessageClass, Receipt};
use orch_core::ids::{AgentName, Seq, TaskId};
use orch_core::mission::{Mission, ObligationKind};
use orch_core::party::{Actor, Party};
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::{ObstacleKind, OwedView};
use serde::Serialize;

use crate::answer::Answer;
use crate::cli::Globals;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::Times;
use crate::view::View;
use crate::words;
use crate::write;

/// List what waits for somebody: work, decisions, questions, and what was not read
///
/// Work that was handed out or sent back comes first, then what is owed, each with the command that
/// settles it; then what is only good to know. For whoever leads, the results that nobody has read
/// are listed as well. Without a name it is the inbox of -A, else that of the person at the
/// keyboard.
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
    /// The attempts that were handed out or sent back and wait to be taken up.
    work: Vec<Item>,
    /// What is owed besides answers: decisions and rulings.
    owed: Vec<Item>,
    /// What asks for something and was not answered; a request to stop comes last.
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
    /// The command that settles it, if it is one of its own.
    command: Option<String>,
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
    let inbox = Inbox::of(&view, &reader, &ctx.globals);
    let mut answer = Answer::new("orch.inbox/1", &view, inbox);
    let commands = answer.data.commands(&view, &reader, &ctx.globals);
    answer.suggest(commands);
    let next = answer.suggested().to_vec();
    answer.print(&ctx.globals, &mut ctx.ui, |inbox, doc| {
        inbox.write(doc, &times);
        // What settles one thing stands below it.
        for command in next.iter().filter(|command| !inbox.has(command)) {
            doc.line(Line::new().faint("next: ").text(command).keep());
        }
    })?;
    Ok(ctx.exit(&view))
}

impl Inbox {
    fn of(view: &View, reader: &Party, globals: &Globals) -> Self {
        let mission = &view.mission;
        let mut inbox = Self {
            who: reader.to_string(),
            work: Vec::new(),
            owed: Vec::new(),
            actionable: Vec::new(),
            fyi: Vec::new(),
            results: Vec::new(),
        };
        let is_lead = *reader == Party::Lead || mission.lead() == Some(reader);
        let is_mine = |to: &Party| to == reader || (is_lead && *to == Party::Lead);
        let owed = mission.obligations();
        if let Party::Agent(name) = reader {
            inbox.work = work(view, name, globals);
        }
        let others = owed
            .iter()
            .filter(|owed| !is_answer(owed.kind) && is_mine(&owed.next));
        // Whoever agrees to stop has said all they had to say: that comes last.
        let (stops, others): (Vec<_>, Vec<_>) =
            others.partition(|owed| owed.kind == ObligationKind::Acknowledgement);
        let owing = |owed: &OwedView| owing(view, owed, globals);
        inbox.owed = others.into_iter().map(owing).collect();
        for record in view.records() {
            let Event::Message(message) = record.event() else {
                continue;
            };
            if !is_mine(&message.to) {
                continue;
            }
            let open = owed.iter().find(|owed| owed.opened.seq == record.seq());
            let from = &message.from;
            let item = Item {
                record: record.seq(),
                at: Some(record.at()),
                class: words::message_class(message.class),
                from: Some(message.from.to_string()),
                task: message.task.clone(),
                text: message.text.clone(),
                command: open
                    .map(|owed| write::settling(globals, mission, view.now, owed, Some(from))),
            };
            if message.class == MessageClass::Fyi {
                if is_unread(mission, reader, record.seq(), view.now) {
                    inbox.fyi.push(item);
                }
            } else if open.is_some() {
                inbox.actionable.push(item);
            }
        }
        inbox.actionable.extend(stops.into_iter().map(owing));
        if is_lead {
            inbox.results = results(mission);
        }
        inbox
    }

    fn has(&self, command: &str) -> bool {
        let own = self.work.iter().chain(&self.owed).chain(&self.actionable);
        own.filter_map(|item| item.command.as_deref())
            .any(|own| own == command)
    }

    fn commands(&self, view: &View, reader: &Party, globals: &Globals) -> Vec<String> {
        let read = self.fyi.iter().chain(&self.results);
        let read: Vec<Seq> = read.map(|item| item.record).collect();
        let ack = (!read.is_empty()).then(|| write::reading(globals, &view.mission, reader, &read));
        let first = self.work.iter().chain(&self.owed).chain(&self.actionable);
        let first = first.filter_map(|item| item.command.clone());
        first.chain(ack).collect()
    }

    fn write(&self, doc: &mut Doc, times: &Times) {
        let lists = [
            ("to take up", &self.work, Tone::Warn),
            ("to settle", &self.owed, Tone::Warn),
            ("to answer", &self.actionable, Tone::Warn),
            ("to know", &self.fyi, Tone::Plain),
            ("results to read", &self.results, Tone::Plain),
        ];
        if lists.iter().all(|(_, items, _)| items.is_empty()) {
            doc.text(format!(
                "nothing waits for {}: everything is read, answered and settled",
                self.who
            ));
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
                if let Some(command) = &item.command {
                    doc.line(Line::new().text("        ").text(command).keep());
                }
            }
        }
    }
}

/// Whether a message settles it.
const fn is_answer(kind: ObligationKind) -> bool {
    matches!(kind, ObligationKind::Reply | ObligationKind::Answer)
}

/// The attempts of an agent that it has not begun, or has to begin again.
fn work(view: &View, name: &AgentName, globals: &Globals) -> Vec<Item> {
    let mission = &view.mission;
    let items = mission.open_attempts().filter_map(|attempt| {
        let task = mission.task(attempt.task())?;
        let is_theirs = attempt.agent().name == *name;
        let is_token = task.token().map(|token| token.number()) == Some(attempt.number());
        // Rework that was begun is at work again, though the task waits for the new handoff.
        let sent_back = is_token
            && task.status() == TaskStatus::Rework
            && attempt.status() == AttemptStatus::HandedOver;
        let is_new = attempt.status() == AttemptStatus::Dispatched;
        if !is_theirs || !(is_new || sent_back) {
            return None;
        }
        let (class, since) = if sent_back {
            ("rework", task.since())
        } else {
            ("dispatched", attempt.dispatched())
        };
        Some(Item {
            record: since.seq,
            at: Some(since.at),
            class,
            from: None,
            task: Some(attempt.task().clone()),
            text: format!("attempt {}, {}", attempt.number(), task.title()),
            command: Some(write::taking_up(globals, mission, view.now, &attempt)),
        })
    });
    items.collect()
}

/// What is owed by anything but an answer.
fn owing(view: &View, owed: &OwedView, globals: &Globals) -> Item {
    let gate = owed.gate.as_ref();
    let late = owed
        .expired
        .map_or_else(String::new, |seq| format!(", overdue since record {seq}"));
    let text = match owed.kind {
        ObligationKind::GateDecision => {
            let gate = gate.map_or("", |gate| gate.as_str());
            format!("gate {gate} waits for a decision")
        }
        ObligationKind::Acknowledgement => "asked to stop".to_owned(),
        ObligationKind::Unblocking => "the task is blocked until this is settled".to_owned(),
        _ => "somebody has to decide how it goes on".to_owned(),
    };
    Item {
        record: owed.opened.seq,
        at: Some(owed.opened.at),
        class: owed.kind.as_str(),
        from: None,
        task: owed.task.clone(),
        text: format!("{text}{late}"),
        command: Some(write::settling(
            globals,
            &view.mission,
            view.now,
            owed,
            None,
        )),
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
            command: None,
        })
    });
    items.collect()
}
