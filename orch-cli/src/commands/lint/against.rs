//! The other account of the same work: a journal, read for what it claims about its tasks.

use std::path::Path;

use orch_core::lint::Claim;
use orch_core::mission::Mission;

use crate::error::{CliError, ErrorCode};
use crate::select;
use crate::store::Store;
use crate::ui::Ui;
use crate::view::{View, quoted};

/// Reads what a journal says about each task.
///
/// A snapshot of a tracker says it itself; of any other journal it is what the fold makes of it. Of
/// several missions, the one that is called like the log counts.
///
/// # Errors
/// When it cannot be read, or holds several missions and none is called like the log.
pub(super) fn claims(path: &Path, view: &View, ui: &mut Ui) -> Result<Vec<Claim>, CliError> {
    let mut store = Store::open(Some(path), ui)?;
    let ours = view.history.head().id();
    let mut ids = store.missions.keys();
    let only = ids.next().filter(|_| ids.next().is_none());
    let same = ours.filter(|id| store.missions.contains_key(*id));
    let Some(id) = same.or(only).cloned() else {
        let what = format!(
            "{} holds {} missions, and none is the one that is looked at",
            path.display(),
            store.missions.len()
        );
        let ids = store.missions.keys().map(ToString::to_string);
        let list = format!("missions -S {}", quoted(&path.display().to_string()));
        return Err(CliError::new(ErrorCode::AmbiguousMission, what)
            .evidence_all(select::candidates(ids))
            .hint(format!("orch {list}")));
    };
    if let Some(claims) = store.claims.remove(&id) {
        return Ok(claims);
    }
    let mission = Mission::fold(store.missions.get(&id).into_iter().flatten());
    Ok(mission.tasks().map(|task| Claim::of(&task)).collect())
}
