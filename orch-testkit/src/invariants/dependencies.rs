//! Dependencies and work in flight: what is ready, what must wait, and how much runs at once.

use std::collections::BTreeSet;

use orch_core::codes::Code;
use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;

use super::readiness::{Told, successor, told, unmet};
use super::{Ghost, Probe, Scene};

// spec: DEP-1
pub(super) fn ready_def(s: &Scene<'_>, probe: &mut Probe) {
    let (after, now) = (s.step.after, s.step.now);
    for id in s.new.tasks.keys() {
        let shown = after.readiness(id, now);
        let told = told(after, s.step.ghost, id, now);
        probe.expect(shown.as_ref().and_then(Told::of) == told, || {
            format!("task {id} is {shown:?}, by the log {told:?}")
        });
    }
}

/// What the fold says of handing out what is not open, or is not known.
const NOT_OPEN: [Code; 6] = [
    Code::UnknownTask,
    Code::ParallelAttempts,
    Code::DispatchAfterSuccess,
    Code::NotOpen,
    Code::ExhaustedTask,
    Code::AfterClose,
];

// spec: DEP-3, RETRY-1, CORRECT-2
pub(super) fn dispatch_ready(s: &Scene<'_>, probe: &mut Probe) {
    let Event::Dispatched(data) = s.event() else {
        return;
    };
    if !s.is_changed() {
        return;
    }
    let at = s.step.record.at();
    let told = told(s.step.before, s.step.past, &data.task, at);
    // What is only named was marked when it was.
    let breach: &[Code] = match told {
        Some(Told::Ready | Told::Undeclared) => &[],
        Some(Told::Beside) => &[Code::ParallelAttempts],
        Some(Told::Unjudged) => &[Code::DispatchAfterSuccess],
        Some(Told::Waiting) => &[Code::NeedsUnmet, Code::SpecFirst],
        Some(Told::Held) => &[Code::Held],
        Some(Told::RetryWait) => &[Code::RetryWait],
        Some(Told::WipWait) => &[Code::WipFull],
        None => &NOT_OPEN,
    };
    probe.expect(breach.is_empty() || s.is_marked(breach), || {
        format!("task {} was handed out, by the log {told:?}", data.task)
    });
}

/// Finds a task that needs itself, through whatever others.
fn cycle(mission: &Mission, ghost: &Ghost) -> Option<TaskId> {
    let ends = |id: &TaskId| -> Vec<TaskId> {
        let needs = ghost.task(id).into_iter().flat_map(|it| it.needs.keys());
        needs
            .filter_map(|need| successor(mission, need).map(|it| it.id().clone()))
            .collect()
    };
    ghost.tasks.keys().find_map(|start| {
        let mut seen = BTreeSet::new();
        let mut open = ends(start);
        while let Some(id) = open.pop() {
            if id == *start {
                return Some(id);
            }
            if seen.insert(id.clone()) {
                open.extend(ends(&id));
            }
        }
        None
    })
}

// spec: DEP-3
pub(super) fn acyclic(s: &Scene<'_>, probe: &mut Probe) {
    let binds = matches!(s.event(), Event::TaskDeclared(_) | Event::Correction(_));
    if !binds || !s.is_changed() {
        return;
    }
    let new = cycle(s.step.after, s.step.ghost);
    let is_news = new.is_some() && cycle(s.step.before, s.step.past).is_none();
    probe.expect(!is_news || s.is_marked(&[Code::DepCycle]), || {
        format!(
            "task {} needs itself since this {}",
            new.map_or_else(String::new, |it| it.to_string()),
            s.event().kind()
        )
    });
}

/// Whether a task ended, and not with a result.
const fn has_failed(status: TaskStatus) -> bool {
    use TaskStatus::{Cancelled, Exhausted, Failed, Skipped};
    matches!(status, Failed | Exhausted | Skipped | Cancelled)
}

// spec: DEP-2
pub(super) fn dep_failure_visible(s: &Scene<'_>, probe: &mut Probe) {
    if !s.is_live() {
        return;
    }
    for (id, _) in s
        .new
        .tasks
        .iter()
        .filter(|(_, it)| it.status == TaskStatus::Open)
    {
        let is_dead = |status: Option<TaskStatus>| status.is_some_and(has_failed);
        let mut dead = unmet(s.step.after, s.step.ghost, id).filter(|(_, status)| is_dead(*status));
        let Some((need, _)) = dead.next() else {
            continue;
        };
        let end = successor(s.step.after, need).map(|it| it.id().clone());
        let blockers = s.blockers(id);
        let is_shown = blockers.iter().any(|it| {
            it.cause == Cause::DepFailed && it.on.iter().any(|on| Some(on) == end.as_ref())
        });
        let is_ready = s.step.after.is_ready(id, s.step.now);
        probe.expect(is_shown && !is_ready, || {
            format!("task {id} needs {need}, which failed it, and shows {blockers:?}")
        });
    }
}

// spec: WIP-1
pub(super) fn wip(s: &Scene<'_>, probe: &mut Probe) {
    let limits = &s.step.after.policy().wip;
    let n = |ghost: &Ghost| {
        ghost
            .attempts()
            .filter(|(.., it)| it.is_in_flight())
            .count()
    };
    let (old, new) = (n(s.step.past), n(s.step.ghost));
    // A correction says who works already: it is true whatever the limit is (CORRECT-2).
    let is_correction = matches!(s.event(), Event::Correction(_));
    if new <= old || is_correction {
        return;
    }
    if let Some(limit) = limits.mission {
        probe.expect(new <= limit as usize, || {
            format!("{new} attempts are in flight, the limit is {limit}")
        });
    }
    if let Some(limit) = limits.agent {
        let owners = s
            .step
            .ghost
            .attempts()
            .filter(|(.., it)| it.is_in_flight())
            .map(|(.., it)| &it.owner.name);
        let owners: Vec<_> = owners.collect();
        for owner in &owners {
            let n = owners.iter().filter(|it| it == &owner).count();
            let was = s
                .step
                .past
                .attempts()
                .filter(|(.., it)| it.is_in_flight() && it.owner.name == **owner)
                .count();
            probe.expect(n <= was || n <= limit as usize, || {
                format!("{owner} has {n} attempts in flight, the limit is {limit}")
            });
        }
    }
    let shown = s.step.after.in_flight().count();
    probe.expect(shown == new, || {
        format!("{shown} attempts are in flight, by the log {new}")
    });
}
