//! The lines of a segment that are not records: its head, and the commit after each batch.
//!
//! ```text
//! {"orch_segment":{"format":1,"journal":"…","after":0,"chain":"00…"}}
//! {"v":1,"seq":1,…}                                                     records, as they are
//! {"orch_commit":{"records":1,"position":1,"sum":"…","chain":"…"}}
//! ```
//! `sum` is the SHA-256 of the bytes of the batch's records with their line ends. `chain` is the
//! SHA-256 of the 32 bytes of the chain before and the 32 bytes of the sum; it begins with zeros,
//! and each segment repeats where the last one ended. Any language can check it.
//!
//! A line that is not written exactly as this version writes it is not accepted: every byte of a
//! journal is then covered by a check.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cursor::{JournalId, Position};
use crate::hex::{hex, unhex};

/// The format of segments that this version writes, and the newest it reads.
pub(super) const SEGMENT_FORMAT: u64 = 1;

/// How each line of this kind begins; a record that begins so would be taken for one.
pub(crate) const RESERVED: &str = "{\"orch_";

const COMMIT: &[u8] = b"{\"orch_commit\":";

/// A SHA-256 digest.
pub(super) type Digest = [u8; 32];

/// The first line of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// The journal it belongs to.
    pub(super) journal: JournalId,
    /// The last position before it.
    pub(super) after: Position,
    /// The chain up to it.
    pub(super) chain: Digest,
}

/// The line after a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Commit {
    /// How many records the batch has.
    pub(super) records: u64,
    /// The position of the last of them.
    pub(super) position: Position,
    /// The digest of their bytes.
    pub(super) sum: Digest,
    /// The chain up to and including the batch.
    pub(super) chain: Digest,
}

#[derive(Serialize, Deserialize)]
struct HeadLine {
    orch_segment: HeadSaid,
}

#[derive(Serialize, Deserialize)]
struct HeadSaid {
    format: u64,
    journal: JournalId,
    after: Position,
    chain: String,
}

#[derive(Serialize, Deserialize)]
struct CommitLine {
    orch_commit: CommitSaid,
}

#[derive(Serialize, Deserialize)]
struct CommitSaid {
    records: u64,
    position: Position,
    sum: String,
    chain: String,
}

/// Why a line is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BadLine {
    /// It is of a newer format.
    Newer(u64),
    /// It is not such a line.
    Unreadable,
}

impl Head {
    /// Writes it, with its line end.
    pub(super) fn line(self) -> Vec<u8> {
        line(&HeadLine {
            orch_segment: HeadSaid {
                format: SEGMENT_FORMAT,
                journal: self.journal,
                after: self.after,
                chain: hex(&self.chain),
            },
        })
    }

    /// Reads it, from a line with its end.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, BadLine> {
        let read: HeadLine = serde_json::from_slice(bytes).map_err(|_| BadLine::Unreadable)?;
        let said = read.orch_segment;
        if said.format > SEGMENT_FORMAT {
            return Err(BadLine::Newer(said.format));
        }
        let head = Self {
            journal: said.journal,
            after: said.after,
            chain: unhex(&said.chain).ok_or(BadLine::Unreadable)?,
        };
        exactly(bytes, &head.line(), head)
    }
}

impl Commit {
    /// Whether a line says that it is one.
    pub(super) fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(COMMIT)
    }

    /// The commit of a batch.
    pub(super) fn of(records: &[u8], n_records: u64, before: Position, chain: &Digest) -> Self {
        let sum: Digest = Sha256::digest(records).into();
        Self {
            records: n_records,
            position: before.plus(n_records),
            sum,
            chain: link(chain, &sum),
        }
    }

    /// Writes it, with its line end.
    pub(super) fn line(self) -> Vec<u8> {
        line(&CommitLine {
            orch_commit: CommitSaid {
                records: self.records,
                position: self.position,
                sum: hex(&self.sum),
                chain: hex(&self.chain),
            },
        })
    }

    /// Reads it, from a line with its end.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, BadLine> {
        let read: CommitLine = serde_json::from_slice(bytes).map_err(|_| BadLine::Unreadable)?;
        let said = read.orch_commit;
        let commit = Self {
            records: said.records,
            position: said.position,
            sum: unhex(&said.sum).ok_or(BadLine::Unreadable)?,
            chain: unhex(&said.chain).ok_or(BadLine::Unreadable)?,
        };
        exactly(bytes, &commit.line(), commit)
    }
}

/// Adds a digest to a chain.
fn link(chain: &Digest, sum: &Digest) -> Digest {
    Sha256::new()
        .chain_update(chain)
        .chain_update(sum)
        .finalize()
        .into()
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Strings and numbers always become JSON; were it not so, an empty line would be refused.
    let mut bytes = serde_json::to_vec(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn exactly<T>(bytes: &[u8], canonical: &[u8], value: T) -> Result<T, BadLine> {
    if bytes == canonical {
        Ok(value)
    } else {
        Err(BadLine::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_bit_of_a_commit_or_a_head_is_noticed() {
        let commit = Commit::of(b"{}\n", 1, Position(6), &[7; 32]);
        let head = Head {
            journal: JournalId::random(),
            after: Position(9),
            chain: [1; 32],
        };
        assert_eq!(Commit::parse(&commit.line()), Ok(commit));
        assert_eq!(Head::parse(&head.line()), Ok(head));
        for (line, is_head) in [(commit.line(), false), (head.line(), true)] {
            for at in 0..line.len() * 8 {
                let mut flipped = line.clone();
                flipped[at / 8] ^= 1 << (at % 8);
                let same = if is_head {
                    Head::parse(&flipped) == Ok(head)
                } else {
                    Commit::parse(&flipped) == Ok(commit)
                };
                assert!(!same, "bit {at}");
            }
        }
    }
}
