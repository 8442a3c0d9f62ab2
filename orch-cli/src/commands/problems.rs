//! `orch problems`: everything that needs somebody, the worst first.

use orch_core::diagnosis::{Blocker, Severity};
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::blocker::BlockerOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::{MomentOut, Times, records};
use crate::verdict;
use crate::view::View;

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
    late: Vec<Late>,
}

#[derive(Debug, Serialize)]
struct Overdue {
    clock: &'static str,
    of: String,
    due: chrono::DateTime<chrono::Utc>,
}

#[derive(Debug, Serialize)]
struct Late {
    record: MomentOut,
    task: Option<TaskId>,
    by: String,
    kind: String,
    code: &'static str,
    because: Vec<Seq>,
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
        late: late(&view.mission, &view, &times),
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

fn overdue(view: &View) -> Vec<Overdue> {
    let due = view.mission.due(view.now).into_iter();
    due.map(|due| Overdue {
        clock: due.clock.as_str(),
        of: crate::words::clock_subject(&due.subject),
        due: due.due,
    })
    .collect()
}

// spec: FENCE-2
fn late(mission: &Mission, view: &View, times: &Times) -> Vec<Late> {
    let open = mission
        .late_evidence()
        .iter()
        .filter(|it| it.adopted.is_none());
    // What a task that ended said too late changes nothing any more.
    let open = open.filter(|it| {
        let task = it.task.as_ref().and_then(|id| mission.task(id));
        task.is_none_or(|task| !task.status().is_settled())
    });
    let out = open.filter_map(|it| {
        let record = view.history.record(it.seq)?;
        let moment = orch_core::mission::Moment {
            seq: it.seq,
            at: record.at(),
        };
        Some(Late {
            record: times.out(moment),
            task: it.task.clone(),
            by: it.by.clone(),
            kind: it.kind.clone(),
            code: it.code.as_str(),
            because: vec![it.seq],
        })
    });
    out.collect()
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
            doc.line(line.text(format!(" of {}, {}", one.of, times.since(one.due))));
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
            let about = one.task.as_ref().map_or("the mission", TaskId::as_str);
            let line = Line::new().text("  ").strong(about).text("  ").hang();
            let line = line.text(format!("{} by {}: {}", one.kind, one.by, one.code));
            doc.line(line.faint(format!(" ({})", records(&one.because))));
        }
        doc.more("  ", self.late.len(), shown(self.late.len()));
    }
}
