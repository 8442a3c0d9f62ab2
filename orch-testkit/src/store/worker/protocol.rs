//! What a worker is asked and what it tells.

use orch_core::ids::{MissionId, Seq};
use orch_core::record::Record;
use orch_store::capabilities::Durability;
use orch_store::cursor::{JournalId, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Expect};
use serde::{Deserialize, Serialize};

/// What a worker is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Ask {
    /// Opens the store in a folder.
    Open {
        /// The folder.
        folder: String,
    },
    /// Opens a handle that reads beside a writer.
    OpenReader {
        /// The folder.
        folder: String,
    },
    /// Appends records of one mission.
    Append {
        /// The last record of the mission; 0 for a new one.
        expect: Seq,
        /// The records, as their lines.
        records: Vec<String>,
        /// How durable they are to be; the most there is if nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        durability: Option<Durability>,
    },
    /// Hands several appends in before it waits for any, as many callers do at the same time; each
    /// is answered with a line of its own.
    Together {
        /// The appends.
        appends: Vec<Handed>,
    },
    /// Has a handle of its own read along, until the store is closed: what it sees is told as
    /// [`Told::Seen`], between the other answers.
    Follow {
        /// The folder of the store that is open.
        folder: String,
    },
    /// Reads records of a mission.
    Read {
        /// The mission.
        mission: MissionId,
        /// After this one.
        after: Seq,
        /// At most as many.
        max: usize,
    },
    /// Reads records of all missions.
    ReadAll {
        /// After this position.
        after: Position,
        /// At most about as many.
        max: usize,
    },
    /// Checks everything that is kept.
    Verify,
    /// Closes the store; another can be opened then.
    Close,
}

/// One of several appends that are handed in together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// The last record of the mission; 0 for a new one.
    pub expect: Seq,
    /// The records, as their lines.
    pub records: Vec<String>,
}

impl Ask {
    /// Asks for several appends at the same time.
    pub fn together(appends: &[Append]) -> Self {
        let appends = appends.iter().map(|append| {
            let records = append.records().iter();
            Handed {
                expect: append.expect().seq(),
                records: records.map(|record| record.as_line().to_owned()).collect(),
            }
        });
        Self::Together {
            appends: appends.collect(),
        }
    }

    /// Asks for an append.
    pub fn append(append: &Append) -> Self {
        let records = append.records().iter();
        Self::Append {
            expect: append.expect().seq(),
            records: records.map(|record| record.as_line().to_owned()).collect(),
            durability: append.wanted_durability(),
        }
    }

    /// Asks for all records of a mission.
    pub fn read(mission: &MissionId) -> Self {
        Self::Read {
            mission: mission.clone(),
            after: Seq::ZERO,
            max: usize::MAX,
        }
    }
}

/// What a worker tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "told")]
pub enum Told {
    /// It serves, and waits to be asked.
    Serving {
        /// The store.
        store: String,
        /// Its process.
        process: u32,
    },
    /// The store is open.
    Opened {
        /// Which journal it is.
        journal: JournalId,
    },
    /// The records were appended.
    Now {
        /// The first.
        first: Seq,
        /// The last.
        last: Seq,
    },
    /// They were on record already.
    Before {
        /// The first.
        first: Seq,
        /// The last.
        last: Seq,
    },
    /// The mission is elsewhere; nothing was written.
    Conflict {
        /// Its last record.
        actual: Seq,
    },
    /// Nothing was written, for another reason: see `error`.
    NotWritten {
        /// Which of the errors of an append or a store it is.
        error: String,
        /// What the store says.
        message: String,
    },
    /// Nobody knows whether it was written.
    Unknown {
        /// What the store says.
        message: String,
    },
    /// Records.
    Records {
        /// Their lines, in order.
        records: Vec<String>,
    },
    /// Records with their positions.
    Page {
        /// Position and line of each, in order.
        records: Vec<(Position, String)>,
        /// Where to go on.
        next: Position,
    },
    /// Somebody reads along.
    Following,
    /// Who reads along sees these records, with their positions.
    Seen {
        /// Position and line of each, in order.
        records: Vec<(Position, String)>,
    },
    /// Everything is as it was written.
    Verified {
        /// How many records were checked.
        records: u64,
    },
    /// The store is closed.
    Closed,
    /// What was asked failed, and it was no append.
    Failed {
        /// Which of the errors of a store it is.
        error: String,
        /// What the store says.
        message: String,
    },
    /// What was asked makes no sense here.
    Misunderstood {
        /// Why.
        message: String,
    },
}

impl Told {
    /// Tells how an append was answered.
    pub fn answer(answer: &Result<Appended, AppendError>) -> Self {
        let error = match answer {
            Ok(Appended::Now { first, last }) => {
                let (first, last) = (*first, *last);
                return Self::Now { first, last };
            }
            Ok(Appended::Before { first, last }) => {
                let (first, last) = (*first, *last);
                return Self::Before { first, last };
            }
            Err(error) => error,
        };
        let message = error.to_string();
        if let AppendError::Conflict { actual, .. } = error {
            return Self::Conflict { actual: *actual };
        }
        if let AppendError::Unknown(_) = error {
            return Self::Unknown { message };
        }
        let error = if let AppendError::NotWritten(inner) = error {
            name(inner)
        } else {
            name(error)
        };
        Self::NotWritten { error, message }
    }

    /// Tells that a call failed.
    pub fn failed(error: &StoreError) -> Self {
        Self::Failed {
            error: name(error),
            message: error.to_string(),
        }
    }
}

/// Makes the append that was asked for.
pub(super) fn parse(
    expect: Seq,
    lines: &[String],
    durability: Option<Durability>,
) -> Result<Append, String> {
    let records: Result<Vec<Record>, _> = lines
        .iter()
        .map(|line| Record::parse(line.as_bytes()))
        .collect();
    let records = records.map_err(|error| error.to_string())?;
    let append = Append::new(Expect::head(expect), records).map_err(|error| error.to_string())?;
    Ok(match durability {
        Some(durability) => append.durability(durability),
        None => append,
    })
}

/// Returns the name of a variant: what an error is, apart from what it says.
fn name(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    let end = text.find(|it: char| !it.is_alphanumeric());
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or_default()
        .to_owned()
}
