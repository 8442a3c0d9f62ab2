//! Flat storage: rows in chunks that copies share, referred to by small typed indices.
//!
//! ```text
//! own chunk ──settle──▶ shared chunk ──clone──▶ the same chunk in both tables
//!     ▲                      │
//!     └── first write: copies its rows, no others
//! ```
//! A table that is never settled owns all its chunks and copies nothing. After `settle` a clone
//! takes one reference a chunk, and what is written from then on is known: the chunks that the
//! table owns again.

use std::fmt;
use std::ops::{Index, IndexMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A typed index into a [`Table`].
pub(crate) trait Ix: Copy {
    fn new(index: usize) -> Self;
    fn index(self) -> usize;

    /// Whether tables of it remember which of their rows were handed out to be changed.
    const IS_WATCHED: bool = false;
}

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident $(= $watched:literal)?;)*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub(crate) struct $name(u32);

        impl Ix for $name {
            fn new(index: usize) -> Self {
                // A table of 2^32 rows does not fit in memory.
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            fn index(self) -> usize {
                self.0 as usize
            }

            $(const IS_WATCHED: bool = $watched;)?
        }
    )*};
}

indices! {
    /// Refers to a task of this mission.
    TaskIx = true;
    /// Refers to an attempt of this mission.
    AttemptIx;
    /// Refers to an agent of this mission.
    AgentIx;
    /// Refers to an incarnation of an agent of this mission.
    IncarnationIx;
    /// Refers to an obligation of this mission.
    ObligationIx;
}

/// How many rows a chunk has. A write to a shared chunk copies so many rows, and a clone of a
/// settled table takes one reference for so many: both are small at this size.
const CHUNK_ROWS: usize = 16;

/// Some consecutive rows.
#[derive(Debug, Clone)]
struct Chunk<T> {
    /// The rows, while no other table can have them.
    own: Vec<T>,
    /// The rows in place of `own`, once other tables may have them too.
    shared: Option<Arc<Vec<T>>>,
}

impl<T: Clone> Chunk<T> {
    fn new() -> Self {
        Self {
            own: Vec::with_capacity(CHUNK_ROWS),
            shared: None,
        }
    }

    fn rows(&self) -> &[T] {
        self.shared.as_deref().unwrap_or(&self.own)
    }

    const fn is_own(&self) -> bool {
        self.shared.is_none()
    }

    /// Takes the rows back from sharing, and returns how many were.
    #[cold]
    fn take_back(&mut self) -> usize {
        let Some(shared) = self.shared.take() else {
            return 0;
        };
        self.own = Arc::unwrap_or_clone(shared);
        self.own.len()
    }

    fn settle(&mut self) {
        if self.is_own() {
            self.shared = Some(Arc::new(std::mem::take(&mut self.own)));
        }
    }
}

/// Rows that are only ever added.
#[derive(Clone)]
pub(crate) struct Table<K, T> {
    chunks: Vec<Chunk<T>>,
    n_rows: usize,
    /// The rows of chunks that the table owns.
    n_own: usize,
    /// The rows that were handed out to be changed since they were last asked for.
    touched: Vec<K>,
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            n_rows: 0,
            n_own: 0,
            touched: Vec::new(),
        }
    }
}

impl<K: Ix, T: Clone + fmt::Debug> fmt::Debug for Table<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.rows().map(|(_, row)| row))
            .finish()
    }
}

impl<K: Ix, T: Clone> Table<K, T> {
    pub(crate) fn push(&mut self, row: T) -> K {
        let key = K::new(self.n_rows);
        if self.n_rows.is_multiple_of(CHUNK_ROWS) {
            self.chunks.push(Chunk::new());
        }
        if let Some(last) = self.chunks.last_mut() {
            if !last.is_own() {
                self.n_own = self.n_own.saturating_add(last.take_back());
            }
            last.own.push(row);
        }
        self.n_own = self.n_own.saturating_add(1);
        self.n_rows = self.n_rows.saturating_add(1);
        self.touch(key);
        key
    }

    /// Lets clones share every row there is, until one of them writes to it.
    pub(crate) fn settle(&mut self) {
        if self.n_own > 0 {
            self.chunks.iter_mut().for_each(Chunk::settle);
            self.n_own = 0;
        }
    }

    /// The rows that may have been written to since the table was settled, and those beside them.
    pub(crate) fn written(&self) -> impl Iterator<Item = (K, &T)> {
        let chunks = self.chunks.iter().enumerate();
        let chunks = chunks.filter(|(_, chunk)| self.n_own > 0 && chunk.is_own());
        chunks.flat_map(|(at, chunk)| {
            let first = at.saturating_mul(CHUNK_ROWS);
            let rows = chunk.rows().iter().enumerate();
            rows.map(move |(index, row)| (K::new(first.saturating_add(index)), row))
        })
    }

    /// What a clone that is taken now costs for good, in rows: those that no other clone has, and
    /// the references to the rest.
    pub(crate) const fn n_unshared(&self) -> usize {
        /// A reference to a chunk takes about so much less than a row and what hangs on it.
        const CHUNKS_PER_ROW: usize = 16;
        self.n_own
            .saturating_add(self.chunks.len() / CHUNKS_PER_ROW)
    }

    fn touch(&mut self, key: K) {
        let last = self.touched.last().map(|last| last.index());
        if K::IS_WATCHED && last != Some(key.index()) {
            self.touched.push(key);
        }
    }

    /// Takes one of the rows that may have changed since, each at least once.
    pub(crate) fn take_touched(&mut self) -> Option<K> {
        self.touched.pop()
    }

    pub(crate) const fn len(&self) -> usize {
        self.n_rows
    }

    pub(crate) fn has(&self, key: K) -> bool {
        key.index() < self.n_rows
    }

    /// The place of the first row that is not so; all rows before it must be.
    pub(crate) fn first_not(&self, is_so: impl Fn(&T) -> bool) -> usize {
        let is_behind = |chunk: &Chunk<T>| chunk.rows().last().is_some_and(&is_so);
        let before = self.chunks.partition_point(is_behind);
        let within = self.chunks.get(before);
        let within = within.map_or(0, |chunk| chunk.rows().partition_point(&is_so));
        let first = before.saturating_mul(CHUNK_ROWS).saturating_add(within);
        // The last chunk may not be full.
        first.min(self.n_rows)
    }

    pub(crate) fn rows_from(&self, first: usize) -> impl Iterator<Item = (K, &T)> {
        let chunks = self.chunks.iter().skip(first / CHUNK_ROWS);
        let rows = chunks.flat_map(Chunk::rows).skip(first % CHUNK_ROWS);
        (first..).zip(rows).map(|(index, row)| (K::new(index), row))
    }

    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = (K, &T)> + ExactSizeIterator {
        (0..self.n_rows).map(|index| {
            let key = K::new(index);
            (key, &self[key])
        })
    }
}

impl<K: Ix, T: Clone> Index<K> for Table<K, T> {
    type Output = T;

    #[expect(
        clippy::indexing_slicing,
        reason = "a key is minted by `push` of the same mission only, and rows are never removed"
    )]
    fn index(&self, key: K) -> &T {
        let index = key.index();
        &self.chunks[index / CHUNK_ROWS].rows()[index % CHUNK_ROWS]
    }
}

impl<K: Ix, T: Clone> IndexMut<K> for Table<K, T> {
    #[expect(
        clippy::indexing_slicing,
        reason = "a key is minted by `push` of the same mission only, and rows are never removed"
    )]
    fn index_mut(&mut self, key: K) -> &mut T {
        self.touch(key);
        let index = key.index();
        let chunk = &mut self.chunks[index / CHUNK_ROWS];
        if !chunk.is_own() {
            self.n_own = self.n_own.saturating_add(chunk.take_back());
        }
        &mut chunk.own[index % CHUNK_ROWS]
    }
}

/// Written as the list of its rows: how they are kept is nobody's business.
impl<K: Ix, T: Clone + Serialize> Serialize for Table<K, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows().map(|(_, row)| row))
    }
}

impl<'de, K: Ix, T: Clone + Deserialize<'de>> Deserialize<'de> for Table<K, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        for row in Vec::deserialize(deserializer)? {
            table.push(row);
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(n: usize) -> Table<TaskIx, usize> {
        let mut table = Table::default();
        for row in 0..n {
            table.push(row);
        }
        table
    }

    fn values(table: &Table<TaskIx, usize>) -> Vec<usize> {
        table.rows().map(|(_, row)| *row).collect()
    }

    #[test]
    fn a_write_after_a_clone_is_seen_on_one_side_only() {
        let mut one = table(40);
        one.settle();
        let mut other = one.clone();
        one[TaskIx::new(20)] = 100;
        other[TaskIx::new(39)] = 200;
        other.push(300);
        assert_eq!((one.len(), other.len()), (40, 41));
        assert_eq!((values(&one)[20], values(&other)[20]), (100, 20));
        assert_eq!((values(&one)[39], values(&other)[39]), (39, 200));
        assert_eq!(values(&other)[40], 300);
    }

    #[test]
    fn what_is_written_after_settling_is_known_with_its_neighbours() {
        let mut table = table(40);
        assert_eq!(table.written().count(), 40);
        table.settle();
        assert_eq!((table.written().count(), table.n_unshared()), (0, 0));
        table[TaskIx::new(20)] = 100;
        let written: Vec<usize> = table.written().map(|(ix, _)| ix.index()).collect();
        assert_eq!(written, (16..32).collect::<Vec<usize>>());
        assert_eq!(table.n_unshared(), 16);
    }

    #[test]
    fn a_place_is_found_in_whatever_chunk_it_lies() {
        for n in [0, 1, 15, 16, 17, 40] {
            let mut table = table(n);
            for bound in 0..=n {
                let first = table.first_not(|row| *row < bound);
                assert_eq!(first, bound, "{n}");
                let from: Vec<usize> = table.rows_from(first).map(|(_, row)| *row).collect();
                assert_eq!(from, (bound..n).collect::<Vec<usize>>(), "{n}");
                table.settle();
            }
        }
    }
}
