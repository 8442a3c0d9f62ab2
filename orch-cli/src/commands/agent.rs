//! `orch agent`: who works on the mission.

use clap::Subcommand;
use orch_core::command::{Command, Join};
use orch_core::event::agent::AgentLeft;
use orch_core::ids::{AgentName, Label};
use serde::Serialize;

use crate::answer::Answer;
use crate::commands::show;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::agent::AgentOut;
use crate::render::table::Rows;
use crate::select;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Register, list, show or retire agents
///
/// Example: orch agent register coder --role backend
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Register(Register),
    List(List),
    Show(Show),
    Retire(Retire),
}

/// Let an agent join under a name that is not live
///
/// After it has left, the same name joins again as a new incarnation.
///
/// Example: orch agent register coder --role backend
#[derive(Debug, clap::Args)]
struct Register {
    /// The name
    #[arg(value_name = "NAME")]
    name: AgentName,

    /// What it can do
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Label>,

    /// The session of the runtime behind it
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,

    /// Join as another session of the live one of this name
    #[arg(long)]
    alias: bool,

    #[command(flatten)]
    write: WriteArgs,
}

/// List the agents
///
/// Example: orch agent list
#[derive(Debug, clap::Args)]
struct List {}

/// Show one agent: what it has, what it owes and its history
///
/// Example: orch agent show coder
#[derive(Debug, clap::Args)]
struct Show {
    /// The agent
    #[arg(value_name = "AGENT")]
    agent: String,
}

/// Say that an agent left, on its own or as it was seen
///
/// Example: orch agent retire coder --reason "its session ended"
#[derive(Debug, clap::Args)]
struct Retire {
    /// The agent
    #[arg(value_name = "AGENT")]
    agent: String,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    /// Returns what writes; `None` if it only reads.
    pub(crate) fn asks(&self) -> Option<&dyn Asks> {
        match &self.verb {
            Verb::Register(register) => Some(register),
            Verb::Retire(retire) => Some(retire),
            Verb::List(_) | Verb::Show(_) => None,
        }
    }
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::Register(register) => write::run(ctx, register),
        Verb::Retire(retire) => write::run(ctx, retire),
        Verb::List(_) => list(ctx),
        Verb::Show(args) => {
            let view = ctx.view()?;
            let times = ctx.times(&view);
            let agent = select::agent(&view, &args.agent)?;
            show::agent(ctx, &view, &agent, &times)?;
            Ok(ctx.exit(&view))
        }
    }
}

#[derive(Debug, Serialize)]
struct Agents {
    items: Vec<AgentOut>,
}

fn list(ctx: &mut Ctx) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    let items = view.mission.agents();
    let items = items.map(|agent| AgentOut::new(&agent, &view.mission, &times));
    let agents = Agents {
        items: items.collect(),
    };
    let answer = Answer::new("orch.agents/1", &view, agents).list("items");
    answer.print(&ctx.globals, &mut ctx.ui, |agents, doc| {
        let mut rows = Rows::new(&["agent", "status", "since", "has", "owes"], doc.width);
        for item in &agents.items {
            let has: Vec<String> = item
                .holds
                .iter()
                .map(|held| held.task.to_string())
                .collect();
            rows.row([
                item.agent.to_string(),
                item.status.to_owned(),
                times.moment(item.since.into()),
                has.join(", "),
                item.owes.len().to_string(),
            ]);
        }
        rows.write(doc, "");
    })?;
    Ok(ctx.exit(&view))
}

impl Asks for Register {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Join(Join {
            agent: self.name.clone(),
            roles: self.roles.clone(),
            session: self.session.clone(),
            alias: self.alias,
        }))
    }
}

impl Asks for Retire {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Leave(AgentLeft {
            agent: write::agent(asked.mission, &self.agent)?,
            reason: self.reason.clone(),
        }))
    }
}
