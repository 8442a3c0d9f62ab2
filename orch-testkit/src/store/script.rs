//! What a worker is to do in a trial, and what was heard of it before it ended.

use std::path::Path;

use orch_core::ids::MissionId;
use orch_store::cursor::Position;

use super::draft::{Draft, mission};
use super::worker::{Ask, Told};

/// The text of a record that is to be long: three of them fill a small segment.
const LONG: usize = 1_300;

/// Where the worker is told where its store is.
const HERE: &str = "<folder>";

/// The lines of one append.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) mission: MissionId,
    pub(super) lines: Vec<String>,
}

/// What a line of the answers is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// An append: which batch.
    Batch(usize),
    /// The opening of the store.
    Opening,
    /// Anything else.
    Other,
}

/// What a worker is to do, and the batches that it appends, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Script {
    asks: Vec<Ask>,
    answers: Vec<About>,
    pub(super) batches: Vec<Batch>,
    heads: Vec<(MissionId, u64)>,
}

impl Script {
    /// Opens the store.
    pub(super) fn open(mut self) -> Self {
        let folder = HERE.to_owned();
        self.ask(Ask::Open { folder }, About::Opening);
        self
    }

    /// Has somebody read along.
    pub(super) fn follow(mut self) -> Self {
        let folder = HERE.to_owned();
        self.ask(Ask::Follow { folder }, About::Other);
        self
    }

    /// Reads everything with a handle that only reads; the store is not open for writing then.
    pub(super) fn look(mut self) -> Self {
        let folder = HERE.to_owned();
        self.ask(Ask::OpenReader { folder }, About::Other);
        self.read()
    }

    /// Reads everything.
    pub(super) fn read(mut self) -> Self {
        let (after, max) = (Position::ZERO, usize::MAX);
        self.ask(Ask::ReadAll { after, max }, About::Other);
        self
    }

    /// Closes the store.
    pub(super) fn close(mut self) -> Self {
        self.ask(Ask::Close, About::Other);
        self
    }

    /// Appends a few records to a mission.
    pub(super) fn append(mut self, name: &str, n_records: usize) -> Self {
        let append = self.next(name, n_records, "");
        self.ask(Ask::append(&append), About::Batch(self.batches.len() - 1));
        self
    }

    /// Appends one long record.
    pub(super) fn long(mut self, name: &str) -> Self {
        let append = self.next(name, 1, &"x".repeat(LONG));
        self.ask(Ask::append(&append), About::Batch(self.batches.len() - 1));
        self
    }

    /// Hands in several appends at the same time, to as many missions.
    pub(super) fn together(mut self, n_appends: usize) -> Self {
        let first = self.batches.len();
        let appends: Vec<_> = (0..n_appends)
            .map(|n| self.next(&format!("together-{n}"), 1 + n % 2, ""))
            .collect();
        self.asks.push(Ask::together(&appends));
        let batches = first..self.batches.len();
        self.answers.extend(batches.map(About::Batch));
        self
    }

    /// Everything that a store does: appends of several sizes to several missions, a group, and
    /// enough bytes for the store to begin a new file.
    pub(super) fn usual(self) -> Self {
        let script = self.append("m", 1).append("m", 3);
        let script = script.together(5).append("m10", 2);
        script
            .long("m")
            .long("m")
            .long("m1")
            .append("m", 2)
            .together(3)
    }

    /// Counts the records that it appends.
    pub(super) fn n_records(&self) -> u64 {
        let batches = self.batches.iter();
        batches.map(|batch| batch.lines.len() as u64).sum()
    }

    /// Goes on where this script ends, with nothing asked yet.
    pub(super) fn then(&self) -> Self {
        Self {
            heads: self.heads.clone(),
            ..Self::default()
        }
    }

    fn ask(&mut self, ask: Ask, about: About) {
        self.asks.push(ask);
        self.answers.push(about);
    }

    fn next(&mut self, name: &str, n_records: usize, text: &str) -> orch_store::journal::Append {
        let mission = mission(name);
        let known = self.heads.iter_mut().find(|(known, _)| *known == mission);
        let head = known.as_ref().map_or(0, |(_, head)| *head);
        let after = head + n_records as u64;
        match known {
            Some((_, head)) => *head = after,
            None => self.heads.push((mission.clone(), after)),
        }
        let n = self.batches.len();
        let texts = (0..n_records).map(|k| format!("{k} of batch {n} {text}"));
        let key = format!("{name}-{head}-{n}");
        let append = Draft::new(&mission, head)
            .texts(texts)
            .command(&key)
            .append();
        let lines = append.records().iter();
        let lines = lines.map(|record| record.as_line().to_owned()).collect();
        self.batches.push(Batch { mission, lines });
        append
    }

    /// Returns the input of a worker whose store is in a folder.
    pub(super) fn input(&self, folder: &Path) -> Vec<u8> {
        let lines = self.asks.iter().map(|ask| {
            let line = serde_json::to_string(ask).unwrap();
            line.replace(HERE, &folder.to_string_lossy()) + "\n"
        });
        lines.collect::<String>().into_bytes()
    }
}

/// What was heard of one or several workers, one after the other.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The answers, with which script and what in it they are about.
    pub(super) answers: Vec<(usize, About, Told)>,
    /// What anybody saw.
    pub(super) seen: Vec<(Position, String)>,
    /// The processes.
    pub(super) processes: Vec<u32>,
}

impl Heard {
    /// Understands what workers said that carried out these scripts.
    pub(super) fn of(scripts: &[&Script], said: &str) -> Self {
        let mut heard = Self::default();
        let mut expected = Vec::new().into_iter();
        for line in said.lines() {
            // The last line may not be whole, and some are of the program around the worker.
            match serde_json::from_str(line) {
                Err(_) => {}
                Ok(Told::Serving { process, .. }) => {
                    let script = scripts.get(heard.processes.len());
                    let answers = script.map(|script| script.answers.clone());
                    expected = answers.unwrap_or_default().into_iter();
                    heard.processes.push(process);
                }
                Ok(Told::Seen { records }) => heard.seen.extend(records),
                Ok(told) => {
                    if let Told::Page { records, .. } = &told {
                        heard.seen.extend_from_slice(records);
                    }
                    let about = expected.next().unwrap_or(About::Other);
                    let script = heard.processes.len().saturating_sub(1);
                    heard.answers.push((script, about, told));
                }
            }
        }
        heard
    }

    /// Returns the batches that were acknowledged.
    pub(super) fn acknowledged<'a>(&self, scripts: &[&'a Script]) -> Vec<&'a Batch> {
        let answers = self.answers.iter();
        let batches = answers.filter_map(|(script, about, told)| {
            let (About::Batch(n), Told::Now { .. } | Told::Before { .. }) = (about, told) else {
                return None;
            };
            scripts.get(*script)?.batches.get(*n)
        });
        batches.collect()
    }

    /// Whether the store was said to be open.
    pub(super) fn has_opened(&self) -> bool {
        let mut answers = self.answers.iter();
        answers.any(|(_, _, told)| matches!(told, Told::Opened { .. }))
    }

    /// Returns what was told of each append, in order.
    pub(super) fn appends(&self) -> impl Iterator<Item = &Told> {
        let answers = self.answers.iter();
        answers.filter_map(|(_, about, told)| matches!(about, About::Batch(_)).then_some(told))
    }

    /// Returns every record that was read, the last reading only.
    pub(super) fn read(&self) -> Option<&[(Position, String)]> {
        let mut answers = self.answers.iter().rev();
        answers.find_map(|(_, _, told)| {
            let Told::Page { records, .. } = told else {
                return None;
            };
            Some(&**records)
        })
    }
}

/// What is known of a store from outside.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// The batches that were handed in, answered or not.
    pub(super) handed_in: Vec<&'a Batch>,
    /// Those that were acknowledged.
    pub(super) acknowledged: Vec<&'a Batch>,
    /// What anybody saw.
    pub(super) seen: Vec<(Position, String)>,
}

impl<'a> Known<'a> {
    /// Of a store that a script was carried out on to its end, and others were after that.
    pub(super) fn of(before: &'a Script, scripts: &[&'a Script], heard: &Heard) -> Self {
        let mut known = Self {
            handed_in: before.batches.iter().collect(),
            acknowledged: before.batches.iter().collect(),
            seen: heard.seen.clone(),
        };
        let handed_in = scripts.iter().flat_map(|script| &script.batches);
        known.handed_in.extend(handed_in);
        known.acknowledged.extend(heard.acknowledged(scripts));
        known
    }
}
