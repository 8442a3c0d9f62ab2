//! `orch rules --coverage`: what of the specification a journal exercises.

use orch_core::codes::Code;
use orch_core::coverage::{Cell, Coverage, Seen};
use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::ids::Seq;
use orch_core::lint::{Kind, Lint};
use orch_core::rules::Scope;
use orch_core::status::Step;
use orch_core::status::agent::{AgentEvent, AgentStatus};
use orch_core::status::attempt::{AttemptEvent, AttemptStatus};
use orch_core::status::gate::{GateEvent, GateStatus};
use orch_core::status::task::{TaskEvent, TaskStatus};
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};

/// How many words that were not seen are named unless all are asked for.
const NAMED_MAX: usize = 100;

/// What a journal exercises: every word that could be, with how often it was.
#[derive(Debug, Serialize)]
struct Covered {
    records: u64,
    sections: Vec<Section>,
}

/// The words of one kind.
#[derive(Debug, Serialize)]
struct Section {
    of: &'static str,
    means: &'static str,
    total: usize,
    seen: usize,
    items: Vec<Item>,
}

/// One word.
#[derive(Debug, Serialize)]
struct Item {
    name: String,
    n: u64,
    first: Option<Seq>,
}

impl Item {
    fn new(name: impl Into<String>, seen: Option<Seen>) -> Self {
        Self {
            name: name.into(),
            n: seen.map_or(0, |seen| seen.n),
            first: seen.map(|seen| seen.first),
        }
    }
}

impl Section {
    fn new(of: &'static str, means: &'static str, mut items: Vec<Item>) -> Self {
        let total = items.len();
        // What was seen first, the most often first; the rest in the order of its table.
        items.sort_by_key(|item| std::cmp::Reverse(item.n));
        Self {
            of,
            means,
            total,
            seen: items.iter().filter(|item| item.n > 0).count(),
            items,
        }
    }

    fn write(&self, doc: &mut Doc, verbose: bool) {
        doc.gap();
        let line = Line::new().strong(self.of);
        let line = line.text(format!(" {} of {}", self.seen, self.total));
        doc.line(line.faint(format!("  {}", self.means)));
        for item in self.items.iter().filter(|item| item.n > 0) {
            let count = format!("{:>8} ", item.n);
            let line = Line::new().padded(Tone::Plain, count, 10).text(&item.name);
            let first = item.first.map(|first| format!("  from record {first}"));
            doc.line(line.faint(first.unwrap_or_default()));
        }
        let unseen = self.items.iter().filter(|item| item.n == 0);
        let unseen: Vec<&str> = unseen.map(|item| item.name.as_str()).collect();
        let words = match unseen.len() {
            0 => return,
            n if n > NAMED_MAX && !verbose => format!("{n} others; -v names them"),
            _ => unseen.join(", "),
        };
        let line = Line::new().padded(Tone::Faint, "   not: ", 10).hang();
        doc.line(line.faint(words));
    }
}

/// Runs the command.
pub(super) fn run(ctx: &mut Ctx) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let mut coverage = Coverage::new();
    for record in view.records() {
        coverage.push(record);
    }
    let coverage = coverage.finish();
    let covered = Covered {
        records: coverage.n_records(),
        sections: vec![
            rules(&coverage),
            kinds(&coverage),
            tables(&coverage),
            findings(&coverage),
            causes(&coverage),
        ],
    };
    let verbose = ctx.globals.verbose;
    let answer = Answer::new("orch.rules.coverage/1", &view, covered).list("sections");
    answer.print(&ctx.globals, &mut ctx.ui, |covered, doc| {
        doc.text(format!("{} records", covered.records));
        for section in &covered.sections {
            section.write(doc, verbose);
        }
    })?;
    Ok(Exit::Ok)
}

fn rules(coverage: &Coverage) -> Section {
    let core = coverage
        .rules()
        .filter(|(rule, _)| rule.scope == Scope::Core);
    let items = core.map(|(rule, seen)| Item::new(rule.id, seen));
    let means = "rules of the core that a finding names as broken";
    Section::new("rules", means, items.collect())
}

fn kinds(coverage: &Coverage) -> Section {
    let known = Event::KINDS
        .iter()
        .map(|kind| Item::new(*kind, coverage.kind(kind)));
    let unknown = coverage
        .unknown_kinds()
        .map(|(kind, seen)| Item::new(format!("{kind} (unknown)"), Some(seen)));
    Section::new("events", "kinds of records", known.chain(unknown).collect())
}

fn tables(coverage: &Coverage) -> Section {
    let tasks = cells("task", TaskStatus::ALL, TaskEvent::ALL, TaskStatus::next);
    let tasks = tasks.map(|(name, status, event)| (name, Cell::Task(status, event)));
    let attempts = cells(
        "attempt",
        AttemptStatus::ALL,
        AttemptEvent::ALL,
        AttemptStatus::next,
    );
    let attempts = attempts.map(|(name, status, event)| (name, Cell::Attempt(status, event)));
    let agents = cells(
        "agent",
        AgentStatus::ALL,
        AgentEvent::ALL,
        AgentStatus::next,
    );
    let agents = agents.map(|(name, status, event)| (name, Cell::Agent(status, event)));
    let gates = cells("gate", GateStatus::ALL, GateEvent::ALL, GateStatus::next);
    let gates = gates.map(|(name, status, event)| (name, Cell::Gate(status, event)));
    let all = tasks.chain(attempts).chain(agents).chain(gates);
    let items = all.map(|(name, cell)| Item::new(name, coverage.cell(cell)));
    let means = "status and event of the tables that are not without effect";
    Section::new("transitions", means, items.collect())
}

/// Names every cell of a table that an event can have an effect in.
fn cells<S: Copy + std::fmt::Display, E: Copy + std::fmt::Display>(
    table: &'static str,
    statuses: &'static [S],
    events: &'static [E],
    next: impl Fn(S, E) -> Step<S>,
) -> impl Iterator<Item = (String, S, E)> {
    let pairs = statuses
        .iter()
        .flat_map(move |&status| events.iter().map(move |&event| (status, event)));
    pairs.filter_map(move |(status, event)| {
        let to = match next(status, event) {
            Step::To(to) => to.to_string(),
            Step::Breach(to) => format!("!{to}"),
            Step::Stays => "stays".to_owned(),
            Step::Already | Step::Refused => return None,
        };
        let name = format!("{table} {status} x {event} -> {to}");
        Some((name, status, event))
    })
}

fn findings(coverage: &Coverage) -> Section {
    let codes = Code::ALL.iter().map(|code| Kind::Code(*code));
    // The others take a second account of the same work.
    let lints = Lint::ALL.iter().filter(|lint| !lint.is_divergence());
    let lints = lints.map(|lint| Kind::Lint(*lint));
    let items = codes
        .chain(lints)
        .map(|kind| Item::new(kind.as_str(), coverage.finding(kind)));
    let means = "kinds of findings, see `orch lint`";
    Section::new("findings", means, items.collect())
}

fn causes(coverage: &Coverage) -> Section {
    let items = Cause::ALL
        .iter()
        .map(|cause| Item::new(cause.as_str(), coverage.cause(*cause)));
    let means = "causes that a record left its task with, or the log ended with";
    Section::new("causes", means, items.collect())
}
