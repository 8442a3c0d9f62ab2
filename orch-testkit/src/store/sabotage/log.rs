//! The log of a plain file journal: made, appended to, read and mended.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use orch_core::ids::Seq;
use orch_core::record::Record;
use orch_store::cursor::{JournalId, Position};
use orch_store::error::StoreError;
use orch_store::journal::{Append, Expect};
use uuid::Uuid;

use super::file::{Wrong, write_synced};
use super::state::State;

/// The format of the log.
const FORMAT: u64 = 1;

/// A log that is open for writing.
#[derive(Debug)]
pub(super) struct Log {
    folder: PathBuf,
    file: File,
    end: End,
}

/// A place in a log, between two appends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct End {
    /// How many appends are before it.
    number: u64,
    /// How many bytes.
    length: u64,
    /// The sum of the last append.
    sum: u32,
}

/// What was read of a log.
pub(super) struct Scanned {
    id: JournalId,
    pub(super) state: State,
    end: End,
    /// The first line that is not what was written.
    pub(super) flaw: Option<StoreError>,
    /// Whether that line is the last.
    is_torn: bool,
}

/// Makes an empty log: beside its place, then with one step in it.
pub(super) fn create(folder: &Path, wrong: Option<Wrong>) -> Result<(), StoreError> {
    let path = folder.join("log");
    let head = format!("plain {FORMAT} {}", Uuid::new_v4());
    let head = format!("{head} {:08x}\n", crc32fast::hash(head.as_bytes()));
    let made = if wrong == Some(Wrong::MadeInPlace) {
        write_synced(&path, head.as_bytes())
    } else {
        let new = folder.join("log.new");
        write_synced(&new, head.as_bytes()).and_then(|()| fs::rename(&new, &path))
    };
    made.and_then(|()| match wrong {
        Some(Wrong::FolderUnsynced) => Ok(()),
        Some(_) | None => File::open(folder)?.sync_all(),
    })
    .map_err(|error| StoreError::io("create", &path, error))
}

/// Reads a log, and mends what a crash left.
pub(super) fn recover(
    folder: &Path,
    wrong: Option<Wrong>,
) -> Result<(JournalId, State, Log), StoreError> {
    let path = folder.join("log");
    let failed = |error| StoreError::io("read", &path, error);
    let bytes = fs::read(&path).map_err(failed)?;
    let Scanned {
        id,
        state,
        end,
        flaw,
        is_torn,
    } = scan(&path, &bytes, wrong)?;
    let acknowledged = End::read(folder);
    if let Some(flaw) = flaw {
        // Whatever was acknowledged is no torn end, however it looks.
        let is_mendable = is_torn && acknowledged.length <= end.length;
        match wrong {
            Some(Wrong::CutsDamage) => {}
            Some(Wrong::RefusesTornTail) => return Err(flaw),
            Some(_) | None if !is_mendable => return Err(flaw),
            Some(_) | None => {}
        }
    }
    if acknowledged.number > end.number && wrong != Some(Wrong::CutsDamage) {
        return Err(StoreError::Lost {
            witness: "the file of the end",
            seen: Position(acknowledged.number),
            found: Position(end.number),
        });
    }
    let mut file = OpenOptions::new()
        .append(true)
        .open(&path)
        .map_err(failed)?;
    let mended = cut(folder, &mut file, &bytes, end, wrong);
    let mended = mended.and_then(|()| match wrong {
        Some(Wrong::RewritesLog) => fs::write(&path, bytes.get(..length_of(end)).unwrap_or(&bytes)),
        // What a process wrote that died before its sync is about to be seen.
        Some(_) | None => file.sync_all(),
    });
    mended.map_err(|error| StoreError::io("mend", &path, error))?;
    let mut state = state;
    let folder = folder.to_owned();
    let mut log = Log { folder, file, end };
    if wrong == Some(Wrong::AdoptsOrphans)
        && let Some(orphans) = orphans(&bytes[usize::try_from(end.length).unwrap()..])
    {
        log.append(orphans.records(), wrong)?;
        state.take(orphans);
    }
    Ok((id, state, log))
}

/// Returns the records that stand whole in what was torn.
fn orphans(torn: &[u8]) -> Option<Append> {
    let text = std::str::from_utf8(torn).ok()?;
    let (_, list) = text.split_once('[')?;
    // Each comma may be the one behind the last whole record.
    let ends = list.rmatch_indices("\",").map(|(at, _)| at + 1);
    let whole = ends.filter_map(|end| serde_json::from_str(&format!("[{}]", &list[..end])).ok());
    let lines: Vec<String> = whole.into_iter().next()?;
    let records = lines.iter().map(|it| Record::parse(it.as_bytes()).ok());
    let records: Vec<Record> = records.collect::<Option<_>>()?;
    let first = records.first()?.seq();
    Append::new(Expect::head(Seq(first.0 - 1)), records).ok()
}

fn length_of(end: End) -> usize {
    usize::try_from(end.length).unwrap_or(usize::MAX)
}

/// Cuts off what was not written whole, and keeps it aside.
fn cut(
    folder: &Path,
    file: &mut File,
    bytes: &[u8],
    end: End,
    wrong: Option<Wrong>,
) -> io::Result<()> {
    let torn = bytes.get(length_of(end)..).unwrap_or_default();
    if torn.is_empty() {
        return Ok(());
    }
    if !matches!(wrong, Some(Wrong::TearsInSilence | Wrong::CutsDamage)) {
        write_synced(&folder.join("torn"), torn)?;
    }
    file.set_len(end.length)?;
    file.seek(SeekFrom::End(0))?;
    file.sync_all()
}

impl Log {
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes records as one append, and syncs them.
    pub(super) fn append(
        &mut self,
        records: &[Record],
        wrong: Option<Wrong>,
    ) -> Result<(), StoreError> {
        let path = self.folder.join("log");
        let (line, end) = self.end.line(records, wrong);
        let failed = |error| StoreError::io("write", &path, error);
        self.file.write_all(&line).map_err(failed)?;
        match wrong {
            Some(Wrong::AckBeforeSync) => {}
            Some(Wrong::SyncsAgain) => {
                let first = self.file.sync_data();
                first.or_else(|_| self.file.sync_data()).map_err(failed)?;
            }
            Some(_) | None => self.file.sync_data().map_err(failed)?,
        }
        self.end = end;
        // It may be behind after a crash: it says how much was there at least.
        end.write(&self.folder).map_err(failed)
    }
}

impl End {
    /// Returns the line of an append behind this place, and the place behind it.
    fn line(self, records: &[Record], wrong: Option<Wrong>) -> (Vec<u8>, Self) {
        let lines: Vec<&str> = records.iter().map(Record::as_line).collect();
        let body = serde_json::to_string(&lines).unwrap();
        let number = self.number + 1;
        let head = format!("{number} {} {}", records.len(), body.len());
        let sum = sum(self.sum, &head, &body, wrong);
        let line = format!("{head} {sum:08x} {body}\n").into_bytes();
        let length = self.length + line.len() as u64;
        let end = Self {
            number,
            length,
            sum,
        };
        (line, end)
    }

    /// Reads what was acknowledged at least; nothing if that cannot be read.
    fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("end")).unwrap_or_default();
        let mut words = text.split_whitespace();
        let (Some(number), Some(length), Some(found)) = (words.next(), words.next(), words.next())
        else {
            return Self::default();
        };
        let is_whole = format!(
            "{:08x}",
            crc32fast::hash(format!("{number} {length}").as_bytes())
        );
        match (number.parse(), length.parse()) {
            (Ok(number), Ok(length)) if is_whole == found => Self {
                number,
                length,
                sum: 0,
            },
            (_, _) => Self::default(),
        }
    }

    fn write(self, folder: &Path) -> io::Result<()> {
        let text = format!("{} {}", self.number, self.length);
        let sum = crc32fast::hash(text.as_bytes());
        let new = folder.join("end.new");
        fs::write(&new, format!("{text} {sum:08x}\n"))?;
        fs::rename(&new, folder.join("end"))
    }
}

fn sum(before: u32, head: &str, body: &str, wrong: Option<Wrong>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    if wrong != Some(Wrong::SumOfRecordsOnly) {
        hasher.update(&before.to_be_bytes());
        hasher.update(head.as_bytes());
    }
    hasher.update(body.as_bytes());
    hasher.finalize()
}

/// Reads a log up to its end, or to the first line that is not what was written.
pub(super) fn scan(path: &Path, bytes: &[u8], wrong: Option<Wrong>) -> Result<Scanned, StoreError> {
    let (id, length) = head(path, bytes, wrong)?;
    let mut read = Scanned {
        id,
        state: State::default(),
        end: End {
            length,
            ..End::default()
        },
        flaw: None,
        is_torn: false,
    };
    loop {
        let begin = usize::try_from(read.end.length).unwrap_or(usize::MAX);
        let rest = bytes.get(begin..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(read);
        }
        let length = rest.iter().position(|it| *it == b'\n');
        let line = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        match parse(line, read.end, wrong).filter(|_| length.is_some()) {
            // Whoever believes the number without a sum over it has that append already.
            Some((_, end)) if end.number <= read.end.number => read.end.length = end.length,
            Some((append, end)) => {
                if wrong == Some(Wrong::ForgetsCommands) {
                    read.state.add(append.into_records());
                } else {
                    read.state.take(append);
                }
                read.end = end;
            }
            None => {
                // What a power cut leaves of a last line need not be its beginning.
                read.is_torn = length.is_none_or(|length| length + 1 == rest.len());
                read.flaw = Some(StoreError::Damaged {
                    path: path.to_owned(),
                    offset: read.end.length,
                    after: Position(read.state.n_records() as u64),
                    what: "an append is not what was written".to_owned(),
                });
                return Ok(read);
            }
        }
    }
}

/// Reads the first line: which journal it is, and how long the line is.
fn head(path: &Path, bytes: &[u8], wrong: Option<Wrong>) -> Result<(JournalId, u64), StoreError> {
    let damaged = || StoreError::Unidentified {
        path: path.to_owned(),
        what: "its first line is not what was written".to_owned(),
    };
    let length = bytes.iter().position(|it| *it == b'\n');
    let line = length.and_then(|length| std::str::from_utf8(&bytes[..length]).ok());
    let words: Vec<&str> = line.ok_or_else(damaged)?.split(' ').collect();
    let ["plain", format, id, sum] = words.as_slice() else {
        return Err(damaged());
    };
    let is_whole = format!(
        "{:08x}",
        crc32fast::hash(format!("plain {format} {id}").as_bytes())
    );
    if is_whole != *sum {
        return Err(damaged());
    }
    let found: u64 = format.parse().map_err(|_| damaged())?;
    if found > FORMAT && wrong != Some(Wrong::IgnoresFormat) {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: FORMAT,
        });
    }
    let id = Uuid::parse_str(id).map_err(|_| damaged())?;
    Ok((JournalId(id), length.unwrap_or(0) as u64 + 1))
}

/// Reads the line of an append behind a place; `None` if it is not what was written.
fn parse(line: &[u8], before: End, wrong: Option<Wrong>) -> Option<(Append, End)> {
    let text = std::str::from_utf8(line).ok()?;
    let mut parts = text.splitn(5, ' ');
    let (number, count, length) = (parts.next()?, parts.next()?, parts.next()?);
    let (found, body) = (parts.next()?, parts.next()?);
    let head = format!("{number} {count} {length}");
    let sum = sum(before.sum, &head, body, wrong);
    if format!("{sum:08x}") != found || length != body.len().to_string() {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    if number != before.number + 1 && wrong != Some(Wrong::SumOfRecordsOnly) {
        return None;
    }
    let lines: Vec<String> = serde_json::from_str(body).ok()?;
    let records = lines.iter().map(|it| Record::parse(it.as_bytes()).ok());
    let records: Vec<Record> = records.collect::<Option<_>>()?;
    // Whoever believes the head without a sum over it takes as many as that says.
    let records: Vec<Record> = records.into_iter().take(count.parse().ok()?).collect();
    let first = records.first()?.seq();
    let append = Append::new(Expect::head(Seq(first.0 - 1)), records).ok()?;
    let end = End {
        number,
        length: before.length + line.len() as u64 + 1,
        sum,
    };
    Some((append, end))
}
