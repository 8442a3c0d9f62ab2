//! The loop over the lines of a file: each is mapped, kept as unknown, malformed or blank.

use orch_core::event::Event;
use orch_core::ids::IdError;
use serde::Deserialize;

use crate::error::ImportError;
use crate::input::Opened;
use crate::lines::{Body, Line, Lines};
use crate::report::FileReport;
use crate::scribe::{Place, Scribe};
use crate::text::{Text, filled};

/// How many bytes are read between two reports of progress.
const PROGRESS_STEP_BYTES: u64 = 1024 * 1024;

/// Why a row was not mapped.
#[derive(Debug)]
pub(crate) enum NotMapped {
    /// It cannot be kept, for this reason.
    Malformed(String),
    /// It is of a kind that is not known; it is kept under this one.
    Unknown(String),
    /// The import cannot go on.
    Stop(ImportError),
}

impl From<ImportError> for NotMapped {
    fn from(error: ImportError) -> Self {
        Self::Stop(error)
    }
}

impl From<IdError> for NotMapped {
    fn from(error: IdError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<serde_json::Error> for NotMapped {
    fn from(error: serde_json::Error) -> Self {
        // The JSON reader sees one line at a time: its own line number would mislead.
        let text = error.to_string();
        Self::Malformed(match text.rsplit_once(" at line 1 column ") {
            Some((what, column)) => format!("{what} at column {column}"),
            None => text,
        })
    }
}

/// Counts bytes over all files and tells the caller.
pub(crate) struct Meter<'p> {
    on_progress: &'p mut dyn FnMut(u64),
    before: u64,
    told: u64,
}

impl<'p> Meter<'p> {
    pub(crate) fn new(on_progress: &'p mut dyn FnMut(u64)) -> Self {
        Self {
            on_progress,
            before: 0,
            told: 0,
        }
    }

    fn at(&mut self, in_file: u64) {
        let total = self.before.saturating_add(in_file);
        if total.saturating_sub(self.told) >= PROGRESS_STEP_BYTES {
            self.tell(total);
        }
    }

    fn end_of_file(&mut self, in_file: u64) {
        self.before = self.before.saturating_add(in_file);
        self.tell(self.before);
    }

    fn tell(&mut self, total: u64) {
        self.told = total;
        (self.on_progress)(total);
    }
}

/// Hands every row of a file to `take` and books what became of it.
pub(crate) fn each_row<'s>(
    opened: Opened<'_>,
    file: usize,
    meter: &mut Meter<'_>,
    scribe: &mut Scribe<'s>,
    take: &mut dyn FnMut(&mut Scribe<'s>, &str, Place) -> Result<(), NotMapped>,
) -> Result<(), ImportError> {
    let name = opened.name.clone();
    let mut lines = Lines::new(opened.into_reader());
    let mut line_number = 0_u64;
    let read_error = loop {
        let line = match lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        line_number = line_number.saturating_add(1);
        let place = Place {
            file,
            line: line_number,
        };
        take_line(&line, place, scribe, take)?;
        meter.at(lines.bytes());
    };
    let bytes = lines.bytes();
    if let Some(report) = scribe.report.files.get_mut(file) {
        report.tally.bytes = bytes;
        report.tally.read = line_number;
    }
    meter.end_of_file(bytes);
    match read_error {
        None => Ok(()),
        Some(source) => Err(ImportError::Read {
            file: name,
            offset: bytes,
            source,
        }),
    }
}

/// Books one line.
fn take_line<'s>(
    line: &Line<'_>,
    place: Place,
    scribe: &mut Scribe<'s>,
    take: &mut dyn FnMut(&mut Scribe<'s>, &str, Place) -> Result<(), NotMapped>,
) -> Result<(), ImportError> {
    let bytes = match line.body {
        Body::Bytes([]) => {
            book(scribe, place, |file| file.tally.blank += 1);
            return Ok(());
        }
        Body::Bytes(bytes) => bytes,
        Body::TooLong(length) => {
            let reason = format!("{length} bytes long");
            book_malformed(scribe, place, reason, false);
            return Ok(());
        }
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let reason = format!("not UTF-8 after byte {}", error.valid_up_to());
            book_malformed(scribe, place, reason, !line.ended);
            return Ok(());
        }
    };
    let outcome = if text.starts_with('{') {
        take(scribe, text, place)
    } else {
        Err(NotMapped::Malformed("not a JSON object".to_owned()))
    };
    match outcome {
        Ok(()) => book(scribe, place, |file| file.tally.mapped += 1),
        Err(NotMapped::Malformed(reason)) => book_malformed(scribe, place, reason, !line.ended),
        Err(NotMapped::Unknown(kind)) => {
            keep(scribe, text, place, &kind)?;
            book(scribe, place, |file| {
                file.tally.unknown += 1;
                file.unknown.add(place.line, kind);
            });
        }
        Err(NotMapped::Stop(error)) => return Err(error),
    }
    Ok(())
}

fn book(scribe: &mut Scribe<'_>, place: Place, note: impl FnOnce(&mut FileReport)) {
    if let Some(file) = scribe.report.files.get_mut(place.file) {
        note(file);
    }
}

fn book_malformed(scribe: &mut Scribe<'_>, place: Place, reason: String, torn: bool) {
    book(scribe, place, |file| {
        file.tally.malformed += 1;
        file.torn |= torn;
        file.malformed.add(place.line, reason);
    });
}

/// Keeps a row of an unknown kind as it is.
fn keep(scribe: &mut Scribe<'_>, text: &str, place: Place, kind: &str) -> Result<(), ImportError> {
    #[derive(Default, Deserialize)]
    struct Times<'a> {
        #[serde(borrow)]
        ts: Option<Text<'a>>,
        #[serde(borrow)]
        created_at: Option<Text<'a>>,
    }
    let times: Times<'_> = serde_json::from_str(text).unwrap_or_default();
    let stamp =
        scribe.stamp(filled(times.ts.as_ref()).or_else(|| filled(times.created_at.as_ref())));
    let mut row = scribe.row(place, stamp, &["unknown", text])?;
    let event = Event::Unknown {
        kind: kind.into(),
        data: text.into(),
    };
    scribe.write(&mut row, event)
}
