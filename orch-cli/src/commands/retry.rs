//! `orch retry`: a task, handed out again.

use orch_core::command::{Command, Dispatch};

use crate::commands::dispatch::HowArgs;
use crate::error::{CliError, ErrorCode};
use crate::write::{self, Asked, Asks, WriteArgs};

/// Hand a task out again, to the agent that had it last
///
/// It is refused before the backoff of the task is over; the answer says when that is.
///
/// Example: orch retry login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// Another agent
    #[arg(long, value_name = "AGENT")]
    to: Option<String>,

    #[command(flatten)]
    how: HowArgs,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = write::task(asked.mission, &self.task)?;
        let agent = match &self.to {
            Some(to) => write::agent_name(asked.mission, to)?,
            None => {
                let had_it = asked
                    .mission
                    .task(&task)
                    .and_then(|task| task.attempts().last());
                let had_it = had_it.map(|attempt| attempt.agent().name);
                had_it.ok_or_else(|| {
                    CliError::new(ErrorCode::Usage, format!("nobody had task {task} yet"))
                        .evidence("name the agent with --to")
                        .hint_about("agent list")
                })?
            }
        };
        Ok(self.how.of(Dispatch::new(task, agent)))
    }
}
