//! `orch check`: whether something is so, as an exit code.

use orch_core::status::task::TaskStatus;
use serde::Serialize;

use crate::answer::Answer;
use crate::condition::{Condition, Standing};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::query::Reading;
use crate::query::facts::Facts;
use crate::view::View;

/// Tell by the exit code whether the mission or a task is as named
///
/// Exits with 0 if it is so. If not, the code says how it is instead: 10 in progress, 11 stuck,
/// 12 ended otherwise. A condition is an expression, see `orch help expressions`; the simplest are
/// single words: done, settled, stuck; for a task also ready, and every status that
/// `orch rules matrix` names, such as `in_review`; what was delivered is accepted as well. An
/// expression alone is about the mission and can name any task: `task.login.done`.
///
/// Example: orch check login 'accepted && attempts < 3' && deploy
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
    /// The task that it is about; `None` for the mission.
    pub(crate) task: Option<String>,
    /// The condition.
    pub(crate) condition: String,
    /// Whether it holds.
    pub(crate) holds: bool,
    /// How it is: the name of the exit code.
    pub(crate) standing: &'static str,
    /// What is so, in words.
    pub(crate) status: String,
    /// What each part of the condition comes to; absent for a single word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) readings: Vec<Reading>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    Condition::check(&args.first, args.second.as_deref())?;
    let view = ctx.view()?;
    let condition = Condition::asked(&view, &args.first, args.second.as_deref())?;
    condition.must_be_known(view.history.head())?;
    let facts = Facts::new(&view.mission, view.now);
    let standing = condition.of(&facts);
    let exit = standing.exit();
    let out = out(&view, &condition, &facts, standing);
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
    condition: &Condition,
    facts: &Facts<'_>,
    standing: Standing,
) -> StandingOut {
    let readings = condition.readings(facts);
    let status = if readings.is_empty() {
        in_words(view, condition, facts)
    } else {
        let parts = readings.iter();
        let parts = parts.map(|reading| format!("{} is {}", reading.asked, reading.value));
        parts.collect::<Vec<_>>().join("; ")
    };
    StandingOut {
        task: condition.task().map(ToString::to_string),
        condition: condition.query().source().to_owned(),
        holds: matches!(standing, Standing::Holds(_)),
        standing: standing.exit().name(),
        status,
        readings,
    }
}

/// Says how the task, or the mission, stands.
fn in_words(view: &View, condition: &Condition, facts: &Facts<'_>) -> String {
    if let Some(id) = condition.task() {
        let status = facts.status(id).map_or("unknown", TaskStatus::as_str);
        return format!("task {id} is {status}");
    }
    let mission = &view.mission;
    let phase = mission.phase().kind.as_str();
    let verdict = facts.verdict().as_str();
    let id = mission.id().map_or("the mission", |id| id.as_str());
    let phase = (phase != verdict).then(|| format!(" ({phase})"));
    format!("{id} is {verdict}{}", phase.unwrap_or_default())
}
