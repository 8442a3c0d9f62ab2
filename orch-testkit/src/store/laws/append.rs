//! Laws of appending: order, numbers, what is refused and what is kept.

use orch_core::ids::Seq;
use orch_store::journal::Journal as _;
use proptest::prelude::*;

use crate::store::law::ensure;
use crate::store::{Bench, Draft, Verdict, mission};

pub(super) fn gapless_stream(bench: &Bench<'_>) -> Verdict {
    let sizes = prop::collection::vec(1..40_usize, 1..12);
    bench.each(&sizes, bench.n_cases(12), |sizes| {
        let journal = bench.fresh()?;
        let m = mission("m");
        let mut head = 0;
        for n_records in sizes {
            journal.append(Draft::new(&m, head).records(n_records).append())?;
            head += n_records as u64;
        }
        let read = journal.read(&m, Seq::ZERO, usize::MAX)?;
        let seqs: Vec<u64> = read.iter().map(|record| record.seq().0).collect();
        ensure!(
            seqs.iter().copied().eq(1..=head),
            "{head} records were appended, {seqs:?} are read"
        );
        Ok(())
    })
}
