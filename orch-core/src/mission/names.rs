//! Interned names: from an id in a record to the index of its row.

#![expect(
    clippy::disallowed_types,
    reason = "a lookup is the hottest step of the fold; this map has a fixed hash and is never iterated"
)]

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasherDefault, Hash};

/// Finds the row of a name.
#[derive(Debug, Clone)]
pub(crate) struct Names<N, K> {
    rows: HashMap<N, K, BuildHasherDefault<DefaultHasher>>,
}

impl<N, K> Default for Names<N, K> {
    fn default() -> Self {
        Self {
            rows: HashMap::default(),
        }
    }
}

impl<N: Hash + Eq, K: Copy> Names<N, K> {
    pub(crate) fn find(&self, name: &N) -> Option<K> {
        self.rows.get(name).copied()
    }

    pub(crate) fn add(&mut self, name: N, row: K) {
        self.rows.insert(name, row);
    }
}
