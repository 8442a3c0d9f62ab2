//! Reading a whole log: every line becomes a record or is named as bad.

use super::{Record, RecordError};

/// A line that is not a record.
#[derive(Debug, Clone)]
pub struct BadLine {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub error: RecordError,
    /// Whether it is the last line and has no line end: a write that was cut off.
    pub torn: bool,
}

/// What reading a log gave.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The records, in the order of the lines.
    pub records: Vec<Record>,
    /// The lines that are no records.
    pub bad: Vec<BadLine>,
    /// The lines that are empty, which are neither.
    pub blank: u64,
}

/// Reads JSON Lines; never fails, never drops a line without saying so (FOLD-1).
// spec: FOLD-1
pub fn read_lines(bytes: &[u8]) -> Reading {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reading = Reading::default();
    let ends_whole = bytes.last().is_none_or(|&byte| byte == b'\n');
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if body.is_empty() {
        return reading;
    }
    let mut lines = body.split(|&byte| byte == b'\n').zip(1_u64..).peekable();
    while let Some((text, line)) = lines.next() {
        if text.trim_ascii().is_empty() {
            reading.blank = reading.blank.saturating_add(1);
            continue;
        }
        match Record::parse(text) {
            Ok(record) => reading.records.push(record),
            Err(error) => {
                let torn = lines.peek().is_none() && !ends_whole;
                reading.bad.push(BadLine { line, error, torn });
            }
        }
    }
    reading
}
