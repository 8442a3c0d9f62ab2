//! `orch note`: a remark.

use orch_core::command::Command;
use orch_core::event::note::Note;

use crate::error::CliError;
use crate::write::{self, Asked, Asks, TextArgs, TextFrom, WriteArgs};

/// Keep a remark; it moves nothing
///
/// Example: orch note "the API is slow today" --task login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    text: TextArgs,

    /// The task it is about
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = self.task.as_deref();
        Ok(Command::Note(Note {
            task: task
                .map(|task| write::task(asked.mission, task))
                .transpose()?,
            text: self.text.text(asked),
        }))
    }

    fn text_from(&self) -> Option<&TextFrom> {
        self.text.from()
    }
}
