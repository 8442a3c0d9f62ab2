//! A store of one's own, held against every law of a store: `cargo test -p orch-testkit --example
//! own_store`.
//!
//! An adapter needs the first twenty lines; here they are around the store in memory.

use std::path::Path;

use orch_store::capabilities::Capabilities;
use orch_store::error::StoreError;
use orch_store::journal::Journal as _;
use orch_store::memory::MemoryJournal;
use orch_testkit::store::StoreUnderTest;

struct Mine;

impl StoreUnderTest for Mine {
    type Store = MemoryJournal;

    fn name(&self) -> &'static str {
        "mine"
    }

    fn capabilities(&self) -> Capabilities {
        MemoryJournal::new().capabilities()
    }

    fn open(&self, _folder: &Path) -> Result<MemoryJournal, StoreError> {
        Ok(MemoryJournal::new())
    }
}

#[cfg(test)]
orch_testkit::store_laws!(Mine);

/// The same as a report, for the README of an adapter.
fn main() {
    use orch_testkit::store::Report;
    use std::io::Write as _;

    let report = Report::on(&[(&Mine, None)]);
    let written = std::io::stdout().write_all(report.markdown().as_bytes());
    assert!(report.is_good() && written.is_ok(), "{}", report.json());
}
