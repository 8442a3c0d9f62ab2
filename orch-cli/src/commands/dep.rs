//! `orch dep`: which task needs which.

mod tree;

use std::convert::Infallible;
use std::str::FromStr;

use clap::Subcommand;
use orch_core::command::Command;
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::task::{Need, NeedOn, Unmet};
use orch_core::mission::Mission;

use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::words;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Add, remove or show what tasks need
///
/// Example: orch dep add login design
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(Add),
    Rm(Remove),
    Tree(tree::TreeArgs),
    Cycles(tree::CyclesArgs),
}

/// Let a task need others
///
/// Example: orch dep add login design specs:reported
#[derive(Debug, clap::Args)]
struct Add {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// What must come first; written as in `orch add --dep`
    #[arg(value_name = "NEED", required = true)]
    needs: Vec<NeedArg>,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "the plan says so")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// Let a task no longer need others
///
/// Example: orch dep rm login design
#[derive(Debug, clap::Args)]
struct Remove {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// What need not come first
    #[arg(value_name = "NEED", required = true)]
    needs: Vec<String>,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "the plan says so")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    /// Returns what writes; `None` if it only reads.
    pub(crate) fn asks(&self) -> Option<&dyn Asks> {
        match &self.verb {
            Verb::Add(add) => Some(add),
            Verb::Rm(remove) => Some(remove),
            Verb::Tree(_) | Verb::Cycles(_) => None,
        }
    }
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::Add(add) => write::run(ctx, add),
        Verb::Rm(remove) => write::run(ctx, remove),
        Verb::Tree(args) => tree::tree(ctx, args),
        Verb::Cycles(_) => tree::cycles(ctx),
    }
}

/// A need, written `TASK`, `TASK:reported` or `TASK:accepted`, with `:skipped` and the like for
/// other ends that are good enough.
///
/// The words are read from the end up to how far the task must have come; what is before that is
/// the task, even if it looks like more of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NeedArg {
    task: String,
    on: NeedOn,
    or: Vec<Unmet>,
}

impl FromStr for NeedArg {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (mut task, mut on, mut or) = (text, NeedOn::Accepted, Vec::new());
        while let Some((before, word)) = task.rsplit_once(':') {
            if before.is_empty() {
                break;
            }
            if let Some(far) = [NeedOn::Accepted, NeedOn::Reported]
                .into_iter()
                .find(|far| words::need_on(*far) == word)
            {
                (task, on) = (before, far);
                break;
            }
            let end = [Unmet::Failed, Unmet::Skipped, Unmet::Cancelled]
                .into_iter()
                .find(|end| words::unmet(*end) == word);
            let Some(end) = end else { break };
            or.insert(0, end);
            task = before;
        }
        let task = task.to_owned();
        Ok(Self { task, on, or })
    }
}

impl NeedArg {
    /// Returns the need.
    ///
    /// # Errors
    /// When there is no such task.
    pub(crate) fn need(&self, mission: &Mission) -> Result<Need, CliError> {
        Ok(Need {
            task: write::task(mission, &self.task)?,
            on: self.on,
            or: self.or.clone(),
        })
    }

    /// Writes a need the way it is read.
    pub(crate) fn written(need: &Need) -> String {
        let id = need.task.as_str();
        let ends: Vec<&str> = need.or.iter().map(|end| words::unmet(*end)).collect();
        let ends: String = ends.iter().flat_map(|end| [":", end]).collect();
        let plain = format!("{id}{ends}");
        let is_plain = |arg: &Self| arg.task == id && arg.on == need.on;
        match plain.parse::<Self>() {
            Ok(arg) if is_plain(&arg) => plain,
            Ok(_) => format!("{id}:{}{ends}", words::need_on(need.on)),
        }
    }
}

fn amended(
    asked: &Asked<'_>,
    task: &str,
    reason: &str,
    amendment: Amendment,
) -> Result<Command, CliError> {
    Ok(Command::Correct(Correction {
        task: write::task(asked.mission, task)?,
        change: Change::Amend(Box::new(amendment)),
        reason: reason.to_owned(),
        supersedes: Vec::new(),
    }))
}

impl Asks for Add {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let needs = self.needs.iter().map(|need| need.need(asked.mission));
        let mut amendment = Amendment::default();
        amendment.add_needs = needs.collect::<Result<_, _>>()?;
        amended(asked, &self.task, &self.reason, amendment)
    }
}

impl Asks for Remove {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let needs = self
            .needs
            .iter()
            .map(|need| write::task(asked.mission, need));
        let mut amendment = Amendment::default();
        amendment.remove_needs = needs.collect::<Result<_, _>>()?;
        amended(asked, &self.task, &self.reason, amendment)
    }
}

#[cfg(test)]
mod tests {
    use orch_core::ids::TaskId;

    use super::*;

    #[test]
    fn a_need_is_read_the_way_it_is_written() {
        let id = |text| TaskId::parse(text).unwrap();
        for (text, task, on, or) in [
            ("a", "a", NeedOn::Accepted, vec![]),
            ("a:reported", "a", NeedOn::Reported, vec![]),
            ("a:b", "a:b", NeedOn::Accepted, vec![]),
            (
                "a:skipped:failed",
                "a",
                NeedOn::Accepted,
                vec![Unmet::Skipped, Unmet::Failed],
            ),
            ("a:skipped:accepted", "a:skipped", NeedOn::Accepted, vec![]),
            (
                "a:reported:reported:failed",
                "a:reported",
                NeedOn::Reported,
                vec![Unmet::Failed],
            ),
        ] {
            let task = id(task);
            let need = Need { task, on, or };
            assert_eq!(NeedArg::written(&need), text);
            let arg: NeedArg = text.parse().unwrap();
            assert_eq!(
                (arg.task.as_str(), arg.on, arg.or),
                (need.task.as_str(), need.on, need.or)
            );
        }
    }
}
