//! The facts about a task, and about the attempt that holds its token.

use super::{List, written};
use crate::event::task::GateStage;
use crate::mission::attempt::Liveness;
use crate::mission::gate::Gate;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, TaskIx};
use crate::mission::task::NeedRow;

impl State {
    pub(super) fn task_facts(&self, ix: TaskIx, list: &mut List) {
        let row = &self.tasks[ix];
        list.add("status", Some(row.status()));
        let owner = self.open_token(ix);
        let owner = owner.map(|token| self.agent_ref(self.attempts[token].owner));
        list.add("owner", owner);
        if let Some(token) = row.token {
            self.attempt_facts(token, list);
        }
        list.count("open_attempts", row.n_open);
        list.add("title", Some(&row.title));
        list.add("kind", row.kind.as_ref());
        list.add("phase", row.phase.as_ref());
        list.add("role", row.role.as_ref());
        list.add("priority", row.priority);
        list.add("source", row.source.as_ref());
        list.add("limits", row.limits.as_deref().map(written));
        list.add("parent", row.parent.map(|ix| &self.tasks[ix].id));
        for need in &row.needs {
            let field = format!("need.{}", self.tasks[need.task].id);
            list.add(field, Some(need_words(need)));
        }
        for gate in &row.gates {
            gate_facts(gate, list);
        }
        list.all("evidence", &row.evidence);
        list.all("missing_evidence", &row.missing_evidence);
        list.all("remaining", &row.remaining);
        list.add(
            "last_error",
            row.last_error.as_ref().map(|(_, error)| error),
        );
        list.add("retry_at", row.retry_at.map(|at| at.to_rfc3339()));
        list.count("failures", row.counters.failures);
        list.count("crashes", row.counters.crashes);
        list.count("blocks", row.counters.blocks);
        list.count("review_rounds", row.counters.review_rounds);
        list.count("fruitless", row.counters.fruitless);
        list.add(
            "superseded_by",
            row.superseded_by.map(|ix| &self.tasks[ix].id),
        );
        list.count("notes", row.n_notes);
        list.count("findings", row.findings.len() as u64);
        list.count("unread_results", row.unread.len() as u64);
    }

    fn attempt_facts(&self, ix: AttemptIx, list: &mut List) {
        let row = &self.attempts[ix];
        list.add("attempt", Some(row.number));
        let ending = row.closed.map(|(_, ending)| ending);
        list.add(
            "attempt.status",
            Some(ending.map_or_else(
                || row.status().to_string(),
                |ending| format!("{}, {}", row.status(), ending.as_str()),
            )),
        );
        list.add("attempt.workspace", row.workspace.as_ref());
        list.add("attempt.branch", row.branch.as_ref());
        list.add("attempt.revision", row.revision.as_ref());
        let is_doubted = row.liveness != Liveness::Alive;
        list.add("attempt.liveness", is_doubted.then_some(row.liveness));
        let is_unaccounted = row.unaccounted.is_some();
        list.add("attempt.unaccounted", is_unaccounted.then_some("yes"));
        let until = row.silent_until.map(|until| until.to_rfc3339());
        list.add("attempt.silent_until", until);
    }
}

fn need_words(need: &NeedRow) -> String {
    let or = need.or.iter().map(written);
    let ends = std::iter::once(written(&need.on)).chain(or);
    ends.collect::<Vec<String>>().join(" or ")
}

fn gate_facts(gate: &Gate, list: &mut List) {
    let name = &gate.spec.gate;
    let stage = match gate.spec.stage {
        GateStage::Accept => "",
        GateStage::Deliver => ", for delivery",
    };
    let status = format!("{}{stage}", gate.status());
    list.add(format!("gate.{name}"), Some(status));
    let holder = gate.holder.as_ref().map(|(_, holder)| holder);
    list.add(format!("gate.{name}.holder"), holder);
    let decided = gate.decided.as_ref();
    let decided = decided.map(|one| {
        let verdict = written(&one.verdict);
        // The record tells apart the same decision on older and newer work (GATE-1).
        format!(
            "{verdict} by {}, attempt {}, at {}",
            one.by, one.attempt, one.seq
        )
    });
    list.add(format!("gate.{name}.decision"), decided);
}
