//! `orch check`: whether something is so, as an exit code.

use serde::Serialize;

use crate::answer::Answer;
use crate::condition::{Condition, Standing, Subject};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::select;
use crate::view::View;

/// Tell by the exit code whether the mission or a task is as named
///
/// Exits with 0 if it is so. If not, the code says how it is instead: 10 in progress, 11 stuck,
/// 12 ended otherwise. Conditions: done, settled, stuck; for a task also ready, and every status
/// that `orch rules matrix` names, such as `in_review`; what was delivered is accepted as well.
///
/// Example: orch check login accepted && deploy
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task; the mission if there is only a condition
    #[arg(value_name = "TASK")]
    first: String,

    /// What it should be
    #[arg(value_name = "CONDITION")]
    second: Option<String>,
}

/// How a condition stands, as JSON has it.
#[derive(Debug, Serialize)]
pub(crate) struct StandingOut {
    /// The task; `None` for the mission.
    pub(crate) task: Option<String>,
    /// The condition.
    pub(crate) condition: &'static str,
    /// Whether it holds.
    pub(crate) holds: bool,
    /// How it is: the name of the exit code.
    pub(crate) standing: &'static str,
    /// What is so, in words.
    pub(crate) status: String,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let (subject, word) = match &args.second {
        Some(word) => (Subject::Task(select::task(&view, &args.first)?), word),
        None => (Subject::Mission, &args.first),
    };
    let condition = Condition::parse(word)?;
    let standing = condition.of(&subject, &view.mission, view.now)?;
    let exit = standing.exit();
    let out = out(&view, &subject, condition, standing);
    let answer = Answer::new("orch.check/1", &view, out);
    answer.print(&ctx.globals, &mut ctx.ui, |out, doc| {
        let verb = if out.holds { "yes" } else { "no" };
        doc.text(format!("{verb}: {}", out.status));
    })?;
    Ok(exit)
}

/// Says how a condition stands.
pub(crate) fn out(
    view: &View,
    subject: &Subject,
    condition: Condition,
    standing: Standing,
) -> StandingOut {
    let (task, status) = match subject {
        Subject::Mission => {
            let mission = &view.mission;
            let phase = mission.phase().kind.as_str();
            let verdict = mission.diagnose(view.now).verdict.as_str();
            let id = mission.id().map_or("the mission", |id| id.as_str());
            let phase = (phase != verdict).then(|| format!(" ({phase})"));
            (
                None,
                format!("{id} is {verdict}{}", phase.unwrap_or_default()),
            )
        }
        Subject::Task(id) => {
            let status = view.mission.task(id).map(|task| task.status().as_str());
            let status = format!("task {id} is {}", status.unwrap_or("unknown"));
            (Some(id.to_string()), status)
        }
    };
    StandingOut {
        task,
        condition: condition.as_str(),
        holds: matches!(standing, Standing::Holds(_)),
        standing: standing.exit().name(),
        status,
    }
}
