//! Stores as a version wrote them, kept for the versions after it.

use std::fs;
use std::path::Path;

use orch_store::cursor::Cursor;

use super::draft::{Draft, mission};
use super::law::Failed;
use super::under_test::Subject;

/// Writes a store with every kind of append into a folder that is not there yet, as a fixture of
/// [law 42](super::laws): its files in `store`, its records in `records.jsonl`.
///
/// # Errors
/// When the folder is there, or the store does not take what every store has to take.
pub fn write_fixture(subject: &dyn Subject, folder: &Path) -> Result<(), Failed> {
    fs::create_dir(folder)?;
    let store = folder.join("store");
    fs::create_dir(&store)?;
    // Opened twice: what a second opening leaves is part of what a version writes.
    for round in 0..2_u64 {
        let opened = subject.open(&store)?;
        for m in ["auth", "auth2", "\u{e9}/\u{1F980}"].map(mission) {
            for n in 0..6 {
                let head = opened.journal.head(&m)?.0;
                let mut draft = Draft::new(&m, head).records([1, 2, 5][n % 3]);
                if n % 2 == 0 {
                    draft = draft.command(&format!("k{round}-{n}"));
                }
                if n % 4 == 0 {
                    draft = draft.request("digest");
                }
                opened.journal.append(draft.append())?;
            }
        }
        (opened.close)()?;
        drop(opened);
    }
    let opened = subject.open(&store)?;
    let start = Cursor::start(opened.journal.id());
    let all = opened.journal.read_all(&start, usize::MAX)?;
    let lines = all.records.iter();
    let lines: Vec<&str> = lines.map(|(_, record)| record.as_line()).collect();
    (opened.close)()?;
    fs::write(folder.join("records.jsonl"), lines.join("\n") + "\n")?;
    Ok(())
}
