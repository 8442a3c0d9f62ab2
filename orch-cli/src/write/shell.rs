//! A command of the core as the command line that asks for it.
//!
//! **Invariant:** what is suggested says exactly the command it stands for: it is read again before
//! it is shown, and where words would say less, the command is written out for `orch do`.

mod builder;
#[cfg(test)]
mod tests;
mod words;

pub(super) use builder::Words;

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

/// Writes the command line with which an actor asks for a command.
pub(crate) fn line_for(
    globals: &Globals,
    mission: &Mission,
    by: &Actor,
    command: &Command,
    now: DateTime<Utc>,
) -> String {
    as_actor(globals, Some(by), &faithful(command, mission, by, now))
}

/// Writes the words after `orch` with which an actor asks for a command.
pub(crate) fn words_for(
    mission: &Mission,
    by: &Actor,
    command: &Command,
    now: DateTime<Utc>,
) -> String {
    line(&faithful(command, mission, by, now))
}

/// Writes a command line for an actor; for nobody in particular, it is for whoever reads it.
pub(super) fn as_actor(globals: &Globals, actor: Option<&Actor>, words: &[String]) -> String {
    // Nobody has to say that they are who they are.
    let said = std::env::var("ORCH_ACTOR").ok();
    let said = said.filter(|said| !said.is_empty());
    let said = said.or_else(|| person().ok().map(|name| format!("human:{name}")));
    let flag = actor.map(actor_word);
    let flag = flag.filter(|flag| said.as_ref() != Some(flag));
    let flag = flag.map_or_else(String::new, |flag| format!(" -A {}", quoted(&flag)));
    format!("orch{}{flag} {}", prefix(globals), line(words))
}

/// Writes an actor as -A takes it; an agent is called by its name, as its newest incarnation acts.
pub(super) fn actor_word(actor: &Actor) -> String {
    let taken = ["agent:", "human:", "import:", "-"];
    match actor {
        Actor::Agent(agent) => {
            let name = agent.name.as_str();
            let is_taken = name == "host" || taken.iter().any(|lead| name.starts_with(lead));
            if is_taken {
                format!("agent:{name}")
            } else {
                name.to_owned()
            }
        }
        Actor::Host | Actor::Human(_) | Actor::Import(_) => actor.to_string(),
        // The core may know more actors.
        _ => actor.to_string(),
    }
}

/// Writes a command line for whoever asked before.
pub(super) fn as_self(globals: &Globals, words: &[String]) -> String {
    let said = std::env::var("ORCH_ACTOR").ok();
    let actor = globals.actor.as_ref();
    let flag = actor.filter(|actor| said.as_ref() != Some(*actor));
    let flag = flag.map_or_else(String::new, |flag| format!(" -A {}", quoted(flag)));
    format!("orch{}{flag} {}", prefix(globals), line(words))
}

/// Writes the command line that is running, with words before it and flags after it.
pub(super) fn again(before: &[&str], flags: &[&str]) -> String {
    let args = std::env::args_os().skip(1);
    let args = args.map(|arg| arg.to_string_lossy().into_owned());
    with(&args.collect::<Vec<String>>(), before, flags)
}

/// Writes the command line that is running with flags after it, for an answer that is not cut down
/// to one field.
pub(super) fn again_whole(flags: &[&str]) -> String {
    let args = std::env::args_os().skip(1);
    let mut args = args.map(|arg| arg.to_string_lossy().into_owned());
    let (mut kept, mut is_end) = (Vec::new(), false);
    while let Some(arg) = args.next() {
        is_end |= arg == "--";
        match arg.as_str() {
            "--field" if !is_end => drop(args.next()),
            _ if !is_end && arg.starts_with("--field=") => {}
            _ => kept.push(arg),
        }
    }
    with(&kept, &[], flags)
}

fn with(args: &[String], before: &[&str], flags: &[&str]) -> String {
    // After this mark there are no flags.
    let end = args
        .iter()
        .position(|arg| arg == "--")
        .unwrap_or(args.len());
    let (flagged, rest) = args.split_at_checked(end).unwrap_or((args, &[]));
    let own =
        |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let words = [&own(before), flagged, &own(flags), rest].concat();
    format!("orch {}", line(&words))
}

/// Writes words so that a shell reads them as they are.
pub(super) fn line(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}
