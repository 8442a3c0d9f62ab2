//! `orch reconcile`: what agents really carry against what the log says.

use orch_core::command::Command;
use orch_core::event::agent::{Carried, Inventory};
use orch_core::ids::{AgentRef, AttemptNo, Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::record::Batch;
use orch_core::view::Mismatch;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::records;
use crate::select;
use crate::view::View;
use crate::write::{self, TextFrom};

/// Compare what agents carry with the log, and propose the step that makes them agree
///
/// What is compared is the last inventory of each live agent. With --with, inventories are read
/// from a file as well, and nothing is written: one JSON object a line, such as
/// {"agent":"coder","carries":[{"task":"login","attempt":1}]}; the commands that put them on record
/// come first, and then this command again. Steps are proposed as commands; taking the first and
/// asking again ends with nothing left to propose. An agent that has to let go has no
/// step: its next inventory shows that it did.
///
/// Example: orch reconcile
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Inventories that are not on record yet; `-` for standard input
    #[arg(long, value_name = "FILE")]
    with: Option<TextFrom>,
}

#[derive(Debug, Serialize)]
struct Reconcile {
    agrees: bool,
    mismatches: Vec<MismatchOut>,
}

#[derive(Debug, Serialize)]
struct MismatchOut {
    kind: &'static str,
    agent: AgentRef,
    task: TaskId,
    attempt: AttemptNo,
    owner: Option<AgentRef>,
    detail: String,
    because: Vec<Seq>,
    /// The command that takes the step; `null` when the agent has to let go.
    command: Option<String>,
}

/// An inventory as a runtime says it: the agent by name, or as one incarnation.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `agent` and `carries`"
)]
struct Said {
    agent: String,
    carries: Vec<SaidCarried>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `task` and `attempt`")]
struct SaidCarried {
    task: TaskId,
    attempt: AttemptNo,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let mut mission = view.mission.clone();
    let said = match &args.with {
        Some(file) => inventories(&view, &file.read()?)?,
        None => Vec::new(),
    };
    for inventory in &said {
        observe(&mut mission, &view, inventory)?;
    }
    let found = mission.reconcile();
    let mismatches: Vec<MismatchOut> = found
        .into_iter()
        .map(|one| out(ctx, &view, &mission, one))
        .collect();
    let agrees = mismatches.is_empty();
    // Putting an inventory on record already ends what it does not list.
    let is_on_record = said.is_empty();
    let steps = mismatches.iter().filter(|_| is_on_record);
    let steps = steps.filter_map(|one| one.command.clone());
    // What is not on record yet has to be: the steps refer to it.
    let mut next: Vec<String> = said
        .iter()
        .filter(|_| !agrees)
        .map(|inventory| {
            let observe = Command::Observe(inventory.clone());
            write::line_for(
                &ctx.globals,
                &view.mission,
                &Actor::Host,
                &observe,
                view.now,
            )
        })
        .collect();
    next.extend(steps);
    let mut answer = Answer::new("orch.reconcile/1", &view, Reconcile { agrees, mismatches });
    answer = answer.list("mismatches");
    answer.suggest(next);
    let next = answer.suggested().to_vec();
    answer.print(&ctx.globals, &mut ctx.ui, |data, doc| {
        write_out(data, &next, doc);
    })?;
    if ctx.globals.exit_status && !agrees {
        return Ok(Exit::Differs);
    }
    Ok(Exit::Ok)
}

/// Reads inventories, one a line; each line that is none is named.
fn inventories(view: &View, text: &str) -> Result<Vec<Inventory>, CliError> {
    let lines = text.lines().zip(1_usize..);
    let lines = lines.filter(|(line, _)| !line.trim().is_empty());
    let read = lines.map(|(line, number)| {
        let bad = |what: &dyn std::fmt::Display| {
            let message = format!("line {number} is no inventory: {what}");
            CliError::new(ErrorCode::BadText, message)
                .hint(r#"one JSON object a line: {"agent":"coder","carries":[{"task":"login","attempt":1}]}"#)
        };
        let said: Said = serde_json::from_str(line).map_err(|error| bad(&error))?;
        let carries = said.carries.into_iter();
        let carries = carries.map(|one| Carried {
            task: one.task,
            attempt: one.attempt,
        });
        Ok(Inventory {
            agent: select::agent(view, &said.agent)?,
            carries: carries.collect(),
        })
    });
    read.collect()
}

/// Takes an inventory as if it were on record; nothing is written.
fn observe(mission: &mut Mission, view: &View, inventory: &Inventory) -> Result<(), CliError> {
    let Some(id) = mission.id().cloned() else {
        return Ok(());
    };
    let batch = Batch {
        mission: id,
        head: mission.head(),
        at: view.now,
        by: Actor::Host,
        command: None,
        request: None,
        cause: None,
    };
    let sealed = batch.seal(vec![inventory.clone().into()], uuid::Uuid::now_v7);
    let sealed = sealed.map_err(|error| CliError::new(ErrorCode::BadText, error.to_string()))?;
    for record in &sealed {
        mission.apply(record);
    }
    Ok(())
}

fn out(ctx: &Ctx, view: &View, mission: &Mission, one: Mismatch) -> MismatchOut {
    let by = write::of_party(mission, &Party::Lead).unwrap_or(Actor::Host);
    let line = |command| write::line_for(&ctx.globals, mission, &by, command, view.now);
    MismatchOut {
        detail: one.detail,
        command: one.command.as_ref().map(line),
        kind: one.kind.as_str(),
        agent: one.agent,
        task: one.task,
        attempt: one.attempt,
        owner: one.owner,
        because: one.because,
    }
}

fn write_out(data: &Reconcile, next: &[String], doc: &mut Doc) {
    if data.agrees {
        doc.text("the inventories and the log agree");
    }
    for one in &data.mismatches {
        let line = Line::new()
            .strong(one.task.as_str())
            .text("  ")
            .tone(Tone::Warn, one.kind);
        doc.line(
            line.text(format!(": {}", one.detail))
                .flow(2)
                .faint(format!(" ({})", records(&one.because))),
        );
    }
    for command in next {
        doc.line(Line::new().faint("next: ").text(command).keep());
    }
}
