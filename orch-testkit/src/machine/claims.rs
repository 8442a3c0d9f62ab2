//! What a machine claims: which logs it folds, and what of the state it shows.
//!
//! A claim is tested; what is not claimed is neither asked for nor compared, and the report says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use orch_core::record::Record;
use serde::{Deserialize, Serialize};

use crate::oracle::{AttemptFacts, Facts, Standing, TaskFacts};

/// Which logs a machine folds. Each includes those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logs {
    /// Logs of which every record was accepted: no rule forbids any of them.
    #[default]
    Clean,
    /// Those, and reports that came too late and must change nothing (FENCE-1).
    Late,
    /// Any log, imported and anomalous ones too (FOLD-4).
    Any,
}

impl Logs {
    /// Returns what a log is, by what is wrong with its records.
    pub fn of(facts: &Facts) -> Self {
        let worst = facts.records.values().map(|it| it.standing);
        match worst.fold(Self::Clean, |class, standing| {
            class.max(Self::with(standing))
        }) {
            Self::Clean => Self::Clean,
            Self::Late => Self::Late,
            Self::Any => Self::Any,
        }
    }

    const fn with(standing: Standing) -> Self {
        match standing {
            Standing::Clean => Self::Clean,
            Standing::Evidence => Self::Late,
            Standing::Marked | Standing::Ignored => Self::Any,
        }
    }
}

macro_rules! parts {
    ($($part:ident = $word:literal, $text:literal;)*) => {
        /// A part of the state that a machine can show, by its place in [`Facts`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Part {
            $(#[doc = $text] #[serde(rename = $word)] $part,)*
        }

        impl Part {
            /// Every part.
            pub const ALL: &'static [Self] = &[$(Self::$part,)*];

            /// Returns its word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$part => $word,)* }
            }

            /// Returns what it is, in a sentence.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$part => $text,)* }
            }
        }
    };
}

parts! {
    Status = "tasks.status", "The status of each task.";
    Attempts = "tasks.attempts", "Each attempt at each task: its owner and its stage.";
    Liveness = "tasks.attempts.liveness", "Whether the owner of an attempt in flight is there, as far as clocks tell.";
    LateSigns = "tasks.attempts.late_signs", "How many signs of life of an attempt came too late.";
    Token = "tasks.token", "The open attempt that holds the token of each task.";
    Gates = "tasks.gates", "The gates of each task: status, holder, staleness.";
    Needs = "tasks.needs", "The tasks that each task needs, and whether each need is met.";
    Ready = "tasks.ready", "Whether each task can be handed out.";
    Counters = "tasks.counters", "Failures, crashes, blocks, review rounds and attempts without progress of each task.";
    LastError = "tasks.last_error", "The last error of each task, and the record that holds it.";
    Remaining = "tasks.remaining", "What the last partial handoff of each task left to do.";
    SupersededBy = "tasks.superseded_by", "The task under which each task goes on.";
    Agents = "agents", "The status of every incarnation.";
    Records = "records", "What is wrong with the records.";
    Owed = "owed", "What is owed, by whom and since when.";
    Unread = "unread", "The results that nobody has read.";
    Undeliverable = "undeliverable", "The messages that reached nobody.";
    InFlight = "in_flight", "How many attempts are dispatched or started.";
    Phase = "phase", "The phase of the mission.";
    Forced = "forced", "Whether the close of the mission was forced.";
    Counts = "counts", "How many tasks are in each status.";
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a machine takes beside the records of its own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// A record that it has folded already.
    Duplicates,
    /// A record of another mission.
    Foreign,
    /// A record of a kind that nobody knows.
    Unknown,
}

/// What a machine claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Which logs it folds.
    #[serde(default)]
    pub logs: Logs,
    /// What it shows.
    pub shows: BTreeSet<Part>,
    /// The kinds of records it folds, each with the fields of their data that it knows: `status`, or
    /// `status=done` for one value of it, or `*` for all of them. Without this it folds all kinds.
    #[serde(default)]
    pub kinds: Option<BTreeMap<String, Vec<String>>>,
    /// What it takes beside the records of its own log.
    #[serde(default)]
    pub takes: BTreeSet<Takes>,
    /// Whether it writes and reads snapshots.
    #[serde(default)]
    pub snapshots: bool,
    /// Whether it decides commands.
    #[serde(default)]
    pub decides: bool,
}

impl Claims {
    /// Claims everything but snapshots and decisions.
    pub fn everything() -> Self {
        Self {
            logs: Logs::Any,
            shows: Part::ALL.iter().copied().collect(),
            kinds: None,
            takes: [Takes::Duplicates, Takes::Foreign, Takes::Unknown].into(),
            snapshots: false,
            decides: false,
        }
    }

    /// Claims to show these parts of clean logs, and nothing else.
    pub fn showing(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            shows: parts.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Claims a wider class of logs.
    #[must_use]
    pub fn on(mut self, logs: Logs) -> Self {
        self.logs = logs;
        self
    }

    /// Claims records of one kind more, with these fields; before the first, all kinds are claimed.
    #[must_use]
    pub fn kind(mut self, kind: &str, fields: &[&str]) -> Self {
        let fields = fields.iter().map(|it| (*it).to_owned()).collect();
        let kinds = self.kinds.get_or_insert_default();
        kinds.insert(kind.to_owned(), fields);
        self
    }

    /// Whether it shows a part.
    pub fn shows(&self, part: Part) -> bool {
        self.shows.contains(&part)
    }

    /// Whether it folds a record, by its kind and by what its data says.
    pub fn permits(&self, record: &Record) -> bool {
        let Some(kinds) = &self.kinds else {
            return true;
        };
        let Some(fields) = kinds.get(record.event().kind()) else {
            return false;
        };
        let line: serde_json::Value = serde_json::from_str(record.as_line()).unwrap_or_default();
        let data = line.get("data").and_then(serde_json::Value::as_object);
        let knows = |key: &str, value: &serde_json::Value| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let exact = format!("{key}={text}");
            let is_it = |field: &String| field == "*" || field == key || *field == exact;
            value.is_null() || fields.iter().any(is_it)
        };
        data.is_some_and(|data| data.iter().all(|(key, value)| knows(key, value)))
    }

    /// Leaves out of a state what is not claimed.
    #[must_use]
    pub fn mask(&self, facts: &Facts) -> Facts {
        let kept = |part, value: &dyn Fn(&mut Facts), into: &mut Facts| {
            if self.shows(part) {
                value(into);
            }
        };
        let mut shown = Facts::default();
        let of_tasks = |part: &Part| part.as_str().starts_with("tasks.");
        if self.shows.iter().any(of_tasks) {
            let tasks = facts.tasks.iter();
            shown.tasks = tasks.map(|(id, it)| (id.clone(), self.task(it))).collect();
        }
        kept(
            Part::Agents,
            &|it| it.agents.clone_from(&facts.agents),
            &mut shown,
        );
        kept(
            Part::Records,
            &|it| it.records.clone_from(&facts.records),
            &mut shown,
        );
        kept(
            Part::Owed,
            &|it| it.owed.clone_from(&facts.owed),
            &mut shown,
        );
        kept(
            Part::Unread,
            &|it| it.unread.clone_from(&facts.unread),
            &mut shown,
        );
        let undeliverable = |it: &mut Facts| it.undeliverable.clone_from(&facts.undeliverable);
        kept(Part::Undeliverable, &undeliverable, &mut shown);
        kept(
            Part::InFlight,
            &|it| it.in_flight = facts.in_flight,
            &mut shown,
        );
        kept(
            Part::Phase,
            &|it| it.phase.clone_from(&facts.phase),
            &mut shown,
        );
        kept(Part::Forced, &|it| it.forced = facts.forced, &mut shown);
        kept(
            Part::Counts,
            &|it| it.counts.clone_from(&facts.counts),
            &mut shown,
        );
        shown
    }

    fn task(&self, facts: &TaskFacts) -> TaskFacts {
        let mut shown = facts.clone();
        let has = |part| self.shows(part);
        if !has(Part::Status) {
            shown.status.clear();
        }
        if !has(Part::Attempts) && !has(Part::Liveness) && !has(Part::LateSigns) {
            shown.attempts.clear();
        }
        for attempt in shown.attempts.values_mut() {
            self.attempt(attempt);
        }
        shown.token = shown.token.filter(|_| has(Part::Token));
        if !has(Part::Gates) {
            shown.gates.clear();
        }
        if !has(Part::Needs) {
            shown.needs.clear();
        }
        shown.ready &= has(Part::Ready);
        if !has(Part::Counters) {
            shown.counters = [0; 5];
        }
        shown.last_error = shown.last_error.filter(|_| has(Part::LastError));
        if !has(Part::Remaining) {
            shown.remaining.clear();
        }
        shown.superseded_by = shown.superseded_by.filter(|_| has(Part::SupersededBy));
        shown
    }

    fn attempt(&self, shown: &mut AttemptFacts) {
        if !self.shows(Part::Attempts) {
            shown.stage.clear();
        }
        shown.liveness = shown.liveness.take().filter(|_| self.shows(Part::Liveness));
        if !self.shows(Part::LateSigns) {
            shown.late_signs = 0;
        }
    }
}
