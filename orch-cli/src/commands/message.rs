//! `orch message`: talk that somebody is meant to read.

use clap::ValueEnum;
use orch_core::command::Command;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::ids::Seq;
use orch_core::party::Party;

use crate::error::{CliError, ErrorCode};
use crate::write::{self, Asked, Asks, TextArgs, TextFrom, WriteArgs};

/// Say something to somebody; it moves no task
///
/// Who is asked with --class actionable or question owes an answer, and every status shows it.
///
/// Example: orch message coder "which port?" --class question --task login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who is meant to read it: an agent, `human:NAME`, `lead` or `host`
    #[arg(value_name = "WHO")]
    to: String,

    #[command(flatten)]
    text: TextArgs,

    /// What it asks
    #[arg(long, value_name = "CLASS", default_value = "fyi")]
    class: Class,

    /// The task it is about
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// The record of the message that it answers
    #[arg(long, value_name = "SEQ")]
    reply_to: Option<u64>,

    #[command(flatten)]
    write: WriteArgs,
}

/// What a message asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Class {
    /// Nothing
    Fyi,
    /// To act and reply
    Actionable,
    /// To answer
    Question,
}

impl From<Class> for MessageClass {
    fn from(class: Class) -> Self {
        match class {
            Class::Fyi => Self::Fyi,
            Class::Actionable => Self::Actionable,
            Class::Question => Self::Question,
        }
    }
}

/// Returns as whom an actor speaks.
pub(crate) fn speaker(asked: &Asked<'_>) -> Result<Party, CliError> {
    asked
        .actor
        .party()
        .ok_or_else(|| CliError::new(ErrorCode::Usage, "an importer does not speak"))
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = self.task.as_deref();
        Ok(Command::Send(Message {
            from: speaker(asked)?,
            to: write::party(asked.mission, &self.to)?,
            class: self.class.into(),
            task: task
                .map(|task| write::task(asked.mission, task))
                .transpose()?,
            reply_to: self.reply_to.map(Seq),
            text: self.text.text(asked),
        }))
    }

    fn text_from(&self) -> Option<&TextFrom> {
        self.text.from()
    }
}
