//! `orch problems`: everything that needs somebody, the worst first.

use orch_core::diagnosis::{Blocker, Severity};
use orch_core::mission::Mission;
use serde::Serialize;

use crate::answer::Answer;
use crate::commands::status::{LateOut, Overdue, overdue};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::blocker::BlockerOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::{Times, records};
use crate::verdict;

/// List everything that needs somebody, the worst first
///
/// Each cause that does not go away by itself, with how long it has been so, whose move it is and
/// the command that brings it forward; then the clocks that ran out and nobody recorded, and the
/// late reports that nobody adopted or read. What moves, or waits for something that moves, is left
/// out: `orch why` has it.
///
/// Example: orch -S examples/stuck-mission.jsonl problems
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Problems {
    verdict: &'static str,
    meaning: &'static str,
    /// The causes that need somebody, the worst first, then the oldest.
    items: Vec<BlockerOut>,
    /// The clocks that have run out and are not on record: `orch tick` records them.
    overdue: Vec<Overdue>,
    /// The late evidence that nobody adopted.
    late: Vec<LateOut>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    let diagnosis = view.mission.diagnose(view.now);
    let tone = verdict::tone(&diagnosis, &view.mission);
    let causes = diagnosis.causes.into_iter().filter(needs_somebody);
    let problems = Problems {
        verdict: diagnosis.verdict.as_str(),
        meaning: diagnosis.meaning,
        items: causes
            .map(|one| BlockerOut::fixable(one, &view, &ctx.globals, &times))
            .collect(),
        overdue: overdue(&view),
        late: late(&view.mission),
    };
    let tick = (!problems.overdue.is_empty()).then(|| view.command_now("tick"));
    let mut answer = Answer::new("orch.problems/1", &view, problems).list("items");
    if let Some(tick) = tick.flatten() {
        answer = answer.next(tick);
    }
    let next = answer.suggested().to_vec();
    let is_verbose = ctx.globals.verbose;
    answer.print(&ctx.globals, &mut ctx.ui, |problems, doc| {
        let line = Line::new().tone(tone, problems.verdict);
        doc.line(line.text(format!(": {}", problems.meaning)));
        problems.write(doc, &times, is_verbose);
        for command in &next {
            doc.line(Line::new().faint("next: ").text(command).keep());
        }
    })?;
    Ok(ctx.exit(&view))
}

/// Whether a cause stays until somebody acts.
fn needs_somebody(one: &Blocker) -> bool {
    !matches!(one.cause.severity(), Severity::Moving | Severity::Waiting)
}

// spec: FENCE-2
fn late(mission: &Mission) -> Vec<LateOut> {
    let late = mission.late_evidence().iter();
    let open = late.filter(|it| it.adopted.is_none());
    // What a task that ended said too late changes nothing any more.
    let open = open.filter(|it| {
        let task = it.task.as_ref().and_then(|id| mission.task(id));
        task.is_none_or(|task| !task.status().is_settled())
    });
    open.map(LateOut::new).collect()
}

impl Problems {
    fn write(&self, doc: &mut Doc, times: &Times, is_verbose: bool) {
        const SHOWN_MAX: usize = 10;
        let shown = |n: usize| if is_verbose { n } else { n.min(SHOWN_MAX) };
        if self.items.is_empty() && self.overdue.is_empty() && self.late.is_empty() {
            doc.text("nothing needs anybody");
        }
        for one in self.items.iter().take(shown(self.items.len())) {
            doc.gap();
            let line = Line::new().strong(one.heading()).text("  ");
            doc.line(line.tone(one.tone(), one.cause));
            doc.line(Line::new().text("  ").hang().text(&one.detail));
            one.write_facts(doc, "  ", times);
        }
        doc.more("", self.items.len(), shown(self.items.len()));
        if !self.overdue.is_empty() {
            doc.gap();
            doc.text(format!("clocks that ran out ({})", self.overdue.len()));
        }
        for one in self.overdue.iter().take(shown(self.overdue.len())) {
            let line = Line::new().text("  ").tone(Tone::Warn, one.clock);
            doc.line(line.text(format!(" of {}, {}", one.subject, times.since(one.due))));
        }
        doc.more("  ", self.overdue.len(), shown(self.overdue.len()));
        if !self.late.is_empty() {
            doc.gap();
            doc.text(format!(
                "late reports that nobody adopted ({})",
                self.late.len()
            ));
        }
        for one in self.late.iter().take(shown(self.late.len())) {
            let about = one.task.as_deref().unwrap_or("the mission");
            let line = Line::new().text("  ").strong(about).text("  ").hang();
            let line = line.text(format!("{} by {}: {}", one.kind, one.by, one.code));
            doc.line(line.faint(format!(" ({})", records(&[one.record]))));
        }
        doc.more("  ", self.late.len(), shown(self.late.len()));
    }
}
