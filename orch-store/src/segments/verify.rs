//! Checking a whole store: every byte of the journal, and that the index says the same.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use orch_core::ids::{MissionId, Seq};

use super::entry;
use super::scan::{Bad, Batch, walk};
use super::shared::Shared;
use crate::error::StoreError;
use crate::hex::hex;
use crate::index::{Entry, Index, Mark};
use crate::journal::{Progress, Verified};

/// Checks everything up to the end of what is durable.
pub(super) fn verify<I: Index>(
    shared: &Shared<I>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Verified, StoreError> {
    let end = shared.end();
    let total = super::open::n_bytes(&shared.layout)?;
    let mut found = Verified::new();
    let mut heads: BTreeMap<MissionId, Seq> = BTreeMap::new();
    let walked = walk(
        &shared.layout,
        shared.origin,
        Mark::ZERO,
        Some(end),
        |batch| {
            let entry = entry::of_batch(&shared.layout, batch)?;
            let head = heads.entry(entry.mission.clone()).or_insert(Seq::ZERO);
            if entry.given.first != head.next() {
                let what = format!(
                    "record {} of mission {} follows its record {head}",
                    entry.given.first, entry.mission
                );
                return Err(damaged(shared, batch, what));
            }
            *head = entry.given.last;
            compare(&shared.index, &entry)?;
            found.batches = found.batches.saturating_add(1);
            found.bytes = found.bytes.saturating_add(batch.n_bytes());
            let done = found.bytes;
            progress(Progress { done, total });
            Ok(ControlFlow::Continue(()))
        },
    )?;
    if let Some(bad) = walked.bad {
        return Err(bad.damaged(&shared.layout, end.segment));
    }
    if walked.end.position != end.position || walked.end.chain != end.chain {
        return Err(StoreError::Lost {
            witness: "this process",
            seen: end.position,
            found: walked.end.position,
        });
    }
    compare_missions(&shared.index, &heads, end)?;
    found.records = end.position.0;
    found.missions = heads.len() as u64;
    found.chain = hex(&end.chain);
    Ok(found)
}

/// Compares what the index says of an append with the journal.
fn compare<I: Index>(index: &I, entry: &Entry) -> Result<(), StoreError> {
    let after = Seq(entry.given.first.0.saturating_sub(1));
    let pointers = index.locate(&entry.mission, after, entry.pointers.len())?;
    let answer = match &entry.given.command {
        Some(command) => index.answer(&entry.mission, command)?,
        None => None,
    };
    let same = pointers == entry.pointers
        && (entry.given.command.is_none() || answer.as_ref() == Some(&entry.given));
    if same {
        return Ok(());
    }
    Err(StoreError::Index {
        what: format!(
            "it says otherwise than the journal of records {} to {} of mission {}",
            entry.given.first, entry.given.last, entry.mission
        ),
    })
}

/// Compares the missions of the index with those of the journal up to an end.
///
/// Somebody may have written meanwhile: then the index may know more, but never less.
fn compare_missions<I: Index>(
    index: &I,
    heads: &BTreeMap<MissionId, Seq>,
    end: Mark,
) -> Result<(), StoreError> {
    let in_index: BTreeMap<MissionId, Seq> = index
        .missions()?
        .into_iter()
        .map(|head| (head.mission, head.head))
        .collect();
    let lacks = |(mission, head)| in_index.get(mission).is_none_or(|found| found < head);
    // Asked afterwards: what the missions have beyond the end is behind this mark.
    let is_further = index.mark()?.position > end.position;
    if heads.iter().any(lacks) || (in_index != *heads && !is_further) {
        let what = "its missions are not those of the journal".to_owned();
        return Err(StoreError::Index { what });
    }
    Ok(())
}

fn damaged<I>(shared: &Shared<I>, batch: &Batch, what: String) -> StoreError {
    let at = batch.start;
    Bad { at, what }.damaged(&shared.layout, at.segment)
}
