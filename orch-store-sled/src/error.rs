//! What sled says when something fails: is the index damaged, or did the system refuse?
//!
//! A damaged index is thrown away and made again. A full disk must not look like one.

use std::any::Any;
use std::fmt::Display;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use orch_store::error::StoreError;
use sled::IVec;

/// An index that cannot be what was written.
pub(crate) fn damaged(what: impl Display) -> StoreError {
    StoreError::Index {
        what: what.to_string(),
    }
}

/// Asks sled; a panic in it is an answer as well.
///
/// sled asserts what it believes about its files, and damaged files prove it wrong.
pub(crate) fn ask<T>(
    action: &'static str,
    path: &Path,
    work: impl FnOnce() -> sled::Result<T>,
) -> Result<T, StoreError> {
    // Whoever gets this error does not use the database any more: nothing that the panic left
    // half done is seen.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer.map_err(|error| said(action, path, error)),
        Err(panic) => Err(damaged(format!("sled gave up: {}", text_of(&*panic)))),
    }
}

/// Asks sled for one entry after the other.
pub(crate) fn asked(
    mut entries: sled::Iter,
    path: &Path,
) -> impl Iterator<Item = Result<(IVec, IVec), StoreError>> {
    std::iter::from_fn(move || ask("read", path, || entries.next().transpose()).transpose())
}

fn said(action: &'static str, path: &Path, error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(source) if is_wrong(source.kind()) => {
            damaged(format!("cannot {action} it: {source}"))
        }
        sled::Error::Io(source) => StoreError::io(action, path, source),
        sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Corruption { .. } => damaged(format!("cannot {action} it: {error}")),
    }
}

/// Whether an error comes from what the files say: a file that is cut, gone or that points to nowhere
/// fails like this, on a healthy disk.
const fn is_wrong(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotFound
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::NotADirectory
    )
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said_of(kind: io::ErrorKind) -> StoreError {
        let path = Path::new("index");
        ask("read", path, || Err::<(), _>(sled::Error::Io(kind.into()))).unwrap_err()
    }

    #[test]
    fn a_full_disk_is_no_damage() {
        let full = said_of(io::ErrorKind::StorageFull);
        assert!(matches!(full, StoreError::Full { .. }), "{full}");
        let fixed = said_of(io::ErrorKind::ReadOnlyFilesystem);
        assert!(matches!(fixed, StoreError::ReadOnly { .. }), "{fixed}");
        let other = said_of(io::ErrorKind::Other);
        assert!(matches!(other, StoreError::Io { .. }), "{other}");
    }

    #[test]
    fn a_cut_file_is_damage() {
        let cut = said_of(io::ErrorKind::UnexpectedEof);
        assert!(matches!(cut, StoreError::Index { .. }), "{cut}");
    }

    #[test]
    fn a_panic_is_damage_and_says_what_it_said() {
        let path = Path::new("index");
        let error = ask::<()>("read", path, || panic!("page {} is odd", 7)).unwrap_err();
        assert!(error.to_string().contains("page 7 is odd"), "{error}");
    }
}
