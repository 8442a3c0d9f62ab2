//! A file that may be a journal: its head is read to tell what it is.

use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use orch_core::record::{RecordError, read_lines};
use orch_import::{Sniffed, sniff};
use serde::de::IgnoredAny;

use crate::error::{CliError, ErrorCode};

/// How much is read to tell what a file is.
const HEAD_BYTES: u64 = 256 * 1024;

/// What a file holds.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Records of orch.
    Own,
    /// Rows of another tool.
    Foreign(Sniffed),
}

/// An opened file.
pub(crate) struct File {
    name: String,
    path: PathBuf,
    head: Vec<u8>,
    rest: Box<dyn Read>,
    n_bytes: u64,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl File {
    /// Opens a file, or standard input for `-`, and reads its head.
    ///
    /// # Errors
    /// When it does not exist or cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        if path == Path::new("-") {
            return Self::of("standard input".to_owned(), path, Box::new(io::stdin()), 0);
        }
        let name = path.display().to_string();
        let missing = |error: io::Error| {
            if error.kind() == io::ErrorKind::NotFound {
                return CliError::new(ErrorCode::StoreMissing, format!("there is no file {name}"))
                    .hint("orch help formats");
            }
            CliError::io(format!("cannot open {name}"), &error)
        };
        let file = fs::File::open(path).map_err(missing)?;
        let n_bytes = file.metadata().map_or(0, |metadata| metadata.len());
        Self::of(name.clone(), path, Box::new(file), n_bytes)
    }

    fn of(
        name: String,
        path: &Path,
        mut rest: Box<dyn Read>,
        n_bytes: u64,
    ) -> Result<Self, CliError> {
        let mut head = Vec::new();
        (&mut rest)
            .take(HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(|error| CliError::io(format!("cannot read {name}"), &error))?;
        Ok(Self {
            name,
            path: path.to_owned(),
            n_bytes: n_bytes.max(head.len() as u64),
            head,
            rest,
        })
    }

    /// Returns what a person calls it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns how big it is, as far as that is known.
    pub(crate) const fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Tells what it holds.
    ///
    /// # Errors
    /// When it is empty, binary, newer than this version or no journal.
    pub(crate) fn kind(&self) -> Result<Kind, CliError> {
        let name = &self.name;
        if self.head.trim_ascii().is_empty() {
            let what = format!("{name} is empty");
            return Err(CliError::new(ErrorCode::StoreEmpty, what).hint("orch help formats"));
        }
        if let Some(what) = shape(&self.head) {
            let what = format!("{name}: this is {what}, not one object a line");
            return Err(CliError::new(ErrorCode::StoreUnrecognised, what).hint("orch help formats"));
        }
        if let Some(sniffed) = sniff(&self.head, name) {
            return Ok(Kind::Foreign(sniffed));
        }
        let reading = read_lines(&self.head);
        let newer = reading.bad.iter().find_map(|bad| newer(&bad.error));
        if !reading.records.is_empty() || newer.is_some() {
            return Ok(Kind::Own);
        }
        let unrecognised = |what: String| {
            CliError::new(ErrorCode::StoreUnrecognised, what)
                .evidence("expected: one JSON object a line, records of orch or of a known tool")
                .hint("orch help formats")
        };
        if let Some(at) = self.head.iter().position(|&byte| byte == 0) {
            return Err(unrecognised(format!("{name} is binary: byte {at} is zero")));
        }
        let error = unrecognised(format!("{name} is no journal that orch knows"));
        Err(match reading.bad.first() {
            Some(bad) => error.evidence(format!("line {}: {}", bad.line, bad.error)),
            None => error,
        })
    }

    /// Returns a reader of the whole file, its head included.
    pub(crate) fn into_reader(self) -> Box<dyn BufRead> {
        Box::new(BufReader::with_capacity(
            1024 * 1024,
            Cursor::new(self.head).chain(self.rest),
        ))
    }
}

/// Names JSON that is no JSON Lines, by its first value.
///
/// Asked before the rows are: in an array with one object a line, each line looks like a row.
fn shape(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head = head.trim_ascii();
    let mut values = serde_json::Deserializer::from_slice(head).into_iter::<IgnoredAny>();
    let end = match values.next()? {
        Ok(_) => values.byte_offset(),
        // It goes on after the head, or is cut off.
        Err(error) if error.is_eof() => head.len(),
        Err(_) => return None,
    };
    let (first, rest) = head.split_at_checked(end)?;
    match first.first()? {
        b'[' if rest.trim_ascii().is_empty() => Some("one JSON array"),
        b'{' if first.contains(&b'\n') => Some("one JSON value over several lines"),
        _ => None,
    }
}

/// Returns the format that an error says is newer than known.
pub(super) const fn newer(error: &RecordError) -> Option<u32> {
    match error {
        RecordError::NewerFormat { found } => Some(*found),
        RecordError::Envelope { .. }
        | RecordError::Encoding { .. }
        | RecordError::Encode { .. }
        // The core may add errors; none of them is about the format.
        | _ => None,
    }
}

/// Lists the files of a folder that may be journals, by name.
pub(super) fn journals_in(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let failed =
        |error: io::Error| CliError::io(format!("cannot list {}", folder.display()), &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_journal = path
            .extension()
            .is_some_and(|extension| extension == "jsonl");
        if is_journal && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
