//! Whether a task can be handed out, from its needs and what the log has told.

use chrono::{DateTime, Utc};
use orch_core::event::talk::WaitRef;
use orch_core::event::task::{NeedOn, Unmet};
use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;
use orch_core::view::{Readiness, TaskView};

use super::Ghost;

/// What keeps a task from being handed out, the first of what does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Ready,
    Undeclared,
    Beside,
    Unjudged,
    Waiting,
    Held,
    RetryWait,
    WipWait,
}

impl Told {
    /// What the machine says, in these words.
    pub(super) const fn of(shown: &Readiness) -> Option<Self> {
        Some(match shown {
            Readiness::Ready => Self::Ready,
            Readiness::Undeclared { .. } => Self::Undeclared,
            Readiness::Beside { .. } => Self::Beside,
            Readiness::Unjudged { .. } => Self::Unjudged,
            Readiness::Waiting { .. } => Self::Waiting,
            Readiness::Held { .. } => Self::Held,
            Readiness::RetryWait { .. } => Self::RetryWait,
            Readiness::WipWait { .. } => Self::WipWait,
            _ => return None,
        })
    }
}

/// The task under which the work of a task goes on: itself, unless it was superseded.
pub(super) fn successor<'a>(mission: &'a Mission, id: &'a TaskId) -> Option<TaskView<'a>> {
    let mut view = mission.task(id)?;
    for _ in 0..=mission.counts().total {
        if view.status() != TaskStatus::Superseded {
            return Some(view);
        }
        view = mission.task(view.superseded_by()?)?;
    }
    None
}

/// Whether a status satisfies a need.
pub(super) fn satisfies(status: TaskStatus, on: NeedOn, or: &[Unmet]) -> bool {
    match status {
        TaskStatus::Accepted | TaskStatus::Delivered => true,
        TaskStatus::Reported | TaskStatus::InReview => on == NeedOn::Reported,
        TaskStatus::Failed | TaskStatus::Exhausted => or.contains(&Unmet::Failed),
        TaskStatus::Skipped => or.contains(&Unmet::Skipped),
        TaskStatus::Cancelled => or.contains(&Unmet::Cancelled),
        _ => false,
    }
}

/// The needs of a task that are not satisfied, and what stands in their place.
pub(super) fn unmet<'a>(
    mission: &'a Mission,
    ghost: &'a Ghost,
    id: &TaskId,
) -> impl Iterator<Item = (&'a TaskId, Option<TaskStatus>)> {
    let needs = ghost.task(id).into_iter().flat_map(|it| &it.needs);
    needs.filter_map(|(need, (on, or))| {
        let status = successor(mission, need).map(|it| it.status());
        let is_met = status.is_some_and(|status| satisfies(status, *on, or));
        (!is_met).then_some((need, status))
    })
}

/// Whether a specification beside an implementation is not settled.
fn waits_for_spec(mission: &Mission, view: TaskView<'_>) -> bool {
    let is_kind = |it: TaskView<'_>, word| it.kind().is_some_and(|kind| kind.as_str() == word);
    let is_gated = mission.policy().spec_first && is_kind(view, "implement");
    is_gated
        && mission.tasks().any(|spec| {
            let end = successor(mission, spec.id());
            is_kind(spec, "spec")
                && spec.parent() == view.parent()
                && !end.is_some_and(|end| end.status().is_settled())
        })
}

fn is_held(mission: &Mission, ghost: &Ghost, id: &TaskId, now: DateTime<Utc>) -> bool {
    let Some((on, until)) = ghost.task(id).and_then(|it| it.wait.as_ref()) else {
        return false;
    };
    let is_over = match on {
        WaitRef::Task(task) => mission.task(task).is_some_and(|it| it.status().is_ended()),
        WaitRef::Agent(name) => ghost.live(name).is_none(),
        _ => false,
    };
    !is_over && until.is_none_or(|until| now < until)
}

/// Whether the mission, or the role of a task, has as much in flight as it may.
pub(super) fn is_full(mission: &Mission, ghost: &Ghost, view: TaskView<'_>) -> bool {
    let wip = &mission.policy().wip;
    let in_flight = || ghost.attempts().filter(|(.., it)| it.is_in_flight());
    let of_role = view.role().and_then(|role| {
        let role_of = |id: &TaskId| mission.task(id).and_then(|it| it.role());
        let n = in_flight()
            .filter(|(id, ..)| role_of(id) == Some(role))
            .count();
        wip.roles.get(role).map(|limit| n >= *limit as usize)
    });
    let of_mission = wip
        .mission
        .map(|limit| in_flight().count() >= limit as usize);
    of_mission == Some(true) || of_role == Some(true)
}

/// Tells whether an open task of an open mission can be handed out; `None` for any other.
// spec: DEP-1, DEP-2
pub(super) fn told(
    mission: &Mission,
    ghost: &Ghost,
    id: &TaskId,
    now: DateTime<Utc>,
) -> Option<Told> {
    let view = mission
        .task(id)
        .filter(|it| it.status() == TaskStatus::Open && !ghost.is_closed)?;
    let task = ghost.task(id);
    let was_handed_out = task.is_some_and(|it| !it.attempts.is_empty());
    if !was_handed_out && !task.is_some_and(|it| it.is_declared) {
        return Some(Told::Undeclared);
    }
    if task.is_some_and(|it| it.open().next().is_some()) {
        return Some(Told::Beside);
    }
    if view.success().is_some() {
        return Some(Told::Unjudged);
    }
    if unmet(mission, ghost, id).next().is_some() || waits_for_spec(mission, view) {
        return Some(Told::Waiting);
    }
    if is_held(mission, ghost, id, now) {
        return Some(Told::Held);
    }
    if view.retry_at().is_some_and(|until| now < until) {
        return Some(Told::RetryWait);
    }
    if is_full(mission, ghost, view) {
        return Some(Told::WipWait);
    }
    Some(Told::Ready)
}
