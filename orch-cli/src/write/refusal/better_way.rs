//! What whoever was refused most likely meant, where that is another command than the rules offer.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of most refusals the rules know best what comes next"
)]

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::Context;
use orch_core::event::correction::Change;
use orch_core::event::gate::GateDecided;
use orch_core::ids::AgentName;
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::status::attempt::AttemptStatus;

use super::super::owed::taking_up;
use super::{Scene, actor, shell};
use crate::select::nearest;

/// A better way.
pub(super) struct Better {
    /// What has to be known to see why.
    pub(super) why: Option<&'static str>,
    /// The command line.
    pub(super) line: String,
}

/// Returns the better way, if there is one.
pub(super) fn of(
    scene: &Scene<'_>,
    mission: &Mission,
    code: Code,
    by: &Actor,
    command: Command,
) -> Option<Better> {
    match (code, command) {
        (Code::NotGateHolder, Command::DecideGate(data)) => by_holder(scene, mission, data),
        (Code::StaleDecision, Command::DecideGate(data)) => unnamed(scene, mission, by, data),
        (_, Command::Dispatch(data)) => {
            let token = mission.task(&data.task)?.token()?;
            let is_own = by.agent() == Some(&token.agent()) && data.agent == token.agent().name;
            if !is_own || token.status() == AttemptStatus::Closed {
                return None;
            }
            let line = if token.status() == AttemptStatus::Started {
                let words = shell::Words::of(&["beat"]).report(&data.task, token.number());
                shell::as_actor(scene.globals, Some(by), &words.into_words())
            } else {
                taking_up(scene.globals, mission, scene.now, &token)
            };
            let why = Some("it is with this agent already");
            Some(Better { why, line })
        }
        _ => None,
    }
}

/// The gate is decided by whoever holds it.
// spec: GATE-2
fn by_holder(scene: &Scene<'_>, mission: &Mission, mut data: GateDecided) -> Option<Better> {
    let owed = mission.obligations().into_iter().find(|owed| {
        owed.task.as_ref() == Some(&data.task) && owed.gate.as_ref() == Some(&data.gate)
    })?;
    let holder = actor::of_party(mission, &owed.owed_by)?;
    data.decider = owed.owed_by;
    let line = accepted(scene, mission, &holder, &Command::DecideGate(data))?;
    Some(Better { why: None, line })
}

/// Work of no revision is judged without one.
// spec: GATE-1
fn unnamed(
    scene: &Scene<'_>,
    mission: &Mission,
    by: &Actor,
    mut data: GateDecided,
) -> Option<Better> {
    let token = mission.task(&data.task)?.token()?;
    if token.revision().is_some() || data.revision.is_none() {
        return None;
    }
    data.revision = None;
    let line = accepted(scene, mission, by, &Command::DecideGate(data))?;
    let why = Some("the handoff named no revision, so the decision names none");
    Some(Better { why, line })
}

/// Writes a command line if the rules accept it.
fn accepted(scene: &Scene<'_>, mission: &Mission, by: &Actor, command: &Command) -> Option<String> {
    let context = Context::new(by.clone(), scene.now);
    mission.can(command, &context).ok()?;
    let words = shell::faithful(command, mission, by, scene.now);
    Some(shell::as_actor(scene.globals, Some(by), &words))
}

/// Whether what the rules would accept instead could have been meant.
pub(super) fn is_sensible(mission: &Mission, asked: &Command, instead: &Command) -> bool {
    match (asked, instead) {
        (Command::Send(asked), Command::Send(instead)) => match (&asked.to, &instead.to) {
            (Party::Agent(asked), Party::Agent(to)) => is_near(asked, to),
            _ => true,
        },
        (Command::Rebind(asked), Command::Rebind(instead)) => {
            asked.to == instead.to || is_near(&asked.to, &instead.to)
        }
        // What a task does not need is not taken from it.
        (Command::Correct(_), Command::Correct(instead)) => match &instead.change {
            Change::Amend(change) => change.remove_needs.iter().all(|need| {
                let task = mission.task(&instead.task);
                task.is_some_and(|task| task.needs().any(|(id, ..)| id == need))
            }),
            _ => true,
        },
        _ => true,
    }
}

fn is_near(asked: &AgentName, name: &AgentName) -> bool {
    asked == name || !nearest(std::iter::once(name.as_str()), asked.as_str()).is_empty()
}
