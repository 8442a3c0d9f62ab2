//! What only several records show: runs, clocks, remarks that are acted on, who was heard of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::gaps::{Gaps, has_gap, is_reconstructed};
use super::{Finding, Lint};
use crate::event::Event;
use crate::event::attempt::{AttemptEnd, HandoffStatus};
use crate::event::clock::ClockSubject;
use crate::event::talk::{MessageClass, WaitRef};
use crate::fold::Outcome;
use crate::fold::check::is_clean;
use crate::fold::effect::subject as subject_of;
use crate::ids::{AgentName, AgentRef, Seq, TaskId};
use crate::mission::Mission;
use crate::party::Party;
use crate::record::Record;

/// From how many equal notes on it is a loop.
const LOOP_MIN: u64 = 10;

/// How many different notes about one task are followed at once.
const NOTES_MAX: usize = 16;

/// After how many fruitless attempts it is a run, unless the mission says.
const FRUITLESS_MIN: u32 = 5;

/// How far a clock may go back: what several writers of one log differ by is no finding.
const JITTER: TimeDelta = TimeDelta::seconds(1);

/// A run of records that say the same.
#[derive(Debug)]
struct Run {
    first: Seq,
    n: u64,
    /// Its finding, once it is long enough.
    finding: Option<usize>,
}

/// A remark to an agent that has not reported since.
#[derive(Debug)]
struct Remark {
    seq: Seq,
    task: Option<TaskId>,
    from: Party,
}

/// What is remembered between records.
#[derive(Debug, Default)]
pub(super) struct Watch {
    gaps: Gaps,
    notes: BTreeMap<TaskId, BTreeMap<Box<str>, Run>>,
    fruitless: BTreeMap<TaskId, Run>,
    remarks: BTreeMap<AgentName, Remark>,
    clock: Option<(Seq, DateTime<Utc>)>,
    shifted: Option<Run>,
    /// The last report of each agent.
    pub(super) heard: BTreeMap<AgentName, Seq>,
    /// The last record of each party that writes itself.
    pub(super) spoke: BTreeMap<Party, Seq>,
    /// The dispatches that a snapshot only implies: it would not tell what was heard since.
    pub(super) implied: BTreeSet<Seq>,
    /// The records that call a task blocked without saying on what.
    pub(super) blocked: BTreeMap<TaskId, Seq>,
}

impl Watch {
    /// Takes a record that was folded.
    pub(super) fn take(
        &mut self,
        mission: &Mission,
        record: &Record,
        outcome: Outcome,
        findings: &mut Vec<Finding>,
    ) {
        self.gaps.take(record, findings);
        self.clock(record, findings);
        self.shift(record, findings);
        if outcome == Outcome::Changed {
            self.acted_on_remark(mission, record, findings);
            self.attempts(mission, record, findings);
        }
        self.note(record, findings);
        if let Event::Dispatched(_) = record.event()
            && is_reconstructed(record)
        {
            self.implied.insert(record.seq());
        }
        if let Some(party) = record.envelope().by.party() {
            self.spoke.insert(party, record.seq());
        }
        if let Some((_, agent)) = report(record.event()) {
            self.heard.insert(agent.name.clone(), record.seq());
        }
        if has_gap(record, "blocked_on")
            && let Some(task) = subject(record.event())
        {
            self.blocked.insert(task.clone(), record.seq());
        }
    }

    /// Equal notes about a task, with nothing else about it in between.
    // spec: TIME-1
    fn note(&mut self, record: &Record, findings: &mut Vec<Finding>) {
        let Event::Note(note) = record.event() else {
            if let Some(task) = subject(record.event()) {
                self.notes.remove(task);
            }
            return;
        };
        let Some(task) = &note.task else { return };
        let of_task = self.notes.entry(task.clone()).or_default();
        if of_task.len() >= NOTES_MAX && !of_task.contains_key(note.text.as_str()) {
            return;
        }
        let run = of_task
            .entry(note.text.as_str().into())
            .or_insert_with(|| Run::before(record.seq()));
        let what = || format!("task {task}: the same note again and again: {}", note.text);
        run.goes_on(
            record.seq(),
            (LOOP_MIN, Lint::PollLoop),
            task,
            findings,
            what,
        );
    }

    /// Attempts that end one after another without a result or a sign of progress.
    // spec: RETRY-1
    fn attempts(&mut self, mission: &Mission, record: &Record, findings: &mut Vec<Finding>) {
        let Some(task) = fruitless(record.event()) else {
            if let Some(task) = fruitful(record.event()) {
                self.fruitless.remove(task);
            }
            return;
        };
        let limit = mission
            .policy()
            .retry
            .livelock_after
            .unwrap_or(FRUITLESS_MIN);
        let what =
            || format!("task {task}: attempts ended one after another without getting anywhere");
        let run = self.fruitless.entry(task.clone());
        let run = run.or_insert_with(|| Run::before(record.seq()));
        let min = (u64::from(limit), Lint::Livelock);
        run.goes_on(record.seq(), min, task, findings, what);
    }

    /// Whoever gives a task back as its first report after a remark was moved by the remark.
    // spec: NOTE-1
    fn acted_on_remark(&mut self, mission: &Mission, record: &Record, findings: &mut Vec<Finding>) {
        if let Event::Message(message) = record.event() {
            if let (MessageClass::Fyi, Party::Agent(to)) = (message.class, &message.to) {
                let remark = Remark {
                    seq: record.seq(),
                    task: message.task.clone(),
                    from: message.from.clone(),
                };
                self.remarks.insert(to.clone(), remark);
            }
            return;
        }
        // Said structurally as well: then that is what moved it.
        if let Event::Shutdown(shutdown) = record.event() {
            self.remarks.remove(&shutdown.agent.name);
        } else if let Event::Correction(correction) = record.event() {
            let task = mission.task(&correction.task);
            let newest = task.iter().flat_map(|task| task.attempts().rev());
            // A rebind has put another attempt behind the one that it took the task from.
            for attempt in newest.take(2) {
                self.remarks.remove(&attempt.agent().name);
            }
        }
        let Some((task, agent)) = report(record.event()) else {
            return;
        };
        let Some(remark) = self
            .remarks
            .remove(&agent.name)
            .filter(|_| gives_back(record.event()))
        else {
            return;
        };
        let is_about = remark.task.as_ref().is_none_or(|about| about == task);
        let row = mission.task(task);
        // From the newest: a task can have thousands.
        let mut newest = row.iter().flat_map(|row| row.attempts().rev());
        let attempt = newest.find(|one| one.agent() == *agent);
        let had_it = attempt.is_some_and(|attempt| attempt.dispatched().seq < remark.seq);
        if is_about && had_it {
            let detail = format!(
                "{agent} gives task {task} back after a remark of {} that asks for nothing",
                remark.from
            );
            let found = Finding::lint(Lint::ChangedByFyi, record.seq(), detail).on(task);
            findings.push(found.because([remark.seq]));
        }
    }

    /// A time before that of the record before it.
    // spec: ORDER-1
    fn clock(&mut self, record: &Record, findings: &mut Vec<Finding>) {
        // The facts of a snapshot have times of their own and no order.
        if is_reconstructed(record) {
            return;
        }
        let before = self.clock.replace((record.seq(), record.at()));
        let Some((seq, at)) = before else { return };
        let back = at.signed_duration_since(record.at());
        if back <= JITTER {
            return;
        }
        let (lint, by) = match whole_hours(back) {
            Some(hours) => (Lint::WholeHourShift, format!("{hours} h")),
            None => (Lint::OutOfOrderClock, format!("{} s", back.num_seconds())),
        };
        let detail = format!(
            "{} comes after {at} of record {seq}: back by {by}",
            record.at()
        );
        findings.push(Finding::lint(lint, record.seq(), detail).because([seq]));
    }

    /// Records whose importer knows that their clock lies; one finding for each stretch.
    // spec: ORDER-1
    fn shift(&mut self, record: &Record, findings: &mut Vec<Finding>) {
        let source = record.envelope().source.as_ref();
        if is_reconstructed(record) {
            return;
        }
        if !source.is_some_and(|source| source.clock_suspect) {
            self.shifted = None;
            return;
        }
        let run = self
            .shifted
            .get_or_insert_with(|| Run::before(record.seq()));
        run.n = run.n.saturating_add(1);
        let first = run.first;
        let finding = *run.finding.get_or_insert_with(|| {
            let detail = "its times differ by whole hours from those they should equal".to_owned();
            findings.push(Finding::lint(Lint::WholeHourShift, first, detail));
            findings.len().saturating_sub(1)
        });
        if let Some(finding) = findings.get_mut(finding) {
            finding.n = run.n;
            finding.because = vec![record.seq()];
        }
    }
}

impl Run {
    /// A run that begins with a record, which is still to be taken.
    const fn before(first: Seq) -> Self {
        Self {
            first,
            n: 0,
            finding: None,
        }
    }

    /// Takes one more; from `min` on it is a finding, which then grows with it.
    fn goes_on(
        &mut self,
        seq: Seq,
        (min, lint): (u64, Lint),
        task: &TaskId,
        findings: &mut Vec<Finding>,
        what: impl FnOnce() -> String,
    ) {
        self.n = self.n.saturating_add(1);
        if self.n < min {
            return;
        }
        let first = self.first;
        let finding = *self.finding.get_or_insert_with(|| {
            findings.push(Finding::lint(lint, first, what()).on(task));
            findings.len().saturating_sub(1)
        });
        if let Some(finding) = findings.get_mut(finding) {
            finding.n = self.n;
            finding.because = vec![seq];
        }
    }
}

/// By how many whole hours a clock went back, give or take what happened in between.
fn whole_hours(back: TimeDelta) -> Option<i64> {
    const BETWEEN: i64 = 120;
    let hours = back.num_seconds().saturating_add(BETWEEN).div_euclid(3600);
    let rest = back
        .num_seconds()
        .saturating_sub(hours.saturating_mul(3600));
    (hours > 0 && rest.abs() <= BETWEEN).then_some(hours)
}

/// The task of an attempt that ends without a result.
fn fruitless(event: &Event) -> Option<&TaskId> {
    if let Event::AttemptEnded(ended) = event {
        let is_dirty = !is_clean(ended) && ended.how != AttemptEnd::Released;
        return is_dirty.then_some(&ended.task);
    }
    let Event::Handoff(handoff) = event else {
        return None;
    };
    (handoff.status == Some(HandoffStatus::Failed)).then_some(&handoff.task)
}

/// The task that something got somewhere with, or that somebody ruled on.
const fn fruitful(event: &Event) -> Option<&TaskId> {
    if let Event::AttemptEnded(ended) = event
        && matches!(ended.how, AttemptEnd::Exited)
    {
        Some(&ended.task)
    } else if let Event::Handoff(handoff) = event {
        Some(&handoff.task)
    } else if let Event::Progress(progress) = event {
        Some(&progress.task)
    } else if let Event::Correction(correction) = event {
        Some(&correction.task)
    } else {
        None
    }
}

/// Whether a report gives its task back unfinished.
fn gives_back(event: &Event) -> bool {
    if let Event::AttemptEnded(ended) = event {
        return ended.how == AttemptEnd::Released;
    }
    let Event::Handoff(handoff) = event else {
        return false;
    };
    matches!(
        handoff.status,
        Some(HandoffStatus::Partial | HandoffStatus::Blocked)
    )
}

/// The task and the agent of a report about an attempt.
const fn report(event: &Event) -> Option<(&TaskId, &AgentRef)> {
    if let Event::AttemptStarted(data) = event {
        Some((&data.task, &data.agent))
    } else if let Event::Progress(data) = event {
        Some((&data.task, &data.agent))
    } else if let Event::Heartbeat(data) = event {
        Some((&data.task, &data.agent))
    } else if let Event::Handoff(data) = event {
        Some((&data.task, &data.agent))
    } else if let Event::AttemptEnded(data) = event {
        Some((&data.task, &data.agent))
    } else {
        None
    }
}

/// The task that an event is about, or holds back.
fn subject(event: &Event) -> Option<&TaskId> {
    if let Event::WaitDeclared(wait) = event
        && let WaitRef::Task(task) = &wait.who
    {
        return Some(task);
    }
    if let Event::Timeout(timeout) = event
        && let ClockSubject::Attempt { task, .. } | ClockSubject::Task(task) = &timeout.subject
    {
        return Some(task);
    }
    subject_of(event).0
}
