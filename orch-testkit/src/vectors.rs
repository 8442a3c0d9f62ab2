//! Golden logs for ports to other languages: what every record comes to, and what every rule refuses.
//!
//! ```text
//! told, recorded and drawn logs ─▶ those that show something new, cut where it shows ─▶ logs/NAME.jsonl
//!                                    every record of them, by the oracle ─▶ logs/NAME.expected.jsonl
//! commands put to drawn missions ─▶ the shortest log for each refusal ─▶ refusals.jsonl
//! ```
//! The form is described in the `README.md` that is written with them. They are the same in each run.

mod choose;
mod refusals;
mod told;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use orch_core::fold::Outcome;
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_core::rules::RULES_VERSION;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::corpus::Story;
use crate::oracle::{self, Facts};

pub use choose::NEVER_SHOWN;
pub use refusals::Refusal;

/// What the files are, in words.
const README: &str = include_str!("vectors/README.md");

/// A file, by its path below the folder of the vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// What is where.
#[derive(Debug, Serialize)]
struct Index {
    schema: &'static str,
    /// The version of the rules that the logs are judged by.
    rules: u32,
    logs: Vec<Entry>,
    refusals: usize,
    covers: Covers,
}

/// One log.
#[derive(Debug, Serialize)]
struct Entry {
    name: String,
    records: usize,
    lines_sha256: String,
}

/// What the logs show, and the refusals.
#[derive(Debug, Serialize)]
struct Covers {
    kinds: Vec<String>,
    codes: Vec<String>,
    rules: Vec<String>,
    statuses: Vec<String>,
    refusals: Vec<String>,
}

/// What one record comes to.
#[derive(Debug, Serialize)]
struct Expected<'a> {
    seq: u64,
    outcome: &'static str,
    /// What is wrong with the record, by code.
    codes: BTreeSet<&'a str>,
    phase: &'a str,
    state: &'a Facts,
    lines_sha256: String,
    state_sha256: String,
}

/// Makes all files, in the order of their paths but for the index, which is first.
pub fn files() -> Vec<File> {
    let (stories, shown) = choose::logs();
    let refusals = refusals::find();
    let mut files = Vec::new();
    let mut logs = Vec::new();
    for story in &stories {
        let (lines, expected, digest) = told(story);
        logs.push(Entry {
            name: story.name.clone(),
            records: story.records.len(),
            lines_sha256: digest,
        });
        files.push(file(&format!("logs/{}.jsonl", story.name), lines));
        files.push(file(
            &format!("logs/{}.expected.jsonl", story.name),
            expected,
        ));
    }
    let of = |what: &str| -> Vec<String> {
        let items = shown.iter().filter_map(|item| item.strip_prefix(what));
        items.map(str::to_owned).collect()
    };
    let index = Index {
        schema: "orch.vectors/1",
        rules: RULES_VERSION,
        logs,
        refusals: refusals.len(),
        covers: Covers {
            kinds: of("kind "),
            codes: of("code "),
            rules: of("rule "),
            statuses: of("status "),
            refusals: refusals.iter().map(|it| it.code.clone()).collect(),
        },
    };
    let index = serde_json::to_string_pretty(&index).unwrap();
    let lines = refusals.iter().map(line).collect();
    files.push(file("refusals.jsonl", lines));
    files.push(file("README.md", README.to_owned()));
    files.insert(0, file("index.json", index + "\n"));
    files
}

/// Writes all files below a folder, and returns how many.
///
/// # Errors
/// When a folder or a file cannot be written.
pub fn write(folder: &Path) -> io::Result<usize> {
    let files = files();
    fs::create_dir_all(folder.join("logs"))?;
    for file in &files {
        fs::write(folder.join(&file.path), &file.text)?;
    }
    Ok(files.len())
}

fn file(path: &str, text: String) -> File {
    let path = path.to_owned();
    File { path, text }
}

fn line(of: &impl Serialize) -> String {
    serde_json::to_string(of).unwrap() + "\n"
}

fn hex(digest: &[u8]) -> String {
    let mut text = String::new();
    for byte in digest {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// The lines of a log, what each comes to, and the digest of all lines.
fn told(story: &Story) -> (String, String, String) {
    let (mut lines, mut expected, mut digest) = (String::new(), String::new(), String::new());
    let mut mission = Mission::new();
    let mut sha = Sha256::new();
    for (at, record) in story.records.iter().enumerate() {
        let written = format!("{}\n", record.as_line());
        sha.update(written.as_bytes());
        lines.push_str(&written);
        digest = hex(&sha.clone().finalize());
        let outcome = mission.apply(record).outcome;
        let log = story.records.get(..=at).unwrap_or_default();
        let facts = oracle::facts(log);
        expected.push_str(&line(&Expected {
            seq: record.seq().0,
            outcome: word(outcome),
            codes: codes(&mission, record),
            phase: &facts.phase,
            state: &facts,
            lines_sha256: digest.clone(),
            state_sha256: hex(&Sha256::digest(canonical(&facts).as_bytes())),
        }));
    }
    (lines, expected, digest)
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Changed => "changed",
        Outcome::Fenced => "fenced",
        Outcome::Ignored | _ => "ignored",
    }
}

/// What is wrong with a record: what it was marked with, and why it came too late.
fn codes(mission: &Mission, record: &Record) -> BTreeSet<&'static str> {
    let marks = mission.anomalies().iter().map(|it| (it.seq, it.code));
    let late = mission.late_evidence().iter().map(|it| (it.seq, it.code));
    let of = marks.chain(late).filter(|(seq, _)| *seq == record.seq());
    of.map(|(_, code)| code.as_str()).collect()
}

/// A state as compact JSON with its keys in order, whatever order a map of another crate keeps.
fn canonical(facts: &Facts) -> String {
    fn walk(value: &Value, text: &mut String) {
        match value {
            Value::Object(object) => {
                let mut keys: Vec<&String> = object.keys().collect();
                keys.sort();
                text.push('{');
                for (n, key) in keys.into_iter().enumerate() {
                    text.push_str(if n > 0 { "," } else { "" });
                    write!(text, "{}:", Value::from(key.as_str())).unwrap();
                    walk(&object[key], text);
                }
                text.push('}');
            }
            Value::Array(array) => {
                text.push('[');
                for (n, item) in array.iter().enumerate() {
                    text.push_str(if n > 0 { "," } else { "" });
                    walk(item, text);
                }
                text.push(']');
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                write!(text, "{value}").unwrap();
            }
        }
    }
    let mut text = String::new();
    walk(&serde_json::to_value(facts).unwrap(), &mut text);
    text
}
