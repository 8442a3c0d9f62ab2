//! What is different between two positions, of one log or of a log and its fork.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::anomaly::{Anomaly, LateEvidence};
use crate::codes::Code;
use crate::facts::{Entity, Fact};
use crate::history::History;
use crate::history::walk::{Walk, Watched, fields, find};
use crate::ids::Seq;
use crate::mission::Mission;
use crate::status::task::TaskStatus;
use crate::status::words;

/// A position of a log.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    /// The log.
    pub history: &'a History,
    /// The last record that counts.
    pub seq: Seq,
}

words! {
    /// What a change amounts to.
    Mark {
        /// It is there after, and was not before.
        New = "new",
        /// It was there before, and is not after; an obligation is settled.
        Gone = "gone",
        /// A task has come to a good end.
        Done = "done",
        /// A task has come to another end.
        Ended = "ended",
        /// A task that had ended goes on.
        Reopened = "reopened",
        /// A task is with somebody else.
        Owner = "owner",
        /// Something else about it changed.
        Changed = "changed",
    }
}

words! {
    /// A side of a comparison.
    Side {
        /// The first position.
        Before = "before",
        /// The second position.
        After = "after",
    }
}

/// A fact that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldChange {
    /// Which fact.
    pub field: Cow<'static, str>,
    /// What it is before; `None` if it is not there. Untrusted text.
    pub before: Option<String>,
    /// What it is after; `None` if it is not there. Untrusted text.
    pub after: Option<String>,
    /// The record that makes the difference (FOLD-3).
    pub record: Seq,
    /// The log that has this record: that of `before` only for what is missing in `after`, as when
    /// one goes back, or a fork leaves a record out.
    pub side: Side,
}

/// A thing about which some facts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The thing; with the record numbers of the side that has it, `after` if both do.
    pub entity: Entity,
    /// What the change amounts to, the most telling first; never empty.
    pub marks: Vec<Mark>,
    /// The facts that differ; never empty.
    pub fields: Vec<FieldChange>,
}

/// What is different between two positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diff {
    /// The things that differ, in the order of the log.
    pub changes: Vec<Change>,
    /// Anomalies that only `after` has.
    pub new_anomalies: Vec<Anomaly>,
    /// Anomalies that only `before` has.
    pub gone_anomalies: Vec<Anomaly>,
    /// Late evidence that only `after` has.
    pub new_late: Vec<LateEvidence>,
    /// Late evidence that only `before` has.
    pub gone_late: Vec<LateEvidence>,
}

impl Diff {
    /// Returns whether nothing differs.
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.new_anomalies.is_empty()
            && self.gone_anomalies.is_empty()
            && self.new_late.is_empty()
            && self.gone_late.is_empty()
    }
}

/// Compares two positions of one log, either way round, or of two logs that begin alike.
///
/// What is the same in both is what has the same name; an obligation, an anomaly and late evidence
/// are told by the id of their record, because a fork numbers records anew.
// spec: FOLD-3
pub fn diff(before: Position<'_>, after: Position<'_>) -> Diff {
    let comparison = Comparison::new(before, after);
    let (new_anomalies, gone_anomalies) =
        comparison.only(Mission::anomalies, |anomaly| (anomaly.seq, anomaly.code));
    let (new_late, gone_late) =
        comparison.only(Mission::late_evidence, |late| (late.seq, late.code));
    Diff {
        changes: comparison.changes(),
        new_anomalies,
        gone_anomalies,
        new_late,
        gone_late,
    }
}

/// Two positions, and what they have in common.
struct Comparison<'a> {
    before: Position<'a>,
    after: Position<'a>,
    was: Mission,
    is: Mission,
    /// The last position up to which both logs are the same.
    shared: Seq,
    /// The records after that which both have: the number in `after`, and that in `before`.
    to_before: BTreeMap<Seq, Seq>,
    to_after: BTreeMap<Seq, Seq>,
}

/// The facts about a thing on both sides.
#[derive(Default)]
struct Pair {
    was: Option<(Entity, Vec<Fact>)>,
    is: Option<(Entity, Vec<Fact>)>,
}

impl<'a> Comparison<'a> {
    fn new(before: Position<'a>, after: Position<'a>) -> Self {
        let is_same_log = std::ptr::eq(before.history, after.history);
        let (left, right) = (before.history.records(), after.history.records());
        let alike = left
            .iter()
            .zip(right)
            .take_while(|(left, right)| is_same_log || left == right);
        let until = before.seq.min(after.seq);
        let alike = alike.map(|(record, _)| record.seq());
        let shared = alike.take_while(|seq| *seq <= until).last();
        let shared = shared.unwrap_or(Seq::ZERO);
        let ids: BTreeMap<Uuid, Seq> = tail(before, shared)
            .map(|record| (record.envelope().id, record.seq()))
            .collect();
        let to_before = tail(after, shared).filter_map(|record| {
            let seq = ids.get(&record.envelope().id)?;
            Some((record.seq(), *seq))
        });
        let to_before: BTreeMap<Seq, Seq> = to_before.collect();
        Self {
            before,
            after,
            was: before.history.at(before.seq),
            is: after.history.at(after.seq),
            shared,
            to_after: to_before
                .iter()
                .map(|(after, before)| (*before, *after))
                .collect(),
            to_before,
        }
    }

    /// What only one of the sides lists, by record and code.
    fn only<T: Clone>(
        &self,
        list: impl Fn(&Mission) -> &[T],
        key: impl Fn(&T) -> (Seq, Code),
    ) -> (Vec<T>, Vec<T>) {
        let mut gone: Vec<T> = list(&self.was).to_vec();
        gone.retain(|item| key(item).0 > self.shared);
        let mut new = Vec::new();
        for item in list(&self.is)
            .iter()
            .filter(|item| key(item).0 > self.shared)
        {
            let (seq, code) = key(item);
            let same = self
                .number(seq, &self.to_before)
                .and_then(|seq| gone.iter().position(|other| key(other) == (seq, code)));
            match same {
                Some(at) => drop(gone.remove(at)),
                None => new.push(item.clone()),
            }
        }
        (new, gone)
    }

    /// Names a thing of one side as the other does; `None` if the other cannot have it.
    fn renamed(&self, entity: &Entity, numbers: &BTreeMap<Seq, Seq>) -> Option<Entity> {
        match entity {
            Entity::Mission | Entity::Task(_) | Entity::Agent(_) => Some(entity.clone()),
            Entity::Obligation { opened, kind, n } => Some(Entity::Obligation {
                opened: self.number(*opened, numbers)?,
                kind: *kind,
                n: *n,
            }),
        }
    }

    /// The number that a record of one side has on the other; `None` if it is not there.
    fn number(&self, seq: Seq, numbers: &BTreeMap<Seq, Seq>) -> Option<Seq> {
        if seq <= self.shared {
            return Some(seq);
        }
        numbers.get(&seq).copied()
    }

    /// Pairs up what differs, in the order of the log of `after`.
    fn pairs(&self) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut met = BTreeSet::new();
        let with_facts = |mission: &Mission, entity: Entity| {
            let facts = mission.facts(&entity)?;
            Some((entity, facts))
        };
        for entity in self.is.entities() {
            let was = self.renamed(&entity, &self.to_before);
            let was = was.and_then(|entity| with_facts(&self.was, entity));
            met.extend(was.as_ref().map(|(entity, _)| entity.clone()));
            let is = with_facts(&self.is, entity);
            pairs.push(Pair { was, is });
        }
        for entity in self.was.entities() {
            if !met.contains(&entity) {
                let was = with_facts(&self.was, entity);
                pairs.push(Pair { was, is: None });
            }
        }
        pairs.retain(|pair| pair.facts(Side::Before) != pair.facts(Side::After));
        pairs
    }

    fn changes(&self) -> Vec<Change> {
        let pairs = self.pairs();
        // What lies on the way to `after` comes first: only what does not is told by `before`.
        let walks = [(Side::After, self.after), (Side::Before, self.before)].map(|(side, to)| {
            let watched = pairs.iter().filter_map(|pair| self.name(pair, side));
            let mut walk = Walk::new(to.history.at(self.shared), watched);
            tail(to, self.shared).for_each(|record| walk.step(record));
            (side, walk)
        });
        pairs.iter().map(|pair| self.change(pair, &walks)).collect()
    }

    fn change(&self, pair: &Pair, walks: &[(Side, Walk)]) -> Change {
        let seen = walks.iter().filter_map(|(side, walk)| {
            let seen = walk.seen(&self.name(pair, *side)?)?;
            Some((*side, seen))
        });
        let seen: Vec<(Side, &Watched)> = seen.collect();
        let (was, is) = (pair.facts(Side::Before), pair.facts(Side::After));
        let fields = fields(is, was).into_iter().filter_map(|field| {
            let (before, after) = (find(was, field), find(is, field));
            let mut made = seen.iter().filter_map(|(side, seen)| {
                let (record, _) = seen.change(field)?;
                Some((*side, *record))
            });
            let (side, record) = made.next().filter(|_| before != after)?;
            Some(FieldChange {
                field: field.clone(),
                before: before.map(str::to_owned),
                after: after.map(str::to_owned),
                record,
                side,
            })
        });
        let fields = fields.collect::<Vec<FieldChange>>();
        let entity = pair.is.as_ref().or(pair.was.as_ref());
        let entity = entity.map_or(Entity::Mission, |(entity, _)| entity.clone());
        Change {
            marks: self.marks(pair, &entity, &fields),
            entity,
            fields,
        }
    }

    /// Names the thing as one of the sides does; `None` if that side cannot have it.
    fn name(&self, pair: &Pair, side: Side) -> Option<Entity> {
        let (own, other, numbers) = match side {
            Side::Before => (&pair.was, &pair.is, &self.to_before),
            Side::After => (&pair.is, &pair.was, &self.to_after),
        };
        if let Some((entity, _)) = own {
            return Some(entity.clone());
        }
        let (entity, _) = other.as_ref()?;
        self.renamed(entity, numbers)
    }

    fn marks(&self, pair: &Pair, entity: &Entity, fields: &[FieldChange]) -> Vec<Mark> {
        let mut marks = Vec::new();
        if let Entity::Task(id) = entity {
            let status = |mission: &Mission| mission.task(id).map(|task| task.status());
            marks.extend(ending(status(&self.was), status(&self.is)));
        }
        match (&pair.was, &pair.is) {
            (None, _) => marks.push(Mark::New),
            (_, None) => marks.push(Mark::Gone),
            (Some(_), Some(_)) => {
                let owner = fields.iter().find(|change| change.field == "owner");
                if owner.is_some_and(|owner| owner.before.is_some() && owner.after.is_some()) {
                    marks.push(Mark::Owner);
                }
            }
        }
        if marks.is_empty() {
            marks.push(Mark::Changed);
        }
        marks
    }
}

impl Pair {
    fn facts(&self, side: Side) -> &[Fact] {
        let of = match side {
            Side::Before => &self.was,
            Side::After => &self.is,
        };
        of.as_ref().map_or(&[], |(_, facts)| facts)
    }
}

/// What a change of status amounts to, as far as ends go.
fn ending(was: Option<TaskStatus>, is: Option<TaskStatus>) -> Option<Mark> {
    let is_done = |status| matches!(status, TaskStatus::Accepted | TaskStatus::Delivered);
    let is = is?;
    if is_done(is) {
        (!was.is_some_and(is_done)).then_some(Mark::Done)
    } else if is.is_ended() {
        (was != Some(is)).then_some(Mark::Ended)
    } else {
        was.is_some_and(TaskStatus::is_ended)
            .then_some(Mark::Reopened)
    }
}

/// The records of a position after one that both logs have.
fn tail(position: Position<'_>, shared: Seq) -> impl Iterator<Item = &crate::record::Record> {
    let Position { history, seq } = position;
    let records = history.records().iter();
    let rest = records.skip_while(move |record| record.seq() <= shared);
    rest.take_while(move |record| record.seq() <= seq)
}
