//! Interned names: from an id in a record to the index of its row.

#![expect(
    clippy::disallowed_types,
    reason = "a lookup is the hottest step of the fold; this map has a fixed hash and is never iterated"
)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

/// Finds the row of a name. Clones share the names, until one of them adds one.
#[derive(Debug, Clone)]
pub(crate) struct Names<N, K> {
    rows: Arc<HashMap<N, K, BuildHasherDefault<Fnv>>>,
}

/// FNV-1a: for names of a few bytes several times faster than the default hash, whose secret key
/// would be a constant here anyway.
#[derive(Debug, Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<N, K> Default for Names<N, K> {
    fn default() -> Self {
        Self {
            rows: Arc::default(),
        }
    }
}

impl<N: Clone + Hash + Eq, K: Copy> Names<N, K> {
    pub(crate) fn find(&self, name: &N) -> Option<K> {
        self.rows.get(name).copied()
    }

    pub(crate) fn add(&mut self, name: N, row: K) {
        Arc::make_mut(&mut self.rows).insert(name, row);
    }

    /// What a clone that is taken now costs for good, in rows of the state.
    pub(crate) fn n_unshared(&self) -> usize {
        /// A name takes about so much less than a row and what hangs on it.
        const NAMES_PER_ROW: usize = 16;
        if Arc::strong_count(&self.rows) > 1 {
            0
        } else {
            self.rows.len() / NAMES_PER_ROW
        }
    }
}
