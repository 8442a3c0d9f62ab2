//! A command of the core as the command line that asks for it.
//!
//! **Invariant:** what is suggested says exactly the command it stands for: it is read again before
//! it is shown, and where words would say less, the command is written out for `orch do`.

mod builder;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, Utc};
use clap::Parser as _;
use orch_core::command::Command;
use orch_core::mission::Mission;
use orch_core::party::Actor;

use super::{Asked, person};
use crate::cli::{Cli, Globals};
use crate::commands;
use crate::view::{prefix, quoted};

/// Returns the words after `orch` that ask for a command.
pub(super) fn faithful(
    command: &Command,
    mission: &Mission,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Vec<String> {
    let words = words::of(command, actor);
    let is_same = words
        .as_ref()
        .is_some_and(|words| asked(words, mission, actor, now).as_ref() == Some(command));
    match words {
        Some(words) if is_same => words,
        Some(_) | None => verbatim(command),
    }
}

/// Writes a command out in full.
fn verbatim(command: &Command) -> Vec<String> {
    let json = serde_json::to_string(command).unwrap_or_default();
    vec!["do".to_owned(), json]
}

/// Reads words the way they would be read from the command line.
fn asked(
    words: &[String],
    mission: &Mission,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Option<Command> {
    let args = std::iter::once("orch").chain(words.iter().map(String::as_str));
    let cli = Cli::try_parse_from(args).ok()?;
    let asked = Asked {
        mission,
        actor,
        now,
        text: None,
    };
    commands::asks(&cli.command)?.command(&asked).ok()
}

/// Writes a command line for an actor; for nobody in particular, it is for whoever reads it.
pub(super) fn as_actor(globals: &Globals, actor: Option<&Actor>, words: &[String]) -> String {
    let said = std::env::var("ORCH_ACTOR").ok();
    let flag = actor.map(|actor| match actor {
        // An agent is called by its name: it is its newest incarnation that acts.
        Actor::Agent(agent) if is_plain(agent.name.as_str()) => agent.name.to_string(),
        Actor::Agent(agent) => format!("agent:{}", agent.name),
        Actor::Host | Actor::Human(_) | Actor::Import(_) => actor.to_string(),
        // The core may know more actors.
        _ => actor.to_string(),
    });
    // Nobody has to say that they are who they are.
    let said = said.or_else(|| person().ok().map(|name| format!("human:{name}")));
    let flag = flag.filter(|flag| said.as_ref() != Some(flag));
    let flag = flag.map_or_else(String::new, |flag| format!(" -A {}", quoted(&flag)));
    format!("orch{}{flag} {}", prefix(globals), line(words))
}

/// Whether a name is not taken for something else where an actor is expected.
fn is_plain(name: &str) -> bool {
    name != "host"
        && !["agent:", "human:", "import:", "-"]
            .iter()
            .any(|lead| name.starts_with(lead))
}

/// Writes a command line for whoever asked before.
pub(super) fn as_self(globals: &Globals, words: &[String]) -> String {
    let said = std::env::var("ORCH_ACTOR").ok();
    let actor = globals.actor.as_ref();
    let flag = actor.filter(|actor| said.as_ref() != Some(*actor));
    let flag = flag.map_or_else(String::new, |flag| format!(" -A {}", quoted(flag)));
    format!("orch{}{flag} {}", prefix(globals), line(words))
}

/// Writes the command line that is running, with something before and after it.
pub(super) fn again(before: &[&str], after: &[&str]) -> String {
    let own =
        |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let args = std::env::args_os().skip(1);
    let args = args.map(|arg| arg.to_string_lossy().into_owned());
    let words: Vec<String> = own(before)
        .into_iter()
        .chain(args)
        .chain(own(after))
        .collect();
    format!("orch {}", line(&words))
}

/// Writes words so that a shell reads them as they are.
pub(super) fn line(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}
