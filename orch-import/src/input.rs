//! What goes into an import: named readers and options.

use std::fmt;
use std::io::{BufRead, Cursor, Read as _};

use orch_core::ids::MissionId;

use crate::error::ImportError;
use crate::format::{Format, Judged, judge};

/// How much of an input is looked at before it is read.
const HEAD_MAX_BYTES: u64 = 256 * 1024;

/// One foreign file, opened by the caller.
pub struct Input<'r> {
    name: String,
    reader: Box<dyn BufRead + 'r>,
}

impl<'r> Input<'r> {
    /// Names a reader; the name goes into the report and can give the mission its own.
    pub fn new(name: impl Into<String>, reader: impl BufRead + 'r) -> Self {
        Self {
            name: name.into(),
            reader: Box::new(reader),
        }
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the caller may decide about an import.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// The mission to import into; named after the source when absent.
    pub mission: Option<MissionId>,
}

impl Options {
    /// Imports into the given mission.
    pub const fn for_mission(mission: MissionId) -> Self {
        Self {
            mission: Some(mission),
        }
    }
}

/// An input whose head was read and recognised.
pub(crate) struct Opened<'r> {
    /// Its name, for the report.
    pub(crate) name: String,
    /// What it is.
    pub(crate) format: Format,
    /// How that was found out.
    pub(crate) why: String,
    /// Its first bytes.
    pub(crate) head: Vec<u8>,
    rest: Box<dyn BufRead + 'r>,
}

impl<'r> Opened<'r> {
    /// Reads the head of an input and recognises it.
    pub(crate) fn open(input: Input<'r>) -> Result<Self, ImportError> {
        let Input { name, mut reader } = input;
        let mut head = Vec::new();
        if let Err(source) = (&mut reader).take(HEAD_MAX_BYTES).read_to_end(&mut head) {
            let offset = head.len() as u64;
            return Err(ImportError::Read {
                file: name,
                offset,
                source,
            });
        }
        if head.trim_ascii().is_empty() {
            return Err(ImportError::Empty { file: name });
        }
        if let Some(offset) = head.iter().position(|&byte| byte == 0) {
            return Err(ImportError::Binary { file: name, offset });
        }
        match judge(&head, &name) {
            Judged::Foreign(sniffed) => Ok(Self {
                name,
                format: sniffed.format,
                why: sniffed.why,
                head,
                rest: reader,
            }),
            Judged::Own => Err(ImportError::OwnLog { file: name }),
            Judged::Strange { reason } => Err(ImportError::Unrecognised { file: name, reason }),
        }
    }

    /// Returns a reader of the whole input, its head included.
    pub(crate) fn into_reader(self) -> Box<dyn BufRead + 'r> {
        Box::new(Cursor::new(self.head).chain(self.rest))
    }
}
