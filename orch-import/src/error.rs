//! Why an import cannot begin or cannot go on.

use std::error::Error as StdError;
use std::io;

use orch_core::ids::IdError;
use orch_core::record::RecordError;
use thiserror::Error;

use crate::format::Family;

/// Why an import stopped.
///
/// A row that cannot be read is none of these: it is counted in the report.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is nothing to import.
    #[error("no input")]
    NoInput,
    /// An input holds nothing, or only white space.
    #[error("{file:?} is empty")]
    Empty {
        /// The name of the input.
        file: String,
    },
    /// An input is not text.
    #[error("{file:?} is binary: byte {offset} is zero")]
    Binary {
        /// The name of the input.
        file: String,
        /// Where the zero byte is, counted from 0.
        offset: usize,
    },
    /// An input is in no known format.
    #[error("{file:?} is not recognised: {reason}")]
    Unrecognised {
        /// The name of the input.
        file: String,
        /// What was looked for and not found.
        reason: String,
    },
    /// An input is a log of orch itself, which needs no import.
    #[error("{file:?} holds orch records, not a foreign journal")]
    OwnLog {
        /// The name of the input.
        file: String,
    },
    /// The inputs are of several families, whose rows do not make up one story.
    #[error("{first:?} is of {first_family} and {second:?} is of {second_family}")]
    Mixed {
        /// The name of an input.
        first: String,
        /// Its family.
        first_family: Family,
        /// The name of an input of another family.
        second: String,
        /// That family.
        second_family: Family,
    },
    /// An input cannot be read to its end.
    #[error("cannot read {file:?} after byte {offset}")]
    Read {
        /// The name of the input.
        file: String,
        /// How much of it was read.
        offset: u64,
        /// What the reader says.
        #[source]
        source: io::Error,
    },
    /// The importer itself made a name that is not valid: a fault of this crate.
    #[error("the importer made a name that is not valid")]
    Name {
        /// What is wrong with it.
        #[from]
        source: IdError,
    },
    /// A draft cannot be written down as a record.
    #[error("cannot seal a record")]
    Seal {
        /// What the record says.
        #[from]
        source: RecordError,
    },
    /// Whoever receives the drafts could not take one.
    #[error("a record was not taken")]
    Sink {
        /// What the receiver says.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}
