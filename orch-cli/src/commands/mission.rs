//! `orch mission`: opening and closing a mission.

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use orch_core::command::{Command, OpenMission};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::ids::MissionId;
use orch_core::policy::Policy;

use crate::commands::{close, message, missions};
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::write::{self, Asked, Asks, TextFrom, WriteArgs};

/// Open, close, give up or list missions
///
/// Example: orch mission new --title "sign-in"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    New(New),
    Close(close::Args),
    Abort(Abort),
    List(missions::Args),
}

/// Open a mission
///
/// It is led by whoever opens it, unless --lead says otherwise. The id is made of the title.
///
/// Example: orch mission new auth --title "sign-in" --lead human:ada
#[derive(Debug, clap::Args)]
struct New {
    /// The id of the mission; several words are its title, and the id is made of them
    #[arg(value_name = "ID|TITLE", required_unless_present = "title")]
    name: Option<String>,

    /// What it is about, in a few words
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    title: Option<String>,

    /// Who leads it: an agent, `human:NAME` or `host`
    #[arg(long, value_name = "WHO")]
    lead: Option<String>,

    /// What it allows, as a JSON file: limits, retries and clocks; see `orch help policy`
    #[arg(long, value_name = "FILE")]
    policy: Option<TextFrom>,

    /// It may complete without a task
    #[arg(long)]
    empty: bool,

    #[command(flatten)]
    write: WriteArgs,
}

/// Give the mission up: `close --outcome cancelled`
///
/// Example: orch mission abort --reason "nobody wants it any more"
#[derive(Debug, clap::Args)]
struct Abort {
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl New {
    fn title(&self) -> &str {
        let said = self.title.as_deref().or(self.name.as_deref());
        said.unwrap_or_default()
    }
}

impl Args {
    /// Returns what writes; `None` if it only reads.
    pub(crate) fn asks(&self) -> Option<&dyn Asks> {
        match &self.verb {
            Verb::New(new) => Some(new),
            Verb::Close(close) => Some(close),
            Verb::Abort(abort) => Some(abort),
            Verb::List(_) => None,
        }
    }
}

/// Runs the commands that only read.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::List(list) => missions::run(ctx, list),
        Verb::New(new) => write::run(ctx, new),
        Verb::Close(close) => write::run(ctx, close),
        Verb::Abort(abort) => write::run(ctx, abort),
    }
}

/// Reads a policy; what is misspelt in one would be a limit that nobody has.
fn policy(text: &str) -> Result<Policy, CliError> {
    let bad = |what: String| {
        let message = format!("the policy cannot be read: {what}");
        CliError::new(ErrorCode::BadText, message).hint("orch help policy")
    };
    let mut unknown = Vec::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let policy = serde_ignored::deserialize(&mut json, |path| unknown.push(path.to_string()));
    let policy = policy.map_err(|error| bad(error.to_string()))?;
    json.end().map_err(|error| bad(error.to_string()))?;
    match unknown.first() {
        Some(name) => Err(bad(format!("there is no {name}"))),
        None => Ok(policy),
    }
}

impl Asks for New {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let policy = asked.text.map(policy).transpose()?;
        let lead = match &self.lead {
            Some(lead) => write::party(asked.mission, lead)?,
            None => message::speaker(asked)?,
        };
        Ok(Command::OpenMission(OpenMission {
            title: self.title().to_owned(),
            lead,
            policy,
            empty: self.empty,
        }))
    }

    fn text_from(&self) -> Option<&TextFrom> {
        self.policy.as_ref()
    }

    fn mission(&self) -> Result<Option<MissionId>, CliError> {
        let id = match &self.name {
            Some(name) if self.title.is_some() || !name.contains(char::is_whitespace) => {
                MissionId::parse(name)
            }
            Some(_) | None => MissionId::parse(&write::slug(self.title(), "mission")),
        };
        id.map(Some).map_err(|error| write::bad_id(&error))
    }
}

impl Asks for Abort {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::CloseMission(MissionClosed {
            outcome: MissionOutcome::Cancelled,
            forced: false,
            reason: self.reason.clone(),
        }))
    }
}
