//! Telling a log: one line for each record, and below it what changed.
//!
//! ```text
//!  7 00:12:00 agent:coder#1 handoff task=api attempt=1 status=done
//!      mission: executing, stuck; 0 in flight, 0 of 1 done
//!      task api: in_review, attempt 1 with coder#1
//!    + gate_open api → lead, proved by 7: gate review needs a holder
//!    ! anomaly, late: what a rule forbids about the record, and what has no effect
//! ```
//! `+` is a cause that is new, `~` one that is more or less certain, `-` one that is gone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta};
use orch_core::diagnosis::{Blocker, Cause};
use orch_core::fold::Outcome;
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Liveness;
use orch_core::party::Party;
use orch_core::policy::Policy;
use orch_core::record::Record;
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::{Readiness, TaskView};
use serde_json::Value;

use super::glance::Glance;

/// What a cause is told apart by.
type Key = (Cause, Option<String>, Party, String);

/// What is shown at a glance: facts by their name, and causes.
#[derive(Default)]
struct Shown {
    facts: Vec<(String, String)>,
    causes: BTreeMap<Key, Blocker>,
}

/// Tells a log through the glances at it.
pub(super) fn tell(records: &[Record], glances: &[Glance]) -> String {
    let start = records.first().map_or(DateTime::UNIX_EPOCH, Record::at);
    let mut text = String::new();
    let mut before = Shown::default();
    for glance in glances {
        let shown = look(glance);
        let changes = changes(&before, &shown);
        let elapsed = clock(glance.now - start);
        match records.iter().find(|it| it.seq() == glance.seq) {
            Some(record) if glance.applied.is_some() => {
                let (seq, by) = (record.seq().0, &record.envelope().by);
                writeln!(text, "{seq:>2} {elapsed} {by} {}", said(record)).unwrap();
            }
            Some(_) | None => writeln!(text, "   {elapsed} nothing more was said").unwrap(),
        }
        text.push_str(&changes);
        text.push_str(&marks(glance));
        before = shown;
    }
    text
}

/// A span as hours, minutes and seconds.
fn clock(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

/// The kind of a record and its data, on one line.
fn said(record: &Record) -> String {
    let line: Value = serde_json::from_str(record.as_line()).unwrap();
    let data = &line["data"];
    let mut fields = Vec::new();
    flatten("", data, &mut fields);
    if data.get("policy").is_some() {
        let mut usual = Vec::new();
        let policy = serde_json::to_value(Policy::default()).unwrap();
        flatten("policy", &policy, &mut usual);
        fields.retain(|field| !usual.contains(field));
    }
    let rank = |name: &str| {
        let first = ["title", "task", "attempt", "agent", "class", "from", "to"];
        first
            .iter()
            .position(|it| *it == name)
            .unwrap_or(first.len())
    };
    fields.sort_by_key(|(name, _)| rank(name));
    let fields: Vec<String> = fields
        .into_iter()
        .filter(|(name, _)| name != "rules")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{} {}", record.event().kind(), fields.join(" "))
}

/// Every leaf of a value, by its path.
fn flatten(path: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flatten(&name, field, into);
            }
        }
        Value::String(text) if !text.contains(' ') => into.push((path.to_owned(), text.clone())),
        Value::Array(_) | Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {
            into.push((path.to_owned(), value.to_string()));
        }
    }
}

fn look(glance: &Glance) -> Shown {
    let mission = &glance.mission;
    let phase = mission.phase();
    let counts = mission.counts();
    let forced = if phase.forced { ", forced" } else { "" };
    let mut facts = vec![(
        "mission".to_owned(),
        format!(
            "{}{forced}, {}; {} in flight, {} of {} done",
            phase.kind,
            glance.verdict(),
            counts.in_flight,
            counts.done,
            counts.wanted
        ),
    )];
    for agent in mission.agents() {
        facts.push((
            format!("agent {}", agent.agent()),
            agent.status().to_string(),
        ));
    }
    for task in mission.tasks() {
        facts.push((format!("task {}", task.id()), stands(glance, &task)));
        for gate in task.gates() {
            let holder = gate.holder().map(|(_, holder)| format!(" with {holder}"));
            let stale = if gate.is_stale() { ", stale" } else { "" };
            let text = format!("{}{}{stale}", gate.status(), holder.unwrap_or_default());
            facts.push((format!("gate {}/{}", task.id(), gate.name()), text));
        }
    }
    let causes = glance.causes().into_iter();
    let causes = causes.map(|it| {
        let about = it.task.as_ref().map(ToString::to_string);
        ((it.cause, about, it.next.clone(), it.detail.clone()), it)
    });
    Shown {
        facts,
        causes: causes.collect(),
    }
}

/// Where a task stands, on one line.
fn stands(glance: &Glance, task: &TaskView<'_>) -> String {
    let mut text = task.status().to_string();
    if let Some(readiness) = glance.mission.readiness(task.id(), glance.now) {
        write!(text, " ({})", readiness_word(&readiness)).unwrap();
    }
    if let Some(by) = task
        .superseded_by()
        .filter(|_| task.status() == TaskStatus::Superseded)
    {
        write!(text, " by {by}").unwrap();
    }
    if let Some((token, owner)) = task.token().zip(task.owner()) {
        write!(text, ", attempt {} with {owner}", token.number()).unwrap();
        if token.liveness() != Liveness::Alive {
            write!(text, " ({})", token.liveness()).unwrap();
        }
    }
    let n_open = task.attempts().filter(|it| it.closed().is_none()).count();
    if n_open > 1 {
        write!(text, ", {n_open} attempts open").unwrap();
    }
    if task.open_question().is_some() {
        text.push_str(", needs_input");
    }
    let counters = task.counters();
    let counted = [
        ("failures", counters.failures),
        ("crashes", counters.crashes),
        ("blocks", counters.blocks),
        ("review rounds", counters.review_rounds),
    ];
    for (what, n) in counted.into_iter().filter(|(_, n)| *n > 0) {
        write!(text, ", {what} {n}").unwrap();
    }
    text
}

fn readiness_word(readiness: &Readiness) -> String {
    if let Readiness::Waiting { on, .. } = readiness {
        let on: Vec<&str> = on.iter().map(TaskId::as_str).collect();
        return format!("waiting on {}", on.join(", "));
    }
    let word = serde_json::to_value(readiness).unwrap();
    let word = word.as_object().and_then(|it| it.keys().next().cloned());
    word.unwrap_or_else(|| "ready".to_owned())
}

/// What is shown otherwise than before.
fn changes(before: &Shown, shown: &Shown) -> String {
    let mut text = String::new();
    let known: BTreeMap<&str, &str> = before
        .facts
        .iter()
        .map(|(name, fact)| (name.as_str(), fact.as_str()))
        .collect();
    for (name, fact) in &shown.facts {
        let old = known.get(name.as_str());
        let joins = name.starts_with("agent") && old.is_none();
        // That who joins is there goes without saying.
        let is_plain = joins && fact == AgentStatus::Live.as_str();
        if !is_plain && old != Some(&fact.as_str()) {
            writeln!(text, "     {name}: {fact}").unwrap();
        }
    }
    for key in before
        .causes
        .keys()
        .filter(|key| !shown.causes.contains_key(*key))
    {
        writeln!(text, "   - {}", named(key)).unwrap();
    }
    for (key, cause) in &shown.causes {
        let old = before.causes.get(key);
        let is_same = old.is_some_and(|old| old.confidence == cause.confidence);
        if !is_same {
            let sign = if old.is_some() { '~' } else { '+' };
            let (sure, by) = (cause.confidence, list(&cause.because));
            writeln!(
                text,
                "   {sign} {}, {sure} by {by}: {}",
                named(key),
                cause.detail
            )
            .unwrap();
            if !cause.victims.is_empty() {
                let victims: Vec<String> = cause.victims.iter().map(ToString::to_string).collect();
                writeln!(text, "     behind it: {}", victims.join(", ")).unwrap();
            }
        }
    }
    text
}

fn named((cause, task, next, _): &Key) -> String {
    let about = task.as_ref().map(|task| format!(" {task}"));
    format!("{cause}{} → {next}", about.unwrap_or_default())
}

fn list(seqs: &[Seq]) -> String {
    let seqs: Vec<String> = seqs.iter().map(ToString::to_string).collect();
    seqs.join(" ")
}

/// What is wrong with the record itself.
fn marks(glance: &Glance) -> String {
    let mut text = String::new();
    let Some(applied) = glance.applied else {
        return text;
    };
    let mission = &glance.mission;
    for anomaly in mission.anomalies().iter().filter(|it| it.seq == glance.seq) {
        writeln!(text, "   ! {}: {}", anomaly.code, anomaly.detail).unwrap();
    }
    match applied.outcome {
        Outcome::Changed => {}
        Outcome::Ignored => writeln!(text, "   ! ignored: it changes nothing").unwrap(),
        Outcome::Fenced => {
            let kept = mission
                .late_evidence()
                .iter()
                .find(|it| it.seq == glance.seq);
            let why = kept.map_or_else(
                || "counted with its attempt".to_owned(),
                |it| format!("kept as {}", it.code),
            );
            writeln!(text, "   ! late: {why}").unwrap();
        }
        _ => panic!("an outcome without words: {:?}", applied.outcome),
    }
    text
}
