//! What the errors of a store mean, and which command comes next.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use orch_store::error::StoreError;

use super::FOLDER;
use super::files::newer;
use crate::error::{CliError, ErrorCode};
use crate::view::quoted;

/// What is suggested where a store cannot be made.
pub(super) const ELSEWHERE: &str = "orch -S ANOTHER-FOLDER init";

/// The longest command that is repeated in a help line.
const AGAIN_MAX_BYTES: usize = 200;

/// Says what is wrong with a store, and what to do.
pub(crate) fn failed(error: &StoreError) -> CliError {
    let said = |code| CliError::new(code, error.to_string());
    match error {
        StoreError::Missing { path } => {
            said(ErrorCode::StoreMissing).hint(format!("orch -S {} init", shown(path)))
        }
        StoreError::NotAStore { path, .. } => said(ErrorCode::NotAStore).hint(instead_of(path)),
        StoreError::Exists { path } => {
            said(ErrorCode::Exists).hint(format!("orch -S {} store info", shown(path)))
        }
        StoreError::Newer { .. } => said(ErrorCode::NewerFormat).hint("orch --version"),
        StoreError::OtherKind { path, found, .. } => {
            said(ErrorCode::NotAStore).hint(format!("orch -S {found}:{} store info", shown(path)))
        }
        StoreError::Busy {
            holder, stopped, ..
        } => busy(said(ErrorCode::Busy), holder, *stopped),
        StoreError::ReadOnly { path, .. } => {
            said(ErrorCode::ReadOnly).hint(format!("ls -ld {}", shown(there(path))))
        }
        StoreError::Full { path } => said(ErrorCode::DiskFull)
            .evidence("nothing that was acknowledged is lost; reading goes on working")
            .hint(format!("df -h {}", shown(there(path)))),
        StoreError::Unreadable { source, .. } if newer(source).is_some() => {
            said(ErrorCode::NewerFormat).hint("orch --version")
        }
        StoreError::Damaged { .. } | StoreError::Lost { .. } | StoreError::Unreadable { .. } => {
            said(ErrorCode::DamagedStore).hint_here("store verify")
        }
        StoreError::Unidentified { path, .. } => said(ErrorCode::DamagedStore)
            .evidence("its journal is there, and was not touched")
            .hint(format!("orch -S {} missions", shown(&path.join("journal")))),
        StoreError::Index { .. } => said(ErrorCode::DamagedIndex).hint_here("store rebuild"),
        StoreError::Poisoned { .. } => said(ErrorCode::StoreStopped).hint_here("store verify"),
        StoreError::ForeignCursor { .. } | StoreError::CursorAhead { .. } => {
            said(ErrorCode::Internal)
        }
        StoreError::Unsupported { .. } => said(ErrorCode::NotAStore),
        StoreError::NoFolder { path } => {
            said(ErrorCode::FolderMissing).hint(format!("mkdir -p {}", shown(path)))
        }
        StoreError::Io { .. } => said(ErrorCode::Io),
        StoreError::OwnerGone { .. } => said(ErrorCode::OwnerGone),
        StoreError::OtherProtocol { holder, .. } => {
            let pid = holder.split_whitespace().nth(1).unwrap_or_default();
            said(ErrorCode::OtherOwner)
                .evidence("one of the two is older: both have to be of the same version")
                .hint(format!("kill {pid}"))
        }
        StoreError::Owner { .. } => said(ErrorCode::OwnerRefused),
        // The store may add errors.
        _ => said(ErrorCode::Io),
    }
}

fn busy(said: CliError, holder: &str, stopped: bool) -> CliError {
    let pid = holder.split_whitespace().nth(1).unwrap_or_default();
    if stopped {
        return said
            .evidence("that process is stopped, as by Ctrl-Z: it gives nothing back by itself")
            .hint(format!("kill -CONT {pid}"));
    }
    let said = said.evidence("the lock goes with its process; there is none to remove by hand");
    let again = patiently(std::env::args_os().skip(1));
    if again.len() > AGAIN_MAX_BYTES {
        return said;
    }
    said.hint(again)
}

/// Writes the command that is running with more patience.
fn patiently(args: impl Iterator<Item = OsString>) -> String {
    let mut again = "orch --lock-timeout 60s".to_owned();
    let mut is_value = false;
    for arg in args {
        let arg = arg.to_string_lossy();
        let is_flag = arg == "--lock-timeout";
        if !is_value && !is_flag && !arg.starts_with("--lock-timeout=") {
            again.push(' ');
            again.push_str(&quoted(&arg));
        }
        is_value = is_flag;
    }
    again
}

/// Returns how a store can be made where, or instead of where, none is.
pub(super) fn instead_of(path: &Path) -> String {
    let is_free = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    if is_free {
        format!("orch -S {} init", shown(path))
    } else {
        ELSEWHERE.to_owned()
    }
}

/// Returns the command that makes a store here, unless something is in its place.
pub(super) fn init_here() -> &'static str {
    let here = Path::new(FOLDER);
    // A link that leads nowhere is in its place as well.
    if fs::symlink_metadata(here).is_ok() && !here.is_dir() {
        ELSEWHERE
    } else {
        "orch init"
    }
}

/// Returns the folder above, or above that, that is there.
fn there(path: &Path) -> &Path {
    let above = path.ancestors().find(|above| above.exists());
    above.unwrap_or_else(|| Path::new("."))
}

fn shown(path: &Path) -> String {
    quoted(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_command_is_suggested_with_more_patience() {
        let args = ["--lock-timeout", "1s", "add", "a task", "--lock-timeout=2s"];
        let again = patiently(args.into_iter().map(OsString::from));
        assert_eq!(again, "orch --lock-timeout 60s add 'a task'");
    }
}
