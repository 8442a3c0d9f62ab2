//! What is meant by a field that there is not.

use super::check::Scope;
use super::fault::{Fault, did_you_mean};
use super::field::{AgentField, GUESSES, MissionField, OF_BOTH, OF_TASK, QUANTIFIERS, TaskField};
use super::syntax::Step;
use super::typed::Place;
use crate::select;
use orch_core::status::task::TaskStatus;

/// Says that nothing has this name, and which names are like it.
pub(super) fn no_such_field(step: &Step, scope: &Scope) -> Fault {
    let word = step.name.as_str();
    let (noun, known) = (noun(scope), known(scope));
    let fault = Fault::new(&step.at.0, format!("{noun} has no `{word}`"));
    if let Some(asked) = forms(scope).find(|asked| asked.word == word) {
        return fault.label(format!("write `{}`", asked.form));
    }
    if let Some(asked) = QUANTIFIERS.iter().find(|asked| asked.word == word) {
        return fault.label(format!("write `{}`", asked.form));
    }
    match scope {
        Scope::Mission if matches!(word, "status" | "state") => {
            return fault
                .label("write `mission.verdict` or `mission.phase`; of a task: `task.ID.status`");
        }
        Scope::Mission if TaskField::parse(word).is_some() => {
            return fault.label(format!("that is asked of a task: `task.ID.{word}`"));
        }
        Scope::Task(_) | Scope::Agent(_) if MissionField::parse(word).is_some() => {
            return fault.label(format!("that is asked of the mission: `mission.{word}`"));
        }
        Scope::Mission | Scope::Task(_) | Scope::Agent(_) => {}
    }
    let guess = GUESSES.iter().find(|(guess, _)| *guess == word);
    let guess = guess.map(|(_, here)| *here);
    let guess = guess.filter(|here| {
        let name = here.split(['(', '.']).next().unwrap_or_default();
        known.contains(&name)
    });
    let near = match (guess, word, scope) {
        (Some(here), ..) => vec![here.to_owned()],
        (None, ..) => select::nearest(known.iter().copied(), word),
    };
    if near.is_empty() && *scope == Scope::Mission {
        return fault
            .label(format!("a task is written `task.{word}.status`"))
            .note("`orch help expressions` lists what can be asked");
    }
    let near = if near.is_empty() {
        "`orch help expressions` lists what can be asked".to_owned()
    } else {
        did_you_mean(&near)
    };
    fault.label(near)
}

/// Says that nothing of this name takes anything in parentheses.
pub(super) fn no_function(step: &Step, scope: &Scope) -> Fault {
    let word = step.name.as_str();
    let fault = Fault::new(&step.at.0, format!("{} has no `{word}(…)`", noun(scope)));
    if known(scope).contains(&word) && !forms(scope).any(|asked| asked.word == word) {
        return fault.label("it takes nothing in parentheses");
    }
    let all = forms(scope).chain(&QUANTIFIERS);
    let names = all.map(|asked| asked.word);
    let near = select::nearest(names, word);
    fault.label(did_you_mean(&near))
}

const fn noun(scope: &Scope) -> &'static str {
    match scope {
        Scope::Mission => "the mission",
        Scope::Task(Place::Named(_) | Place::Each) => "a task",
        Scope::Agent(_) => "an agent",
    }
}

fn forms(scope: &Scope) -> impl Iterator<Item = &'static super::field::Asked> {
    let (both, task) = match scope {
        Scope::Mission => (true, false),
        Scope::Task(_) => (true, true),
        Scope::Agent(_) => (false, false),
    };
    let of_both = OF_BOTH.iter().filter(move |_| both);
    of_both.chain(OF_TASK.iter().filter(move |_| task))
}

fn known(scope: &Scope) -> Vec<&'static str> {
    let statuses = TaskStatus::ALL.iter().map(|status| status.as_str());
    let mut names: Vec<&str> = match scope {
        Scope::Mission => {
            let fields = MissionField::ALL.iter().map(|field| field.as_str());
            fields.chain(statuses).collect()
        }
        Scope::Task(_) => {
            let fields = TaskField::ALL.iter().map(|field| field.as_str());
            fields.chain(statuses).collect()
        }
        Scope::Agent(_) => AgentField::ALL.iter().map(|field| field.as_str()).collect(),
    };
    names.extend(forms(scope).map(|asked| asked.word));
    names
}
