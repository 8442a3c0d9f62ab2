//! The NEEDLE dispatcher's `.beads/events.jsonl`.
//!
//! ```text
//! claim → note (most claims lose)      dispatch → dispatched
//! complete → attempt_ended(exited)     timeout → timeout, attempt_ended(killed)
//! fail → handoff(failed), or attempt_ended(exited) when the row does not say that it failed
//! complete by a worker who was handed another task → that attempt released, and the named task
//!            dispatched and ended: the success is where the log says it is
//! ```
//!
//! The rows carry no attempt: which dispatch an end is of is found out by [`OpenAttempts`].

mod open;

use std::collections::{HashMap, HashSet};

use orch_core::event::attempt::{AttemptEnd, AttemptEnded, Dispatched, Handoff, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::note::Note;
use orch_core::ids::{AgentName, AgentRef, AttemptNo, TaskId};
use orch_core::policy::Millis;
use serde::Deserialize;

use crate::error::ImportError;
use crate::input::Opened;
use crate::reading::{Meter, NotMapped, each_row};
use crate::report::NeverEnded;
use crate::report::odd::Oddity;
use crate::scribe::{Place, Row, Scribe};
use crate::text::{Text, filled};
use open::{OpenAttempts, Paired};

/// Imports needle logs, one after another.
pub(crate) fn import(
    files: Vec<Opened<'_>>,
    meter: &mut Meter<'_>,
    scribe: &mut Scribe<'_>,
) -> Result<(), ImportError> {
    let mut needle = Needle::default();
    for (file, opened) in files.into_iter().enumerate() {
        each_row(opened, file, meter, scribe, &mut |scribe, text, place| {
            needle.take(scribe, text, place)
        })?;
    }
    scribe.report.pairing = Some(needle.open.pairing());
    Ok(())
}

/// One row as written.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    event: Option<Text<'a>>,
    #[serde(borrow)]
    ts: Option<Text<'a>>,
    #[serde(borrow)]
    bead: Option<Text<'a>>,
    #[serde(borrow)]
    worker: Option<Text<'a>>,
    #[serde(borrow)]
    strand: Option<Text<'a>>,
    #[serde(borrow)]
    adapter: Option<Text<'a>>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    outcome: Option<Text<'a>>,
    exit_code: Option<i64>,
    duration_ms: Option<i64>,
}

/// The kinds of rows that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Claim,
    Dispatch,
    End(End),
}

/// The ways in which a row says that an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    Timeout,
    Fail,
}

impl End {
    const fn outcome(self) -> &'static str {
        match self {
            Self::Complete => "success",
            Self::Timeout => "timeout",
            Self::Fail => "failure",
        }
    }
}

impl Kind {
    fn of(event: &str) -> Option<Self> {
        Some(match event {
            "claim" => Self::Claim,
            "dispatch" => Self::Dispatch,
            "complete" => Self::End(End::Complete),
            "timeout" => Self::End(End::Timeout),
            "fail" => Self::End(End::Fail),
            _ => return None,
        })
    }
}

/// What the rows so far have led to.
#[derive(Debug, Default)]
struct Needle {
    open: OpenAttempts,
    last_attempts: HashMap<TaskId, AttemptNo>,
    succeeded: HashSet<TaskId>,
}

/// What every known row has.
struct Head<'a> {
    fields: &'a Fields<'a>,
    task: TaskId,
    worker: AgentName,
}

impl Head<'_> {
    fn exit_code(&self) -> Option<i32> {
        self.fields.exit_code.and_then(|code| code.try_into().ok())
    }
}

impl Needle {
    fn take(&mut self, scribe: &mut Scribe<'_>, text: &str, place: Place) -> Result<(), NotMapped> {
        let fields: Fields<'_> = serde_json::from_str(text)?;
        let event = filled(fields.event.as_ref());
        let Some(kind) = event.and_then(Kind::of) else {
            return Err(NotMapped::Unknown(format!(
                "needle.{}",
                event.unwrap_or("row")
            )));
        };
        let head = Head {
            task: scribe.task_id(fields.bead.as_ref().map_or("", Text::as_str))?,
            worker: AgentName::parse(fields.worker.as_ref().map_or("", Text::as_str))?,
            fields: &fields,
        };
        let stamp = scribe.stamp(filled(fields.ts.as_ref()));
        let mut row = scribe.row(place, stamp, &["row", text])?;
        match kind {
            Kind::Claim => claim(scribe, &mut row, &head)?,
            Kind::Dispatch => self.dispatch(scribe, &mut row, &head)?,
            Kind::End(end) => self.end(scribe, &mut row, &head, end)?,
        }
        Ok(())
    }

    fn dispatch(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        head: &Head<'_>,
    ) -> Result<(), ImportError> {
        let (task, worker) = (&head.task, &head.worker);
        scribe.ensure_task(row, task, None)?;
        let agent = scribe.ensure_agent(row, worker)?;
        let line = row.place.line;
        let oddities = [
            (
                Oddity::ParallelWorkers,
                self.open.has_another_worker(task, worker),
            ),
            (Oddity::DispatchedAgain, self.open.has(task, worker)),
            (
                Oddity::DispatchAfterSuccess,
                self.succeeded.contains(task.as_str()),
            ),
        ];
        for (oddity, _) in oddities.into_iter().filter(|&(_, seen)| seen) {
            let example = || format!("line {line}: {task} to {worker}");
            scribe.report.odd(oddity, example);
        }
        let attempt = self.next_attempt(task);
        self.open.begin(NeverEnded {
            task: task.clone(),
            worker: worker.clone(),
            attempt,
            line,
            at: row.at,
            worker_moved_on: false,
        });
        let dispatched = Dispatched {
            note: told(&[
                ("adapter", head.fields.adapter.as_ref()),
                ("model", head.fields.model.as_ref()),
                ("strand", head.fields.strand.as_ref()),
            ]),
            ..Dispatched::new(task.clone(), attempt, agent)
        };
        scribe.dispatch(row, dispatched, &[])
    }

    fn end(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        head: &Head<'_>,
        end: End,
    ) -> Result<(), ImportError> {
        let (task, worker, line) = (&head.task, &head.worker, row.place.line);
        let outcome = filled(head.fields.outcome.as_ref());
        if outcome.is_some_and(|outcome| outcome != end.outcome()) {
            let example = || format!("line {line}: {outcome:?} of {task}");
            scribe.report.odd(Oddity::OutcomeContradicts, example);
        }
        let (on, attempt, reason) = match self.open.end(task, worker) {
            Paired::SameTask(attempt) => (task.clone(), attempt, String::new()),
            Paired::OtherTask(on, attempt) => {
                let example = || format!("line {line}: {worker} ends {task}, had {on}");
                scribe.report.odd(Oddity::EndOnOtherTask, example);
                if is_success(head, end) {
                    return self.succeed_elsewhere(scribe, row, head, (on, attempt));
                }
                let reason = format!("the log names {task}");
                (on, attempt, reason)
            }
            Paired::None => return end_of_nothing(scribe, row, head, end),
        };
        let agent = scribe.ensure_agent(row, worker)?;
        if is_success(head, end) {
            self.succeeded.insert(on.clone());
        }
        let ended = Ended {
            task: on,
            attempt,
            agent,
            reason,
            code: head.exit_code(),
        };
        let ended = match end {
            // A timeout has a field for it.
            End::Timeout => ended,
            End::Complete | End::Fail => ended.lasting(head.fields.duration_ms),
        };
        match end {
            End::Complete => ended.exited(scribe, row, end),
            End::Timeout => ended.timed_out(scribe, row, head.fields.duration_ms),
            // A handoff after an end would come from a closed attempt (FENCE-1), so that a row
            // that says it failed is the handoff itself.
            End::Fail if outcome == Some(end.outcome()) => ended.failed(scribe, row),
            End::Fail => ended.exited(scribe, row, end),
        }
    }
}

impl Needle {
    fn next_attempt(&mut self, task: &TaskId) -> AttemptNo {
        let last = self
            .last_attempts
            .entry(task.clone())
            .or_insert(AttemptNo(0));
        *last = last.next();
        *last
    }

    /// Writes down that a worker, handed one task, succeeded at another.
    ///
    /// The success is that of the task the row names, which needs an attempt to end; the attempt
    /// that the worker was handed is over, and has not succeeded.
    fn succeed_elsewhere(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        head: &Head<'_>,
        (on, attempt): (TaskId, AttemptNo),
    ) -> Result<(), ImportError> {
        let (task, worker) = (&head.task, &head.worker);
        let agent = scribe.ensure_agent(row, worker)?;
        let left = AttemptEnded {
            task: on,
            attempt,
            agent: agent.clone(),
            how: AttemptEnd::Released,
            code: None,
            reason: format!("its worker completed {task} instead"),
        };
        scribe.write(row, left)?;
        scribe.ensure_task(row, task, None)?;
        let attempt = self.next_attempt(task);
        let dispatched = Dispatched::new(task.clone(), attempt, agent.clone());
        scribe.dispatch(row, dispatched, &["dispatch"])?;
        self.succeeded.insert(task.clone());
        let ended = Ended {
            task: task.clone(),
            attempt,
            agent,
            reason: String::new(),
            code: head.exit_code(),
        }
        .lasting(head.fields.duration_ms);
        ended.exited(scribe, row, End::Complete)
    }
}

/// Whether an end says that the work succeeded.
fn is_success(head: &Head<'_>, end: End) -> bool {
    end == End::Complete && head.fields.exit_code.is_none_or(|code| code == 0)
}

/// An attempt that ends.
struct Ended {
    task: TaskId,
    attempt: AttemptNo,
    agent: AgentRef,
    reason: String,
    code: Option<i32>,
}

impl Ended {
    /// Adds how long it took to the words that go with it.
    fn lasting(mut self, duration_ms: Option<i64>) -> Self {
        if let Some(duration) = duration_ms {
            let gap = if self.reason.is_empty() { "" } else { "; " };
            self.reason = format!("{}{gap}took {duration} ms", self.reason);
        }
        self
    }

    fn exited(self, scribe: &mut Scribe<'_>, row: &mut Row, end: End) -> Result<(), ImportError> {
        let gaps: &[&str] = if self.code.is_none() { &["code"] } else { &[] };
        // A row that says `complete` says that it succeeded, even without the code.
        let code = self.code.or_else(|| (end == End::Complete).then_some(0));
        let ended = AttemptEnded {
            task: self.task,
            attempt: self.attempt,
            agent: self.agent,
            how: AttemptEnd::Exited,
            code,
            reason: self.reason,
        };
        scribe.write_with_gaps(row, ended, gaps)
    }

    fn timed_out(
        self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        duration_ms: Option<i64>,
    ) -> Result<(), ImportError> {
        let timeout = Timeout {
            clock: ClockKind::Attempt,
            subject: ClockSubject::Attempt {
                task: self.task.clone(),
                attempt: self.attempt,
            },
            limit_ms: duration_ms
                .and_then(|ms| u64::try_from(ms).ok())
                .map(Millis),
            due: row.at,
        };
        scribe.write(row, timeout)?;
        let code = self.code.map(|code| format!("exit code {code}"));
        let words = [Some(self.reason), code].into_iter().flatten();
        let words: Vec<String> = words.filter(|words| !words.is_empty()).collect();
        let ended = AttemptEnded {
            task: self.task,
            attempt: self.attempt,
            agent: self.agent,
            how: AttemptEnd::Killed,
            code: None,
            reason: words.join("; "),
        };
        scribe.write(row, ended)
    }

    fn failed(self, scribe: &mut Scribe<'_>, row: &mut Row) -> Result<(), ImportError> {
        let failed = Some(HandoffStatus::Failed);
        let mut handoff = Handoff::new(self.task, self.attempt, self.agent, failed);
        handoff.summary = self.reason;
        handoff.error = Some(match self.code {
            Some(code) => format!("exit code {code}"),
            None => "no exit code".to_owned(),
        });
        scribe.write(row, handoff)
    }
}

/// Writes a claim down: it is talk, because most claims lose.
fn claim(scribe: &mut Scribe<'_>, row: &mut Row, head: &Head<'_>) -> Result<(), ImportError> {
    scribe.ensure_task(row, &head.task, None)?;
    let text = match filled(head.fields.strand.as_ref()) {
        Some(strand) => format!("claimed by {}, strand {strand}", head.worker),
        None => format!("claimed by {}", head.worker),
    };
    scribe.note(row, &head.task, text)
}

/// Writes an end down that is of no dispatch.
fn end_of_nothing(
    scribe: &mut Scribe<'_>,
    row: &mut Row,
    head: &Head<'_>,
    end: End,
) -> Result<(), ImportError> {
    let (task, worker, line) = (&head.task, &head.worker, row.place.line);
    let example = || format!("line {line}: {} of {task} by {worker}", end.outcome());
    scribe.report.odd(Oddity::EndWithoutDispatch, example);
    scribe.ensure_task(row, task, None)?;
    let code = match head.fields.exit_code {
        Some(code) => format!(", exit code {code}"),
        None => String::new(),
    };
    let note = Note {
        task: Some(task.clone()),
        text: format!(
            "{} reported by {worker}{code}, and no dispatch is open",
            end.outcome()
        ),
    };
    scribe.write_with_gaps(row, note, &["dispatch"])
}

/// Puts what a row tells into words.
fn told(facts: &[(&str, Option<&Text<'_>>)]) -> String {
    let mut words = String::new();
    for (name, fact) in facts {
        if let Some(fact) = filled(*fact) {
            if !words.is_empty() {
                words.push_str(", ");
            }
            words.push_str(name);
            words.push(' ');
            words.push_str(fact);
        }
    }
    words
}
