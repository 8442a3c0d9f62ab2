//! The shortest log that still shows a breach: records are left out as long as it does.

use orch_core::record::Record;

use super::judge::look;
use super::laws::MachineLaw;
use super::stories::Known;
use super::under_test::{Failure, Subject};

/// How many shorter logs are tried.
const TRIED_MAX: usize = 300;

/// A breach of one law, and the log that shows it.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) known: Known,
    pub(super) what: String,
}

/// Leaves records out of a log, first many at once and then one by one, as long as the machine
/// breaks the law on what is left, and what is left is within its claims.
///
/// # Errors
/// When the machine gives no answer any more.
pub(super) fn shrink(
    subject: &mut dyn Subject,
    law: &'static MachineLaw,
    mut shown: Shown,
) -> Result<Shown, Failure> {
    let mut n_tried = 0;
    let mut size = shown.known.records.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let mut is_shorter = false;
        while at < shown.known.records.len() && n_tried < TRIED_MAX {
            n_tried += 1;
            match without(subject, law, &shown.known, at..at + size)? {
                Some(shorter) => {
                    shown = shorter;
                    is_shorter = true;
                }
                None => at += size,
            }
        }
        if !is_shorter || size > 1 {
            size /= 2;
        }
        if n_tried >= TRIED_MAX {
            break;
        }
    }
    Ok(shown)
}

/// The log without some records, if it still shows the breach.
fn without(
    subject: &mut dyn Subject,
    law: &'static MachineLaw,
    known: &Known,
    left_out: std::ops::Range<usize>,
) -> Result<Option<Shown>, Failure> {
    let kept = known.records.iter().enumerate();
    let kept = kept.filter(|(at, _)| !left_out.contains(at));
    let records: Vec<Record> = kept
        .zip(1..)
        .filter_map(|((_, record), seq)| renumbered(record, seq))
        .collect();
    let shorter = Known::of(known.name.clone(), records, known.seed);
    if shorter.n_claimed(subject.claims()) < shorter.records.len() {
        return Ok(None);
    }
    let found = look(subject, &shorter, &[law])?;
    Ok(found.first_of(law.name).map(|(seq, what)| {
        let n = shorter
            .records
            .iter()
            .take_while(|it| it.seq() <= seq)
            .count();
        Shown {
            known: shorter.cut(n),
            what,
        }
    }))
}

/// A record at another position; what its words say about positions stays.
fn renumbered(record: &Record, seq: u64) -> Option<Record> {
    let mut envelope = record.envelope().clone();
    envelope.seq = orch_core::ids::Seq(seq);
    Record::seal(envelope, record.event().clone()).ok()
}
