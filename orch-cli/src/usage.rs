//! The command line as it is before it is understood, and what is wrong with it.

use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, Color};
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::ui::{self, Ui};

/// What can be told of a command line that may not make sense as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    as_json: bool,
    color: Color,
    ascii: bool,
}

impl Said {
    /// Looks for the flags that say how to print.
    pub(crate) fn of(args: impl Iterator<Item = OsString>) -> Self {
        let mut said = Self {
            as_json: false,
            color: Color::Auto,
            ascii: false,
        };
        let args = args.map(|arg| arg.to_string_lossy().into_owned());
        let args: Vec<String> = args.take_while(|arg| arg != "--").collect();
        let next = args.iter().skip(1).map(String::as_str).chain([""]);
        for (arg, next) in args.iter().zip(next) {
            match (arg.as_str(), next) {
                ("--json" | "-ojson" | "-ojsonl" | "--output=json" | "--output=jsonl", _)
                | ("-o" | "--output", "json" | "jsonl") => said.as_json = true,
                ("--color=never", _) | ("--color", "never") => said.color = Color::Never,
                ("--color=always", _) | ("--color", "always") => said.color = Color::Always,
                ("--ascii", _) => said.ascii = true,
                _ => {}
            }
        }
        said
    }

    /// Reads the command line.
    ///
    /// # Errors
    /// When it asks for help, or is wrong.
    pub(crate) fn parse(self) -> Result<Cli, clap::Error> {
        let color = match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let command = without_empty(Cli::command()).color(color);
        Cli::from_arg_matches(&command.try_get_matches()?)
    }
}

/// Reads the words of a command within a command.
///
/// # Errors
/// When they ask for help, or are wrong.
pub(crate) fn parse(words: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = without_empty(Cli::command()).try_get_matches_from(words)?;
    Cli::from_arg_matches(&matches)
}

/// A variable that is set to nothing says nothing.
fn without_empty(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|said| said.is_empty());
    command
        .mut_args(|arg| {
            if arg.get_env().is_some_and(is_empty) {
                arg.env(Resettable::Reset)
            } else {
                arg
            }
        })
        .mut_subcommands(without_empty)
}

/// Prints what clap says: help, a version, or what is wrong with the command line.
pub(crate) fn print(error: &clap::Error, said: Said) -> Exit {
    let is_help = !error.use_stderr();
    let is_bare = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_help || (is_bare && !said.as_json) {
        ui::print_help(error);
    } else {
        Ui::bare(said.color, said.ascii).fail(&explained(error), said.as_json);
    }
    if is_help { Exit::Ok } else { Exit::Usage }
}

/// Says what clap says in the form that all errors of orch have.
pub(crate) fn explained(error: &clap::Error) -> CliError {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return CliError::new(ErrorCode::Usage, "a command is missing").hint("orch --help");
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said = lines.take_while(|line| !line.starts_with("Usage:"));
    let mut said = said.filter(|line| !line.starts_with("For more information"));
    let message = said.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let evidence = said.map(|line| line.strip_prefix("tip: ").unwrap_or(line).to_owned());
    CliError::new(ErrorCode::Usage, message.trim_end_matches(':'))
        .evidence_all(evidence)
        .hint(help(error))
}

/// Returns the command that prints the manual of what was asked for.
fn help(error: &clap::Error) -> String {
    // The only place where clap names the subcommand.
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let mut words = usage
        .split_whitespace()
        .skip_while(|word| *word != "orch")
        .skip(1);
    let mut command = &Cli::command();
    let mut help = String::new();
    while let Some(found) = words.next().and_then(|word| command.find_subcommand(word)) {
        help.push(' ');
        help.push_str(found.get_name());
        command = found;
    }
    if help.is_empty() {
        "orch --help".to_owned()
    } else {
        format!("orch help{help}")
    }
}
