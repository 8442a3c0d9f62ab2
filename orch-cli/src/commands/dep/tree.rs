//! What tasks need, as a tree, and the rings among them.

use std::collections::BTreeSet;

use orch_core::codes::Code;
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::select;
use crate::words;

/// Show what a task needs, and what that needs
///
/// Without a task, those that nothing needs are shown.
///
/// Example: orch dep tree login
#[derive(Debug, clap::Args)]
pub(super) struct TreeArgs {
    /// The task
    #[arg(value_name = "TASK")]
    task: Option<String>,
}

/// List the tasks that need themselves, through others
///
/// Example: orch dep cycles
#[derive(Debug, clap::Args)]
pub(super) struct CyclesArgs {}

#[derive(Debug, Serialize)]
struct Tree {
    items: Vec<Node>,
}

/// A task where it stands in the tree.
#[derive(Debug, Serialize)]
struct Node {
    task: TaskId,
    status: &'static str,
    depth: usize,
    /// The task above, how far this one must have come for it, and whether it has.
    parent: Option<TaskId>,
    on: Option<&'static str>,
    is_met: Option<bool>,
    /// Whether it was shown before, and what it needs is there.
    is_repeated: bool,
}

#[derive(Debug, Serialize)]
struct Cycles {
    items: Vec<Cycle>,
}

#[derive(Debug, Serialize)]
struct Cycle {
    /// The record that closed it.
    record: Seq,
    task: Option<TaskId>,
    detail: String,
    because: Vec<Seq>,
}

/// Prints the tree of a task.
pub(super) fn tree(ctx: &mut Ctx, args: &TreeArgs) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let roots: Vec<TaskId> = match &args.task {
        Some(task) => vec![select::task(&view, task)?],
        None => {
            let all = view.mission.tasks();
            let roots = all.filter(|task| task.dependents().next().is_none());
            roots.map(|task| task.id().clone()).collect()
        }
    };
    let mut tree = Tree { items: Vec::new() };
    let mut seen = BTreeSet::new();
    for root in &roots {
        tree.grow(&view.mission, root, &mut seen);
    }
    let answer = Answer::new("orch.dep-tree/1", &view, tree).list("items");
    answer.print(&ctx.globals, &mut ctx.ui, |tree, doc| {
        for node in &tree.items {
            node.write(doc);
        }
    })?;
    Ok(ctx.exit(&view))
}

impl Tree {
    /// Adds a task and all that it needs, depth first; a stack, because plans can be deep.
    fn grow(&mut self, mission: &Mission, root: &TaskId, seen: &mut BTreeSet<TaskId>) {
        let mut left = vec![Node::new(mission, root, None)];
        while let Some(mut node) = left.pop() {
            node.is_repeated = !seen.insert(node.task.clone());
            let depth = node.depth.saturating_add(1);
            if let Some(task) = mission.task(&node.task).filter(|_| !node.is_repeated) {
                let needs = task.needs().map(|(need, on, is_met, _)| Node {
                    depth,
                    parent: Some(node.task.clone()),
                    on: Some(words::need_on(on)),
                    is_met: Some(is_met),
                    ..Node::new(mission, need, None)
                });
                let mut needs: Vec<Node> = needs.collect();
                needs.reverse();
                left.extend(needs);
            }
            self.items.push(node);
        }
    }
}

impl Node {
    fn new(mission: &Mission, task: &TaskId, parent: Option<TaskId>) -> Self {
        let status = mission.task(task).map(|task| task.status().as_str());
        Self {
            task: task.clone(),
            status: status.unwrap_or("unknown"),
            depth: 0,
            parent,
            on: None,
            is_met: None,
            is_repeated: false,
        }
    }

    fn write(&self, doc: &mut Doc) {
        let mut line = Line::new().text("  ".repeat(self.depth));
        if self.depth > 0 {
            line = line.faint(doc.glyphs.elbow).text(" ");
        }
        let tone = if self.is_met == Some(true) {
            Tone::Pass
        } else {
            Tone::Plain
        };
        line = line
            .strong(self.task.as_str())
            .text("  ")
            .tone(tone, self.status);
        if self.on.is_some_and(|on| on != "accepted") {
            line = line.faint(format!("  needed {}", self.on.unwrap_or_default()));
        }
        if self.is_repeated {
            line = line.faint("  see above");
        }
        doc.line(line.cut());
    }
}

/// Prints the needs that closed a ring.
pub(super) fn cycles(ctx: &mut Ctx) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let found = view.mission.anomalies().iter();
    let found = found
        .filter(|one| one.code == Code::DepCycle)
        .map(|one| Cycle {
            record: one.seq,
            task: one.task.clone(),
            detail: one.detail.clone(),
            because: one.because.clone(),
        });
    let items = found.collect();
    let answer = Answer::new("orch.dep-cycles/1", &view, Cycles { items }).list("items");
    answer.print(&ctx.globals, &mut ctx.ui, |cycles, doc| {
        if cycles.items.is_empty() {
            doc.text("no task needs itself");
        }
        for cycle in &cycles.items {
            let line = Line::new()
                .text(format!("record {}  ", cycle.record))
                .hang();
            doc.line(line.tone(Tone::Fail, &cycle.detail));
        }
    })?;
    Ok(ctx.exit(&view))
}
