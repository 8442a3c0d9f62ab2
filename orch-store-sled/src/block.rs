//! Pointers in blocks: a key for each record would be several times as large, and as slow to open.
//!
//! A block holds the pointers of records that follow each other in a mission, each told by its
//! difference from the one before: what lies close together in the journal takes few bytes.

use orch_core::ids::Seq;
use orch_store::cursor::Position;
use orch_store::error::StoreError;
use orch_store::index::Pointer;

use crate::error::damaged;
use crate::number::{push_number, take_number};

/// How many pointers a full block holds.
///
/// More make the index smaller, and each append to a block that is not full writes more again.
pub(crate) const BLOCK_POINTERS: u64 = 32;

/// The number of a block within its mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BlockNo(pub(crate) u64);

impl BlockNo {
    /// The block of the record after one.
    pub(crate) const fn after(seq: Seq) -> Self {
        Self(seq.0 / BLOCK_POINTERS)
    }

    /// The block of a record.
    pub(crate) const fn of(seq: Seq) -> Self {
        Self(seq.0.saturating_sub(1) / BLOCK_POINTERS)
    }

    /// The blocks from this one to another.
    pub(crate) fn to(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }

    /// The last record before the block.
    pub(crate) const fn start(self) -> Seq {
        Seq(self.0.saturating_mul(BLOCK_POINTERS))
    }

    /// How many pointers the block has in a mission with this head.
    pub(crate) fn n_pointers(self, head: Seq) -> u64 {
        head.0.saturating_sub(self.start().0).min(BLOCK_POINTERS)
    }
}

const BEFORE_ALL: Pointer = Pointer {
    position: Position::ZERO,
    segment: Position::ZERO,
    offset: 0,
    len: 0,
    crc: 0,
};

pub(crate) fn encode(pointers: &[Pointer]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pointers.len() * 12);
    let mut before = BEFORE_ALL;
    for pointer in pointers {
        push_number(&mut bytes, difference(before.position, pointer.position));
        push_number(&mut bytes, difference(before.segment, pointer.segment));
        push_number(&mut bytes, pointer.offset.wrapping_sub(before.offset));
        push_number(&mut bytes, u64::from(pointer.len));
        bytes.extend_from_slice(&pointer.crc.to_be_bytes());
        before = *pointer;
    }
    bytes
}

pub(crate) fn decode(mut bytes: &[u8]) -> Result<Vec<Pointer>, StoreError> {
    let mut pointers = Vec::new();
    let mut before = BEFORE_ALL;
    while !bytes.is_empty() {
        let pointer = take_pointer(&mut bytes, &before).ok_or_else(|| damaged("a block is cut"))?;
        pointers.push(pointer);
        before = pointer;
    }
    Ok(pointers)
}

fn take_pointer(bytes: &mut &[u8], before: &Pointer) -> Option<Pointer> {
    let position = before.position.0.wrapping_add(take_number(bytes)?);
    let segment = before.segment.0.wrapping_add(take_number(bytes)?);
    let offset = before.offset.wrapping_add(take_number(bytes)?);
    let len = u32::try_from(take_number(bytes)?).ok()?;
    let (crc, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(Pointer {
        position: Position(position),
        segment: Position(segment),
        offset,
        len,
        crc: u32::from_be_bytes(*crc),
    })
}

/// What follows usually lies further on; where it does not, the difference wraps and takes more bytes.
const fn difference(before: Position, after: Position) -> u64 {
    after.0.wrapping_sub(before.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_come_back_as_they_were() {
        let pointer = |position, segment, offset, len| Pointer {
            position: Position(position),
            segment: Position(segment),
            offset,
            len,
            crc: 0xDEAD_BEEF,
        };
        let pointers = [
            pointer(1, 1, 0, 0),
            pointer(127, 1, 128, u32::MAX),
            pointer(65_536, 65_000, u64::MAX, 1),
            pointer(u64::MAX, u64::MAX, 3, 4),
            pointer(5, 0, 0, 7),
        ];
        assert_eq!(decode(&encode(&pointers)).unwrap(), pointers);
        let bytes = encode(&pointers);
        assert!(decode(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn records_lie_in_blocks_by_their_number() {
        assert_eq!(BlockNo::after(Seq(0)), BlockNo(0));
        assert_eq!(BlockNo::after(Seq(31)), BlockNo(0));
        assert_eq!(BlockNo::after(Seq(32)), BlockNo(1));
        assert_eq!(BlockNo::of(Seq(32)), BlockNo(0));
        assert_eq!(BlockNo::of(Seq(33)), BlockNo(1));
        assert_eq!(BlockNo(1).start(), Seq(32));
        assert_eq!(BlockNo(1).n_pointers(Seq(32)), 0);
        assert_eq!(BlockNo(1).n_pointers(Seq(33)), 1);
        assert_eq!(BlockNo(1).n_pointers(Seq(99)), 32);
    }
}
