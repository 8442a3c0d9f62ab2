//! Reading segments batch by batch, checking every byte.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::layout::Layout;
use super::line::{BadLine, Commit, Head};
use crate::cursor::{JournalId, Position};
use crate::error::StoreError;
use crate::index::Mark;

/// The longest line that is read, with its end.
const LINE_MAX: u64 = 64 * 1024 * 1024;

/// The longest record that can be read again, whatever the host would have taken.
pub(super) const RECORD_MAX_BYTES: usize = 64 * 1024 * 1024 - 1;

/// How much is read from a file at once.
const BUFFER: usize = 1024 * 1024;

/// A batch whose checksum and chain hold.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Where it begins.
    pub(crate) start: Mark,
    /// Where it ends.
    pub(crate) end: Mark,
    /// The lines of its records with their ends.
    bytes: Vec<u8>,
}

/// A line of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// The position of its record.
    pub(crate) position: Position,
    /// Where it begins in its segment.
    pub(crate) offset: u64,
    /// The line, without its end.
    pub(crate) text: &'a [u8],
}

/// Why the reading stopped before the end of a segment.
#[derive(Debug, Clone)]
pub(crate) struct Bad {
    /// Where the last good batch ends.
    pub(crate) at: Mark,
    /// What is wrong with what follows.
    pub(crate) what: String,
}

/// Where a walk over the segments ended.
#[derive(Debug)]
pub(crate) struct Walked {
    /// The end of the last good batch.
    pub(crate) end: Mark,
    /// What stands behind it in the last segment, if anything does.
    pub(crate) bad: Option<Bad>,
}

impl Batch {
    /// Returns its lines, in order.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut offset = self.start.offset;
        let mut position = self.start.position;
        self.bytes
            .split_inclusive(|&byte| byte == b'\n')
            .map(move |whole| {
                let line = Line {
                    position: position.plus(1),
                    offset,
                    text: whole.strip_suffix(b"\n").unwrap_or(whole),
                };
                position = line.position;
                offset = offset.saturating_add(whole.len() as u64);
                line
            })
    }

    /// Returns how many bytes it takes in its segment, with its commit.
    pub(crate) const fn n_bytes(&self) -> u64 {
        self.end.offset.saturating_sub(self.start.offset)
    }
}

/// Walks over all batches after a mark, to the end of the last segment, to `until`, or until
/// `take` breaks off.
///
/// Anything that is not as it was written, and is followed by another segment, is damage; in the
/// last segment it may be what a crash left, which is for the caller to judge.
pub(crate) fn walk(
    layout: &Layout,
    journal: JournalId,
    from: Mark,
    until: Option<Mark>,
    mut take: impl FnMut(&Batch) -> Result<ControlFlow<()>, StoreError>,
) -> Result<Walked, StoreError> {
    let segments = layout.segments()?;
    let mut end = from;
    let mut first = match segments.first() {
        // The mark before everything is in no segment yet.
        Some(&first) if from.segment == Position::ZERO => first,
        // Missed by its name when it is opened.
        None if from.segment == Position::ZERO => Position(1),
        Some(_) | None => from.segment.max(Position(1)),
    };
    loop {
        let is_last = segments.last().is_none_or(|last| *last <= first);
        let is_wanted = |end: &Mark| until.is_none_or(|until| end.position < until.position);
        if !is_wanted(&end) {
            return Ok(Walked { end, bad: None });
        }
        let mut segment = match Segment::open(layout, journal, first, end)? {
            Ok(segment) => segment,
            Err(bad) if is_last => {
                return Ok(Walked {
                    end,
                    bad: Some(bad),
                });
            }
            Err(bad) => return Err(bad.damaged(layout, first)),
        };
        loop {
            end = segment.at;
            if !is_wanted(&end) {
                return Ok(Walked { end, bad: None });
            }
            match segment.next()? {
                Ok(Some(batch)) => {
                    end = batch.end;
                    if take(&batch)?.is_break() {
                        return Ok(Walked { end, bad: None });
                    }
                }
                Ok(None) => break,
                Err(bad) if is_last => {
                    return Ok(Walked {
                        end,
                        bad: Some(bad),
                    });
                }
                Err(bad) => return Err(bad.damaged(layout, first)),
            }
        }
        if is_last {
            return Ok(Walked { end, bad: None });
        }
        let next = end.position.plus(1);
        if !segments.contains(&next) {
            let what = format!("the segment that begins with position {next} is missing");
            return Err(Bad { at: end, what }.damaged(layout, first));
        }
        first = next;
    }
}

/// Returns the mark before the first batch of a segment; `None` if its first line is not whole.
pub(crate) fn beginning(
    layout: &Layout,
    journal: JournalId,
    first: Position,
) -> Result<Option<Mark>, StoreError> {
    let path = layout.segment(first);
    let failed = |error| StoreError::io("read", &path, error);
    let mut line = Vec::new();
    read_line(
        &mut BufReader::new(File::open(&path).map_err(failed)?),
        &mut line,
    )
    .map_err(failed)?;
    let head = Head::parse(&line).ok();
    let head = head.filter(|head| head.journal == journal && head.after.plus(1) == first);
    Ok(head.map(|head| Mark {
        position: head.after,
        segment: first,
        offset: line.len() as u64,
        chain: head.chain,
    }))
}

impl Bad {
    /// Says where it is, as damage.
    pub(crate) fn damaged(self, layout: &Layout, segment: Position) -> StoreError {
        let segment = if self.at.segment == Position::ZERO {
            segment
        } else {
            self.at.segment
        };
        StoreError::Damaged {
            // Before everything lies in the first.
            path: layout.segment(segment.max(Position(1))),
            offset: self.at.offset,
            after: self.at.position,
            what: self.what,
        }
    }
}

/// One segment, being read.
struct Segment {
    reader: BufReader<File>,
    path: PathBuf,
    at: Mark,
}

impl Segment {
    /// Opens a segment at the batch after `end`; the inner error is about what it holds.
    fn open(
        layout: &Layout,
        journal: JournalId,
        first: Position,
        end: Mark,
    ) -> Result<Result<Self, Bad>, StoreError> {
        let path = layout.segment(first);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let what = "the segment is missing".to_owned();
                let at = Mark {
                    segment: first,
                    offset: 0,
                    ..end
                };
                return Ok(Err(Bad { at, what }));
            }
            Err(error) => return Err(StoreError::io("open", &path, error)),
        };
        let mut reader = BufReader::with_capacity(BUFFER, file);
        let mut line = Vec::new();
        let failed = |error| StoreError::io("read", &path, error);
        read_line(&mut reader, &mut line).map_err(failed)?;
        let is_begun = end.segment == first && end.offset > 0;
        let begin = Mark {
            segment: first,
            offset: line.len() as u64,
            ..end
        };
        let bad = |what: &str| Bad {
            at: Mark { offset: 0, ..begin },
            what: what.to_owned(),
        };
        let head = match Head::parse(&line) {
            Ok(head) => head,
            Err(BadLine::Newer(found)) => {
                return Err(StoreError::Newer {
                    path,
                    found,
                    known: super::line::SEGMENT_FORMAT,
                });
            }
            Err(BadLine::Unreadable) => {
                return Ok(Err(bad("its first line is not what was written")));
            }
        };
        if head.journal != journal {
            return Ok(Err(bad("it belongs to another journal")));
        }
        if head.after.plus(1) != first {
            return Ok(Err(bad("its name does not fit its first line")));
        }
        if !is_begun {
            if head.after != end.position || head.chain != end.chain {
                return Ok(Err(bad("it does not follow the segment before it")));
            }
            let at = begin;
            return Ok(Ok(Self { reader, path, at }));
        }
        let n_bytes = reader.get_ref().metadata().map_err(failed)?.len();
        if n_bytes < end.offset {
            let what = format!("the file ends at byte {n_bytes}");
            return Ok(Err(Bad { at: end, what }));
        }
        reader.seek(SeekFrom::Start(end.offset)).map_err(failed)?;
        let at = end;
        Ok(Ok(Self { reader, path, at }))
    }

    /// Reads the next batch; `None` at the end of the file.
    fn next(&mut self) -> Result<Result<Option<Batch>, Bad>, StoreError> {
        let start = self.at;
        let bad = |what: &str| {
            Ok(Err(Bad {
                at: start,
                what: what.to_owned(),
            }))
        };
        let mut bytes = Vec::new();
        let mut n_records = 0_u64;
        loop {
            let before = bytes.len();
            read_line(&mut self.reader, &mut bytes)
                .map_err(|error| StoreError::io("read", &self.path, error))?;
            let line = bytes.get(before..).unwrap_or_default();
            if line.is_empty() {
                return if before == 0 {
                    Ok(Ok(None))
                } else {
                    bad("the batch has no commit")
                };
            }
            if !line.ends_with(b"\n") {
                return bad("the last line is cut off");
            }
            if !Commit::is_one(line) {
                n_records = n_records.saturating_add(1);
                continue;
            }
            let Ok(commit) = Commit::parse(line) else {
                return bad("the commit is not what was written");
            };
            let n_bytes = bytes.len() as u64;
            bytes.truncate(before);
            let wanted = Commit::of(&bytes, n_records, start.position, &start.chain);
            if commit.sum != wanted.sum {
                return bad("the checksum of the batch does not fit its bytes");
            }
            if commit != wanted || n_records == 0 {
                return bad("the batch does not follow the one before it");
            }
            let end = Mark {
                position: commit.position,
                segment: start.segment,
                offset: start.offset.saturating_add(n_bytes),
                chain: commit.chain,
            };
            self.at = end;
            return Ok(Ok(Some(Batch { start, end, bytes })));
        }
    }
}

fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    reader.take(LINE_MAX).read_until(b'\n', line)
}
