//! `orch help`: commands, and the topics that belong to no single one.

mod topics;

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::select;
use topics::TOPICS;

/// Print help for a command or a topic: exit-codes, positions, expressions, formats, writing, policy, codes, json
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command, such as `gate pass`, or the topic
    #[arg(value_name = "COMMAND|TOPIC")]
    topic: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let mut command = Cli::command();
    command.build();
    let Some(topic) = args.topic.first() else {
        ctx.ui
            .print_own(command.render_long_help().to_string().as_bytes())?;
        return Ok(Exit::Ok);
    };
    if args.topic.len() == 1
        && let Some((_, write)) = TOPICS.into_iter().find(|(name, _)| name == topic)
    {
        let mut doc = ctx.ui.doc();
        write(&mut doc);
        ctx.ui.print(doc)?;
        return Ok(Exit::Ok);
    }
    if let Some(help) = manual(&mut command, &args.topic) {
        ctx.ui.print_own(help.as_bytes())?;
        return Ok(Exit::Ok);
    }
    let names = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .chain(TOPICS.into_iter().map(|(name, _)| name));
    let near = select::nearest(names, topic);
    Err(CliError::new(
        ErrorCode::UnknownCode,
        format!("there is no help on {:?}", args.topic.join(" ")),
    )
    .evidence_all(near.into_iter().map(|near| format!("did you mean {near}?")))
    .hint("orch help"))
}

/// Returns the manual of a command, or of a verb of it.
fn manual(command: &mut clap::Command, words: &[String]) -> Option<String> {
    match words {
        [] => Some(command.render_long_help().to_string()),
        [word, words @ ..] => manual(command.find_subcommand_mut(word)?, words),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn leaves(command: &clap::Command, name: &str, found: &mut Vec<(String, String)>) {
        let mut is_leaf = true;
        for sub in command.get_subcommands() {
            is_leaf = false;
            leaves(sub, &format!("{name} {}", sub.get_name()), found);
        }
        if is_leaf {
            let manual = command.get_long_about().or_else(|| command.get_about());
            let manual = manual.map(ToString::to_string).unwrap_or_default();
            found.push((name.to_owned(), manual));
        }
    }

    #[test]
    fn every_command_that_writes_has_an_example_that_can_be_read() {
        let mut found = Vec::new();
        Cli::command().debug_assert();
        leaves(&Cli::command(), "orch", &mut found);
        for (name, manual) in found {
            let Some((_, example)) = manual.split_once("Example: ") else {
                let is_plain = ["help", "man", "version", "completions", "rules"];
                assert!(is_plain.iter().any(|word| name.ends_with(word)), "{name}");
                continue;
            };
            let words = example.replace('"', "'");
            let mut words: Vec<&str> = words.split('\'').collect();
            // What is quoted is one word, whatever it holds.
            for quoted in words.iter_mut().skip(1).step_by(2) {
                *quoted = "quoted";
            }
            let line = words.concat();
            let commands = line.split(['&', '|', '>']).map(str::trim);
            let mut commands = commands.filter(|part| part.starts_with("orch ")).peekable();
            assert!(commands.peek().is_some(), "{name}: {example}");
            for command in commands {
                let parsed = Cli::try_parse_from(command.split_whitespace());
                assert!(parsed.is_ok(), "{name}: {command}: {parsed:?}");
            }
        }
    }
}
