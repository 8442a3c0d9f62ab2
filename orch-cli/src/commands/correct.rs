//! `orch correct`: authoritative changes of a task.

use clap::Subcommand;
use orch_core::command::Command;
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::ids::Seq;

use crate::commands::add::WhatArgs;
use crate::commands::dep::NeedArg;
use crate::commands::rebind::{self, WhyArgs};
use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Correct a task, with authority and a reason
///
/// Everything that follows from the task is derived anew: blockers, gates and what is owed.
///
/// Example: orch correct reopen login --reason "the fix was not deployed"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Rebind(rebind::Args),
    Supersede(Supersede),
    Reopen(Reopen),
    Adopt(Adopt),
    Unblock(Unblock),
    Amend(Box<Amend>),
}

/// Let the work go on under another task
///
/// Example: orch correct supersede login --by sign-in --reason "both are one piece of work"
#[derive(Debug, clap::Args)]
struct Supersede {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// The task under which it goes on
    #[arg(long, value_name = "TASK")]
    by: String,

    #[command(flatten)]
    why: WhyArgs,

    #[command(flatten)]
    write: WriteArgs,
}

/// Let a task start over, from whatever state
///
/// Example: orch correct reopen login --reason "the fix was not deployed"
#[derive(Debug, clap::Args)]
struct Reopen {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    #[command(flatten)]
    why: WhyArgs,

    #[command(flatten)]
    write: WriteArgs,
}

/// Let late evidence count after all
///
/// Example: orch correct adopt login 57 --reason "the work is good"
#[derive(Debug, clap::Args)]
struct Adopt {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// The record of the handoff
    #[arg(value_name = "SEQ")]
    seq: u64,

    #[command(flatten)]
    why: WhyArgs,

    #[command(flatten)]
    write: WriteArgs,
}

/// Say that what blocked a task no longer does
///
/// Example: orch correct unblock login --reason "the key has come"
#[derive(Debug, clap::Args)]
struct Unblock {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    #[command(flatten)]
    why: WhyArgs,

    #[command(flatten)]
    write: WriteArgs,
}

/// Change what a task is or needs
///
/// Gates and evidence that are named take the place of all before.
///
/// Example: orch correct amend login --add-dep design --reason "the design comes first"
#[derive(Debug, clap::Args)]
struct Amend {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// A new title
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,

    /// A new parent
    #[arg(long, value_name = "TASK")]
    parent: Option<String>,

    /// A task that must come first; written as in `orch add --dep`
    #[arg(long = "add-dep", value_name = "TASK")]
    add: Vec<NeedArg>,

    /// A task that need not come first
    #[arg(long = "remove-dep", value_name = "TASK")]
    remove: Vec<String>,

    /// No gates at all
    #[arg(long, conflicts_with_all = ["gates", "deliver_gates"])]
    no_gates: bool,

    /// No evidence at all
    #[arg(long, conflicts_with = "evidence")]
    no_evidence: bool,

    #[command(flatten)]
    what: WhatArgs,

    #[command(flatten)]
    why: WhyArgs,

    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    /// Returns what writes.
    pub(crate) fn asks(&self) -> &dyn Asks {
        match &self.verb {
            Verb::Rebind(rebind) => rebind,
            Verb::Supersede(supersede) => supersede,
            Verb::Reopen(reopen) => reopen,
            Verb::Adopt(adopt) => adopt,
            Verb::Unblock(unblock) => unblock,
            Verb::Amend(amend) => &**amend,
        }
    }
}

/// Returns the correction of a task.
pub(crate) fn correction(
    asked: &Asked<'_>,
    task: &str,
    change: Change,
    why: &WhyArgs,
) -> Result<Command, CliError> {
    Ok(Command::Correct(Correction {
        task: write::task(asked.mission, task)?,
        change,
        reason: why.reason.clone(),
        supersedes: why.supersedes(),
    }))
}

impl Asks for Supersede {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let by = write::task(asked.mission, &self.by)?;
        correction(asked, &self.task, Change::Supersede { by }, &self.why)
    }
}

impl Asks for Reopen {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        correction(asked, &self.task, Change::Reopen, &self.why)
    }
}

impl Asks for Adopt {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let seq = Seq(self.seq);
        correction(asked, &self.task, Change::Adopt { seq }, &self.why)
    }
}

impl Asks for Unblock {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        correction(asked, &self.task, Change::Unblock, &self.why)
    }
}

impl Asks for Amend {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let mission = asked.mission;
        let parent = self.parent.as_deref();
        let add = self.add.iter().map(|need| need.need(mission));
        let remove = self.remove.iter().map(|task| write::task(mission, task));
        let mut amendment = Amendment::default();
        amendment.title.clone_from(&self.title);
        amendment.kind.clone_from(&self.what.kind);
        amendment.priority = self.what.priority;
        amendment.phase.clone_from(&self.what.phase);
        amendment.role.clone_from(&self.what.role);
        amendment.parent = parent
            .map(|parent| write::task(mission, parent))
            .transpose()?;
        amendment.add_needs = add.collect::<Result<_, _>>()?;
        amendment.remove_needs = remove.collect::<Result<_, _>>()?;
        amendment.gates = self.what.gates().or_else(|| self.no_gates.then(Vec::new));
        amendment.evidence = self
            .what
            .evidence()
            .or_else(|| self.no_evidence.then(Vec::new));
        amendment.limits = self.what.limits();
        let change = Change::Amend(Box::new(amendment));
        correction(asked, &self.task, change, &self.why)
    }
}
