//! The words of what declares a task and what corrects one.

use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::task::{GateSpec, GateStage, Limits, TaskDeclared};
use orch_core::ids::{Label, TaskId};

use crate::commands::dep::NeedArg;
use crate::write::amount::clock_args;
use crate::write::shell::builder::Words;

/// Returns the words that declare a task.
pub(super) fn declare(data: &TaskDeclared) -> Words {
    let words = Words::of(&["add"])
        .arg(&data.title)
        .flag("id", data.task.as_str())
        .each("dep", data.needs.iter().map(NeedArg::written))
        .maybe("parent", data.parent.as_ref().map(TaskId::as_str))
        .maybe("source", data.source.as_deref());
    let what = What {
        labels: [&data.kind, &data.phase, &data.role],
        priority: data.priority,
        gates: &data.gates,
        evidence: &data.evidence,
        limits: data.limits,
    };
    what.said(words)
}

/// What a task is and needs, whether it is declared or amended.
struct What<'a> {
    labels: [&'a Option<Label>; 3],
    priority: Option<i32>,
    gates: &'a [GateSpec],
    evidence: &'a [Label],
    limits: Option<Limits>,
}

impl What<'_> {
    fn said(&self, words: Words) -> Words {
        let at = |stage: GateStage| {
            let gates = self.gates.iter().filter(move |gate| gate.stage == stage);
            gates.map(|gate| gate.gate.clone())
        };
        let [kind, phase, role] = self.labels.map(|label| label.as_ref().map(Label::as_str));
        let limits = self.limits.unwrap_or_default();
        words
            .maybe("kind", kind)
            .maybe("phase", phase)
            .maybe("role", role)
            .maybe(
                "priority",
                self.priority.map(|priority| priority.to_string()),
            )
            .each("gate", at(GateStage::Accept))
            .each("deliver-gate", at(GateStage::Deliver))
            .each("evidence", self.evidence)
            .each("clock", clock_args(limits.clocks))
            .maybe("max-attempts", limits.max_attempts.map(|n| n.to_string()))
    }
}

/// Returns the words of a correction; `None` where there are none.
pub(super) fn correct(data: &Correction) -> Option<Words> {
    let task = data.task.as_str();
    let change = |verb: &str| Words::of(&["correct", verb]).arg(task);
    let words = match &data.change {
        Change::Supersede { by } => change("supersede").flag("by", by.as_str()),
        Change::Reopen => change("reopen"),
        Change::Adopt { seq } => change("adopt").arg(seq.to_string()),
        Change::Unblock => change("unblock"),
        Change::Amend(amendment) => amend(task, amendment, data.supersedes.is_empty()),
        // On the command line the mission numbers the attempt of a rebind.
        Change::Rebind { .. } => return None,
        // The core may know more changes.
        _ => return None,
    };
    let words = words.flag("reason", &data.reason);
    Some(words.each("supersedes", &data.supersedes))
}

fn amend(task: &str, data: &Amendment, is_plain: bool) -> Words {
    let (gates, evidence) = (data.gates.as_deref(), data.evidence.as_deref());
    let mut removal = Amendment::default();
    removal.remove_needs.clone_from(&data.remove_needs);
    if is_plain && *data == removal && !data.remove_needs.is_empty() {
        return Words::of(&["dep", "rm"]).arg(task).args(&data.remove_needs);
    }
    let words = Words::of(&["correct", "amend"])
        .arg(task)
        .maybe("title", data.title.as_deref())
        .maybe("parent", data.parent.as_ref().map(TaskId::as_str))
        .each("add-dep", data.add_needs.iter().map(NeedArg::written))
        .each("remove-dep", &data.remove_needs)
        .switch("no-gates", gates.is_some_and(<[GateSpec]>::is_empty))
        .switch("no-evidence", evidence.is_some_and(<[Label]>::is_empty));
    let what = What {
        labels: [&data.kind, &data.phase, &data.role],
        priority: data.priority,
        gates: gates.unwrap_or_default(),
        evidence: evidence.unwrap_or_default(),
        limits: data.limits,
    };
    what.said(words)
}
