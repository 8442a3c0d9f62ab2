//! Foreign journals, whole, damaged or made up.

use orch_core::ids::{CommandKey, Seq};
use orch_core::record::Record;
use orch_import::{Import, ImportError, Input, Options, Report, Sealer, Taken};

use super::split_byte;

/// What separates the files of one input; no file of text has it.
const NEXT_FILE: u8 = 0x1c;

/// The most records that one row may become, and the most that a file may add by being there.
const PER_ROW_MAX: usize = 32;

/// Reads bytes as up to three foreign files, and imports them twice.
///
/// Every line is accounted for, every record reads back as its bytes, the second time adds nothing, and
/// what is written stays within a fixed number of records for each row, however many there are: the rows
/// are repeated as often as the first byte says, so that what takes their square shows as time.
pub fn importers(bytes: &[u8]) {
    let (kind, bytes) = split_byte(bytes);
    let times = 1 << (kind % 6);
    let files: Vec<Vec<u8>> = bytes
        .split(|&byte| byte == NEXT_FILE)
        .take(3)
        .map(|file| repeated(file, times))
        .collect();
    let mut records = Vec::new();
    let Ok(report) = import(&files, &mut records) else {
        return;
    };
    assert!(report.total.adds_up());
    assert!(report.files.iter().all(|file| file.tally.adds_up()));
    assert_eq!(report.total.written, records.len() as u64);
    let n_bytes: usize = files.iter().map(Vec::len).sum();
    assert_eq!(report.total.bytes, n_bytes as u64);
    let rows = usize::try_from(report.total.read).unwrap();
    assert!(
        records.len() <= PER_ROW_MAX * (rows + files.len()),
        "{rows} rows became {} records",
        records.len()
    );
    for record in &records {
        let read = Record::parse(record.as_line().as_bytes()).unwrap();
        assert_eq!(read.event(), record.event());
        assert_eq!(read.envelope(), record.envelope());
    }
    let written = records.len();
    import(&files, &mut records).expect("what was imported once can be again");
    assert_eq!(records.len(), written, "the second time added something");
}

fn repeated(file: &[u8], times: usize) -> Vec<u8> {
    // A long file is repeated less, so that the longest input stays within what is quick to read.
    let times = times.min(1 + 65_536 / (file.len() + 1));
    let mut all = file.repeat(times);
    all.truncate(262_144);
    all
}

fn import(files: &[Vec<u8>], records: &mut Vec<Record>) -> Result<Report, ImportError> {
    let inputs = files
        .iter()
        .zip(["issues.jsonl", "events.jsonl", "dependencies.jsonl"]);
    let inputs = inputs.map(|(bytes, name)| Input::new(name, bytes.as_slice()));
    let import = Import::open(inputs.collect(), &Options::default())?;
    let commands: Vec<CommandKey> = records
        .iter()
        .filter_map(|record| record.envelope().command.clone())
        .collect();
    let last = Seq(records.len() as u64);
    let mut sealer = Sealer::new(import.mission().clone(), last, commands);
    import.run(&mut |_| {}, &mut |draft| {
        Ok(match sealer.seal(draft)? {
            Some(record) => {
                records.push(record);
                Taken::Written
            }
            None => Taken::Present,
        })
    })
}
