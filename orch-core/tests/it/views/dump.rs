//! A mission in full, as text: what is at its default is left out.

use std::fmt::{Debug, Write as _};

use orch_core::status::task::TaskStatus;
use orch_core::view::{AgentView, AttemptView, GateView, TaskView};

use crate::support::*;

/// Lines of `name: value`, without those that say nothing.
struct Page(String);

impl Page {
    fn field(&mut self, name: &str, value: impl Debug) {
        let value = format!("{value:?}").replace("2026-11-20T", "");
        let is_empty = ["None", "[]", "0", "false", "\"\"", "{}"].contains(&value.as_str());
        if !is_empty {
            write!(self.0, " {name}={value}").unwrap();
        }
    }

    fn line(&mut self, head: impl Debug) {
        write!(self.0, "\n{head:?}").unwrap();
    }
}

pub(crate) fn of(world: &World) -> String {
    let mission = &world.mission;
    let mut page = Page(String::new());
    write!(page.0, "mission").unwrap();
    page.field("id", mission.id());
    page.field("title", mission.title());
    page.field("lead", mission.lead());
    page.field("opened", mission.opened());
    page.field("head", (mission.head(), mission.head_at()));
    page.field("rules", mission.rules_version());
    page.field("closed", mission.closed());
    page.field("archived", mission.archived());
    page.field("outcome", mission.outcome());
    page.field("phase", mission.phase());
    page.field("counts", mission.counts());
    page.field("tally", mission.tally());
    page.field("deadline", mission.next_deadline());
    for status in TaskStatus::ALL {
        page.field(status.as_str(), mission.because(*status));
    }
    for run in mission.runs() {
        page.line("run");
        page.field("is", run);
    }
    for phase in mission.progress() {
        page.line("progress");
        page.field("of", phase);
    }
    for view in mission.tasks() {
        task(&mut page, world, view);
    }
    for view in mission.agents() {
        agent(&mut page, view);
    }
    for owed in mission.obligations() {
        page.line("owed");
        page.field("is", owed);
    }
    for due in mission.due(world.now) {
        page.line("due");
        page.field("is", due);
    }
    for obstacle in mission.obstacles() {
        page.line("obstacle");
        page.field("is", obstacle);
    }
    for late in mission.late_evidence() {
        page.line("late");
        page.field("is", late);
    }
    for anomaly in mission.anomalies() {
        page.line("anomaly");
        page.field("is", anomaly);
    }
    page.0.push('\n');
    page.0
}

fn task(page: &mut Page, world: &World, view: TaskView<'_>) {
    page.line(view.id());
    page.field("status", (view.status(), view.since()));
    page.field("title", view.title());
    page.field("kind", view.kind());
    page.field("phase", view.phase());
    page.field("role", view.role());
    page.field("priority", view.priority());
    page.field("source", view.source());
    page.field("declared", view.declared());
    page.field("implicit", view.is_implicit());
    page.field("parent", view.parent());
    page.field("needs", view.needs().collect::<Vec<_>>());
    page.field("dependents", view.dependents().collect::<Vec<_>>());
    page.field("evidence", view.evidence());
    page.field("missing", view.missing_evidence());
    page.field("remaining", view.remaining());
    page.field("owner", view.owner());
    page.field("next", view.next_attempt());
    page.field("counters", view.counters());
    page.field("error", view.last_error());
    page.field("retry_at", view.retry_at());
    page.field("success", view.success());
    page.field("last_handoff", view.last_handoff());
    page.field("superseded_by", view.superseded_by());
    page.field("n_notes", view.n_notes());
    page.field("findings", view.findings());
    page.field("question", view.open_question());
    page.field("readiness", world.mission.readiness(view.id(), world.now));
    for gate in view.gates() {
        gate_of(page, gate);
    }
    let token = view.token().map(|it| it.number());
    for attempt in view.attempts() {
        attempt_of(page, attempt, token == Some(attempt.number()));
    }
}

fn gate_of(page: &mut Page, view: GateView<'_>) {
    page.line("  gate");
    page.field("name", view.name());
    page.field("stage", view.stage());
    page.field("status", (view.status(), view.since()));
    page.field("holder", view.holder());
    page.field("decision", view.decision());
    page.field("stale", view.is_stale());
}

fn attempt_of(page: &mut Page, view: AttemptView<'_>, is_token: bool) {
    page.line("  attempt");
    page.field("number", view.number());
    page.field("token", is_token);
    page.field("task", view.task());
    page.field("agent", view.agent());
    page.field("status", view.status());
    page.field("dispatched", view.dispatched());
    page.field("started", view.started());
    page.field("alive", view.last_alive());
    page.field("progress", view.last_progress());
    page.field("silent_until", view.silent_until());
    page.field("handed_over", view.handed_over());
    page.field("closed", view.closed());
    page.field("revision", view.revision());
    page.field("workspace", view.workspace());
    page.field("branch", view.branch());
    page.field("liveness", view.liveness());
    page.field("parallel", view.is_parallel());
    page.field("owner_unknown", view.is_owner_unknown());
    page.field("unaccounted", view.unaccounted());
    page.field("late_signs", view.late_signs());
    page.field("last_record", view.last_record());
}

fn agent(page: &mut Page, view: AgentView<'_>) {
    page.line(view.agent());
    page.field("status", (view.status(), view.since()));
    page.field("joined", view.joined());
    page.field("roles", view.roles());
    page.field("implicit", view.is_implicit());
    let holds: Vec<_> = view.holds().map(|it| (it.task(), it.number())).collect();
    page.field("holds", holds);
}
