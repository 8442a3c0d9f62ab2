//! Counterexamples as files that `orch replay` opens.

use std::io;
use std::path::{Path, PathBuf};

use super::search::Counterexample;

impl Counterexample {
    /// Returns its log as JSON Lines.
    pub fn jsonl(&self) -> String {
        let lines = self
            .log
            .iter()
            .map(|record| format!("{}\n", record.as_line()));
        lines.collect()
    }

    /// Writes its log into a folder, as a file named after the scope and the law; returns where.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn write(&self, folder: &Path, scope: &str) -> io::Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        let name = format!("{scope}-{}.jsonl", self.breach.law).replace(' ', "-");
        let path = folder.join(name.to_lowercase());
        std::fs::write(&path, self.jsonl())?;
        Ok(path)
    }
}
