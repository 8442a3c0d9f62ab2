//! Where records lie: blocks from sled, and those at the end that sled does not have yet.

use std::borrow::Cow;
use std::path::Path;

use orch_core::ids::{MissionId, Seq};
use orch_store::error::StoreError;
use orch_store::index::Pointer;
use sled::Db;

use crate::block::BlockNo;
use crate::codec;
use crate::error::{asked, damaged};
use crate::kept::Kept;

/// Returns where at most `max` records of a mission after a position lie, in order.
pub(crate) fn locate(
    db: &Db,
    path: &Path,
    kept: &Kept,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Result<Vec<Pointer>, StoreError> {
    let Some(known) = kept.missions.get(mission) else {
        return Ok(Vec::new());
    };
    let max = u64::try_from(max).unwrap_or(u64::MAX);
    let last = Seq(after.0.saturating_add(max).min(known.head.0));
    if last <= after {
        return Ok(Vec::new());
    }
    let (first_no, last_no) = (BlockNo::after(after), BlockNo::of(last));
    let keys = codec::block_key(known.ordinal, first_no)..=codec::block_key(known.ordinal, last_no);
    let mut stored = asked(db.range(keys), path);
    let mut pointers = Vec::new();
    for no in first_no.to(last_no) {
        let lacking = || {
            damaged(format!(
                "{mission} lacks a block after record {}",
                no.start()
            ))
        };
        let block = match kept.pending.blocks.get(&(known.ordinal, no)) {
            Some(block) => Cow::Borrowed(block),
            None => {
                let (key, value) = stored.next().ok_or_else(lacking)??;
                if codec::read_block_key(&key)? != (known.ordinal, no) {
                    return Err(lacking());
                }
                Cow::Owned(codec::read_block(&key, &value)?)
            }
        };
        if block.len() as u64 != no.n_pointers(known.head) {
            return Err(lacking());
        }
        let first = after.0.max(no.start().0);
        let skipped = count(first.saturating_sub(no.start().0));
        let n_pointers = count(last.0.saturating_sub(first));
        pointers.extend(block.iter().skip(skipped).take(n_pointers));
    }
    Ok(pointers)
}

fn count(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
