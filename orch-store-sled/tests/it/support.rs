//! What the tests share: a journal that is made up, and everything an index says about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use orch_core::ids::{CommandKey, Label, MissionId, Seq};
use orch_store::answers::Given;
use orch_store::cursor::Position;
use orch_store::error::StoreError;
use orch_store::index::{Entry, Index, Mark, MemoryIndex, Pointer};
use orch_store::journal::{Fingerprint, MissionHead};
use tempfile::TempDir;

/// Appends in the order of the journal, in the groups in which they are applied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) groups: Vec<(Vec<Entry>, Mark)>,
    pub(crate) missions: Vec<MissionId>,
    pub(crate) commands: Vec<CommandKey>,
    heads: BTreeMap<MissionId, Seq>,
    mark: Option<Mark>,
}

impl Story {
    /// A story that every kind of entry occurs in.
    pub(crate) fn sample() -> Self {
        Self::of(60)
    }

    pub(crate) fn of(n_groups: u64) -> Self {
        let mut story = Self::default();
        for n in 0..n_groups {
            let mission = ["foo", "foobar", "fo", "ä/ö", "m"][usize::try_from(n % 5).unwrap()];
            // Some ids are used again, by the same mission and by others.
            let command = format!("{:0>100}", n / 2 * (n % 3) % 200);
            story.begin_group();
            story.append(mission, (n % 4 != 3).then_some(&command), 1 + n % 7);
        }
        story
    }

    pub(crate) fn begin_group(&mut self) {
        let mark = self.mark();
        self.groups.push((Vec::new(), mark));
    }

    /// Appends records to the group that was begun last.
    pub(crate) fn append(&mut self, mission: &str, command: Option<&str>, n_records: u64) {
        let mission = MissionId::parse(mission).unwrap();
        let command = command.map(|command| CommandKey::parse(command).unwrap());
        let mut mark = self.mark();
        let head = self.heads.entry(mission.clone()).or_default();
        let first = head.next();
        let mut pointers = Vec::new();
        for _ in 0..n_records {
            let pointer = pointer(mark.position.plus(1));
            mark.position = pointer.position;
            mark.segment = pointer.segment;
            mark.offset = pointer.offset + u64::from(pointer.len);
            mark.chain[..8].copy_from_slice(&mark.offset.to_be_bytes());
            *head = head.next();
            pointers.push(pointer);
        }
        let fingerprint = match mark.position.0 % 3 {
            0 => Fingerprint::Events(format!("{:016x}", mark.position.0)),
            _ => Fingerprint::Request(Label::parse(&format!("r-{}", mark.position)).unwrap()),
        };
        let given = Given {
            command: command.clone(),
            first,
            last: *head,
            fingerprint,
        };
        let seconds = i64::try_from(mark.position.0).unwrap() - 100;
        self.missions.push(mission.clone());
        self.commands.extend(command);
        self.mark = Some(mark);
        let (entries, end) = self.groups.last_mut().unwrap();
        *end = mark;
        entries.push(Entry {
            mission,
            at: DateTime::from_timestamp(seconds, 123_456_789).unwrap(),
            given,
            pointers,
        });
    }

    pub(crate) fn mark(&self) -> Mark {
        self.mark.unwrap_or(Mark::ZERO)
    }

    pub(crate) fn tell(&self, index: &dyn Index) {
        for (entries, mark) in &self.groups {
            if mark.position > index.mark().unwrap().position {
                index.apply(entries, mark).unwrap();
            }
        }
    }

    /// What an index in memory says of the groups up to a position.
    pub(crate) fn told_until(&self, position: Position) -> Said {
        let index = MemoryIndex::new();
        for (entries, mark) in &self.groups {
            if mark.position <= position {
                index.apply(entries, mark).unwrap();
            }
        }
        self.ask(&index).unwrap()
    }

    /// Asks an index everything that there is to ask.
    pub(crate) fn ask(&self, index: &dyn Index) -> Result<Said, StoreError> {
        let mut missions = self.missions.clone();
        missions.push(MissionId::parse("foob").unwrap());
        missions.sort();
        missions.dedup();
        let mut commands = self.commands.clone();
        commands.push(CommandKey::parse("c").unwrap());
        commands.sort();
        commands.dedup();
        let mut said = Said {
            mark: Some(index.mark()?),
            missions: index.missions()?,
            ..Said::default()
        };
        for mission in &missions {
            said.heads.push(index.head(mission)?);
            let n_records = index.head(mission)?.map_or(0, |head| head.head.0);
            for after in [
                0,
                1,
                n_records / 2,
                31,
                32,
                n_records.max(1) - 1,
                n_records,
                n_records + 1,
            ] {
                for max in [0, 1, 33, usize::MAX] {
                    said.pointers.push(index.locate(mission, Seq(after), max)?);
                }
            }
            for command in &commands {
                said.answers.push(index.answer(mission, command)?);
            }
        }
        Ok(said)
    }
}

/// What an index says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Said {
    pub(crate) mark: Option<Mark>,
    missions: Vec<MissionHead>,
    heads: Vec<Option<MissionHead>>,
    pointers: Vec<Vec<Pointer>>,
    answers: Vec<Option<Given>>,
}

impl Said {
    pub(crate) fn position(&self) -> Position {
        self.mark.unwrap().position
    }
}

fn pointer(position: Position) -> Pointer {
    let segment = Position((position.0 - 1) / 50 * 50 + 1);
    Pointer {
        position,
        segment,
        offset: 64 + (position.0 - segment.0) * 450,
        len: 400 + u32::try_from(position.0 % 50).unwrap(),
        crc: u32::try_from(position.0).unwrap().wrapping_mul(0x9E37_79B9),
    }
}

/// A folder that is removed with the test, and a path in it where nothing is yet.
pub(crate) fn scratch() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    (folder, path)
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
