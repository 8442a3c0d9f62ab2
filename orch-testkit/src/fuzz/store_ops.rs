//! Calls of a store, one after another, with faults on the way, held against a model.
//!
//! ```text
//! bytes ─▶ calls ─▶ store ─▶ answers ═ model
//!            └─ a fault: what was in flight is whole or absent after the next opening
//! ```
//! It knows the memory store and the `jsonl:` store. Faults are an index that fails at the nth
//! question, a segment that cannot be made, and a crash, which is a copy of the folder.
//!
//! **Not here:** sled, whose opening takes a thousand times as long as a call, and faults of single
//! system calls, which the crash sweeps make.

mod model;
mod weak;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::Seq;
use orch_core::record::Record;
use orch_store::cursor::{Cursor, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Appended, Journal};
use orch_store::memory::MemoryJournal;
use orch_store::pending::Pending;
use orch_store::segments::{self, Kind, Options};
use tempfile::TempDir;

use model::{Draft, Model, Sought};
use weak::{Fuse, WeakHome};

/// How many calls one input may make.
const CALLS_MAX: usize = 64;

/// The size at which a segment ends, so small that most inputs see several.
const SEGMENT_BYTES: u64 = 1500;

/// Makes calls of bytes, and holds the store against the laws 1 to 17 and 28 to 30.
///
/// The laws are `ATOMIC_BATCH` and `EXPECTED_SEQ` to `UNKNOWN_RESOLVES`, `FAIL_STOP`, `NO_HANG` (the
/// fuzzer's own time limit) and `NO_PANIC`.
// spec: ACK-1, IDEM-1
pub fn store_ops(bytes: &[u8]) {
    let mut script = Script { bytes };
    let mut bench = Bench::new(script.next().is_multiple_of(4));
    for _ in 0..CALLS_MAX {
        if script.bytes.is_empty() {
            break;
        }
        bench.call(&mut script);
    }
    bench.reopen(false);
    bench.compare();
}

/// The bytes that say what to do; zeros follow the last of them.
struct Script<'a> {
    bytes: &'a [u8],
}

impl Script<'_> {
    fn next(&mut self) -> u8 {
        let (first, rest) = super::split_byte(self.bytes);
        self.bytes = rest;
        first
    }
}

/// A store and what it should hold.
struct Bench {
    /// Where its folder is; the memory store has none.
    folder: Option<TempDir>,
    n_copies: u32,
    journal: Option<Arc<dyn Journal>>,
    fuse: Fuse,
    /// Something in the way of the next segment.
    obstacle: Option<PathBuf>,
    model: Model,
    /// Whether a fault may have been met since the last opening.
    is_faulty: bool,
    /// Whether an append met one: nothing may be acknowledged until the store is opened again.
    has_failed: bool,
    /// What may be on record or not.
    unsure: Vec<Draft>,
}

impl Bench {
    fn new(in_memory: bool) -> Self {
        let folder = (!in_memory).then(|| tempfile::tempdir().unwrap());
        let mut bench = Self {
            folder,
            n_copies: 0,
            journal: None,
            fuse: Fuse::default(),
            obstacle: None,
            model: Model::default(),
            is_faulty: false,
            has_failed: false,
            unsure: Vec::new(),
        };
        match bench.root() {
            Some(root) => {
                segments::create(&root, Kind::Jsonl).unwrap();
                bench.journal = Some(bench.open(&root));
            }
            None => bench.journal = Some(Arc::new(MemoryJournal::new())),
        }
        bench
    }

    fn root(&self) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        Some(folder.path().join(self.n_copies.to_string()))
    }

    fn open(&self, root: &Path) -> Arc<dyn Journal> {
        let mut options = Options::default();
        options.segment_max_bytes = SEGMENT_BYTES;
        options.lock_wait = Duration::from_millis(500);
        let home = WeakHome(self.fuse.clone());
        let opened = segments::open_with(&home, root, &options);
        Arc::new(opened.expect("a store that nothing damaged opens").journal)
    }

    fn journal(&self) -> Arc<dyn Journal> {
        Arc::clone(self.journal.as_ref().unwrap())
    }

    fn call(&mut self, script: &mut Script<'_>) {
        match script.next() % 16 {
            0..=5 => self.append(script, 1),
            6 | 7 => {
                let n = 2 + usize::from(script.next() % 3);
                self.append(script, n);
            }
            8 => self.read(script),
            9 => self.read_all(script),
            10 => self.prior(script),
            11 => self.compare(),
            12 => self.reopen(false),
            13 => self.reopen(true),
            14 => self.verify(),
            _ => self.arm(script.next()),
        }
    }

    /// Hands several appends in before it waits for the first.
    fn append(&mut self, script: &mut Script<'_>, n: usize) {
        // Each is made upon those before it, as if they were on record already.
        let mut ahead = self.model.clone();
        let drafts: Vec<Draft> = (0..n)
            .map(|_| {
                let bytes = [script.next(), script.next(), script.next()];
                let draft = Draft::new(&ahead, bytes);
                // What it comes to is asked of the model again, answer by answer.
                drop(ahead.take(&draft));
                draft
            })
            .collect();
        let journal = self.journal();
        let pending: Vec<_> = drafts
            .iter()
            .map(|draft| journal.submit(draft.append.clone()))
            .collect();
        let answers: Vec<_> = pending.iter().map(Pending::wait).collect();
        for (draft, answer) in drafts.into_iter().zip(answers) {
            self.judge(draft, answer);
        }
    }

    /// Holds an answer against the model.
    fn judge(&mut self, draft: Draft, answer: Result<Appended, AppendError>) {
        match answer {
            Err(AppendError::Unknown(_)) => {
                assert!(self.is_faulty, "unknown without a fault");
                self.has_failed = true;
                self.unsure.push(draft);
            }
            Err(AppendError::NotWritten(_)) => {
                assert!(self.is_faulty, "not written without a fault");
                self.has_failed = true;
            }
            answer => {
                assert!(!self.has_failed, "FAIL_STOP: {answer:?} after a failure");
                let wanted = self.model.take(&draft);
                assert_eq!(Sought::of(&answer), wanted, "{draft:?}");
            }
        }
    }

    fn read(&mut self, script: &mut Script<'_>) {
        let mission = model::mission(script.next());
        let (after, max) = (
            u64::from(script.next() % 12),
            usize::from(script.next() % 8),
        );
        let read = self.journal().read(&mission, Seq(after), max);
        let Some(read) = self.sure(read) else { return };
        let skipped = usize::try_from(after).unwrap();
        let wanted = self.model.of(&mission);
        let wanted: Vec<&Record> = wanted.iter().skip(skipped).take(max).collect();
        assert_eq!(
            read.iter().collect::<Vec<_>>(),
            wanted,
            "{mission} after {after}"
        );
    }

    /// Pages through everything, from wherever.
    fn read_all(&mut self, script: &mut Script<'_>) {
        let journal = self.journal();
        let n = self.model.all.len();
        let skipped = usize::from(script.next()) % (n + 1);
        let max = 1 + usize::from(script.next() % 8);
        let mut cursor = Cursor {
            journal: journal.id(),
            position: Position(skipped as u64),
        };
        let mut found = Vec::new();
        loop {
            let Some(page) = self.sure(journal.read_all(&cursor, max)) else {
                return;
            };
            if page.records.is_empty() {
                assert_eq!(page.next.position.0, n as u64, "the end");
                break;
            }
            assert!(page.next.position > cursor.position, "PAGING");
            cursor = page.next;
            found.extend(page.records);
        }
        // Pages are of whole appends: the first may begin before the cursor says.
        let wanted = self.model.all.get(skipped..).unwrap();
        let positions = found.iter().map(|(position, _)| position.0);
        assert!(positions.eq(skipped as u64 + 1..=n as u64), "GLOBAL_ORDER");
        assert!(found.iter().map(|(_, record)| record).eq(wanted));
    }

    fn prior(&mut self, script: &mut Script<'_>) {
        let mission = model::mission(script.next());
        let Some(command) = model::command(script.next()) else {
            return;
        };
        let Some(prior) = self.sure(self.journal().prior(&mission, &command)) else {
            return;
        };
        let wanted = self.model.given(&mission, &command);
        let found = match prior {
            Prior::Unseen => None,
            Prior::Seen { first, last, .. } => Some((first, last)),
        };
        assert_eq!(found, wanted, "IDEMPOTENT_BY_ID");
    }

    /// Compares everything that can be asked without a position.
    fn compare(&mut self) {
        let journal = self.journal();
        let end = journal.end().map(|end| end.position.0);
        if let Some(end) = self.sure(end) {
            assert_eq!(end, self.model.all.len() as u64);
        }
        if let Some(heads) = self.sure(journal.missions()) {
            let heads = heads.iter().map(|it| (&it.mission, it.head));
            assert!(heads.eq(self.model.heads()), "NAME_ISOLATION");
        }
        for (mission, wanted) in self.model.heads() {
            if let Some(head) = self.sure(journal.head(mission)) {
                assert_eq!(head, wanted);
            }
        }
    }

    fn verify(&mut self) {
        let verified = self.journal().verify(&mut |_| ());
        if let Some(verified) = self.sure(verified)
            && self.folder.is_some()
        {
            assert_eq!(verified.records, self.model.all.len() as u64);
        }
    }

    /// An answer that must be right; an error is one only where there is a fault.
    fn sure<T>(&self, answer: Result<T, StoreError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer).filter(|_| self.unsure.is_empty()),
            Err(error) => {
                assert!(self.is_faulty, "an error without a fault: {error}");
                None
            }
        }
    }

    /// Lights a fuse, or puts something into the way of the next segment.
    fn arm(&mut self, how: u8) {
        let Some(root) = self.root() else { return };
        self.is_faulty = true;
        if how < 200 {
            self.fuse.light(how % 16);
            return;
        }
        if self.obstacle.is_none() {
            let n = self.model.all.len() + 1 + usize::from(how % 8);
            let path = root.join("journal").join(format!("{n:020}.jsonl"));
            if fs::create_dir(&path).is_ok() {
                self.obstacle = Some(path);
            }
        }
    }

    /// Opens the store again, after a clean end or from a copy that was made while it was open.
    fn reopen(&mut self, crashed: bool) {
        let Some(root) = self.root() else { return };
        self.fuse.put_out();
        if let Some(path) = self.obstacle.take() {
            fs::remove_dir(path).unwrap();
        }
        let before = self.journal.take();
        let root = if crashed {
            self.n_copies += 1;
            let copy = self.root().unwrap();
            copy_folder(&root, &copy);
            drop(before);
            fs::remove_dir_all(&root).unwrap();
            copy
        } else {
            drop(before);
            root
        };
        self.journal = Some(self.open(&root));
        self.is_faulty = false;
        self.has_failed = false;
        self.settle();
    }

    /// Finds out what became of what may be on record: each whole or absent, in the order in which they
    /// were handed in; then asks for each once more, and one copy must come of it.
    fn settle(&mut self) {
        let journal = self.journal();
        let page = journal.read_all(&Cursor::start(journal.id()), usize::MAX);
        let found: Vec<Record> = page
            .unwrap()
            .records
            .into_iter()
            .map(|(_, it)| it)
            .collect();
        let unsure = std::mem::take(&mut self.unsure);
        let mut waiting = unsure.iter();
        while self.model.all != found {
            let next = waiting.next();
            let next = next.unwrap_or_else(|| {
                panic!("PREFIX: {found:#?} is on record, not {:#?}", self.model.all)
            });
            drop(self.model.take(next));
        }
        for draft in unsure {
            if draft.append.command().is_some() {
                let answer = journal.append(draft.append.clone());
                self.judge(draft, answer);
            }
        }
    }
}

/// Copies a folder, its own files before what is in its folders.
///
/// The store may be at work behind its last answer. What bears witness of the journal is copied first, so
/// that the journal is never older than that, as in no crash.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    let entries = fs::read_dir(from).unwrap();
    let mut entries: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_type().unwrap().is_dir(), entry.file_name())
        })
        .collect();
    entries.sort();
    for (is_folder, name) in entries {
        if is_folder {
            copy_folder(&from.join(&name), &to.join(&name));
        } else {
            fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
    }
}
