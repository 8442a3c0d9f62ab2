//! The identity of a state: everything that can be observed of it but positions, times and what
//! only grows.
//!
//! Two logs that lead to the same projection are taken for the same state. What no view tells, such
//! as whether a message is still unread or a late handoff could be adopted, is asked of `decide`.
//! The projection is text, so that a person can compare two of them; its key is a hash that depends
//! on nothing but that text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::event::Event;
use orch_core::event::attempt::Handoff;
use orch_core::event::clock::ClockSubject;
use orch_core::event::correction::{Change, Correction};
use orch_core::event::talk::{Receipt, WaitRef};
use orch_core::ids::{Seq, TaskId};
use orch_core::party::Actor;
use orch_core::record::Record;
use orch_core::view::{AttemptView, GateView, ObstacleKind, TaskView};

use crate::world::World;

/// The key of a state: FNV-1a of its projection, 128 bits wide, the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u128);

impl Key {
    /// Hashes a text.
    pub fn of(text: &str) -> Self {
        const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let bytes = text.bytes();
        Self(bytes.fold(OFFSET, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(PRIME)
        }))
    }

    /// Folds it to 64 bits, for sums.
    pub const fn short(self) -> u64 {
        let high = (self.0 >> 64) as u64;
        high ^ (self.0 & 0xffff_ffff_ffff_ffff) as u64
    }
}

/// Writes down what tells the state from others.
pub fn projection(world: &World) -> String {
    let mut out = String::with_capacity(1024);
    let mission = &world.mission;
    about_mission(&mut out, world);
    for task in in_order(mission.tasks().collect(), |task| task.id().to_string()) {
        about_task(&mut out, task, world.now);
        is_held(&mut out, world, task.id());
    }
    let agents = in_order(mission.agents().collect(), |it| it.agent().to_string());
    for agent in agents {
        let (who, status) = (agent.agent(), agent.status());
        let _ = write!(out, "A{who} {status}");
        for role in agent.roles() {
            let _ = write!(out, " {role}");
        }
        flag(&mut out, "implicit", agent.is_implicit());
        out.push('\n');
    }
    for (who, on) in waits(world) {
        if !matches!(who, WaitRef::Task(_)) {
            let _ = writeln!(out, "W{who} {on}");
        }
    }
    for line in sorted(owed(world)) {
        let _ = writeln!(out, "O{line}");
    }
    for line in sorted(unread(world)) {
        let _ = writeln!(out, "R{line}");
    }
    for line in sorted(said(world)) {
        let _ = writeln!(out, "M{line}");
    }
    // What was late and cannot be adopted changes nothing any more, so it is no part of the state.
    let ids = mission.tasks().map(|task| task.id());
    let open = ids.flat_map(|id| adoptable(world, id));
    let open = open.map(|(_, handoff)| format!("{handoff:?}"));
    for line in sorted(open) {
        let _ = writeln!(out, "E{line}");
    }
    out
}

fn about_mission(out: &mut String, world: &World) {
    let mission = &world.mission;
    let _ = write!(out, "m {}", mission.phase().kind);
    if let Some(lead) = mission.lead() {
        let _ = write!(out, " lead {lead}");
    }
    if let Some(closed) = mission.closed() {
        let _ = write!(out, " {:?} {}", closed.outcome, closed.forced);
    }
    flag(out, "archived", mission.archived().is_some());
    for (run, it) in mission.runs() {
        let _ = write!(out, " {run} {}", it.ended.is_some());
    }
    for it in mission.divergences() {
        let _ = write!(out, " {}!{}/{}", it.agent, it.task, it.carried);
    }
    let clocks = mission.due(DateTime::<Utc>::MAX_UTC);
    for line in sorted(clocks.into_iter().map(|it| {
        let subject = match it.subject {
            // A message is told by what it says, which stands elsewhere.
            ClockSubject::Message(_) => "message".to_owned(),
            other => format!("{other:?}"),
        };
        format!("{} {subject} {}", it.clock, past(it.due, world.now))
    })) {
        let _ = write!(out, " {line}");
    }
    out.push('\n');
}

fn about_task(out: &mut String, task: TaskView<'_>, now: DateTime<Utc>) {
    let _ = write!(out, "T{} {}", task.id(), task.status());
    let n = task.counters();
    let counts = [
        n.failures,
        n.crashes,
        n.blocks,
        n.review_rounds,
        n.fruitless,
    ];
    for count in counts {
        let _ = write!(out, " {count}");
    }
    if let Some(token) = task.token() {
        let _ = write!(out, " token {}", token.number());
    }
    if let Some(at) = task.retry_at() {
        let _ = write!(out, " retry {}", past(at, now));
    }
    if let Some(by) = task.superseded_by() {
        let _ = write!(out, " by {by}");
    }
    for (need, on, is_met, _) in task.needs() {
        let _ = write!(out, " needs {need} {on:?} {is_met}");
    }
    for label in [task.kind(), task.role(), task.phase()] {
        let _ = write!(out, " {}", label.map_or("", |label| label.as_str()));
    }
    if let Some(parent) = task.parent() {
        let _ = write!(out, " in {parent}");
    }
    let _ = write!(out, " {:?} {:?}", task.evidence(), task.missing_evidence());
    let _ = write!(out, " {:?}", task.remaining());
    flag(out, "succeeded", task.success().is_some());
    flag(out, "error", task.last_error().is_some());
    flag(out, "handed", task.last_handoff().is_some());
    flag(out, "asked", task.open_question().is_some());
    flag(out, "implicit", task.is_implicit());
    out.push('\n');
    for gate in task.gates() {
        about_gate(out, gate);
    }
    for attempt in task.attempts() {
        about_attempt(out, attempt, now);
    }
}

fn about_gate(out: &mut String, gate: GateView<'_>) {
    let _ = write!(
        out,
        " G{} {:?} {}",
        gate.name(),
        gate.stage(),
        gate.status()
    );
    if let Some((_, holder)) = gate.holder() {
        let _ = write!(out, " with {holder}");
    }
    if let Some(decided) = gate.decision() {
        let (verdict, by, attempt) = (decided.verdict, &decided.by, decided.attempt);
        let _ = write!(out, " {verdict:?} by {by} on {attempt} {}", gate.is_stale());
    }
    out.push('\n');
}

fn about_attempt(out: &mut String, attempt: AttemptView<'_>, now: DateTime<Utc>) {
    let (number, agent) = (attempt.number(), attempt.agent());
    let (status, liveness) = (attempt.status(), attempt.liveness());
    let _ = write!(out, " a{number} {agent} {status} {liveness}");
    if let Some((_, ending)) = attempt.closed() {
        let _ = write!(out, " {ending}");
    }
    if let Some(revision) = attempt.revision() {
        let _ = write!(out, " at {revision}");
    }
    if let Some(until) = attempt.silent_until() {
        let _ = write!(out, " silent {}", past(until, now));
    }
    flag(out, "started", attempt.started().is_some());
    flag(out, "progressed", attempt.last_progress().is_some());
    flag(out, "handed", attempt.handed_over().is_some());
    flag(out, "parallel", attempt.is_parallel());
    flag(out, "unaccounted", attempt.unaccounted().is_some());
    out.push('\n');
}

/// A declared wait shows only in the readiness of an open task, so it is asked whether lifting it
/// would change anything.
fn is_held(out: &mut String, world: &World, task: &TaskId) {
    if let Some(on) = waits(world).get(&WaitRef::Task(task.clone())) {
        let lift = Correction {
            task: task.clone(),
            change: Change::Unblock,
            reason: "to see".to_owned(),
            supersedes: Vec::new(),
        };
        let answer = asked(world, &Command::Correct(lift));
        let _ = writeln!(out, " waits {on} {answer}");
    }
}

/// Who said last that it waits for what.
fn waits(world: &World) -> BTreeMap<WaitRef, WaitRef> {
    let said = world
        .records
        .iter()
        .filter_map(|record| match record.event() {
            Event::WaitDeclared(wait) => Some((wait.who.clone(), wait.on.clone())),
            _ => None,
        });
    said.collect()
}

fn owed(world: &World) -> impl Iterator<Item = String> {
    world.mission.obligations().into_iter().map(|it| {
        let due = it.due.map_or('-', |due| past(due, world.now));
        format!(
            "{} {}>{} {:?} {:?} {:?} {:?} {due} {}",
            it.kind,
            it.owed_by,
            it.next,
            it.task,
            it.attempt,
            it.gate,
            it.agent,
            it.expired.is_some()
        )
    })
}

/// Results that nobody has read, by what they say.
fn unread(world: &World) -> impl Iterator<Item = String> {
    let obstacles = world.mission.obstacles().into_iter();
    let results = obstacles.filter(|it| it.kind == ObstacleKind::Result);
    results.map(|it| {
        let record = it.because.first().and_then(|seq| at(world, *seq));
        let what = record.map_or_else(String::new, |event| match event {
            Event::Handoff(handoff) => format!("{:?} {}", handoff.status, handoff.attempt),
            Event::AttemptEnded(ended) => format!("{:?} {}", ended.how, ended.attempt),
            other => other.kind().to_owned(),
        });
        format!("{:?} {what}", it.task)
    })
}

/// Messages, and whether somebody has still to read them.
fn said(world: &World) -> impl Iterator<Item = String> {
    world
        .records
        .iter()
        .filter_map(|record| match record.event() {
            Event::Message(message) => {
                let read = Command::Receipt(Receipt {
                    of: vec![record.seq()],
                });
                let answer = asked(world, &read);
                let (from, to) = (&message.from, &message.to);
                let (class, task) = (message.class, &message.task);
                Some(format!("{from}>{to} {class:?} {task:?} {answer}"))
            }
            _ => None,
        })
}

/// Handoffs on record that could still be adopted, in an order that is not that of the log.
pub(super) fn adoptable<'a>(world: &'a World, task: &'a TaskId) -> Vec<(Seq, &'a Handoff)> {
    let of_task = handoffs(world).filter(|(_, handoff)| handoff.task == *task);
    let open = of_task.filter(|(seq, _)| could_be_adopted(world, task, *seq));
    in_order(open.collect(), |(_, handoff)| format!("{handoff:?}"))
}

/// While a mission is closed nothing can be adopted; a refusal that names the record itself says
/// that it never can be.
fn could_be_adopted(world: &World, task: &TaskId, seq: Seq) -> bool {
    let context = Context::new(Actor::Host, world.now);
    match world.mission.decide(&adoption(task, seq), &context) {
        Ok(decision) => matches!(decision, Decision::Accepted { .. }),
        Err(refused) => refused.because.iter().all(|fact| fact.seq != seq),
    }
}

fn handoffs(world: &World) -> impl Iterator<Item = (Seq, &Handoff)> {
    world
        .records
        .iter()
        .filter_map(|record| match record.event() {
            Event::Handoff(handoff) => Some((record.seq(), handoff)),
            _ => None,
        })
}

/// Asks for a handoff to count after all.
pub(super) fn adoption(task: &TaskId, seq: Seq) -> Command {
    Command::Correct(Correction {
        task: task.clone(),
        change: Change::Adopt { seq },
        reason: "as observed".to_owned(),
        supersedes: Vec::new(),
    })
}

/// What the host would be answered, in a word.
fn asked(world: &World, command: &Command) -> &'static str {
    let context = Context::new(Actor::Host, world.now);
    match world.mission.decide(command, &context) {
        Ok(Decision::Accepted { .. }) => "yes",
        Ok(_) => "already",
        Err(refused) => refused.code.as_str(),
    }
}

/// The event at a position of a log without gaps.
pub(super) fn at(world: &World, seq: Seq) -> Option<&Event> {
    let place = usize::try_from(seq.0).ok()?.checked_sub(1)?;
    world.records.get(place).map(Record::event)
}

fn past(at: DateTime<Utc>, now: DateTime<Utc>) -> char {
    if at <= now { 'p' } else { 'f' }
}

fn flag(out: &mut String, word: &str, is_so: bool) {
    if is_so {
        out.push(' ');
        out.push_str(word);
    }
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines
}

fn in_order<T>(mut rows: Vec<T>, name: impl Fn(&T) -> String) -> Vec<T> {
    rows.sort_by_cached_key(name);
    rows
}
