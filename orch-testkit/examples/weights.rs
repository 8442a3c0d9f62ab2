//! Counts the kinds of records that foreign journals come to: where the weights of
//! `orch_testkit::strategy::likely` are from.
//!
//! `cargo run -p orch-testkit --example weights -- FOLDER..` reads every file below the folders that
//! an importer recognises, each as a mission of its own, and prints how often each kind occurs.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use orch_core::event::Event;
use orch_core::ids::Seq;
use orch_import::{Import, Input, Options, Sealer, Taken};

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        return Err("name the folders with the journals".into());
    }
    let mut files = Vec::new();
    for folder in &folders {
        find(folder, &mut files)?;
    }
    files.sort();
    let (mut kinds, mut n_read) = (BTreeMap::new(), 0_usize);
    for file in &files {
        n_read += usize::from(count(file, &mut kinds).is_ok());
    }
    let total: usize = kinds.values().sum();
    println!(
        "{n_read} of {} files are journals, {total} records",
        files.len()
    );
    for kind in Event::KINDS {
        let n = kinds.get(*kind).copied().unwrap_or(0);
        println!("{kind:20} {n:8} {:6}", per_thousand(n, total));
    }
    for (kind, n) in kinds.iter().filter(|(kind, _)| kind.contains('=')) {
        println!("{kind:20} {n:8}");
    }
    Ok(())
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        find(&entry?.path(), files)?;
    }
    Ok(())
}

/// Imports a file and counts what it comes to; what handoffs say is counted besides.
fn count(file: &Path, kinds: &mut BTreeMap<String, usize>) -> Result<(), Box<dyn Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let input = Input::new(&*name, BufReader::new(fs::File::open(file)?));
    let import = Import::open(vec![input], &Options::default())?;
    let mut sealer = Sealer::new(import.mission().clone(), Seq::ZERO, []);
    import.run(&mut |_| {}, &mut |draft| {
        let Some(record) = sealer.seal(draft)? else {
            return Ok(Taken::Present);
        };
        let kind = record.event().kind().to_owned();
        *kinds.entry(kind).or_default() += 1;
        if let Event::Handoff(data) = record.event() {
            let status = data.status.map(|it| format!("{it:?}").to_lowercase());
            let status = status.unwrap_or_else(|| "none".to_owned());
            *kinds.entry(format!("handoff={status}")).or_default() += 1;
        }
        Ok(Taken::Written)
    })?;
    Ok(())
}

/// Rounded up: what occurs at all is not to vanish.
fn per_thousand(n: usize, total: usize) -> usize {
    (n * 1000).div_ceil(total.max(1))
}
