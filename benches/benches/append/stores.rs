//! The stores: appending sealed records, and carrying commands out.

use std::path::Path;
use std::sync::Arc;

use orch_core::command::{Command, OpenMission};
use orch_core::event::note::Note;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::party::{Actor, Party};
use orch_core::record::{Batch, Record};
use orch_store::coordinator::{Ask, Coordinator};
use orch_store::journal::{Append, Expect, Journal};
use orch_store::segments::{self, Kind, Options};
use uuid::Uuid;

use super::Target;

/// Appends records that are sealed already, each writer to a mission of its own.
struct Appending {
    journal: Arc<dyn Journal>,
}

/// Carries commands out.
struct Executing {
    coordinator: Coordinator,
    is_shared: bool,
}

/// The mission of a writer.
pub(super) fn name(writer: usize) -> String {
    format!("mission-{writer}")
}

/// A record of some 300 bytes with a command id, as most are.
pub(super) fn note(mission: &str, seq: u64, k: u64) -> Record {
    let data = remark(k);
    let batch = Batch {
        mission: MissionId::parse(mission).unwrap(),
        head: Seq(seq - 1),
        at: chrono::DateTime::UNIX_EPOCH,
        by: lead(),
        command: Some(key()),
        request: Command::Note(data.clone()).request(),
        cause: None,
    };
    batch
        .seal(vec![data.into()], Uuid::now_v7)
        .unwrap()
        .remove(0)
}

fn remark(k: u64) -> Note {
    let text = format!("the {k}th remark of a writer that has something to say");
    Note { task: None, text }
}

fn key() -> CommandKey {
    CommandKey::parse(&Uuid::now_v7().to_string()).unwrap()
}

fn lead() -> Actor {
    Actor::parse("human:ada").unwrap()
}

/// The plain-text journal alone.
pub(super) fn jsonl(folder: &Path, _n_writers: usize) -> Box<dyn Target> {
    let root = folder.join("store");
    segments::create(&root, Kind::Jsonl).unwrap();
    let journal = segments::open(&root, &Options::default()).unwrap().journal;
    let journal = Arc::new(journal);
    Box::new(Appending { journal })
}

/// The journal with its index in sled.
pub(super) fn sled(folder: &Path, _n_writers: usize) -> Box<dyn Target> {
    let journal = open_sled(folder);
    Box::new(Appending { journal })
}

/// Commands of each writer on a mission of its own.
pub(super) fn own_missions(folder: &Path, n_writers: usize) -> Box<dyn Target> {
    executing(folder, n_writers, false)
}

/// Commands of all writers on one mission.
pub(super) fn one_mission(folder: &Path, n_writers: usize) -> Box<dyn Target> {
    executing(folder, n_writers, true)
}

fn executing(folder: &Path, n_writers: usize, is_shared: bool) -> Box<dyn Target> {
    let coordinator = Coordinator::new(open_sled(folder));
    let open = Command::OpenMission(OpenMission {
        title: "measured".to_owned(),
        lead: Party::parse("human:ada").unwrap(),
        policy: None,
        empty: false,
    });
    for writer in 0..if is_shared { 1 } else { n_writers } {
        let mission = MissionId::parse(&name(writer)).unwrap();
        let _opened = coordinator
            .execute(&mission, &open, &Ask::new(lead()))
            .unwrap();
    }
    Box::new(Executing {
        coordinator,
        is_shared,
    })
}

fn open_sled(folder: &Path) -> Arc<dyn Journal> {
    let root = folder.join("store");
    segments::create(&root, Kind::Sled).unwrap();
    let options = Options::default();
    Arc::new(orch_store_sled::open(&root, &options).unwrap().journal)
}

impl Target for Appending {
    fn append(&self, writer: usize, k: u64) {
        let record = note(&name(writer), k + 1, k);
        let append = Append::new(Expect::head(Seq(k)), vec![record]).unwrap();
        self.journal.append(append).unwrap();
    }

    fn count(&self) -> u64 {
        self.journal.end().unwrap().position.0
    }
}

impl Target for Executing {
    fn append(&self, writer: usize, k: u64) {
        let mission = name(if self.is_shared { 0 } else { writer });
        let mission = MissionId::parse(&mission).unwrap();
        let ask = Ask::new(lead()).key(key());
        let done = self
            .coordinator
            .execute(&mission, &Command::Note(remark(k)), &ask)
            .unwrap();
        assert_eq!(done.records().len(), 1);
    }

    fn count(&self) -> u64 {
        self.coordinator.journal().end().unwrap().position.0
    }
}
