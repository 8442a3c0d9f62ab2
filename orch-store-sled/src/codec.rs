//! The keys and values in sled: a tag, numbers in big-endian order, a name last; a checksum behind.
//!
//! | key | value |
//! |---|---|
//! | `0` | the mark, the counts |
//! | `1`, ordinal | last record, its time, name of the mission |
//! | `2`, ordinal, number of a [block] | pointers |
//! | `3`, ordinal, command id | first record, last record, fingerprint |
//!
//! What comes before a name has a fixed length, so a name that begins another never mixes with it.
//! The checksum covers the key too: a value that lies under the key of another is damaged.

use chrono::DateTime;
use orch_core::ids::{CommandKey, Label, MissionId, Seq};
use orch_store::answers::Given;
use orch_store::cursor::Position;
use orch_store::error::StoreError;
use orch_store::index::{Mark, Pointer};
use orch_store::journal::{Fingerprint, MissionHead};

use crate::block::{self, BlockNo};
use crate::error::damaged;
use crate::number::{push_number, take_number};

/// The layout that is written; what has another one is made again.
const LAYOUT: u8 = 1;

const SEAL_BYTES: usize = 4;

/// What an entry is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    State,
    Mission,
    Block,
    Answer,
}

impl Kind {
    pub(crate) const fn tag(self) -> u8 {
        match self {
            Self::State => 0,
            Self::Mission => 1,
            Self::Block => 2,
            Self::Answer => 3,
        }
    }
}

/// The number that stands for a mission's name in keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ordinal(pub(crate) u32);

/// How far the index has come, and what has to be there.
///
/// The records are not counted: positions have no gaps, so the mark is their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) mark: Mark,
    pub(crate) n_missions: u32,
    pub(crate) n_answers: u64,
}

impl State {
    pub(crate) const EMPTY: Self = Self {
        mark: Mark::ZERO,
        n_missions: 0,
        n_answers: 0,
    };
}

pub(crate) const fn state_key() -> [u8; 1] {
    [Kind::State.tag()]
}

pub(crate) fn mission_key(ordinal: Ordinal) -> Vec<u8> {
    key(Kind::Mission, ordinal, &[])
}

pub(crate) fn block_key(ordinal: Ordinal, block: BlockNo) -> Vec<u8> {
    key(Kind::Block, ordinal, &block.0.to_be_bytes())
}

pub(crate) fn answer_key(ordinal: Ordinal, command: &CommandKey) -> Vec<u8> {
    key(Kind::Answer, ordinal, command.as_str().as_bytes())
}

fn key(kind: Kind, ordinal: Ordinal, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(5 + rest.len());
    key.push(kind.tag());
    key.extend_from_slice(&ordinal.0.to_be_bytes());
    key.extend_from_slice(rest);
    key
}

pub(crate) fn read_mission_key(key: &[u8]) -> Result<Ordinal, StoreError> {
    let mut key = Reader::of(key, Kind::Mission)?;
    let ordinal = key.ordinal()?;
    key.end()?;
    Ok(ordinal)
}

pub(crate) fn read_block_key(key: &[u8]) -> Result<(Ordinal, BlockNo), StoreError> {
    let mut key = Reader::of(key, Kind::Block)?;
    let read = (key.ordinal()?, BlockNo(key.u64()?));
    key.end()?;
    Ok(read)
}

pub(crate) fn read_answer_key(key: &[u8]) -> Result<(Ordinal, CommandKey), StoreError> {
    let mut key = Reader::of(key, Kind::Answer)?;
    let ordinal = key.ordinal()?;
    let command = CommandKey::parse(key.text()?).map_err(damaged)?;
    Ok((ordinal, command))
}

pub(crate) fn state_value(state: &State) -> Vec<u8> {
    let mut value = vec![LAYOUT];
    value.extend_from_slice(&state.mark.position.0.to_be_bytes());
    value.extend_from_slice(&state.mark.segment.0.to_be_bytes());
    value.extend_from_slice(&state.mark.offset.to_be_bytes());
    value.extend_from_slice(&state.mark.chain);
    value.extend_from_slice(&state.n_missions.to_be_bytes());
    value.extend_from_slice(&state.n_answers.to_be_bytes());
    sealed(&state_key(), value)
}

pub(crate) fn read_state(value: &[u8]) -> Result<State, StoreError> {
    let mut value = Reader(unsealed(&state_key(), value)?);
    let [layout] = value.array()?;
    if layout != LAYOUT {
        return Err(damaged(format!("its layout is {layout}, not {LAYOUT}")));
    }
    let state = State {
        mark: Mark {
            position: value.position()?,
            segment: value.position()?,
            offset: value.u64()?,
            chain: value.array()?,
        },
        n_missions: value.u32()?,
        n_answers: value.u64()?,
    };
    value.end()?;
    Ok(state)
}

pub(crate) fn mission_value(key: &[u8], head: &MissionHead) -> Vec<u8> {
    let mut value = Vec::with_capacity(64);
    value.extend_from_slice(&head.head.0.to_be_bytes());
    value.extend_from_slice(&head.at.timestamp().to_be_bytes());
    value.extend_from_slice(&head.at.timestamp_subsec_nanos().to_be_bytes());
    value.extend_from_slice(head.mission.as_str().as_bytes());
    sealed(key, value)
}

pub(crate) fn read_mission(key: &[u8], value: &[u8]) -> Result<MissionHead, StoreError> {
    let mut value = Reader(unsealed(key, value)?);
    let head = value.seq()?;
    let seconds = i64::from_be_bytes(value.array()?);
    let at = DateTime::from_timestamp(seconds, value.u32()?)
        .ok_or_else(|| damaged("a time is no time"))?;
    let mission = MissionId::parse(value.text()?).map_err(damaged)?;
    Ok(MissionHead { mission, head, at })
}

pub(crate) fn block_value(key: &[u8], pointers: &[Pointer]) -> Vec<u8> {
    sealed(key, block::encode(pointers))
}

pub(crate) fn read_block(key: &[u8], value: &[u8]) -> Result<Vec<Pointer>, StoreError> {
    block::decode(unsealed(key, value)?)
}

pub(crate) fn answer_value(key: &[u8], given: &Given) -> Vec<u8> {
    let (kind, text) = match &given.fingerprint {
        Fingerprint::Request(label) => (0, label.as_str()),
        Fingerprint::Events(digest) => (1, digest.as_str()),
    };
    let mut value = vec![kind];
    push_number(&mut value, given.first.0);
    push_number(&mut value, given.last.0.wrapping_sub(given.first.0));
    value.extend_from_slice(text.as_bytes());
    sealed(key, value)
}

pub(crate) fn read_answer(
    key: &[u8],
    command: CommandKey,
    value: &[u8],
) -> Result<Given, StoreError> {
    let mut value = Reader(unsealed(key, value)?);
    let [kind] = value.array()?;
    let first = value.number()?;
    let last = first.wrapping_add(value.number()?);
    let (first, last) = (Seq(first), Seq(last));
    let text = value.text()?;
    let fingerprint = match kind {
        0 => Fingerprint::Request(Label::parse(text).map_err(damaged)?),
        1 => Fingerprint::Events(text.to_owned()),
        _ => return Err(damaged(format!("a fingerprint is of kind {kind}"))),
    };
    Ok(Given {
        command: Some(command),
        first,
        last,
        fingerprint,
    })
}

fn sealed(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let seal = seal(key, &value);
    value.extend_from_slice(&seal);
    value
}

fn unsealed<'a>(key: &[u8], value: &'a [u8]) -> Result<&'a [u8], StoreError> {
    match value.split_last_chunk::<SEAL_BYTES>() {
        Some((value, found)) if seal(key, value) == *found => Ok(value),
        Some(_) | None => Err(damaged("a checksum does not match")),
    }
}

fn seal(key: &[u8], value: &[u8]) -> [u8; SEAL_BYTES] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(key);
    crc.update(value);
    crc.finalize().to_be_bytes()
}

/// Takes a key or a value apart.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn of(key: &'a [u8], kind: Kind) -> Result<Self, StoreError> {
        match key.split_first() {
            Some((tag, rest)) if *tag == kind.tag() => Ok(Self(rest)),
            Some(_) | None => Err(damaged("a key is of another kind")),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (taken, rest) = (self.0.split_first_chunk()).ok_or_else(|| damaged("a part is cut"))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u32(&mut self) -> Result<u32, StoreError> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, StoreError> {
        self.array().map(u64::from_be_bytes)
    }

    fn number(&mut self) -> Result<u64, StoreError> {
        take_number(&mut self.0).ok_or_else(|| damaged("a number is cut"))
    }

    fn ordinal(&mut self) -> Result<Ordinal, StoreError> {
        self.u32().map(Ordinal)
    }

    fn seq(&mut self) -> Result<Seq, StoreError> {
        self.u64().map(Seq)
    }

    fn position(&mut self) -> Result<Position, StoreError> {
        self.u64().map(Position)
    }

    fn text(self) -> Result<&'a str, StoreError> {
        std::str::from_utf8(self.0).map_err(damaged)
    }

    fn end(self) -> Result<(), StoreError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(damaged("something is left over"))
        }
    }
}
