//! Attempts and the fence, as a machine shows them.

use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::ids::{AgentRef, AttemptNo, TaskId};

use crate::invariants::{Probe, is_output};
use crate::machine::claims::Part;
use crate::machine::seen::Seen;
use crate::oracle::Standing;

/// What a worker reports, and for which attempt.
const fn report(event: &Event) -> Option<(&TaskId, AttemptNo, &AgentRef)> {
    match event {
        Event::AttemptStarted(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::Progress(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::Heartbeat(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::Handoff(it) => Some((&it.task, it.attempt, &it.agent)),
        Event::AttemptEnded(it) => Some((&it.task, it.attempt, &it.agent)),
        _ => None,
    }
}

impl Seen<'_> {
    /// Whether an attempt was open before the record, and with this agent.
    fn is_its_own(&self, (task, number, agent): (&TaskId, AttemptNo, &AgentRef)) -> bool {
        let attempt = self.attempt(task, number);
        attempt.is_some_and(|it| it.stage != "closed" && it.owner == *agent)
    }
}

// spec: FOLD-4
pub(super) fn one_open_attempt(s: &Seen<'_>, probe: &mut Probe) {
    for (id, told) in s.is.tasks.iter().filter(|(_, it)| !it.attempts.is_empty()) {
        let Some(shown) = s.new.tasks.get(id) else {
            continue;
        };
        if s.shows(Part::Token) {
            probe.expect(shown.token == told.token, || {
                let (shown, told) = (shown.token, told.token);
                format!("attempt {shown:?} holds the token of task {id}, by the log {told:?}")
            });
        }
        for (number, attempt) in &shown.attempts {
            let told = told.attempts.get(number).map(|it| &it.stage);
            probe.expect(told == Some(&attempt.stage), || {
                let stage = &attempt.stage;
                format!("attempt {number} at task {id} is {stage}, by the log {told:?}")
            });
        }
        let open = shown.attempts.values().filter(|it| it.stage != "closed");
        let n_open = open.count();
        probe.expect(n_open <= 1 || !s.is_clean(), || {
            format!("{n_open} attempts at task {id} are open")
        });
    }
}

// spec: ID-1
pub(super) fn attempt_monotone(s: &Seen<'_>, probe: &mut Probe) {
    for (id, new) in &s.new.tasks {
        let is_new = |number: &&AttemptNo| {
            let old = s.old.tasks.get(id);
            !old.is_some_and(|it| it.attempts.contains_key(*number))
        };
        let added: Vec<u32> = new.attempts.keys().filter(is_new).map(|it| it.0).collect();
        if added.is_empty() {
            continue;
        }
        let attempts = s.was.tasks.get(id).map(|it| &it.attempts);
        let highest = attempts
            .and_then(|it| it.keys().next_back())
            .map_or(0, |it| it.0);
        let next = highest.saturating_add(1);
        let holds = match *added {
            [number] => number == next || number > next && s.is_marked(&["attempt_gap"]),
            _ => false,
        };
        probe.expect(holds, || {
            format!("task {id}, whose next attempt is {next}, gains {added:?}")
        });
    }
}

// spec: FENCE-1
pub(super) fn fence(s: &Seen<'_>, probe: &mut Probe) {
    let Some((id, number, agent)) = report(s.event()) else {
        return;
    };
    let is_its_own = s.is_its_own((id, number, agent));
    let holds_token = s
        .was
        .tasks
        .get(id)
        .is_some_and(|it| it.token == Some(number));
    let may = |other: &TaskId| other == id && is_its_own && holds_token && s.takes_effect();
    let kind = s.event().kind();
    let moved = s.moved();
    probe.expect(moved.iter().all(|other| may(other)), || {
        format!("{kind} of attempt {number} at task {id} by {agent} moved {moved:?}")
    });
    if !is_its_own && s.shows(Part::Records) && s.wrong().is_some() {
        probe.expect(s.shown_wrong().is_some(), || {
            format!("{kind} of {agent} for attempt {number} at task {id} is taken for its own")
        });
    }
}

// spec: FENCE-2
pub(super) fn late_evidence_kept(s: &Seen<'_>, probe: &mut Probe) {
    if s.shows(Part::Records)
        && s.wrong()
            .is_some_and(|it| it.standing == Standing::Evidence)
    {
        let shown = s.shown_wrong().map(|it| it.standing);
        probe.expect(shown == Some(Standing::Evidence), || {
            format!("{} is late, and shown as {shown:?}", s.event().kind())
        });
    }
    let Some((id, number, _)) = report(s.event()).filter(|_| s.shows(Part::LateSigns)) else {
        return;
    };
    let signs = |facts: &crate::oracle::Facts| {
        let attempt = facts.tasks.get(id)?.attempts.get(&number)?;
        Some(attempt.late_signs)
    };
    if signs(s.is) > signs(s.was) {
        probe.expect(signs(s.new) == signs(s.is), || {
            format!("a late sign of attempt {number} at task {id} is not counted")
        });
    }
}

// spec: COMPLETE-3, HAND-1
pub(super) fn handoff_gate(s: &Seen<'_>, probe: &mut Probe) {
    let is_near = |status: &str| matches!(status, "in_review" | "accepted");
    let was_near = |id| s.was.tasks.get(id).is_some_and(|it| is_near(&it.status));
    for (id, new) in &s.new.tasks {
        let old = s.old.tasks.get(id).map_or("", |it| &it.status);
        if !is_near(&new.status) || old == new.status || old == "accepted" {
            continue;
        }
        let holds = match s.event() {
            Event::Handoff(data) => {
                let its_own = s.is_its_own((&data.task, data.attempt, &data.agent));
                data.task == *id && data.status == Some(HandoffStatus::Done) && its_own
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
        && matches!(
            data.status,
            Some(HandoffStatus::Partial | HandoffStatus::Blocked)
        )
        && s.takes_effect()
    {
        let of =
            |facts: &crate::oracle::Facts| facts.tasks.get(&data.task).map(|it| it.status.clone());
        probe.expect(of(s.new) == of(s.is), || {
            format!("handed back, task {} is {:?}", data.task, of(s.new))
        });
    }
}

// spec: COMPLETE-3
pub(super) fn output_is_not_done(s: &Seen<'_>, probe: &mut Probe) {
    let is_dispatched = matches!(s.event(), Event::Dispatched(_));
    if is_dispatched || is_output(s.event()) {
        let done = |status: &str| matches!(status, "in_review" | "accepted" | "delivered");
        let done: Vec<_> = s.came_to(done).into_iter().map(|(id, _)| id).collect();
        probe.expect(done.is_empty(), || {
            format!("{} made {done:?} done", s.event().kind())
        });
    }
}

// spec: HAND-1
pub(super) fn blocked_surfaced(s: &Seen<'_>, probe: &mut Probe) {
    let is_blocked = s.is.tasks.values().any(|it| it.status == "blocked");
    let owed = |facts: &crate::oracle::Facts| -> Vec<_> {
        let all = facts.owed.iter().filter(|it| it.kind == "unblocking");
        all.map(|it| (it.by.clone(), it.since)).collect()
    };
    if is_blocked || !owed(s.new).is_empty() {
        probe.expect(owed(s.new) == owed(s.is), || {
            format!(
                "to unblock is owed by {:?}, by the log {:?}",
                owed(s.new),
                owed(s.is)
            )
        });
    }
}
