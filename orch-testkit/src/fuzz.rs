//! What a fuzzer holds against the laws: each function takes bytes, whatever they are, and panics
//! when a law does not hold for them.
//!
//! ```text
//! bytes ─▶ a log, commands, calls of a store, a damaged folder ─▶ laws
//! ```
//! The fuzzers of the folder `fuzz` feed them with bytes that reach new code; ordinary tests feed them
//! with the [seeds], which are what fuzzers found and where they begin.

mod decide_apply;
mod fold;
mod importers;
mod record_codec;
mod recover_dir;
mod store_ops;
mod views;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub use decide_apply::decide_apply;
pub use fold::{fold_bytes, fold_split, fold_vs_oracle};
pub use importers::importers;
pub use record_codec::record_codec;
pub use recover_dir::recover_dir;
pub use store_ops::store_ops;

/// A name of a target, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: &[Target] = &[
    ("fold_bytes", fold_bytes),
    ("fold_split", fold_split),
    ("fold_vs_oracle", fold_vs_oracle),
    ("decide_apply", decide_apply),
    ("store_ops", store_ops),
    ("record_codec", record_codec),
    ("recover_dir", recover_dir),
    ("importers", importers),
];

/// Reads the seeds of a target from a checkout of orch, by their names.
pub fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let folder = root.unwrap().join("fuzz/seeds").join(target);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            (path, bytes)
        })
        .collect();
    seeds.sort();
    seeds
}

/// Draws from a strategy, once for each four bytes, with these as the seed of chance.
///
/// A fuzzer that changes a byte changes one thing that is drawn, and one that takes a piece out or puts
/// one in does the same to the list.
fn drawn<T>(strategy: impl Strategy<Value = T>, bytes: &[u8], most: usize) -> Vec<T> {
    let seeds = bytes.chunks(4).take(most);
    let one = |seed: &[u8]| {
        let mut padded = [0; 32];
        for (place, byte) in padded.iter_mut().zip(seed) {
            *place = *byte;
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &padded);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        strategy.new_tree(&mut runner).unwrap().current()
    };
    seeds.map(one).collect()
}

/// Takes the first byte off; zero if there is none.
fn split_byte(bytes: &[u8]) -> (u8, &[u8]) {
    match bytes.split_first() {
        Some((first, rest)) => (*first, rest),
        None => (0, bytes),
    }
}
