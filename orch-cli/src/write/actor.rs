//! Who acts: what -A says, else the person at the keyboard.

use orch_core::ids::{AgentName, AgentRef, HumanName};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};

use super::{Asks, shell};
use crate::cli::Globals;
use crate::error::{CliError, ErrorCode};
use crate::view::{about, prefix, quoted};

/// The variables that name the person at the keyboard, the first that is set.
const USER: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// Returns who acts.
///
/// A report on a task is that of an agent: whoever is at the keyboard cannot make it (AUTH-1).
///
/// # Errors
/// When the text names nobody, or an agent must act and none is named.
// spec: AUTH-1
pub(super) fn of(globals: &Globals, mission: &Mission, asks: &dyn Asks) -> Result<Actor, CliError> {
    let actor = match globals.actor.as_deref() {
        Some(text) => named(text, mission)?,
        None => Actor::Human(person()?),
    };
    match asks.is_report_on() {
        Some(task) if actor.agent().is_none() => Err(agent_needed(globals, mission, &actor, task)),
        Some(_) | None => Ok(actor),
    }
}

fn named(text: &str, mission: &Mission) -> Result<Actor, CliError> {
    let bad = |error: &dyn std::fmt::Display| {
        CliError::new(ErrorCode::Usage, format!("-A {}: {error}", quoted(text)))
            .evidence("an actor is NAME or agent:NAME, agent:NAME#INCARNATION, human:NAME or host")
            .hint_about("agent list")
    };
    if text.starts_with("import:") {
        return Err(bad(&"only an importer writes as one"));
    }
    if text == "host" || text.starts_with("human:") {
        return Actor::parse(text).map_err(|error| bad(&error));
    }
    let name = text.strip_prefix("agent:").unwrap_or(text);
    newest_or_named(mission, name)
        .map(Actor::Agent)
        .map_err(|error| bad(&error))
}

/// Returns the incarnation that `NAME#N` names, or the newest of `NAME`; the first, if nobody of
/// that name ever joined.
///
/// # Errors
/// When the text is no name.
pub(crate) fn newest_or_named(
    mission: &Mission,
    text: &str,
) -> Result<AgentRef, orch_core::ids::IdError> {
    if text.contains('#')
        && let Ok(agent) = AgentRef::parse(text)
        && mission.agent(&agent).is_some()
    {
        return Ok(agent);
    }
    if let Ok(name) = AgentName::parse(text) {
        if let Some(live) = mission.live_agent(&name) {
            return Ok(live.agent());
        }
        let all = mission.agents().map(|agent| agent.agent());
        if let Some(last) = all.filter(|agent| agent.name == name).last() {
            return Ok(last);
        }
    }
    AgentRef::parse(text)
}

/// Returns who speaks for a party.
pub(crate) fn of_party(mission: &Mission, party: &Party) -> Option<Actor> {
    match party {
        Party::Host => Some(Actor::Host),
        Party::Human(name) => Some(Actor::Human(name.clone())),
        Party::Agent(name) => mission
            .live_agent(name)
            .map(|agent| Actor::Agent(agent.agent())),
        Party::Lead => mission
            .lead()
            .filter(|lead| **lead != Party::Lead)
            .and_then(|lead| of_party(mission, lead)),
        // The core may know more parties.
        _ => None,
    }
}

/// Returns the person at the keyboard.
///
/// # Errors
/// Never, but for a fault of orch.
pub(crate) fn person() -> Result<HumanName, CliError> {
    let said = USER.iter().filter_map(|name| std::env::var(name).ok());
    let mut names = said.filter_map(|name| HumanName::parse(&name).ok());
    names.next().map_or_else(
        || {
            HumanName::parse("operator")
                .map_err(|error| CliError::new(ErrorCode::Internal, error.to_string()))
        },
        Ok,
    )
}

fn agent_needed(globals: &Globals, mission: &Mission, actor: &Actor, task: &str) -> CliError {
    let what = match &globals.actor {
        Some(_) => format!("{actor} is no agent, and only an agent reports on its work"),
        None => "which agent reports? only an agent reports on its work".to_owned(),
    };
    let error = CliError::new(ErrorCode::ActorNeeded, what);
    let found = super::task(mission, task).ok();
    let task = found.as_ref().and_then(|id| mission.task(id));
    let token = task.and_then(|task| task.token());
    match token {
        Some(token) => error
            .evidence_of(
                token.dispatched().seq,
                format!("gave {} to {}", token.task(), token.agent()),
            )
            .hint(match &globals.actor {
                // Two of these flags are one too many.
                Some(_) => format!(
                    "orch{} show {}",
                    prefix(globals),
                    about(token.task().as_str())
                ),
                None => shell::again(
                    &["-A", &shell::actor_word(&Actor::Agent(token.agent()))],
                    &[],
                ),
            }),
        None => error
            .evidence("name the agent with -A NAME or in ORCH_ACTOR")
            .hint(format!("orch{} agent list", prefix(globals))),
    }
}
