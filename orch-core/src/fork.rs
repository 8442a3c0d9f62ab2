//! What if: a log with some records left out, moved, replaced or put in.
//!
//! A fork is a log of its own, in memory. Up to the first edit it is the log itself; from there on
//! its records are numbered anew, and what they say about other records by number is said about the
//! same ones. What refers to a record that was replaced refers to the first in its place; what refers
//! to one that was left out refers to record 0, which never is.

mod draft;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use crate::event::Event;
use crate::event::clock::ClockSubject;
use crate::event::correction::Change;
use crate::ids::Seq;
use crate::record::{Envelope, Record, RecordError};

pub use draft::{Draft, DraftError};

/// One edit; every number is that of the log which is forked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Edit {
    /// Leaves a record out.
    Drop(Seq),
    /// Takes a record from its place and puts it after another; after 0 is at the beginning.
    Move {
        /// The record.
        seq: Seq,
        /// The record that it comes after.
        after: Seq,
    },
    /// Puts something in the place of a record.
    Replace {
        /// The record.
        seq: Seq,
        /// What comes in its place.
        with: Vec<Draft>,
    },
    /// Puts something in after a record; after 0 is at the beginning.
    Insert {
        /// The record.
        after: Seq,
        /// What comes after it.
        records: Vec<Draft>,
    },
}

/// A log that was edited.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Fork {
    /// Its records.
    pub records: Vec<Record>,
    /// The first position at which it is another log; `None` if the edits change nothing.
    pub first: Option<Seq>,
    /// The positions of what was put in.
    pub inserted: Vec<Seq>,
}

/// Why a log cannot be forked like this.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ForkError {
    /// An edit names a record that the log does not have.
    #[error("the log has no record {seq}")]
    Unknown {
        /// The record.
        seq: Seq,
    },
    /// Two edits are about the same record.
    #[error("record {seq} cannot be dropped, moved or replaced twice")]
    Twice {
        /// The record.
        seq: Seq,
    },
    /// The log has no record yet, so that nothing tells which mission it is of.
    #[error("the log is empty")]
    Empty,
    /// A record cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A record of the fork before it has its number.
#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Kept(&'a Record),
    New(&'a Draft),
    /// The first of those that come in the place of a record.
    Instead(&'a Draft, Seq),
}

/// Forks a log.
///
/// What is put after the same record stands in the order of the edits.
///
/// # Errors
/// When an edit names a record that is not there or was edited already, or the log is empty.
pub fn fork(records: &[Record], edits: &[Edit]) -> Result<Fork, ForkError> {
    let pieces = arrange(records, edits)?;
    let is_kept = |(record, piece): &(&Record, &Piece<'_>)| match piece {
        Piece::Kept(kept) => std::ptr::eq(*kept, *record),
        Piece::New(_) | Piece::Instead(..) => false,
    };
    let n_same = records.iter().zip(&pieces).take_while(is_kept).count();
    let (same, rest) = (records.get(..n_same), pieces.get(n_same..));
    let (same, rest) = (same.unwrap_or_default(), rest.unwrap_or_default());
    let begin = same.last().map_or(Seq::ZERO, Record::seq);
    let numbers = numbers(records, same, rest, begin);
    let pattern = records.first().map(Record::envelope);
    let mut writer = Writer {
        pattern,
        numbers: &numbers,
        seq: begin,
        at: same.last().map(Record::at),
        inserted: Vec::new(),
    };
    let mut forked = same.to_vec();
    for piece in rest {
        forked.push(writer.write(*piece)?);
    }
    let is_same = n_same == records.len() && rest.is_empty();
    Ok(Fork {
        records: forked,
        first: (!is_same).then(|| begin.next()),
        inserted: writer.inserted,
    })
}

/// Puts the records and what is new into their order.
fn arrange<'a>(records: &'a [Record], edits: &'a [Edit]) -> Result<Vec<Piece<'a>>, ForkError> {
    let places: BTreeMap<Seq, usize> = records.iter().map(Record::seq).zip(1..).collect();
    let place = |seq: Seq| match places.get(&seq) {
        Some(place) => Ok(*place),
        None if seq == Seq::ZERO => Ok(0),
        None => Err(ForkError::Unknown { seq }),
    };
    // Each place has the record itself, or what replaces it, and then what comes after it.
    let start = std::iter::once(Vec::new());
    let own = records.iter().map(|record| vec![Piece::Kept(record)]);
    let mut own: Vec<Vec<Piece<'a>>> = start.chain(own).collect();
    let mut after: Vec<Vec<Piece<'a>>> = vec![Vec::new(); own.len()];
    let mut edited = Vec::new();
    for edit in edits {
        let mut taken = |seq: Seq, instead: Vec<Piece<'a>>| {
            let at = place(seq)?;
            if at == 0 {
                return Err(ForkError::Unknown { seq });
            }
            if edited.contains(&at) {
                return Err(ForkError::Twice { seq });
            }
            edited.push(at);
            let own = own.get_mut(at);
            Ok(own.map_or_else(Vec::new, |own| std::mem::replace(own, instead)))
        };
        match edit {
            Edit::Drop(seq) => drop(taken(*seq, Vec::new())?),
            Edit::Replace { seq, with } => {
                let mut with = with.iter();
                let first = with.next().map(|draft| Piece::Instead(draft, *seq));
                let instead = first.into_iter().chain(with.map(Piece::New));
                drop(taken(*seq, instead.collect())?);
            }
            Edit::Move { seq, after: target } => {
                let moved = taken(*seq, Vec::new())?;
                let at = place(*target)?;
                after
                    .get_mut(at)
                    .into_iter()
                    .for_each(|after| after.extend(&moved));
            }
            Edit::Insert {
                after: target,
                records,
            } => {
                let at = place(*target)?;
                let new = records.iter().map(Piece::New);
                after
                    .get_mut(at)
                    .into_iter()
                    .for_each(|after| after.extend(new.clone()));
            }
        }
    }
    Ok(own
        .into_iter()
        .zip(after)
        .flat_map(|(own, after)| own.into_iter().chain(after))
        .collect())
}

/// The number that each record has in the fork; those that it does not have become record 0.
fn numbers(
    records: &[Record],
    same: &[Record],
    rest: &[Piece<'_>],
    begin: Seq,
) -> BTreeMap<Seq, Seq> {
    let edited = records.iter().skip(same.len());
    let mut numbers: BTreeMap<Seq, Seq> = edited.map(|record| (record.seq(), Seq::ZERO)).collect();
    let mut seq = begin;
    for piece in rest {
        seq = seq.next();
        match piece {
            Piece::Kept(record) => drop(numbers.insert(record.seq(), seq)),
            Piece::Instead(_, of) => drop(numbers.insert(*of, seq)),
            Piece::New(_) => {}
        }
    }
    numbers
}

/// Writes the records of a fork, one after another.
struct Writer<'a> {
    pattern: Option<&'a Envelope>,
    numbers: &'a BTreeMap<Seq, Seq>,
    seq: Seq,
    at: Option<DateTime<Utc>>,
    inserted: Vec<Seq>,
}

impl Writer<'_> {
    fn write(&mut self, piece: Piece<'_>) -> Result<Record, ForkError> {
        self.seq = self.seq.next();
        let record = match piece {
            Piece::Kept(record) => self.renumbered(record)?,
            Piece::New(draft) | Piece::Instead(draft, _) => {
                self.inserted.push(self.seq);
                self.sealed(draft)?
            }
        };
        self.at = Some(record.at());
        Ok(record)
    }

    fn renumbered(&self, record: &Record) -> Result<Record, RecordError> {
        let event = referring(record.event(), self.numbers);
        let is_same = *record.event() == event;
        if is_same && record.seq() == self.seq {
            return Ok(record.clone());
        }
        record.moved(self.seq, (!is_same).then_some(&event))
    }

    fn sealed(&self, draft: &Draft) -> Result<Record, ForkError> {
        /// An id that is like no other: the core draws none at random.
        const DRAFT_IDS: u128 = 0x0f0f_0f0f_0f0f_8f0f_8f0f_0000_0000_0000;
        let pattern = self.pattern.ok_or(ForkError::Empty)?;
        let at = draft.at.or(self.at).unwrap_or(pattern.at);
        let id = Uuid::from_u128(DRAFT_IDS | u128::from(self.seq.0));
        let envelope = Envelope {
            seq: self.seq,
            id: draft.id.unwrap_or(id),
            at,
            mission: pattern.mission.clone(),
            by: draft.by.clone(),
            command: draft.command.clone(),
            request: None,
            cause: draft.cause,
            source: draft.source.clone(),
        };
        Ok(Record::seal(envelope, draft.event.clone())?)
    }
}

/// Returns the event as it refers to the same records by other numbers.
fn referring(event: &Event, numbers: &BTreeMap<Seq, Seq>) -> Event {
    let renumber = |seq: &mut Seq| *seq = numbers.get(seq).copied().unwrap_or(*seq);
    let mut event = event.clone();
    if let Event::Message(message) = &mut event {
        message.reply_to.iter_mut().for_each(renumber);
    } else if let Event::Receipt(receipt) = &mut event {
        receipt.of.iter_mut().for_each(renumber);
    } else if let Event::Timeout(timeout) = &mut event {
        if let ClockSubject::Message(seq) = &mut timeout.subject {
            renumber(seq);
        }
    } else if let Event::Correction(correction) = &mut event {
        correction.supersedes.iter_mut().for_each(renumber);
        if let Change::Adopt { seq } = &mut correction.change {
            renumber(seq);
        }
    }
    event
}
