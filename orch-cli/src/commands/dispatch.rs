//! `orch dispatch`: a task, handed to an agent.

use orch_core::command::{Command, Dispatch};

use crate::error::CliError;
use crate::write::{self, Asked, Asks, ClockArg, WriteArgs};

/// Hand a task to an agent
///
/// The answer names the attempt: the token that every report on the work carries.
///
/// Example: orch dispatch login --to coder
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// The agent
    #[arg(long, value_name = "AGENT")]
    to: String,

    #[command(flatten)]
    how: HowArgs,

    #[command(flatten)]
    write: WriteArgs,
}

/// What else an agent is told when it gets a task.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct HowArgs {
    /// Where the agent works: a folder or a worktree
    #[arg(long, value_name = "PATH")]
    workspace: Option<String>,

    /// The branch it works on
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,

    /// How long a clock of this attempt runs, such as `start=5m`
    #[arg(long = "clock", value_name = "CLOCK=SPAN")]
    clocks: Vec<ClockArg>,

    /// What the agent is told
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

impl HowArgs {
    /// Says it of a dispatch.
    pub(crate) fn of(&self, dispatch: Dispatch) -> Command {
        Command::Dispatch(Dispatch {
            workspace: self.workspace.clone(),
            branch: self.branch.clone(),
            limits: write::clocks(&self.clocks),
            note: self.note.clone(),
            ..dispatch
        })
    }
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = write::task(asked.mission, &self.task)?;
        let agent = write::agent_name(asked.mission, &self.to)?;
        Ok(self.how.of(Dispatch::new(task, agent)))
    }
}
