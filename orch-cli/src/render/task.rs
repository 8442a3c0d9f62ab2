//! A task: as data, and as a page.

use chrono::{DateTime, Utc};
use orch_core::ids::{AgentRef, AttemptNo, Label, Seq, TaskId};
use orch_core::mission::{Counters, Mission};
use orch_core::view::{AttemptView, GateView, Readiness, TaskView};
use serde::Serialize;

use super::doc::{Doc, Line, Tone};
use super::table::Rows;
use super::time::{MomentOut, Times};
use crate::words;

/// A task as JSON has it.
#[derive(Debug, Serialize)]
pub(crate) struct TaskOut {
    id: TaskId,
    title: String,
    status: &'static str,
    since: MomentOut,
    readiness: Option<&'static str>,
    owner: Option<AgentRef>,
    kind: Option<Label>,
    phase: Option<Label>,
    parent: Option<TaskId>,
    role: Option<Label>,
    priority: Option<i32>,
    source: Option<String>,
    declared: MomentOut,
    implicit: bool,
    needs: Vec<NeedOut>,
    dependents: Vec<TaskId>,
    gates: Vec<GateOut>,
    evidence: Vec<Label>,
    missing_evidence: Vec<Label>,
    remaining: Vec<String>,
    attempts: Vec<AttemptOut>,
    next_attempt: AttemptNo,
    counters: Counters,
    last_error: Option<ErrorOut>,
    retry_at: Option<DateTime<Utc>>,
    last_handoff: Option<Seq>,
    open_question: Option<Seq>,
    superseded_by: Option<TaskId>,
    n_notes: u32,
    findings: Vec<Seq>,
}

#[derive(Debug, Serialize)]
struct NeedOut {
    task: TaskId,
    on: &'static str,
    is_met: bool,
    status: Option<&'static str>,
    since: Seq,
}

#[derive(Debug, Serialize)]
struct GateOut {
    gate: String,
    stage: &'static str,
    status: &'static str,
    since: Seq,
    holder: Option<String>,
    is_stale: bool,
    decided_by: Option<String>,
    decided: Option<Seq>,
    verdict: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct ErrorOut {
    record: Seq,
    text: String,
}

/// An attempt as JSON has it.
#[derive(Debug, Serialize)]
pub(crate) struct AttemptOut {
    /// The task.
    pub(crate) task: TaskId,
    /// The number: the fencing token.
    pub(crate) attempt: AttemptNo,
    /// Who owns it.
    pub(crate) agent: AgentRef,
    /// Where it stands.
    pub(crate) status: &'static str,
    /// How sure the log is that it is alive.
    pub(crate) liveness: &'static str,
    /// Whether another attempt took the token while it was open.
    pub(crate) is_parallel: bool,
    /// Whether the log does not tell who works on it.
    pub(crate) is_owner_unknown: bool,
    /// The record that handed it out.
    pub(crate) dispatched: MomentOut,
    /// The record with which it began.
    pub(crate) started: Option<MomentOut>,
    /// Its last sign of life; none while there is only its dispatch.
    pub(crate) last_alive: Option<MomentOut>,
    /// Its last progress.
    pub(crate) last_progress: Option<MomentOut>,
    /// The record that closed it.
    pub(crate) closed: Option<MomentOut>,
    /// How it ended.
    pub(crate) ending: Option<&'static str>,
    /// How many signs of life came after that.
    pub(crate) late_signs: u32,
    revision: Option<String>,
    workspace: Option<String>,
    branch: Option<String>,
}

impl AttemptOut {
    /// Takes an attempt of the core.
    pub(crate) fn new(view: &AttemptView<'_>, times: &Times) -> Self {
        Self {
            task: view.task().clone(),
            attempt: view.number(),
            agent: view.agent(),
            status: view.status().as_str(),
            liveness: view.liveness().as_str(),
            is_parallel: view.is_parallel(),
            is_owner_unknown: view.is_owner_unknown(),
            dispatched: times.out(view.dispatched()),
            started: view.started().map(|at| times.out(at)),
            last_alive: (view.last_alive().seq != view.dispatched().seq)
                .then(|| times.out(view.last_alive())),
            last_progress: view.last_progress().map(|at| times.out(at)),
            closed: view.closed().map(|(at, _)| times.out(at)),
            ending: view.closed().map(|(_, ending)| ending.as_str()),
            late_signs: view.late_signs(),
            revision: view.revision().map(str::to_owned),
            workspace: view.workspace().map(str::to_owned),
            branch: view.branch().map(str::to_owned),
        }
    }
}

impl AttemptOut {
    /// Says when its last sign of life was.
    pub(crate) fn last_sign(&self, times: &Times) -> String {
        let sign = self.last_alive.as_ref();
        sign.map_or_else(|| "none".to_owned(), |sign| times.since(sign.at))
    }
}

impl TaskOut {
    /// Takes a task of the core.
    pub(crate) fn new(
        task: &TaskView<'_>,
        mission: &Mission,
        times: &Times,
        now: DateTime<Utc>,
    ) -> Self {
        let status_of = |id: &TaskId| mission.task(id).map(|task| task.status().as_str());
        let needs = task.needs().map(|(id, on, is_met, since)| NeedOut {
            task: id.clone(),
            on: words::need_on(on),
            is_met,
            status: status_of(id),
            since,
        });
        Self {
            id: task.id().clone(),
            title: task.title().to_owned(),
            status: task.status().as_str(),
            since: times.out(task.since()),
            readiness: mission
                .readiness(task.id(), now)
                .as_ref()
                .map(words::readiness),
            owner: task.owner(),
            kind: task.kind().cloned(),
            phase: task.phase().cloned(),
            parent: task.parent().cloned(),
            role: task.role().cloned(),
            priority: task.priority(),
            source: task.source().map(str::to_owned),
            declared: times.out(task.declared()),
            implicit: task.is_implicit(),
            needs: needs.collect(),
            dependents: task.dependents().cloned().collect(),
            gates: task.gates().map(GateOut::new).collect(),
            evidence: task.evidence().to_vec(),
            missing_evidence: task.missing_evidence().to_vec(),
            remaining: task.remaining().to_vec(),
            attempts: task
                .attempts()
                .map(|attempt| AttemptOut::new(&attempt, times))
                .collect(),
            next_attempt: task.next_attempt(),
            counters: task.counters(),
            last_error: task.last_error().map(|(record, text)| ErrorOut {
                record,
                text: text.to_owned(),
            }),
            retry_at: task.retry_at(),
            last_handoff: task.last_handoff(),
            open_question: task.open_question(),
            superseded_by: task.superseded_by().cloned(),
            n_notes: task.n_notes(),
            findings: task.findings().to_vec(),
        }
    }

    /// Writes the task as a page.
    pub(crate) fn write(&self, doc: &mut Doc, times: &Times) {
        doc.line(
            Line::new()
                .text("task ")
                .strong(self.id.as_str())
                .text(" ")
                .text(format!("{:?}", self.title)),
        );
        let ready = self
            .readiness
            .map_or_else(String::new, |word| format!(" ({word})"));
        doc.field(
            "status",
            format!(
                "{}{ready} since record {}, {}",
                self.status,
                self.since.record,
                times.since(self.since.at)
            ),
        );
        if let Some(owner) = &self.owner {
            doc.field("owner", owner.to_string());
        }
        if let Some(by) = &self.superseded_by {
            doc.field("goes on", format!("as {by}"));
        }
        self.write_contract(doc);
        let by = format!(
            "record {}, {}",
            self.declared.record,
            times.since(self.declared.at)
        );
        doc.field(
            if self.implicit {
                "named by"
            } else {
                "declared"
            },
            by,
        );
        self.write_trouble(doc, times);
        self.write_needs(doc);
        self.write_gates(doc);
        self.write_attempts(doc, times);
    }

    fn write_contract(&self, doc: &mut Doc) {
        let label = |label: &Option<Label>| label.as_ref().map(ToString::to_string);
        let facts = [
            ("kind", label(&self.kind)),
            ("phase", label(&self.phase)),
            ("part of", self.parent.as_ref().map(ToString::to_string)),
            ("role", label(&self.role)),
            (
                "priority",
                self.priority.map(|priority| priority.to_string()),
            ),
            ("source", self.source.clone()),
            ("evidence", listed(&self.evidence)),
            ("missing", listed(&self.missing_evidence)),
            (
                "remaining",
                (!self.remaining.is_empty()).then(|| self.remaining.join("; ")),
            ),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                doc.field(name, value);
            }
        }
    }

    fn write_trouble(&self, doc: &mut Doc, times: &Times) {
        let counters = &self.counters;
        let counts = [
            (counters.failures, "failed"),
            (counters.crashes, "crashed"),
            (counters.blocks, "blocked"),
            (counters.review_rounds, "sent back"),
            (counters.fruitless, "without progress"),
        ];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
        if !counts.is_empty() {
            doc.field("counted", counts.join(", "));
        }
        if let Some(error) = &self.last_error {
            doc.field("error", format!("{} (record {})", error.text, error.record));
        }
        if let Some(until) = self.retry_at {
            doc.field("retry", times.point(until));
        }
        if let Some(question) = self.open_question {
            doc.field("question", format!("record {question} has no answer"));
        }
        if self.n_notes > 0 {
            doc.field("notes", self.n_notes.to_string());
        }
    }

    fn write_needs(&self, doc: &mut Doc) {
        if !self.needs.is_empty() {
            doc.gap();
            doc.text("needs");
            for need in &self.needs {
                let (tone, word) = met(need.is_met);
                let line = Line::new()
                    .text("  ")
                    .padded(tone, word, 8)
                    .text(need.task.as_str());
                let status = need.status.unwrap_or("unknown");
                doc.line(line.text(format!(
                    ", {} until {} (record {})",
                    status, need.on, need.since
                )));
            }
        }
        if !self.dependents.is_empty() {
            doc.gap();
            doc.field("needed by", super::blocker::tasks(&self.dependents));
        }
    }

    fn write_gates(&self, doc: &mut Doc) {
        if self.gates.is_empty() {
            return;
        }
        doc.gap();
        doc.text("gates");
        for gate in &self.gates {
            let line = Line::new().text("  ").strong(&gate.gate).text(format!(
                " to {}: {}{} since record {}",
                gate.stage,
                gate.status,
                if gate.is_stale {
                    ", an older decision is stale,"
                } else {
                    ""
                },
                gate.since
            ));
            let holder = gate
                .holder
                .as_ref()
                .map(|holder| format!(", with {holder}"));
            let decided = gate.decided_by.as_ref().zip(gate.decided).zip(gate.verdict);
            let decided = decided.map(|((by, seq), verdict)| {
                format!(", last decided {verdict} by {by} (record {seq})")
            });
            doc.line(
                line.text(holder.unwrap_or_default())
                    .text(decided.unwrap_or_default()),
            );
        }
    }

    fn write_attempts(&self, doc: &mut Doc, times: &Times) {
        if self.attempts.is_empty() {
            return;
        }
        doc.gap();
        doc.text("attempts");
        let mut rows = Rows::new(
            &["no", "agent", "status", "dispatched", "last sign", "end"],
            doc.width,
        );
        for attempt in &self.attempts {
            let mark = if attempt.is_parallel {
                " (parallel)"
            } else {
                ""
            };
            rows.row([
                attempt.attempt.to_string(),
                attempt.agent.to_string(),
                format!("{}{mark}", attempt.status),
                format!(
                    "{} {}",
                    attempt.dispatched.record,
                    times.since(attempt.dispatched.at)
                ),
                match &attempt.last_alive {
                    Some(sign) => format!("{} {}", sign.record, times.since(sign.at)),
                    None => "none".to_owned(),
                },
                attempt.closed.zip(attempt.ending).map_or_else(
                    || "-".to_owned(),
                    |(at, how)| format!("{} {how}", at.record),
                ),
            ]);
        }
        rows.write(doc, "  ");
    }
}

impl GateOut {
    fn new(gate: GateView<'_>) -> Self {
        let decision = gate.decision();
        Self {
            gate: gate.name().to_string(),
            stage: words::gate_stage(gate.stage()),
            status: gate.status().as_str(),
            since: gate.since(),
            holder: gate.holder().map(|(_, holder)| holder.to_string()),
            is_stale: gate.is_stale(),
            decided_by: decision.map(|decision| decision.by.to_string()),
            decided: decision.map(|decision| decision.seq),
            verdict: decision.map(|decision| words::gate_verdict(decision.verdict)),
        }
    }
}

const fn met(is_met: bool) -> (Tone, &'static str) {
    if is_met {
        (Tone::Pass, "met")
    } else {
        (Tone::Warn, "unmet")
    }
}

fn listed(labels: &[Label]) -> Option<String> {
    let words: Vec<&str> = labels.iter().map(Label::as_str).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Says why an open task cannot be handed out, and the records that prove it.
pub(crate) fn readiness_reason(readiness: &Readiness, times: &Times) -> (String, Vec<Seq>) {
    match readiness {
        Readiness::Ready => ("it can be handed out".to_owned(), Vec::new()),
        Readiness::Waiting { on, because } => (
            format!("it needs {}", super::blocker::tasks(on)),
            because.clone(),
        ),
        Readiness::Held { on, until, because } => {
            let until = until.map_or_else(String::new, |until| {
                format!(" until {}", times.point(until))
            });
            (format!("it waits for {on}{until}"), because.clone())
        }
        Readiness::RetryWait { until, because } => (
            format!("it failed and waits until {}", times.point(*until)),
            because.clone(),
        ),
        Readiness::WipWait { because } => (
            format!(
                "{} attempts are in flight, which is the limit",
                because.len()
            ),
            because.clone(),
        ),
        Readiness::Unjudged { because } => (
            "an attempt at it succeeded, and nobody has judged that".to_owned(),
            because.clone(),
        ),
        Readiness::Beside { because } => (
            "an attempt at it is open that does not hold its token".to_owned(),
            because.clone(),
        ),
        Readiness::Undeclared { because } => (
            "it is only referred to: nobody has declared it".to_owned(),
            because.clone(),
        ),
        _ => ("it is not ready".to_owned(), Vec::new()),
    }
}
