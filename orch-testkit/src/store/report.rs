//! Which laws hold for which stores, as JSON and as a table.

use std::fmt::Write as _;
use std::time::Instant;

use serde::Serialize;

use super::claims::claims;
use super::hold::judge;
use super::law::{Law, Outcome};
use super::laws::LAWS;
use super::under_test::Subject;
use super::worker::WorkerSpec;

/// How every law came out for some stores.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The version of the kit that held them.
    pub version: &'static str,
    /// The stores, by name.
    pub stores: Vec<String>,
    /// A row for each law.
    pub laws: Vec<Row>,
}

/// How one law came out.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its number.
    pub number: u16,
    /// Its name.
    pub name: &'static str,
    /// What holds.
    pub text: &'static str,
    /// How it came out for each store.
    pub outcomes: Vec<Outcome>,
    /// How long it took for each, in milliseconds.
    pub took_ms: Vec<u128>,
}

impl Report {
    /// Holds stores against every law; each comes with its worker.
    pub fn on(stores: &[(&dyn Subject, Option<WorkerSpec>)]) -> Self {
        let row = |law: &Law| {
            let timed = stores.iter().map(|(store, worker)| {
                let begun = Instant::now();
                let outcome = judge(*store, law, worker.clone());
                (outcome, begun.elapsed().as_millis())
            });
            let (outcomes, took_ms) = timed.unzip();
            Row {
                number: law.number,
                name: law.name,
                text: law.text,
                outcomes,
                took_ms,
            }
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            stores: stores
                .iter()
                .map(|(store, _)| store.name().to_owned())
                .collect(),
            laws: LAWS.iter().map(row).collect(),
        }
    }

    /// Says how it has to come out for stores that keep what they claim, without trying anything.
    pub fn claimed(stores: &[&dyn Subject]) -> Self {
        let outcome = |store: &dyn Subject, law: &Law| match claims(store, law.claim) {
            Ok(()) => Outcome::Held { cases: 0 },
            Err(what) => Outcome::NotClaimed { what },
        };
        let row = |law: &Law| Row {
            number: law.number,
            name: law.name,
            text: law.text,
            outcomes: stores.iter().map(|store| outcome(*store, law)).collect(),
            took_ms: vec![0; stores.len()],
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            stores: stores.iter().map(|store| store.name().to_owned()).collect(),
            laws: LAWS.iter().map(row).collect(),
        }
    }

    /// Returns what there is something to do about: the law, the store and how it came out.
    pub fn bad(&self) -> Vec<(&Row, &str, &Outcome)> {
        let mut found = Vec::new();
        for row in &self.laws {
            for (store, outcome) in self.stores.iter().zip(&row.outcomes) {
                if !outcome.is_good() {
                    found.push((row, store.as_str(), outcome));
                }
            }
        }
        found
    }

    /// Whether there is nothing to do about any of it.
    pub fn is_good(&self) -> bool {
        self.bad().is_empty()
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap()
    }

    /// Returns it as a table in Markdown, with the version of the kit below it.
    pub fn markdown(&self) -> String {
        let mut table = "| # | law | what holds |".to_owned();
        for store in &self.stores {
            write!(table, " {store} |").unwrap();
        }
        table.push_str("\n|---|---|---|");
        table.push_str(&"---|".repeat(self.stores.len()));
        table.push('\n');
        for row in &self.laws {
            write!(table, "| {} | `{}` | {} |", row.number, row.name, row.text).unwrap();
            for outcome in &row.outcomes {
                write!(table, " {} |", outcome.word()).unwrap();
            }
            table.push('\n');
        }
        writeln!(table, "\nHeld by `orch-testkit` {}.", self.version).unwrap();
        table
    }
}
