//! `orch rules`: the rules, and the tables of what follows what.

mod coverage;
mod diagram;

use std::path::PathBuf;

use clap::ValueEnum;
use orch_core::rules::{RULES, RULES_VERSION, Rule};
use orch_core::status::agent::{AgentEvent, AgentStatus};
use orch_core::status::attempt::{AttemptEvent, AttemptStatus};
use orch_core::status::gate::{GateEvent, GateStatus};
use orch_core::status::render_table;
use orch_core::status::task::{TaskEvent, TaskStatus};
use serde::Serialize;

use crate::answer::Answer;
use crate::commands::explain;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::words;

/// Show the rules that a log is judged by
///
/// With an id: that rule. With --table: what each event does to each status, as a Markdown table;
/// `·` leaves the status, `=` is already so, `!status` is forbidden but believed and marked, `-` is
/// forbidden and without effect. With --mermaid: the same as a state diagram. With --coverage: what of
/// all this a journal exercises and what not, with counts and the first record of each.
///
/// Example: orch rules FENCE-1
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A rule
    #[arg(value_name = "ID", conflicts_with_all = ["table", "mermaid"])]
    id: Option<String>,

    /// Show a transition table
    #[arg(long, value_name = "THING")]
    table: Option<Thing>,

    /// Show a state diagram in the language of Mermaid; of tasks unless --table says otherwise
    #[arg(long)]
    mermaid: bool,

    /// Show what a journal exercises; without a path that of -S, or the nearest store
    #[arg(
        long,
        value_name = "JOURNAL",
        num_args = 0..=1,
        conflicts_with_all = ["id", "table", "mermaid"]
    )]
    #[expect(
        clippy::option_option,
        reason = "the flag may be left out, and so may its path"
    )]
    coverage: Option<Option<PathBuf>>,
}

/// A thing that has a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Thing {
    Task,
    Attempt,
    Agent,
    Gate,
}

#[derive(Debug, Serialize)]
struct Rules {
    version: u32,
    rules: Vec<RuleOut>,
}

#[derive(Debug, Serialize)]
struct RuleOut {
    id: &'static str,
    scope: &'static str,
    text: &'static str,
    from: &'static str,
}

#[derive(Debug, Serialize)]
struct Text {
    text: String,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    if let Some(journal) = &args.coverage {
        if journal.is_some() {
            ctx.globals.store.clone_from(journal);
        }
        return coverage::run(ctx);
    }
    if let Some(id) = &args.id {
        return explain::page(ctx, id);
    }
    if args.mermaid || args.table.is_some() {
        let thing = args.table.unwrap_or(Thing::Task);
        let text = if args.mermaid {
            diagram::of(thing)
        } else {
            table(thing)
        };
        let answer = Answer::general("orch.rules.table/1", Text { text });
        answer.print(&ctx.globals, &mut ctx.ui, |text, doc| {
            for line in text.text.lines() {
                doc.line(Line::new().text(line).keep());
            }
        })?;
        return Ok(Exit::Ok);
    }
    let rules = RULES.iter().map(RuleOut::from).collect();
    let rules = Rules {
        version: RULES_VERSION,
        rules,
    };
    let answer = Answer::general("orch.rules/1", rules).list("rules");
    answer.print(&ctx.globals, &mut ctx.ui, write)?;
    Ok(Exit::Ok)
}

impl From<&Rule> for RuleOut {
    fn from(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            scope: words::scope(rule.scope),
            text: rule.text,
            from: rule.from,
        }
    }
}

fn write(rules: &Rules, doc: &mut Doc) {
    doc.text(format!("rules version {}", rules.version));
    doc.gap();
    for rule in &rules.rules {
        let line = Line::new()
            .padded(Tone::Strong, rule.id, 12)
            .hang()
            .text(rule.text);
        doc.line(line.faint(format!(" [{}; from {}]", rule.scope, rule.from)));
    }
}

fn table(thing: Thing) -> String {
    match thing {
        Thing::Task => render_table("task", TaskStatus::ALL, TaskEvent::ALL, TaskStatus::next),
        Thing::Attempt => render_table(
            "attempt",
            AttemptStatus::ALL,
            AttemptEvent::ALL,
            AttemptStatus::next,
        ),
        Thing::Agent => render_table(
            "agent",
            AgentStatus::ALL,
            AgentEvent::ALL,
            AgentStatus::next,
        ),
        Thing::Gate => render_table("gate", GateStatus::ALL, GateEvent::ALL, GateStatus::next),
    }
}
