//! A small file that holds a mark: two slots, written in turn, each with a checksum.
//!
//! Whoever is interrupted while writing one slot leaves the other: the file always says
//! something that was true.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cursor::Position;
use crate::error::StoreError;
use crate::hex::{hex, unhex};
use crate::index::Mark;

/// The bytes of a slot: a line, padded with spaces.
const SLOT: usize = 256;
const SLOTS: u64 = 2;

/// How often a slot that is not whole is read again.
const READS_MAX: u32 = 3;

/// A file with a mark.
#[derive(Debug)]
pub(super) struct MarkFile {
    file: File,
    path: PathBuf,
    turn: u64,
}

#[derive(Serialize, Deserialize)]
struct Slot {
    position: Position,
    segment: Position,
    offset: u64,
    chain: String,
    crc: u32,
}

impl MarkFile {
    /// Opens the file to write it, and makes it if it is not there.
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| StoreError::io("open", &path, error))?;
        // The slot with the older mark is written next.
        let slots = slots(&file).map_err(|error| StoreError::io("read", &path, error))?;
        let turn = match slots {
            [Some(first), Some(second)] => {
                let place = |mark: Mark| (mark.position, mark.segment);
                u64::from(place(second) < place(first))
            }
            [Some(_), None] => 1,
            [None, _] => 0,
        };
        Ok(Self { file, path, turn })
    }

    /// Writes the mark, for other processes to see.
    pub(super) fn publish(&mut self, mark: &Mark) -> Result<(), StoreError> {
        let at = self.turn.saturating_mul(SLOT as u64);
        self.file
            .write_all_at(&slot(mark), at)
            .map_err(|error| StoreError::io("write", &self.path, error))?;
        self.turn = self.turn.saturating_add(1) % SLOTS;
        Ok(())
    }

    /// Syncs the file.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.file
            .sync_data()
            .map_err(|error| StoreError::io("sync", &self.path, error))
    }
}

/// Reads the newest mark of a file; `None` if there is none that is whole.
pub(super) fn read(path: &Path) -> Result<Option<Mark>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("open", path, error)),
    };
    let failed = |error| StoreError::io("read", path, error);
    let mut found = slots(&file).map_err(failed)?;
    for _ in 0..READS_MAX {
        // A slot that is not whole may be one that is being written just now; were both, the mark
        // would seem to go back.
        if !found.contains(&None) {
            break;
        }
        found = slots(&file).map_err(failed)?;
    }
    let place = |mark: &Mark| (mark.position, mark.segment);
    Ok(found.into_iter().flatten().max_by_key(place))
}

fn slots(file: &File) -> io::Result<[Option<Mark>; 2]> {
    Ok([slot_at(file, 0)?, slot_at(file, SLOT as u64)?])
}

fn slot_at(file: &File, at: u64) -> io::Result<Option<Mark>> {
    let mut bytes = [0; SLOT];
    match file.read_exact_at(&mut bytes, at) {
        Ok(()) => Ok(parse(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn slot(mark: &Mark) -> [u8; SLOT] {
    let slot = Slot {
        position: mark.position,
        segment: mark.segment,
        offset: mark.offset,
        chain: hex(&mark.chain),
        crc: crc(mark),
    };
    let json = serde_json::to_vec(&slot).unwrap_or_default();
    let mut bytes = [b' '; SLOT];
    for (place, byte) in bytes.iter_mut().zip(json) {
        *place = byte;
    }
    if let Some(last) = bytes.last_mut() {
        *last = b'\n';
    }
    bytes
}

fn parse(bytes: &[u8; SLOT]) -> Option<Mark> {
    let said: Slot = serde_json::from_slice(bytes).ok()?;
    let mark = Mark {
        position: said.position,
        segment: said.segment,
        offset: said.offset,
        chain: unhex(&said.chain)?,
    };
    (crc(&mark) == said.crc && *bytes == slot(&mark)).then_some(mark)
}

fn crc(mark: &Mark) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for number in [mark.position.0, mark.segment.0, mark.offset] {
        hasher.update(&number.to_be_bytes());
    }
    hasher.update(&mark.chain);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(n: u64) -> Mark {
        Mark {
            position: Position(n),
            segment: Position(1),
            offset: n,
            chain: [9; 32],
        }
    }

    #[test]
    fn a_damaged_slot_leaves_the_one_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("durable");
        assert_eq!(read(&path).unwrap(), None);
        let mut file = MarkFile::open(path.clone()).unwrap();
        for n in [1, 2, 3] {
            file.publish(&mark(n)).unwrap();
            assert_eq!(read(&path).unwrap(), Some(mark(n)));
        }
        let whole = std::fs::read(&path).unwrap();
        for at in 0..SLOT {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).unwrap(), Some(mark(2)), "byte {at}");
        }
        // Whoever opens it then writes over the damaged slot.
        MarkFile::open(path.clone())
            .unwrap()
            .publish(&mark(4))
            .unwrap();
        assert_eq!(read(&path).unwrap(), Some(mark(4)));
        assert_eq!(std::fs::read(&path).unwrap().len(), 2 * SLOT);
    }
}
