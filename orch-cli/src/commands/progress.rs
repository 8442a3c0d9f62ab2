//! `orch progress`: how much is done, in total and in each phase.

use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Line, Tone};
use crate::render::progress::{self, CountsOut, PhaseOut};

/// Show how much is done, in total and in each phase of the plan
///
/// Done are tasks that are accepted or delivered; wanted are all but those skipped, cancelled or
/// superseded. Everything is recounted from the tasks.
///
/// Example: orch -S examples/stuck-mission.jsonl progress
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Progress {
    counts: CountsOut,
    phases: Vec<PhaseOut>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    const BAR: usize = 40;
    let view = ctx.view()?;
    let progress = Progress {
        counts: CountsOut::new(&view.mission.counts()),
        phases: progress::phases(&view.mission),
    };
    let answer = Answer::new("orch.progress/1", &view, progress).list("phases");
    answer.print(&ctx.globals, &mut ctx.ui, |progress, doc| {
        let glyphs = doc.glyphs;
        let counts = &progress.counts;
        let bar = Line::new().tone(Tone::Pass, counts.bar(&glyphs, BAR));
        doc.line(bar.text("  ").text(counts.words()));
        if counts.total > 0 {
            doc.text(counts.statuses(&glyphs));
        }
        if !progress.phases.is_empty() {
            doc.gap();
            progress::write_phases(&progress.phases, doc, "");
        }
    })?;
    Ok(ctx.exit(&view))
}
