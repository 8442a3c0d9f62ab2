//! What the tests share: importing into a log in memory, and showing it.

use std::fmt::Write as _;

use orch_core::ids::{CommandKey, Seq};
use orch_core::record::Record;
use orch_import::{Import, ImportError, Input, Options, Report, Sealer, Taken};

/// A log that imports go into, one after another.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) records: Vec<Record>,
}

impl Log {
    pub(crate) fn import(&mut self, files: &[(&str, &[u8])]) -> Result<Report, ImportError> {
        let inputs = files
            .iter()
            .map(|&(name, bytes)| Input::new(name, bytes))
            .collect();
        let import = Import::open(inputs, &Options::default())?;
        let last = Seq(self.records.len() as u64);
        let mut sealer = Sealer::new(import.mission().clone(), last, self.commands());
        import.run(&mut |_| {}, &mut |draft| {
            Ok(match sealer.seal(draft)? {
                Some(record) => {
                    self.records.push(record);
                    Taken::Written
                }
                None => Taken::Present,
            })
        })
    }

    pub(crate) fn commands(&self) -> Vec<CommandKey> {
        let commands = |record: &Record| record.envelope().command.clone();
        self.records.iter().filter_map(commands).collect()
    }

    /// Shows each record as its row, kind and data, with what its source says beyond the row.
    pub(crate) fn show(&self) -> String {
        let mut shown = String::new();
        for record in &self.records {
            let line: serde_json::Value = serde_json::from_str(record.as_line()).unwrap();
            let mut source = line["source"].as_object().unwrap().clone();
            let row = source.remove("row").unwrap();
            let file = source.remove("file").map_or_else(String::new, |file| {
                format!(" {}", file.as_str().unwrap().trim_end_matches(".jsonl"))
            });
            write!(shown, "{:>2} ", record.seq()).unwrap();
            write!(shown, "row {row}{file} {} ", record.at().format("%d %T")).unwrap();
            write!(shown, "{} {}", record.event().kind(), line["data"]).unwrap();
            if !source.is_empty() {
                write!(shown, " <- {}", serde_json::Value::from(source)).unwrap();
            }
            shown.push('\n');
        }
        shown
    }
}

/// Imports files into a new log.
pub(crate) fn import(files: &[(&str, &[u8])]) -> (Log, Report) {
    let mut log = Log::default();
    let report = log.import(files).unwrap();
    (log, report)
}
