//! How the laws came out for a machine: as values, as JSON, as a table, and as files.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use orch_core::record::Record;
use serde::Serialize;

use super::budget::Budget;
use super::laws::MachineLaw;
use super::shrink::Shown;
use crate::store::{Counterexample, Outcome};

/// How one law came out.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The rule that it restates.
    pub rule: &'static str,
    /// What holds.
    pub text: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The line that finds a breach again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
}

/// How every law came out for a machine.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The machine.
    pub machine: String,
    /// The version of the kit.
    pub version: &'static str,
    /// The seed of the first log that was drawn.
    pub seed: u64,
    /// How many logs were folded.
    pub logs: usize,
    /// How many records they have.
    pub records: usize,
    /// A row for each law.
    pub laws: Vec<Row>,
}

impl Report {
    /// Whether there is nothing to do about any of it.
    pub fn is_good(&self) -> bool {
        self.laws.iter().all(|row| row.outcome.is_good())
    }

    /// Returns how a law came out.
    pub fn row(&self, law: &str) -> Option<&Row> {
        self.laws.iter().find(|row| row.name == law)
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report is plain data")
    }

    /// Returns it as a table in Markdown.
    pub fn markdown(&self) -> String {
        let mut table = format!(
            "| law | rule | what holds | {} |\n|---|---|---|---|\n",
            self.machine
        );
        for row in &self.laws {
            let outcome = row.outcome.word();
            let (name, rule, text) = (row.name, row.rule, row.text);
            writeln!(table, "| `{name}` | {rule} | {text} | {outcome} |").expect("a string grows");
        }
        table
    }
}

/// Writes down what shows a breach.
pub(super) fn counterexample(
    machine: &str,
    law: &MachineLaw,
    budget: &Budget,
    shown: &Shown,
    seed: u64,
) -> Counterexample {
    let name = format!("{}-{machine}-{seed}", law.name).to_lowercase();
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    let name: String = name
        .chars()
        .map(|it| if is_plain(it) { it } else { '-' })
        .collect();
    let folder = budget.folder.as_ref().map(|folder| folder.join(name));
    let repro = format!(
        "{machine} breaks {}: {}\n\n{}\n\nIn: {}, cut down to {} records\nAgain: {}\nThe records: orch -S history.jsonl replay\n",
        law.name,
        law.text(),
        shown.what,
        shown.known.name,
        shown.known.records.len(),
        budget.again(law, seed),
    );
    let written = folder.filter(|folder| write(folder, &repro, &shown.known.records).is_ok());
    Counterexample {
        what: shown.what.clone(),
        input: None,
        seed,
        folder: written,
    }
}

fn write(folder: &Path, repro: &str, records: &[Record]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("REPRO.txt"), repro)?;
    let lines = records
        .iter()
        .map(|record| format!("{}\n", record.as_line()));
    fs::write(folder.join("history.jsonl"), lines.collect::<String>())
}
