//! `orch replay`: the fold, record by record.

use std::collections::BTreeMap;

use orch_core::ids::Seq;
use serde::Serialize;

use crate::answer::Answer;
use crate::at::Position;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::record::{AnomalyOut, Effects};
use crate::words;

/// Fold the log from its first record and say what each record did
///
/// A record `changed` the mission, was `fenced` (it is late evidence) or was `ignored`. Under it
/// stands what the rules say against it. The summary ends with the digest of the state: two logs
/// with the same digest fold to the same mission.
///
/// Example: orch -S examples/stuck-mission.jsonl replay --anomalies
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stop after this position
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    until: Option<Position>,

    /// Only records with findings
    #[arg(long)]
    anomalies: bool,

    /// Fail with exit code 7 if there is any finding or bad line
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Serialize)]
struct Replay {
    records: Vec<Step>,
    summary: Summary,
}

#[derive(Debug, Serialize)]
struct Step {
    seq: Seq,
    kind: String,
    outcome: &'static str,
    anomalies: Vec<AnomalyOut>,
}

#[derive(Debug, Serialize)]
struct Summary {
    records: usize,
    outcomes: BTreeMap<&'static str, usize>,
    anomalies: BTreeMap<&'static str, usize>,
    bad_lines: Vec<BadLine>,
    digest: Option<String>,
}

#[derive(Debug, Serialize)]
struct BadLine {
    file: String,
    line: u64,
    problem: String,
    torn: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let until = match &args.until {
        Some(position) => view.find(position)?.min(view.seq),
        None => view.seq,
    };
    let effects = Effects::of(&view.history, until);
    let mut summary = Summary {
        records: 0,
        outcomes: BTreeMap::new(),
        anomalies: BTreeMap::new(),
        bad_lines: Vec::new(),
        digest: effects.mission.digest().ok(),
    };
    let mut records = Vec::new();
    for effect in effects.zip(&view.history) {
        summary.records = summary.records.saturating_add(1);
        let outcome = words::fold_outcome(effect.outcome);
        count(&mut summary.outcomes, outcome);
        for anomaly in effect.anomalies {
            count(&mut summary.anomalies, anomaly.code.as_str());
        }
        if !args.anomalies || !effect.anomalies.is_empty() {
            records.push(Step {
                seq: effect.record.seq(),
                kind: effect.record.event().kind().to_owned(),
                outcome,
                anomalies: effect.anomalies.iter().map(AnomalyOut::from).collect(),
            });
        }
    }
    summary.bad_lines = view
        .bad
        .iter()
        .map(|bad| BadLine {
            file: bad.file.clone(),
            line: bad.line,
            problem: bad.problem.clone(),
            torn: bad.is_torn,
        })
        .collect();
    let n_findings: usize = summary.anomalies.values().sum();
    let n_bad = summary.bad_lines.len();
    let answer = Answer::new("orch.replay/1", &view, Replay { records, summary }).list("records");
    answer.print(&ctx.globals, &mut ctx.ui, write)?;
    if args.strict && (n_findings > 0 || n_bad > 0) {
        let what = format!("the log has findings: {n_findings} anomalies, {n_bad} bad lines");
        return Err(CliError::new(ErrorCode::Strict, what).hint(view.command("replay --anomalies")));
    }
    Ok(ctx.exit(&view))
}

fn count(counts: &mut BTreeMap<&'static str, usize>, word: &'static str) {
    let n = counts.entry(word).or_default();
    *n = n.saturating_add(1);
}

fn write(replay: &Replay, doc: &mut Doc) {
    for step in &replay.records {
        let tone = if step.outcome == "changed" {
            Tone::Plain
        } else {
            Tone::Warn
        };
        let line = Line::new().padded(Tone::Strong, format!("{:>5}", step.seq.0), 6);
        doc.line(line.padded(tone, step.outcome, 9).text(&step.kind).cut());
        for anomaly in &step.anomalies {
            let line = Line::new()
                .text("      ")
                .tone(Tone::Warn, anomaly.code)
                .text(": ")
                .hang();
            doc.line(line.text(&anomaly.detail));
        }
    }
    doc.gap();
    let summary = &replay.summary;
    doc.field("records", summary.records.to_string());
    doc.field("did", listed(&summary.outcomes));
    doc.field("anomalies", listed(&summary.anomalies));
    doc.field("bad lines", summary.bad_lines.len().to_string());
    for bad in &summary.bad_lines {
        let torn = if bad.torn { ", cut off" } else { "" };
        let line = Line::new().text(format!("  line {} of ", bad.line)).hang();
        doc.line(
            line.text(&bad.file)
                .text(format!("{torn}: "))
                .text(&bad.problem),
        );
    }
    if let Some(digest) = &summary.digest {
        doc.field("digest", digest);
    }
}

fn listed(counts: &BTreeMap<&'static str, usize>) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(word, n)| format!("{word} {n}"))
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}
