//! `orch inventory`: what an agent really carries.

use orch_core::command::Command;
use orch_core::event::agent::{Carried, Inventory};
use orch_core::ids::{AgentRef, AttemptNo};
use orch_core::mission::Mission;

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Report what a runtime says an agent carries: ground truth, unlike a log
///
/// Without a task it carries none. What the log says it has and this does not name has ended.
///
/// Example: orch inventory coder login#2
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent
    #[arg(value_name = "AGENT")]
    agent: String,

    /// A task and the attempt at it; without a number the newest of the agent's own
    #[arg(value_name = "TASK[#ATTEMPT]")]
    carries: Vec<String>,

    #[command(flatten)]
    write: WriteArgs,
}

fn carried(mission: &Mission, agent: &AgentRef, text: &str) -> Result<Carried, CliError> {
    if let Some((task, number)) = text.rsplit_once('#')
        && let Ok(number) = number.parse()
        && let Ok(task) = write::task(mission, task)
    {
        let attempt = AttemptNo(number);
        return Ok(Carried { task, attempt });
    }
    let task = write::task(mission, text)?;
    let attempt = write::attempt_of(mission, &task, agent);
    Ok(Carried { task, attempt })
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let agent = write::agent(asked.mission, &self.agent)?;
        let carries = self.carries.iter();
        let carries = carries.map(|text| carried(asked.mission, &agent, text));
        Ok(Command::Observe(Inventory {
            carries: carries.collect::<Result<_, _>>()?,
            agent,
        }))
    }
}
