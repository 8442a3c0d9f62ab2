//! What the lints find, situation by situation, and what they pass over. Reviewed as texts.

mod claims;
mod ends;
mod imports;
mod work;

use std::fmt::Write as _;

use orch_core::lint::{Claim, Finding, Linter};
use orch_core::record::{Record, read_lines};
use serde_json::Value;

use crate::support::*;

/// A sentence, a log, and what a tracker claims about it.
type Situation = (&'static str, Vec<Record>, Vec<Claim>);

fn told(page: &mut String, finding: &Finding) {
    let seq = finding
        .seq
        .map_or_else(|| "-".to_owned(), |seq| seq.to_string());
    let task = finding.task.as_ref().map_or("-", |task| task.as_str());
    let because: Vec<String> = finding.because.iter().map(ToString::to_string).collect();
    let (kind, because) = (finding.kind.as_str(), because.join(" "));
    write!(page, "  {seq} {kind} {task} [{because}]").unwrap();
    if finding.n != 1 {
        write!(page, " {} times", finding.n).unwrap();
    }
    if let Some(row) = finding.claim_row {
        write!(page, " row {row}").unwrap();
    }
    writeln!(page, ": {}", finding.detail).unwrap();
}

fn page(situations: Vec<Situation>) -> String {
    let mut page = String::new();
    for (what, records, claims) in situations {
        let mut linter = Linter::new();
        for record in &records {
            linter.push(record);
        }
        writeln!(page, "# {what}").unwrap();
        for finding in &linter.finish(&claims).findings {
            told(&mut page, finding);
        }
    }
    page
}

fn of(what: &'static str, world: World) -> Situation {
    (what, world.records, Vec::new())
}

/// The records of a world, some of them with fields that an importer would have written.
pub(crate) fn imported(world: &World, fields: &[(usize, Value)]) -> Vec<Record> {
    let mut lines = String::new();
    for (n, record) in world.records.iter().enumerate() {
        let mut line: Value = serde_json::from_str(record.as_line()).unwrap();
        let own = line.as_object_mut().unwrap();
        for (_, more) in fields.iter().filter(|(seq, _)| *seq == n + 1) {
            own.extend(more.as_object().unwrap().clone());
        }
        writeln!(lines, "{line}").unwrap();
    }
    let reading = read_lines(lines.as_bytes());
    assert!(reading.bad.is_empty(), "{:?}", reading.bad);
    reading.records
}
