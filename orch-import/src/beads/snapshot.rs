//! The issues of a snapshot: what no event tells is written down from here.

mod story;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use orch_core::event::attempt::{Dispatched, Handoff, HandoffStatus};
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::event::task::{TaskClosed, Unmet};
use orch_core::ids::{AgentName, AgentRef, AttemptNo, Incarnation, Label, TaskId};
use orch_core::lint::Claim;

use super::edge::{Edge, Edges};
use super::issue::{Comment, Issue};
use super::moves::Moves;
use super::order;
use super::status::{Standing, unmet_by};
use crate::error::ImportError;
use crate::moment::{Moment, Stamp};
use crate::reading::NotMapped;
use crate::report::odd::Oddity;
use crate::scribe::{Place, Row, Scribe};

/// The agent that stands for whoever did what the journal gives to nobody.
pub(super) const UNKNOWN_AGENT: &str = "unknown";

/// What a task waits for that is blocked, without a word on what by.
pub(super) const NOT_TOLD: &str = "what-the-journal-does-not-tell";

/// All issues, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    issues: Vec<Issue>,
    index: HashMap<TaskId, usize>,
}

impl Snapshot {
    /// Takes one row of an issues file; the later of two rows of one issue wins.
    pub(super) fn take(
        &mut self,
        scribe: &mut Scribe<'_>,
        text: &str,
        place: Place,
    ) -> Result<(), NotMapped> {
        let mut issue = Issue::read(scribe, text, place)?;
        let known = self.index.get(&issue.id).copied();
        if let Some(earlier) = known.and_then(|at| self.issues.get_mut(at)) {
            let example = || format!("line {}: {}", place.line, issue.id);
            scribe.report.odd(Oddity::IssueRepeated, example);
            issue.earlier = std::mem::take(&mut earlier.earlier);
            issue.earlier.push(earlier.epitaph());
            *earlier = issue;
        } else {
            self.index.insert(issue.id.clone(), self.issues.len());
            self.issues.push(issue);
        }
        Ok(())
    }

    /// Returns the issue of a task.
    pub(super) fn issue(&self, task: &TaskId) -> Option<&Issue> {
        self.issues.get(*self.index.get(task)?)
    }

    /// Returns what the snapshot says about each issue.
    pub(super) fn claims(&self) -> Vec<Claim> {
        self.issues.iter().map(Issue::claim).collect()
    }

    /// Says that events tell the moves of an issue.
    pub(super) fn has_events(&mut self, task: &TaskId) {
        let at = self.index.get(task).copied();
        if let Some(issue) = at.and_then(|at| self.issues.get_mut(at)) {
            issue.has_events = true;
        }
    }

    /// Returns where two tasks stand in the snapshot, if both do.
    pub(super) fn indices(&self, one: &TaskId, other: &TaskId) -> Option<(usize, usize)> {
        Some((*self.index.get(one)?, *self.index.get(other)?))
    }

    /// Declares a task that a row refers to, unless it is; returns whether it had to be invented.
    pub(super) fn ensure(
        &self,
        scribe: &mut Scribe<'_>,
        row: &Row,
        task: &TaskId,
        title: Option<&str>,
    ) -> Result<bool, ImportError> {
        match self.issue(task) {
            Some(issue) => declare(scribe, issue).map(|()| false),
            None => scribe.ensure_task(row, task, title),
        }
    }

    /// Declares every issue that is not declared yet.
    pub(super) fn declare_rest(&self, scribe: &mut Scribe<'_>) -> Result<(), ImportError> {
        for issue in &self.issues {
            declare(scribe, issue)?;
            recall(scribe, issue)?;
        }
        Ok(())
    }

    /// Writes the dependencies of every issue.
    pub(super) fn connect(
        &mut self,
        scribe: &mut Scribe<'_>,
        edges: &mut Edges,
    ) -> Result<(), ImportError> {
        for at in 0..self.issues.len() {
            let Some(issue) = self.issues.get_mut(at) else {
                continue;
            };
            let (place, own) = (issue.place, std::mem::take(&mut issue.edges));
            let otherwise = Stamp::borrowed(issue.created.at);
            for edge in own {
                edges.connect(scribe, self, edge, place, otherwise.clone())?;
            }
        }
        Ok(())
    }

    /// Writes the comments, and the status of every issue whose moves no event tells.
    pub(super) fn settle(
        &self,
        scribe: &mut Scribe<'_>,
        edges: &Edges,
        moves: &Moves,
    ) -> Result<(), ImportError> {
        for issue in &self.issues {
            if !moves.tell_comments(&issue.id) {
                comment(scribe, issue)?;
            }
            moves.compare(scribe, issue);
        }
        for node in order::on_cycles(self.issues.len(), edges.needs()) {
            if let Some(issue) = self.issues.get(node) {
                let example = || issue.id.to_string();
                scribe.report.odd(Oddity::DependencyCycle, example);
            }
        }
        // A close must follow the closes it needs, or it would look as if it ignored them.
        let keys: Vec<Option<DateTime<Utc>>> = self.issues.iter().map(closed_at).collect();
        let waiting = self.waiting_on(edges.needs());
        for node in order::by_needs(&keys, edges.needs()) {
            match self.issues.get(node) {
                Some(issue) if !issue.has_events => {
                    settle(scribe, issue, waiting.contains(&node), false)?;
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    /// The issues that need one which is not closed: `blocked` says no more about them.
    fn waiting_on(&self, needs: &[(usize, usize)]) -> HashSet<usize> {
        let is_open = |node: usize| {
            let issue = self.issues.get(node);
            issue.is_some_and(|issue| issue.standing != Standing::Closed)
        };
        let open = needs.iter().filter(|&&(_, needed)| is_open(needed));
        open.map(|&(dependent, _)| dependent).collect()
    }
}

/// Returns when an issue was closed; one that is not closed holds nothing up.
fn closed_at(issue: &Issue) -> Option<DateTime<Utc>> {
    match issue.standing {
        Standing::Closed => Some(
            issue
                .closed
                .as_ref()
                .map_or_else(|| issue.last_change(), |closed| closed.at),
        ),
        Standing::Open
        | Standing::InProgress
        | Standing::Blocked
        | Standing::Deferred
        | Standing::Pinned
        | Standing::Tombstone
        | Standing::Reported
        | Standing::Other => None,
    }
}

/// Returns when an issue was handed out, as far as that can be told.
fn handed_out_at(issue: &Issue) -> DateTime<Utc> {
    let started = issue.started.as_ref().map(|started| started.at);
    started
        .or_else(|| closed_at(issue))
        .unwrap_or_else(|| issue.last_change())
}

fn declare(scribe: &mut Scribe<'_>, issue: &Issue) -> Result<(), ImportError> {
    if scribe.knows_task(&issue.id) {
        return Ok(());
    }
    let identity = ["issue", issue.id.as_str(), "declared"];
    let mut row = scribe.fact(issue.place, issue.created.clone(), &identity)?;
    scribe.declare(&mut row, issue.declaration())
}

/// Writes what earlier rows of the same issue said.
fn recall(scribe: &mut Scribe<'_>, issue: &Issue) -> Result<(), ImportError> {
    for (n, text) in issue.earlier.iter().enumerate() {
        let identity = ["issue", issue.id.as_str(), "earlier", &n.to_string()];
        let mut row = scribe.fact(issue.place, issue.created.clone(), &identity)?;
        scribe.note(&mut row, &issue.id, text.clone())?;
    }
    Ok(())
}

fn comment(scribe: &mut Scribe<'_>, issue: &Issue) -> Result<(), ImportError> {
    issue
        .comments
        .iter()
        .try_for_each(|one| remark(scribe, issue, one))
}

fn remark(scribe: &mut Scribe<'_>, issue: &Issue, comment: &Comment) -> Result<(), ImportError> {
    let identity = ["issue", issue.id.as_str(), "comment", &comment.key];
    let mut row = scribe.fact(issue.place, comment.stamp.clone(), &identity)?;
    scribe.note(&mut row, &issue.id, comment.text.clone())
}

/// Writes the status of an issue down as what must have led to it.
///
/// An issue that is `blocked` and waits for another tells nothing but that: inventing an attempt
/// for it would say that somebody was given it too early.
fn settle(
    scribe: &mut Scribe<'_>,
    issue: &Issue,
    waits: bool,
    is_handed_out: bool,
) -> Result<(), ImportError> {
    let task = || issue.id.clone();
    match issue.standing {
        Standing::Open => Ok(()),
        Standing::InProgress => {
            attempt(scribe, issue, issue.assignee.as_ref(), is_handed_out).map(|_| ())
        }
        Standing::Blocked if waits => {
            let mut row = status(scribe, issue, None)?;
            scribe.note(&mut row, &issue.id, format!("status {}", issue.status))
        }
        Standing::Blocked => match &issue.assignee {
            Some(assignee) => {
                let agent = attempt(scribe, issue, Some(assignee), is_handed_out)?;
                let blocked = Some(HandoffStatus::Blocked);
                let handoff = Handoff::new(task(), AttemptNo(1), agent, blocked);
                let mut row = status(scribe, issue, None)?;
                scribe.write_with_gaps(&mut row, handoff, &["blocked_on"])
            }
            None => wait(scribe, issue, NOT_TOLD, None, &["blocked_on"]),
        },
        Standing::Deferred => wait(scribe, issue, "deferred", issue.defer_until, &[]),
        Standing::Closed => close(scribe, issue, is_handed_out),
        Standing::Tombstone => {
            let closed = TaskClosed {
                task: task(),
                outcome: Unmet::Cancelled,
                reason: match issue.delete_reason.as_str() {
                    "" => issue.status.clone(),
                    reason => reason.to_owned(),
                },
            };
            let mut row = status(scribe, issue, issue.closed.clone())?;
            scribe.write(&mut row, closed)
        }
        Standing::Reported => {
            let agent = attempt(scribe, issue, issue.assignee.as_ref(), is_handed_out)?;
            let mut handoff = Handoff::new(task(), AttemptNo(1), agent, None);
            handoff.summary = format!("status {}", issue.status);
            let mut row = status(scribe, issue, issue.closed.clone())?;
            scribe.write(&mut row, handoff)
        }
        Standing::Pinned | Standing::Other => {
            let mut row = status(scribe, issue, None)?;
            scribe.note(&mut row, &issue.id, format!("status {}", issue.status))
        }
    }
}

/// Writes that an issue is closed, for good unless its reason says otherwise.
fn close(scribe: &mut Scribe<'_>, issue: &Issue, is_handed_out: bool) -> Result<(), ImportError> {
    if let Some(outcome) = unmet_by(&issue.close_reason) {
        let closed = TaskClosed {
            task: issue.id.clone(),
            outcome,
            reason: issue.close_reason.clone(),
        };
        let mut row = status(scribe, issue, issue.closed.clone())?;
        return scribe.write(&mut row, closed);
    }
    let by = issue.assignee.as_ref().or(issue.closed_by.as_ref());
    let agent = attempt(scribe, issue, by, is_handed_out)?;
    let done = Some(HandoffStatus::Done);
    let mut handoff = Handoff::new(issue.id.clone(), AttemptNo(1), agent, done);
    handoff.summary.clone_from(&issue.close_reason);
    let mut row = status(scribe, issue, issue.closed.clone())?;
    scribe.write(&mut row, handoff)
}

/// Somebody who was given an issue, whom the snapshot may not name.
struct Worker<'a>(Option<&'a AgentName>);

/// Returns who was given an issue, if its status says that somebody was.
fn worker(issue: &Issue, waits: bool) -> Option<Worker<'_>> {
    match issue.standing {
        Standing::InProgress | Standing::Reported => Some(Worker(issue.assignee.as_ref())),
        Standing::Blocked if !waits => {
            let assignee = issue.assignee.as_ref();
            assignee.map(|assignee| Worker(Some(assignee)))
        }
        Standing::Closed if unmet_by(&issue.close_reason).is_none() => {
            Some(Worker(issue.assignee.as_ref().or(issue.closed_by.as_ref())))
        }
        Standing::Open
        | Standing::Blocked
        | Standing::Deferred
        | Standing::Closed
        | Standing::Pinned
        | Standing::Tombstone
        | Standing::Other => None,
    }
}

/// Returns the owner of the attempt that the snapshot implies, and writes it unless it is written.
fn attempt(
    scribe: &mut Scribe<'_>,
    issue: &Issue,
    agent: Option<&AgentName>,
    is_handed_out: bool,
) -> Result<AgentRef, ImportError> {
    if !is_handed_out {
        return dispatch(scribe, issue, agent);
    }
    let name = match agent {
        Some(agent) => agent.clone(),
        None => AgentName::parse(UNKNOWN_AGENT)?,
    };
    Ok(AgentRef::new(name, Incarnation(1)))
}

/// Writes the one attempt that the snapshot implies.
///
/// It is a fact of its own, so that a later snapshot in which the issue is closed adds the
/// handoff to the attempt that is there already.
fn dispatch(
    scribe: &mut Scribe<'_>,
    issue: &Issue,
    agent: Option<&AgentName>,
) -> Result<AgentRef, ImportError> {
    let (agent, gaps): (_, &[&str]) = match agent {
        Some(agent) => (agent.clone(), &[]),
        None => (AgentName::parse(UNKNOWN_AGENT)?, &["assignee"]),
    };
    let stamp = match &issue.started {
        Some(started) => started.clone().into(),
        None => Stamp::borrowed(handed_out_at(issue)),
    };
    let identity = ["issue", issue.id.as_str(), "dispatched", agent.as_str()];
    let mut row = scribe.fact(issue.place, stamp, &identity)?;
    let agent = scribe.ensure_agent(&row, &agent)?;
    let dispatched = Dispatched::new(issue.id.clone(), AttemptNo(1), agent.clone());
    scribe.dispatch(&mut row, dispatched, gaps)?;
    Ok(agent)
}

fn wait(
    scribe: &mut Scribe<'_>,
    issue: &Issue,
    job: &str,
    until: Option<DateTime<Utc>>,
    gaps: &[&str],
) -> Result<(), ImportError> {
    let waits = WaitDeclared {
        who: WaitRef::Task(issue.id.clone()),
        on: WaitRef::Job(Label::parse(job)?),
        until,
    };
    let mut row = status(scribe, issue, None)?;
    scribe.write_with_gaps(&mut row, waits, gaps)
}

/// Begins the fact that an issue has its status, since the given time if that is told.
fn status(
    scribe: &mut Scribe<'_>,
    issue: &Issue,
    since: Option<Moment>,
) -> Result<Row, ImportError> {
    let stamp = match since {
        Some(moment) => moment.into(),
        None => Stamp::borrowed(issue.last_change()),
    };
    let identity = ["issue", issue.id.as_str(), "status", &issue.status];
    scribe.fact(issue.place, stamp, &identity)
}
