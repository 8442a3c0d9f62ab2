//! The storage calls of a process, in the order in which they were made.

use std::collections::BTreeSet;
use std::path::Path;

/// All calls of one run.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// One row for each, with what was said in between.
    pub rows: Vec<Row>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1; 0 for what was said on standard output.
    pub n: u64,
    /// The thread.
    pub thread: u32,
    /// Which call; `create` is an opening that makes the file and `empty` one that empties it,
    /// `ack` is said on standard output.
    pub op: String,
    /// What it was about.
    pub path: String,
    /// Where that went, for what has two names.
    pub to: Option<String>,
    /// How many bytes.
    pub bytes: u64,
    /// How it went.
    pub result: Done,
    /// Where a write went in its file, or how long the file is after it was resized; recorded only
    /// on demand.
    pub at: Option<u64>,
    /// Where what was written stands in the file that takes it.
    pub data: Option<u64>,
}

/// How a call went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// As it should.
    Well,
    /// With an error of its own.
    Failed(i32),
    /// As the fault has it.
    Faulted(String),
    /// It was to be done, and was not: a sync that is left out.
    Skipped,
}

/// What would be lost if the power failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsynced {
    /// Files with bytes that no sync has covered.
    pub data: BTreeSet<String>,
    /// Names that are in a folder which was not synced since.
    pub names: BTreeSet<String>,
    /// What was synced since something was last said, once for each time.
    pub synced: Vec<String>,
}

impl Log {
    /// Reads what the library has written.
    pub fn parse(text: &str) -> Self {
        Self {
            rows: text.lines().map(Row::parse).collect(),
        }
    }

    /// Returns how many calls were counted.
    pub fn n_counted(&self) -> u64 {
        self.rows.iter().map(|row| row.n).max().unwrap_or(0)
    }

    /// Returns the first call that was made to go wrong.
    pub fn faulted(&self) -> Option<&Row> {
        let mut rows = self.rows.iter();
        rows.find(|row| matches!(row.result, Done::Faulted(_)))
    }

    /// Returns what was not yet durable each time that something was said.
    pub fn at_each_ack(&self) -> Vec<Unsynced> {
        let mut unsynced = Unsynced::default();
        let mut all = Vec::new();
        for row in &self.rows {
            if row.is_ack() {
                all.push(unsynced.clone());
                unsynced.synced.clear();
            } else {
                unsynced.follow(row);
            }
        }
        all
    }

    /// Returns how often the files of a kind were synced before each time something was said.
    ///
    /// # Errors
    /// When something was said while bytes of such a file, or its name, were not yet durable.
    pub fn syncs_before_each_ack(
        &self,
        is_of_kind: impl Fn(&str) -> bool,
    ) -> Result<Vec<usize>, String> {
        let acks = self.at_each_ack().into_iter();
        acks.map(|ack| {
            let lost = ack.data.iter().chain(&ack.names);
            match lost.into_iter().find(|path| is_of_kind(path)) {
                Some(path) => Err(format!("said before {path} was synced")),
                None => Ok(ack.synced.iter().filter(|path| is_of_kind(path)).count()),
            }
        })
        .collect()
    }

    /// Returns the log as text, to be shown with a failure.
    pub fn shown(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            let to = row.to.as_deref().unwrap_or("");
            let Row {
                n,
                thread,
                op,
                bytes,
                ..
            } = row;
            format!(
                "{n:4} {thread} {op:16} {bytes:6} {:?} {} {to}\n",
                row.result, row.path
            )
        });
        rows.collect()
    }
}

impl Row {
    fn parse(line: &str) -> Self {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap();
        let (n, thread, op, path, bytes, result) = (next(), next(), next(), next(), next(), next());
        let mut number = || columns.next().and_then(|number| number.parse().ok());
        let (at, data) = (number(), number());
        let (path, to) = match path.split_once(" -> ") {
            Some((path, to)) => (path, Some(to.to_owned())),
            None => (path, None),
        };
        Self {
            n: n.parse().unwrap(),
            thread: thread.parse().unwrap(),
            op: op.to_owned(),
            path: path.to_owned(),
            to,
            bytes: bytes.parse().unwrap(),
            result: match result.split_once(':') {
                Some(("error", number)) => Done::Failed(number.parse().unwrap()),
                Some(("fault", how)) => Done::Faulted(how.to_owned()),
                _ if result == "skipped" => Done::Skipped,
                _ => Done::Well,
            },
            at,
            data,
        }
    }

    /// Tells whether something was said to whoever waits.
    pub fn is_ack(&self) -> bool {
        self.op == "ack"
    }

    /// Tells whether this waits until bytes are durable; starting to write them does not.
    pub fn is_sync(&self) -> bool {
        matches!(&*self.op, "fsync" | "fdatasync")
    }

    /// Tells whether this changes what a file holds.
    pub fn is_write(&self) -> bool {
        let op = &*self.op;
        matches!(op, "empty" | "copy_file_range" | "sendfile")
            || op.contains("write")
            || op.contains("truncate")
    }

    /// Tells whether bytes were written at a place that was recorded.
    pub fn is_written_at(&self) -> bool {
        let op = &*self.op;
        self.data.is_some()
            && (op.contains("write") || matches!(op, "copy_file_range" | "sendfile"))
    }

    /// Tells whether the process died at this call.
    pub fn is_death(&self) -> bool {
        let Done::Faulted(how) = &self.result else {
            return false;
        };
        how == "torn" || how.starts_with("kill")
    }

    /// Tells whether the process died when this call was done.
    pub fn is_after_death(&self) -> bool {
        self.result == Done::Faulted("kill-after".to_owned())
    }

    fn is_new_name(&self) -> bool {
        matches!(&*self.op, "create" | "mkdir" | "link" | "rename")
    }
}

impl Unsynced {
    fn follow(&mut self, row: &Row) {
        let is_done = row.result == Done::Well;
        if row.is_write() {
            // Also when it failed: a part of it may be there.
            self.data.insert(row.path.clone());
        }
        if row.is_sync() && is_done {
            self.data.remove(&row.path);
            let folder = Path::new(&row.path);
            self.names
                .retain(|name| Path::new(name).parent() != Some(folder));
            self.synced.push(row.path.clone());
        }
        if row.op == "rename" && is_done {
            let to = row.to.as_deref().unwrap_or_default();
            self.data = moved(&self.data, &row.path, to);
            self.names = moved(&self.names, &row.path, to);
        }
        if matches!(&*row.op, "unlink" | "rmdir") && is_done {
            self.data.remove(&row.path);
            self.names.remove(&row.path);
        }
        if row.is_new_name() && is_done {
            let name = row.to.as_ref().unwrap_or(&row.path);
            self.names.insert(name.clone());
        }
    }
}

/// What is below a name is below the new one afterwards.
fn moved(paths: &BTreeSet<String>, from: &str, to: &str) -> BTreeSet<String> {
    let moved = paths.iter().map(|path| match path.strip_prefix(from) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
        _ => path.clone(),
    });
    moved.collect()
}
