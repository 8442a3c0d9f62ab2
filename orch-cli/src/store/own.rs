//! Reading our own journals: every line is a record, or is named.

use std::collections::BTreeMap;

use orch_core::ids::MissionId;
use orch_core::record::{FORMAT_VERSION, Record, read_lines};

use super::files::{File, newer};
use crate::error::{CliError, ErrorCode};
use crate::ui::Ui;

/// How much is read between two looks at the progress bar.
const CHUNK_BYTES: usize = 1024 * 1024;

/// How the lines of a store's segment begin that are not records. A segment that is damaged can
/// still be read line by line, as a journal without checksums.
const SEGMENT_LINES: [&[u8]; 2] = [b"{\"orch_segment\":", b"{\"orch_commit\":"];

/// A line that is not a record.
#[derive(Debug, Clone)]
pub(crate) struct Bad {
    /// The file.
    pub(crate) file: String,
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// What is wrong with it; may quote it.
    pub(crate) problem: String,
    /// Whether it is the last line and cut off.
    pub(crate) is_torn: bool,
}

/// What a journal holds.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// The records of each mission, in the order of their log.
    pub(crate) missions: BTreeMap<MissionId, Vec<Record>>,
    /// The lines that are not records.
    pub(crate) bad: Vec<Bad>,
}

/// Reads a journal of orch.
///
/// # Errors
/// When it cannot be read, or a record is in a newer format.
pub(crate) fn read_own(file: File, ui: &Ui) -> Result<Own, CliError> {
    let name = file.name().to_owned();
    let mut progress = ui.progress(file.n_bytes());
    let mut reader = file.into_reader();
    let mut own = Own::default();
    let (mut n_lines, mut n_bytes) = (0_u64, 0_u64);
    loop {
        let chunk = read_chunk(&mut *reader)
            .map_err(|error| CliError::io(format!("cannot read {name}"), &error))?;
        if chunk.is_empty() {
            return Ok(own);
        }
        let reading = read_lines(&chunk);
        for record in reading.records {
            let mission = &record.envelope().mission;
            match own.missions.get_mut(mission) {
                Some(records) => records.push(record),
                None => {
                    own.missions.insert(mission.clone(), vec![record]);
                }
            }
        }
        for bad in reading.bad {
            let line = n_lines.saturating_add(bad.line);
            if let Some(found) = newer(&bad.error) {
                return Err(newer_format(&name, line, found));
            }
            own.bad.push(Bad {
                file: name.clone(),
                line,
                problem: bad.error.to_string(),
                is_torn: bad.torn,
            });
        }
        let ends = chunk.split(|&byte| byte == b'\n').count().saturating_sub(1);
        n_lines = n_lines.saturating_add(ends as u64);
        n_bytes = n_bytes.saturating_add(chunk.len() as u64);
        progress.at(n_bytes);
    }
}

/// Reads whole lines, as many as make up a chunk.
fn read_chunk(reader: &mut dyn std::io::BufRead) -> std::io::Result<Vec<u8>> {
    let mut chunk = Vec::new();
    while chunk.len() < CHUNK_BYTES {
        let before = chunk.len();
        if reader.read_until(b'\n', &mut chunk)? == 0 {
            break;
        }
        let line = chunk.get(before..).unwrap_or_default();
        if SEGMENT_LINES.iter().any(|begin| line.starts_with(begin)) {
            // An empty line in its place keeps the count.
            chunk.truncate(before);
            chunk.push(b'\n');
        }
    }
    Ok(chunk)
}

fn newer_format(name: &str, line: u64, found: u32) -> CliError {
    CliError::new(
        ErrorCode::NewerFormat,
        format!("{name} has records of format {found}; this orch knows up to {FORMAT_VERSION}"),
    )
    .evidence(format!("line {line} is the first"))
    .hint("orch --version")
}
