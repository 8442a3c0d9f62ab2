//! A store whose files were changed: an error that says so, or the same history.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use orch_core::event::note::Note;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::{Batch, Record};
use orch_store::cursor::Cursor;
use orch_store::error::StoreError;
use orch_store::journal::{Append, Appended, Expect, Journal};
use orch_store::segments::{self, Kind, Options, Reader};
use uuid::Uuid;

use super::split_byte;
use crate::world::{epoch, lead};

/// A store as its files: by their paths in the folder, the bytes.
type Files = Vec<(String, Vec<u8>)>;

/// A store that something happened to, and what it holds.
struct Base {
    files: Files,
    /// Whether bytes behind its end are torn, so that it is mended when it is opened.
    story: Vec<String>,
}

/// Reads bytes as changes to the files of a store, opens it in both ways, and compares.
///
/// One file that is changed is noticed or does not matter. Several can bear each other out, and then the
/// history may be shorter by whole appends from its end, but never different. A store that opens can be
/// written to, and opens again with all of it.
pub fn recover_dir(bytes: &[u8]) {
    static BASES: OnceLock<Vec<Base>> = OnceLock::new();
    let bases = BASES.get_or_init(|| vec![base(false), base(true)]);
    let (which, mut rest) = split_byte(bytes);
    let base = bases.get(usize::from(which) % bases.len()).unwrap();
    let mut files = base.files.clone();
    let mut changed = BTreeSet::new();
    while let Some((&[file, how, high, low, value], more)) = rest.split_first_chunk::<5>() {
        let n = usize::from(file) % files.len();
        let at = usize::from(u16::from_be_bytes([high, low]));
        rest = change(&mut files.get_mut(n).unwrap().1, how, at, value, more);
        changed.insert(n);
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    write(&root, &files);
    let reader = Reader::open(&root).and_then(|reader| story(&reader));
    check(reader, base, changed.len());
    let opened = segments::open(&root, &options());
    let told = opened.and_then(|opened| {
        let told = story(&opened.journal)?;
        opened.journal.verify(&mut |_| ())?;
        extend(&opened.journal)?;
        let more = story(&opened.journal)?;
        drop(opened);
        let again = segments::open(&root, &options()).expect("a store that was mended opens");
        assert_eq!(story(&again.journal).unwrap(), more);
        Ok(told)
    });
    check(told, base, changed.len());
}

fn check(told: Result<Vec<String>, StoreError>, base: &Base, n_changed: usize) {
    match told {
        Ok(told) if n_changed < 2 => assert_eq!(told, base.story, "NO_SILENT_CORRUPTION"),
        Ok(told) => {
            let kept = base.story.get(..told.len());
            assert_eq!(Some(told.as_slice()), kept, "NO_SILENT_CORRUPTION");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Changes a file; what is left of the input may become its bytes.
fn change<'a>(file: &mut Vec<u8>, how: u8, at: usize, value: u8, more: &'a [u8]) -> &'a [u8] {
    let at = at.min(file.len().saturating_sub(1));
    match how % 8 {
        0 | 1 => {
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
        }
        2 => {
            if let Some(byte) = file.get_mut(at) {
                *byte ^= 1 << (value % 8);
            }
        }
        3 => file.truncate(at),
        4 => {
            let end = at.saturating_add(usize::from(value)).min(file.len());
            file.drain(at..end);
        }
        5 => {
            let end = at.saturating_add(usize::from(value)).min(file.len());
            let again = file.get(at..end).unwrap_or_default().to_vec();
            file.extend(again);
        }
        6 => file.resize(file.len() + usize::from(value), 0),
        _ => {
            let (part, rest) = more.split_at(more.len().min(usize::from(value)));
            let at = at.min(file.len());
            file.splice(at.., part.iter().copied());
            return rest;
        }
    }
    more
}

fn options() -> Options {
    let mut options = Options::default();
    options.lock_wait = Duration::from_millis(500);
    options.segment_max_bytes = 1200;
    options
}

/// Makes a store of several segments and two missions.
fn base(is_torn: bool) -> Base {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    segments::create(&root, Kind::Jsonl).unwrap();
    let opened = segments::open(&root, &options()).unwrap().journal;
    for n in 0..4_u64 {
        for (name, n_records) in [("auth", 1), ("auth2", 2)] {
            let head = Seq(n * n_records);
            let append = append(name, head, usize::try_from(n_records).unwrap());
            opened.append(append).unwrap();
        }
    }
    let told = story(&opened).unwrap();
    drop(opened);
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    if is_torn {
        let mut segments = files
            .iter_mut()
            .filter(|(path, _)| path.starts_with("journal"));
        let (_, last) = segments.next_back().unwrap();
        last.extend_from_slice(b"{\"v\":1,\"seq\":5,\"id\":\"");
    }
    Base { files, story: told }
}

fn append(name: &str, head: Seq, n_records: usize) -> Append {
    let batch = Batch {
        mission: MissionId::parse(name).unwrap(),
        head,
        at: epoch(),
        by: lead(),
        command: Some(CommandKey::parse(&format!("c{head}")).unwrap()),
        request: None,
        cause: None,
    };
    let text = || format!("note {head}");
    let note = || {
        Note {
            task: None,
            text: text(),
        }
        .into()
    };
    let mut n = u128::from(head.0) << 8;
    let records = batch.seal((0..n_records).map(|_| note()).collect(), || {
        n += 1;
        Uuid::from_u128(n)
    });
    Append::new(Expect::head(head), records.unwrap()).unwrap()
}

/// Appends one record more: a store that opens takes it.
fn extend(journal: &dyn Journal) -> Result<(), StoreError> {
    let mission = MissionId::parse("auth").unwrap();
    let head = journal.head(&mission)?;
    let appended = journal.append(append("auth", head, 1));
    let next = head.next();
    assert!(
        matches!(appended, Ok(Appended::Now { first, last }) if first == next && last == next),
        "{appended:?}"
    );
    Ok(())
}

/// Everything that a journal tells, in its order; a mission read alone must tell the same.
fn story(journal: &dyn Journal) -> Result<Vec<String>, StoreError> {
    let all = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
    for head in journal.missions()? {
        let alone = journal.read(&head.mission, Seq::ZERO, usize::MAX)?;
        let of_it = |record: &&Record| record.envelope().mission == head.mission;
        let together = all.records.iter().map(|(_, record)| record).filter(of_it);
        assert!(alone.iter().eq(together), "{}", head.mission);
    }
    Ok(all
        .records
        .iter()
        .map(|(at, record)| format!("{at} {}", record.as_line()))
        .collect())
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            files.push((name, fs::read(&path).unwrap()));
        }
    }
}

fn write(root: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
