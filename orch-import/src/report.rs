//! The report: what became of every line, and what was odd.

pub(crate) mod odd;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orch_core::ids::{AgentName, AttemptNo, MissionId, TaskId};
use orch_core::lint::Claim;
use serde::Serialize;

use crate::format::{Family, Format};
use odd::{Finding, Oddity};

/// How many reasons a file keeps for lines that were not mapped; the numbers of all are kept.
const REASONS_MAX: usize = 1000;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The mission the records belong to.
    pub mission: MissionId,
    /// The tool whose journal it was.
    pub family: Family,
    /// All files together.
    pub total: Tally,
    /// Each file, in the order they were read.
    pub files: Vec<FileReport>,
    /// How dispatches and ends were paired, where the journal does not say which end is whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing: Option<Pairing>,
    /// By how many minutes event times differ from the times they should equal, and how often;
    /// anything but 0 is a clock that lies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub clock_shifts: BTreeMap<i64, u64>,
    /// What was odd, how often, and where.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub oddities: BTreeMap<Oddity, Finding>,
    /// What a snapshot says about each task, as it says it: the records tell what must have led to
    /// that, which is not the same when the work is on record elsewhere.
    #[serde(skip)]
    pub claims: Vec<Claim>,
}

impl Report {
    pub(crate) fn new(mission: MissionId, family: Family) -> Self {
        Self {
            mission,
            family,
            total: Tally::default(),
            files: Vec::new(),
            pairing: None,
            clock_shifts: BTreeMap::new(),
            oddities: BTreeMap::new(),
            claims: Vec::new(),
        }
    }

    /// Counts something odd; the example is only made while one more is wanted.
    pub(crate) fn odd(&mut self, oddity: Oddity, example: impl FnOnce() -> String) {
        self.oddities.entry(oddity).or_default().add(example);
    }

    /// Returns how often something odd was seen.
    pub fn count_of(&self, oddity: Oddity) -> u64 {
        self.oddities.get(&oddity).map_or(0, |found| found.count)
    }

    /// Sums the files up.
    pub(crate) fn close(&mut self) {
        self.total = Tally::default();
        for file in &self.files {
            self.total.add(&file.tally);
        }
    }
}

/// Counts of lines, bytes and records.
///
/// **Invariant:** `read = mapped + unknown + malformed + blank`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// Bytes read.
    pub bytes: u64,
    /// Lines read.
    pub read: u64,
    /// Lines that became records, or that repeat what another line says.
    pub mapped: u64,
    /// Lines of a kind that is not known, kept as they are.
    pub unknown: u64,
    /// Lines that could not be kept.
    pub malformed: u64,
    /// Lines that hold nothing.
    pub blank: u64,
    /// Records that were written.
    pub written: u64,
    /// Records that the destination had already.
    pub present: u64,
}

impl Tally {
    /// Returns whether every line read is accounted for.
    pub const fn adds_up(&self) -> bool {
        self.read == self.mapped + self.unknown + self.malformed + self.blank
    }

    const fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.read += other.read;
        self.mapped += other.mapped;
        self.unknown += other.unknown;
        self.malformed += other.malformed;
        self.blank += other.blank;
        self.written += other.written;
        self.present += other.present;
    }
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileReport {
    /// The name it was given.
    pub name: String,
    /// What it is.
    pub format: Format,
    /// How that was found out.
    pub why: String,
    /// Its counts.
    pub tally: Tally,
    /// Whether its last line is cut off; that line is then among the malformed ones.
    pub torn: bool,
    /// The lines kept as unknown.
    pub unknown: NamedLines,
    /// The lines that could not be kept.
    pub malformed: NamedLines,
}

impl FileReport {
    pub(crate) fn new(name: &str, format: Format, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            format,
            why: why.to_owned(),
            tally: Tally::default(),
            torn: false,
            unknown: NamedLines::default(),
            malformed: NamedLines::default(),
        }
    }
}

/// Lines by number, the first of them with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NamedLines {
    /// The number of each line, counted from 1.
    pub lines: Vec<u64>,
    /// Why, for the first 1,000 of them.
    pub reasons: Vec<LineReason>,
}

impl NamedLines {
    pub(crate) fn add(&mut self, line: u64, reason: String) {
        self.lines.push(line);
        if self.reasons.len() < REASONS_MAX {
            self.reasons.push(LineReason { line, reason });
        }
    }
}

/// Why one line was not mapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LineReason {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong with it; may quote the file, so it is not to be trusted.
    pub reason: String,
}

/// How dispatches and ends were paired.
///
/// An end closes the latest open dispatch of its worker on its task, else of its worker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pairing {
    /// Dispatches.
    pub dispatches: u64,
    /// Ends of any kind.
    pub ends: u64,
    /// Ends that closed a dispatch of their worker on their task.
    pub paired_by_task_and_worker: u64,
    /// Ends that closed a dispatch of their worker on another task.
    pub paired_by_worker: u64,
    /// Ends that closed nothing.
    pub unpaired: u64,
    /// Dispatches left open.
    pub open: u64,
    /// Dispatches that would be left open if only the worker counted.
    pub open_by_worker: u64,
    /// Dispatches that would be left open if task and worker both had to match.
    pub open_by_task_and_worker: u64,
    /// Each dispatch that no end names by task and worker, in the order of the log.
    pub never_ended: Vec<NeverEnded>,
}

/// A dispatch that no end names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NeverEnded {
    /// The task.
    pub task: TaskId,
    /// Who it was handed to.
    pub worker: AgentName,
    /// The attempt.
    pub attempt: AttemptNo,
    /// The line of the dispatch.
    pub line: u64,
    /// When it was handed out.
    pub at: DateTime<Utc>,
    /// Whether its worker ended another task instead, and so is not at it any more.
    pub worker_moved_on: bool,
}
