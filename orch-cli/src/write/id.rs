//! From what a person writes to the task, the agent or the party that is meant, and new ids.

use orch_core::ids::{AgentName, AgentRef, AttemptNo, IdError, TaskId};
use orch_core::mission::Mission;
use orch_core::party::Party;

use super::actor::newest_or_named;
use crate::error::{CliError, ErrorCode};
use crate::select::{Match, candidates, nearest, prefixed};

/// The longest id that is made from a title, in characters.
const SLUG_MAX: usize = 32;

/// Finds the task that is meant, by its id or an unambiguous beginning of it.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn task(mission: &Mission, wanted: &str) -> Result<TaskId, CliError> {
    let wanted = match TaskId::parse(wanted) {
        Ok(id) if mission.task(&id).is_some() => return Ok(id),
        Ok(_) | Err(_) => wanted.strip_prefix("task:").unwrap_or(wanted),
    };
    let ids = || mission.tasks().map(|task| task.id().as_str());
    match prefixed(ids(), wanted) {
        Match::One(id) => TaskId::parse(id).map_err(internal),
        Match::Several(found) => {
            let what = format!("several tasks begin with {wanted:?}");
            Err(CliError::new(ErrorCode::AmbiguousId, what)
                .evidence_all(candidates(found.into_iter().map(str::to_owned)))
                .hint_about("progress"))
        }
        Match::None => {
            let near = nearest(ids(), wanted).into_iter();
            Err(
                CliError::new(ErrorCode::UnknownId, format!("there is no task {wanted:?}"))
                    .evidence_all(near.map(|near| format!("did you mean {near}?")))
                    .hint_about("progress"),
            )
        }
    }
}

/// Finds the name of the agent that is meant; one that nobody has is left to the rules.
///
/// # Errors
/// When it is several, or no name.
pub(crate) fn agent_name(mission: &Mission, wanted: &str) -> Result<AgentName, CliError> {
    let agent = agent(mission, wanted)?;
    let newest = newest_or_named(mission, agent.name.as_str()).map_err(internal)?;
    if mission.agent(&agent).is_some() && newest != agent {
        // Work is given to whoever lives under a name; one that is gone is not meant by it.
        let what = format!("{agent} is gone: {newest} has its name now");
        return Err(CliError::new(ErrorCode::UnknownId, what).hint_about("agent list"));
    }
    Ok(agent.name)
}

/// Finds the incarnation that is meant: the one that is named, or the newest of a name.
///
/// # Errors
/// When it is several, or no name.
pub(crate) fn agent(mission: &Mission, wanted: &str) -> Result<AgentRef, CliError> {
    let wanted = wanted.strip_prefix("agent:").unwrap_or(wanted);
    let agent = newest_or_named(mission, wanted).map_err(|error| bad_id(&error))?;
    if mission.agent(&agent).is_some() {
        return Ok(agent);
    }
    let names: std::collections::BTreeSet<AgentName> =
        mission.agents().map(|agent| agent.agent().name).collect();
    match prefixed(names.iter().map(AgentName::as_str), wanted) {
        Match::One(name) => newest_or_named(mission, name).map_err(internal),
        Match::Several(found) => {
            let what = format!("several agents begin with {wanted:?}");
            Err(CliError::new(ErrorCode::AmbiguousId, what)
                .evidence_all(candidates(found.into_iter().map(str::to_owned)))
                .hint_about("agent list"))
        }
        Match::None => Ok(agent),
    }
}

/// Finds the party that is meant: `lead`, `host`, `human:NAME`, `agent:NAME` or an agent's name.
///
/// # Errors
/// When it is several, or no name.
pub(crate) fn party(mission: &Mission, wanted: &str) -> Result<Party, CliError> {
    match wanted {
        "lead" => Ok(Party::Lead),
        "host" => Ok(Party::Host),
        _ if wanted.starts_with("human:") => Party::parse(wanted).map_err(|error| bad_id(&error)),
        _ => agent_name(mission, wanted).map(Party::Agent),
    }
}

/// Returns the attempt that an agent speaks of: the newest of its own at the task, open or not, so
/// that what it says too late becomes evidence; else the one that has the task.
// spec: FENCE-1
pub(crate) fn attempt_of(mission: &Mission, task: &TaskId, agent: &AgentRef) -> AttemptNo {
    let Some(task) = mission.task(task) else {
        return AttemptNo(1);
    };
    let newest = |is_own: &dyn Fn(&AgentRef) -> bool| {
        let own = task.attempts().filter(|attempt| is_own(&attempt.agent()));
        own.map(|attempt| attempt.number()).max()
    };
    newest(&|owner| owner == agent)
        .or_else(|| newest(&|owner| owner.name == agent.name))
        .or_else(|| task.token().map(|token| token.number()))
        .unwrap_or(AttemptNo(1))
}

/// Makes a readable id from a title: its first words, in small letters; `nothing` if it has none.
pub(crate) fn slug(title: &str, nothing: &str) -> String {
    let mut slug = String::new();
    let words = title.split(|c: char| !c.is_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        let n_chars = slug.chars().count().saturating_add(word.chars().count());
        if !slug.is_empty() && n_chars >= SLUG_MAX {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(SLUG_MAX));
    }
    if slug.is_empty() {
        slug.push_str(nothing);
    }
    slug
}

/// Returns the text, or the text with the first number after it that nothing has.
pub(crate) fn unused(text: String, is_used: impl Fn(&str) -> bool) -> String {
    if !is_used(&text) {
        return text;
    }
    let numbered = (2_u32..).map(|n| format!("{text}-{n}"));
    let mut free = numbered.into_iter().filter(|name| !is_used(name));
    free.next().unwrap_or(text)
}

/// Says that a text is no id.
pub(crate) fn bad_id(error: &IdError) -> CliError {
    CliError::new(ErrorCode::Usage, error.to_string())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the shape that `map_err` wants"
)]
fn internal(error: IdError) -> CliError {
    CliError::new(ErrorCode::Internal, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_the_first_words_of_a_title() {
        for (title, id) in [
            ("A login form", "a-login-form"),
            ("  Ünïcode: is *kept*!", "ünïcode-is-kept"),
            ("???", "task"),
            (
                "one two three four five six seven eight nine",
                "one-two-three-four-five-six",
            ),
        ] {
            assert_eq!(slug(title, "task"), id);
        }
        assert_eq!(slug(&"x".repeat(99), "task").chars().count(), SLUG_MAX);
    }

    #[test]
    fn an_id_that_is_taken_gets_a_number() {
        let used = ["a", "a-2"];
        assert_eq!(unused("a".to_owned(), |id| used.contains(&id)), "a-3");
        assert_eq!(unused("b".to_owned(), |id| used.contains(&id)), "b");
    }
}
