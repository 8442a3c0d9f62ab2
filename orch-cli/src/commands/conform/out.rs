//! What `orch conform` prints.

use std::collections::BTreeMap;

use orch_testkit::machine::{Also, Check, MACHINE_LAWS, MachineLaw, Report};
use orch_testkit::store::Outcome;
use serde::Serialize;

use crate::render::doc::{Doc, Line, Tone};
use crate::view::quoted;

/// Every law.
#[derive(Debug, Serialize)]
pub(super) struct LawList {
    laws: Vec<Listed>,
}

#[derive(Debug, Serialize)]
struct Listed {
    name: &'static str,
    rule: &'static str,
    text: &'static str,
    needs: Vec<&'static str>,
}

impl LawList {
    pub(super) fn all() -> Self {
        let listed = |law: &MachineLaw| Listed {
            name: law.name,
            rule: law.rule(),
            text: law.text(),
            needs: needs(law),
        };
        Self {
            laws: MACHINE_LAWS.iter().map(listed).collect(),
        }
    }

    pub(super) fn write(&self, doc: &mut Doc) {
        for law in &self.laws {
            let line = Line::new().padded(Tone::Strong, law.name, 22).hang();
            doc.line(line.text(law.text));
            if !law.needs.is_empty() {
                let needs = format!("needs {}", law.needs.join(", "));
                doc.line(Line::new().text(" ".repeat(22)).hang().faint(needs));
            }
        }
    }
}

/// What a program has to claim for a law, in words of the protocol.
fn needs(law: &MachineLaw) -> Vec<&'static str> {
    let mut needs: Vec<&str> = law.shows.iter().map(|part| part.as_str()).collect();
    match law.also {
        Also::Nothing => {}
        Also::Takes(_) => needs.push("takes"),
        Also::Snapshots => needs.push("snapshots"),
        Also::Decides => needs.push("decides"),
    }
    if matches!(law.check, Check::Asked) {
        needs.push("the fold of orch, in Rust");
    }
    needs
}

/// How the laws came out for a program.
#[derive(Debug, Serialize)]
pub(super) struct Conformance {
    machine: String,
    kit: &'static str,
    seed: u64,
    logs: usize,
    records: usize,
    held: usize,
    broken: usize,
    laws: Vec<Law>,
}

#[derive(Debug, Serialize)]
struct Law {
    name: &'static str,
    rule: &'static str,
    text: &'static str,
    outcome: &'static str,
    /// How many cases it held in.
    cases: Option<u64>,
    /// What is wrong, or why it was not measured; may hold text from the program.
    what: Option<String>,
    /// The log that shows a breach.
    history: Option<String>,
    /// The line that finds a breach again.
    again: Option<String>,
}

impl Conformance {
    pub(super) fn of(report: Report) -> Self {
        let laws: Vec<Law> = report.laws.into_iter().map(Law::of).collect();
        let n = |outcome: &str| laws.iter().filter(|law| law.outcome == outcome).count();
        Self {
            machine: report.machine,
            kit: report.version,
            seed: report.seed,
            logs: report.logs,
            records: report.records,
            held: n("held"),
            broken: n("broken"),
            laws,
        }
    }

    /// The commands that show what is broken.
    pub(super) fn next(&self) -> Vec<String> {
        let logs = self.laws.iter().filter_map(|law| law.history.as_ref());
        let first = logs
            .map(|path| format!("orch -S {} replay", quoted(path)))
            .next();
        first.into_iter().collect()
    }

    pub(super) fn write(&self, doc: &mut Doc) {
        let line = Line::new().strong(&self.machine);
        let over = format!(
            ": {} laws held, {} broken, over {} logs with {} records",
            self.held, self.broken, self.logs, self.records
        );
        doc.line(line.text(over));
        let of = |outcome: &'static str| self.laws.iter().filter(move |law| law.outcome == outcome);
        for law in of("broken") {
            doc.gap();
            doc.line(
                Line::new()
                    .tone(Tone::Fail, law.name)
                    .text(format!("  {}", law.text)),
            );
            doc.field("broken", law.what.clone().unwrap_or_default());
            if let Some(history) = &law.history {
                doc.field("log", format!("orch -S {} replay", quoted(history)));
            }
            if let Some(again) = &law.again {
                doc.field("again", again);
            }
        }
        doc.gap();
        for law in of("held") {
            let line = Line::new().padded(Tone::Pass, "held", 13);
            let cases = law.cases.unwrap_or_default();
            doc.line(
                line.padded(Tone::Plain, law.name, 23)
                    .text(format!("{cases:>7}")),
            );
        }
        for law in of("not measured") {
            let line = Line::new().padded(Tone::Warn, law.outcome, 13);
            let what = law.what.clone().unwrap_or_default();
            doc.line(line.padded(Tone::Plain, law.name, 23).hang().text(what));
        }
        let mut unclaimed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for law in of("not claimed") {
            let what = law.what.as_deref().unwrap_or_default();
            unclaimed.entry(what).or_default().push(law.name);
        }
        if !unclaimed.is_empty() {
            doc.gap();
            doc.text("not claimed, and what would have to be");
        }
        for (what, laws) in unclaimed {
            let line = Line::new()
                .padded(Tone::Faint, format!("  {what}"), 36)
                .hang();
            doc.line(line.text(laws.join(" ")));
        }
    }
}

impl Law {
    fn of(row: orch_testkit::machine::Row) -> Self {
        let (outcome, cases, what, history) = match row.outcome {
            Outcome::Held { cases } => ("held", Some(cases), None, None),
            Outcome::NotClaimed { what } => ("not claimed", None, Some(what.to_owned()), None),
            Outcome::NotMeasured { why } | Outcome::HarnessBroken { why } => {
                ("not measured", None, Some(why), None)
            }
            Outcome::Broken(found) => {
                let history = found.folder.map(|folder| folder.join("history.jsonl"));
                let history = history.map(|path| path.display().to_string());
                ("broken", None, Some(found.what), history)
            }
        };
        Self {
            name: row.name,
            rule: row.rule,
            text: row.text,
            outcome,
            cases,
            what,
            history,
            again: row.again,
        }
    }
}
