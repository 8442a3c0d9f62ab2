//! Counterexamples as files: what was asked, what is on record, and the line that finds it again.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::law::Law;
use super::recorded::Call;

/// A breach of a law, and where its files are.
#[derive(Debug, Clone, Serialize)]
pub struct Counterexample {
    /// What the store did, in a sentence.
    pub what: String,
    /// The smallest generated input that shows it; none if the law generates nothing.
    pub input: Option<String>,
    /// The seed that generates it.
    pub seed: u64,
    /// The folder with its files; none if they could not be written.
    pub folder: Option<PathBuf>,
}

impl Counterexample {
    /// Writes the files of a breach.
    ///
    /// `history.jsonl` has the acknowledged records of the mission that was appended to last, and
    /// `history-N.jsonl` those of the others: `orch replay` opens them. `calls.txt` has every
    /// append with its answer, `REPRO.txt` says how to see it again.
    pub(super) fn write(mut self, law: &Law, store: &str, calls: &[Call]) -> Self {
        let name = format!("{}-{}-{:x}", law.name, store, self.seed);
        let folder = target().join("orch-testkit").join(file_name(&name));
        self.folder = write_files(&folder, &self.repro(law, store), calls)
            .is_ok()
            .then_some(folder);
        self
    }

    fn repro(&self, law: &Law, store: &str) -> String {
        let mut text = format!(
            "{store} breaks law {} {}: {}\n\n{}\n",
            law.number, law.name, law.text, self.what
        );
        if let Some(input) = &self.input {
            write!(text, "\nThe smallest input:\n{input}\n").unwrap();
        }
        write!(
            text,
            "\nAgain: ORCH_LAW_SEED={:#x} cargo test l{:02}_\n",
            self.seed, law.number
        )
        .unwrap();
        text.push_str("The records: orch -S history.jsonl replay\n");
        text
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(input) = &self.input {
            write!(f, "\nthe smallest input: {input}")?;
        }
        write!(f, "\nagain: ORCH_LAW_SEED={:#x}", self.seed)?;
        if let Some(folder) = &self.folder {
            let history = folder.join("history.jsonl");
            write!(f, "\nthe records: orch -S {} replay", history.display())?;
        }
        Ok(())
    }
}

/// Where build results go: the folder above the running program, or that of the project one works
/// in, that is named or marked so. A program of a doc test lies in neither; without one it is the
/// folder for temporary files.
pub(crate) fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let is_target =
        |folder: &&Path| folder.ends_with("target") || folder.join("CACHEDIR.TAG").exists();
    if let Some(found) = program.ancestors().find(is_target) {
        return found.to_owned();
    }
    let here = std::env::current_dir().unwrap_or_default();
    let mut targets = here.ancestors().map(|folder| folder.join("target"));
    let found = targets.find(|folder| folder.join("CACHEDIR.TAG").exists());
    found.unwrap_or_else(std::env::temp_dir)
}

fn file_name(text: &str) -> String {
    let is_plain = |it: &char| it.is_ascii_alphanumeric() || *it == '-' || *it == '_';
    text.chars()
        .map(|it| if is_plain(&it) { it } else { '-' })
        .collect::<String>()
        .to_lowercase()
}

fn write_files(folder: &Path, repro: &str, calls: &[Call]) -> io::Result<()> {
    // What an earlier run left would be taken for this one's.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => fs::create_dir_all(folder)?,
    }
    fs::write(folder.join("REPRO.txt"), repro)?;
    let mut asked = String::new();
    for call in calls {
        writeln!(asked, "{call}").unwrap();
    }
    fs::write(folder.join("calls.txt"), asked)?;
    let mut missions: BTreeMap<_, String> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.is_acknowledged()) {
        let log = missions.entry(call.append.mission()).or_default();
        for record in call.append.records() {
            writeln!(log, "{}", record.as_line()).unwrap();
        }
    }
    let last = calls
        .last()
        .and_then(|call| missions.remove(call.append.mission()));
    fs::write(folder.join("history.jsonl"), last.unwrap_or_default())?;
    for (n, log) in missions.values().enumerate() {
        fs::write(folder.join(format!("history-{}.jsonl", n + 1)), log)?;
    }
    Ok(())
}
