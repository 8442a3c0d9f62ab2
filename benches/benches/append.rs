//! Durable appends a second, by number of writers, beside a plain file in the same run.
//!
//! ```text
//! cargo bench -p orch-benches --bench append
//! ```
//! The plain file does what any durable log has to: it appends the same lines, and syncs once for
//! all who wait. What a store does besides is what its ratio to the file shows: it checks the
//! command id and the position, sums and chains the bytes, and keeps an index. The rows with
//! `execute` also decide the command and seal its records.
//!
//! The rounds are interleaved, so that whatever else the machine does falls on all alike; the
//! figures are medians. Each round checks that everything that was acknowledged is there.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that goes wrong stops, and its figures are printed"
)]

#[path = "append/plain.rs"]
mod plain;
#[path = "append/stores.rs"]
mod stores;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long each round runs.
const ROUND: Duration = Duration::from_millis(400);
/// How many rounds there are; their median counts.
const ROUNDS: usize = 7;
/// How many writers there are at once.
const WRITERS: [usize; 3] = [1, 8, 64];

/// Something that writers append to.
trait Target: Sync {
    /// Appends the `k`th thing of a writer and returns once it is durable.
    fn append(&self, writer: usize, k: u64);

    /// Returns how many records are on record that were appended.
    fn count(&self) -> u64;
}

/// A way to append.
struct Row {
    name: &'static str,
    make: fn(&std::path::Path, usize) -> Box<dyn Target>,
}

const ROWS: [Row; 5] = [
    Row {
        name: "plain file",
        make: plain::make,
    },
    Row {
        name: "jsonl: append",
        make: stores::jsonl,
    },
    Row {
        name: "sled: append",
        make: stores::sled,
    },
    Row {
        name: "sled: execute, own missions",
        make: stores::own_missions,
    },
    Row {
        name: "sled: execute, one mission",
        make: stores::one_mission,
    },
];

fn main() {
    println!(
        "{:32} {:>8} {:>12} {:>8}",
        "", "writers", "appends/s", "to file"
    );
    for n_writers in WRITERS {
        let mut rates: Vec<Vec<f64>> = ROWS.iter().map(|_| Vec::new()).collect();
        for _ in 0..ROUNDS {
            for (row, rates) in ROWS.iter().zip(&mut rates) {
                rates.push(round(row, n_writers));
            }
        }
        let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
        let plain = medians.first().copied().unwrap_or(f64::NAN);
        for (row, rate) in ROWS.iter().zip(medians) {
            let ratio = rate / plain;
            println!("{:32} {n_writers:>8} {rate:>12.0} {ratio:>8.2}", row.name);
        }
    }
}

/// Lets writers append for a while; returns how many appends a second were acknowledged.
fn round(row: &Row, n_writers: usize) -> f64 {
    let folder = tempfile::tempdir_in(".").unwrap();
    let target = (row.make)(folder.path(), n_writers);
    let before = target.count();
    let acknowledged = AtomicU64::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..n_writers {
            let (target, acknowledged) = (&*target, &acknowledged);
            scope.spawn(move || {
                let mut k = 0;
                while begin.elapsed() < ROUND {
                    target.append(writer, k);
                    k += 1;
                }
                acknowledged.fetch_add(k, Ordering::Relaxed);
            });
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    let n = acknowledged.into_inner();
    assert_eq!(target.count() - before, n, "{}: not all is there", row.name);
    drop(target);
    #[expect(clippy::cast_precision_loss, reason = "counts of one round are small")]
    let rate = n as f64 / seconds;
    rate
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}
