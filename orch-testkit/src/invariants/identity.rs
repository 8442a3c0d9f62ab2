//! Identity and the lifecycle of agents: one live incarnation a name, and nobody moves after death.

use orch_core::codes::Code;
use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::ids::AgentRef;
use orch_core::party::Party;
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;

use super::{Probe, Scene, Standing};

// spec: NAME-1
pub(super) fn name_unique(s: &Scene<'_>, probe: &mut Probe) {
    let live = |it: &&AgentRef| s.new.agents.get(it).is_some_and(|at| at.is_live());
    for agent in s.new.agents.keys().filter(live) {
        let of_name = s.new.agents.keys().filter(|it| it.name == agent.name);
        let n = of_name.filter(live).count();
        let told = s.step.ghost.live(&agent.name);
        probe.expect(n == 1 && told == Some(agent), || {
            format!(
                "{n} incarnations of {} are live, by the log {told:?}",
                agent.name
            )
        });
    }
    if let Event::AgentJoined(data) = s.event()
        && s.step.past.live(&data.agent).is_some()
        && !data.alias
    {
        let is_same = s.old.agents == s.new.agents;
        probe.expect(!s.is_changed() && is_same, || {
            format!("{} joined under a live name", data.agent)
        });
    }
}

// spec: FENCE-1
pub(super) fn incarnation_fence(s: &Scene<'_>, probe: &mut Probe) {
    let Some(by) = s.step.record.envelope().by.agent() else {
        return;
    };
    let joins = matches!(s.event(), Event::AgentJoined(data) if data.agent == by.name);
    if s.step.past.is_there(by) || joins || matches!(s.event(), Event::MissionOpened(_)) {
        return;
    }
    let moved: Vec<_> = s.old.moved(&s.new).collect();
    probe.expect(moved.is_empty() && !s.is_changed(), || {
        format!(
            "{by}, who is not there, moved {moved:?} with {}",
            s.event().kind()
        )
    });
}

/// What a status of the machine is by the log.
const fn standing(status: AgentStatus) -> Standing {
    match status {
        AgentStatus::Live => Standing::Live,
        AgentStatus::Stopping => Standing::Stopping,
        AgentStatus::Stopped => Standing::Stopped,
        AgentStatus::Terminated => Standing::Terminated,
        _ => Standing::Left,
    }
}

// spec: SHUT-1
pub(super) fn shutdown_structural(s: &Scene<'_>, probe: &mut Probe) {
    for (agent, new) in &s.new.agents {
        let told = s.step.ghost.agents.get(agent);
        probe.expect(told == Some(&standing(*new)), || {
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

// spec: SHUT-2
pub(super) fn after_shutdown(s: &Scene<'_>, probe: &mut Probe) {
    let Some(by) = s.step.record.envelope().by.agent() else {
        return;
    };
    let standing = s.step.past.agents.get(by);
    if matches!(standing, Some(Standing::Stopped | Standing::Terminated)) {
        let joins = matches!(s.event(), Event::AgentJoined(data) if data.agent == by.name);
        let moved: Vec<_> = s.old.moved(&s.new).collect();
        probe.expect(moved.is_empty() && (joins || !s.is_changed()), || {
            format!(
                "{by} was shut down, and moved {moved:?} with {}",
                s.event().kind()
            )
        });
    }
}

/// What the fold says of work that is given to somebody who is not there for it, or of a gate whose
/// task nobody declared, which nobody can hold.
const NOT_THERE: [Code; 4] = [
    Code::UnknownAgent,
    Code::AgentGone,
    Code::AgentStopping,
    Code::UnknownTask,
];

// spec: RETRY-2, SHUT-2
pub(super) fn no_dispatch_to_dead(s: &Scene<'_>, probe: &mut Probe) {
    if !s.is_changed() {
        return;
    }
    let past = s.step.past;
    let target =
        match s.event() {
            Event::Dispatched(data) => Some(data.agent.clone()),
            Event::Correction(data) => match &data.change {
                Change::Rebind { to, .. } => Some(to.clone()),
                _ => None,
            },
            Event::GateRequested(data) => match &data.holder {
                Party::Agent(name) => Some(past.live(name).cloned().unwrap_or_else(|| {
                    AgentRef::new(name.clone(), orch_core::ids::Incarnation(0))
                })),
                _ => None,
            },
            _ => None,
        };
    if let Some(agent) = target {
        let standing = past.agents.get(&agent);
        probe.expect(
            standing == Some(&Standing::Live) || s.is_marked(&NOT_THERE),
            || {
                format!(
                    "{} gives work to {agent}, who is {standing:?}",
                    s.event().kind()
                )
            },
        );
    }
}

/// Whether somebody has the task, by its status.
const fn is_in_work(status: TaskStatus) -> bool {
    matches!(
        status,
        TaskStatus::Dispatched | TaskStatus::Running | TaskStatus::Rework
    )
}

// spec: RETRY-2, SHUT-2
pub(super) fn no_orphan(s: &Scene<'_>, probe: &mut Probe) {
    if !s.is_live() {
        return;
    }
    for (id, task) in &s.new.tasks {
        if !is_in_work(task.status) {
            continue;
        }
        let told = s.step.ghost.task(id).and_then(|it| it.open_token());
        let holds = told.is_some_and(|(_, it)| s.step.ghost.is_there(&it.owner) || it.is_stray);
        let blockers = s.blockers(id);
        let next = blockers.first().map(|it| &it.next);
        let is_named = next.is_some_and(|next| s.step.ghost.is_present(next));
        probe.expect(holds && is_named, || {
            format!(
                "task {id} is {}, with {told:?}, and {next:?} is next",
                task.status
            )
        });
    }
}
