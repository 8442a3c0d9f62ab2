//! Histories that are drawn: appends of every kind to a few missions, and the store opened again.

use std::path::PathBuf;
use std::sync::Arc;

use orch_core::ids::{MissionId, Seq};
use orch_store::capabilities::Durability;
use orch_store::journal::{Append, Expect};
use proptest::prelude::*;

use super::bench::Bench;
use super::draft::{Draft, mission};
use super::known::Known;
use super::law::Failed;
use super::recorded::Recorded;

/// One step of a history.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Appends to a mission.
    Append {
        mission: u8,
        at: At,
        n_records: usize,
        key: Option<u8>,
        content: u8,
    },
    /// Appends what was appended before once more, the very records.
    Again(prop::sample::Index),
    /// Closes the store and opens it again, if it claims that anything is left.
    Reopen,
    /// Drops the store and opens it again.
    Drop,
}

/// Where an append expects its mission.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    Head,
    Behind(u8),
    Ahead(u8),
}

/// Draws a history.
pub(crate) fn steps(n_steps: usize) -> impl Strategy<Value = Vec<Step>> {
    let at = prop_oneof![
        6 => Just(At::Head),
        1 => (1..4_u8).prop_map(At::Behind),
        1 => (1..4_u8).prop_map(At::Ahead),
    ];
    let append = (0..3_u8, at, 1..5_usize, prop::option::of(0..6_u8), 0..2_u8).prop_map(
        |(mission, at, n_records, key, content)| Step::Append {
            mission,
            at,
            n_records,
            key,
            content,
        },
    );
    let step = prop_oneof![
        12 => append,
        2 => any::<prop::sample::Index>().prop_map(Step::Again),
        1 => Just(Step::Reopen),
        1 => Just(Step::Drop),
    ];
    prop::collection::vec(step, 1..n_steps)
}

/// A store on which a history is played, beside what has to be on record.
#[derive(Debug)]
pub(crate) struct Play<'a, 'b> {
    bench: &'a Bench<'b>,
    folder: PathBuf,
    journal: Option<Arc<Recorded>>,
    asked: Vec<Append>,
    pub(crate) known: Known,
}

impl<'a, 'b> Play<'a, 'b> {
    /// Begins with an empty store.
    pub(crate) fn new(bench: &'a Bench<'b>) -> Result<Self, Failed> {
        let folder = bench.folder()?;
        let journal = Some(bench.open(&folder)?);
        Ok(Self {
            bench,
            folder,
            journal,
            asked: Vec::new(),
            known: Known::default(),
        })
    }

    /// Returns the open store.
    pub(crate) fn journal(&self) -> &Recorded {
        self.journal.as_deref().unwrap()
    }

    /// Takes a step; each answer has to be the one of the contract.
    pub(crate) fn take(&mut self, step: &Step) -> Result<(), Failed> {
        match step {
            Step::Append {
                mission: n,
                at,
                n_records,
                key,
                content,
            } => {
                let mission = mission(["m", "m1", "m10"][usize::from(*n)]);
                let append = self.drafted(&mission, *at, *n_records, *key, *content);
                self.append(append)
            }
            Step::Again(which) => {
                if self.asked.is_empty() {
                    return Ok(());
                }
                let append = which.get(&self.asked).clone();
                self.append(append)
            }
            Step::Reopen => self.reopen(true),
            Step::Drop => self.reopen(false),
        }
    }

    fn append(&mut self, append: Append) -> Result<(), Failed> {
        self.asked.push(append.clone());
        let journal = self.journal.as_deref().unwrap();
        self.known.append(journal, append)
    }

    fn drafted(
        &self,
        mission: &MissionId,
        at: At,
        n_records: usize,
        key: Option<u8>,
        content: u8,
    ) -> Append {
        let head = self.known.head(mission);
        let at = match at {
            At::Head => head,
            At::Behind(n) => head.saturating_sub(u64::from(n)),
            At::Ahead(n) => head + u64::from(n),
        };
        // The content depends on nothing but its number: the same command says the same wherever
        // it is decided again.
        let texts = (0..n_records).map(|n| format!("{content} of {n}"));
        let mut draft = Draft::new(mission, at).texts(texts);
        if let Some(key) = key {
            draft = draft.command(&format!("k{key}"));
            if content == 1 {
                draft = draft.request("says-1");
            }
        }
        draft.append()
    }

    /// Opens the store again, by a clean close or by dropping it.
    pub(crate) fn reopen(&mut self, is_clean: bool) -> Result<(), Failed> {
        if self.bench.capabilities().durability == Durability::None {
            return Ok(());
        }
        let journal = self.journal.take();
        if is_clean && let Some(journal) = &journal {
            journal.close()?;
        }
        drop(journal);
        self.journal = Some(self.bench.open(&self.folder)?);
        Ok(())
    }
}

/// Makes the same append anew, as whoever decides the same command again at another position.
pub(crate) fn decided_again(append: &Append, at: u64) -> Append {
    let records = append.records().iter().zip(at + 1..).map(|(record, seq)| {
        let mut envelope = record.envelope().clone();
        envelope.seq = Seq(seq);
        envelope.id = Draft::id();
        orch_core::record::Record::seal(envelope, record.event().clone()).unwrap()
    });
    Append::new(Expect::head(Seq(at)), records.collect()).unwrap()
}
