//! Laws of many clients at once: one order explains what they were told.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use orch_core::ids::{MissionId, Seq};
use orch_core::record::Record;
use orch_store::cursor::Position;
use orch_store::error::AppendError;
use orch_store::journal::{Append, Appended, Journal};

use crate::fault::Image;
use crate::history::{Client, History, Kind, Plan, Shift, check, drive, final_log};
use crate::store::law::ensure;
use crate::store::worker::{Ask, Gone, Told, Worker};
use crate::store::{Bench, Draft, Failed, Tier, Verdict, mission};

/// How long a turn at a store of one process is waited for: there are always others before.
const TURN: Duration = Duration::from_secs(60);

/// How many clients there are, and how many calls each makes.
fn crowds(bench: &Bench<'_>) -> [(usize, u64); 3] {
    [(2, 40), (8, 15), (32, 4)].map(|(n, calls)| (n, u64::from(bench.n_cases(calls))))
}

pub(super) fn linearizable(bench: &Bench<'_>) -> Verdict {
    let mut n_ops = 0;
    for (n_threads, n_calls) in crowds(bench) {
        let journal = bench.fresh()?;
        let clients: Vec<&dyn Journal> = vec![&*journal; n_threads];
        let mut history = drive(clients, plan(bench, n_calls));
        history.log = final_log(&*journal)?;
        n_ops += judged(&history)?;
    }
    Ok(n_ops)
}

fn plan(bench: &Bench<'_>, n_calls: u64) -> Plan {
    Plan {
        n_calls,
        n_streams: 3,
        seed: bench.seed(),
    }
}

/// Checks a history; returns how many calls it has.
fn judged(history: &History) -> Verdict {
    let found = check(history);
    let first = found.iter().take(3).map(|breach| {
        let op = breach
            .op
            .and_then(|i| history.ops.iter().find(|op| op.i == i));
        let line = op.map(|op| serde_json::to_string(op).unwrap());
        format!("{breach}: {}", line.unwrap_or_default())
    });
    let first: Vec<String> = first.collect();
    ensure!(
        first.is_empty(),
        "no order explains what {} calls were told; {}",
        history.ops.len(),
        first.join("; ")
    );
    let n_failed = history
        .ops
        .iter()
        .filter(|op| op.kind == Kind::Fail && op.version.is_none());
    let n_failed = n_failed.count();
    ensure!(n_failed == 0, "{n_failed} calls failed without a reason");
    Ok(history.ops.len() as u64)
}

pub(super) fn no_lost_update(bench: &Bench<'_>) -> Verdict {
    let mut n_all = 0;
    for (n_writers, n_updates) in crowds(bench) {
        let journal = bench.fresh()?;
        let m = mission("counter");
        let mut updates = Vec::new();
        thread::scope(|scope| -> Result<(), Failed> {
            let writers = (0..n_writers).map(|writer| {
                let (journal, m) = (&*journal, &m);
                scope.spawn(move || update(journal, m, writer, n_updates))
            });
            // All of them write before one is waited for.
            let writers: Vec<_> = writers.collect();
            for writer in writers {
                updates.extend(writer.join().unwrap()?);
            }
            Ok(())
        })?;
        updates.sort();
        let n = updates.len() as u64;
        let versions = updates.iter().map(|(version, _)| *version);
        ensure!(
            versions.clone().eq(1..=n),
            "{n} updates won versions {:?}",
            versions.collect::<Vec<_>>()
        );
        let records = journal.read(&m, Seq::ZERO, usize::MAX)?;
        ensure!(
            records.len() as u64 == n,
            "{n} updates were acknowledged, {} are on record",
            records.len()
        );
        for (record, (version, text)) in records.iter().zip(&updates) {
            ensure!(
                record.as_line().contains(text.as_str()),
                "version {version} was won by {text:?} and is {}",
                record.as_line()
            );
        }
        n_all += n;
    }
    Ok(n_all)
}

/// Updates a mission so many times, each time until it wins; returns what it won with what.
fn update(
    journal: &dyn Journal,
    m: &MissionId,
    writer: usize,
    n_updates: u64,
) -> Result<Vec<(u64, String)>, Failed> {
    let (mut won, mut head) = (Vec::new(), 0);
    while (won.len() as u64) < n_updates {
        let text = format!("update {} of {writer}.", won.len());
        match journal.append(Draft::new(m, head).texts([text.clone()]).append()) {
            Ok(Appended::Now { last, .. }) => {
                head = last.0;
                won.push((head, text));
            }
            Err(AppendError::Conflict { actual, since }) => {
                ensure!(actual.0 > head, "a writer at {head} lost to {actual}");
                ensure!(!since.is_empty(), "a writer lost, and was not told to whom");
                head = actual.0;
            }
            other => return Err(Failed::broken(format!("an update came to {other:?}"))),
        }
    }
    Ok(won)
}

pub(super) fn single_writer(bench: &Bench<'_>) -> Verdict {
    one_owner(bench)?;
    let n_ops = processes(bench, Manner::Turns)?;
    Ok(n_ops + 1)
}

pub(super) fn multi_process(bench: &Bench<'_>) -> Verdict {
    processes(bench, Manner::Together)
}

/// A second process is told that the store is somebody's, also while that one is stopped, and leaves
/// it as it is; it gets it with all that was acknowledged when that one is killed.
fn one_owner(bench: &Bench<'_>) -> Result<(), Failed> {
    let folder = bench.folder()?;
    let (mut owner, mut other) = (start(bench)?, start(bench)?);
    let m = mission("m");
    open(&mut owner, &folder)?;
    shut_out(bench, &mut other, &folder, "is there")?;
    must_be_written(&mut owner, &m, 0)?;
    let before = Image::of(&folder)?;
    must_be_written(&mut owner, &m, 1)?;
    let logs = grown(&before, &Image::of(&folder)?);
    signal("STOP", &owner)?;
    let told = begun(&folder, &logs, || {
        shut_out(bench, &mut other, &folder, "is stopped")
    });
    signal("CONT", &owner)?;
    told?;
    must_be_written(&mut owner, &m, 2)?;
    owner.kill()?;
    open(&mut other, &folder)?;
    let Told::Records { records } = other.ask(&Ask::read(&m))? else {
        return Err(Failed::broken("what a killed owner left cannot be read"));
    };
    ensure!(
        records.len() == 3,
        "3 records were acknowledged before the owner was killed, {} are there",
        records.len()
    );
    must_be_written(&mut other, &m, 3)?;
    other.finish()?;
    Ok(())
}

/// The files that hold what they held before, and more: a store appends to them.
fn grown(before: &Image, after: &Image) -> Vec<PathBuf> {
    let is_longer = |path: &Path, bytes: &[u8]| {
        let mut then = before.files().filter(|(it, _)| *it == path);
        then.any(|(_, then)| bytes.len() > then.len() && bytes.starts_with(then))
    };
    let files = after.files();
    let longer = files.filter(|(path, bytes)| is_longer(path, bytes));
    longer.map(|(path, _)| path.clone()).collect()
}

/// Has somebody try to get in while an append of the owner has begun and not ended: whoever is shut
/// out leaves that alone.
fn begun(
    folder: &Path,
    logs: &[PathBuf],
    tries: impl FnOnce() -> Result<(), Failed>,
) -> Result<(), Failed> {
    let whole = Image::of(folder)?;
    let open = |path| OpenOptions::new().append(true).open(folder.join(path));
    for path in logs {
        open(path)?.write_all(b"{\"begun")?;
    }
    let half = Image::of(folder)?;
    let told = tries();
    let is_left_alone = Image::of(folder)? == half;
    for (path, bytes) in whole.files().filter(|(path, _)| logs.contains(path)) {
        open(path)?.set_len(bytes.len() as u64)?;
    }
    told?;
    ensure!(
        is_left_alone,
        "a process that is shut out takes away what the owner has begun to write"
    );
    Ok(())
}

fn start(bench: &Bench<'_>) -> Result<Worker, Failed> {
    let none: [(&str, &str); 0] = [];
    let worker = Worker::start(bench.worker()?, bench.subject().name(), none)?;
    Ok(worker.deadline(TURN))
}

fn asks_to_open(folder: &Path) -> Ask {
    Ask::Open {
        folder: folder.to_string_lossy().into_owned(),
    }
}

fn open(worker: &mut Worker, folder: &Path) -> Result<(), Failed> {
    let told = worker.ask(&asks_to_open(folder))?;
    let is_open = matches!(told, Told::Opened { .. });
    ensure!(is_open, "a free store is not opened: {told:?}");
    Ok(())
}

fn shut_out(
    bench: &Bench<'_>,
    other: &mut Worker,
    folder: &Path,
    owner: &str,
) -> Result<(), Failed> {
    let since = Instant::now();
    let told = other.ask(&asks_to_open(folder))?;
    let is_busy = matches!(&told, Told::Failed { error, .. } if error == "Busy");
    ensure!(
        is_busy,
        "while its owner {owner}, a second process is told {told:?}"
    );
    ensure!(
        since.elapsed() < bench.patience(),
        "while its owner {owner}, a second process waits for ever"
    );
    Ok(())
}

fn must_be_written(worker: &mut Worker, m: &MissionId, head: u64) -> Result<(), Failed> {
    let told = worker.ask(&Ask::append(&Draft::new(m, head).append()))?;
    let is_written = matches!(told, Told::Now { .. });
    ensure!(is_written, "the owner of the store is told {told:?}");
    Ok(())
}

/// Sends a signal; there is no call of the standard library for that.
fn signal(name: &str, worker: &Worker) -> Result<(), Failed> {
    let id = worker.id().to_string();
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &id])
        .status();
    match sent {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(Failed::NotMeasured("no signal can be sent here".to_owned())),
    }
}

/// How processes share a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Each opens it for each call, and closes it again.
    Turns,
    /// All have it open.
    Together,
}

fn processes(bench: &Bench<'_>, manner: Manner) -> Verdict {
    let crowds = match Tier::from_env() {
        Tier::Fast => vec![(2, 12), (8, 3)],
        Tier::Full => vec![(2, 200), (8, 50), (32, 12)],
    };
    let mut n_ops = 0;
    for (n_processes, n_calls) in crowds {
        let folder = bench.folder()?;
        let clients = (0..n_processes).map(|_| -> Result<Remote<'_>, Failed> {
            let mut worker = start(bench)?;
            if manner == Manner::Together {
                open(&mut worker, &folder)?;
            }
            Ok(Remote {
                worker,
                folder: &folder,
                manner,
            })
        });
        let clients: Vec<Remote<'_>> = clients.collect::<Result<_, _>>()?;
        let mut history = drive(clients, plan(bench, n_calls));
        history.log = final_log(&*bench.open(&folder)?)?;
        n_ops += judged(&history)?;
    }
    Ok(n_ops)
}

/// A client in a process of its own.
struct Remote<'a> {
    worker: Worker,
    folder: &'a Path,
    manner: Manner,
}

impl Remote<'_> {
    /// Asks, with the store open; `None` if that cannot be.
    fn ask(&mut self, ask: &Ask) -> Option<Result<Told, Gone>> {
        if self.manner == Manner::Together {
            return Some(self.worker.ask(ask));
        }
        let until = Instant::now() + TURN;
        loop {
            match self.worker.ask(&asks_to_open(self.folder)) {
                Ok(Told::Opened { .. }) => break,
                Ok(Told::Failed { error, .. }) if error == "Busy" && Instant::now() < until => {}
                Ok(_) | Err(_) => return None,
            }
        }
        let told = self.worker.ask(ask);
        // The next one finds out if it is not closed.
        drop(self.worker.ask(&Ask::Close));
        Some(told)
    }
}

impl Client for Remote<'_> {
    fn append(&mut self, append: &Append) -> Shift {
        match self.ask(&Ask::append(append)) {
            Some(Ok(Told::Now { last, .. } | Told::Before { last, .. })) => Shift::Done(last.0),
            Some(Ok(Told::Conflict { actual })) => Shift::Conflict(actual.0),
            Some(Ok(Told::Unknown { .. }) | Err(_)) => Shift::Unknown,
            Some(Ok(_)) | None => Shift::Refused,
        }
    }

    fn read(&mut self, mission: Option<&MissionId>) -> Option<Vec<Record>> {
        let everything = Ask::ReadAll {
            after: Position::ZERO,
            max: usize::MAX,
        };
        let told = self.ask(&mission.map_or(everything, Ask::read))?.ok()?;
        let lines = if let Told::Records { records } = told {
            records
        } else if let Told::Page { records, .. } = told {
            records.into_iter().map(|(_, line)| line).collect()
        } else {
            return None;
        };
        let records = lines.iter().map(|line| Record::parse(line.as_bytes()).ok());
        records.collect()
    }
}
