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
            let (_, data) = record.as_line().split_once(",\"data\":").unwrap();
            let source = record.envelope().source.clone().unwrap();
            write!(shown, "{:>2} ", record.seq()).unwrap();
            if let Some(file) = source.file {
                write!(shown, "{}:", file.as_str().trim_end_matches(".jsonl")).unwrap();
            }
            write!(shown, "{} ", source.row.unwrap()).unwrap();
            write!(shown, "{} ", record.at().format("%d %T")).unwrap();
            let kind = record.event().kind();
            write!(shown, "{kind} {}", data.strip_suffix('}').unwrap()).unwrap();
            let words = [
                source.at.map(|at| format!("at {at}")),
                source.clock_suspect.then(|| "clock suspect".to_owned()),
                source.reconstructed.then(|| "reconstructed".to_owned()),
                (!source.gaps.is_empty()).then(|| format!("gaps {:?}", source.gaps)),
            ];
            let words: Vec<String> = words.into_iter().flatten().collect();
            if !words.is_empty() {
                write!(shown, " <- {}", words.join(", ")).unwrap();
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
