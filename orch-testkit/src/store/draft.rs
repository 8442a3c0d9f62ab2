//! Appends that laws make up: well-formed records, with ids that depend on nothing but what is asked.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta};
use orch_core::event::Event;
use orch_core::event::mission::MissionOpened;
use orch_core::event::note::Note;
use orch_core::ids::{CommandKey, Label, MissionId, Seq};
use orch_core::party::{Actor, Party};
use orch_core::record::{Envelope, Record};
use orch_store::journal::{Append, Expect};
use uuid::Uuid;

/// Makes a mission id of text that is known to be one.
pub fn mission(name: &str) -> MissionId {
    MissionId::parse(name).unwrap()
}

/// One append, before its records are sealed.
///
/// The first record of a mission opens it, all others are notes: the log of a law folds clean.
#[derive(Debug, Clone)]
pub struct Draft {
    mission: MissionId,
    head: u64,
    texts: Vec<String>,
    command: Option<CommandKey>,
    request: Option<Label>,
}

impl Draft {
    /// An append of one note after the `head` records that a mission has.
    pub fn new(mission: &MissionId, head: u64) -> Self {
        Self {
            mission: mission.clone(),
            head,
            texts: vec![format!("after {head}")],
            command: None,
            request: None,
        }
    }

    /// Makes it of as many records.
    #[must_use]
    pub fn records(mut self, n_records: usize) -> Self {
        let head = self.head;
        self.texts = (0..n_records)
            .map(|n| format!("{n} after {head}"))
            .collect();
        self
    }

    /// Says what the records say, one text each.
    #[must_use]
    pub fn texts(mut self, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.texts = texts.into_iter().map(Into::into).collect();
        self
    }

    /// Has it answer a command.
    #[must_use]
    pub fn command(mut self, key: &str) -> Self {
        self.command = Some(CommandKey::parse(key).unwrap());
        self
    }

    /// Carries the digest of that command.
    #[must_use]
    pub fn request(mut self, digest: &str) -> Self {
        self.request = Some(Label::parse(digest).unwrap());
        self
    }

    /// Seals the records: each time under new ids, as whoever decides a command again does.
    pub fn seal(&self) -> Vec<Record> {
        let seal = |(seq, text): (u64, &String)| {
            let envelope = Envelope {
                seq: Seq(seq),
                id: Self::id(),
                at: DateTime::UNIX_EPOCH + TimeDelta::seconds(seq.try_into().unwrap()),
                mission: self.mission.clone(),
                by: Actor::parse("human:ada").unwrap(),
                command: self.command.clone(),
                request: self.request.clone(),
                cause: None,
                source: None,
            };
            Record::seal(envelope, event(seq, text)).unwrap()
        };
        (self.head + 1..).zip(&self.texts).map(seal).collect()
    }

    /// Returns an id that no other record has: they are counted within a process.
    pub fn id() -> Uuid {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let process = u128::from(std::process::id()) << 64;
        let number = u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
        uuid::Builder::from_u128(process | number)
            .with_version(uuid::Version::Custom)
            .into_uuid()
    }

    /// Makes the append.
    pub fn append(&self) -> Append {
        Append::new(Expect::head(Seq(self.head)), self.seal()).unwrap()
    }
}

fn event(seq: u64, text: &str) -> Event {
    if seq == 1 {
        return Event::MissionOpened(MissionOpened {
            title: text.to_owned(),
            lead: Party::parse("human:ada").unwrap(),
            policy: None,
            rules: 1,
            empty: false,
        });
    }
    Event::Note(Note {
        task: None,
        text: text.to_owned(),
    })
}
