//! Faults of what is around a journal.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use orch_store::answers::Given;
use orch_store::error::StoreError;
use orch_store::journal::{Append, Appended, Journal};

use super::table::STRAIGHT;
use super::twisted::{Answer, Told, Twist, TwistedJournal};
use crate::store::stores::reader;

/// Copies the files, and with them the identity.
pub(super) fn same_identity(from: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::io("copy", from, error);
    fs::create_dir(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            same_identity(&entry.path(), &target)?;
        } else if entry.file_name() != "lock" {
            fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}

/// Opens a reader that acknowledges what it cannot write.
pub(super) fn acknowledging_reader(folder: &Path) -> Told<Arc<dyn Journal>> {
    let inner = reader(folder)?;
    let claims = inner.capabilities();
    let twist = Twist {
        append: Some(acknowledged),
        ..STRAIGHT
    };
    Ok(Arc::new(TwistedJournal::new(inner, twist, claims)))
}

#[expect(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "a twist has the shape of the call that it replaces"
)]
fn acknowledged(_journal: &TwistedJournal, append: Append) -> Answer {
    let Given { first, last, .. } = Given::of(&append);
    Ok(Appended::Now { first, last })
}
