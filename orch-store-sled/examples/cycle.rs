//! Measures what a command pays that opens an index, applies one append and closes it again.
//!
//! ```console
//! $ cargo run --release -p orch-store-sled --example cycle -- FOLDER RECORDS CYCLES
//! ```
//! Each cycle is a process of its own, as it is for a command.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it is run by hand, to read what it prints"
)]

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use chrono::DateTime;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_store::answers::Given;
use orch_store::cursor::Position;
use orch_store::index::{Entry, Index as _, Mark, Pointer};
use orch_store::journal::Fingerprint;
use orch_store_sled::SledIndex;

const N_MISSIONS: u64 = 20;
const N_RECORDS_PER_ENTRY: u64 = 2;

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["once", folder] => once(Path::new(folder)),
        [folder, records, cycles] => {
            let folder = Path::new(folder);
            fill(folder, records.parse().unwrap());
            let mut times: [Vec<u64>; 4] = Default::default();
            for _ in 0..cycles.parse().unwrap() {
                for (times, time) in times.iter_mut().zip(cycle(folder)) {
                    times.push(time);
                }
            }
            for (name, mut times) in ["open", "apply", "close", "process"].iter().zip(times) {
                times.sort_unstable();
                let at = |part: usize| times.get(times.len() * part / 100).copied();
                let [best, median, slow] = [0, 50, 90].map(|part| at(part).unwrap_or_default());
                println!("{name:8} best {best} us, median {median} us, 90% {slow} us");
            }
        }
        _ => println!("cycle FOLDER RECORDS CYCLES"),
    }
}

fn fill(folder: &Path, n_records: u64) {
    let start = Instant::now();
    let index = SledIndex::create(folder).unwrap();
    while index.mark().unwrap().position.0 < n_records {
        let mut mark = index.mark().unwrap();
        let mut heads = vec![0; usize::try_from(N_MISSIONS).unwrap()];
        for (n, head) in heads.iter_mut().enumerate() {
            let found = index.head(&mission(n as u64)).unwrap();
            *head = found.map_or(0, |found| found.head.0);
        }
        let mut entries = Vec::new();
        for n in 0..500 {
            let n_mission = n % N_MISSIONS;
            let head = heads.get_mut(usize::try_from(n_mission).unwrap()).unwrap();
            entries.push(entry(n_mission, *head, &mut mark));
            *head += N_RECORDS_PER_ENTRY;
        }
        index.apply(&entries, &mark).unwrap();
    }
    let filled = start.elapsed();
    let start = Instant::now();
    index.close().unwrap();
    println!("filled in {filled:?}, closed in {:?}", start.elapsed());
}

fn cycle(folder: &Path) -> [u64; 4] {
    let start = Instant::now();
    let mut child = Command::new(env::current_exe().unwrap());
    let output = child.arg("once").arg(folder).output().unwrap();
    let process = u64::try_from(start.elapsed().as_micros()).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut times = text.split_whitespace().map(|time| time.parse().unwrap());
    let mut next = || times.next().unwrap();
    [next(), next(), next(), process]
}

fn once(folder: &Path) {
    let mut times = Vec::new();
    let mut start = Instant::now();
    let mut lap = || {
        times.push(start.elapsed().as_micros().to_string());
        start = Instant::now();
    };
    let (index, _) = SledIndex::open(folder).unwrap();
    lap();
    let mut mark = index.mark().unwrap();
    let n_mission = mark.position.0 % N_MISSIONS;
    let head = index.head(&mission(n_mission)).unwrap();
    let head = head.map_or(0, |head| head.head.0);
    let entry = entry(n_mission, head, &mut mark);
    index.apply(&[entry], &mark).unwrap();
    lap();
    index.close().unwrap();
    lap();
    println!("{}", times.join(" "));
}

fn mission(n: u64) -> MissionId {
    MissionId::parse(&format!("mission-{n}")).unwrap()
}

/// An append of a few records onto a head, and the mark after it.
fn entry(n_mission: u64, head: u64, mark: &mut Mark) -> Entry {
    const LINE_BYTES: u32 = 450;
    let mut pointers = Vec::new();
    for _ in 0..N_RECORDS_PER_ENTRY {
        mark.position = mark.position.plus(1);
        mark.segment = Position((mark.position.0 - 1) / 100_000 * 100_000 + 1);
        mark.offset = mark.position.0 % 100_000 * u64::from(LINE_BYTES);
        pointers.push(Pointer {
            position: mark.position,
            segment: mark.segment,
            offset: mark.offset,
            len: LINE_BYTES,
            crc: u32::try_from(mark.position.0).unwrap(),
        });
    }
    let position = mark.position.0;
    // Spread like the random ids that commands have.
    let command = position.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Entry {
        mission: mission(n_mission),
        at: DateTime::from_timestamp(1_750_000_000, 0).unwrap(),
        given: Given {
            command: Some(CommandKey::parse(&format!("{command:016x}-{position:016x}")).unwrap()),
            first: Seq(head + 1),
            last: Seq(head + N_RECORDS_PER_ENTRY),
            fingerprint: Fingerprint::Events(format!("{command:016x}")),
        },
        pointers,
    }
}
