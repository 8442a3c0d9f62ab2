//! Going on through a log record by record, and seeing which facts each one changes.
//!
//! Nothing is said here about what a kind of record may change: a fact was changed by the record
//! after which it reads otherwise.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Entity, Fact};
use crate::ids::Seq;
use crate::mission::Mission;
use crate::mission::table::ObligationIx;
use crate::record::Record;

/// A mission that goes on, with an eye on some of the things in it.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) mission: Mission,
    watched: BTreeMap<Entity, Watched>,
    owed: BTreeSet<ObligationIx>,
}

/// A thing that is watched.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    facts: Vec<Fact>,
    /// For each fact that changed: the last record that changed it, and what it was before.
    changed: BTreeMap<Cow<'static, str>, (Seq, Option<String>)>,
}

/// Finds a fact by its name.
pub(crate) fn find<'a>(facts: &'a [Fact], field: &str) -> Option<&'a str> {
    let fact = facts.iter().find(|fact| fact.field == field);
    fact.map(|fact| fact.value.as_str())
}

/// Lists the names of facts, those of the first list before others.
pub(crate) fn fields<'a>(first: &'a [Fact], then: &'a [Fact]) -> Vec<&'a Cow<'static, str>> {
    let others = then
        .iter()
        .filter(|fact| find(first, &fact.field).is_none());
    first.iter().chain(others).map(|fact| &fact.field).collect()
}

impl Watched {
    fn look(&mut self, facts: Option<Vec<Fact>>, seq: Seq) {
        let facts = facts.unwrap_or_default();
        if facts == self.facts {
            return;
        }
        for field in fields(&facts, &self.facts) {
            let before = find(&self.facts, field);
            if find(&facts, field) != before {
                let before = before.map(str::to_owned);
                self.changed.insert(field.clone(), (seq, before));
            }
        }
        self.facts = facts;
    }

    /// The facts as they are now.
    pub(crate) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The last record that changed a fact on the way, and what it was before.
    pub(crate) fn change(&self, field: &str) -> Option<&(Seq, Option<String>)> {
        self.changed.get(field)
    }

    /// The facts that changed on the way and are not there any more.
    pub(crate) fn gone(&self) -> impl Iterator<Item = &Cow<'static, str>> {
        let fields = self.changed.keys();
        fields.filter(|field| find(&self.facts, field).is_none())
    }
}

impl Walk {
    /// Begins at a mission, and watches some things in it or yet to come.
    pub(crate) fn new(mut mission: Mission, watched: impl IntoIterator<Item = Entity>) -> Self {
        mission.state.settle();
        let watched = watched.into_iter().map(|entity| {
            let facts = mission.facts(&entity).unwrap_or_default();
            let watched = Watched {
                facts,
                ..Watched::default()
            };
            (entity, watched)
        });
        let watched = watched.collect();
        Self {
            owed: mission.state.open_obligations.clone(),
            mission,
            watched,
        }
    }

    /// Goes on by a record.
    pub(crate) fn step(&mut self, record: &Record) {
        let seq = record.seq();
        self.mission.apply(record);
        let Self {
            mission,
            watched,
            owed,
        } = self;
        let mut look = |entity: Entity| {
            if let Some(watched) = watched.get_mut(&entity) {
                watched.look(mission.facts(&entity), seq);
            }
        };
        let state = &mission.state;
        look(Entity::Mission);
        for (_, row) in state.tasks.written() {
            look(Entity::Task(row.id.clone()));
        }
        // What a task says about its attempt lies in the row of the attempt.
        for (_, row) in state.attempts.written() {
            look(Entity::Task(state.tasks[row.task].id.clone()));
        }
        for (ix, _) in state.incarnations.written() {
            look(Entity::Agent(state.agent_ref(ix)));
        }
        // An obligation is settled by leaving the set of open ones: nothing is written to its row.
        if *owed != state.open_obligations || state.obligations.written().next().is_some() {
            for (entity, watched) in watched.iter_mut() {
                if matches!(entity, Entity::Obligation { .. }) {
                    watched.look(mission.facts(entity), seq);
                }
            }
            owed.clone_from(&state.open_obligations);
        }
        mission.state.settle();
    }

    /// Returns what was seen of a thing.
    pub(crate) fn seen(&self, entity: &Entity) -> Option<&Watched> {
        self.watched.get(entity)
    }
}
