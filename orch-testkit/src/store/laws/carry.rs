//! Laws of records that leave a store: to another one, to a copy, to a later version.

use std::fs;
use std::io;
use std::path::Path;

use orch_core::ids::Seq;
use orch_core::record::{Record, read_lines};
use orch_store::cursor::Cursor;
use orch_store::error::StoreError;
use orch_store::journal::{Append, Expect, Journal};
use orch_store::memory::MemoryJournal;
use sha2::{Digest as _, Sha256};

use crate::store::known::{Known, same};
use crate::store::law::ensure;
use crate::store::steps::{Play, Step, steps};
use crate::store::{Bench, Draft, Failed, Verdict, mission};

pub(super) fn export_import(bench: &Bench<'_>) -> Verdict {
    bench.each(&steps(30), bench.n_cases(6), |steps: Vec<Step>| {
        let mut play = Play::new(bench)?;
        for step in &steps {
            play.take(step)?;
        }
        let written = chain(play.known.log());
        let elsewhere = MemoryJournal::new();
        carry(play.journal(), &elsewhere)?;
        ensure!(
            chain(&exported(&elsewhere)?) == written,
            "what was carried to the store in memory is something else there"
        );
        let back = bench.fresh()?;
        carry(&elsewhere, &*back)?;
        ensure!(
            chain(&exported(&*back)?) == written,
            "what was carried from the store in memory is something else here"
        );
        play.known.holds(&*back)
    })
}

/// Returns all records, in pages of a few.
fn exported(journal: &dyn Journal) -> Result<Vec<Record>, Failed> {
    let mut cursor = Cursor::start(journal.id());
    let mut records = Vec::new();
    loop {
        let page = journal.read_all(&cursor, 3)?;
        if page.records.is_empty() {
            return Ok(records);
        }
        records.extend(page.records.into_iter().map(|(_, it)| it));
        cursor = page.next;
    }
}

/// Appends all records of a journal to another: those of one command together.
fn carry(from: &dyn Journal, to: &dyn Journal) -> Result<(), Failed> {
    let records = exported(from)?;
    let is_together = |a: &Record, b: &Record| {
        let (a, b) = (a.envelope(), b.envelope());
        a.mission == b.mission && a.command.is_some() && a.command == b.command
    };
    for batch in records.chunk_by(is_together) {
        let head = batch.first().map_or(0, |first| first.seq().0 - 1);
        to.append(Append::new(Expect::head(Seq(head)), batch.to_vec())?)?;
    }
    Ok(())
}

/// Chains the digests of records: equal for equal records in equal order.
fn chain(records: &[Record]) -> [u8; 32] {
    let link = |before: [u8; 32], record: &Record| {
        let mut digest = Sha256::new();
        digest.update(before);
        digest.update(Sha256::digest(record.as_line().as_bytes()));
        digest.finalize().into()
    };
    records.iter().fold([0; 32], link)
}

pub(super) fn copy_refuses_cursors(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let mut known = Known::default();
    let m = mission("m");
    for head in 0..4 {
        known.append(
            &*journal,
            Draft::new(&m, head).command(&format!("k{head}")).append(),
        )?;
    }
    let cursor = journal.end()?;
    let copy = folder.with_extension("copy");
    // The original is open meanwhile, if it can be copied then.
    copied(bench, &folder, &copy)?;
    // It goes on: what comes now is at positions that the copy gives to other records.
    known.holds(&*journal)?;
    journal.append(Draft::new(&m, 4).append())?;
    let later = journal.end()?;
    let restored = bench.open(&copy)?;
    known.holds(&*restored)?;
    ensure!(
        restored.id() != journal.id(),
        "a copy has the identity of the original"
    );
    known.append(&*restored, Draft::new(&m, 4).records(2).append())?;
    for cursor in [cursor, later] {
        let page = restored.read_all(&cursor, 9);
        ensure!(
            matches!(page, Err(StoreError::ForeignCursor { .. })),
            "a copy was read from a cursor of the original: {page:?}"
        );
    }
    known.holds(&*restored)?;
    Ok(2)
}

fn copied(bench: &Bench<'_>, from: &Path, to: &Path) -> Result<(), Failed> {
    let none = || Failed::Harness("the store claims copies and makes none".to_owned());
    bench.subject().copy(from, to).ok_or_else(none)??;
    Ok(())
}

pub(super) fn old_format(bench: &Bench<'_>) -> Verdict {
    let none = || Failed::Harness("the store claims fixtures and has none".to_owned());
    let fixtures = bench.subject().fixtures().ok_or_else(none)?;
    let mut n_cases = 0;
    for entry in fs::read_dir(&fixtures)? {
        let fixture = entry?.path();
        let folder = bench.folder()?;
        if fixture.file_name().is_some_and(|name| name == "newer") {
            copy_files(&fixture, &folder)?;
            let opened = bench.subject().open(&folder);
            ensure!(
                matches!(opened, Err(StoreError::Newer { .. })),
                "a store of a format that is not known was opened: {opened:?}"
            );
        } else {
            copy_files(&fixture.join("store"), &folder)?;
            of_version(bench, &fixture, &folder)?;
        }
        n_cases += 1;
    }
    Ok(n_cases)
}

/// Opens a store that an earlier version wrote: all of it is there, and it goes on.
fn of_version(bench: &Bench<'_>, fixture: &Path, folder: &Path) -> Result<(), Failed> {
    let version = fixture.file_name().unwrap_or_default().to_string_lossy();
    let reading = read_lines(&fs::read(fixture.join("records.jsonl"))?);
    if !reading.bad.is_empty() {
        return Err(Failed::Harness(format!("{version}: {:?}", reading.bad)));
    }
    let wanted = reading.records;
    let journal = bench.open(folder)?;
    same(
        &format!("version {version}"),
        &exported(&*journal)?,
        wanted.iter(),
    )?;
    let n_told = journal.verify(&mut |_| ())?.records;
    ensure!(
        n_told == wanted.len() as u64,
        "{n_told} of {} records of version {version} are verified",
        wanted.len()
    );
    for head in journal.missions()? {
        journal.append(Draft::new(&head.mission, head.head.0).append())?;
    }
    if let Some(reader) = bench.open_reader(folder)? {
        reader.verify(&mut |_| ())?;
    }
    Ok(())
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
