//! Holds the stores of the project against every law, and writes what came out: `cargo run -p
//! orch-testkit --example store_laws -- [--json FILE | --document | --fixture STORE FOLDER]`.
//!
//! Without options it prints the table; with `--document` it goes into `docs/conformance.md`. `ORCH_TIER=full` tries twenty times as much. A fixture is
//! a store as this version writes it, for law 42 of the versions to come.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use orch_testkit::store::sabotage::Plain;
use orch_testkit::store::stores::{Jsonl, Memory};
use orch_testkit::store::worker::serve_if_asked;
use orch_testkit::store::{Report, Subject, WorkerSpec, write_fixture};
use sled::Sled;
use socket::Socket;

#[path = "../tests/it/store/sled.rs"]
mod sled;
#[path = "../tests/it/store/socket.rs"]
mod socket;

const STORES: [&dyn Subject; 4] = [&Memory, &Jsonl, &Sled, &Socket];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    for store in STORES {
        if serve_if_asked(store) {
            return Ok(ExitCode::SUCCESS);
        }
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let json = match args.as_slice() {
        [] => None,
        ["--json", file] => Some(*file),
        ["--document"] => None,
        ["--fixture", name, folder] => {
            let plain: &dyn Subject = &Plain { wrong: None };
            let mut stores = STORES.into_iter().chain([plain]);
            let store = stores.find(|store| store.name() == *name);
            let store = store.ok_or("there is no such store")?;
            write_fixture(store, Path::new(folder)).map_err(|error| error.to_string())?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => return Err("store_laws [--json FILE | --document | --fixture STORE FOLDER]".into()),
    };
    let worker = WorkerSpec::this_program();
    let report = Report::on(&STORES.map(|store| (store, Some(worker.clone()))));
    println!("{}", report.markdown());
    for (row, store, outcome) in report.bad() {
        println!("{store} and law {} {}: {outcome}", row.number, row.name);
    }
    if args == ["--document"] {
        put_into_the_document(&report.markdown())?;
    }
    if let Some(file) = json {
        std::fs::write(file, report.json())?;
    }
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Puts the table into its place in the document, where a test holds it against what is claimed.
fn put_into_the_document(table: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = std::fs::read_to_string(&path)?;
    let begin = "<!-- generated: laws of stores -->\n";
    let (head, rest) = text
        .split_once(begin)
        .ok_or("the document has no place for it")?;
    let (_, tail) = rest
        .split_once("<!-- end -->")
        .ok_or("the place has no end")?;
    let text = format!("{head}{begin}\n{table}\n<!-- end -->{tail}");
    std::fs::write(&path, text)?;
    Ok(())
}
