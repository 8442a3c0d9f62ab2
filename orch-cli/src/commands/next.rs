//! `orch next`: what to hand out first.

use std::num::NonZeroUsize;

use crate::answer::Answer;
use crate::commands::ready::{self, Ready};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;

/// Name the task to hand out next, or the next N
///
/// The exit code is 14 when there is none.
///
/// Example: orch -S examples/stuck-mission.jsonl next 3
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many
    #[arg(default_value = "1")]
    n: NonZeroUsize,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let actor = ready::actor(ctx, &view)?;
    let mut next = Ready::of(&view.mission, actor.as_ref(), view.now);
    next.items.truncate(args.n.get());
    let is_none = next.items.is_empty();
    if is_none && ctx.globals.field.is_some() {
        // A field of nothing is no mistake of whoever asks.
        return Ok(Exit::NoneReady);
    }
    let answer = Answer::new("orch.next/1", &view, next).list("items");
    let answer = answer.next(view.command("why-not ready"));
    answer.print(&ctx.globals, &mut ctx.ui, Ready::write)?;
    Ok(if is_none { Exit::NoneReady } else { Exit::Ok })
}
