//! Every lint has a minimal log that raises it, and one that is a record away and does not.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use orch_core::lint::{Claim, Finding, Kind, Lint, Linter, Report, lint};
use orch_core::mission::Mission;
use orch_core::record::{Record, read_lines};
use serde_json::Value;

fn path(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint");
    fixtures.join(format!("{name}.jsonl"))
}

/// Reads the log of a fixture.
pub(crate) fn read(name: &str) -> Vec<Record> {
    let path = path(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reading = read_lines(&bytes);
    assert!(reading.bad.is_empty(), "{name}: {:?}", reading.bad);
    reading.records
}

/// What the other journal of a fixture says about each task; nothing if there is none.
fn claims(lint: Lint) -> Vec<Claim> {
    let name = format!("{}.against", lint.as_str());
    if !path(&name).is_file() {
        return Vec::new();
    }
    let mission = Mission::fold(&read(&name));
    mission.tasks().map(|task| Claim::of(&task)).collect()
}

fn report(records: &[Record], claims: &[Claim]) -> Report {
    let mut linter = Linter::new();
    for record in records {
        linter.push(record);
    }
    linter.finish(claims)
}

/// What a record says, without its position, id and time.
fn said(record: &Record) -> Value {
    let mut line: Value = serde_json::from_str(record.as_line()).unwrap();
    let fields = line.as_object_mut().unwrap();
    for field in ["seq", "id"] {
        fields.remove(field);
    }
    // A moment is what a log about clocks says.
    if fields["kind"] != "note" {
        fields.remove("at");
    }
    line
}

/// Whether one record was added, left out or replaced.
fn is_one_away(one: &[Record], other: &[Record]) -> bool {
    let (one, other): (Vec<Value>, Vec<Value>) = (
        one.iter().map(said).collect(),
        other.iter().map(said).collect(),
    );
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let longer = one.len().max(other.len());
    let rest = |records: &[Value], by: usize| records.get(same + by..).map(<[Value]>::to_vec);
    match one.len().abs_diff(other.len()) {
        0 => same < longer && rest(&one, 1) == rest(&other, 1),
        1 if one.len() > other.len() => rest(&one, 1) == rest(&other, 0),
        1 => rest(&one, 0) == rest(&other, 1),
        _ => false,
    }
}

// spec: COMPLETE-1, COMPLETE-3, DEP-3, COUNT-1, PLAN-1, FOLD-4, ID-1, TIME-2, FENCE-1, RETRY-1
// spec: CORRECT-1, NOTE-1, NAME-2, SHUT-2, TIME-1, ORDER-1
#[test]
fn every_lint_is_raised_by_its_log_and_not_by_the_one_a_record_away() {
    for &lint in Lint::ALL {
        let (word, kind) = (lint.as_str(), Kind::Lint(lint));
        let (log, near) = (read(word), read(&format!("{word}.near")));
        let claims = claims(lint);
        assert_eq!(lint.is_divergence(), !claims.is_empty(), "{word}");
        let raised = report(&log, &claims);
        assert_eq!(raised.count(kind), 1, "{word}: {raised:#?}");
        let missed = report(&near, &claims);
        assert_eq!(missed.count(kind), 0, "{word}: {missed:#?}");
        assert!(is_one_away(&log, &near), "{word}");
    }
}

#[test]
fn every_finding_names_records_of_the_log() {
    for &lint in Lint::ALL {
        let log = read(lint.as_str());
        let report = report(&log, &claims(lint));
        assert!(!report.findings.is_empty());
        for finding in &report.findings {
            for seq in finding.seq.iter().chain(&finding.because) {
                let known = log.iter().any(|record| record.seq() == *seq);
                assert!(known, "{}: {finding:?}", lint.as_str());
            }
        }
    }
}

// spec: FOLD-1
#[test]
fn what_the_fold_reports_is_found_once_under_its_code_or_the_lint_that_refines_it() {
    for &of in Lint::ALL {
        let log = read(of.as_str());
        let mission = Mission::fold(&log);
        let found = lint(&log).findings;
        for anomaly in mission.anomalies() {
            let tells = |kind: Kind| match kind {
                Kind::Code(code) => code == anomaly.code,
                Kind::Lint(lint) => lint.refines() == Some(anomaly.code),
            };
            let told = found
                .iter()
                .filter(|one| one.seq == Some(anomaly.seq) && tells(one.kind));
            assert_eq!(told.count(), 1, "{}: {anomaly:?}", of.as_str());
        }
    }
}

/// One finding as a line.
fn told(page: &mut String, finding: &Finding) {
    let word = finding.kind.as_str();
    let seq = finding
        .seq
        .map_or_else(|| "-".to_owned(), |seq| seq.to_string());
    write!(page, "  {seq} {word}: {}", finding.detail).unwrap();
    let because: Vec<String> = finding.because.iter().map(ToString::to_string).collect();
    write!(page, " [{}]", because.join(" ")).unwrap();
    if let Some(task) = &finding.task {
        write!(page, " on {task}").unwrap();
    }
    if finding.n != 1 {
        write!(page, ", {} times", finding.n).unwrap();
    }
    if let Some(row) = finding.claim_row {
        write!(page, ", row {row}").unwrap();
    }
    page.push('\n');
}

// spec: FOLD-3
#[test]
fn what_is_found_in_each_log_and_in_the_one_a_record_away() {
    let mut page = String::new();
    for &lint in Lint::ALL {
        for name in [lint.as_str().to_owned(), format!("{}.near", lint.as_str())] {
            let report = report(&read(&name), &claims(lint));
            writeln!(page, "{name}, {} records", report.n_records).unwrap();
            for finding in &report.findings {
                told(&mut page, finding);
            }
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn findings_stand_by_kind_the_worst_and_most_frequent_first() {
    for &of in Lint::ALL {
        let report = report(&read(of.as_str()), &claims(of));
        let groups = report.groups();
        let n: usize = groups.iter().map(|group| group.findings.len()).sum();
        assert_eq!(n, report.findings.len());
        for group in &groups {
            assert_eq!(group.findings.len(), report.count(group.kind));
            assert!(group.findings.iter().all(|one| one.kind == group.kind));
        }
        for pair in groups.windows(2) {
            let rank = |at: usize| {
                (
                    pair[at].kind.severity(),
                    std::cmp::Reverse(pair[at].findings.len()),
                )
            };
            assert!(rank(0) <= rank(1), "{}", of.as_str());
        }
    }
}
