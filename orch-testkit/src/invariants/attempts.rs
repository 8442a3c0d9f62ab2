//! Attempts and the fence: who may move a task, and what moves it towards acceptance.

use orch_core::codes::Code;
use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::fold::Outcome;
use orch_core::ids::{AgentRef, AttemptNo, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;

use super::{LogClass, Phase, Probe, Scene};

/// What a worker reports, and for which attempt.
pub(super) fn report(event: &Event) -> Option<(&TaskId, AttemptNo, &AgentRef)> {
    match event {
        Event::AttemptStarted(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::Progress(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::Heartbeat(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::Handoff(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::AttemptEnded(it) => Some((&it.task, it.attempt, &it.agent)),
        _ => None,
    }
}

// spec: FOLD-4
pub(super) fn one_open_attempt(s: &Scene<'_>, probe: &mut Probe) {
    for (id, task) in &s.step.ghost.tasks {
        if task.attempts.is_empty() {
            continue;
        }
        let Some(shown) = s.new.tasks.get(id) else {
            continue;
        };
        probe.expect(shown.token == task.token, || {
            format!(
                "attempt {:?} holds the token of task {id}, by the log {:?}",
                shown.token, task.token
            )
        });
        for (number, _, status) in &shown.attempts {
            let told = task.attempts.get(number).map(|it| it.phase);
            let holds = match status {
                AttemptStatus::Dispatched => told == Some(Phase::Dispatched),
                AttemptStatus::Started => told == Some(Phase::Started),
                AttemptStatus::HandedOver => told == Some(Phase::HandedOver),
                _ => told == Some(Phase::Over),
            };
            probe.expect(holds, || {
                format!("attempt {number} at task {id} is {status}, by the log {told:?}")
            });
        }
        let n_open = shown
            .attempts
            .iter()
            .filter(|(.., it)| *it != AttemptStatus::Closed)
            .count();
        let is_one = s.step.class == LogClass::Any || n_open <= 1;
        probe.expect(is_one, || {
            format!("{n_open} attempts at task {id} are open")
        });
    }
}

// spec: ID-1
pub(super) fn attempt_monotone(s: &Scene<'_>, probe: &mut Probe) {
    for (id, new) in &s.new.tasks {
        let numbers: Vec<u32> = new.attempts.iter().map(|(n, ..)| n.0).collect();
        let old = s.old.tasks.get(id).map_or(0, |it| it.attempts.len());
        if numbers.len() == old {
            continue;
        }
        let highest = s
            .step
            .past
            .task(id)
            .and_then(|it| it.attempts.keys().next_back().copied());
        let next = highest.map_or(1, |it| it.0 + 1);
        let added = numbers.get(old..).unwrap_or_default();
        let holds = match added {
            [number] => *number == next || *number > next && s.is_marked(&[Code::AttemptGap]),
            _ => false,
        };
        probe.expect(holds, || {
            format!("task {id}, whose next attempt is {next}, gains {added:?}")
        });
    }
}

// spec: FENCE-1
pub(super) fn fence(s: &Scene<'_>, probe: &mut Probe) {
    let Some((id, number, agent)) = report(s.event()) else {
        return;
    };
    let past = s.step.past.task(id);
    let attempt = s.step.past.attempt(id, number);
    let is_its_own = attempt.is_some_and(|it| it.is_open() && it.owner == *agent);
    let holds_token = past.is_some_and(|it| it.token == Some(number));
    for other in s.old.moved(&s.new) {
        probe.expect(
            other == id && is_its_own && holds_token && s.is_changed(),
            || {
                format!(
                    "{} of attempt {number} at task {id} moved task {other}",
                    s.event().kind()
                )
            },
        );
    }
    if !is_its_own {
        probe.expect(!s.is_changed(), || {
            format!(
                "{agent} reports for attempt {number} at task {id}, which is not open or not theirs"
            )
        });
    }
}

// spec: FENCE-2
pub(super) fn late_evidence_kept(s: &Scene<'_>, probe: &mut Probe) {
    if s.step.applied.outcome != Outcome::Fenced {
        return;
    }
    let seq = s.step.record.seq();
    let listed = s
        .step
        .after
        .late_evidence()
        .last()
        .filter(|it| it.seq == seq);
    let is_listed = listed.is_some_and(|it| it.kind == s.event().kind() && it.adopted.is_none());
    let signs = |mission: &orch_core::mission::Mission| {
        let (id, number, _) = report(s.event())?;
        let found = mission
            .task(id)?
            .attempts()
            .find(|it| it.number() == number)?;
        Some(found.late_signs())
    };
    let is_counted = signs(s.step.after) > signs(s.step.before);
    probe.expect(is_listed != is_counted, || {
        format!(
            "{} is late, and neither listed nor counted",
            s.event().kind()
        )
    });
}

// spec: COMPLETE-3, HAND-1
pub(super) fn handoff_gate(s: &Scene<'_>, probe: &mut Probe) {
    let is_near = |it| matches!(it, TaskStatus::InReview | TaskStatus::Accepted);
    let was_near = |id| s.old.status(id).is_some_and(is_near);
    for (id, new) in s.new.tasks.iter().filter(|(_, it)| is_near(it.status)) {
        if was_near(id) && s.old.status(id) != Some(TaskStatus::InReview)
            || s.old.status(id) == Some(new.status)
        {
            continue;
        }
        let holds = match s.event() {
            Event::Handoff(data) => {
                let attempt = s.step.past.attempt(id, data.attempt);
                data.task == *id
                    && data.status == Some(HandoffStatus::Done)
                    && attempt.is_some_and(|it| it.is_open() && it.owner == data.agent)
            }
            Event::GateDecided(data) => data.task == *id && was_near(id),
            Event::Correction(data) => {
                let is_judged = matches!(data.change, Change::Amend(_)) && was_near(id);
                data.task == *id && (is_judged || matches!(data.change, Change::Adopt { .. }))
            }
            _ => false,
        };
        probe.expect(holds, || {
            format!("{} made task {id} {}", s.event().kind(), new.status)
        });
    }
    if let Event::Handoff(data) = s.event()
        && s.is_changed()
        && matches!(
            data.status,
            Some(HandoffStatus::Partial | HandoffStatus::Blocked)
        )
    {
        let expected = match data.status {
            Some(HandoffStatus::Partial) => TaskStatus::Open,
            _ => TaskStatus::Blocked,
        };
        let status = s.new.status(&data.task);
        probe.expect(status == Some(expected), || {
            format!("handed back, task {} is {status:?}", data.task)
        });
    }
}

/// Whether an event tells of work, or talks about it, without handing it in.
pub(crate) fn is_output(event: &Event) -> bool {
    match event {
        Event::AttemptStarted(_)
        | Event::Progress(_)
        | Event::Heartbeat(_)
        | Event::AttemptEnded(_)
        | Event::Message(_)
        | Event::Receipt(_)
        | Event::WaitDeclared(_)
        | Event::GateRequested(_)
        | Event::Timeout(_)
        | Event::Inventory(_)
        | Event::FindingRecorded(_)
        | Event::Note(_) => true,
        Event::Handoff(data) => data.status != Some(HandoffStatus::Done),
        _ => false,
    }
}

// spec: COMPLETE-3
pub(super) fn output_is_not_done(s: &Scene<'_>, probe: &mut Probe) {
    if !is_output(s.event()) {
        return;
    }
    let is_done = |it| {
        matches!(
            it,
            TaskStatus::InReview | TaskStatus::Accepted | TaskStatus::Delivered
        )
    };
    let done: Vec<_> = s.old.came_to(&s.new, is_done).map(|(id, _)| id).collect();
    probe.expect(done.is_empty(), || {
        format!("{} made {done:?} done", s.event().kind())
    });
}

// spec: HAND-1, RETRY-2
pub(super) fn blocked_surfaced(s: &Scene<'_>, probe: &mut Probe) {
    if !s.is_live() {
        return;
    }
    for (id, _) in s
        .new
        .tasks
        .iter()
        .filter(|(_, it)| it.status == TaskStatus::Blocked)
    {
        let blockers = s.blockers(id);
        let paused = blockers.iter().find(|it| it.cause == Cause::PausedBy);
        let next = paused.map(|it| &it.next);
        let is_named = next.is_some_and(|next| s.step.ghost.is_present(next));
        probe.expect(is_named, || {
            format!("task {id} is blocked, and {next:?} is to unblock it")
        });
        if let Event::Handoff(data) = s.event()
            && data.task == *id
            && s.is_changed()
        {
            let meant = data.blocked_on.clone().unwrap_or(Party::Lead);
            let expected = if s.step.ghost.is_present(&meant) {
                meant
            } else {
                Party::Lead
            };
            let proof = paused.is_some_and(|it| it.because.contains(&s.step.record.seq()));
            probe.expect(next == Some(&expected) && proof, || {
                format!("task {id} is blocked on {expected}, and shows {paused:?}")
            });
        }
    }
}

/// Whether an actor is an importer, who speaks for whoever the foreign log names.
pub(super) const fn is_import(by: &Actor) -> bool {
    matches!(by, Actor::Import(_))
}
