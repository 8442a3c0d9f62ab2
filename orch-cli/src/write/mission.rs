//! Which mission a command is for: the one that is named, or the only one that is open.

use orch_core::ids::MissionId;
use orch_store::journal::MissionHead;

use super::{failure, shell};
use crate::cli::Globals;
use crate::error::{CliError, ErrorCode};
use crate::select::{Match, candidates, nearest, prefixed};
use crate::store::Door;
use crate::view::{in_mission, store_flag};

/// Finds the mission.
///
/// # Errors
/// When there is none, or several could be meant.
pub(super) fn choose(door: &Door, globals: &Globals) -> Result<MissionId, CliError> {
    let heads = door.journal().missions();
    let heads = heads.map_err(|error| failure::store(&error))?;
    if heads.is_empty() {
        return Err(
            CliError::new(ErrorCode::NoMission, "the store has no mission yet")
                .hint(format!("orch{} mission new TITLE", store_flag(globals))),
        );
    }
    match globals.mission.as_deref() {
        None => only(door, heads, globals),
        Some("latest") if heads.iter().all(|head| head.mission.as_str() != "latest") => {
            let latest = heads.into_iter().max_by_key(|head| head.at);
            latest
                .map(|head| head.mission)
                .ok_or_else(|| none(globals, "latest", &[]))
        }
        Some(wanted) => named(&heads, globals, wanted),
    }
}

fn named(heads: &[MissionHead], globals: &Globals, wanted: &str) -> Result<MissionId, CliError> {
    let names = || heads.iter().map(|head| head.mission.as_str());
    match prefixed(names(), wanted) {
        Match::One(id) => MissionId::parse(id)
            .map_err(|error| CliError::new(ErrorCode::Internal, error.to_string())),
        Match::Several(found) => Err(CliError::new(
            ErrorCode::AmbiguousMission,
            format!("several missions begin with {wanted:?}"),
        )
        .evidence_all(candidates(found.into_iter().map(str::to_owned)))
        .hint(format!("orch{} missions", store_flag(globals)))),
        Match::None => Err(none(globals, wanted, &nearest(names(), wanted))),
    }
}

/// The only mission that is open, or the only one there is.
fn only(door: &Door, heads: Vec<MissionHead>, globals: &Globals) -> Result<MissionId, CliError> {
    if let [one] = heads.as_slice() {
        return Ok(one.mission.clone());
    }
    let mut open = Vec::new();
    for head in &heads {
        let is_open = door.read(&head.mission, |mission| mission.closed().is_none());
        if is_open.map_err(|error| failure::failed(&error))? {
            open.push(head.mission.clone());
        }
    }
    if let [one] = open.as_slice() {
        return Ok(one.clone());
    }
    let is_over = open.is_empty();
    let (n, what) = if open.is_empty() {
        (heads.len(), "missions, all of them closed")
    } else {
        (open.len(), "open missions")
    };
    let listed = if open.is_empty() {
        heads.into_iter().map(|head| head.mission).collect()
    } else {
        open
    };
    let first = listed.first().map_or("ID", MissionId::as_str);
    // What was asked for is asked for again, unless no mission would take it.
    let hint = if is_over {
        format!("orch{} status", in_mission(globals, first))
    } else if first.starts_with('-') {
        shell::again(&[&format!("--mission={first}")], &[])
    } else {
        shell::again(&["-m", first], &[])
    };
    Err(CliError::new(
        ErrorCode::AmbiguousMission,
        format!("there are {n} {what}; choose one"),
    )
    .evidence_all(candidates(listed.iter().map(ToString::to_string)))
    .hint(hint))
}

fn none(globals: &Globals, wanted: &str, near: &[String]) -> CliError {
    CliError::new(
        ErrorCode::UnknownMission,
        format!("there is no mission {wanted:?}"),
    )
    .evidence_all(near.iter().map(|near| format!("did you mean {near}?")))
    .hint(format!("orch{} missions", store_flag(globals)))
}
