//! Flat storage: rows in a vector, referred to by small typed indices.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// A typed index into a [`Table`].
pub(crate) trait Ix: Copy {
    fn new(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
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
        }
    )*};
}

indices! {
    /// Refers to a task of this mission.
    TaskIx;
    /// Refers to an attempt of this mission.
    AttemptIx;
    /// Refers to an agent of this mission.
    AgentIx;
    /// Refers to an incarnation of an agent of this mission.
    IncarnationIx;
    /// Refers to an obligation of this mission.
    ObligationIx;
}

/// Rows that are only ever added.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Table<K, T> {
    rows: Vec<T>,
    #[serde(skip)]
    key: PhantomData<K>,
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            key: PhantomData,
        }
    }
}

impl<K, T: fmt::Debug> fmt::Debug for Table<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt(f)
    }
}

impl<K: Ix, T> Table<K, T> {
    pub(crate) fn push(&mut self, row: T) -> K {
        let key = K::new(self.rows.len());
        self.rows.push(row);
        key
    }

    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn has(&self, key: K) -> bool {
        key.index() < self.rows.len()
    }

    /// The place of the first row that is not so; all rows before it must be.
    pub(crate) fn first_not(&self, is_so: impl Fn(&T) -> bool) -> usize {
        self.rows.partition_point(is_so)
    }

    pub(crate) fn rows_from(&self, first: usize) -> impl Iterator<Item = (K, &T)> {
        self.rows
            .iter()
            .enumerate()
            .skip(first)
            .map(|(index, row)| (K::new(index), row))
    }

    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = (K, &T)> + ExactSizeIterator {
        self.rows
            .iter()
            .enumerate()
            .map(|(index, row)| (K::new(index), row))
    }
}

impl<K: Ix, T> Index<K> for Table<K, T> {
    type Output = T;

    #[expect(
        clippy::indexing_slicing,
        reason = "a key is minted by `push` of the same mission only, and rows are never removed"
    )]
    fn index(&self, key: K) -> &T {
        &self.rows[key.index()]
    }
}

impl<K: Ix, T> IndexMut<K> for Table<K, T> {
    #[expect(
        clippy::indexing_slicing,
        reason = "a key is minted by `push` of the same mission only, and rows are never removed"
    )]
    fn index_mut(&mut self, key: K) -> &mut T {
        &mut self.rows[key.index()]
    }
}
