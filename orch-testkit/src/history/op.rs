//! What was asked and answered, and when.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It never ended: who asked is gone. It may have had its effect.
    Invoke,
    /// It was answered.
    Ok,
    /// It had no effect, for certain.
    Fail,
    /// Nobody knows whether it had its effect; who asked asks nothing more.
    Info,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// To append a batch to a stream.
    Append,
    /// To read a stream from its start, or all of them.
    Read,
    /// To be told what comes next in a stream, or in all of them.
    Sub,
}

/// One call of one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Its number in the history.
    pub i: u64,
    /// Who asked, one thing at a time.
    #[serde(rename = "p")]
    pub process: u32,
    /// When it was asked, in nanoseconds of one clock.
    pub t0: u64,
    /// When it ended; `None` if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub t1: Option<u64>,
    /// How it ended.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What was asked for.
    #[serde(rename = "f")]
    pub call: Call,
    /// The stream; `None` for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// The version of the stream that an append expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// The ids of the events of an append; each is used once in a history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<u64>,
    /// The version of the stream after an append, or the one that an append failed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The ids that were read or told, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value: Vec<u64>,
}

impl Op {
    /// Whether it ended before another was asked.
    pub fn is_before(&self, other: &Self) -> bool {
        self.t1.is_some_and(|t1| t1 < other.t0)
    }
}

/// A history, and the log that it left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// What was asked.
    pub ops: Vec<Op>,
    /// The stream and the id of every event that is on record at the end, in the order of the journal.
    pub log: Vec<(String, u64)>,
}

impl History {
    /// Writes it down: each call as a line, then the log as one.
    pub fn to_jsonl(&self) -> String {
        let mut text = String::new();
        for op in &self.ops {
            let line = serde_json::to_string(op).unwrap();
            writeln!(text, "{line}").unwrap();
        }
        let log = serde_json::to_string(&self.log).unwrap();
        writeln!(text, "{{\"log\":{log}}}").unwrap();
        text
    }

    /// Reads what was written down.
    ///
    /// # Errors
    /// When a line is neither a call nor the log.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Log {
            log: Vec<(String, u64)>,
        }
        let mut history = Self::default();
        for line in text.lines() {
            if let Ok(Log { log }) = serde_json::from_str(line) {
                history.log = log;
            } else {
                history.ops.push(serde_json::from_str(line)?);
            }
        }
        Ok(history)
    }
}
