//! `orch status`: one screen about a mission.

mod attention;

use std::collections::BTreeMap;

use orch_core::anomaly::LateEvidence;
use orch_core::ids::Seq;
use serde::Serialize;

use attention::Attention;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::agent::OwedOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::progress::{self, CountsOut, PhaseOut};
use crate::render::table::Rows;
use crate::render::task::AttemptOut;
use crate::render::time::{MomentOut, Times, records};
use crate::verdict;
use crate::view::View;

/// Show a mission on one screen
///
/// Phase, counts, what is in flight, what needs attention and what the log has that the rules
/// forbid. Causes are grouped; `-v` lists every task.
///
/// Example: orch -S examples/stuck-mission.jsonl status
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Status {
    title: String,
    lead: Option<String>,
    verdict: &'static str,
    /// What the verdict means here.
    meaning: &'static str,
    #[serde(skip)]
    tone: Tone,
    phase: PhaseNow,
    opened: Option<MomentOut>,
    closed: Option<ClosedOut>,
    archived: Option<MomentOut>,
    now: chrono::DateTime<chrono::Utc>,
    is_head: bool,
    counts: CountsOut,
    phases: Vec<PhaseOut>,
    in_flight: Vec<AttemptOut>,
    handed_over: usize,
    attention: Vec<Attention>,
    overdue: Vec<Overdue>,
    obligations: Vec<OwedOut>,
    late_evidence: Vec<LateOut>,
    anomalies: Vec<AnomalyCount>,
    unknown_kinds: BTreeMap<String, u64>,
    unknown_fields: u64,
    notes: u64,
    findings: u64,
}

#[derive(Debug, Serialize)]
struct PhaseNow {
    kind: &'static str,
    forced: bool,
    because: Vec<Seq>,
}

#[derive(Debug, Serialize)]
struct ClosedOut {
    record: Seq,
    outcome: &'static str,
    forced: bool,
    reason: String,
}

/// A clock that has run out and was not recorded.
#[derive(Debug, Serialize)]
pub(super) struct Overdue {
    pub(super) clock: &'static str,
    pub(super) subject: String,
    pub(super) due: chrono::DateTime<chrono::Utc>,
}

#[derive(Debug, Serialize)]
pub(super) struct LateOut {
    pub(super) record: Seq,
    pub(super) code: &'static str,
    pub(super) kind: String,
    pub(super) by: String,
    pub(super) task: Option<String>,
    adopted: Option<Seq>,
}

impl LateOut {
    /// Takes late evidence of the core.
    pub(super) fn new(late: &LateEvidence) -> Self {
        Self {
            record: late.seq,
            code: late.code.as_str(),
            kind: late.kind.clone(),
            by: late.by.clone(),
            task: late.task.as_ref().map(ToString::to_string),
            adopted: late.adopted,
        }
    }
}

#[derive(Debug, Serialize)]
struct AnomalyCount {
    code: &'static str,
    count: usize,
    first: Seq,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    let status = Status::of(&view, &times);
    let is_calm = status.attention.is_empty();
    let mut answer = Answer::new("orch.status/1", &view, status);
    let is_empty = view.mission.closed().is_none() && view.mission.counts().total == 0;
    let add = is_empty
        .then(|| view.command_now("add 'a first task'"))
        .flatten();
    if !is_calm {
        answer = answer.next(view.command("why"));
    }
    answer.suggest(add.iter().cloned().collect());
    let is_verbose = ctx.globals.verbose;
    answer.print(&ctx.globals, &mut ctx.ui, |status, doc| {
        status.write(doc, &view, &times, is_verbose);
        if let Some(add) = &add {
            doc.gap();
            doc.line(Line::new().faint("next: ").text(add).keep());
        }
    })?;
    Ok(ctx.exit(&view))
}

impl Status {
    fn of(view: &View, times: &Times) -> Self {
        let mission = &view.mission;
        let diagnosis = mission.diagnose(view.now);
        let tone = verdict::tone(&diagnosis, mission);
        let (verdict, meaning) = (diagnosis.verdict.as_str(), diagnosis.meaning);
        let phase = mission.phase();
        let tally = mission.tally();
        let handed_over = mission
            .open_attempts()
            .count()
            .saturating_sub(mission.in_flight().count());
        let obligations = mission.obligations();
        Self {
            title: mission.title().to_owned(),
            lead: mission.lead().map(ToString::to_string),
            verdict,
            meaning,
            tone,
            phase: PhaseNow {
                kind: phase.kind.as_str(),
                forced: phase.forced,
                because: phase.because,
            },
            opened: mission.opened().map(|at| times.out(at)),
            closed: mission.closed().map(|closed| ClosedOut {
                record: closed.moment.seq,
                outcome: crate::words::mission_outcome(closed.outcome),
                forced: closed.forced,
                reason: closed.reason.clone(),
            }),
            archived: mission.archived().map(|at| times.out(at)),
            now: view.now,
            is_head: view.is_head(),
            counts: CountsOut::new(&mission.counts()),
            phases: progress::phases(mission),
            in_flight: mission
                .in_flight()
                .map(|one| AttemptOut::new(&one, times))
                .collect(),
            handed_over,
            attention: attention::of(diagnosis.causes, mission, times),
            overdue: overdue(view),
            obligations: obligations
                .iter()
                .map(|owed| OwedOut::new(owed, times))
                .collect(),
            late_evidence: late(view),
            anomalies: anomalies(view),
            unknown_kinds: tally.unknown_kinds.clone(),
            unknown_fields: tally.unknown_fields,
            notes: tally.notes,
            findings: tally.findings,
        }
    }

    fn write(&self, doc: &mut Doc, view: &View, times: &Times, is_verbose: bool) {
        self.write_head(doc, view, times);
        doc.gap();
        doc.field(
            "tasks",
            format!(
                "{}, {} in flight",
                self.counts.words(),
                self.counts.in_flight
            ),
        );
        if self.counts.total > 0 {
            doc.field("", self.counts.statuses(&doc.glyphs));
        }
        if !self.phases.is_empty() {
            doc.gap();
            doc.text("phases");
            progress::write_phases(&self.phases, doc, "  ");
        }
        self.write_in_flight(doc, times, is_verbose);
        attention::write(&self.attention, doc, times, is_verbose);
        self.write_overdue(doc, times, is_verbose);
        self.write_findings(doc, times, is_verbose);
    }

    fn write_head(&self, doc: &mut Doc, view: &View, times: &Times) {
        let id = view.mission.id().or_else(|| view.history.head().id());
        let id = id.map_or("(no mission)", |id| id.as_str());
        doc.line(Line::new().strong(id).text(format!(" {:?}", self.title)));
        let line = Line::new().padded(Tone::Faint, "verdict", 10).hang();
        let line = line.tone(self.tone, self.verdict);
        doc.line(line.text(format!(": {}", self.meaning)));
        let forced = if self.phase.forced { ", forced" } else { "" };
        let why = match self.phase.because.as_slice() {
            [] => String::new(),
            because => format!(" ({})", records(because)),
        };
        doc.field("phase", format!("{}{forced}{why}", self.phase.kind));
        if let Some(closed) = self
            .closed
            .as_ref()
            .filter(|closed| !closed.reason.is_empty())
        {
            doc.field("reason", &closed.reason);
        }
        doc.field(
            "lead",
            self.lead
                .as_deref()
                .unwrap_or("unknown: the log begins mid-story"),
        );
        let place = if self.is_head { "the last" } else { "PAST" };
        let at = view.mission.head_at().map_or_else(
            || "before the first record".to_owned(),
            |at| {
                format!(
                    "record {} ({place}), {}{}",
                    view.seq,
                    times.point(at),
                    age(times, at)
                )
            },
        );
        doc.field("as of", at);
    }

    fn write_in_flight(&self, doc: &mut Doc, times: &Times, is_verbose: bool) {
        const SHOWN_MAX: usize = 10;
        if self.in_flight.is_empty() {
            return;
        }
        doc.gap();
        doc.text(format!("in flight ({})", self.in_flight.len()));
        let shown = if is_verbose {
            self.in_flight.len()
        } else {
            SHOWN_MAX
        };
        let mut rows = Rows::new(
            &["task", "no", "agent", "status", "dispatched", "last sign"],
            doc.width,
        );
        for attempt in self.in_flight.iter().take(shown) {
            let doubt = if attempt.liveness == "alive" {
                String::new()
            } else {
                format!(", {}", attempt.liveness)
            };
            rows.row([
                attempt.task.to_string(),
                attempt.attempt.to_string(),
                attempt.agent.to_string(),
                format!("{}{doubt}", attempt.status),
                times.since(attempt.dispatched.at),
                attempt.last_sign(times),
            ]);
        }
        rows.write(doc, "  ");
        more(doc, self.in_flight.len(), shown);
    }

    fn write_overdue(&self, doc: &mut Doc, times: &Times, is_verbose: bool) {
        const SHOWN_MAX: usize = 5;
        if self.overdue.is_empty() {
            return;
        }
        doc.gap();
        doc.text(format!(
            "clocks run out, not recorded ({})",
            self.overdue.len()
        ));
        let shown = if is_verbose {
            self.overdue.len()
        } else {
            SHOWN_MAX
        };
        for one in self.overdue.iter().take(shown) {
            let line = Line::new().text("  ").hang().tone(Tone::Warn, one.clock);
            doc.line(line.text(format!(
                " clock of {}, {}",
                one.subject,
                times.since(one.due)
            )));
        }
        more(doc, self.overdue.len(), shown);
    }

    fn write_findings(&self, doc: &mut Doc, times: &Times, is_verbose: bool) {
        const SHOWN_MAX: usize = 5;
        let limit = |n: usize| if is_verbose { n } else { SHOWN_MAX };
        if !self.obligations.is_empty() {
            doc.gap();
            doc.text(format!("owed ({})", self.obligations.len()));
            let shown = limit(self.obligations.len());
            for owed in self.obligations.iter().take(shown) {
                doc.line(Line::new().text("  ").hang().text(owed.words(times)));
            }
            more(doc, self.obligations.len(), shown);
        }
        if !self.late_evidence.is_empty() {
            doc.gap();
            doc.text(format!(
                "late evidence ({}): recorded, without effect",
                self.late_evidence.len()
            ));
            let shown = limit(self.late_evidence.len());
            for late in self.late_evidence.iter().take(shown) {
                let task = late
                    .task
                    .as_ref()
                    .map_or_else(String::new, |task| format!(" about {task}"));
                let adopted = late
                    .adopted
                    .map_or_else(String::new, |seq| format!(", adopted by record {seq}"));
                let line = Line::new()
                    .text("  ")
                    .hang()
                    .text(format!("record {} ", late.record));
                let line = line.tone(Tone::Warn, late.code);
                doc.line(line.text(format!(" {} by {}{task}{adopted}", late.kind, late.by)));
            }
            more(doc, self.late_evidence.len(), shown);
        }
        if !self.anomalies.is_empty() {
            let total: usize = self.anomalies.iter().map(|one| one.count).sum();
            doc.gap();
            doc.text(format!(
                "anomalies ({total}): what the log says and the rules forbid"
            ));
            for one in &self.anomalies {
                let line = Line::new().text("  ").padded(Tone::Warn, one.code, 26);
                doc.line(line.text(format!(" {:>5}  first: record {}", one.count, one.first)));
            }
        }
        self.write_unknown(doc);
    }

    fn write_unknown(&self, doc: &mut Doc) {
        let kinds: Vec<String> = self
            .unknown_kinds
            .iter()
            .map(|(kind, n)| format!("{kind} {n}"))
            .collect();
        if !kinds.is_empty() || self.unknown_fields > 0 {
            doc.gap();
        }
        if !kinds.is_empty() {
            doc.field(
                "unknown",
                format!("kinds, kept and without effect: {}", kinds.join(", ")),
            );
        }
        if self.unknown_fields > 0 {
            doc.field(
                "unknown",
                format!("{} fields, kept and without effect", self.unknown_fields),
            );
        }
    }
}

/// Says how far the evaluation clock is from the position, if it is.
fn age(times: &Times, at: chrono::DateTime<chrono::Utc>) -> String {
    let age = times.age(at);
    if age == "0s" {
        String::new()
    } else {
        format!(", {age} ago")
    }
}

/// Says how many items of a list are not shown.
fn more(doc: &mut Doc, n: usize, shown: usize) {
    doc.more("  ", n, shown);
}

/// Lists the clocks that have run out and are not on record.
pub(super) fn overdue(view: &View) -> Vec<Overdue> {
    let due = view.mission.due(view.now).into_iter();
    due.map(|due| Overdue {
        clock: due.clock.as_str(),
        subject: crate::words::clock_subject(&due.subject),
        due: due.due,
    })
    .collect()
}

fn late(view: &View) -> Vec<LateOut> {
    let late = view.mission.late_evidence().iter();
    late.map(LateOut::new).collect()
}

fn anomalies(view: &View) -> Vec<AnomalyCount> {
    let mut counts: Vec<AnomalyCount> = Vec::new();
    for anomaly in view.mission.anomalies() {
        let code = anomaly.code.as_str();
        match counts.iter_mut().find(|one| one.code == code) {
            Some(one) => one.count = one.count.saturating_add(1),
            None => counts.push(AnomalyCount {
                code,
                count: 1,
                first: anomaly.seq,
            }),
        }
    }
    counts.sort_by(|a, b| b.count.cmp(&a.count).then(a.first.cmp(&b.first)));
    counts
}
