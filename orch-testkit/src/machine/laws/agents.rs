//! Agents: who is there, and who can move what, as a machine shows it.

use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::ids::AgentRef;

use crate::invariants::Probe;
use crate::machine::seen::{Seen, owner};

// spec: NAME-1
pub(super) fn name_unique(s: &Seen<'_>, probe: &mut Probe) {
    let is_live = |status: &str| matches!(status, "live" | "stopping");
    let live = |it: &&AgentRef| s.new.agents.get(it).is_some_and(|at| is_live(at));
    for agent in s.new.agents.keys().filter(live) {
        let of_name = s.new.agents.keys().filter(|it| it.name == agent.name);
        let n = of_name.filter(live).count();
        let is_told = s.is.agents.get(agent).is_some_and(|at| is_live(at));
        probe.expect(n == 1 && is_told, || {
            format!(
                "{n} incarnations of {} are live, {agent} by the log: {is_told}",
                agent.name
            )
        });
    }
    if let Event::AgentJoined(data) = s.event() {
        let mut live = s.was.agents.iter().filter(|(it, _)| it.name == data.agent);
        if !data.alias && live.any(|(_, status)| is_live(status)) {
            probe.expect(s.old.agents == s.new.agents, || {
                format!("{} joined under a live name", data.agent)
            });
        }
    }
}

/// Expects that a record moved nothing.
fn moves_nothing(s: &Seen<'_>, why: &str, probe: &mut Probe) {
    let moved = s.moved();
    probe.expect(moved.is_empty(), || {
        let (by, kind) = (&s.record.envelope().by, s.event().kind());
        format!("{by}, who {why}, moved {moved:?} with {kind}")
    });
}

// spec: FENCE-1
pub(super) fn incarnation_fence(s: &Seen<'_>, probe: &mut Probe) {
    let Some(by) = s.record.envelope().by.agent() else {
        return;
    };
    let joins = matches!(s.event(), Event::AgentJoined(data) if data.agent == by.name);
    if !s.is_there(by) && !joins {
        moves_nothing(s, "is not there", probe);
    }
}

// spec: SHUT-2
pub(super) fn after_shutdown(s: &Seen<'_>, probe: &mut Probe) {
    let Some(by) = s.record.envelope().by.agent() else {
        return;
    };
    let status = s.was.agents.get(by).map(String::as_str);
    if matches!(status, Some("stopped" | "terminated")) {
        moves_nothing(s, "was shut down", probe);
    }
}

// spec: SHUT-1
pub(super) fn shutdown_structural(s: &Seen<'_>, probe: &mut Probe) {
    for (agent, new) in &s.new.agents {
        let told = s.is.agents.get(agent);
        probe.expect(told == Some(new), || {
            format!("agent {agent} is {new}, by the log {told:?}")
        });
        let is_structural = match s.event() {
            Event::Shutdown(data) => data.agent == *agent,
            Event::AgentLeft(data) => data.agent == *agent,
            _ => false,
        };
        let old = s.old.agents.get(agent);
        if old.is_some_and(|old| old != new) {
            probe.expect(is_structural, || {
                format!("{} made {agent} {new}", s.event().kind())
            });
        }
    }
}

/// What is wrong with work that is given to somebody who is not there for it.
const NOT_THERE: [&str; 4] = [
    "unknown_agent",
    "agent_gone",
    "agent_stopping",
    "unknown_task",
];

// spec: RETRY-2, SHUT-2
pub(super) fn no_dispatch_to_dead(s: &Seen<'_>, probe: &mut Probe) {
    let gives_work = match s.event() {
        Event::Dispatched(_) | Event::GateRequested(_) => true,
        Event::Correction(data) => matches!(data.change, Change::Rebind { .. }),
        _ => false,
    };
    if gives_work && s.is_marked(&NOT_THERE) {
        let shown = s.shown_wrong();
        let is_told = shown.is_some_and(|it| NOT_THERE.iter().any(|code| it.codes.contains(*code)));
        let others = s.wrong().is_some_and(|it| it.codes.len() > 1) && shown.is_some();
        probe.expect(is_told || others, || {
            format!(
                "{} gives work to somebody who is not there, unmarked",
                s.event().kind()
            )
        });
    }
}

// spec: RETRY-2
pub(super) fn no_orphan(s: &Seen<'_>, probe: &mut Probe) {
    let is_in_work = |status: &str| matches!(status, "dispatched" | "running" | "rework");
    if !matches!(&*s.is.phase, "planning" | "executing" | "reviewing") {
        return;
    }
    for (id, task) in s.new.tasks.iter().filter(|(_, it)| is_in_work(&it.status)) {
        let told = s.is.tasks.get(id).and_then(owner);
        probe.expect(told.is_some(), || {
            format!("task {id} is {}, and by the log nobody has it", task.status)
        });
    }
}

// spec: GATE-2, RETRY-2
pub(super) fn blocker_live(s: &Seen<'_>, probe: &mut Probe) {
    for owed in &s.new.owed {
        probe.expect(s.is_present(&owed.next), || {
            format!(
                "{} of record {} waits for {}, who is gone",
                owed.kind, owed.since, owed.next
            )
        });
    }
}

// spec: CORRECT-1
pub(super) fn correction_supersedes(s: &Seen<'_>, probe: &mut Probe) {
    let Event::Correction(data) = s.event() else {
        return;
    };
    let supersedes = matches!(
        data.change,
        Change::Rebind { .. } | Change::Supersede { .. } | Change::Reopen
    );
    if !supersedes || !s.takes_effect() {
        return;
    }
    let (Some(was), Some(new)) = (s.was.tasks.get(&data.task), s.new.tasks.get(&data.task)) else {
        return;
    };
    for (number, _) in was.attempts.iter().filter(|(_, it)| it.stage != "closed") {
        let shown = new.attempts.get(number).map(|it| &*it.stage);
        probe.expect(shown == Some("closed"), || {
            format!(
                "attempt {number} of {} outlives its correction: {shown:?}",
                data.task
            )
        });
    }
    let is_moot = |kind: &str| matches!(kind, "unblocking" | "ruling" | "gate_decision");
    for owed in s.new.owed.iter().filter(|it| is_moot(&it.kind)) {
        let is_told =
            s.is.owed
                .iter()
                .any(|it| (&it.kind, it.since) == (&owed.kind, owed.since));
        probe.expect(is_told, || format!("this is still owed: {owed:?}"));
    }
}

// spec: CORRECT-1
pub(super) fn owner_index(s: &Seen<'_>, probe: &mut Probe) {
    for (id, new) in &s.new.tasks {
        let (shown, told) = (owner(new), s.is.tasks.get(id).and_then(owner));
        if shown.is_some() || told.is_some() {
            probe.expect(shown == told, || {
                format!("task {id} is with {shown:?}, by the log with {told:?}")
            });
        }
    }
}

// spec: CORRECT-3
pub(super) fn rebind_converges(s: &Seen<'_>, probe: &mut Probe) {
    let Event::Correction(data) = s.event() else {
        return;
    };
    if let Change::Rebind { to, .. } = &data.change
        && s.takes_effect()
    {
        let shown = s.new.tasks.get(&data.task).and_then(owner);
        let told = s.is.tasks.get(&data.task).and_then(owner);
        probe.expect(shown == told, || {
            format!("rebound to {to}, task {} is with {shown:?}", data.task)
        });
    }
}
